"""What can be asked for by name, as a value."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from tui_sessions.tui.desk import Desk


class Action(msgspec.Struct, frozen=True):
    """One thing that can be done, wherever the focus is."""

    name: str
    help: str
    run: Callable[[Desk, str], object]
    hint: str = ""
    """What may follow the name: `[in brackets]` where it can be left out."""
    key: str = ""
    """The id of the key that does the same."""
    needs_words: bool = False
    """Whether, without what follows, it does nothing or too much: chosen from a list, it is typed out."""

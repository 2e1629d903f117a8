"""Keys: which ids there are, and sentences about those that the configuration gets wrong.

Imported only where the configuration names keys: it needs every screen and dialog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from textual.binding import Binding
from textual.dom import DOMNode

from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.main import MainScreen
from tui_sessions.tui.widgets.conversation.widget import Conversation
from tui_sessions.tui.widgets.costs import Costs
from tui_sessions.tui.widgets.details import Details
from tui_sessions.tui.widgets.prompt import Prompt
from tui_sessions.tui.widgets.session_tree import SessionTree

OWNERS: tuple[type[DOMNode], ...] = (MainScreen, Conversation, Prompt, SessionTree, Details, Costs)


def binding_ids(owners: Iterable[type[DOMNode]] = OWNERS) -> dict[str, Binding]:
    """The keys of `owners` by their ids."""
    found: dict[str, Binding] = {}
    for owner in owners:
        for binding in Binding.make_bindings(owner.BINDINGS):
            if binding.id:
                found.setdefault(binding.id, binding)
    return found


def unknown_ids(keymap: Mapping[str, str], *app: type[DOMNode]) -> list[str]:
    """A sentence for each id in `[keys]` that is none, with the nearest right one."""
    known = binding_ids((*app, *OWNERS))
    sentences = []
    for name in keymap:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else "F1 lists the ids."
            sentences.append(f"[keys] names {clean_line(name)}, which no key has. {hint}")
    return sentences


def clashes(keymap: Mapping[str, str], *app: type[DOMNode]) -> list[str]:
    """A sentence for each key that `keymap` gives to one binding while another in the same place has it."""
    sentences = []
    for owner in (*app, *OWNERS):
        holders: dict[str, str] = {}
        for binding in Binding.make_bindings(owner.BINDINGS):
            name = binding.id or binding.action
            for key in keymap.get(name, binding.key).split(","):
                other = holders.setdefault(key.strip(), name)
                if other != name:
                    sentences.append(
                        f"[keys] gives {clean_line(key)} to {name} and {other}, and only one can have it."
                        " Choose another key for one of them."
                    )
    return sentences

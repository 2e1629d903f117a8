"""Calm mode, for screen readers and quiet eyes: one column, no boxes, no motion, the terminal's own cursor.

What it looks like stands in `screens/main.tcss` under `.-calm`; here is what style sheets cannot do.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from textual import constants
from textual.app import App
from textual.geometry import Offset

from tui_sessions.tui.widgets.status_line import StatusLine

CLASS = "-calm"
SAID = "said"
SAID_FOR_S = 10.0
_SHOW_CURSOR, _HIDE_CURSOR = "\x1b[?25h", "\x1b[?25l"
_KINDS = {"information": "info", "warning": "warning", "error": "error"}


@runtime_checkable
class ReadingPlace(Protocol):
    """A widget that is read line by line, without a cursor of its own."""

    @property
    def reading_place(self) -> Offset | None:
        """Where on the screen the line is that is being read; None where there is none."""
        ...


def is_calm(app: App[Any]) -> bool:
    """Whether the screen is calm."""
    return app.has_class(CLASS)


def set_calm(app: App[Any], is_wanted: bool) -> None:
    """Begin or end it."""
    app.set_class(is_wanted, CLASS)
    app.animation_level = "none" if is_wanted else constants.TEXTUAL_ANIMATIONS
    show_cursor(app)


def show_cursor(app: App[Any]) -> None:
    """Show the terminal's cursor in calm mode, hide it otherwise. Textual hides it whenever it takes the
    terminal over, and has no public way to write a control."""
    if app._driver is not None and not app.is_headless:
        app._driver.write(_SHOW_CURSOR if is_calm(app) else _HIDE_CURSOR)
        app._driver.flush()


def place_read(app: App[Any]) -> Offset | None:
    """Where the reader is, if what has the focus is read line by line."""
    node = app.focused if app.screen_stack else None
    while node is not None:
        if isinstance(node, ReadingPlace):
            return node.reading_place
        node = node.parent  # type: ignore[assignment]
    return None


async def say(app: App[Any], sentence: str, severity: str) -> bool:
    """A sentence in its own line above the prompt, where a reader comes by, and not in a box in a corner;
    False where that screen has no prompt."""
    prompts = app.screen.query("#prompt")
    if not prompts:
        return False
    line = app.screen.query_one_optional(f"#{SAID}", StatusLine)
    if line is None:
        line = StatusLine(id=SAID)
        parent = prompts.first().parent
        assert parent is not None
        await parent.mount(line, before=prompts.first())  # type: ignore[attr-defined]
    line.say(sentence, kind=_KINDS.get(severity, "info"))
    # What was said since stays for its own time.
    line.set_timer(SAID_FOR_S, lambda: line.clear() if line.text == sentence else None)
    return True

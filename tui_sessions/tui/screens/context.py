"""What the next prompt would send, message by message; the window can be changed, a message gone to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_sessions.model.context_view import ContextView
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import Dialog
from tui_sessions.tui.widgets.context_list import ContextList


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of it."""

    window: int | None = None
    """The window in pairs (0: all) where it was changed."""
    turn_id: str = ""
    """Where to go."""
    place: int = 0


class ContextDialog(Dialog[Looked]):
    """Enter goes to the message, Escape closes; a window that was changed is kept either way."""

    VERB = "go there"
    LEAVE = "close"
    KEYS = (
        ("context.less", "-", "fewer"),
        ("context.more", "+", "more pairs"),
        ("context.all", "a", "all"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("minus", "window(-1)", "Fewer pairs", id="context.less", key_display="-"),
        Binding("plus,equals_sign", "window(1)", "More pairs", id="context.more", key_display="+"),
        Binding("a", "all", "All pairs", id="context.all"),
        Binding("q", "cancel", "Close", id="context.close", show=False),
    ]

    def __init__(self, view: ContextView) -> None:
        super().__init__(f"What {clean_line(view.model)} would be sent")
        self._view = view
        self._window: int | None = None
        self._list = ContextList(view)

    def body(self) -> ComposeResult:
        """The sums, the window, the messages."""
        yield Static(self._view.words, id="sums", markup=False)
        yield Static(self._view.window_words, id="window", markup=False)
        yield self._list

    def on_mount(self) -> None:
        """The keys are the list's."""
        super().on_mount()
        self._list.focus()

    def answer(self) -> Looked:
        """The message under the cursor."""
        row = self._list.current
        if row is None or not row.turn_id:
            return Looked(self._window)
        return Looked(self._window, row.turn_id, row.place)

    def action_cancel(self) -> None:
        """Close, with what was changed."""
        self.dismiss(Looked(self._window))

    def action_window(self, step: int) -> None:
        """So many pairs more or less than go along now; one at least, as none is no window."""
        pairs = self._view.sent_pairs + step
        if self._view.pairs:
            self._set(0 if pairs >= self._view.pairs else max(1, pairs))

    def action_all(self) -> None:
        """Everything."""
        self._set(0)

    def _set(self, window: int) -> None:
        self._window = window
        # A limit in tokens gives way to one in pairs.
        most = self._view.most if self._view.limit is None else None
        self._view = msgspec.structs.replace(self._view, window=window, limit=None, most=most)
        self.query_one("#sums", Static).update(self._view.words)
        self.query_one("#window", Static).update(self._view.window_words)
        self._list.show(self._view)

"""A text of which the first lines are shown until it is unfolded."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui_sessions.model.text import clean
from tui_sessions.tui.widgets.conversation.lines import TEXT, line_text
from tui_sessions.tui.widgets.conversation.wrap import wrapped

FOLDED = 2
MOST = 2_000
"""Lines of an unfolded text that are shown."""


class FoldedText(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Two lines and how many more there are; unfolded all of them, to be scrolled where they are too many."""

    DEFAULT_CSS = """
    FoldedText { height: auto; max-height: 40%; scrollbar-size-vertical: 1; }
    FoldedText > Static { height: auto; }
    """
    text: reactive[str] = reactive("")
    """Raw."""
    is_open: reactive[bool] = reactive(False)
    key: reactive[str] = reactive("")
    """What unfolds it, for the hint."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines = Static("", markup=False)
        self._width = 0

    def compose(self) -> ComposeResult:
        """The lines that are shown."""
        yield self._lines

    def on_resize(self) -> None:
        """Wrapped for the width."""
        if self.scrollable_content_region.width != self._width:
            self._fill()

    def watch_text(self) -> None:
        """Another text."""
        self._fill()

    def watch_is_open(self) -> None:
        """All of it, or two lines."""
        self._fill()
        self.scroll_home(animate=False)

    def watch_key(self) -> None:
        """The key was bound anew."""
        self._fill()

    def _fill(self) -> None:
        self._width = width = self.scrollable_content_region.width
        if not self.is_attached or width <= 0:
            return
        every = [line_text(line) for line in wrapped([(clean(self.text).strip(), TEXT)], width)]
        shown = every[: MOST if self.is_open else FOLDED]
        hidden = len(every) - len(shown)
        text = Content("\n".join(shown))
        if hidden:
            more = f"▸ {hidden:,} more {'line' if hidden == 1 else 'lines'}"
            hint = " · ".join(filter(None, (more, "" if self.is_open else self.key)))
            text = Content.assemble(text, "\n", (hint, "$text-muted"))
        self._lines.update(text)

    def on_click(self, event: events.Click) -> None:
        """Fold and unfold."""
        event.stop()
        self.is_open = not self.is_open

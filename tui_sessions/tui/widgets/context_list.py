"""The messages that would be sent, one a line: who, tokens, how full it is by then, what it says."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_sessions.model.context_view import ContextRow, ContextView, shown_role, shown_tokens
from tui_sessions.model.display import shown_short_count
from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.choice_list import cropped

ROLE_CELLS, TOKENS_CELLS, SHARE_CELLS = 16, 9, 8
NOTHING = "Nothing would be sent: no prompt is typed, and nothing was said yet."


class ContextList(ScrollView, can_focus=True):
    """Only the visible lines are drawn, so ten thousand turns are as quick as ten."""

    HELP = """\
## What is sent

Every message that goes along with the next prompt: **≈** is estimated, without it a server counted. What is
left out is dim, with the reason. **-** and **+** change how many earlier pairs go along.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "go(1)", "Down", id="context.down", show=False),
        Binding("k,up", "go(-1)", "Up", id="context.up", show=False),
        Binding("g,home", "edge(-1)", "First", id="context.top", show=False),
        Binding("G,end", "edge(1)", "Last", id="context.bottom", show=False),
        Binding("ctrl+d,pagedown", "page(1)", "Page down", id="context.page_down", show=False),
        Binding("ctrl+u,pageup", "page(-1)", "Page up", id="context.page_up", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"context--{kind}" for kind in ("text", "muted", "out", "full", "cursor")
    }
    DEFAULT_CSS = """
    ContextList { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    ContextList > .context--text { color: $foreground; }
    ContextList > .context--muted { color: $text-muted; }
    ContextList > .context--out { color: $foreground 40%; }
    ContextList > .context--full { color: $text-warning; }
    ContextList > .context--cursor { background: $foreground 15%; color: $foreground; text-style: bold; }
    """

    def __init__(self, view: ContextView) -> None:
        super().__init__()
        self._cumulated: list[int] = []
        self._cursor = max(0, len(view.rows) - 1)
        self.view = view
        self.show(view)

    def show(self, view: ContextView) -> None:
        """The same messages with another window; the cursor stays."""
        self.view = view
        self._cumulated = view.cumulated()
        self._measure()

    @property
    def current(self) -> ContextRow | None:
        """The message under the cursor."""
        return self.view.rows[self._cursor] if self.view.rows else None

    def on_mount(self) -> None:
        """What is typed now stands last: begin there."""
        self.call_after_refresh(self._reveal)

    def on_resize(self) -> None:
        """The lines take the whole width."""
        self._measure()
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        """The cursor goes where it was clicked."""
        at = event.y + self.scroll_offset.y
        if 0 <= at < len(self.view.rows):
            self._go_to(at)

    def action_go(self, step: int) -> None:
        """Some messages on."""
        self._go_to(self._cursor + step)

    def action_page(self, pages: int) -> None:
        """A page on, one line of it again."""
        self._go_to(self._cursor + pages * max(1, self.size.height - 1))

    def action_edge(self, direction: int) -> None:
        """To the first or the last."""
        self._go_to(0 if direction < 0 else len(self.view.rows) - 1)

    def render_line(self, y: int) -> Strip:
        """One message."""
        width, at = self.scrollable_content_region.width, y + self.scroll_offset.y
        if not self.view.rows:
            style = self.get_component_rich_style("context--muted")
            segments = [Segment(cropped(NOTHING, width) if at == 0 else "", style)]
        else:
            segments = self._segments(at, width) if at < len(self.view.rows) else []
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _segments(self, at: int, width: int) -> list[Segment]:
        row, view = self.view.rows[at], self.view
        is_sent = view.is_sent(row)
        kind = "cursor" if at == self._cursor else "text" if is_sent else "out"
        muted = "cursor" if at == self._cursor else "muted" if is_sent else "out"
        share, is_full = self._share(at) if is_sent else ("", False)
        full = "full" if is_full and at != self._cursor else muted
        head = cropped(shown_role(row), ROLE_CELLS - 1).ljust(ROLE_CELLS)
        tokens = shown_tokens(row).rjust(TOKENS_CELLS) if is_sent else " " * TOKENS_CELLS
        room = max(0, width - ROLE_CELLS - TOKENS_CELLS - SHARE_CELLS - 2)
        said = cropped(self._said(row), room).ljust(room)
        pieces = (
            (head, kind),
            (tokens, muted),
            (share.rjust(SHARE_CELLS), full),
            (f"  {said}", kind),
        )
        return [
            Segment(text, self.get_component_rich_style(f"context--{look}"))
            for text, look in pieces
        ]

    def _share(self, at: int) -> tuple[str, bool]:
        """How full the context is with this message; else how many tokens it is by then."""
        size, so_far = self.view.limit or self.view.size, self._cumulated[at]
        if not size:
            return shown_short_count(so_far), False
        return f"{so_far / size:.0%}".replace("%", " %"), so_far > size

    def _said(self, row: ContextRow) -> str:
        files = "".join(f"▣ {clean_line(name)} " for name in row.files)
        why = self.view.why_not(row)
        return f"{f'({why}) ' if why else ''}{files}{' '.join(clean_line(row.text).split())}"

    def _go_to(self, at: int) -> None:
        self._cursor = max(0, min(at, len(self.view.rows) - 1))
        self._reveal()

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, max(1, len(self.view.rows)))
        self.refresh()

    def _reveal(self) -> None:
        if self.size.height:
            self.scroll_to_region(Region(0, self._cursor, 1, 1), animate=False, force=True)
        self.refresh()

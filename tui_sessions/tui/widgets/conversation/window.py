"""The window on a conversation: which rows are on the screen, scrolling, following the end, drawing.

The truth about where the reader is, is a row of a turn (`_top`); Textual's scroll position only mirrors
it for the scrollbar, so that a height that turns out other than estimated never moves the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_sessions.tui.widgets.conversation.layout import Anchor, Layout
from tui_sessions.tui.widgets.conversation.lines import Line
from tui_sessions.tui.widgets.conversation.painter import Painter
from tui_sessions.tui.widgets.conversation.palette import MARGIN
from tui_sessions.tui.widgets.conversation.slots import Folds, Key, Setting
from tui_sessions.tui.widgets.conversation.words import HINTS

TOP = Anchor(0, 0)


class WindowView(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of a layout, from `_top` on."""

    ALLOW_SELECT = False

    def __init__(
        self,
        *,
        hints: Mapping[str, str] | None = None,
        empty_text: str = "A new session. Write below; enter sends it.",
        silent_text: str = "Nothing said yet. Write below; enter sends it.",
        max_text_width: int = 100,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.empty_text = empty_text
        """Shown while no session is."""
        self.silent_text = silent_text
        """Shown for a session without a turn."""
        self._max_text_width = max_text_width
        self._hints = {**HINTS, **(hints or {})}
        self._folds = Folds()
        self._layout = Layout(Setting(max_text_width, self._hints, None, self._folds))
        self._top = TOP
        self._follows = True
        self._has_news_below = False
        self._window: list[Anchor] = []
        self._rows: list[Strip] = []
        self._chosen: Key | None = None
        self._painter = Painter(self.get_component_rich_style)
        self._mirrored_y: int | None = None

    def go_to_end(self) -> None:
        """Show the end, and follow it."""
        self._follows, self._chosen = True, None
        self._settle()

    @property
    def is_at_end(self) -> bool:
        """Whether the last row is on the screen: then what comes is followed."""
        return self._follows

    # where the reader is

    @property
    def _page(self) -> Size:
        return self.scrollable_content_region.size

    def _scroll_by(self, rows: int) -> None:
        """Move by rows, counted exactly."""
        self._follows = False
        self._top = self._layout.moved(self._top, rows)
        self._settle()

    def _go(self, top: Anchor) -> None:
        """Put a row at the top."""
        self._follows, self._top = False, top
        self._settle()

    def _settle(self) -> None:
        """Find the rows of the window, and draw those that changed."""
        if not self.is_attached or self._page.height <= 0:
            return
        layout, height = self._layout, self._page.height
        end = layout.end(height)
        self._top = end if self._follows else min(self._top, end)
        self._window = layout.window(self._top, height)
        self._follows = self._top == end
        if self._follows:
            self._has_news_below = False
        if self._chosen is not None and not self._sees(self._chosen):
            self._chosen = None
        self._mirror()
        self._redraw()

    def _sees(self, key: Key) -> bool:
        return any(self._key(anchor) == key for anchor in self._window)

    def _key(self, anchor: Anchor) -> Key:
        """The message on a row."""
        part, _ = self._layout.part(anchor)
        turn = self._layout.turn(anchor.slot)
        return (turn.id if turn else "", part.message)

    def _mirror(self) -> None:
        """Tell Textual's scrollbar where the window is."""
        size = Size(self._page.width, max(self._layout.total, len(self._window)))
        y = self._layout.offset(self._top)
        self._mirrored_y = None
        if self.virtual_size != size:
            # Only the bar shows it: a layout of the whole screen would cost more than the frame.
            self.set_reactive(ScrollView.virtual_size, size)
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.window_virtual_size = size.height
        self.scroll_target_y = self.scroll_y = y
        self._mirrored_y = round(self.scroll_y)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the scrollbar: small steps exactly, long jumps by estimate."""
        super().watch_scroll_y(old_value, new_value)
        if self._mirrored_y is None or round(new_value) == self._mirrored_y:
            return
        rows = round(new_value) - self._mirrored_y
        if abs(rows) <= 2 * self._page.height:
            self._scroll_by(rows)
            return
        self._follows = round(new_value) >= self.max_scroll_y
        self._top = self._layout.at(round(new_value))
        self._settle()

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:
        """Scroll at once: an animation would run towards a row whose number may change on the way."""
        super().scroll_to(x, y, **{**options, "animate": False})

    def scroll_home(self, **options: Any) -> None:
        """Go to the first row, at once."""
        self._go(TOP)

    def scroll_end(self, **options: Any) -> None:
        """Go to the last row, at once."""
        self.go_to_end()

    def on_resize(self) -> None:
        """Lay out for the new size, at the same words."""
        width = max(1, min(self._max_text_width, self._page.width - MARGIN - 1))
        layout = self._layout
        if width != layout.setting.width:
            place = None if self._follows else layout.place(self._top)
            layout.relay(layout.setting._replace(width=width))
            self._top = (layout.anchor(*place) if place else None) or TOP
        self._painter.forget()
        self._settle()

    def on_mount(self) -> None:
        """Show what was given before."""
        self._settle()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The message cursor is shown only with the focus."""
        super().watch_has_focus(has_focus)
        self._redraw()

    def notify_style_update(self) -> None:
        """Another theme, or calm mode: take its colours once Textual has worked them all out."""
        super().notify_style_update()
        if self.is_attached:
            self.call_next(self._recolour)

    def _recolour(self) -> None:
        is_other = self._painter.set_bars(not self.app.has_class("-calm"))
        if self._painter.recolour() or is_other:
            self._redraw()

    # drawing

    def render_line(self, y: int) -> Strip:
        """A row of the window."""
        return (
            self._rows[y] if y < len(self._rows) else Strip.blank(self.size.width, self.rich_style)
        )

    def _redraw(self) -> None:
        """Make the strips of the window, and refresh the rows that differ."""
        if not self.is_attached or self._page.height <= 0:
            return
        old, self._rows = self._rows, self._drawn_rows()
        if len(old) != len(self._rows):
            self.refresh()
            return
        changed = [y for y, (a, b) in enumerate(zip(old, self._rows, strict=True)) if a is not b]
        if changed:
            width = self.size.width
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def _drawn_rows(self) -> list[Strip]:
        page, painter = self._page, self._painter
        painter.resize(self.size.width)
        current = self._current() if self.has_focus else None
        rows = [self._strip(anchor, current) for anchor in self._window]
        if not self._layout.last:
            text = self.empty_text if self._layout.session is None else self.silent_text
            rows += painter.notice(text, page.width, page.height - len(rows))
        rows += [painter.blank()] * (page.height - len(rows))
        if self._has_news_below and page.height > 1:
            rows[-1] = painter.below(page.width, self._hints["end"])
        return rows

    def _strip(self, anchor: Anchor, current: Key | None) -> Strip:
        slot = self._layout.slot(anchor.slot)
        is_current = current is not None and self._key(anchor) == current

        def make() -> tuple[Line, str]:
            part, line = self._layout.part(anchor)
            return self._marked(line, anchor), "" if part.kind == "gap" else part.role

        return self._painter.row((slot.serial, anchor.row, is_current), make)

    def _marked(self, line: Line, anchor: Anchor) -> Line:
        """A line with what is looked for marked."""
        raise NotImplementedError

    def _current(self) -> Key | None:
        """The message that keys act on."""
        raise NotImplementedError

"""What is selected in the conversation: how it begins and ends, how it is drawn, and what is copied.

`SelectingView` moves it, by keys and by mouse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Offset
from textual.strip import Strip

from tui_sessions.model.session import Session
from tui_sessions.tui.widgets.conversation import requests
from tui_sessions.tui.widgets.conversation.cursor import CursorView
from tui_sessions.tui.widgets.conversation.layout import Anchor
from tui_sessions.tui.widgets.conversation.lines import TEXT, Line, Run, line_text
from tui_sessions.tui.widgets.conversation.palette import MARGIN
from tui_sessions.tui.widgets.conversation.select_keys import SelectKeys
from tui_sessions.tui.widgets.conversation.slots import Key

if TYPE_CHECKING:
    # Imported when something is selected or clicked at: the first paint does not wait for them.
    from tui_sessions.tui.widgets.conversation.reader import Mark, Point, Reader
    from tui_sessions.tui.widgets.conversation.selection import Selection, Span, Unit

MOST_COPIED = 1_000_000
"""Characters beyond which hardly any terminal takes them to the clipboard."""
STILL_WORK = frozenset({"find", "find_next", "find_previous"})
"""What the conversation's own keys still do while something is selected."""


class SelectedView(CursorView):
    """Has a selection. Only inside of `SelectKeys`."""

    select_words = "select · y copy · Y as Markdown · esc"
    """What the border says meanwhile; the owner gives the keys as they are bound."""

    _selection: Selection | None = None
    _span: Span | None = None
    """What is selected in the rows that are being drawn."""
    _caret: tuple[Anchor, int] | None = None
    """The row and the column of the cursor in them."""
    _pointed: Mark | None = None
    """Where the mouse last clicked."""
    _reader: Reader | None = None
    _keys_round: SelectKeys | None = None
    _words_before: Content | str | None = None

    @property
    def is_selecting(self) -> bool:
        """Whether something is selected."""
        return self._selection is not None

    @property
    def takes_keys(self) -> bool:
        """Whether something is selected, and keys are for it."""
        return self._selection is not None and self.has_focus

    @property
    def reading_place(self) -> Offset | None:
        """Where on the screen the cursor of the selection is; without one, the message that keys act on."""
        point = self._caret_point()
        anchor = self._text.anchor(point) if point is not None else None
        if point is None or anchor not in self._window:
            return super().reading_place
        at = Offset(MARGIN + self._text.cell(point), self._window.index(anchor))
        return self.content_region.offset + at

    def show(self, session: Session | None) -> None:
        """Show a session. The one that is shown keeps the reader's place, and follows if it was at its
        end; another is shown where it was left, or at its end."""
        shown = self._layout.session
        if session is None or shown is None or session.id != shown.id:
            self.end_selection()
            self._pointed = None
        super().show(session)

    # beginning and ending

    def action_select(self, unit: Unit) -> None:
        """Begin to select where the mouse last clicked, or at the message that keys act on."""
        if self._keys_round is None:
            return
        point = self._beginning()
        if point is None:
            self.notify("There is no text here to select.", markup=False)
            return
        self._select_at(point, unit)

    def select(self, unit: str) -> None:
        """By character, or by line; the one that is on already ends."""
        selection = self._selection
        if selection is None:
            return
        if unit == selection.unit:
            self.end_selection()
        else:
            kind: Unit = "line" if unit == "line" else "character"
            self._set_selection(replace(selection, unit=kind, cell=None))

    def end_selection(self) -> None:
        """Select nothing."""
        self._set_selection(None)

    def copy_selection(self, *, is_markdown: bool = False) -> None:
        """Copy the text as it is read, or as it was written, and end."""
        covered = self._covered()
        if covered is None:
            return
        from tui_sessions.tui.widgets.conversation.selection import markdown_of, size, text_of

        if size(self._text, covered) > MOST_COPIED:
            self.notify(
                "The selection is more than a million characters, and terminals do not take so much."
                " Select less, or export the session.",
                severity="warning",
                markup=False,
            )
            return
        make = markdown_of if is_markdown else text_of
        what = "the selection as Markdown" if is_markdown else "the selection"
        self.post_message(requests.CopyRequested(make(self._text, covered), what))
        self.end_selection()

    def _beginning(self) -> Point | None:
        current = self._current()
        if self._pointed is not None:
            point = self._text.point(self._pointed)
            anchor = self._text.anchor(point) if point is not None else None
            if anchor is not None and anchor in self._window and self._key(anchor) == current:
                return point
        of_current = [anchor for anchor in self._window if self._key(anchor) == current]
        for anchor in (*of_current, *self._window):
            point = self._text.on_row(anchor)
            if point is not None:
                return point
        return None

    @property
    def _text(self) -> Reader:
        from tui_sessions.tui.widgets.conversation.reader import Reader

        if self._reader is None or self._reader.layout is not self._layout:
            self._reader = Reader(self._layout)
        return self._reader

    def _select_at(self, point: Point, unit: Unit = "character") -> None:
        from tui_sessions.tui.widgets.conversation.selection import Selection

        mark = self._text.mark(point)
        self._set_selection(Selection(mark, mark, unit))

    def _set_selection(self, selection: Selection | None) -> None:
        was, self._selection = self._selection, selection
        if (was is None) != (selection is None):
            self._say_keys()
            self.refresh_bindings()
        if selection is not None:
            self._follows = False
            self._bring(selection.caret)
        elif was is not None:
            self._settle()

    def _say_keys(self) -> None:
        """The border names the keys, until the selection ends."""
        if self._selection is None:
            if self._words_before is not None:
                self.border_subtitle = self._words_before
            self._words_before = None
        elif (shown := self._border_subtitle_shown()) != self.select_words:
            self._words_before = Content(shown)
            self.border_subtitle = Content(self.select_words)

    def _border_subtitle_shown(self) -> str:
        return Content.from_markup(self.border_subtitle or "").plain

    # where it is

    def _covered(self) -> Span | None:
        """The first and the last character that is selected."""
        if self._selection is None:
            return None
        from tui_sessions.tui.widgets.conversation.selection import span

        return span(self._text, self._selection)

    def _caret_point(self) -> Point | None:
        return self._text.point(self._selection.caret) if self._selection else None

    def _bring(self, caret: Mark) -> None:
        """Scroll as far as needed to see the cursor."""
        point = self._text.point(caret)
        if point is None:
            self._settle()
            return
        anchor = self._text.anchor(point)
        if self._window and anchor < self._window[0]:
            self._top = anchor
        elif self._window and anchor > self._window[-1]:
            self._top = self._layout.moved(anchor, 1 - self._page.height)
        self._settle()

    # what the conversation does meanwhile

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is selected, most keys mean the selection."""
        if self._selection is not None and action not in STILL_WORK:
            return False
        return super().check_action(action, parameters)

    def _settle(self) -> None:
        if self._selection is None:
            super()._settle()
            return
        if self._covered() is None:
            self._selection = None
            self._say_keys()
            self.refresh_bindings()
            super()._settle()
            return
        # What arrives must not carry the text away that is being selected.
        self._follows = False
        super()._settle()
        point = self._caret_point()
        if self._has_news_below and point and self._text.anchor(point) == self._window[-1]:
            # The mark for what is new stands on the last row.
            self._top = self._layout.moved(self._top, 1)
            super()._settle()
        self._follows = False
        self._say_keys()

    def _current(self) -> Key | None:
        point = self._caret_point()
        return super()._current() if point is None else self._key(self._text.anchor(point))

    # drawing

    def _drawn_rows(self) -> list[Strip]:
        self._span = self._covered()
        point = self._caret_point() if self.has_focus else None
        self._caret = None
        if point is not None:
            self._caret = self._text.anchor(point), self._text.column(point)
        return super()._drawn_rows()

    def _strip(self, anchor: Anchor, current: Key | None) -> Strip:
        marked = self._text.columns(anchor, *self._span) if self._span else None
        caret = self._caret[1] if self._caret and self._caret[0] == anchor else None
        if marked is None and caret is None:
            return super()._strip(anchor, current)
        slot = self._layout.slot(anchor.slot)
        start, stop = marked or (0, 0)

        def make() -> tuple[Line, str]:
            part, line = self._layout.part(anchor)
            line = with_look(self._marked(line, anchor), start, stop, "selected")
            if caret is not None:
                line = with_look(line, caret, caret + 1, "caret")
            return line, part.role

        is_current = current is not None and self._key(anchor) == current
        seen = -1 if caret is None else caret
        return self._painter.row((slot.serial, anchor.row, is_current, start, stop, seen), make)


def with_look(line: Line, start: int, stop: int, name: str) -> Line:
    """The line with its characters from `start` up to `stop` in another look; blanks where it is shorter."""
    missing = stop - len(line_text(line))
    if missing > 0 and stop > start:
        line = (*line, (" " * missing, TEXT))
    runs: list[Run] = []
    at = 0
    for text, look in line:
        low, high = max(0, min(start - at, len(text))), max(0, min(stop - at, len(text)))
        for piece, is_in in ((text[:low], False), (text[low:high], True), (text[high:], False)):
            if piece:
                runs.append((piece, look._replace(name=name) if is_in else look))
        at += len(text)
    return tuple(runs)

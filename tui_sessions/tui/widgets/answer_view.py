"""One answer in a column: whole, arriving piece by piece, or as what it says otherwise than another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from textual.geometry import Size
from textual.message import Message as Posted
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_sessions.model.text import clean, clean_line
from tui_sessions.model.word_diff import Piece
from tui_sessions.tui.widgets.conversation import words
from tui_sessions.tui.widgets.conversation.body import Body
from tui_sessions.tui.widgets.conversation.lines import (
    MUTED,
    STRIKE,
    TEXT,
    UNDERLINE,
    Line,
    Look,
    Run,
    cropped,
)
from tui_sessions.tui.widgets.conversation.live import THINKING_SHOWN, LiveAnswer
from tui_sessions.tui.widgets.conversation.markdown import Plain, Quote
from tui_sessions.tui.widgets.conversation.painter import Painter
from tui_sessions.tui.widgets.conversation.palette import COMPONENTS, CSS, MARGIN
from tui_sessions.tui.widgets.conversation.slots import Part, Slot, body_of
from tui_sessions.tui.widgets.conversation.wrap import wrapped

LOOKS = {"same": TEXT, "gone": Look("deleted", STRIKE), "new": Look("inserted", UNDERLINE)}
"""Of the pieces of a difference: a line through them and below them, so that no colour is needed."""


class Section(NamedTuple):
    """A text, who says it where that is not plain, and what was thought before it."""

    text: str
    head: str = ""
    reasoning: str = ""
    role: str = ""
    """Whose bar stands beside it: `user`, `assistant`, or nobody's."""


class AnswerView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows the text of an answer, or of several messages, thinking folded to a line. Follows what arrives
    while it is at its end."""

    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS
    DEFAULT_CSS = CSS.replace("ConversationView", "AnswerView")
    ALLOW_SELECT = False

    @dataclass
    class Scrolled(Posted):
        """Somebody scrolled, to that row."""

        view: AnswerView
        row: int

    def __init__(self, *, max_text_width: int = 100) -> None:
        super().__init__()
        self._max_text_width = max_text_width
        self._sections: tuple[Section, ...] = ()
        self._live: LiveAnswer | None = None
        self._pieces: tuple[Piece, ...] | None = None
        self._notes: tuple[Run, ...] = ()
        self._shows_thinking = False
        self._slot = Slot([])
        self._bodies: dict[str, Body] = {}
        """What is laid out, by its text."""
        self._width = 0
        self._is_led = False
        self._painter = Painter(self.get_component_rich_style)

    # what it is given

    def show(self, sections: Sequence[Section], notes: Sequence[Run] = ()) -> None:
        """Whole texts. `notes` stand below: how it ended."""
        sections, notes = tuple(sections), tuple(notes)
        if self._live is None and (sections, notes) == (self._sections, self._notes):
            return
        live, self._live = self._live, None
        kept = {section.text for section in sections}
        self._bodies = {text: body for text, body in self._bodies.items() if text in kept}
        if live is not None and live.text in kept:
            live.finish()
            self._bodies[live.text] = live.body
        self._sections, self._notes = sections, notes
        self._lay_out()

    def begin(self, text: str = "", reasoning: str = "") -> None:
        """An answer begins to arrive, with what has come of it."""
        self._sections, self._bodies, self._notes = (), {}, ()
        self._live = LiveAnswer(None, "", None, max(1, self._width))
        self._live.take(0, reasoning, is_reasoning=True)
        self._live.take(0, text, is_reasoning=False)
        self._lay_out()

    def take(self, offset: int, text: str, *, is_reasoning: bool) -> None:
        """A piece of what arrives; it is drawn with `draw_news`."""
        if self._live is not None:
            self._live.take(offset, text, is_reasoning=is_reasoning)

    def wait(self, note: str | None) -> None:
        """Say why nothing comes yet."""
        if self._live is not None and self._live.note != note:
            self._live.note = note
            self._lay_out()

    def show_difference(self, pieces: tuple[Piece, ...] | None) -> None:
        """Show the text as a difference; None: as it is."""
        if pieces != self._pieces:
            self._pieces = pieces
            self._lay_out()

    def fold_thinking(self) -> None:
        """Show the thinking, or one line of it."""
        self._shows_thinking = not self._shows_thinking
        self._lay_out()

    @property
    def has_news(self) -> bool:
        """Whether something came that is not drawn."""
        return self._live is not None and self._live.has_news

    @property
    def text(self) -> str:
        """What is said so far, raw."""
        if self._live is not None:
            return self._live.text
        said = (f"{section.head}\n\n{section.text}".lstrip("\n") for section in self._sections)
        return "\n\n".join(said)

    @property
    def arrived(self) -> int:
        """How many characters have come of an answer that arrives, thinking included."""
        live = self._live
        return 0 if live is None else len(live.text) + len(live.reasoning)

    def draw_news(self) -> None:
        """Draw what came."""
        live = self._live
        if live is None or not live.has_news or not self._width or self._pieces is not None:
            return
        changed = live.flush()
        follows = self._is_at_end
        before = self._slot.start("body", 0)
        self._slot.set_parts(self._live_parts(live))
        start = self._slot.start("body", 0)
        first = start + changed if start is not None and start == before else 0
        self._painter.forget_rows(self._slot.serial, first, ())
        self._measure(follows=follows)

    # laying out

    def _lay_out(self) -> None:
        """Everything anew."""
        if not self._width:
            return
        # At the top is at the end too, where nothing is there yet.
        follows = self._is_at_end and (self._live is not None or self.max_scroll_y > 0)
        if self._live is not None:
            self._live.flush()
            self._live.relaid(self._width)
            parts = self._live_parts(self._live)
        else:
            parts = self._whole_parts()
        if self._pieces is not None:
            parts = [part for part in parts if part.kind == "note"]
            runs = [(clean(piece.text), LOOKS[piece.kind]) for piece in self._pieces]
            parts.insert(0, Part(0, "", "difference", wrapped(runs, self._width)))
        self._slot = Slot(parts)
        self._painter.forget()
        self._measure(follows=follows)

    def _whole_parts(self) -> list[Part]:
        parts: list[Part] = []
        for section in self._sections:
            role = section.role
            if parts:
                parts.append(Part(0, "", "gap", [()]))
            if section.head:
                head: Line = ((clean_line(section.head), MUTED),)
                parts.append(Part(0, role, "header", [cropped(head, self._width, ellipsis=True)]))
            count = words.word_count(section.reasoning)
            parts += self._thinking(count, section.reasoning, role)
            parts.append(Part(0, role, "body", self._body(section.text)))
        if self._notes:
            gap: list[Line] = [()] if parts else []
            parts.append(Part(0, "", "note", [*gap, *wrapped(self._notes, self._width)]))
        return parts

    def _body(self, text: str) -> Body:
        found = self._bodies.get(text)
        body = body_of(text, self._width) if found is None else found.relaid(self._width)
        self._bodies[text] = body
        return body

    def _live_parts(self, live: LiveAnswer) -> list[Part]:
        parts = self._thinking(live.words, live.reasoning[-THINKING_SHOWN:])
        parts.append(Part(0, "", "body", live.body))
        if live.note:
            parts.append(
                Part(0, "", "note", wrapped([(clean(live.note), words.WARNING)], self._width))
            )
        elif not live.body.height and not live.reasoning:
            parts.append(Part(0, "", "note", [(("waiting for the answer …", MUTED),)]))
        return parts

    def _thinking(self, count: int, reasoning: str, role: str = "") -> list[Part]:
        if not reasoning.strip():
            return []
        line = words.thinking_line(count, is_open=self._shows_thinking)
        parts = [Part(0, role, "thinking", [line])]
        if self._shows_thinking:
            quote = Quote((Plain(clean(reasoning).strip(), MUTED),))
            parts.append(Part(0, role, "thought", Body((quote,), self._width)))
        return parts

    def _measure(self, *, follows: bool) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self._slot.height)
        if follows:
            self.lead_to(self._slot.height)
        self.refresh()

    def on_resize(self) -> None:
        """Lay out for the width."""
        room = self.scrollable_content_region.width
        width = max(1, min(self._max_text_width, room - MARGIN - 1)) if room else 0
        self._painter.forget()
        if width != self._width:
            self._width = width
            self._lay_out()

    def notify_style_update(self) -> None:
        """Another theme, perhaps: take its colours."""
        super().notify_style_update()
        if self.is_attached:
            # Later: the styles of the parts are known only after those of the widget.
            self.call_next(self._recolour)

    def _recolour(self) -> None:
        if self._painter.recolour():
            self.refresh()

    # scrolling

    @property
    def row(self) -> int:
        """The first row in view."""
        return round(self.scroll_y)

    @property
    def _is_at_end(self) -> bool:
        return self.row >= self.max_scroll_y

    def lead_to(self, row: int) -> None:
        """Scroll to a row because another column did, or to follow: nothing is told."""
        self._is_led = True
        try:
            self.scroll_to(y=row)
        finally:
            self._is_led = False

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:
        """Scroll at once: columns that move together must not drift."""
        super().scroll_to(x, y, **{**options, "animate": False, "immediate": True})

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell where the reader went."""
        super().watch_scroll_y(old_value, new_value)
        if not self._is_led and round(old_value) != round(new_value):
            self.post_message(self.Scrolled(self, round(new_value)))

    # drawing

    def render_line(self, y: int) -> Strip:
        """A row of the answer."""
        width = self.scrollable_content_region.width
        self._painter.resize(width)
        row = y + self.row
        if not 0 <= row < self._slot.height or y >= self.scrollable_content_region.height:
            return self._painter.blank()

        def make() -> tuple[Line, str]:
            part, within = self._slot.at(row)
            return part.line(within), part.role

        return self._painter.row((self._slot.serial, row, False), make)

"""A slot of the conversation, laid out: the system prompt, or a turn with its messages, row by row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, count
from typing import NamedTuple

from tui_sessions.model.attachment import about, attachments_of, inline_bytes, typed_text
from tui_sessions.model.message import Message
from tui_sessions.model.message import Part as Attached
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean, clean_line
from tui_sessions.model.turn import Turn
from tui_sessions.tui.widgets.conversation import words
from tui_sessions.tui.widgets.conversation.blocks import blocks_of
from tui_sessions.tui.widgets.conversation.body import Body
from tui_sessions.tui.widgets.conversation.lines import EMPTY, MUTED, Line, cropped, line_text
from tui_sessions.tui.widgets.conversation.live import THINKING_SHOWN, LiveAnswer
from tui_sessions.tui.widgets.conversation.markdown import Plain, Quote
from tui_sessions.tui.widgets.conversation.pictures import (
    MOST_BYTES,
    KeptPictures,
    PictureRows,
    StackedRows,
    are_drawn,
)
from tui_sessions.tui.widgets.conversation.wrap import steady, wrapped

FOLDED_ROWS = 3
"""Rows of a folded message that stay."""
_SERIALS = count()

Key = tuple[str, int]
"""A message: the id of its turn ("" for the system prompt) and its place in the turn."""


@dataclass(slots=True)
class Folds:
    """What the reader unfolded and folded."""

    opened: set[Key] = field(default_factory=set)
    """Messages whose thinking (or, of the system prompt, text) is shown."""
    closed: set[Key] = field(default_factory=set)
    """Messages of which only the first rows are shown."""


class Setting(NamedTuple):
    """What a slot is laid out for."""

    width: int
    hints: Mapping[str, str]
    model: str | None
    """Of the session, where a message names none."""
    folds: Folds
    forks: Mapping[str, int] = {}
    """How many other paths begin after a turn, by its id."""
    pictures: KeptPictures | None = None
    """Where the bytes of attached pictures are; None: they are only named."""


class Place(NamedTuple):
    """A row by what stands on it: it leads back to that row at any width."""

    message: int
    kind: str
    block: int = 0
    within: int = 0


@dataclass(slots=True)
class Part:
    """Rows that belong together: `kind` is `gap` `header` `thinking` `thought` `body` `rest`
    `attached` `note` `verdict` or `fork`."""

    message: int
    role: str
    kind: str
    content: Body | Sequence[Line]

    @property
    def height(self) -> int:
        """Rows."""
        return self.content.height if isinstance(self.content, Body) else len(self.content)

    def line(self, index: int) -> Line:
        """The row `index`."""
        if isinstance(self.content, Body):
            return self.content.line(index)
        return self.content[index]

    def row_text(self, index: int) -> str:
        """What the row `index` says."""
        if isinstance(self.content, Body):
            return self.content.row_text(index)
        return line_text(self.content[index])


class Slot:
    """The parts of a slot, one below the other."""

    def __init__(self, parts: list[Part], turn: Turn | None = None) -> None:
        self.serial = next(_SERIALS)
        """Tells this layout from any other."""
        self.turn = turn
        self.parts: list[Part] = []
        self._starts: list[int] = []
        self.height = 0
        self.set_parts(parts)

    def set_parts(self, parts: list[Part]) -> None:
        """Replace the parts."""
        self.parts = [part for part in parts if part.height]
        ends = list(accumulate(part.height for part in self.parts))
        self._starts = [0, *ends[:-1]]
        self.height = ends[-1] if ends else 0

    def at(self, row: int) -> tuple[Part, int]:
        """The part on a row, and the row within it."""
        index = bisect_right(self._starts, row) - 1
        return self.parts[index], row - self._starts[index]

    def start(self, kind: str, message: int) -> int | None:
        """The first row of a part."""
        for part, start in zip(self.parts, self._starts, strict=False):
            if part.kind == kind and part.message == message:
                return start
        return None

    def rows_of(self, message: int) -> range:
        """The rows of a message, without the gap above it."""
        rows = [
            (start, start + part.height)
            for part, start in zip(self.parts, self._starts, strict=False)
            if part.message == message and part.kind != "gap"
        ]
        return range(rows[0][0], rows[-1][1]) if rows else range(0)

    def messages(self) -> list[int]:
        """The messages that have rows, in order."""
        return list(dict.fromkeys(part.message for part in self.parts))

    def body(self, message: int) -> Body | None:
        """The text of a message, laid out."""
        for part in self.parts:
            if part.message == message and part.kind == "body" and isinstance(part.content, Body):
                return part.content
        return None

    def place(self, row: int) -> Place:
        """What stands on a row."""
        if not self.parts:
            return Place(0, "header")
        part, within = self.at(min(row, self.height - 1))
        if isinstance(part.content, Body):
            return Place(part.message, part.kind, *part.content.place(within))
        return Place(part.message, part.kind, 0, within)

    def row_at(self, place: Place) -> int:
        """The row of a place, or of what is nearest to it."""
        start = self.start(place.kind, place.message)
        if start is None:
            start = self.start("header", place.message)
            return start or 0
        part, _ = self.at(start)
        if isinstance(part.content, Body):
            return start + max(0, part.content.row_at((place.block, place.within)))
        return start + min(place.within, part.height - 1)


Bodies = Callable[[str], Body]
"""Gives the laid out body of a raw text."""


def body_of(text: str, width: int) -> Body:
    """A message's raw text, laid out."""
    return Body(blocks_of(clean(text)), width)


def turn_fold(folds: Folds, key: Key, slot: Slot, *, may_close: bool = True) -> None:
    """The next state of a message: as it is, its thinking shown, only its first rows shown."""
    has_more = slot.start("thinking", key[1]) is not None or not key[0]
    body = slot.body(key[1])
    may_close = may_close and body is not None and body.height > FOLDED_ROWS + 1
    if key in folds.closed:
        folds.closed.discard(key)
    elif key in folds.opened:
        folds.opened.discard(key)
        if may_close:
            folds.closed.add(key)
    elif has_more:
        folds.opened.add(key)
    elif may_close:
        folds.closed.add(key)


def long_messages(session: Session, width: int, height: int) -> set[Key]:
    """The messages whose text alone takes about more than `height` rows. Not laid out: there may be ten
    thousand turns."""
    return {
        (turn.id, number)
        for turn in session.turns
        for number, message in enumerate(turn.messages)
        if _is_longer(
            message.content if isinstance(message.content, str) else message.text, width, height
        )
    }


def _is_longer(text: str, width: int, height: int) -> bool:
    if len(text) + text.count("\n") * width < width * height:
        return False
    return sum(len(line) // width + 1 for line in text.split("\n")) > height


def preface(session: Session, setting: Setting) -> Slot:
    """The system prompt, folded to one line."""
    system = clean(session.system or "").strip()
    if not system:
        return Slot([])
    key = ("", 0)
    if key not in setting.folds.opened:
        line = f"▸ system · {clean_line(system)}"
        return Slot([Part(0, "other", "header", _one_row(line, setting.width))])
    text = wrapped([(system, MUTED)], setting.width)
    head: list[Line] = [(("▾ system", MUTED),)]
    return Slot([Part(0, "other", "header", head), Part(0, "other", "rest", text)])


def turn_slot(
    turn: Turn,
    setting: Setting,
    bodies: Bodies,
    *,
    is_first: bool = False,
    day_before: date | None = None,
    live: LiveAnswer | None = None,
) -> Slot:
    """A turn with its messages; an answer that is arriving stands in place of its last one."""
    parts: list[Part] = []
    hidden = turn.answer if live is not None else None
    for number, message in enumerate(turn.messages):
        if message is hidden:
            continue
        if not (is_first and number == 0):
            parts.append(_gap(number, message.role))
        parts.extend(_message(turn, number, setting, bodies, day_before=day_before))
    if live is not None:
        number = live_number(turn)
        parts += [_gap(number, "assistant"), *_live(live, number, setting)]
    else:
        parts.extend(_ending(turn, setting))
    return Slot(parts, turn)


def relive(slot: Slot, live: LiveAnswer, setting: Setting) -> None:
    """Bring the parts of the answer that is arriving up to date."""
    assert slot.turn is not None
    number = live_number(slot.turn)
    kept = [part for part in slot.parts if part.message != number or part.kind == "gap"]
    slot.set_parts([*kept, *_live(live, number, setting)])


def live_number(turn: Turn) -> int:
    """The place of the arriving answer: that of the one it replaces, or the next."""
    for number in range(len(turn.messages) - 1, -1, -1):
        if turn.messages[number] is turn.answer:
            return number
    return len(turn.messages)


def _message(
    turn: Turn, number: int, setting: Setting, bodies: Bodies, *, day_before: date | None
) -> Iterator[Part]:
    message = turn.messages[number]
    role, width, key = message.role, setting.width, (turn.id, number)
    yield Part(number, role, "header", [_header(turn, message, setting, day_before)])
    if message.reasoning and message.reasoning.strip():
        is_open = key in setting.folds.opened
        count_of = words.word_count(message.reasoning)
        yield Part(number, role, "thinking", [words.thinking_line(count_of, is_open=is_open)])
        if is_open:
            quote = Quote((Plain(clean(message.reasoning).strip(), MUTED),))
            yield Part(number, role, "thought", Body((quote,), width))
    body = bodies(typed_text(message))
    hidden = body.height - FOLDED_ROWS
    is_folded = key in setting.folds.closed and hidden > 1
    if is_folded:
        yield Part(number, role, "body", [body.line(row) for row in range(FOLDED_ROWS)])
        yield Part(number, role, "rest", [words.folded_line(hidden, setting.hints)])
    else:
        yield Part(number, role, "body", body)
    rows: list[Sequence[Line]] = []
    for attached in attachments_of(message):
        rows.append([words.attachment_line(attached, width)])
        rows.append(() if is_folded else _picture(attached, setting))
    if rows:
        yield Part(number, role, "attached", StackedRows(rows))


def _picture(attached: Attached, setting: Setting) -> Sequence[Line]:
    """The rows of an attached picture; none of what is none, or is only to be named."""
    file = about(attached)
    if setting.pictures is None or not are_drawn() or not (file.mime or "").startswith("image/"):
        return ()
    if (file.size or 0) > MOST_BYTES:
        return ()
    if file.sha256:
        return setting.pictures.rows(file.sha256, setting.width)
    data = inline_bytes(attached)
    return PictureRows(data, setting.width) if data else ()


def _header(turn: Turn, message: Message, setting: Setting, day_before: date | None) -> Line:
    if message.role == "user":
        return words.user_header(message, setting.width, day_before=day_before)
    if message.role == "assistant":
        return words.answer_header(turn, message, setting.width, model=setting.model)
    return words.other_header(message, setting.width)


def _ending(turn: Turn, setting: Setting) -> Iterator[Part]:
    number = max(0, len(turn.messages) - 1)
    role = turn.messages[-1].role if turn.messages else "other"
    others = setting.forks.get(turn.id, 0)
    for kind, runs in (
        ("note", words.ending(turn, setting.hints)),
        ("verdict", words.verdict_line(turn)),
        ("fork", words.fork_line(others, setting.hints) if others > 0 else ()),
    ):
        if runs:
            yield Part(number, role, kind, wrapped(runs, setting.width))


def _live(live: LiveAnswer, number: int, setting: Setting) -> Iterator[Part]:
    width, role = setting.width, "assistant"
    model = live.model or setting.model
    header = words.live_header(model, width, is_ended=live.is_ended, persona=live.persona)
    yield Part(number, role, "header", [header])
    if live.reasoning:
        yield from _live_thinking(live, number, setting)
    yield Part(number, role, "body", live.body)
    if live.note:
        note = wrapped([(clean_line(live.note), words.WARNING)], width)
        yield Part(number, role, "note", note)
    elif not live.body.height and not live.reasoning and not live.is_ended:
        yield Part(number, role, "note", [(("waiting for the answer …", MUTED),)])


def _live_thinking(live: LiveAnswer, number: int, setting: Setting) -> Iterator[Part]:
    is_open = (live.turn_id, number) in setting.folds.opened
    line = words.thinking_line(live.words, is_open=is_open)
    yield Part(number, "assistant", "thinking", [line])
    tail = clean(live.reasoning[-THINKING_SHOWN:]).strip()
    if is_open:
        thought = Body((Quote((Plain(tail, MUTED),)),), setting.width)
        yield Part(number, "assistant", "thought", thought)
    elif not live.body.height:
        last = f"  {tail.rpartition(chr(10))[2]}"
        yield Part(number, "assistant", "thought", _one_row(last, setting.width))


def _gap(number: int, role: str) -> Part:
    return Part(number, role, "gap", [EMPTY])


def _one_row(text: str, width: int) -> list[Line]:
    """One row of muted text; of a longer one the beginning."""
    line: Line = ((steady(text), MUTED),)
    return [cropped(line, width, ellipsis=True)]

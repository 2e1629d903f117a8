"""Search results as lines: which line is which hit, and each as pieces of text with a role, cell by cell.

Pure: roles become colours in the widget, so that results can be tested without a screen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from tui_sessions.model.display import shown_age, shown_number
from tui_sessions.model.excerpts import Excerpt
from tui_sessions.model.found import FoundSession, Hit
from tui_sessions.model.results import SessionRow
from tui_sessions.model.text import clean
from tui_sessions.tui.widgets.text_lines import fitted

HITS_SHOWN = 3
"""Of a session that is folded."""
FOLDED, UNFOLDED, BRANCH, BAR = "▸", "▾", "⑂", "▎"
GLYPHS = (FOLDED, UNFOLDED, BRANCH, BAR)
INDENT_CELLS = 3
EXCERPT_FROM = INDENT_CELLS + 2
"""The column in which excerpts begin."""
FOLDER_FROM_CELLS = 60
"""From this width on a session's line names its folder."""
COUNT_FROM_CELLS = 34
FOLDER_CELLS, COUNT_CELLS, AGE_CELLS = 18, 9, 6


class Role(Enum):
    """What a piece is, which decides how it looks."""

    TEXT = "text"
    TITLE = "title"
    MUTED = "muted"
    MARK = "mark"
    USER = "user"
    ASSISTANT = "assistant"
    OTHER = "other"


Piece = tuple[str, Role]
BARS = {"prompt": Role.USER, "answer": Role.ASSISTANT}


class HitKey(NamedTuple):
    """A hit, whatever its score: the same message found by another query is the same hit."""

    session_id: str
    turn: int | None
    place: str


def key_of(hit: Hit) -> HitKey:
    """The key of a hit."""
    return HitKey(hit.session_id, hit.turn, hit.place)


class Group(NamedTuple):
    """A session that was found: its own line, and a line for each hit that is not its title."""

    session_id: str
    title_hit: Hit | None
    hits: tuple[Hit, ...]
    """Without the one of the title; the best first."""
    hit_count: int
    """All its hits, the one of the title among them, and those that are not kept."""

    @property
    def is_foldable(self) -> bool:
        """Whether there are more hits than are shown folded."""
        return len(self.hits) > HITS_SHOWN


class ResultLine(NamedTuple):
    """A line: of a session, or of one of its hits. One without a hit cannot be chosen."""

    group: Group
    hit: Hit | None
    is_head: bool


class Known(NamedTuple):
    """What is known of a session by now."""

    row: SessionRow | None = None
    title: Excerpt | None = None
    """With what was found in it marked."""


def group_of(found: FoundSession) -> Group:
    """What was found in a session, as it is shown."""
    title = next((hit for hit in found.hits if hit.place == "title"), None)
    others = found.hits if title is None else tuple(hit for hit in found.hits if hit is not title)
    return Group(found.session_id, title, others, found.count)


class Lines:
    """The lines of all groups, counted; a line is made when it is asked for.

    Making one of these takes a microsecond a group: not on the screen's thread, where they are many."""

    def __init__(
        self, groups: Sequence[Group] = (), unfolded: frozenset[str] = frozenset()
    ) -> None:
        self.groups = tuple(groups)
        self.unfolded = unfolded
        """Ids of the sessions all of whose hits are shown."""
        ends = list(accumulate(1 + len(self.shown(group)) for group in self.groups))
        self._starts = [0, *ends[:-1]]
        self.count = ends[-1] if ends else 0
        self._numbers = {group.session_id: n for n, group in enumerate(self.groups)}

    def shown(self, group: Group) -> tuple[Hit, ...]:
        """The hits that have a line of their own."""
        return group.hits if group.session_id in self.unfolded else group.hits[:HITS_SHOWN]

    def line(self, index: int) -> ResultLine | None:
        """The line of a number."""
        if not 0 <= index < self.count:
            return None
        number = bisect_right(self._starts, index) - 1
        group = self.groups[number]
        within = index - self._starts[number]
        if within:
            return ResultLine(group, self.shown(group)[within - 1], is_head=False)
        return ResultLine(group, group.title_hit, is_head=True)

    def position(self, key: HitKey) -> int | None:
        """The line of a hit, or else the first one of its session; None where the session is gone."""
        number = self._numbers.get(key.session_id)
        if number is None:
            return None
        group, start = self.groups[number], self._starts[number]
        if group.title_hit is not None and key_of(group.title_hit) == key:
            return start
        for within, hit in enumerate(self.shown(group), 1):
            if key_of(hit) == key:
                return start + within
        return self.choosable(start, 1)

    def choosable(self, index: int, step: int) -> int:
        """The line that the cursor comes to when it goes to `index`: over lines without a hit."""
        index = max(0, min(index, self.count - 1))
        line = self.line(index)
        if line is None or line.hit is not None:
            return index
        # Below a session without a hit of its own there is always one; above the first line nothing.
        return index + 1 if (step > 0 or index == 0) and line.group.hits else max(0, index - 1)


def drawn_head(
    group: Group, known: Known, width: int, now: datetime, *, is_unfolded: bool
) -> tuple[Piece, ...]:
    """The line of a session, `width` cells wide."""
    fold = (UNFOLDED if is_unfolded else FOLDED) if group.is_foldable else " "
    branch = f"{BRANCH} " if known.row is not None and known.row.parent_id else ""
    left: list[Piece] = [(f" {fold} ", Role.MUTED), (branch, Role.MUTED)]
    right = _right(group, known.row, width, now)
    room = width - sum(cell_len(text) for text, _ in left) - cell_len(right)
    title = marked_pieces(known.title, room, Role.TITLE)
    return cropped((*left, *title, (right, Role.MUTED)), width)


def drawn_hit(hit: Hit, excerpt: Excerpt | None, width: int) -> tuple[Piece, ...]:
    """The line of a hit, `width` cells wide: who said it as a bar of colour, and what."""
    bar = (BAR + " ", BARS.get(hit.place, Role.OTHER))
    label = "" if hit.place in BARS else f"{hit.place}  "
    room = width - EXCERPT_FROM - cell_len(label) - 1
    air = (" " * INDENT_CELLS, Role.TEXT)
    shown = marked_pieces(excerpt, room, Role.TEXT)
    return cropped((air, bar, (label, Role.MUTED), *shown, (" ", Role.TEXT)), width)


def marked_pieces(excerpt: Excerpt | None, width: int, role: Role) -> list[Piece]:
    """An excerpt in exactly `width` cells, what was found marked; cut with `…`, blank where it has not
    come yet."""
    pieces: list[Piece] = []
    room, at = max(0, width), 0
    whole, marks = (excerpt.text, excerpt.marks) if excerpt is not None else ("", ())
    for start, stop in (*sorted(marks), (len(whole), len(whole))):
        start = max(at, start)
        for text, kind in ((whole[at:start], role), (whole[start:stop], Role.MARK)):
            shown = _one_line(text)
            if not shown or room <= 0:
                continue
            if cell_len(shown) > room:
                shown = set_cell_size(shown, room - 1) + "…" if room > 1 else "…"
            pieces.append((shown, kind))
            room -= cell_len(shown)
        at = max(at, stop)
    return [*pieces, (" " * room, role)] if room > 0 else pieces


def _one_line(text: str) -> str:
    """Cleaned in place: nothing is stripped, so that spaces beside a mark stay."""
    return clean(text).replace("\n", " ").replace("\t", " ")


def _right(group: Group, row: SessionRow | None, width: int, now: datetime) -> str:
    """Folder, number of hits, age: as many of them as leave the title room."""
    if row is None:
        return " "
    columns = []
    if width >= FOLDER_FROM_CELLS:
        folder = (
            row.folder
            if cell_len(row.folder) <= FOLDER_CELLS
            else f"…{row.folder[1 - FOLDER_CELLS :]}"
        )
        columns.append(_right_aligned(folder, FOLDER_CELLS))
    if width >= COUNT_FROM_CELLS:
        columns.append(_right_aligned(shown_number(group.hit_count, "hit"), COUNT_CELLS))
    columns.append(_right_aligned(shown_age(row.updated_at, now), AGE_CELLS))
    return "".join(f" {column}" for column in columns) + " "


def _right_aligned(text: str, cells: int) -> str:
    shown = fitted(text, min(cells, cell_len(text)))
    return " " * (cells - cell_len(shown)) + shown


def cropped(pieces: Sequence[Piece], width: int) -> tuple[Piece, ...]:
    """The pieces in exactly `width` cells."""
    kept: list[Piece] = []
    room = width
    for text, role in pieces:
        shown = text if cell_len(text) <= room else set_cell_size(text, max(0, room))
        if shown:
            kept.append((shown, role))
            room -= cell_len(shown)
    return (*kept, (" " * room, Role.TEXT)) if room > 0 else tuple(kept)

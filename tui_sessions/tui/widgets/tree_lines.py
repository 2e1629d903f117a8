"""One line of the tree as pieces of text with a role each, exactly as wide as it is told.

Pure: roles become colours in the widget, so that a line can be tested without a screen.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import msgspec
from rich.cells import cell_len, set_cell_size

from tui_sessions.model.display import shown_age, shown_cost, shown_priced, shown_short_count
from tui_sessions.model.results import DamagedLine, FolderLine, SessionLine, TreeLine
from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.text_lines import fitted
from tui_sessions.tui.widgets.tree_window import is_foldable, is_unfolded

FOLDED, UNFOLDED = "▸", "▾"
ANSWERING, UNREAD, CUT = "●", "○", "◌"
DAMAGED, BRANCH, PINNED = "!", "⑂", "★"
COMPLETED, PAUSED, ARCHIVED = "✓", "‖", "▫"
MARKED, OPEN_BAR = "◆", "▎"
SEARCH, TRASH = "⌕", "⌫"
STARRED, NOTES = "☆", "≡"
GLYPHS = (
    *(FOLDED, UNFOLDED, ANSWERING, UNREAD, CUT, DAMAGED, BRANCH, PINNED),
    *(COMPLETED, PAUSED, ARCHIVED, MARKED, OPEN_BAR, SEARCH, TRASH, STARRED, NOTES),
)
GROUPS = {"pinned": PINNED, "search": SEARCH, "trash": TRASH}
"""The signs of what is shown like a folder and is none, by its kind."""

GUTTER_CELLS = 1
INDENT_CELLS = 2
AGE_FROM_CELLS = 38
"""From this width on a line also says how old it is."""
AGE_CELLS = 6
"""What `shown_age` needs."""
TAGS_FROM_CELLS = 60
"""From this width on a line also shows tags."""
MOST_TAGS = 2
LEAST_TITLE_CELLS = 8
"""A cost that would leave less to the title is not shown."""


class Role(Enum):
    """What a piece is, which decides how it looks."""

    TEXT = "text"
    OPEN = "open"
    MUTED = "muted"
    ACCENT = "accent"
    WARNING = "warning"


Piece = tuple[str, Role]


class TreeState(msgspec.Struct, frozen=True):
    """What the screen knows about sessions and their files do not say."""

    answering: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    open_id: str | None = None
    marked: frozenset[str] = frozenset()
    """`session:<id>`, wherever the session is shown."""


def mark_key(line: TreeLine) -> str:
    """Under which key a line is marked; "" where it cannot be: marks are for sessions."""
    return f"session:{line.row.id}" if isinstance(line, SessionLine) else ""


def drawn(
    line: TreeLine, width: int, state: TreeState, now: datetime, *, is_in_range: bool = False
) -> tuple[Piece, ...]:
    """The pieces of a line, `width` cells together."""
    left = (
        _gutter(line, state, is_in_range),
        (" " * _indent(line, width), Role.TEXT),
        *_glyphs(line, state),
    )
    taken = sum(cell_len(text) for text, _ in left)
    right = _right(line, width, width - taken, now)
    room = width - taken - sum(cell_len(text) for text, _ in right)
    role = _title_role(line, state)
    title, tags = _with_tags(line, width, room)
    return _cropped((*left, (title, role), (tags, Role.MUTED), *right), width)


def fold_cells(line: TreeLine, width: int) -> range:
    """The columns of the triangle, with the cell beside it; empty where nothing folds."""
    if not is_foldable(line):
        return range(0)
    start = GUTTER_CELLS + _indent(line, width)
    return range(start, start + 2)


def _gutter(line: TreeLine, state: TreeState, is_in_range: bool) -> Piece:
    key = mark_key(line)
    if key and (is_in_range or key in state.marked):
        return MARKED, Role.ACCENT
    return (OPEN_BAR if _is_open_session(line, state) else " "), Role.ACCENT


def _indent(line: TreeLine, width: int) -> int:
    return min(line.depth * INDENT_CELLS, width // 3)


def _glyphs(line: TreeLine, state: TreeState) -> tuple[Piece, ...]:
    """The triangle, the state, or both where a session with branches has a state."""
    sign = _state_glyph(line, state)
    if not is_foldable(line):
        glyph, role = sign or (" ", Role.MUTED)
        return ((f"{glyph} ", role),)
    triangle = (f"{UNFOLDED if is_unfolded(line) else FOLDED} ", Role.MUTED)
    if sign is None or sign[0] == BRANCH:
        return (triangle,)
    return (triangle, (f"{sign[0]} ", sign[1]))


def _state_glyph(line: TreeLine, state: TreeState) -> Piece | None:
    """The one thing most worth knowing about a line."""
    if isinstance(line, DamagedLine):
        return DAMAGED, Role.WARNING
    if isinstance(line, FolderLine):
        return (GROUPS[line.kind], Role.MUTED) if line.kind in GROUPS else None
    row = line.row
    signs = (
        (row.id in state.answering, ANSWERING, Role.ACCENT),
        (row.id in state.unread, UNREAD, Role.ACCENT),
        (row.is_cut, CUT, Role.WARNING),
        (row.is_pinned, PINNED, Role.TEXT),
        (row.status == "completed", COMPLETED, Role.MUTED),
        (row.status == "paused", PAUSED, Role.MUTED),
        (row.status == "archived", ARCHIVED, Role.MUTED),
        (line.is_branch, BRANCH, Role.MUTED),
    )
    return next(((glyph, role) for holds, glyph, role in signs if holds), None)


def _title(line: TreeLine) -> str:
    if isinstance(line, FolderLine):
        return line.name
    if isinstance(line, DamagedLine):
        return line.row.path.rpartition("/")[2]
    return line.row.title


def _with_tags(line: TreeLine, width: int, room: int) -> tuple[str, str]:
    """The title, and in a wide tree the first tags that have room behind the whole of it; `room` cells
    together."""
    title = fitted(_title(line), room)
    if not isinstance(line, SessionLine) or width < TAGS_FROM_CELLS:
        return title, ""
    bare = title.rstrip(" ")
    spare, tags = room - cell_len(bare), ""
    for tag in line.row.tags[:MOST_TAGS]:
        more = f"{tags}  #{clean_line(tag)}"
        if cell_len(more) <= spare:
            tags = more
    return (f"{bare}  ", fitted(tags.lstrip(), spare - 2)) if tags else (title, "")


def _title_role(line: TreeLine, state: TreeState) -> Role:
    if isinstance(line, DamagedLine):
        return Role.MUTED
    if _is_open_session(line, state):
        return Role.OPEN
    if isinstance(line, SessionLine) and line.row.status == "archived":
        return Role.MUTED
    return Role.TEXT


def _is_open_session(line: TreeLine, state: TreeState) -> bool:
    return isinstance(line, SessionLine) and line.row.id == state.open_id


def _right(line: TreeLine, width: int, room: int, now: datetime) -> tuple[Piece, ...]:
    """The columns that leave the title enough, the outermost kept longest, and a cell of air."""
    least = min(LEAST_TITLE_CELLS, cell_len(_title(line)[:LEAST_TITLE_CELLS]))
    role = Role.WARNING if isinstance(line, DamagedLine) else Role.MUTED
    columns = _columns(line, width, now)
    for first in range(len(columns)):
        text = "".join(f" {column}" for column in columns[first:]) + " "
        if room - cell_len(text) >= least:
            return ((text, role),)
    return ((" ", role),)


def _columns(line: TreeLine, width: int, now: datetime) -> tuple[str, ...]:
    """Numbers of a line: the cost, and where the line is long enough how old it is."""
    is_wide = width >= AGE_FROM_CELLS
    if isinstance(line, DamagedLine):
        return ("damaged", _last_column("")) if is_wide else ()
    if isinstance(line, FolderLine):
        count = "" if line.sessions is None else shown_short_count(line.sessions)
        shown = shown_priced if width >= TAGS_FROM_CELLS else shown_cost
        cost = shown(line.cost) if line.cost.known or line.cost.unknown else ""
        return (cost, _last_column(count)) if is_wide else (count,)
    row = line.row
    signs = (STARRED if row.is_starred else "") + (NOTES if row.has_notes else "")
    cost = shown_cost(row.cost) if row.turns else ""
    columns = (signs, cost) if signs else (cost,)
    return (*columns, _last_column(shown_age(row.updated_at, now))) if is_wide else columns


def _last_column(text: str) -> str:
    """Right-aligned; months have names of any length in some languages."""
    cut = text if cell_len(text) <= AGE_CELLS else fitted(text, AGE_CELLS)
    return " " * (AGE_CELLS + 1 - cell_len(cut)) + cut


def _cropped(pieces: tuple[Piece, ...], width: int) -> tuple[Piece, ...]:
    """The pieces as they stand, or cut at the edge of a line too narrow for its own signs."""
    kept: list[Piece] = []
    for text, role in pieces:
        room = width - sum(cell_len(piece) for piece, _ in kept)
        kept.append((text if cell_len(text) <= room else set_cell_size(text, room), role))
    used = sum(cell_len(text) for text, _ in kept)
    return (*((text, role) for text, role in kept if text), *_air(width - used))


def _air(cells: int) -> tuple[Piece, ...]:
    return ((" " * cells, Role.TEXT),) if cells > 0 else ()

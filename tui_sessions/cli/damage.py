"""Damaged files in words: which, and why. They are named wherever sessions are gathered, for a file that
goes missing without a word is lost."""

from __future__ import annotations

from tui_sessions.cli.call import Call
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.records import Column, Listing
from tui_sessions.cli.session_rows import iso_time
from tui_sessions.model.display import shown_number, shown_size
from tui_sessions.model.results import DamagedRow
from tui_sessions.model.text import clean_line

SHOWN = 10


def tell_damaged(call: Call, end: str, *, is_all: bool = False) -> bool:
    """Names the damaged files on standard error, `end` after their number; False where none is."""
    damaged = call.library.damaged()
    if not damaged:
        return False
    call.console.say(f"{shown_number(len(damaged), 'damaged file')}, {end}:")
    shown = damaged if is_all else damaged[:SHOWN]
    for row in shown:
        call.console.say(f"  {clean_line(row.path)}: {clean_line(row.reason)}")
    if len(damaged) > len(shown):
        call.console.say(f"  and {len(damaged) - len(shown)} more: --all names them.")
    return True


def damaged_listing() -> Listing[DamagedRow]:
    """Damaged files as a listing: an id is all that they lack, so the path stands for it."""
    columns: tuple[Column[DamagedRow], ...] = (
        Column(Heading("FILE", is_flexible=True), lambda row: row.path),
        Column(
            Heading("SIZE", is_number=True),
            lambda row: shown_size(row.size),
            lambda row: str(row.size),
        ),
        Column(Heading("REASON", is_flexible=True), lambda row: row.reason),
    )
    return Listing(columns, _record, lambda row: row.path)


def _record(row: DamagedRow) -> dict[str, object]:
    return {
        "path": row.path,
        "size": row.size,
        "updated_at": iso_time(row.updated_at),
        "reason": row.reason,
    }

"""Whether the index says of each file what the file says, entry by entry."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from typing import Any

from tui_sessions.model.findings import Finding
from tui_sessions.model.results import SessionRow
from tui_sessions.model.term import folded
from tui_sessions.model.text import clean_line
from tui_sessions.store.index import charges, rows
from tui_sessions.store.index.index import Index
from tui_sessions.store.index.schema import storable
from tui_sessions.store.scan import Entry, is_hidden

_SQL = (
    "SELECT f.size, f.mtime_ns, f.inode, f.damage, r.row, a.packed, s.* FROM files f "
    "LEFT JOIN sessions s USING (fid) LEFT JOIN facts r USING (fid) LEFT JOIN answers a USING (fid) "
    "WHERE f.path = ?"
)
_SUMS = (
    f"SELECT {', '.join(f'total({name})' for name in charges.SUMMED)} FROM charges WHERE fid = ?"
)
_CURE = "Make the index anew."


class Comparing:
    """What is wrong with the index of one library."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def problem(self) -> str:
        """Why SQLite itself says that the file of the index is damaged; "" where it does not."""
        try:
            found = self._index.ask_long(lambda r: r.execute("PRAGMA quick_check(1)").fetchall())
        except sqlite3.Error as error:
            return str(error)
        return "" if found == [("ok",)] else str(found[0][0])

    def findings(self, entry: Entry) -> Iterator[Finding]:
        """What the index says wrongly of a file."""
        wrong = self._index.ask(lambda reading: _wrong(reading, entry))
        if wrong:
            yield Finding(
                kind="index",
                path=entry.path,
                what=f"The index says something else of it: {clean_line(wrong)}.",
                cure=_CURE,
                by="repair",
            )

    def strangers(self) -> Iterator[Finding]:
        """What the index lists of folders that are none of the library's, ours among them."""
        sql = "SELECT path FROM files"
        listed = self._index.ask_long(lambda reading: reading.execute(sql).fetchall())
        for path in sorted(os.fsdecode(path) for (path,) in listed):
            # A folder that cannot be listed stands there by its own name.
            if is_hidden(path):
                yield Finding(
                    kind="index",
                    path=path,
                    what="The index lists it as a file of the library, which it is not.",
                    cure=_CURE,
                    by="repair",
                )


def broken(why: str) -> Finding:
    """The finding for an index that SQLite cannot read."""
    return Finding(
        kind="index",
        path="",
        what=f"The index is damaged: {clean_line(why)}.",
        cure=_CURE,
        by="repair",
    )


def _wrong(reading: sqlite3.Connection, entry: Entry) -> str:
    """What of an entry differs; "" where all is as it should be."""
    found = reading.execute(_SQL, (os.fsencode(entry.path),)).fetchone()
    if found is None:
        return "it is not listed"
    size, mtime_ns, inode, damage, packed_row, packed_answers, *held = found
    if (size, mtime_ns, inode) != tuple(entry.stamp):
        return ""  # It was written since it was read; the next look at the directory brings it.
    if entry.row is None:
        return "" if damage is not None else "it is listed as a session"
    if damage is not None or packed_row is None:
        return "it is not listed as a session"
    wanted = rows.held_of(entry.row)
    if packed_row != wanted.packed:
        return "what is listed of it"
    if held[7:] != list(wanted.values) or not _is_named_so(reading, held, entry.row):
        return "what it is sorted and found by"
    charged = charges.packed(entry.charges)
    if packed_answers != charged.data:
        return "what its answers cost"
    return "" if _sums(reading, held[0], charged) else "the sums of what its answers cost"


def _is_named_so(reading: sqlite3.Connection, held: list[Any], row: SessionRow) -> bool:
    parent = None if row.parent_id is None else storable(row.parent_id)
    if (held[4], held[6]) != (storable(row.id), parent):
        return False
    tagged = {tag for (tag,) in reading.execute("SELECT tag FROM tags WHERE fid = ?", (held[0],))}
    return tagged == {folded(tag) for tag in row.tags}


def _sums(reading: sqlite3.Connection, fid: int, charged: charges.Packed) -> bool:
    wanted: list[int] = [0] * len(charges.SUMMED)
    for sums in charges.summed(charged.rows).values():
        wanted = [one + other for one, other in zip(wanted, sums, strict=True)]
    found: list[Any] = list(reading.execute(_SUMS, (fid,)).fetchone())
    # As floats, for they may be larger than SQLite can add exactly.
    return all(abs(one - two) <= abs(two) * 1e-9 for one, two in zip(found, wanted, strict=True))

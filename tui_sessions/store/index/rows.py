"""Entries of files into the tables of the index, and rows out of them."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from tui_sessions.model.ids import derived_id
from tui_sessions.model.results import DamagedRow, SessionRow
from tui_sessions.model.term import folded, micros, names_of
from tui_sessions.store.index import charges, schema
from tui_sessions.store.scan import Entry

_encode_row = msgspec.msgpack.Encoder().encode
_decode_row = msgspec.msgpack.Decoder(SessionRow).decode
_SESSION_COLUMNS = 26
_OF_SESSIONS = ("sessions", "facts", "tags", "meta", "charges", "answers")
_TABLES = ("about", "folders", "files", "words", *_OF_SESSIONS)
_INSERT_SESSION = f"INSERT INTO sessions VALUES ({','.join('?' * _SESSION_COLUMNS)})"


def put(writing: sqlite3.Connection, entry: Entry, folder: int) -> set[str] | None:
    """One file as it is now: the stated ids whose holders may have changed by it, or None where the
    file says what it said before."""
    path = os.fsencode(entry.path)
    known = writing.execute(
        "SELECT fid, damage, row, packed FROM files LEFT JOIN facts USING (fid) "
        "LEFT JOIN answers USING (fid) WHERE path = ?",
        (path,),
    ).fetchone()
    damage = None if entry.damaged is None else schema.storable(entry.damaged.reason)
    packed = None if entry.row is None else _packed(entry.row)
    charged = charges.packed(entry.charges)
    seen = (*entry.stamp, entry.is_lasting)
    if known is not None and known[1:] == (damage, packed, charged.data):
        writing.execute(
            "UPDATE files SET size = ?, mtime_ns = ?, inode = ?, is_lasting = ? WHERE fid = ?",
            (*seen, known[0]),
        )
        return None
    touched = _forget_session(writing, known[0]) if known else set()
    fid = writing.execute(
        "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (known[0] if known else None, path, folder, *seen, damage),
    ).lastrowid
    if entry.row is not None and packed is not None and fid is not None:
        _insert(writing, fid, path, folder, entry.row, packed)
        charges.insert(writing, fid, charged)
        touched.add(schema.storable(entry.row.id))
    return touched


def drop(writing: sqlite3.Connection, fid: int) -> set[str]:
    """A file is gone."""
    writing.execute("DELETE FROM files WHERE fid = ?", (fid,))
    return _forget_session(writing, fid)


def drop_all(writing: sqlite3.Connection) -> None:
    """Nothing is known any more."""
    for table in _TABLES:
        writing.execute(f"DELETE FROM {table}")


def unseen_folder(writing: sqlite3.Connection, path: str) -> bytes:
    """The folder of a file that we write or remove. What was seen of it is not how it stands now, and might
    be again: it is to be looked at more closely the next time."""
    folder = os.fsencode(path.rpartition("/")[0])
    writing.execute("UPDATE folders SET digest = NULL WHERE path = ?", (folder,))
    return folder


def settle(writing: sqlite3.Connection, touched: Iterable[str]) -> None:
    """Makes ids unique. Of files that state one id the oldest keeps it; the others get ids that are
    derived from their paths, whatever the order in which they were found."""
    waiting, done = list(touched), set()
    while waiting:
        stated = waiting.pop()
        if stated in done:
            continue
        done.add(stated)
        # Somebody may have had that very id as a derived one.
        waiting += [
            other
            for (other,) in writing.execute(
                "SELECT DISTINCT stated FROM sessions WHERE spare = ? AND stated <> ?",
                (stated, stated),
            )
        ]
        _settle_one(writing, stated)


def _settle_one(writing: sqlite3.Connection, stated: str) -> None:
    holders = writing.execute(
        "SELECT fid, path, id, spare FROM sessions WHERE stated = ? "
        # Copies that tools put beside a file in a conflict have longer names than it.
        "ORDER BY created IS NULL, created, length(path), path",
        (stated,),
    ).fetchall()
    for place, (fid, path, now, spare) in enumerate(holders):
        wanted, derived = stated, None
        if place > 0:
            derived = derived_id(os.fsdecode(path))
            wanted, count = derived, 1
            while _is_taken(writing, wanted, fid):
                count += 1
                wanted = derived_id(os.fsdecode(path), str(count))
        if (wanted, derived) != (now, spare):
            writing.execute(
                "UPDATE sessions SET id = ?, spare = ? WHERE fid = ?", (wanted, derived, fid)
            )


def _is_taken(writing: sqlite3.Connection, id: str, fid: int) -> bool:
    taken = writing.execute(
        "SELECT 1 FROM sessions WHERE stated = ?1 OR (id = ?1 AND fid <> ?2) LIMIT 1", (id, fid)
    )
    return taken.fetchone() is not None


def _forget_session(writing: sqlite3.Connection, fid: int) -> set[str]:
    stated = writing.execute("SELECT stated FROM sessions WHERE fid = ?", (fid,)).fetchone()
    if stated is None:
        return set()
    for table in _OF_SESSIONS:
        writing.execute(f"DELETE FROM {table} WHERE fid = ?", (fid,))
    return {stated[0]}


class Held(NamedTuple):
    """What the tables hold of a session, but for its number, place and settled id."""

    values: tuple[Any, ...]
    """From `names` on, in the order of the columns of `sessions`."""
    packed: bytes


def held_of(row: SessionRow) -> Held:
    """What should stand in the tables of that row."""
    return Held(_values(row), _packed(row))


def _values(row: SessionRow) -> tuple[Any, ...]:
    created, updated = (
        None if moment is None else micros(moment) for moment in (row.created_at, row.updated_at)
    )
    return (
        names_of(row),
        *(folded(text or "") for text in (row.title, row.model, row.provider, row.project)),
        *map(folded, (row.status, row.folder)),
        schema.storable(row.project or ""),
        *(created, updated, updated if created is None else created),
        *(row.turns, row.messages, None if row.tokens is None else schema.bounded(row.tokens)),
        *(schema.bounded(row.cost.nanousd), row.cost.known, row.cost.unknown),
        *(schema.bounded(row.cost.nanousd) if row.cost.known else None, _flags(row)),
    )


def _insert(
    writing: sqlite3.Connection, fid: int, path: bytes, folder: int, row: SessionRow, packed: bytes
) -> None:
    stated = schema.storable(row.id)
    parent = None if row.parent_id is None else schema.storable(row.parent_id)
    writing.execute(
        _INSERT_SESSION, (fid, path, folder, stated, stated, None, parent, *_values(row))
    )
    facts = (fid, folded(row.system or ""), packed)
    writing.execute("INSERT INTO facts VALUES (?, ?, ?)", facts)
    for tag in row.tags:
        tagged = (folded(tag), fid, schema.storable(tag))
        writing.execute("INSERT OR IGNORE INTO tags VALUES (?, ?, ?)", tagged)
    for key, value in row.meta.items():
        writing.execute("INSERT INTO meta VALUES (?, ?, ?)", (fid, folded(key), folded(str(value))))


def _flags(row: SessionRow) -> int:
    bits = (
        (row.is_pinned, schema.PINNED),
        (row.is_starred, schema.STARRED),
        (row.parent_id is not None, schema.BRANCH),
        (row.is_cut, schema.CUT),
        (row.is_read_only, schema.READ_ONLY),
        (row.has_notes, schema.NOTES),
        (row.has_code, schema.CODE),
        (row.has_attachment, schema.ATTACHMENT),
    )
    return sum(bit for holds, bit in bits if holds)


def _packed(row: SessionRow) -> bytes:
    try:
        return _encode_row(row)
    except (UnicodeEncodeError, OverflowError, ValueError):
        # What files hold may be odder than the compact form can be.
        return json.dumps(msgspec.to_builtins(row)).encode()


def unpacked(data: bytes, id: str | None) -> SessionRow:
    """The row as it was put in, under the id that it is listed by, else the one that its file states.

    Raises `sqlite3.DatabaseError` for what is nothing of ours, as SQLite does.
    """
    try:
        is_odd = data[:1] == b"{"
        row = msgspec.convert(json.loads(data), SessionRow) if is_odd else _decode_row(data)
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise sqlite3.DatabaseError("what is known of a file cannot be read") from error
    return row if id is None or row.id == id else msgspec.structs.replace(row, id=id)


def rows_of(reading: sqlite3.Connection, fids: Sequence[int]) -> dict[int, SessionRow]:
    """The rows of these files, as far as they are there."""
    found = reading.execute(
        "SELECT s.fid, f.row, s.id FROM sessions s JOIN facts f USING (fid) "
        "WHERE s.fid IN (SELECT value FROM json_each(?))",
        (json.dumps(list(fids)),),
    )
    return {fid: unpacked(data, id) for fid, data, id in found}


def ids_of(reading: sqlite3.Connection, fids: Sequence[int]) -> dict[int, str]:
    """The ids of these files, as far as they are there."""
    found = reading.execute(
        "SELECT fid, id FROM sessions WHERE fid IN (SELECT value FROM json_each(?))",
        (json.dumps(list(fids)),),
    )
    return dict(found)


def some(reading: sqlite3.Connection, where: str, values: Sequence[Any]) -> list[SessionRow]:
    """The rows that `where` (a condition on `s`, with what may follow one) picks, in its order."""
    # The narrow table is sorted and cut first; only what is left is fetched.
    found = reading.execute(
        "SELECT (SELECT row FROM facts WHERE facts.fid = s.fid), s.id FROM sessions s "
        f"WHERE {where}",
        values,
    )
    return [unpacked(data, id) for data, id in found if data is not None]


def one(reading: sqlite3.Connection, where: str, value: Any) -> SessionRow | None:
    """The row that `where` picks."""
    return next(iter(some(reading, f"{where} LIMIT 1", (value,))), None)


def stated_id(reading: sqlite3.Connection, path: str) -> str | None:
    """The id that stands in the file at `path`."""
    found = reading.execute(
        "SELECT row FROM facts JOIN sessions USING (fid) WHERE path = ?", (os.fsencode(path),)
    ).fetchone()
    return None if found is None else unpacked(found[0], None).id


def namesakes(reading: sqlite3.Connection, path: str) -> list[str]:
    """The files that state the id of that at `path`, but for other names of the very same file."""
    found = reading.execute(
        "SELECT other.path FROM sessions own JOIN sessions other ON other.stated = own.stated "
        "JOIN files a ON a.fid = own.fid JOIN files b ON b.fid = other.fid "
        "WHERE own.path = ? AND b.fid <> a.fid AND b.inode <> a.inode",
        (os.fsencode(path),),
    )
    return [os.fsdecode(other) for (other,) in found]


def damaged(reading: sqlite3.Connection) -> tuple[DamagedRow, ...]:
    """The files that are no sessions, by path."""
    found = reading.execute(
        "SELECT path, damage, size, mtime_ns FROM files WHERE damage IS NOT NULL ORDER BY path"
    )
    return tuple(
        DamagedRow(
            path=os.fsdecode(path),
            reason=reason,
            size=size,
            updated_at=datetime.fromtimestamp(mtime_ns / 1e9, UTC),
        )
        for path, reason, size, mtime_ns in found
    )

"""What the full text does not know yet, or no longer holds: the sessions to be read and those to be forgotten.

Found by SQLite alone: comparing a hundred thousand stamps here would make the screen stutter.
"""

from __future__ import annotations

import sqlite3

import msgspec

from tui_sessions.store import files
from tui_sessions.store.texts.source import Source

_TO_READ = """
SELECT seen.fid, seen.path, seen.size, seen.mtime_ns, seen.inode, known.fid IS NULL
  FROM seen LEFT JOIN main.sessions known ON known.fid = seen.fid
  WHERE known.fid IS NULL OR seen.size < 0 OR known.size <> seen.size
    OR known.mtime_ns <> seen.mtime_ns OR known.inode <> seen.inode
  ORDER BY seen.updated DESC
"""
_GONE = "SELECT fid FROM main.sessions WHERE fid NOT IN (SELECT fid FROM seen)"


class ToRead(msgspec.Struct, frozen=True):
    """A session that is to be read."""

    fid: int
    path: bytes
    stamp: files.Stamp
    is_new: bool
    """Nothing is known of it yet."""


class Differences(msgspec.Struct, frozen=True):
    """What to do."""

    to_read: list[ToRead]
    """The last updated first."""
    gone: list[int]
    known: int
    """How many sessions are known that are still there."""
    total: int


def differences(writing: sqlite3.Connection, source: Source) -> Differences:
    """How the sessions that are known differ from those that are there. Raises `sqlite3.Error`."""
    source.lend(writing)
    try:
        to_read = [
            ToRead(fid, path, files.Stamp(size, mtime_ns, inode), bool(is_new))
            for fid, path, size, mtime_ns, inode, is_new in writing.execute(_TO_READ)
        ]
        gone = [fid for (fid,) in writing.execute(_GONE)]
        total = writing.execute("SELECT count(*) FROM seen").fetchone()[0]
    finally:
        source.take_back(writing)
    known = writing.execute("SELECT count(*) FROM sessions").fetchone()[0]
    return Differences(to_read, gone, known - len(gone), total)

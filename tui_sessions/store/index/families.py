"""The sessions of one family, found by the links of branches to their parents."""

from __future__ import annotations

import sqlite3

from tui_sessions.model.results import SessionRow
from tui_sessions.store.index import rows, schema

MOST = 2_000
"""More of one family are not looked at: nobody finds a way through them."""
_FAMILY = """
WITH RECURSIVE
above(id) AS (
  SELECT ?1 UNION SELECT s.parent FROM above CROSS JOIN sessions s ON s.id = above.id
  WHERE s.parent IS NOT NULL LIMIT ?2),
family(id) AS (
  SELECT id FROM above UNION SELECT s.id FROM family CROSS JOIN sessions s ON s.parent = family.id
  LIMIT ?2)
SELECT s.fid FROM family CROSS JOIN sessions s ON s.id = family.id
"""


def family(reading: sqlite3.Connection, id: str) -> tuple[tuple[SessionRow, ...], bool]:
    """The sessions that the one of `id` branched off, all that branched off these, and so on; and whether
    these are all."""
    # Both steps go by an index, whatever the size of the library: tests/store/test_family_rows.py holds this.
    found = reading.execute(_FAMILY, (schema.storable(id), MOST + 1)).fetchall()
    fids = [fid for (fid,) in found]
    return tuple(rows.rows_of(reading, fids[:MOST]).values()), len(fids) <= MOST

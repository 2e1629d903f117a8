"""The tables of the index. Another version is another shape: it is thrown away and made again."""

from __future__ import annotations

VERSION = 4
"""To be raised whenever a table, or what is put into one, changes."""

MAX_WHOLE = 2**63 - 1
PINNED, STARRED, BRANCH, CUT, READ_ONLY, NOTES, CODE, ATTACHMENT = (1 << bit for bit in range(8))
"""Bits of `sessions.flags`."""

SORT_COLUMNS = {
    "updated": "updated",
    "created": "created",
    "title": "title",
    "cost": "priced",
    "tokens": "tokens",
    "turns": "turns",
    "date": "began",
    "messages": "messages",
}
"""What sessions are sorted by, and the column that holds it; NULL is unknown and comes last."""
TREE_SORTS = ("updated", "created", "title", "cost", "tokens", "turns")

LIST_COLUMNS = {**SORT_COLUMNS, "date": "began", "messages": "messages"}
"""What lists are sorted by besides; the tree is not, so that no index of its own is kept for it."""

TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;

-- Every directory; the library itself is ''. A digest stands for all that a scan saw in it.
CREATE TABLE folders (folder INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, digest BLOB);

-- Every session file and every damaged one, as a scan sees it. No number is given twice: the texts go by it.
CREATE TABLE files (
  fid INTEGER PRIMARY KEY AUTOINCREMENT, path BLOB NOT NULL UNIQUE, folder INTEGER NOT NULL,
  size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
  is_lasting INTEGER NOT NULL,  -- 0: to be read again whatever its stamp says
  damage TEXT);
CREATE INDEX passing_files ON files (folder) WHERE NOT is_lasting;
CREATE INDEX files_by_folder ON files (folder);
CREATE INDEX damaged_files ON files (path) WHERE damage IS NOT NULL;

-- What lists and filters look at: narrow, because a filter reads all of it. Texts are casefolded.
CREATE TABLE sessions (
  fid INTEGER PRIMARY KEY, path BLOB NOT NULL, folder INTEGER NOT NULL,
  id TEXT NOT NULL, stated TEXT NOT NULL, spare TEXT, parent TEXT,
  names TEXT NOT NULL, title TEXT NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL,
  project TEXT NOT NULL, status TEXT NOT NULL, folder_key TEXT NOT NULL,
  project_written TEXT NOT NULL,
  created INTEGER, updated INTEGER, began INTEGER,
  turns INTEGER NOT NULL, messages INTEGER NOT NULL, tokens INTEGER,
  cost INTEGER NOT NULL, cost_known INTEGER NOT NULL, cost_unknown INTEGER NOT NULL,
  priced INTEGER, flags INTEGER NOT NULL);
CREATE INDEX sessions_by_id ON sessions (id);
CREATE INDEX sessions_by_stated ON sessions (stated);
CREATE INDEX sessions_by_spare ON sessions (spare) WHERE spare IS NOT NULL;
CREATE INDEX sessions_by_parent ON sessions (parent) WHERE parent IS NOT NULL;
CREATE INDEX pinned_sessions ON sessions (flags) WHERE flags & 1;
CREATE INDEX sessions_by_cost ON sessions (folder, cost, cost_known, cost_unknown);
CREATE INDEX sessions_by_began ON sessions (began DESC, path);
CREATE INDEX sessions_by_update ON sessions (updated DESC, path);

CREATE TABLE facts (fid INTEGER PRIMARY KEY, system TEXT NOT NULL, row BLOB NOT NULL);
CREATE TABLE tags (tag TEXT, fid INTEGER, written TEXT, PRIMARY KEY (tag, fid)) WITHOUT ROWID;
CREATE INDEX tags_by_session ON tags (fid);
CREATE TABLE meta (fid INTEGER, key TEXT, value TEXT);
CREATE INDEX meta_by_session ON meta (fid);
CREATE INDEX meta_by_key ON meta (key);

-- Models and personas as files write them; 0 stands for none, which is not in here.
CREATE TABLE words (number INTEGER PRIMARY KEY, written TEXT NOT NULL UNIQUE, provider TEXT NOT NULL);
-- What answers cost and used, added up for each quarter of an hour in UTC. By file, so that what is new
-- comes at the end.
CREATE TABLE charges (
  quarter INTEGER, fid INTEGER, model INTEGER, persona INTEGER,
  answers INTEGER NOT NULL, errors INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL,
  tokens INTEGER NOT NULL, unknown_tokens INTEGER NOT NULL,
  cost INTEGER NOT NULL, unknown INTEGER NOT NULL, prompted INTEGER NOT NULL,
  PRIMARY KEY (fid, quarter, model, persona)) WITHOUT ROWID;
CREATE INDEX charges_by_quarter ON charges (quarter);
-- The same of each answer by itself.
CREATE TABLE answers (fid INTEGER PRIMARY KEY, packed BLOB NOT NULL);
"""


def statements() -> list[str]:
    """All that makes an empty index."""
    sorts = [
        f"CREATE INDEX in_order_of_{name} "
        f"ON sessions (folder, {SORT_COLUMNS[name]} {direction(name)}, path)"
        for name in TREE_SORTS
    ]
    return [part for part in TABLES.split(";\n") if part.strip()] + sorts


def direction(sort: str, *, reverse: bool = False) -> str:
    """Newest and biggest first, titles A-Z; or the other way round."""
    return "ASC" if (sort == "title") != reverse else "DESC"


def storable(text: str) -> str:
    """The text as the tables hold it."""
    # JSON and file names may hold lone surrogates, which SQLite cannot.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def bounded(number: int) -> int:
    """The number as far as SQLite counts."""
    return max(-MAX_WHOLE, min(number, MAX_WHOLE))

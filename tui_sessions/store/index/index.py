"""The index: what is known of every file of the library, answered without opening one.

It may be thrown away at any time; only files are the truth. Any method may be called from any thread.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from array import array
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tui_sessions.model.ids import new_id
from tui_sessions.model.money import Cost
from tui_sessions.model.query import Query, Term
from tui_sessions.model.results import DamagedRow, SessionRow, Totals
from tui_sessions.model.term import folded
from tui_sessions.store import files, scan
from tui_sessions.store.digest import blake2b
from tui_sessions.store.index import ordering, rows, schema
from tui_sessions.store.index.conditions import begins, condition
from tui_sessions.store.index.database import Database
from tui_sessions.store.index.reconcile import Progress, Reconciler, Stop, drop_path, folder_number

Answer = TypeVar("Answer")
Words = tuple[tuple[str, int], ...]
"""Words with how many sessions use them."""
_ALL = Query()


def place_of(root: Path, cache: Path | None, kind: str) -> Path | None:
    """The file of an index: one for each library, found by the library's place."""
    if cache is None:
        return None
    key = blake2b(os.fsencode(root), digest_size=8).hexdigest()
    return cache / f"{kind}-{key}.sqlite"


class Index:
    """Rows of sessions and damaged files, sorted, filtered and counted."""

    def __init__(self, root: Path, cache: Path | None, *, is_patient: bool = True) -> None:
        self._root = root
        self._cache = cache
        self._database: Database | None = None
        self._opening = threading.Lock()
        self.found: Callable[[Term, Query], Iterable[int]] = lambda term, query: ()
        """The files whose text holds what a term of a query means; given by who indexes texts."""
        self.is_patient = is_patient
        """Whether the first question waits until the directory was looked at; the screen's do not."""
        self._words: dict[Callable[[sqlite3.Connection], Words], tuple[object, Words]] = {}
        """Words in use, as they were counted last."""
        self._written: set[str] = set()
        self._scanning = threading.Lock()
        self._is_scanned = False
        self._build = ""

    @property
    def database(self) -> Database:
        """The tables; opened when something is first asked."""
        with self._opening:
            if self._database is None:
                place = place_of(self._root, self._cache, "index")
                self._database = Database(place, schema.VERSION, schema.statements())
            return self._database

    # ---- in step with the directory

    @property
    def is_scanned(self) -> bool:
        """Whether there is something to answer from."""
        return self._is_scanned or (not self.is_patient and bool(self._about("scanned")))

    def refresh(self, progress: Progress | None = None, stop: Stop | None = None) -> bool:
        """Looks at every folder and reads files that are new or changed; True when any was.

        When `stop` says so it ends; what was read by then is kept. Raises `StoreError`.
        """
        with self._scanning:
            return self._scan(progress, stop)

    def refresh_within(self, folder: str) -> None:
        """Looks at a folder that we made, renamed or removed, and at all below it."""
        with self._scanning:
            if not self.is_scanned:
                self._scan(None, None)
            else:
                self._written.clear()
                reconciler = Reconciler(self._root, self.database, self._written, None, None)
                self._trying(lambda: reconciler.run(folder))

    def put(self, path: str, content: files.Content) -> None:
        """A file was written or read by us."""
        self._take(path, scan.entry_of(path, content))

    def drop(self, path: str) -> None:
        """A file was moved away by us."""
        self._take(path, None)

    def reread(self, path: str) -> bool:
        """Reads the file at `path` again, whatever it is now; whether that changed anything."""
        found = scan.find(self._root, path)
        return self._take(path, None if found is None else scan.read_entry(self._root, found))

    def has_namesake(self, path: str) -> bool:
        """Whether another file than that at `path` states the same id; they are looked at again for it."""
        for other in self._ask(lambda reading: rows.namesakes(reading, path)):
            self.reread(other)
        return bool(self._ask(lambda reading: rows.namesakes(reading, path)))

    def rebuild(self, progress: Progress | None = None) -> None:
        """Makes everything anew from the files."""
        with self._scanning:
            self._trying(lambda: self.database.write(rows.drop_all))
            self._build = ""
            self._scan(progress, None)

    def vacuum(self) -> int:
        """Gives back disk space that is not used; how many bytes."""
        return self._trying(self.database.vacuum)

    def _scan(self, progress: Progress | None, stop: Stop | None) -> bool:
        was_scanned = self._is_scanned

        def go() -> bool:
            self._written.clear()
            reconciler = Reconciler(self._root, self.database, self._written, progress, stop)
            if reconciler.run():
                self._is_scanned = True
                self._tell("scanned", "yes")
            return reconciler.is_changed

        return self._trying(go) or (not was_scanned and self._is_scanned)

    def _tell(self, name: str, value: str) -> None:
        if not self._about(name):
            with self.database.transaction() as writing:
                writing.execute("INSERT OR IGNORE INTO about VALUES (?, ?)", (name, value))

    def _take(self, path: str, entry: scan.Entry | None) -> bool:
        self._written.add(path)

        def go() -> bool:
            with self.database.transaction() as writing:
                folder = rows.unseen_folder(writing, path)
                if entry is None:
                    # Counted, because a damaged file goes without touching any session.
                    before = writing.total_changes
                    touched: set[str] | None = drop_path(writing, os.fsencode(path))
                    is_changed = writing.total_changes > before
                else:
                    touched = rows.put(writing, entry, folder_number(writing, folder))
                    is_changed = touched is not None
                rows.settle(writing, touched or ())
            return is_changed

        return self._trying(go)

    def _ask(
        self,
        ask: Callable[[sqlite3.Connection], Answer],
        *,
        wait: bool = True,
        is_long: bool = False,
    ) -> Answer:
        """Answers from the tables, read from the directory first where that was never done.

        Without `wait`, while another thread does that: what is known so far.
        """
        if not self.is_scanned and self.is_patient and (wait or not self._scanning.locked()):
            self._scan_once()
        fetch = self.database.fetch_aside if is_long else self.database.fetch
        answer: Answer = self._trying(lambda: fetch(ask))
        return answer

    def _scan_once(self) -> None:
        with self._scanning:
            if not self._is_scanned:
                self._scan(None, None)

    def _sought(self, ask: Callable[[sqlite3.Connection], Answer | None]) -> Answer | None:
        """What `ask` finds. Nothing is said to be missing before the directory was looked at."""
        found = self._ask(ask)
        if found is None and not self._is_scanned:
            self._scan_once()
            found = self._ask(ask)
        return found

    def _trying(self, go: Callable[[], Answer]) -> Answer:
        try:
            return go()
        except sqlite3.Error as error:
            self.database.start_again(error)
            self._is_scanned, self._build = False, ""
            if not self._scanning.locked():
                self._scan_once()
            return go()

    def _about(self, name: str) -> str:
        found = self._trying(
            lambda: self.database.rows("SELECT value FROM about WHERE name = ?", (name,))
        )
        return str(found[0][0]) if found else ""

    # ---- one session

    def by_id(self, id: str) -> SessionRow | None:
        """The row of that id."""
        return self._sought(lambda reading: rows.one(reading, "s.id = ?", schema.storable(id)))

    def has(self, id: str) -> bool:
        """Whether a session of that id is known by now."""
        sql, values = "SELECT 1 FROM sessions WHERE id = ?", (schema.storable(id),)
        return self._ask(lambda reading: reading.execute(sql, values).fetchone()) is not None

    def by_path(self, path: str) -> SessionRow | None:
        """The row of that file."""
        return self._sought(lambda reading: rows.one(reading, "s.path = ?", os.fsencode(path)))

    def by_file(self, name: str) -> tuple[SessionRow, ...]:
        """The rows whose path holds that name, the last used first."""
        where = "instr(s.path, ?) > 0 ORDER BY s.updated DESC, s.path"
        return self._rows_where(where, os.fsencode(name))

    def by_prefix(self, prefix: str, limit: int | None = None) -> tuple[SessionRow, ...]:
        """Rows whose ids begin so, the last used first."""
        where, values = begins("s.id", schema.storable(prefix))
        end = f"ORDER BY s.updated DESC, s.path{ordering.end(limit)}"
        return self._rows_where(f"{where} {end}", *values)

    def stated_id(self, row: SessionRow) -> str | None:
        """The id that stands in the file of `row`, which another file may have claimed first."""
        return self._ask(lambda reading: rows.stated_id(reading, row.path))

    def branches(self, id: str) -> int:
        """How many sessions branched off that one."""
        sql, values = "SELECT 1 FROM sessions WHERE parent = ?", (schema.storable(id),)
        return len(self._ask(lambda reading: reading.execute(sql, values).fetchall(), wait=False))

    def _rows_where(self, where: str, *values: Any) -> tuple[SessionRow, ...]:
        return self._ask(lambda reading: tuple(rows.some(reading, where, values)))

    # ---- many

    def rows(
        self, query: Query, sort: str, reverse: bool, limit: int | None = None
    ) -> tuple[SessionRow, ...]:
        """The rows that match, in order. Raises `UsageError` for an unknown sort."""
        where, values = self.condition(query)
        where = f"{where} ORDER BY {ordering.order_by(sort, reverse)}{ordering.end(limit)}"
        return self._ask(lambda reading: tuple(rows.some(reading, where, values)), wait=False)

    def ids(self, query: Query, sort: str, reverse: bool = False) -> tuple[str, ...]:
        """The ids that match, in order."""
        where, values = self.condition(query)
        sql = f"SELECT id FROM sessions s WHERE {where} ORDER BY {ordering.order_by(sort, reverse)}"
        return tuple(id for (id,) in self._ask(lambda r: r.execute(sql, values).fetchall()))

    def fids(self, query: Query) -> set[int] | None:
        """The numbers of the files that match; None for all."""
        if query.is_empty:
            return None
        where, values = self.condition(query)
        sql = f"SELECT fid FROM sessions s NOT INDEXED WHERE {where}"
        return set(self._ask(lambda r: [fid for (fid,) in r.execute(sql, values)], wait=False))

    def fids_in_order(self, query: Query, sort: str) -> array[int]:
        """The numbers of the files that match, in order."""
        where, values = self.condition(query)
        sql = f"SELECT fid FROM sessions s WHERE {where} ORDER BY {ordering.order_by(sort, False)}"
        return self._ask(
            lambda r: array("q", [fid for (fid,) in r.execute(sql, values)]), wait=False
        )

    def summed(self, query: Query) -> tuple[int, Cost]:
        """How many sessions match and what they cost together."""
        where, values = self.condition(query)
        sums = f"{ordering.SUMMED} WHERE {where}"
        found = self._ask(lambda r: r.execute(sums, values).fetchone(), wait=False)
        return found[0], ordering.cost_of(*found[1:])

    def totals(self) -> Totals:
        """What is in the library, added up."""
        return self._ask(ordering.totals)

    def damaged(self) -> tuple[DamagedRow, ...]:
        """The files that cannot be read as sessions, by path."""
        return self._ask(rows.damaged, wait=False)

    def tags(self) -> tuple[tuple[str, int], ...]:
        """The tags in use, as most write them, with how many sessions have them, most used first."""
        return self._counted(ordering.tags)

    def projects(self) -> tuple[tuple[str, int], ...]:
        """The projects in use, most used first."""
        return self._counted(ordering.projects)

    def models(self) -> tuple[tuple[str, int], ...]:
        """The models in use, most used first; casefolded."""
        return self._counted(ordering.models)

    def _counted(self, count: Callable[[sqlite3.Connection], Words]) -> Words:
        """Counted anew only where anything changed: the screen asks with every session that it opens."""
        stamp = self.stamp()
        known = self._words.get(count)
        if known is None or known[0] != stamp:
            known = self._words[count] = (stamp, self._ask(count, wait=False))
        return known[1]

    def folders(self) -> tuple[str, ...]:
        """Every directory of the library but itself, empty ones too."""
        found = self._ask(
            lambda r: r.execute(
                "SELECT path FROM folders WHERE path <> x'' ORDER BY path"
            ).fetchall(),
            wait=False,
        )
        return tuple(os.fsdecode(path) for (path,) in found)

    def condition(self, query: Query) -> tuple[str, list[Any]]:
        """What stands after WHERE for the sessions `s` that match, with its parameters."""
        return condition(query, lambda term: self.found(term, query))

    # ---- what texts are indexed by

    @property
    def build(self) -> str:
        """Another one whenever numbers of files mean other files than before."""
        if not self._build:
            self._build = self._about("build")
        if not self._build:
            fresh = new_id()
            self._trying(lambda: self._tell("build", fresh))
            self._build = self._about("build")
        return self._build

    def stamps(self) -> list[tuple[int, bytes, int, int, int]]:
        """Number, path, size (-1 where it is to be read again whatever its stamp says), time and inode of
        every session file, the last used first."""
        return self._ask(
            lambda r: r.execute(
                "SELECT f.fid, f.path, CASE WHEN f.is_lasting THEN f.size ELSE -1 END, f.mtime_ns, "
                "f.inode FROM files f JOIN sessions s USING (fid) ORDER BY s.updated DESC"
            ).fetchall()
        )

    def ids_of(self, fids: Iterable[int]) -> dict[int, str]:
        """The ids of files, as far as they are there."""
        return self._ask(lambda reading: rows.ids_of(reading, list(fids)))

    def rows_of(self, fids: Sequence[int]) -> dict[int, SessionRow]:
        """The rows of files, as far as they are there."""
        return self._ask(lambda reading: rows.rows_of(reading, fids))

    # ---- what the tree is made of

    def stamp(self) -> tuple[int, int]:
        """Another one where anything changed."""
        return self._trying(lambda: self.database.stamp)

    def fid_of(self, id: str) -> int | None:
        """The number of the file of a session."""
        sql, values = "SELECT fid FROM sessions WHERE id = ?", (schema.storable(id),)
        found = self._ask(lambda reading: reading.execute(sql, values).fetchone(), wait=False)
        return None if found is None else found[0]

    def titled(self, text: str) -> tuple[frozenset[int], frozenset[int]]:
        """The files whose titles begin with `text`, and those whose titles hold it."""
        return self._ask(lambda reading: ordering.titled(reading, folded(text)), wait=False)

    def ask(self, ask: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """What `ask` reads in the tables as far as they are filled."""
        return self._ask(ask, wait=False)

    def ask_long(self, ask: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """The same for what may take a second or more: nobody who asks for less waits for it."""
        return self._ask(ask, wait=False, is_long=True)

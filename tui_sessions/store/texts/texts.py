"""Full text of a library: the door to indexing it, searching it, and showing what was found."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from tui_sessions.errors import StoreError
from tui_sessions.model import found
from tui_sessions.model.excerpts import Excerpt
from tui_sessions.model.found import Hit, SearchBatch
from tui_sessions.model.query import Query, Term
from tui_sessions.store.texts.database import Database, Stop, in_words
from tui_sessions.store.texts.indexing import Indexing, Progress
from tui_sessions.store.texts.plain import Plain
from tui_sessions.store.texts.searching import Searching, holding_query
from tui_sessions.store.texts.shards import SHARD_TURNS
from tui_sessions.store.texts.showing import Shelf, Showing
from tui_sessions.store.texts.source import Source
from tui_sessions.store.texts.wanted import Wanted, wanted

_KNOWN = 16


class Texts:
    """What was said in all sessions. Any method may be called from any thread.

    Where the index cannot be used, `problem` says why, and the files are searched one by one.
    """

    def __init__(
        self,
        root: Path,
        source: Source,
        path: Path | None,
        library: Shelf,
        *,
        shard_turns: int = SHARD_TURNS,
    ) -> None:
        self.problem = ""
        """Why there is no full-text index, in one sentence; "" where there is, or none was wanted."""
        self._root = root
        self._source = source
        self._database = None if path is None else Database(path)
        self._shard_turns = shard_turns
        self._running: Indexing | None = None
        self._showing = Showing(library)
        self._known: dict[tuple[str, Wanted], frozenset[int]] = {}
        """Which sessions hold words that were asked for lately, by state of the index."""

    # ---- the index

    def progress(self) -> tuple[int, int]:
        """How many sessions are indexed, of how many."""
        total = self._source.total()
        running = self._running
        if running is not None and running.total:
            return min(running.done, running.total), running.total
        return min(self._counted(), total), total

    def index(self, progress: Progress | None = None, stop: Stop | None = None) -> bool:
        """Brings the index up to date; True when anything changed. Does nothing where another program
        or thread is at it. Never raises for what is wrong with the index itself."""
        if self._database is None:
            return False
        for is_last in (False, True):
            try:
                with self._database.filling() as writing:
                    return writing is not None and self._filled(writing, progress, stop)
            except (sqlite3.Error, StoreError) as error:
                if not self._is_mended(error) or is_last:
                    return False
        return False

    def clear(self) -> None:
        """Throws the index away; `index` makes it anew."""
        if self._database is not None:
            self._database.discard()
            self.problem = ""

    def vacuum(self) -> int:
        """Gives back disk space that is not used; how many bytes."""
        if self._database is None:
            return 0
        before = self.size
        try:
            with self._database.filling() as writing:
                if writing is not None:
                    writing.execute("VACUUM")
                    writing.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except (sqlite3.Error, StoreError) as error:
            self._is_mended(error)
        return max(0, before - self.size)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return 0 if self._database is None else self._database.size

    @property
    def path(self) -> Path | None:
        """The file of the index."""
        return None if self._database is None else self._database.path

    def turns(self) -> int:
        """How many turns are indexed."""
        return self._number("SELECT total(live) FROM shards")

    def close(self) -> None:
        """Lets go of the file."""
        if self._database is not None:
            self._database.close()

    # ---- what is asked

    def search(
        self, query: Query, stop: Stop | None = None, *, as_typed: bool = False
    ) -> Iterator[SearchBatch]:
        """What matches, newest parts of the library first, each part best first.

        Ends early when `stop` says so. With `as_typed` the last word is still being typed.
        """
        sought = wanted(found.as_typed(query) if as_typed else query)
        seen: set[tuple[str, int | None]] = set()
        if self._is_usable():
            try:
                for batch in self._indexed(sought, stop):
                    seen.update((hit.session_id, hit.turn) for hit in batch.hits)
                    yield batch
                return
            except (sqlite3.Error, StoreError) as error:
                if "interrupted" in str(error):
                    return  # `stop` said so.
                self._is_mended(error)
        yield from self._read_through(sought, stop, seen)

    def found(self, term: Term, query: Query) -> Collection[int]:
        """The sessions that hold the words of a `text` term of `query`, by fid."""
        sought = wanted(holding_query(term, query.roles))
        if sought.is_void or not sought.groups:
            return ()
        if self._is_usable():
            try:
                with self._open().reading() as reading:
                    return self._holding(reading, sought)
            except (sqlite3.Error, StoreError) as error:
                self._is_mended(error)
        return Plain(self._root, self._source, sought).holding(sought.groups[0].said)

    def _holding(self, reading: sqlite3.Connection, sought: Wanted) -> Collection[int]:
        """Kept for the next time: a tree asks the same for every sort and every fold."""
        about = reading.execute("SELECT value FROM about WHERE name = 'serial'").fetchone()
        key = (about[0] if about else "", sought)
        holding = self._known.get(key)
        if holding is None:
            searching = Searching(reading, self._source, sought, is_partial=False)
            holding = frozenset(searching.holding(sought.groups[0].said))
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[key] = holding
        return holding

    def excerpt(self, hit: Hit, query: Query, width: int) -> Excerpt:
        """A piece of what was found, out of the file as it stands now."""
        return self._showing.excerpt(hit, query, width)

    # ---- inside

    def _filled(
        self, writing: sqlite3.Connection, progress: Progress | None, stop: Stop | None
    ) -> bool:
        running = Indexing(self._root, self._source, writing, shard_turns=self._shard_turns)
        self._running = running
        try:
            is_changed = running.run(progress, stop)
        finally:
            self._running = None
        self.problem = ""
        return is_changed

    def _indexed(self, sought: Wanted, stop: Stop | None) -> Iterator[SearchBatch]:
        done, total = self.progress()
        with self._open().reading(stop) as reading:
            searching = Searching(reading, self._source, sought, is_partial=done < total)
            for batch in searching.batches():
                yield batch
                if stop is not None and stop():
                    return

    def _read_through(
        self, sought: Wanted, stop: Stop | None, seen: set[tuple[str, int | None]]
    ) -> Iterator[SearchBatch]:
        for batch in Plain(self._root, self._source, sought).batches(stop):
            yield without(batch, seen) if seen else batch
            if stop is not None and stop():
                return

    def _open(self) -> Database:
        assert self._database is not None
        return self._database

    def _is_usable(self) -> bool:
        """Whether the index has something to say about the library as it is counted now."""
        if self._database is None or self.problem:
            return False
        try:
            with self._database.reading() as reading:
                about = reading.execute("SELECT value FROM about WHERE name = 'build'").fetchone()
        except (sqlite3.Error, StoreError) as error:
            self._is_mended(error)
            return False
        return about is not None and about[0] == self._source.build

    def _is_mended(self, error: Exception) -> bool:
        """After an error of the index: garbage is thrown away, and it can be tried again. Otherwise
        `problem` says why there is none."""
        is_garbage = isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        )
        if is_garbage and self._database is not None:
            try:
                self._database.discard()
            except OSError:
                is_garbage = False
            else:
                return True
        self.problem = (
            f"The full-text index cannot be used ({in_words(error)}). "
            "Searching reads every file instead, which takes longer."
        )
        return False

    def _counted(self) -> int:
        return self._number("SELECT count(*) FROM sessions") if self._is_usable() else 0

    def _number(self, sql: str) -> int:
        if self._database is None or self.problem:
            return 0
        try:
            with self._database.reading() as reading:
                return int(reading.execute(sql).fetchone()[0])
        except (sqlite3.Error, StoreError):
            return 0


def without(batch: SearchBatch, seen: Iterable[tuple[str, int | None]]) -> SearchBatch:
    """`batch` without hits that were handed out before."""
    known = set(seen)
    hits = tuple(hit for hit in batch.hits if (hit.session_id, hit.turn) not in known)
    return SearchBatch(
        hits=hits,
        found=batch.found - len(batch.hits) + len(hits),
        done=batch.done,
        total=batch.total,
        is_partial=batch.is_partial,
    )

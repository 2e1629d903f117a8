"""What is known of the sessions: listed, filtered, counted, searched without opening their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tui_sessions.errors import NotFoundError
from tui_sessions.model.ids import new_id
from tui_sessions.model.money import Cost
from tui_sessions.model.query import Query
from tui_sessions.model.results import DamagedRow, IndexStatus, SessionRow, Totals
from tui_sessions.model.text import clean_line
from tui_sessions.store.names import SUFFIXES

if TYPE_CHECKING:
    from tui_sessions.model.excerpts import Excerpt
    from tui_sessions.model.family import Family
    from tui_sessions.model.found import Hit, SearchBatch
    from tui_sessions.store.index.index import Index
    from tui_sessions.store.index.reconcile import Progress, Stop
    from tui_sessions.store.texts.texts import Texts
    from tui_sessions.store.tree.tree import Tree
    from tui_sessions.store.tree.view import View

_ALL = Query()


class Catalog:
    """The index of a library, with the full text behind it. Any method may be called from any thread."""

    root: Path
    _is_patient = True

    @cached_property
    def _index(self) -> Index:
        """The index; the library makes it, because it knows where."""
        raise NotImplementedError

    @cached_property
    def _texts(self) -> Texts:
        """The full text; the library makes it, because it reads the files."""
        raise NotImplementedError

    @cached_property
    def _view(self) -> View:
        """The tree; the library makes it, because it has the trash and the saved searches."""
        raise NotImplementedError

    def refresh(self, progress: Progress | None = None, stop: Stop | None = None) -> bool:
        """Looks for what changed on the disk; True when anything did. May run in a thread."""
        is_changed = self._index.refresh(progress, stop)
        # What another of us has read already is no news for the index, but for who shows it.
        return self._index.database.others_wrote() or is_changed

    @property
    def is_scanned(self) -> bool:
        """Whether the directory was read once; before that, listing anything reads it first."""
        return self._index.is_scanned

    def look_at(self, paths: Iterable[str]) -> bool:
        """Looks at these places (paths relative to the library) again; True when anything changed."""
        found = list(paths)
        if not all(path.endswith(SUFFIXES) for path in found):
            return self.refresh()  # A folder came or went, with all that is in it.
        changed = [path for path in found if self._index.reread(path)]
        return self._index.database.others_wrote() or bool(changed)

    def answer_at_once(self) -> None:
        """From now on answers come from the index as it stands, however long ago it was made: the screen
        shows that first and refreshes behind it."""
        self._is_patient = False
        if "_index" in self.__dict__:
            self._index.is_patient = False

    def rows(
        self,
        query: Query = _ALL,
        *,
        sort: str = "updated",
        reverse: bool = False,
        limit: int | None = None,
    ) -> tuple[SessionRow, ...]:
        """The sessions that match: newest and biggest first, titles A-Z. Raises `UsageError`.

        Like `tree`, `tags` and `damaged`, it does not wait for a first scan that another thread does.
        """
        return self._index.rows(query, sort, reverse, limit)

    def ids(
        self, query: Query = _ALL, *, sort: str = "updated", reverse: bool = False
    ) -> tuple[str, ...]:
        """The ids of the sessions that match, in order."""
        return self._index.ids(query, sort, reverse)

    def count(self, query: Query = _ALL) -> int:
        """How many sessions match."""
        return self._index.summed(query)[0]

    def summed(self, query: Query = _ALL) -> Cost:
        """What the sessions that match cost together."""
        return self._index.summed(query)[1]

    def totals(self) -> Totals:
        """What is in the library, added up."""
        return self._index.totals()

    def texts_progress(self) -> tuple[int, int]:
        """How many sessions can be found by what was said in them, of how many."""
        return self._texts.progress()

    def index_texts(self, progress: Progress | None = None, stop: Stop | None = None) -> bool:
        """Takes what was said in new and changed sessions into the full text; True when anything was.

        May run in a thread, after `refresh`. Where there can be none, `index_problem` says why, and
        `search` reads the files.
        """
        return self._texts.index(progress, stop)

    @property
    def index_problem(self) -> str:
        """Why an index is not used, in one sentence or two; "" where all is well."""
        texts = self._texts.problem if "_texts" in self.__dict__ else ""  # else nobody asked them
        return " ".join(filter(None, (self._index.database.problem, texts)))

    def index_status(self) -> IndexStatus:
        """What the index holds and takes on the disk."""
        from tui_sessions.store.index.schema import VERSION

        rows, (done, total) = self._index.database, self._texts.progress()
        return IndexStatus(
            path=None if rows.path is None else str(rows.path),
            size=rows.size + self._texts.size,
            version=VERSION,
            sessions=self.count(),
            damaged=len(self.damaged()),
            turns=self._texts.turns(),
            texts_done=done,
            texts_total=total,
            problem=self.index_problem,
        )

    def rebuild_index(self, progress: Progress | None = None) -> None:
        """Throws the index away and reads every file anew; `index_texts` brings the texts back."""
        self._texts.clear()
        self._index.rebuild(progress)

    def vacuum_index(self) -> int:
        """Gives back the disk space that the index does not need; how many bytes."""
        return self._index.vacuum() + self._texts.vacuum()

    def search(
        self, query: Query, stop: Stop | None = None, *, as_typed: bool = False
    ) -> Iterator[SearchBatch]:
        """What matches in titles, tags, notes and conversations, newest sessions first.

        With `as_typed` the last word is still being typed: all that begin so are meant.
        """
        return self._texts.search(query, stop, as_typed=as_typed)

    def excerpt(self, hit: Hit, query: Query, width: int) -> Excerpt:
        """About `width` characters round what was found, as the file stands now. Raises `NotFoundError`,
        `DamagedFileError`."""
        return self._texts.excerpt(hit, query, width)

    def damaged(self) -> tuple[DamagedRow, ...]:
        """The files that cannot be read as sessions, by path."""
        return self._index.damaged()

    def row(self, session_id: str) -> SessionRow:
        """The row of a session. Raises `NotFoundError`."""
        row = self._index.by_id(session_id)
        if row is None:
            from tui_sessions.store.reference import refuse_unreadable

            refuse_unreadable(session_id, self._index, self.root)
            raise NotFoundError(
                f"There is no session {clean_line(session_id)!r} in {clean_line(str(self.root))}."
            )
        return row

    def id_at(self, path: str) -> str:
        """The id of the session that lies there; "" where none is known."""
        row = self._index.by_path(path)
        return "" if row is None else row.id

    def has(self, session_id: str) -> bool:
        """Whether there is a session of that id."""
        return self._index.has(session_id)

    def beginning(self, prefix: str, *, limit: int) -> tuple[SessionRow, ...]:
        """The sessions whose ids begin so, the last used first."""
        return self._index.by_prefix(prefix, limit) if prefix else self.rows(limit=limit)

    def branches(self, session_id: str) -> int:
        """How many sessions branched off that one."""
        return self._index.branches(session_id)

    def family(self, session_id: str) -> Family:
        """All sessions that began as the same conversation as that one; empty where it is not there."""
        from tui_sessions.model.family import family_of  # not for commands that only list
        from tui_sessions.store.index.families import family

        found, is_whole = self._index.ask(lambda reading: family(reading, session_id))
        return family_of(found, is_whole=is_whole)

    def tree(
        self, query: Query, *, sort: str = "updated", closed: frozenset[str] = frozenset()
    ) -> Tree:
        """Pinned sessions and saved searches, then folders by name, sessions with their branches below
        them, damaged files, the trash.

        `closed` are the keys of lines that were folded; of saved searches, those that were unfolded. With
        a query: only sessions that match, and nothing is folded.
        """
        return self._view.tree(query, sort, closed)

    def folders(self) -> tuple[str, ...]:
        """Every folder, empty ones too."""
        return self._index.folders()

    def tags(self) -> tuple[tuple[str, int], ...]:
        """The tags in use and how many sessions have each, most used first."""
        return self._index.tags()

    def projects(self) -> tuple[tuple[str, int], ...]:
        """The projects in use and how many sessions each has, most used first."""
        return self._index.projects()

    def models(self) -> tuple[tuple[str, int], ...]:
        """The models in use and how many sessions each has, most used first; casefolded."""
        return self._index.models()

    def resolve(self, ref: str) -> str:
        """The id of an id, a unique beginning of one, a file name, a path, or `@last`.

        Raises `NotFoundError`, `AmbiguousError` that lists them, `DamagedFileError`.
        """
        from tui_sessions.store.reference import resolved

        return resolved(ref, self._index, self.root)

    def path(self, session_id: str) -> Path:
        """The file of a session. Raises `NotFoundError`."""
        return self.root / self.row(session_id).path

    def free_id(self) -> str:
        """An id that no session has."""
        while self._index.has(fresh := new_id()):
            pass
        return fresh

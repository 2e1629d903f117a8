"""The search, off the screen's thread: hits as they come, what their lines show, the session behind one.

Knows the library and no widget. Everything it finds out it hands over on the screen's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple, Protocol

from textual.dom import DOMNode

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.excerpts import Excerpt, marks_in
from tui_sessions.model.found import Findings, Hit, SearchBatch
from tui_sessions.model.query import Query
from tui_sessions.model.results import SessionRow
from tui_sessions.model.text import clean_line
from tui_sessions.tui.session_reading import Readable, SessionReading
from tui_sessions.tui.widgets.result_lines import HitKey, Known, Lines, group_of, key_of
from tui_sessions.tui.widgets.search_report import Report

BETWEEN_REPORTS_S = (0.03, 0.06, 0.12, 0.2)
"""After the first report, the second, …: who still waits then reads already, and drawing costs the search."""
SHOWN_ON_THE_WAY = 400
"""So many sessions are listed before the search is over; then all are."""
BETWEEN_LESSONS_S = 0.015
SESSIONS_KEPT = 8
BROKEN_OFF = "The search broke off. Change a word to try again; the log says why."


class Searchable(Readable, Protocol):
    """What is asked of the library."""

    @property
    def index_problem(self) -> str:
        """Why the index is not used, "" where it is."""

    def search(self, query: Query, stop: Callable[[], bool] | None = None) -> Iterator[SearchBatch]:
        """What is found, part by part."""

    def excerpt(self, hit: Hit, query: Query, width: int) -> Excerpt:
        """The text round a hit."""

    def texts_progress(self) -> tuple[int, int]:
        """Sessions whose text is indexed, of how many."""

    def row(self, session_id: str) -> SessionRow:
        """What lists say of a session."""


class Lesson(NamedTuple):
    """What the lines of some hits show."""

    run: int
    width: int
    """For which the excerpts were made."""
    sessions: dict[str, Known]
    excerpts: dict[HitKey, Excerpt]


class SearchWork:
    """Runs one search at a time; a new one stops the former. Goes on while nobody looks."""

    def __init__(self, node: DOMNode, library: Searchable) -> None:
        self._node = node
        self._library = library
        self.report = Report()
        """The newest one."""
        self.unfolded: frozenset[str] = frozenset()
        """Sessions all of whose hits are shown."""
        self.on_report: Callable[[Report], None] = lambda _: None
        self.on_lesson: Callable[[Lesson], None] = lambda _: None
        self.preview = SessionReading(node, library, group="search-preview", most=SESSIONS_KEPT)
        self._run = 0
        self._wish: object = None
        self._fresh: Report | None = None
        self._lock = Lock()
        """Round `_run` and `_fresh`, which the searching thread looks at as well."""

    @property
    def run(self) -> int:
        """The number of the search that runs, or ran last."""
        return self._run

    def search(self, text: str, query: Query) -> None:
        """Look for something else, or once more."""
        with self._lock:
            self._run += 1
            run = self._run
        self.preview.forget()
        self._in_thread("search", lambda: self._search(run, text, query))

    def stop(self) -> None:
        """Look for nothing any more."""
        with self._lock:
            self._run += 1
        self._wish = None
        self.report = Report(run=self._run)

    def want(self, session_ids: Iterable[str], hits: Iterable[Hit], width: int) -> None:
        """Find out what the lines of these show, in their order; what was wanted before is not any more."""
        wish = self._wish = (tuple(session_ids), tuple(hits), width)
        report = self.report
        self._in_thread("search-lines", lambda: self._fulfil(wish, report))

    def _in_thread(self, group: str, work: Callable[[], None]) -> None:
        self._node.run_worker(work, thread=True, group=group, exclusive=True, exit_on_error=False)

    def _hand_over(self, call: Callable[..., Any], *values: Any) -> None:
        """Without waiting for the screen, which `call_from_thread` would."""
        self._node.call_later(call, *values)

    # the search

    def _search(self, run: int, text: str, query: Query) -> None:
        findings, began = Findings(), monotonic()
        due, told_times, problem = 0.0, 0, BROKEN_OFF

        def told(limit: int, *, is_over: bool = False) -> Report:
            return Report(
                run=run, text=text, query=query,
                lines=Lines([group_of(found) for found in findings.top(limit)], self.unfolded),
                sessions=findings.sessions, hits=findings.hits,
                done=findings.done, total=findings.total,
                indexed=self._library.texts_progress() if findings.is_partial else None,
                problem=problem if is_over else "", is_over=is_over, took_s=monotonic() - began,
            )  # fmt: skip

        try:
            for batch in self._library.search(query, stop=lambda: self._run != run):
                if self._run != run:
                    return
                findings.add(batch)
                is_first = not told_times and findings.hits > 0
                if (is_first or monotonic() >= due) and not findings.is_done:
                    self._publish(told(SHOWN_ON_THE_WAY))
                    pause = BETWEEN_REPORTS_S[min(told_times, len(BETWEEN_REPORTS_S) - 1)]
                    due, told_times = monotonic() + pause, told_times + bool(findings.hits)
            problem = self._library.index_problem
        except TuiSessionsError as error:
            problem = str(error)
        finally:
            # Also where something else went wrong: nobody is left waiting.
            if self._run == run:
                self._publish(told(findings.sessions, is_over=True))

    def _publish(self, report: Report) -> None:
        with self._lock:
            if report.run != self._run:
                return
            is_told = self._fresh is not None
            self._fresh = report
        if not is_told:
            self._hand_over(self._tell)

    def _tell(self) -> None:
        with self._lock:
            report, self._fresh = self._fresh, None
        if report is None or report.run != self._run:
            return
        self.report = report
        self.on_report(report)

    # lines

    def _fulfil(self, wish: tuple[tuple[str, ...], tuple[Hit, ...], int], report: Report) -> None:
        session_ids, hits, width = wish
        lesson, due = Lesson(report.run, width, {}, {}), monotonic() + BETWEEN_LESSONS_S
        for session_id in session_ids:
            lesson.sessions[session_id] = self._known(session_id, report.query)
        for hit in hits:
            if self._wish is not wish:
                break
            lesson.excerpts[key_of(hit)] = self._excerpt(hit, report.query, width)
            if monotonic() >= due:
                self._hand_over(self._teach, lesson)
                lesson, due = Lesson(report.run, width, {}, {}), monotonic() + BETWEEN_LESSONS_S
        self._hand_over(self._teach, lesson)

    def _teach(self, lesson: Lesson) -> None:
        self.on_lesson(lesson)

    def _known(self, session_id: str, query: Query) -> Known:
        try:
            row = self._library.row(session_id)
        except TuiSessionsError:
            return Known(None, Excerpt(text="(it is not there any more)"))
        title = clean_line(row.title)
        marks = marks_in(title, query)
        if not marks:
            # It may be a tag that was found.
            tags = (f"#{clean_line(tag)}" for tag in row.tags if marks_in(tag, query))
            title = "  ".join((title, *tags))
            marks = marks_in(title, query)
        return Known(row, Excerpt(text=title, marks=marks))

    def _excerpt(self, hit: Hit, query: Query, width: int) -> Excerpt:
        try:
            return self._library.excerpt(hit, query, width)
        except TuiSessionsError as error:
            return Excerpt(text=clean_line(str(error)))

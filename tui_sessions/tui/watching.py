"""The screen kept in step with the directory: at the start, and whenever anybody changes a file."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from tui_sessions.errors import TuiSessionsError
from tui_sessions.store.watch import Watch
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from tui_sessions.tui.outside import News

MOST_SINGLY = 200
"""More files than that are not looked at one by one."""
OLD_S = 30.0
"""Whoever comes back to the window after so long sees the library looked at again."""
QUIET_S = 0.3
"""What takes less is not worth a word."""
FRAME_S = 0.1
TREE_S = 1.0
"""How often the tree shows what a long reading has found so far."""


class Watching:
    """Reads the library in the thread of a watch, its texts in another, and shows what they find."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._screen = stage.screen
        self._library = stage.workspace.library
        self._library.notice = self._notice
        self._watch = Watch(self._library.root, self._changed)
        self._problems: dict[str, str] = {}
        self._words = {"files": "", "texts": ""}
        """How far what is: by what is read."""
        self._tree_shown_at = 0.0
        self._looked_at: float | None = None
        self._is_indexing = self._is_text_stale = False
        self.when_recovered: Callable[[tuple[str, ...]], None] = lambda session_ids: None
        """Told of the sessions in which a crash cut answers off."""

    def begin(self) -> None:
        """Read the library; what a crash left of an answer is put into its session first."""
        self._watch.start()

    def look(self) -> None:
        """Look for changes from outside, should any have gone unnoticed."""
        self._watch.look()

    def look_if_old(self) -> None:
        """The same, where it was not done just now."""
        if self._looked_at is not None and time.monotonic() - self._looked_at > OLD_S:
            self.look()

    async def aclose(self) -> None:
        """Wait until nothing is read any more."""
        self._watch.stop()
        await asyncio.to_thread(self._watch.join)

    # in the watch's thread

    def _changed(self, paths: frozenset[str] | None) -> None:
        is_first = self._looked_at is None
        if is_first:
            self._recover()
        problem, is_changed = "", False
        if paths is not None and len(paths) > MOST_SINGLY:
            paths = None
        try:
            is_changed = self._look_at(paths)
        except TuiSessionsError as error:
            problem = str(error)
        if paths is None:
            self._looked_at = time.monotonic()
        if not self._watch.is_stopped:
            news = self._stage.outside.look(paths, is_changed=is_changed)
            self._screen.call_later(self._looked, problem, is_changed or is_first, news)

    def _notice(self, said: str) -> None:
        """In any thread: an edit met what another program had written."""
        self._screen.call_later(lambda: self._stage.outside.tell(said))

    def _look_at(self, paths: frozenset[str] | None) -> bool:
        if paths is not None:
            return self._library.look_at(paths)
        progress = Progress(self._show_reading)
        return self._library.refresh(progress, lambda: self._watch.is_stopped)

    def _recover(self) -> None:
        try:
            recovered = self._library.recover()
        except TuiSessionsError as problem:
            self._screen.call_later(self._stage.say, str(problem), "error")
        else:
            if recovered or self._library.interrupted.aside():
                self._screen.call_later(self._tell_recovered, recovered)

    def _show_reading(self, done: int, total: int) -> None:
        self._screen.call_later(self._reading, f"reading {done:,} of {total:,}")

    # in the thread of the texts

    def _index(self) -> None:
        worker = get_current_worker()
        problem = ""
        try:
            self._library.index_texts(
                Progress(self._show_indexing),
                lambda: worker.is_cancelled or self._watch.is_stopped,
            )
        except TuiSessionsError as error:
            problem = str(error)
        if not self._watch.is_stopped:
            self._screen.call_later(self._indexed, problem)

    def _show_indexing(self, done: int, total: int) -> None:
        words = f"indexing text {100 * done // max(1, total)} %"
        self._screen.call_later(self._show_progress, "texts", words)

    # on the screen

    def _reading(self, words: str) -> None:
        self._show_progress("files", words)
        if time.monotonic() - self._tree_shown_at > TREE_S:
            self._tree_shown_at = time.monotonic()
            self._stage.show_tree()

    def _looked(self, problem: str, is_changed: bool, news: News | None) -> None:
        self._tell("files", problem)
        self._show_progress("files", "")
        if is_changed:
            self._stage.show_tree()
        self._stage.outside.show(news)
        if is_changed:
            self._stage.show_costs()
        self._bring_texts()

    def _bring_texts(self) -> None:
        self._is_text_stale = True
        if not self._is_indexing:
            self._is_indexing, self._is_text_stale = True, False
            self._screen.run_worker(
                self._index, thread=True, group="texts", exclusive=True, exit_on_error=False
            )

    def _indexed(self, problem: str) -> None:
        self._tell("texts", problem)
        self._show_progress("texts", "")
        self._is_indexing = False
        if self._is_text_stale:
            self._bring_texts()

    def _show_progress(self, what: str, words: str) -> None:
        if words != self._words[what]:
            self._words[what] = words
            self._stage.show_progress(" · ".join(filter(None, self._words.values())))

    def _tell(self, what: str, problem: str) -> None:
        if problem and problem != self._problems.get(what):
            self._stage.say(problem, "error")
        self._problems[what] = problem

    def _tell_recovered(self, session_ids: tuple[str, ...]) -> None:
        if self._stage.workspace.session_id in session_ids:
            self._stage.show_reread()
        self.when_recovered(session_ids)


class Progress:
    """Passes on how far something is: not before it has taken a while, and ten times a second at most."""

    def __init__(self, show: Callable[[int, int], None]) -> None:
        self._show = show
        self._next = time.monotonic() + QUIET_S

    def __call__(self, done: int, total: int) -> None:
        """So much of so much."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + FRAME_S
            self._show(done, total)

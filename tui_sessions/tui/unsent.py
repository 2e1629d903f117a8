"""What is typed and attached and not sent: it waits with its session while one looks at another, or is away.

It is written while one types, at most `LATE_S` late, so that a crash takes no more than that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock

from textual.screen import Screen

from tui_sessions.config.drafts import Draft, DraftFile
from tui_sessions.model.message import Part
from tui_sessions.tui.widgets.completion import is_command
from tui_sessions.tui.widgets.prompt import Prompt

LATE_S = 0.7


class Unsent:
    """Between the prompt and the file of drafts. A session without a file has the key ""."""

    def __init__(self, screen: Screen[None], prompt: Prompt, drafts: DraftFile) -> None:
        self._screen = screen
        self._prompt = prompt
        self._drafts = drafts
        self._lock = Lock()
        self._age = 0
        """Goes up with every change of what waits, so that nothing older is written over it."""
        self._is_planned = False
        self.when_refused: Callable[[str], None] = lambda reason: None
        """Told why the disk does not take what is typed: it is in memory only then."""
        self._changed: str | None = None
        """The session of which not all is written yet."""

    def note(self, key: str) -> None:
        """Something was typed or attached: write it soon."""
        self._changed = key
        if not self._is_planned:
            self._is_planned = True
            self._screen.set_timer(LATE_S, self._keep_soon)

    def leave(self, key: str) -> None:
        """Remember what stands in the prompt; a command that is being run is none of the session's."""
        self._keep(key, self._written())

    def come(self, key: str) -> None:
        """Put back what was left there."""
        draft = self._drafts.load().get(key, Draft())
        if draft.text != self._prompt.text:
            self._prompt.set_text(draft.text)
        self._prompt.attachments = draft.attachments

    def add_files(self, key: str, parts: Sequence[Part]) -> None:
        """Files that were attached there, and are taken in only now that somebody looks elsewhere."""
        with self._lock:
            self._age += 1
            draft = self._drafts.load().get(key, Draft())
            kept = (*draft.attachments, *new_parts(parts, draft.attachments))
            self._drafts.keep(key, Draft(draft.text, kept))

    def sent(self, key: str) -> None:
        """Nothing waits there any more."""
        self._keep(key, Draft())

    def _written(self) -> Draft:
        text = self._prompt.text
        if not text.strip() or is_command(text):
            text = ""
        return Draft(text, self._prompt.attachments)

    def _keep(self, key: str, draft: Draft) -> None:
        self._changed = None
        with self._lock:
            self._age += 1
            self._drafts.keep(key, draft)
        self._tell()

    def _tell(self) -> None:
        if self._drafts.problem:
            self._screen.call_later(self.when_refused, self._drafts.problem)

    def _keep_soon(self) -> None:
        self._is_planned = False
        if (key := self._changed) is not None:
            self._changed = None
            self._age += 1
            # In a thread: a slow disk is not to be felt while one types.
            work = partial(self._keep_unless_late, key, self._written(), self._age)
            self._screen.run_worker(work, thread=True, group="unsent", exit_on_error=False)

    def _keep_unless_late(self, key: str, draft: Draft, age: int) -> None:
        with self._lock:
            if age == self._age:
                self._drafts.keep(key, draft)
        self._tell()


def new_parts(parts: Sequence[Part], there: Sequence[Part]) -> list[Part]:
    """Those that are not there yet; the same file twice is one."""
    found: list[Part] = []
    for part in parts:
        if part not in there and part not in found:
            found.append(part)
    return found

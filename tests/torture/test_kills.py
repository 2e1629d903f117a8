"""kill -9 at any moment, on the command line and on the full screen: nothing that was promised is lost."""

from __future__ import annotations

import os
import random
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from judge import complaints, loaded, messages_of, session_files, text_of
from nursery import Nursery
from proof import is_whole, size, tell
from word_server import WHOLE, WordServer

from tui_sessions.store.library import Library
from tui_sessions.wiring import utc_now

PARTS = 4
ROUNDS = size(176, 9_000) // PARTS
SCREEN_ROUNDS = size(24, 1_000) // PARTS
FRESH_AFTER = 40
"""Rounds after which a library is left for a new one, as people have files of all sizes."""
MOST_LOST_MS = 300.0
START_S = 30.0
"""A bound for what hangs."""


class Rounds:
    """A server, libraries, and what the rounds have shown."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self._folder = folder
        self._count = 0
        self.unsaved: list[str] = []
        """Prompts that were sent before they were on disk."""
        self.lost_ms: list[float] = []
        self.cut = self.kept_in_part = 0
        self.server = WordServer(self._asked)
        self.root = self.audit = folder

    def begin(self) -> str:
        """A new round: its prompt, which nothing else contains."""
        if self._count % FRESH_AFTER == 0:
            place = self._folder / str(self._count)
            self.root, self.audit = place / "library", place / "audit.jsonl"
        self._count += 1
        return f"prompt {self._count} of {self._folder.name}"

    @property
    def environ(self) -> dict[str, str]:
        return {
            "TUI_SESSIONS_AUDIT": str(self.audit),
            "TUI_SESSIONS_CHAT_MODEL": "openai/words",
            "TUI_SESSIONS_PROVIDERS_OPENAI_BASE_URL": self.server.url,
            "OPENAI_API_KEY": "none",
            "TERM": "xterm-256color",
        }

    def check(self, prompt: str, killed_at: float) -> None:
        """Start again, and look at what is there."""
        library = Library.open(self.root, now=utc_now, audit=self.audit)
        library.refresh()
        library.recover()
        assert not library.damaged()
        assert not complaints(self.root, self.audit)
        assert not self.unsaved
        said = self.server.said.get(prompt)
        if said is None:
            return
        texts = answers_to(prompt, self.root)
        assert len(texts) <= 1, "an answer stands twice"
        kept = texts[0] if texts else ""
        assert WHOLE.startswith(kept)
        self.cut += kept != WHOLE
        self.kept_in_part += kept not in ("", WHOLE)
        self.lost_ms.append(said.lost_ms(kept, killed_at))

    def _asked(self, prompt: str) -> None:
        if not any(prompt in path.read_text() for path in session_files(self.root)):
            self.unsaved.append(prompt)


def answers_to(prompt: str, root: Path) -> list[str]:
    """The texts of all answers to a prompt."""
    return [
        text_of(message)
        for path in session_files(root)
        for turn in loaded(path)["turns"]
        if any(text_of(message) == prompt for message in turn["messages"])
        for message in messages_of(turn)
        if message["role"] == "assistant"
    ]


@pytest.fixture
def rounds(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[int], Rounds]]:
    made: list[Rounds] = []

    def make(seed: int) -> Rounds:
        made.append(Rounds(tmp_path, seed))
        return made[-1]

    yield make
    for each in made:
        each.server.__exit__()


@pytest.mark.parametrize("part", range(PARTS))
def test_a_kill_of_the_command_line_loses_nothing_that_was_promised(
    part: int, rounds: Callable[[int], Rounds], tmp_path: Path
) -> None:
    here = rounds(part)
    span_s = 0.5
    with Nursery() as nursery:
        for number in range(ROUNDS):
            prompt = here.begin()
            known = [path.stem for path in session_files(here.root)] if number % 2 else []
            # Into a session that is there, every other time.
            into = ["--session", loaded(next(session_files(here.root)))["id"]] if known else []
            began = time.monotonic()
            pid = nursery.start(
                ["--dir", str(here.root), "ask", *into, prompt],
                here.environ,
                output=tmp_path / "said",
            )
            # The first run is whole: it tells how long one takes.
            if number:
                time.sleep(here.chance.uniform(0, span_s))
                killed_at = killed(pid)
                nursery.end_of(pid)
            else:
                assert nursery.end_of(pid) == 0, (tmp_path / "said").read_text()
                killed_at = time.monotonic()
                span_s = killed_at - began
            here.check(prompt, killed_at)
    assert "Traceback" not in (tmp_path / "said").read_text()
    report(here, "kills of the command line", ROUNDS)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_kill_of_the_screen_loses_nothing_that_was_promised(
    part: int, rounds: Callable[[int], Rounds]
) -> None:
    here = rounds(100 + part)
    count = 0
    with Nursery(screen=True) as nursery:
        # Few rounds on a busy machine may all miss the moment: some more then, but not for ever.
        while count < SCREEN_ROUNDS or (not here.kept_in_part and count < 5 * SCREEN_ROUNDS):
            screen_round(here, nursery, waits=count % 2 == 1)
            count += 1
    report(here, "kills of the screen", count)


def screen_round(here: Rounds, nursery: Nursery, *, waits: bool) -> None:
    """Open the screen, send a prompt, kill it: also only once it `waits` for an answer, as most of a start
    goes by before that."""
    prompt = here.begin()
    master, slave = os.openpty()
    try:
        pid = nursery.start(["--dir", str(here.root)], here.environ, terminal=os.ttyname(slave))
        read_until(master, b"New session")
        os.write(master, prompt.encode() + b"\r")
        if waits:
            read_while(master, lambda: prompt not in here.server.said, START_S)
        read_while(master, lambda: True, here.chance.uniform(0, 0.3))
        killed_at = killed(pid)
        nursery.end_of(pid)
    finally:
        os.close(master)
        os.close(slave)
    here.check(prompt, killed_at)


def killed(pid: int) -> float:
    """Kills it, if it is still there; when."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return time.monotonic()


def read(master: int, seconds: float) -> bytes:
    """What comes from the terminal meanwhile."""
    ready, _, _ = select.select([master], [], [], max(0.0, seconds))
    return os.read(master, 65536) if ready else b""


def read_until(master: int, words: bytes) -> None:
    """Wait until the screen says that."""
    seen, end = b"", time.monotonic() + START_S
    while words not in seen:
        assert time.monotonic() < end, f"the screen never said {words!r}"
        seen += read(master, 0.1)


def read_while(master: int, is_on: Callable[[], bool], seconds: float) -> None:
    """Take in what the screen says, as a terminal does, so long."""
    end = time.monotonic() + seconds
    while is_on() and time.monotonic() < end:
        read(master, min(0.01, end - time.monotonic()))


def report(here: Rounds, what: str, count: int) -> None:
    """The figures, and the bound on what may be lost, where the machine is quiet enough to hold it."""
    lost = sorted(here.lost_ms)
    assert here.cut, "no kill came in the middle of an answer: this proved nothing"
    assert here.kept_in_part, "of no answer that was cut off was anything kept"
    worst, high = lost[-1], lost[int(len(lost) * 0.99)]
    if is_whole():
        assert worst <= MOST_LOST_MS
    figures = f"worst {worst:.0f} ms of text, p99 {high:.0f} ms"
    tell("R1", what, f"{count} kills, {here.cut} in mid-answer: 0 lost, 0 damaged, {figures}")

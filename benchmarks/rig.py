"""What the scenarios share: libraries, the environment of the program, the server, how often to repeat."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from benchmarks import library
from benchmarks.floors import Fts
from benchmarks.indexed import Indexed, indexed, now
from benchmarks.prose import PROBE
from benchmarks.terminal import Terminal, waited_s
from tui_sessions.store.library import Library

LENGTHS = (10, 100, 2_000, 10_000)
"""Turns of the sessions in the library of long ones."""
_POKE_S = 0.01
_OURS = ("TUI_SESSIONS_", "LLM_", "XDG_", "TEXTUAL", "PYTHON")
_BARE = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        self.typed = Static("bare")
        yield self.typed
    def on_key(self, event):
        self.typed.update(event.key)

Bare().run()
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended."""

    wall_ms: float
    memory_mb: float
    code: int


@dataclass(frozen=True, eq=False)
class Rig:
    """Where and how often is measured."""

    work: Path
    """A directory that is thrown away."""
    runs: int
    sizes: tuple[int, ...]
    """Sessions of the libraries."""
    server: str
    """Its base URL."""
    libraries: Path
    """Where libraries are kept that take long to make."""
    program: str = field(
        default_factory=lambda: str(Path(sys.executable).with_name("tui-sessions"))
    )

    @cache  # noqa: B019 - one rig lives as long as the process
    def library(self, size: int) -> Path:
        """A library of `size` sessions, made at first use, its index up to date."""
        self.first_index(size)
        return self.unindexed(size)

    def unindexed(self, size: int) -> Path:
        """The same, and nobody may have read it yet."""
        self.libraries.mkdir(parents=True, exist_ok=True)
        return library.kept(self.libraries, size)

    @cache  # noqa: B019
    def first_index(self, size: int) -> Indexed:
        """What it took to read it for the first time."""
        return indexed(self.unindexed(size), self.caches)

    @cache  # noqa: B019
    def fts(self, size: int) -> Fts:
        """The floor of a search."""
        return Fts(self.work / f"fts-{size}.sqlite", self.unindexed(size))

    @property
    def caches(self) -> Path:
        """Where the program keeps its indexes."""
        return self.work / "CACHE" / "tui-sessions"

    def opened(self, size: int) -> Library:
        """A library as the program opens it, in this process."""
        return Library.open(self.library(size), now=now, cache=self.caches)

    @cache  # noqa: B019
    def long_library(self) -> Path:
        """A library with a session for each of `LENGTHS`."""
        root = self.work / "library-long"
        library.write_long(root, LENGTHS)
        indexed(root, self.caches)  # or the program would be busy with that
        return root

    def empty(self) -> Path:
        """A library of its own without a session."""
        return Path(tempfile.mkdtemp(prefix="library-", dir=self.work))

    def environ(self, root: Path, **settings: str) -> dict[str, str]:
        """Our own home, the library at `root`, and `settings` of the program (`CHAT_MODEL`)."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_OURS) and name not in ("COLUMNS", "LINES", "NO_COLOR")
        }
        places = {
            f"XDG_{kind}_HOME": str(self.work / kind)
            for kind in ("CONFIG", "DATA", "CACHE", "STATE")
        }
        ours = {
            "DIR": str(root),
            "CHAT_MODEL": "openai/words-50-max",
            "PROVIDERS_OPENAI_BASE_URL": self.server,
            **settings,
        }
        return {
            **kept,
            **places,
            "HOME": str(self.work),
            # Written by first runs that are not counted: start-up is warm, whatever the environment
            # says about bytecode, and the checkout is left alone.
            "PYTHONPYCACHEPREFIX": str(self.work / "bytecode"),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            **{f"TUI_SESSIONS_{name}": value for name, value in ours.items()},
        }

    def screen(self, root: Path, *arguments: str, **settings: str) -> Terminal:
        """The program on a terminal, remembering nothing: a prompt that was typed and not sent would be
        there again."""
        state = tempfile.mkdtemp(prefix="state-", dir=self.work)
        environ = {**self.environ(root, **settings), "XDG_STATE_HOME": state}
        return Terminal([self.program, *arguments], environ)

    def ready(self, root: Path, *arguments: str, **settings: str) -> Terminal:
        """The program on a terminal, once it has painted and is quiet."""
        terminal = self.screen(root, *arguments, **settings)
        terminal.until(lambda text: terminal.is_full_screen and text.strip())
        terminal.settle(0.4)
        return terminal

    def bare(self) -> Terminal:
        """The smallest Textual program that answers a key."""
        return Terminal([sys.executable, "-c", _BARE], self.environ(self.work))

    def run(self, command: Sequence[str], environ: Mapping[str, str]) -> Ran:
        """Run a command to its end."""
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        wall = time.perf_counter() - began - waited_s(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        # A child's peak begins with what its parent had when it split off: smaller is unknown.
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        memory = usage.ru_maxrss / 1024 if usage.ru_maxrss > 1.02 * own else float("nan")
        return Ran(wall * 1000, memory, process.returncode)

    def times(self, command: Sequence[str], root: Path) -> tuple[float, ...]:
        """Milliseconds of a command, once for nothing and then `runs` times and two more."""
        return self.times_in_turn([command], root)

    def times_in_turn(self, commands: Sequence[Sequence[str]], root: Path) -> tuple[float, ...]:
        """The same of several commands that take turns, because one alone would do nothing the next time."""
        environ = self.environ(root)
        wanted = list(islice(cycle(commands), self.runs + 3))
        ran = [self.run(command, environ) for command in wanted]
        for command, one in zip(wanted, ran, strict=True):
            assert one.code == 0, f"{' '.join(command)} fails"
        return tuple(one.wall_ms for one in ran[1:])

    @cache  # noqa: B019
    def bare_start_ms(self) -> float:
        """The floor of the screen: a bare Textual program takes a key."""
        starts = [self._bare_start() for _ in range(max(5, self.runs) + 1)]
        return median(starts[1:])

    def _bare_start(self) -> float:
        with self.bare() as terminal:
            return first_key_ms(terminal)

    @cache  # noqa: B019
    def python_ms(self) -> float:
        """The floor of a command: the interpreter alone."""
        return median(self.times([sys.executable, "-c", "pass"], self.work))


def first_key_ms(terminal: Terminal) -> float:
    """From the start until a typed letter is on the screen.

    It is typed anew until it shows: a key that comes before the program listens may be lost.
    """
    terminal.until(lambda text: terminal.is_full_screen and text.strip())
    while PROBE not in terminal.text:
        terminal.press(PROBE)
        end = time.perf_counter() + _POKE_S
        while time.perf_counter() < end and PROBE not in terminal.text:
            terminal.next_frame(end)
    return 1000 * (terminal.at - terminal.started_at)

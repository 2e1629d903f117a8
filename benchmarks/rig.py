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
from pathlib import Path
from statistics import median

from benchmarks import library
from benchmarks.prose import PROBE
from benchmarks.terminal import Terminal, waited_s

LENGTHS = (10, 100, 2_000, 10_000)
"""Turns of the sessions in the library of long ones."""
TURNS = {100_000: 2}
"""Turns a session where they are not ten."""
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
    program: str = field(
        default_factory=lambda: str(Path(sys.executable).with_name("tui-sessions"))
    )

    @cache  # noqa: B019 - one rig lives as long as the process
    def library(self, size: int) -> Path:
        """A library of `size` sessions, made at first use."""
        root = self.work / f"library-{size}"
        library.write(root, size, TURNS.get(size, 10))
        return root

    @cache  # noqa: B019
    def long_library(self) -> Path:
        """A library with a session for each of `LENGTHS`."""
        root = self.work / "library-long"
        library.write_long(root, LENGTHS)
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
        """The program on a terminal."""
        return Terminal([self.program, *arguments], self.environ(root, **settings))

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
        environ = self.environ(root)
        ran = [self.run(command, environ) for _ in range(self.runs + 3)]
        assert all(one.code == 0 for one in ran), f"{' '.join(command)} fails"
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

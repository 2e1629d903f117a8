"""A program on a pseudo-terminal, measured from outside: what it shows and when, its time and memory.

A moment is the wall clock less the time that the program's main thread was ready to run and had no core
(Linux, `/proc/<pid>/schedstat`), so that a busy machine does not look like a slow program. Bytes are
stamped by a thread of their own as they arrive; a frame of synchronised output counts when it is complete.
"""

from __future__ import annotations

import codecs
import ctypes
import fcntl
import os
import queue
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from benchmarks.grid import Grid

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "ctrl+f": "\x06",
    "ctrl+j": "\n",
    "ctrl+q": "\x11",
}
PATIENCE_S = 60.0
_LIBC = ctypes.CDLL(None, use_errno=True)
_ASKS_FOR_SYNC = b"\x1b[?2026$p"
_HAS_SYNC = b"\x1b[?2026;2$y"


class NotSeenError(Exception):
    """What was waited for did not come; the message shows the screen."""


def waited_s(pid: int) -> float:
    """How long the main thread of a process was ready to run without a core."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_bytes().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def own_moment() -> float:
    """Now, for what this process does itself in its main thread."""
    return time.perf_counter() - waited_s(os.getpid())


def cpu_s(pid: int) -> float:
    """The processor time of a process and its threads (POSIX `clock_getcpuclockid`)."""
    clock = ctypes.c_int()
    if _LIBC.clock_getcpuclockid(pid, ctypes.byref(clock)):
        raise ProcessLookupError(pid)
    return time.clock_gettime(clock.value)


class Terminal:
    """One program on a terminal of `columns` × `rows`, ended with the block."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], columns: int = 160, rows: int = 48
    ) -> None:
        self._grid = Grid(columns, rows)
        self._frames: Iterator[None] = iter(())
        self._arrived: queue.SimpleQueue[tuple[float, bytes] | None] = queue.SimpleQueue()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.text = ""
        """What stands on the screen."""
        self.at = 0.0
        """The moment of the frame that is shown."""
        self.changed_at = 0.0
        """The moment at which the screen last became another."""
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.started_at = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True
        )
        os.close(slave)
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.press("ctrl+q")
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def is_full_screen(self) -> bool:
        """Whether the program has taken the whole terminal."""
        return self._grid.is_alternate

    # what is done to it

    def press(self, key: str) -> float:
        """Press a key by name, or type text; the moment of it."""
        moment = self._moment()
        with suppress(OSError):  # where the program has gone, whoever waits for it is told
            os.write(self._master, KEYS.get(key, key).encode())
        return moment

    def resize(self, columns: int, rows: int) -> float:
        """Give the terminal another size; the moment of it."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._grid.resize(columns, rows)
        self.text = ""
        moment = self._moment()
        self._process.send_signal(signal.SIGWINCH)
        return moment

    # what is seen

    def see(self, pattern: str, patience_s: float = PATIENCE_S) -> float:
        """Wait until the screen matches; the moment of the frame. Raises `NotSeenError`."""
        return self.until(re.compile(pattern).search, patience_s)

    def until(self, holds: Callable[[str], object], patience_s: float = PATIENCE_S) -> float:
        """Wait until `holds` is true of the screen's text; the moment. Raises `NotSeenError`."""
        end = time.perf_counter() + patience_s
        while not holds(self.text):
            if not self.next_frame(end):
                raise NotSeenError(f"not within {patience_s} s on this screen:\n{self.text}")
        return self.at

    def settle(self, quiet_s: float = 0.2, patience_s: float = PATIENCE_S) -> float:
        """Wait until nothing has changed for `quiet_s`; the moment of the last change."""
        end = time.perf_counter() + patience_s
        quiet_from, shown = time.perf_counter(), self.text
        while (now := time.perf_counter()) < min(end, quiet_from + quiet_s):
            self.next_frame(quiet_from + quiet_s)
            if self.text != shown:
                quiet_from, shown = now, self.text
        return self.changed_at

    def settled_ms(self, key: str, quiet_s: float = 0.25) -> float:
        """Press a key that changes something; milliseconds to the last change that it makes."""
        shown = self.text
        pressed = self.press(key)
        self.until(shown.__ne__, patience_s=10)
        return 1000 * (self.settle(quiet_s) - pressed)

    def rest(self, seconds: float) -> None:
        """Let time pass, taking in what comes."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.next_frame(end)

    def next_frame(self, end: float) -> bool:
        """Show the next frame that comes before `end` (of `perf_counter`); False if none did."""
        while next(self._frames, self) is self:
            try:
                arrived = self._arrived.get(timeout=max(0.0, end - time.perf_counter()))
            except queue.Empty:
                return False
            if arrived is None:
                raise NotSeenError(f"the program ended; its last words:\n{self._grid.text}")
            self.at, data = arrived
            self._frames = self._grid.feed(self._decoder.decode(data))
        text = self._grid.text
        if text != self.text:
            self.text, self.changed_at = text, self.at
        return True

    # what it takes

    def cpu_s(self) -> float:
        """Processor time so far."""
        return cpu_s(self._process.pid)

    def memory_mb(self) -> float:
        """Resident memory now."""
        return self._status("status", "VmRSS") / 1024

    def peak_mb(self) -> float:
        """The most resident memory so far."""
        return self._status("status", "VmHWM") / 1024

    def wake_ups(self) -> int:
        """How often a thread of it went to sleep and woke again."""
        tasks = os.listdir(f"/proc/{self._process.pid}/task")
        return sum(self._status(f"task/{task}/status", "voluntary_ctxt_switches") for task in tasks)

    def _status(self, name: str, key: str) -> int:
        status = Path(f"/proc/{self._process.pid}/{name}").read_text()
        found = re.search(rf"^{key}:\s+(\d+)", status, re.MULTILINE)
        return int(found[1]) if found else 0

    def _moment(self) -> float:
        return time.perf_counter() - waited_s(self._process.pid)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65_536)
            except OSError:
                data = b""
            if not data:
                self._arrived.put(None)
                os.close(self._master)
                return
            self._arrived.put((self._moment(), data))
            if _ASKS_FOR_SYNC in data:
                os.write(self._master, _HAS_SYNC)

"""A real terminal for tests: a program in a pty, its bytes, and the screen they make (pyte)."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence

import pyte

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "delete": "\x1b[3~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "f2": "\x1bOQ",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "backspace": "\x7f",
    **{f"ctrl+{chr(code)}": chr(code - 96) for code in range(97, 123)},
}
PATIENCE_S = 30
"""A bound for what hangs, never a measure of speed."""


class Terminal:
    """One program on a terminal of `columns` × `rows`."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], columns: int = 120, rows: int = 40
    ) -> None:
        self.raw = b""
        self._is_dead = False
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            start_new_session=True,
        )
        os.close(slave)

    def read(self, seconds: float = 0.05) -> bool:
        """Take in what the program wrote; False once it has closed the terminal."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.raw += data
        # pyte knows no private-prefixed `CSI > … u` and `CSI ? … $ p`; real terminals ignore them too.
        self._stream.feed(re.sub(rb"\x1b\[[<>=?][0-9;]*(?:u|\$p)", b"", data))
        return bool(data)

    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self._screen.display)

    def see(self, pattern: str) -> str:
        """Wait until the screen matches `pattern`; the text that matched."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            found = re.search(pattern, self.text())
            if found:
                return found.group()
            if not self.read() and self.process.poll() is not None:
                break
        raise AssertionError(f"never came: {pattern!r}\n{self.text()}")

    def press(self, *keys: str) -> None:
        """Press keys by name; a single character is itself."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())
            # Two keys in one read would be an escape sequence when the first is escape.
            self.read(0.1 if key == "escape" else 0.02)

    def type(self, text: str) -> None:
        """Type text in one go."""
        os.write(self._master, text.encode())
        self.read()

    def wait(self) -> int:
        """Read on until the program has ended; its exit code."""
        end = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < end:
            self.read()
        if self.process.poll() is None:
            raise AssertionError(f"the program does not end\n{self.text()}")
        while self.read(0.05) and select.select([self._master], [], [], 0)[0]:
            pass
        return self.process.returncode

    def kill(self) -> None:
        """As a crash would: kill -9."""
        if self._is_dead:
            return
        self._is_dead = True
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._master)

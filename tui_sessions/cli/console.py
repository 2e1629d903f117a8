"""The only writer of standard output and standard error: data on the one, words on the other.

On a terminal, text from outside is cleaned; in a pipe it stands as it came.
"""

from __future__ import annotations

import os
import sys
from typing import TextIO

from tui_sessions.model.text import clean

_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


class Console:
    """Asks the streams anew each time, so that a test may replace them."""

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads standard output."""
        return _is_terminal(sys.stdout)

    @property
    def is_watched(self) -> bool:
        """Whether a person reads standard error: progress and details are for people only."""
        return _is_terminal(sys.stderr)

    @property
    def can_ask(self) -> bool:
        """Whether a question would be read and could be answered."""
        return _is_terminal(sys.stdin) and self.is_watched

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        import shutil

        return max(shutil.get_terminal_size().columns, 20)

    def write(self, text: str) -> None:
        """Data, without a line end of its own."""
        _put(sys.stdout, clean(text) if self.is_terminal else text)

    def line(self, text: str = "") -> None:
        """A line of data."""
        self.write(text + "\n")

    def write_bytes(self, data: bytes) -> None:
        """A whole file as data."""
        if self.is_terminal:
            self.write(data.decode("utf-8", "replace"))
            return
        sys.stdout.flush()
        sys.stdout.buffer.write(data)

    def heading(self, text: str) -> None:
        """A line of data that stands out on a terminal."""
        self._styled(_BOLD, text)

    def aside(self, text: str) -> None:
        """A line of data that stands back on a terminal."""
        self._styled(_DIM, text)

    def flush(self) -> None:
        """Everything written so far goes out."""
        sys.stdout.flush()

    def say(self, text: str) -> None:
        """A sentence on standard error."""
        _put(sys.stderr, clean(text) + "\n")
        sys.stderr.flush()

    def tell(self, text: str) -> None:
        """A sentence on standard error that only a person at a terminal needs."""
        if self.is_watched:
            self.say(text)

    def confirm(self, question: str) -> bool:
        """Whether the person says yes. No answer at all is a no."""
        _put(sys.stderr, f"{clean(question)} [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def _styled(self, style: str, text: str) -> None:
        if not self.is_terminal or not _has_colour():
            self.line(text)
            return
        _put(sys.stdout, f"{style}{clean(text)}{_PLAIN}\n")


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


def _has_colour() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _put(stream: TextIO, text: str) -> None:
    """Writes `text`; what the stream's encoding cannot say is replaced, never an error."""
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, "replace").decode(encoding))

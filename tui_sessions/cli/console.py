"""The only writer of standard output and standard error: data on the one, words on the other.

On a terminal, text from outside is cleaned. In a pipe only what a terminal would obey is made visible,
for most pipes end in one (`| tee`, `| less -R`); whole files, and what is asked for raw, stand as they came.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO

from tui_sessions.errors import StoreError
from tui_sessions.model.text import clean, clean_line

_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_CODES = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
    "|\r(?!\n)"
)
"""What a terminal obeys: C0 and C1, a lone CR that lets a line be written over, what turns the order of
letters round; and halves, which become raw bytes where the locale is C. Less than `clean` takes away: marks
and joiners that honest text holds pass."""


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
        _put(sys.stdout, clean(text) if self.is_terminal else _without_codes(text))

    def write_raw(self, text: str) -> None:
        """Data as it came, where a program reads it."""
        _put(sys.stdout, clean(text) if self.is_terminal else text)

    def line(self, text: str = "") -> None:
        """A line of data."""
        self.write(text + "\n")

    def write_bytes(self, data: bytes) -> None:
        """A whole file as data."""
        if self.is_terminal:
            self.write(data.decode("utf-8", "replace"))
            return
        self.flush()
        if sys.stdout is None:
            return
        try:
            sys.stdout.buffer.write(data)
        except OSError as error:
            raise unwritten(error) from error

    def heading(self, text: str) -> None:
        """A line of data that stands out on a terminal."""
        self._styled(_BOLD, text)

    def aside(self, text: str) -> None:
        """A line of data that stands back on a terminal."""
        self._styled(_DIM, text)

    def pieces(self, pieces: Iterable[tuple[str, bool]]) -> None:
        """A line of data made of pieces; those that are marked stand out on a terminal."""
        if not self.is_terminal or not _has_colour():
            self.line("".join(text for text, _ in pieces))
            return
        shown = (
            f"{_BOLD}{clean(text)}{_PLAIN}" if is_bold else clean(text) for text, is_bold in pieces
        )
        _put(sys.stdout, "".join(shown) + "\n")

    def flush(self) -> None:
        """Everything written so far goes out."""
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except OSError as error:
            raise unwritten(error) from error

    def say(self, text: str) -> None:
        """A sentence on standard error."""
        _say(clean(text) + "\n")

    def tell(self, text: str) -> None:
        """A sentence on standard error that only a person at a terminal needs."""
        if self.is_watched:
            self.say(text)

    @property
    def can_draw(self) -> bool:
        """Whether a line on standard error can be drawn over."""
        return self.is_watched and os.environ.get("TERM") != "dumb"

    def draw(self, text: str) -> None:
        """A line on standard error over the one that was drawn before; "" takes it away."""
        if self.can_draw:
            _say("\r\x1b[K" + clean_line(text)[: self.width - 1])

    def confirm(self, question: str) -> bool:
        """Whether the person says yes. No answer at all is a no."""
        _say(f"{clean(question)} [y/N] ")
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


def _without_codes(text: str) -> str:
    return _CODES.sub(lambda code: clean(code[0]), text)


def _say(text: str) -> None:
    """A sentence that nobody can read must not hide the exit code."""
    with suppress(StoreError, OSError):
        _put(sys.stderr, text)
        if sys.stderr is not None:
            sys.stderr.flush()


def _put(stream: TextIO | None, text: str) -> None:
    """Writes `text`; what the stream's encoding cannot say is replaced, never an error.

    The stream is None where the program was started with it closed."""
    if stream is None:
        return
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "utf-8"
            stream.write(text.encode(encoding, "replace").decode(encoding))
    except OSError as error:
        raise unwritten(error) from error


def unwritten(error: OSError) -> Exception:
    """The error to raise where output was refused: a reader who has gone stays what it is."""
    if isinstance(error, BrokenPipeError) or error.errno == errno.EPIPE:
        return error
    reason = error.strerror or str(error)
    return StoreError(f"The output could not be written: {reason}. What was printed is not whole.")

"""Textual's driver for terminals, made to notice when the terminal is gone.

A terminal that is closed without a signal reads as an endless end of file, which Textual's input thread reads for
ever; and writing to it kills the output thread, whose queue then fills until the whole program stands still.
"""

from __future__ import annotations

import select
import threading
from contextlib import suppress
from typing import Any, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

LOOK_MS = 500
"""How often it is looked whether the program still uses the terminal; a hang-up itself is told at once."""


class _Patient:
    """A file that takes what nobody can read any more, and says nothing about it."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.is_gone = False

    def write(self, text: str) -> int:
        """Write as far as anybody reads."""
        if not self.is_gone:
            try:
                return self._file.write(text)
            except (OSError, ValueError):
                self.is_gone = True
        return len(text)

    def flush(self) -> None:
        """The same."""
        if not self.is_gone:
            try:
                self._file.flush()
            except (OSError, ValueError):
                self.is_gone = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class TerminalDriver(LinuxDriver):
    """Tells the app once, by `terminal_gone`, and lets neither of its threads spin or die."""

    _is_gone = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self._file is not None:
            self._file = cast(Any, _Patient(self._file))

    def run_input_thread(self) -> None:
        """Read keys until the program or the terminal ends."""
        reader = threading.current_thread()
        threading.Thread(target=self._watch, args=[reader], name="terminal", daemon=True).start()
        try:
            super().run_input_thread()
        except (OSError, UnicodeDecodeError):
            self._gone()

    def _watch(self, reader: threading.Thread) -> None:
        """Until the reader ends. A poll that asks for nothing is told of a hang-up all the same."""
        poll = select.poll()
        with suppress(OSError, ValueError):
            poll.register(self.fileno, 0)
            while reader.is_alive():
                for _, event in poll.poll(LOOK_MS):
                    if event & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                        self._gone()
                        return

    def _gone(self) -> None:
        if self._is_gone or not self.input_tty:
            return
        self._is_gone = True
        if isinstance(self._file, _Patient):
            self._file.is_gone = True
        # The input thread ends: it would read the end of the file without ceasing.
        self.exit_event.set()
        gone = getattr(self._app, "terminal_gone", None)
        if gone is not None:
            self._loop.call_soon_threadsafe(gone)

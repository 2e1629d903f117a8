"""Text in the user's own pager."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from tui_sessions.errors import UsageError

_WITHOUT = ("less", "more")
"""Taken in this order where PAGER names none."""
_NO_PAGERS = frozenset({"cat", "tee"})
"""They do not wait for anybody to read."""


def pager_command(environ: Mapping[str, str]) -> list[str]:
    """PAGER, else less, else more. Raises `UsageError` where there is none, or PAGER is no command."""
    try:
        words = shlex.split(environ.get("PAGER", ""))
    except ValueError as problem:
        raise UsageError(f"PAGER cannot be read as a command: {problem}. Set it anew.") from problem
    if not words or os.path.basename(words[0]) in _NO_PAGERS:
        found = next(
            (name for name in _WITHOUT if shutil.which(name, path=environ.get("PATH"))), ""
        )
        if not found:
            raise UsageError("There is no pager: neither less nor more is installed. Set PAGER.")
        words = [found]
    if os.path.basename(words[0]) == "less":
        # The user's LESS may say to leave at once where the text fits into the window.
        words.append("-+F")
    return words


def read_in_pager(text: str, environ: Mapping[str, str]) -> None:
    """Show `text`; the terminal must be free for it. Raises `UsageError` where the pager does not start
    or fails."""
    command = pager_command(environ)
    try:
        with interrupts_ignored():
            done = subprocess.run(command, input=text.encode("utf-8", "replace"), check=False)
    except OSError as problem:
        raise UsageError(
            f"{command[0]} could not be started: {problem.strerror}. Set PAGER."
        ) from problem
    if done.returncode > 0:
        raise UsageError(f"{command[0]} ended with code {done.returncode}.")


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """Ctrl+c in a program that the terminal was lent to is meant for that program."""

    def ignore(number: int, frame: FrameType | None) -> None:
        """Not SIG_IGN, which the other program would inherit."""

    try:
        before = signal.signal(signal.SIGINT, ignore)
    except ValueError:  # Not in the main thread: then it does not come here either.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

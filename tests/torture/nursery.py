"""A process that has the program loaded and forks one for each order, so that ten thousand starts take minutes.

Each order is a line of JSON on stdin, each reply one on stdout. What is forked is the program as it is: its own
process, session and files, killed by the same signal. `Nursery` is the other end.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import json
import os
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

_NEEDED = (
    "asyncio",
    "httpx",
    "tui_sessions.cli.main",
    "tui_sessions.cli.asking",
    "tui_sessions.cli.answering",
    "tui_sessions.wiring",
    "tui_sessions.engine.answering",
    "tui_sessions.engine.making",
    "tui_sessions.engine.turns",
    "tui_sessions.providers.openai",
    "tui_sessions.providers.demo",
    "tui_sessions.store.writer",
    "tui_sessions.store.index.index",
    "tui_sessions.store.history.history",
)
_FOR_SCREEN = ("tui_sessions.tui.app", "tui_sessions.tui.desk", "textual.drivers.linux_driver")
COLUMNS, ROWS = 100, 30


class Nursery:
    """Starts programs quickly. A context manager."""

    def __init__(self, *, screen: bool = False) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, *(["screen"] if screen else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._ask({})  # It is loaded when it answers.

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(30)

    def start(
        self,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        *,
        output: Path | None = None,
        terminal: str | None = None,
    ) -> int:
        """A program with `environ` on top of ours; its process. What it says goes into a file or to a terminal."""
        where = {"output": str(output or os.devnull), "terminal": terminal}
        pid: int = self._ask({"start": list(arguments), "environ": dict(environ), **where})["pid"]
        return pid

    def end_of(self, pid: int) -> int:
        """Waits until a program has ended; its exit code, or the signal's number below zero."""
        code: int = self._ask({"wait": pid})["code"]
        return code

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        reply: dict[str, Any] = json.loads(self._process.stdout.readline())
        return reply


def _serve() -> None:
    for name in (*_NEEDED, *(_FOR_SCREEN if "screen" in sys.argv[1:] else ())):
        importlib.import_module(name)
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            reply = {"pid": _forked(order)}
        elif "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            reply = {"code": os.waitstatus_to_exitcode(status)}
        else:
            reply = {}
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


def _forked(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        os.setsid()
        _take_ends(order)
        os.environ.update(order["environ"])
        from tui_sessions.cli.main import main

        code = main(order["start"])
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
    finally:
        os._exit(code)


def _take_ends(order: dict[str, Any]) -> None:
    """Standard input, output and errors of its own, and no signal handled otherwise than at a start."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(
            number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        )
    if order["terminal"]:
        descriptor = os.open(order["terminal"], os.O_RDWR)
        fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        ends = (descriptor,) * 3
    else:
        into = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        ends = (os.open(os.devnull, os.O_RDONLY), into, into)
    for number, end in enumerate(ends):
        os.dup2(end, number)
    for number, mode in enumerate(("r", "w", "w")):
        stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        setattr(sys, ("stdin", "stdout", "stderr")[number], stream)
        setattr(sys, ("__stdin__", "__stdout__", "__stderr__")[number], stream)


if __name__ == "__main__":
    _serve()

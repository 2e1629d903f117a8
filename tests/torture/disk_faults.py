"""A library on a disk that fails where it is told to: the shim compiled, the program that runs on it, and every
fault that an operation may meet."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest

HERE = Path(__file__).parent
OPERATIONS = (
    "open", "make", "read", "write", "sync", "rename", "link", "unlink", "mkdir", "rmdir", "truncate", "close",
    "chmod", "lock", "stat", "list",
)  # fmt: skip
"""As in `shim.c`."""
CHANGES = frozenset({
    "make", "write", "sync", "rename", "link", "unlink", "mkdir", "rmdir", "truncate", "chmod",
})  # fmt: skip
NEEDS_ROOM = frozenset({"make", "write", "sync", "link", "mkdir"})
FAIL, SHORT, TEAR, KILL_BEFORE, KILL_AFTER = 1, 2, 3, 4, 5
KILLED = -9
_REFUSED = ("EIO", "EROFS", "EACCES")
_NO_ROOM = ("ENOSPC", "EDQUOT")
ERRORS = {
    "open": ("EIO", "EACCES"),
    "make": (*_REFUSED, *_NO_ROOM),
    "read": ("EIO",),
    "write": ("EIO", *_NO_ROOM),
    "sync": ("EIO", *_NO_ROOM),
    "rename": (*_REFUSED, *_NO_ROOM),
    "link": (*_REFUSED, *_NO_ROOM, "EPERM"),
    "unlink": _REFUSED,
    "mkdir": (*_REFUSED, *_NO_ROOM),
    "rmdir": _REFUSED,
    "truncate": ("EIO", "EROFS"),
    "close": ("EIO", *_NO_ROOM),
    "chmod": ("EIO", "EROFS", "EPERM"),
    "lock": ("EIO", "ENOLCK"),
    "stat": ("EIO", "EACCES"),
    "list": ("EIO", "EACCES"),
}


class Fault(NamedTuple):
    """What is to happen at the `nth` operation, once or from then on."""

    nth: int
    action: int
    error: int = 0
    lasting: frozenset[str] = frozenset()
    word: str = ""

    @property
    def is_death(self) -> bool:
        """Whether the program is killed there."""
        return self.action in (KILL_BEFORE, KILL_AFTER)

    def __str__(self) -> str:
        return f"{self.word} at operation {self.nth}"


def faults(nth: int, operation: str) -> Iterator[Fault]:
    """Every fault that this operation may meet."""
    for name in ERRORS[operation]:
        yield Fault(nth, FAIL, getattr(errno, name), word=f"{operation} {name}")
    if operation in ("read", "write"):
        yield Fault(nth, SHORT, word=f"{operation} short")
    if operation == "write":
        for name in ("EIO", "ENOSPC"):
            yield Fault(nth, TEAR, getattr(errno, name), word=f"{operation} torn {name}")
    if operation in CHANGES:
        yield Fault(nth, KILL_BEFORE, word=f"killed before {operation}")
        yield Fault(nth, KILL_AFTER, word=f"killed after {operation}")
        yield Fault(nth, FAIL, errno.EIO, CHANGES, f"dead from {operation} on")
        yield Fault(nth, FAIL, errno.EROFS, CHANGES - {"sync"}, f"read-only from {operation} on")
    if operation in NEEDS_ROOM:
        yield Fault(nth, FAIL, errno.ENOSPC, NEEDS_ROOM, f"full from {operation} on")


class Told(NamedTuple):
    """What one command did."""

    code: int
    out: str
    err: str
    count: int
    struck: int
    seen: tuple[tuple[str, str], ...]
    """The operations and where, the library's path and so on cut off."""


class Program:
    """The command line, run in forks of a program that has it imported."""

    def __init__(self, shim: Path | None, *, before: Sequence[str] = ()) -> None:
        environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        if shim is not None:
            environ["LD_PRELOAD"] = str(shim)
        self._process = subprocess.Popen(
            [*before, sys.executable, str(HERE / "disk_worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environ,
        )

    def run(self, argv: Sequence[str], environ: dict[str, str], **more: Any) -> Told:
        """One command line to its end."""
        return self._told({"argv": list(argv), "environ": environ, **more})

    @property
    def pid(self) -> int:
        """Of the program that forks."""
        return self._process.pid

    def shell(self, *words: str) -> Told:
        """Another command, where that program is."""
        return self._told({"shell": words})

    def _told(self, job: dict[str, Any]) -> Told:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        seen = tuple((OPERATIONS[number], place) for number, place in told["seen"])
        return Told(
            told["code"], told["out"], told["err"], told["count"], told["struck"], seen
        )  # fmt: skip

    def close(self) -> None:
        """Ends it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@dataclass
class Place:
    """Where a program under test lives: its library and its home, and outside of both the audit log."""

    base: Path
    program: Program

    @property
    def disk(self) -> Path:
        """The folder of everything that the program writes."""
        return self.base / "disk"

    @property
    def library(self) -> Path:
        """The sessions."""
        return self.disk / "library"

    @property
    def home(self) -> Path:
        """Configuration, state and cache."""
        return self.disk / "home"

    @property
    def audit(self) -> Path:
        """The log of what was acknowledged: its disk never fails."""
        return self.base / "audit.jsonl"

    @property
    def environ(self) -> dict[str, str]:
        """Of every command."""
        return {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TUI_SESSIONS_AUDIT": str(self.audit),
        }

    def run(
        self,
        *argv: str,
        fault: Fault | None = None,
        below: Path | None = None,
        wants_seen: bool = False,
        **more: Any,
    ) -> Told:
        """A command; with `fault` in what lies `below`."""
        options = ("--dir", str(self.library), "--set", "providers.demo.words_per_s=0")
        options += ("--set", "chat.model=demo/demo")
        if fault is not None:
            more["plan"] = {
                "below": str(below or self.disk),
                "nth": fault.nth,
                "action": fault.action,
                "error": fault.error,
                "lasting": sum(1 << OPERATIONS.index(name) for name in fault.lasting),
            }
        return self.program.run((*options, *argv), self.environ, wants_seen=wants_seen, **more)

    def operations(self, *argv: str, below: Path) -> tuple[tuple[str, str], ...]:
        """What the command does below that folder."""
        return self.run(*argv, fault=Fault(0, 0), below=below, wants_seen=True).seen

    def keep(self) -> Path:
        """A copy of everything as it stands, to begin from again and again."""
        kept = self.base.with_name(f"{self.base.name}-kept")
        copy_tree(self.base, kept)
        return kept

    def begin_from(self, kept: Path) -> None:
        """Everything as it stood in that copy."""
        copy_tree(kept, self.base)


def copy_tree(source: Path, target: Path) -> None:
    """A copy with times and hard links, in place of what is there."""
    shutil.rmtree(target, ignore_errors=True)
    links: dict[tuple[int, int], str] = {}

    def copy(one: str, other: str) -> str:
        status = os.lstat(one)
        known = links.setdefault((status.st_dev, status.st_ino), other)
        if known != other:
            os.link(known, other)
            return other
        return str(shutil.copy2(one, other, follow_symlinks=False))

    shutil.copytree(source, target, symlinks=True, copy_function=copy)


def compiled_shim(folder: Path) -> Path:
    """The shim as a library to preload; skips the test where that cannot be made or is not obeyed."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("a disk that fails needs Linux and a C compiler (cc), which are not here")
    made = folder / "shim.so"
    built = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(HERE / "shim.c"), "-ldl"],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        pytest.skip(f"the C compiler cannot build the shim here: {built.stderr[-300:]}")
    return made


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: it is not the disk's own speed that is asked for."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="tui-sessions-test-", dir=memory)))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

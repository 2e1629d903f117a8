"""What programs do to the disk, recorded from outside by strace: every name, every byte, every barrier, in order."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

CALLS = (
    "open", "openat", "creat", "write", "pwrite64", "writev", "ftruncate", "truncate", "fsync", "fdatasync",
    "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir",
    "symlink", "symlinkat", "sendfile", "copy_file_range", "fallocate", "pwritev", "pwritev2", "sync", "syncfs",
)  # fmt: skip
_UNKNOWN = frozenset({
    "writev", "truncate", "symlink", "symlinkat", "sendfile", "copy_file_range", "fallocate", "pwritev",
    "pwritev2", "sync", "syncfs",
})  # fmt: skip
"""What our programs do not use, so that the model of the disk need not know it; it would say so."""
_LINE = re.compile(r"(?P<task>\d+) +(?P<at>[\d.]+) (?P<rest>.*)")
_BEGUN = re.compile(r"(?P<call>\w+)\((?P<words>.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"<\.\.\. (?P<call>\w+) resumed>(?P<words>.*)\) += (?P<result>-?\d+).*$")
_WHOLE = re.compile(r"(?P<call>\w+)\((?P<words>.*)\) += (?P<result>-?\d+).*$")
_FILE = re.compile(r"-?\w+<(?P<path>(?:\\x[0-9a-f]{2})*)>(?P<gone>\(deleted\))?")


class Operation(NamedTuple):
    """One call that the system answered with yes."""

    call: str
    began: float
    ended: float
    path: str
    """What it was done to; for a rename or link, the new name."""
    former: str = ""
    """The old name of a rename or link."""
    data: bytes = b""
    at: int | None = None
    """Where data went, or the size that a file was cut to; None for the end of the file."""
    flags: str = ""
    covers: int = 0
    """For a barrier: how many operations were over when it began."""
    is_gone: bool = False
    """Whether the file that it was done to has lost that name before."""


@dataclass
class _Begun:
    call: str
    at: float
    words: str
    covers: int


class Trace:
    """A file that strace writes, read in pieces: what came since the last time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def news(self) -> list[Operation]:
        """The operations since the last time, in the order of their ends."""
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        data = data[
            : data.rfind(b"\n") + 1
        ]  # The line that tells of our own words may be half there.
        self._offset += len(data)
        return list(operations(data.decode()))


def strace(output: Path) -> list[str]:
    """The words before a command whose calls are to be recorded; skips the test where that is not possible."""
    tracer = shutil.which("strace")
    if tracer is None:
        pytest.skip("the crash states of a disk need strace, which is not here")
    words = [tracer, "-f", "-y", "-ttt", "-xx", "-s", "67108864", "-e", f"trace={','.join(CALLS)}"]
    tried = subprocess.run(
        [*words, "-o", str(output), "true"], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        pytest.skip(f"strace is not allowed to look on here: {tried.stderr.strip()[-200:]}")
    return [*words, "-o", str(output)]


def operations(text: str) -> Iterator[Operation]:
    """The operations of a record. Raises `ValueError` for one that cannot be read."""
    begun: dict[str, _Begun] = {}
    done = 0
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None:
            raise ValueError(f"no line of strace: {line[:200]}")
        task, at, rest = match["task"], float(match["at"]), match["rest"]
        if rest.startswith(("+++", "---")):
            continue
        if unfinished := _BEGUN.match(rest):
            begun[task] = _Begun(unfinished["call"], at, unfinished["words"], done)
            continue
        if resumed := _RESUMED.match(rest):
            first = begun.pop(task)
            found = _operation(
                first.call, first.words + resumed["words"], resumed["result"],
                (first.at, at), first.covers,
            )  # fmt: skip
        elif whole := _WHOLE.match(rest):
            found = _operation(whole["call"], whole["words"], whole["result"], (at, at), done)
        else:
            continue  # Killed in the middle.
        if found is not None:
            done += 1
            yield found


def _operation(
    call: str, text: str, result: str, times: tuple[float, float], covers: int
) -> Operation | None:
    if result.startswith("-"):
        return None
    if call in _UNKNOWN:
        raise ValueError(f"the model of the disk does not know {call}: {text[:200]}")
    words = text.split(", ")
    base = {"began": times[0], "ended": times[1]}
    match call:
        case "open" | "creat" | "openat":
            words = words[1:] if call == "openat" else words
            flags = "O_CREAT|O_TRUNC" if call == "creat" else words[1]
            return Operation("open", path=_text(words[0]), flags=flags, **base)
        case "write" | "pwrite64":
            path, gone = _file(words[0])
            data = _bytes(words[1])[: int(result)]
            place = int(words[3]) if call == "pwrite64" else None
            return Operation("write", path=path, data=data, at=place, is_gone=gone, **base)
        case "ftruncate":
            path, gone = _file(words[0])
            return Operation("cut", path=path, at=int(words[1]), is_gone=gone, **base)
        case "fsync" | "fdatasync":
            path, gone = _file(words[0])
            return Operation("sync", path=path, covers=covers, is_gone=gone, **base)
        case "mkdir" | "rmdir" | "unlink":
            return Operation(call, path=_text(words[0]), **base)
        case "mkdirat":
            return Operation("mkdir", path=_text(words[1]), **base)
        case "unlinkat":
            kind = "rmdir" if "AT_REMOVEDIR" in words[-1] else "unlink"
            return Operation(kind, path=_text(words[1]), **base)
    # rename, link, and their kin with folders
    names = [_text(word) for word in words if word.startswith('"')]
    kind = "rename" if call.startswith("rename") else "link"
    return Operation(kind, path=names[1], former=names[0], **base)


def _bytes(word: str) -> bytes:
    return bytes.fromhex(word.strip('"').replace("\\x", ""))


def _text(word: str) -> str:
    path = _bytes(word).decode("utf-8", "surrogateescape")
    if not path.startswith("/"):
        raise ValueError(f"a path that is not absolute: {path}")
    return path


def _file(word: str) -> tuple[str, bool]:
    match = _FILE.match(word)
    if match is None:
        raise ValueError(f"no open file: {word}")
    return _bytes(match["path"]).decode("utf-8", "surrogateescape"), match["gone"] is not None

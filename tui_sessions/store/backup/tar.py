"""Tar archives, as far as backups need them: regular files in, and out of any archive that somebody made.

The reader trusts nothing: it keeps no more of a header than a name, reads no more than it is asked for, and
gives out links, devices and the like only by their kind. Formats: POSIX.1-2001 (pax), ustar, GNU names.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from tui_sessions.errors import DamagedFileError

BLOCK = 512
END = b"\0" * (2 * BLOCK)
CUT = "It is cut off: the archive ends in the middle."
_CHUNK = 1 << 18
_MOST_HEADER = 1 << 16
"""Of a header that lengthens another: the longest path is 4,096 bytes."""
_MOST_SIZE = 1 << 40
_NUMBER = 8 * 1_000_000_000_000
FILE, FOLDER, LINK, HARD_LINK, OTHER, SPARSE = (
    "file",
    "folder",
    "symbolic link",
    "hard link",
    "device or pipe",
    "sparse file",
)
_KINDS = {
    b"0": FILE,
    b"\0": FILE,
    b"7": FILE,
    b"5": FOLDER,
    b"2": LINK,
    b"1": HARD_LINK,
    b"3": OTHER,
    b"4": OTHER,
    b"6": OTHER,
    b"S": SPARSE,
}


class Readable(Protocol):
    """Where the bytes of an archive come from."""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, fewer only at the end. Raises `DamagedFileError`."""


class Found(NamedTuple):
    """A member of an archive, by its header."""

    name: str
    kind: str
    size: int
    mtime_ns: int


class Body:
    """The bytes of the member that was found last."""

    def __init__(self, source: Readable, size: int) -> None:
        self._source = source
        self.left = size

    def read(self, size: int = _CHUNK) -> bytes:
        """The next piece, empty at the end. Raises `DamagedFileError`."""
        size = min(size, self.left)
        data = self._source.read(size) if size else b""
        if len(data) < size:
            raise DamagedFileError(CUT)
        self.left -= size
        return data

    def pieces(self) -> Iterator[bytes]:
        """All that is left."""
        while piece := self.read():
            yield piece


def header(name: str, size: int, mtime_ns: int) -> bytes:
    """The header of a regular file."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    info.mtime = max(0, mtime_ns // 1_000_000_000)
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def padding(size: int) -> bytes:
    """What follows the bytes of a file of that size."""
    return b"\0" * (-size % BLOCK)


def members(source: Readable) -> Iterator[tuple[Found, Body]]:
    """What is in the archive, in order; what is not read of a body is passed over.

    Raises `DamagedFileError` where no sense can be made of it any more.
    """
    extra: dict[str, str] = {}
    while block := source.read(BLOCK):
        if not block.strip(b"\0"):
            return  # The end; what stands behind is nobody's.
        if len(block) < BLOCK:
            raise DamagedFileError(CUT)
        size = _checked_size(block)
        flag = block[156:157]
        if flag in b"LKxg" and flag:
            _take_extra(flag, _whole(source, size), extra)
            continue
        found = _found(block, flag, size, extra)
        extra = {}
        body = Body(source, found.size if found.kind in (FILE, SPARSE) else size)
        whole = body.left
        yield found, body
        for _ in body.pieces():
            pass
        _skip(source, -whole % BLOCK)


def _found(block: bytes, flag: bytes, size: int, extra: dict[str, str]) -> Found:
    kind = _KINDS.get(flag, OTHER)
    if any(key.startswith("GNU.sparse") for key in extra):
        kind = SPARSE
    name = extra.get("path")
    if name is None:
        name = _text(block[:100])
        prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
        name = f"{prefix}/{name}" if prefix else name
    if kind == FILE and name.endswith("/"):
        kind = FOLDER  # as the first tars wrote them
    if "size" in extra and kind in (FILE, SPARSE):
        size = _decimal(extra["size"])
    mtime = _mtime(extra.get("mtime"), block)
    return Found(name, kind, size, mtime)


def _take_extra(flag: bytes, data: bytes, extra: dict[str, str]) -> None:
    if flag == b"L":
        extra["path"] = _text(data)
    elif flag == b"x":
        extra.update(_records(data))
    # K is where a link leads to, g is for all members; neither names a file.


def _records(data: bytes) -> Iterator[tuple[str, str]]:
    while data:
        digits, blank, _ = data.partition(b" ")
        if not blank or not digits.isdigit() or len(digits) > 6:
            raise DamagedFileError("It is damaged: a header in it makes no sense.")
        length = int(digits)
        record = data[len(digits) + 1 : length]
        if length <= len(digits) + 1 or length > len(data) or not record.endswith(b"\n"):
            raise DamagedFileError("It is damaged: a header in it makes no sense.")
        key, _, value = record[:-1].partition(b"=")
        yield key.decode("utf-8", "replace"), value.decode("utf-8", "surrogateescape")
        data = data[length:]


def _whole(source: Readable, size: int) -> bytes:
    if size > _MOST_HEADER:
        raise DamagedFileError("It is damaged or a trap: a name in it is longer than any path.")
    data = Body(source, size).read(size)
    _skip(source, -size % BLOCK)
    return data


def _skip(source: Readable, size: int) -> None:
    if len(source.read(size) if size else b"") < size:
        raise DamagedFileError(CUT)


def _checked_size(block: bytes) -> int:
    stated = _number(block[148:156])
    without = block[:148] + b" " * 8 + block[156:]
    if stated != sum(without) and stated != _signed_sum(without):
        raise DamagedFileError("It is damaged, or no archive: a header does not add up.")
    size = _number(block[124:136])
    if not 0 <= size <= _MOST_SIZE:
        raise DamagedFileError("It is damaged: the size of a file in it makes no sense.")
    return size


def _signed_sum(data: bytes) -> int:
    """As some old programs added up."""
    return sum(byte - 256 if byte > 127 else byte for byte in data)


def _number(field: bytes) -> int:
    if field[0] in (0x80, 0xFF):  # GNU's way to write what eleven digits cannot hold
        value = int.from_bytes(field[1:], "big")
        return value - (1 << 8 * (len(field) - 1)) if field[0] == 0xFF else value
    digits = field.split(b"\0")[0].strip(b" ")
    try:
        return int(digits, 8) if digits else 0
    except ValueError as error:
        raise DamagedFileError("It is damaged: a number in a header makes no sense.") from error


def _decimal(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise DamagedFileError("It is damaged: the size of a file in it makes no sense.")
    return int(text)


def _mtime(text: str | None, block: bytes) -> int:
    try:
        seconds = float(text) if text is not None else float(_number(block[136:148]))
    except (ValueError, DamagedFileError):
        return 0
    is_sane = 0 <= seconds < _NUMBER
    return int(seconds * 1_000_000_000) if is_sane and seconds < 9e9 else 0


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "surrogateescape")

"""gzip for backups: packed in blocks on several processors, unpacked within bounds.

A backup is several gzip members one after the other, which every program unpacks as one. The last but one
holds the manifest alone, and the last holds nothing but where that begins: it is found without unpacking
the rest.
"""

from __future__ import annotations

import struct
import zlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO

from tui_sessions.errors import DamagedFileError

LEVEL = 4
BLOCK = 1 << 22
WIDTH = 3
MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 17
_OWN = b"tuisess1"
_BEFORE = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H2sH", 20, b"TS", 16) + _OWN
_AFTER = b"\x03\0" + b"\0" * 8
FOOTER_SIZE = len(_BEFORE) + 8 + len(_AFTER)


class Packer:
    """Writes what it is given as gzip members of about `BLOCK` bytes."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._pieces: list[bytes] = []
        self._size = 0
        self._begun: deque[Future[bytes]] = deque()
        self._pool = ThreadPoolExecutor(WIDTH)
        self.written = 0
        """Bytes so far; of no meaning before `flush`."""

    def add(self, data: bytes) -> None:
        """More of the archive."""
        self._pieces.append(data)
        self._size += len(data)
        if self._size >= BLOCK:
            self._begin()

    def flush(self) -> None:
        """Everything so far is written; what comes begins a member of its own."""
        if self._size:
            self._begin()
        while self._begun:
            self._put(self._begun.popleft().result())

    def close(self, offset: int) -> None:
        """The end: says that the manifest begins at `offset`."""
        self.flush()
        self._put(_BEFORE + struct.pack("<Q", offset) + _AFTER)

    def stop(self) -> None:
        """Ends its threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self) -> None:
        block, self._pieces, self._size = b"".join(self._pieces), [], 0
        self._begun.append(self._pool.submit(_packed, block))
        if len(self._begun) > WIDTH:
            self._put(self._begun.popleft().result())

    def _put(self, data: bytes) -> None:
        self._write(data)
        self.written += len(data)


def _packed(block: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, wbits=31)
    return packer.compress(block) + packer.flush()


def offset_in(footer: bytes) -> int | None:
    """Where the manifest begins; None for the end of an archive that is none of ours."""
    if not (footer.startswith(_BEFORE) and footer.endswith(_AFTER)):
        return None
    return int(struct.unpack("<Q", footer[len(_BEFORE) : -len(_AFTER)])[0])


class Unpacked:
    """An archive as it was before it was packed, or as it is where it is not packed."""

    def __init__(
        self, file: BinaryIO, *, most: int, stop: Callable[[], bool] | None = None
    ) -> None:
        """`most`: so many bytes may come out; what is more is a trap."""
        self._file = file
        self._most = most
        self._stop = stop
        start = file.read(len(MAGIC))
        file.seek(-len(start), 1)
        self._unpacker = zlib.decompressobj(wbits=31) if start == MAGIC else None
        self._packed = b""
        self._is_begun = False
        self._ready = bytearray()
        self.given = 0
        """How many bytes came out."""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, fewer only at the end. Raises `DamagedFileError`, `StoppedError`."""
        while len(self._ready) < size and self._more():
            pass
        data = bytes(self._ready[:size])
        del self._ready[:size]
        return data

    def _more(self) -> bool:
        if self._stop is not None and self._stop():
            raise StoppedError
        piece = self._plain() if self._unpacker is None else self._unpack()
        self._ready += piece
        self.given += len(piece)
        if self.given > self._most:
            raise TooMuchError
        return bool(piece)

    def _plain(self) -> bytes:
        return self._file.read(_CHUNK)

    def _unpack(self) -> bytes:
        assert self._unpacker is not None
        while True:
            if not self._packed:
                self._packed = self._file.read(_CHUNK)
                if not self._packed:
                    return self._end()
            if not self._is_begun:  # Tapes are filled up with zeros.
                self._packed = self._packed.lstrip(b"\0")
                if not self._packed:
                    continue
            self._is_begun = True
            try:
                piece = self._unpacker.decompress(self._packed, _CHUNK)
            except zlib.error as error:
                raise DamagedFileError("It is damaged: the gzip data makes no sense.") from error
            self._packed = self._unpacker.unconsumed_tail
            if self._unpacker.eof:
                self._packed = self._unpacker.unused_data
                self._unpacker, self._is_begun = zlib.decompressobj(wbits=31), False
            if piece:
                return piece

    def _end(self) -> bytes:
        if self._is_begun:
            raise DamagedFileError("It is cut off: the gzip data ends in the middle.")
        return b""


class StoppedError(Exception):
    """Somebody asked to stop."""


class TooMuchError(Exception):
    """More comes out than may."""

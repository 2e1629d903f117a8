"""gzip data unpacked, within bounds of size and of time. Knows no files."""

from __future__ import annotations

import re
import zlib

from tui_sessions.errors import DamagedFileError

_STEP = 1 << 14
"""So much at once: what is unused behind a part is copied, and there may be thousands of parts."""
_ZEROS = re.compile(rb"\0*")


def unpacked(data: bytes, most: int) -> bytes:
    """All parts of `data`, no more than `most` bytes. Raises `DamagedFileError`."""
    pieces: list[bytes] = []
    size, place = 0, 0
    try:
        while place < len(data):
            unpacker = zlib.decompressobj(wbits=31)
            while not unpacker.eof:
                step = data[place : place + _STEP]
                if not step:
                    raise DamagedFileError("It is cut off: the gzip data ends in the middle.")
                pieces.append(unpacker.decompress(step, most - size + 1))
                size, place = size + len(pieces[-1]), place + len(step)
                if size > most:
                    raise DamagedFileError("It is larger than 1 GB when unpacked.")
            place -= len(unpacker.unused_data)
            if zeros := _ZEROS.match(data, place):
                place = zeros.end()
    except zlib.error as error:
        raise DamagedFileError("It is named .gz but is not gzip data.") from error
    return b"".join(pieces)

"""Damaged bytes to text that can be read, as far as that goes: what unpacks, any encoding, each side of a merge.

Pure, and never raises.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from tui_sessions.codec.foreign import BOM

MAX_UNPACKED = 1_000_000_000
_GZIP = b"\x1f\x8b"
_STEP = 16_384
_ZEROS = re.compile(rb"\0*")
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_BEGINNINGS = (
    (re.compile(rb"[{\[\"\s]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[{\[\"\s]"), "utf-32-be"),
    (re.compile(rb"(?:[{\[\"\s]\0){2}"), "utf-16-le"),
    (re.compile(rb"(?:\0[{\[\"\s]){2}"), "utf-16-be"),
)
"""What JSON begins with where no mark says in which encoding it is."""
_MANY = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
"""A character of UTF-8 that is not ASCII."""
_OURS = re.compile(r"^<{7}(?: .*)?\r?\n?", re.MULTILINE)
_BASE = re.compile(r"^\|{7}(?: .*)?\r?\n?", re.MULTILINE)
_MIDDLE = re.compile(r"^={7}\r?\n?", re.MULTILINE)
_THEIRS = re.compile(r"^>{7}(?: .*)?\r?\n?", re.MULTILINE)


class Legible(NamedTuple):
    """The texts that stand in some bytes, the first the one to be preferred, and what was odd about them."""

    texts: tuple[str, ...]
    reasons: tuple[str, ...]


def legible(data: bytes) -> Legible:
    """The text of `data`; two where the marks of a merge divide it."""
    reasons: list[str] = []
    if data.startswith(_GZIP):
        data, is_whole = _unpacked(data)
        if not is_whole:
            reasons.append("The gzip data ends in the middle; what unpacks was read.")
    text = _decoded(data, reasons)
    sides = _sides(text)
    if len(sides) > 1:
        reasons.append("It holds the marks of an unfinished merge; both sides were read.")
    return Legible(sides, tuple(reasons))


def _unpacked(data: bytes) -> tuple[bytes, bool]:
    """What unpacks, and whether that is all of it."""
    pieces: list[bytes] = []
    size, place = 0, 0
    unpacker = zlib.decompressobj(wbits=31)
    while place < len(data) and size < MAX_UNPACKED:
        step = data[place : place + _STEP]
        before = unpacker.copy()
        try:
            pieces.append(unpacker.decompress(step, MAX_UNPACKED - size))
        except zlib.error:
            return b"".join((*pieces, *_bytewise(before, step))), False
        size += len(pieces[-1])
        place += _STEP
        if unpacker.eof:
            place = _after_zeros(data, min(place, len(data)) - len(unpacker.unused_data))
            if not data.startswith(_GZIP, place):
                return b"".join(pieces), place == len(data)
            unpacker = zlib.decompressobj(wbits=31)
    return b"".join(pieces), unpacker.eof


def _after_zeros(data: bytes, place: int) -> int:
    found = _ZEROS.match(data, place)
    return found.end() if found else place


def _bytewise(unpacker: zlib._Decompress, step: bytes) -> Iterator[bytes]:
    """What a step gives before the byte at which it fails."""
    with suppress(zlib.error):
        for number in range(len(step)):
            yield unpacker.decompress(step[number : number + 1])


def _decoded(data: bytes, reasons: list[str]) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _other(data[len(mark) :], encoding, reasons)
    data = data.removeprefix(BOM)
    for beginning, encoding in _BEGINNINGS:
        if beginning.match(data):
            return _other(data, encoding, reasons)
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    if _MANY.search(data):
        reasons.append("It holds bytes that fit no character.")
        return data.decode("utf-8", "replace")
    reasons.append("It is written in Latin-1, not in UTF-8.")
    return data.decode("latin-1")


def _other(data: bytes, encoding: str, reasons: list[str]) -> str:
    reasons.append(f"It is written in {encoding[:6].upper()}, not in UTF-8.")
    return data.decode(encoding, "replace")


def _sides(text: str) -> tuple[str, ...]:
    """The text as each of the two sides of a merge has it; the text alone where there are no marks."""
    if not _OURS.search(text) or not _MIDDLE.search(text):
        return (text,)
    ours: list[str] = []
    theirs: list[str] = []
    place = 0
    while (begin := _OURS.search(text, place)) is not None:
        middle = _MIDDLE.search(text, begin.end())
        if middle is None:
            break
        end = _THEIRS.search(text, middle.end())
        base = _BASE.search(text, begin.end(), middle.start())
        before = text[place : begin.start()]
        ours += (before, text[begin.end() : (base or middle).start()])
        theirs += (before, text[middle.end() : end.start() if end else len(text)])
        place = end.end() if end else len(text)
    rest = text[place:]
    return "".join((*ours, rest)), "".join((*theirs, rest))

"""Judges the bytes that reach a terminal: what is in them that would not be if the text had meant no harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from hostile import MARK, MARK_64

_SEQUENCE = re.compile(
    r"""
      \x1b \] (?P<osc> [^\x07\x1b\x9c]* ) (?P<osc_end> \x07 | \x1b\\ | \x9c )?
    | \x1b (?P<kind> [PX^_k] ) (?P<body> (?: [^\x1b\x9c] | \x1b (?! \\ ) )* ) (?P<end> \x1b\\ | \x9c )?
    | \x1b \[ (?P<given> [0-?]* ) (?P<between> [\ -/]* ) (?P<final> [@-~] )
    | \x1b (?P<other> [\ -/]* [0-~] )
    | (?P<alone> \x1b )
    """,
    re.VERBOSE | re.DOTALL,
)
_ASKS = "hlntcqruJy"
"""Ends of sequences whose parameters make them another thing."""
_TURNS_ROUND = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSEEN = re.compile("[\u00ad\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb]")
_TAG = re.compile("[\U000e0000-\U000e0fff]")
_FLOOD = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0e47-\u0e4e\u20d0-\u20f0\ufe00-\ufe0f\u200c\u200d]{9}"
)
_ERROR = "Traceback (most recent call last)"


class Found(NamedTuple):
    """What stands in a stretch of output."""

    kinds: frozenset[str]
    """Kinds of control sequences and characters."""
    offences: frozenset[str]
    """What no output may hold, benign or not."""


def offences(output: bytes, benign: bytes) -> list[str]:
    """What is wrong with `output`, [] where nothing is; `benign` is what the same run gave for plain words."""
    found, plain = look(output), look(benign)
    told = sorted(found.offences)
    told += [f"not in the benign run: {kind}" for kind in sorted(found.kinds - plain.kinds)]
    return told


def look(output: bytes) -> Found:
    """What stands in `output`."""
    text = output.decode("utf-8", "surrogateescape")
    kinds: set[str] = set()
    wrong: set[str] = set()
    for sequence in _SEQUENCE.finditer(text):
        kind, flaws = _judged(sequence)
        kinds.add(kind)
        wrong.update(flaws)
    rest = _SEQUENCE.sub("", text)
    kinds.update(_characters(rest))
    if _ERROR in text:
        wrong.add("a traceback")
    return Found(frozenset(kinds), frozenset(wrong))


def _judged(found: re.Match[str]) -> tuple[str, list[str]]:
    if found["osc"] is not None:
        return f"OSC {found['osc'].partition(';')[0][:6]}", _string(found["osc"], found["osc_end"])
    if found["kind"] is not None:
        return f"string {found['kind']}", _string(found["body"], found["end"])
    if found["final"] is not None:
        return _csi(found["given"], found["between"] + found["final"]), []
    if found["other"] is not None:
        return f"ESC {found['other']}", []
    return "ESC alone", []


def _string(body: str, end: str | None) -> list[str]:
    flaws = ["the intruder stands in a control string"] if MARK in body or MARK_64 in body else []
    return flaws + ([] if end else ["a control string is left open"])


def _csi(given: str, end: str) -> str:
    private = given[:1] if given[:1] in "<=>?" else ""
    if end[-1] in _ASKS:
        return f"CSI {given[:12]}{end}"
    if given.count(";") > 40:
        return f"CSI {end} without an end of parameters"
    # 38, 48 and 58 take colours after them, in which an 8 conceals nothing.
    is_concealed = end == "m" and "8" in given.split(";") and not re.search("[345]8", given)
    return f"CSI {private}{end}" + (" conceals" if is_concealed else "")


def _characters(text: str) -> Iterator[str]:
    for char in set(text):
        code = ord(char)
        if code == 0x7F or (code < 0x20 and char not in "\n\r\t"):
            yield f"C0 {code:02x}"
        elif 0x80 <= code < 0xA0:
            yield f"C1 {code:02x}"
        elif 0xDC80 <= code <= 0xDCFF:
            yield "bytes that are no UTF-8"
    for kind, pattern in (
        ("turns the order round", _TURNS_ROUND),
        ("cannot be seen", _UNSEEN),
        ("tags or hidden bytes", _TAG),
        ("a flood of marks", _FLOOD),
    ):
        if pattern.search(text):
            yield kind
    # A terminal's own line end is CR LF, or CR CR LF where the program writes the first.
    if re.search(r"\r(?![\r\n])(?=.)", text):
        yield "a line written over"

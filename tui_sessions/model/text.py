"""The one door for text from elsewhere: models, servers, files, file names, clipboard, environment.

What is stored is what came; what is shown is clean.
"""

from __future__ import annotations

import re

_LINE_ENDS = re.compile("\r\n|\r|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""What must never reach a terminal as it is: controls, bidi overrides, invisible characters, halves."""
_LINES = re.compile(r"[\n\t]+")
_BIDI_OR_INVISIBLE = "·"


def _stand_in(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0x80 <= code < 0xA0 or 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return _BIDI_OR_INVISIBLE


def clean(text: str) -> str:
    """`text` with every control, bidi override, invisible format character and lone surrogate made
    visible; newlines (all kinds, as LF) and tabs stay. Safe for a terminal, never for storage."""
    if text.isascii() and text.isprintable():
        return text
    return UNSAFE.sub(_stand_in, _LINE_ENDS.sub("\n", text))


def clean_line(text: str) -> str:
    """`clean`, on one line: for titles, names, tags, labels and errors."""
    return _LINES.sub(" ", clean(text)).strip()

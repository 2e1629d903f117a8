"""The one door for text from elsewhere: models, servers, files, file names, clipboard, environment.

What is stored is what came; what is shown is clean.
"""

from __future__ import annotations

import re

_LINE_ENDS = re.compile("\r\n|\r|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\ufdd0-\ufdef\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What must never reach a terminal as it is: controls, bidi overrides, invisible characters, letters that
are blank, bytes hidden in tags and selectors, halves."""
MOST_MARKS = 5
"""Marks on one letter that are drawn; no script needs more, and thousands cover the lines around."""
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0730-\u074a"
    "\u07a6-\u07b0\u07eb-\u07f3\u0816-\u082d\u08d3-\u0903\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1"
    "\u0eb4-\u0ebc\u0ec8-\u0ece\u0f71-\u0f87\u0f8d-\u0fbc\u102b-\u103e\u135d-\u135f\u17b6-\u17d3"
    "\u180b-\u180f\u1ab0-\u1aff\u1b34-\u1b44\u1cd0-\u1cf9\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff"
    "\u2cef-\u2cf1\u2de0-\u2dff\u302a-\u302f\u3099\u309a\ua66f-\ua67d\ua8e0-\ua8f1\ufe00-\ufe0f"
    "\ufe20-\ufe2f" + "".join(f"{chr(0x93A + n * 128)}-{chr(0x94F + n * 128)}" for n in range(10))
    # The vowel signs of the scripts of India, which stand at the same places of their blocks.
)
# Written out, not as a repetition: only then is a text without marks passed over in one go.
_FLOOD = re.compile("(" + f"[{_MARKS}]" * MOST_MARKS + f")[{_MARKS}]+")
_STRAY = re.compile("(?<=[\x00-\u05ff])[\u200c\u200d]+")
"""Joiners where there is nothing to join: they only make two words out of what looks like one."""
_UNUSUAL = re.compile(f"[{_MARKS}\u034f\u115f\u1160\u3164\uffa0\U000e0100-\U000e01ef]")
"""What Python calls printable and is not harmless in every place."""
_LINES = re.compile(r"[\n\t]+")
_BIDI_OR_INVISIBLE = "·"
_BLANK_LETTER = "\u2800"
"""Braille without a dot: drawn in pictures made of dots, in a name it only hides."""
_ODD_BYTES = bytes(
    0 if (code < 0x20 and code not in (0x09, 0x0A)) or 0x7F <= code < 0xA0 or code == 0xAD else 1
    for code in range(256)
)
"""0 for what `clean` would change in a text of Latin letters."""


def _stand_in(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0x80 <= code < 0xA0 or 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF:
        return "\ufffd"
    if code in (0xFFFE, 0xFFFF):
        return "\ufffd"
    if 0xE0100 <= code <= 0xE01EF and _is_ideograph(match.string[match.start() - 1]):
        return ""  # Another form of the same sign; a row of them holds hidden bytes.
    return _BIDI_OR_INVISIBLE


def _is_ideograph(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003fffd"


def clean(text: str) -> str:
    """`text` with every control, bidi override, invisible format character and lone surrogate made
    visible, and no flood of marks; newlines (all kinds, as LF) and tabs stay. Safe for a terminal,
    never for storage."""
    if is_plain(text):
        return text
    text = UNSAFE.sub(_stand_in, _LINE_ENDS.sub("\n", text))
    return without_floods(_STRAY.sub(lambda match: _BIDI_OR_INVISIBLE * len(match[0]), text))


def is_plain(text: str) -> bool:
    """Whether nothing in `text` needs a closer look: nearly always, and told several times faster than by
    the patterns."""
    if text.isascii() and text.isprintable():
        return True
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        is_shown = text.replace("\n", " ").replace("\t", " ").isprintable()
        return is_shown and not _UNUSUAL.search(text)
    return b"\x00" not in data.translate(_ODD_BYTES)


def without_floods(text: str) -> str:
    """`text` with at most `MOST_MARKS` marks, joiners or selectors in a row."""
    return text if text.isascii() else _FLOOD.sub(r"\1", text)


def clean_line(text: str) -> str:
    """`clean`, on one line: for titles, names, tags, labels and errors."""
    if text.isascii() and text.isprintable():
        return text.strip()
    line = clean(text)
    if "\n" in line or "\t" in line:
        line = _LINES.sub(" ", line)
    return line.replace(_BLANK_LETTER, _BIDI_OR_INVISIBLE).strip()


def brief_line(text: str, most: int = 400) -> str:
    """`clean_line` of the first `most` characters, with `…` where there are more: for what is drawn, since
    a title, a name or an error may be of any length."""
    return clean_line(text) if len(text) <= most else clean_line(text[:most]) + "…"


def hidden_in(text: str) -> int:
    """How many characters of `text` are not shown as what they are."""
    if is_plain(text):
        return 0
    return len(UNSAFE.findall(text.replace("\r\n", "\n")))

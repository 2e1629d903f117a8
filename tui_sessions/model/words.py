"""What counts as a word when conversations are searched: one rule for the index, the plain search and the marks.

A word is a run of letters and digits, whatever its case and accents. Scripts that write no spaces are taken
sign by sign. `snake_case` is two words; `getUserName` is itself, `get`, `user`, `name` and what its
neighbouring parts make together (`getUser`, `UserName`), so that each is found from where it begins.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, normalize

BREAK = "\ue000"
"""A word that nobody writes: stands where words are next to each other that are no neighbours."""
_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1100, 0x11FF),  # Hangul, the parts of it
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),
    (0x3021, 0x312F),  # Hiragana, Katakana, Bopomofo
    (0x3130, 0x318F),
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),  # Hangul
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x323AF),
)
_ACCENTS = (
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A),
    (0x064B, 0x065F),  # Arabic vowels
    (0x0670, 0x0670),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),
)
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\u0640")
"""Stand inside words and are no part of them."""
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_ANY_WORD = re.compile(
    "(?:[^\\W_]|[\ue000\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd"
    "\u09d7\u09e2\u09e3\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71\u0a75\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03"
    "\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03"
    "\u0d3b-\u0d4d\u0d57\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e"
    "\u1056-\u1059\u17b4-\u17d3\u302a-\u302f\u3099\u309a])+"
)
"""Letters, digits, and the vowel signs that Python does not count among them."""
_KINDS = bytes(
    65 if 65 <= code <= 90 else 97 if 97 <= code <= 122 or 48 <= code <= 57 else 32
    for code in range(256)
)
_HUMPS = (b"aA", b"AAa")
"""In the kinds of a text's bytes: where a camelCase name has its humps."""
_CAMEL_PART = re.compile(r"[A-Z]+s(?![A-Za-z0-9])|[A-Z]+(?![a-z])|[A-Z][a-z0-9]+|[a-z0-9]+|[A-Z]")
_LONGEST_CAMEL = 80
_MOST_PARTS = 6
"""Longer ones are no names but encoded data."""


class _Folds(dict[int, str]):
    """Each character without case and accent; one of a script without spaces stands alone."""

    def __init__(self, *, is_spaced: bool) -> None:
        self._is_spaced = is_spaced

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded_character(code, self._is_spaced)
        return folded


def _folded_character(code: int, is_spaced: bool) -> str:
    char = chr(code)
    if 0xD800 <= code <= 0xDFFF:
        return " "
    if char in _INVISIBLE or _is_among(code, _ACCENTS):
        return ""
    if is_cjk(char):
        plain = normalize("NFKC", char)
        return f" {' '.join(map(_letter_or_space, plain))} " if is_spaced else plain
    plain = normalize("NFKD", normalize("NFKD", char).casefold())
    plain = "".join(part for part in plain if not _is_among(ord(part), _ACCENTS))
    plain = normalize("NFC", plain).lower()
    return "".join(map(_letter_or_space, plain)) if is_spaced else plain


def _letter_or_space(char: str) -> str:
    # SQLite knows an old Unicode: what came later, like most emoji, it would take for letters.
    return char if _ANY_WORD.match(char) else " "


def is_cjk(char: str) -> bool:
    """Whether the character belongs to a script that writes no spaces between words."""
    code = ord(char)
    return code >= 0x0E00 and _is_among(code, _WITHOUT_SPACES) and category(char)[0] in "LMN"


def _is_among(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


_SPACED = _Folds(is_spaced=True)
_PLAIN = _Folds(is_spaced=False)


def spaced(text: str) -> str:
    """`text` in which every word is a run of letters: accents gone, signs of CJK apart. ASCII keeps its case."""
    if text.isascii():
        return text
    return _FOREIGN.sub(lambda run: run[0].translate(_SPACED), text)


def indexed(text: str) -> str:
    """`text` as it goes into the index: `spaced`, and after it the parts of its camelCase names."""
    data = text.encode("utf-8", "surrogatepass")
    if is_plain(data):
        return text
    plain = spaced(text)
    names = _camel_names(data)
    parts = [part for name in names for part in _camel_parts(name)]
    return f"{plain} {BREAK} {' '.join(parts)}" if parts else plain


def is_plain(data: bytes) -> bool:
    """Whether the UTF-8 text holds nothing to be prepared: only ASCII, and no camelCase, as most texts do."""
    kinds = data.translate(_KINDS)
    return data.isascii() and b"aA" not in kinds and b"AAa" not in kinds


def words(prepared: str) -> list[str]:
    """The words of a text that is `spaced` or `indexed`, in order."""
    if prepared.isascii():
        return _ASCII_WORD.findall(prepared.lower())
    return _ANY_WORD.findall(prepared.lower())


@lru_cache(maxsize=512)
def words_of(value: str) -> tuple[str, ...]:
    """The words of what somebody looks for: several are a phrase, none is nothing to be found."""
    return tuple(words(spaced(value)))


def folded_with_places(text: str) -> tuple[str, list[int] | None]:
    """`text` without case and accents, and for each of its characters where it stood (None: at its place)."""
    if text.isascii():
        return text.lower(), None
    is_even = True

    def folded_run(run: re.Match[str]) -> str:
        nonlocal is_even
        is_even = is_even and all(len(_PLAIN[ord(char)]) == 1 for char in set(run[0]))
        return run[0].translate(_PLAIN)

    folded = _FOREIGN.sub(folded_run, text).lower()
    if is_even and len(folded) == len(text):
        return folded, None
    folds = [_PLAIN[ord(char)].lower() for char in text]
    return "".join(folds), [place for place, fold in enumerate(folds) for _ in fold]


def is_boundary(text: str, place: int) -> bool:
    """Whether a word may begin or end between the characters before and at `place`."""
    if place <= 0 or place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    if not (_is_letter(before) and _is_letter(after)) or is_cjk(before) or is_cjk(after):
        return True
    if not (before.isascii() and after.isupper() and after.isascii()):
        return False
    is_hump = place + 1 < len(text) and text[place + 1].islower() and before.isupper()
    return not before.isupper() or is_hump


def _is_letter(char: str) -> bool:
    return char.isalnum() or char in _INVISIBLE or category(char)[0] == "M"


def _camel_names(data: bytes) -> list[str]:
    # Byte searches only: a regex over all of the text takes ten times as long.
    kinds = data.translate(_KINDS)
    names: dict[str, None] = {}
    for hump in _HUMPS:
        place = kinds.find(hump)
        while place >= 0:
            start = kinds.rfind(b" ", 0, place) + 1
            end = kinds.find(b" ", place)
            end = len(kinds) if end < 0 else end
            if end - start <= _LONGEST_CAMEL:
                names[data[start:end].decode("ascii")] = None
            place = kinds.find(hump, end)
    return list(names)


def _camel_parts(name: str) -> list[str]:
    """The parts of a name, each beside its neighbours, and what neighbours make together."""
    parts = _CAMEL_PART.findall(name)
    if not 1 < len(parts) <= _MOST_PARTS:
        return []
    pieces = [*parts, BREAK]
    for length in range(2, len(parts)):
        for first in range(len(parts) - length + 1):
            pieces += ("".join(parts[first : first + length]), BREAK)
    return pieces

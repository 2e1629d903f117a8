"""The difference of two texts, word by word: what both say, what is gone, what is new.

Lines that both have only once are found first, then words that stand only once between them, and only
what is left between those is compared word with word: the cost stays bounded however long the texts are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

import msgspec

Kind = Literal["same", "gone", "new"]

MOST_WORDS = 300_000
"""Where both texts together have more, lines are the smallest thing that is compared."""
_MOST_PAIRS = 40_000
"""So many pairs of words are compared one with another, more only by the words that stand once."""
_WORD = re.compile(
    "[\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60\U00020000-\U0003fffd]"
    r"|[^\W_]+(?:['’][^\W_]+)*|\s+|."
)
"""A character of a script without blanks, a word, blanks, or any other character."""

Span = tuple[int, int, int, int]
"""From and to in the first sequence, from and to in the second: equal there, or not."""


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of text that both have, or only the first (`gone`), or only the second (`new`)."""

    kind: Kind
    text: str


def word_diff(a: str, b: str) -> tuple[Piece, ...]:
    """How `b` differs from `a`. What is the same and gone, in order, is exactly `a`; what is the same and
    new is exactly `b`. Neighbours are of different kinds, and what is gone stands before what is new."""
    if len(a) + len(b) > MOST_WORDS and _count(a) + _count(b) > MOST_WORDS:
        found = _pieces(_lines(a), _lines(b))
    else:
        found = _by_words(a, b)
    return tuple(_joined(_without_islands(found)))


def _by_words(a: str, b: str) -> Iterator[Piece]:
    """Whole lines first, then the words of what differs between them."""
    for piece in _in_regions(_pieces(_lines(a), _lines(b), only_unique=True)):
        if isinstance(piece, Piece):
            yield piece
        else:
            gone, new = piece
            yield from _pieces(_words(gone), _words(new))


def _in_regions(pieces: Iterable[Piece]) -> Iterator[Piece | tuple[str, str]]:
    """What is the same, joined; between that, the two texts that differ."""
    for is_same, group in groupby(pieces, lambda piece: piece.kind == "same"):
        texts = {"same": "", "gone": "", "new": ""}
        members = list(group)
        for kind in texts:
            texts[kind] = "".join(piece.text for piece in members if piece.kind == kind)
        if not is_same:
            yield texts["gone"], texts["new"]
        elif texts["same"]:
            yield Piece(kind="same", text=texts["same"])


def _pieces(a: Sequence[str], b: Sequence[str], *, only_unique: bool = False) -> Iterator[Piece]:
    at_a = at_b = 0
    end = (len(a), len(a), len(b), len(b))
    for a0, a1, b0, b1 in (*_matches(a, b, only_unique=only_unique), end):
        if a0 > at_a:
            yield Piece(kind="gone", text="".join(a[at_a:a0]))
        if b0 > at_b:
            yield Piece(kind="new", text="".join(b[at_b:b0]))
        if a1 > a0:
            yield Piece(kind="same", text="".join(a[a0:a1]))
        at_a, at_b = a1, b1


def _matches(a: Sequence[str], b: Sequence[str], *, only_unique: bool) -> Iterator[Span]:
    """The stretches that are equal, in order."""
    todo: list[tuple[Span, bool]] = [((0, len(a), 0, len(b)), False)]
    while todo:
        span, is_equal = todo.pop()
        if is_equal:
            yield span
            continue
        parts = _split(a, b, span, only_unique=only_unique)
        todo.extend(reversed(parts))


def _split(
    a: Sequence[str], b: Sequence[str], span: Span, *, only_unique: bool
) -> list[tuple[Span, bool]]:
    """One stretch into equal ones and ones that have to be looked into further."""
    a0, a1, b0, b1 = span
    head = 0
    while a0 + head < a1 and b0 + head < b1 and a[a0 + head] == b[b0 + head]:
        head += 1
    tail = 0
    while a1 - tail > a0 + head and b1 - tail > b0 + head and a[a1 - tail - 1] == b[b1 - tail - 1]:
        tail += 1
    inner = (a0 + head, a1 - tail, b0 + head, b1 - tail)
    middle = _middle(a, b, inner, only_unique=only_unique)
    first = [((a0, a0 + head, b0, b0 + head), True)] if head else []
    last = [((a1 - tail, a1, b1 - tail, b1), True)] if tail else []
    return [*first, *middle, *last]


def _middle(
    a: Sequence[str], b: Sequence[str], span: Span, *, only_unique: bool
) -> list[tuple[Span, bool]]:
    a0, a1, b0, b1 = span
    if a0 == a1 or b0 == b1:
        return []
    if not only_unique and (a1 - a0) * (b1 - b0) <= _MOST_PAIRS:
        # The heuristic for long texts would leave out common words.
        matcher = SequenceMatcher(None, a[a0:a1], b[b0:b1], autojunk=False)
        return [
            ((a0 + m.a, a0 + m.a + m.size, b0 + m.b, b0 + m.b + m.size), True)
            for m in matcher.get_matching_blocks()
            if m.size
        ]
    anchors = _anchors(a, b, span)
    parts: list[tuple[Span, bool]] = []
    at_a, at_b = a0, b0
    for i, j in anchors:
        parts += [((at_a, i, at_b, j), False), ((i, i + 1, j, j + 1), True)]
        at_a, at_b = i + 1, j + 1
    return [*parts, ((at_a, a1, at_b, b1), False)] if anchors else []


def _anchors(a: Sequence[str], b: Sequence[str], span: Span) -> list[tuple[int, int]]:
    """What stands once in both stretches, as much of it as is in the same order."""
    a0, a1, b0, b1 = span
    once_a = {word for word, count in Counter(a[a0:a1]).items() if count == 1}
    once_b = {word for word, count in Counter(b[b0:b1]).items() if count == 1}
    both = {word for word in once_a & once_b if not word.isspace()}
    place = {a[i]: i for i in range(a0, a1) if a[i] in both}
    return _rising([(place[b[j]], j) for j in range(b0, b1) if b[j] in both])


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs whose first members rise; the second ones do already."""
    ends: list[int] = []
    """The smallest first member in which a run of that length ends."""
    members: list[int] = []
    before: list[int] = []
    for number, (i, _) in enumerate(pairs):
        at = bisect_left(ends, i)
        before.append(members[at - 1] if at else -1)
        ends[at : at + 1], members[at : at + 1] = [i], [number]
    run: list[tuple[int, int]] = []
    number = members[-1] if members else -1
    while number >= 0:
        run.append(pairs[number])
        number = before[number]
    return run[::-1]


def _without_islands(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """A blank or a comma that both have between two changes says nothing: it counts as gone and new."""
    held = list(pieces)
    for number, piece in enumerate(held):
        is_between = 0 < number < len(held) - 1
        is_island = piece.kind == "same" and is_between and "\n\n" not in piece.text
        if is_island and not any(map(str.isalnum, piece.text)):
            yield Piece(kind="gone", text=piece.text)
            yield Piece(kind="new", text=piece.text)
        else:
            yield piece


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours as one, empty ones dropped, what is gone before what is new."""
    for region in _in_regions(pieces):
        if isinstance(region, Piece):
            yield region
        else:
            gone, new = region
            yield from (Piece(kind="gone", text=gone),) if gone else ()
            yield from (Piece(kind="new", text=new),) if new else ()


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _count(text: str) -> int:
    return sum(1 for _ in _WORD.finditer(text))

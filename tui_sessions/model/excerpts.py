"""Where in a text a query is found, and a piece of the text round it for a list of results. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from tui_sessions.model.query import Query, Term
from tui_sessions.model.text import clean_line
from tui_sessions.model.words import folded_with_places, is_boundary, words_of

Marks = tuple[tuple[int, int], ...]
"""Begin and end of each place, in order, none within another."""
_MOST_MARKS = 10_000
_CONSIDERED = 200
"""Marks among which the best place for an excerpt is chosen."""
_ELLIPSIS = "…"
_BEFORE = 4
"""An excerpt shows a quarter of its width before what was found."""
_SEEN = 600
"""Characters that are seen together in a conversation: some rows."""
_ROUND = 4
"""How much more of the raw text is looked at than is shown: runs of blanks shrink to one."""


class Excerpt(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a text on one line, clean for the screen."""

    text: str
    marks: Marks = ()
    """Where `text` has what was looked for."""


def marks_in(text: str, query: Query, most: int = _MOST_MARKS) -> Marks:
    """The places of `text` that hold what `query` looks for in conversations."""
    patterns = _patterns(query)
    if not patterns or not text:
        return ()
    folded, places = folded_with_places(text)
    spans: list[tuple[int, int]] = []
    for pattern, is_prefix in patterns:
        for span in _spans(pattern, is_prefix, text, folded, places):
            spans.append(span)
            if len(spans) >= most * len(patterns):
                break
    return _merged(spans)[:most]


def excerpt_of(text: str, query: Query, width: int) -> Excerpt:
    """About `width` characters of `text` round the place where most of what is looked for stands together."""
    best = best_place(text, query, width)
    start = max(0, best - width * _ROUND)
    before = _one_line(text[start:best])
    after = _one_line(text[best : best + width * _ROUND])
    is_glued = bool(before) and best < len(text) and not _is_blank_at(text, best)
    line = before + ("" if is_glued or not before else " ") + after
    shown = _cut(line, len(line) - len(after), width, start > 0, best + width * _ROUND < len(text))
    return Excerpt(text=shown, marks=marks_in(shown, query))


def _is_blank_at(text: str, place: int) -> bool:
    return text[place].isspace() or text[place - 1].isspace()


def _one_line(text: str) -> str:
    return clean_line(" ".join(text.split()))


def best_place(text: str, query: Query, width: int, *, is_first: bool = False) -> int:
    """The mark from which on the rarest words are within `width`, and as many marks as can be, or else the
    first such mark; 0 without."""
    each = [_starts(text, term) for term in query.terms]
    starts = sorted({start for starts in each for start in starts})
    best, most = 0, (0.0, 0)
    for number, start in enumerate(starts):
        end = start + width * 2 // 3
        # A word that stands everywhere says less than one that stands here only.
        weight = sum(1 / len(own) for own in each if _has(own, start, end))
        worth = (weight, 0 if is_first else bisect_right(starts, end) - number)
        if worth > most:
            best, most = start, worth
    return best


def rarest_place(text: str, query: Query) -> int:
    """Where to look first in a long text: the first mark near which the rarest words stand."""
    return best_place(text, query, _SEEN, is_first=True)


def _starts(text: str, term: Term) -> list[int]:
    return [start for start, _ in marks_in(text, Query.of(term), _CONSIDERED)]


def _has(starts: list[int], first: int, last: int) -> bool:
    """Whether one of them is between the two."""
    return bisect_right(starts, last) > bisect_left(starts, first)


def _cut(line: str, place: int, width: int, is_begun: bool, is_unfinished: bool) -> str:
    """`width` characters of `line` with `place` in them, cut between words where that can be."""
    start = max(0, min(place - width // _BEFORE, len(line) - width))
    if start > 0:
        blank = line.find(" ", start, place)
        start = blank + 1 if blank >= 0 else start
    end = min(len(line), start + width)
    if end < len(line):
        blank = line.rfind(" ", start + width * 2 // 3, end)
        end = blank if blank >= 0 else end
    head = _ELLIPSIS if start > 0 or is_begun else ""
    tail = _ELLIPSIS if end < len(line) or is_unfinished else ""
    return head + line[start:end].strip() + tail


def _patterns(query: Query) -> tuple[tuple[re.Pattern[str], bool], ...]:
    wanted = tuple(term for term in query.terms if _is_wanted(term))
    return tuple(pattern for term in wanted if (pattern := _pattern(term)) is not None)


def _is_wanted(term: Term) -> bool:
    return term.key in ("", "text") and not term.is_negated


@lru_cache(maxsize=256)
def _pattern(term: Term) -> tuple[re.Pattern[str], bool] | None:
    words = words_of(term.value)
    if not words:
        return None
    parts = r"[\W_]*".join(f"({re.escape(word)})" for word in words)
    return re.compile(parts), term.is_prefix


def _spans(
    pattern: re.Pattern[str], is_prefix: bool, text: str, folded: str, places: list[int] | None
) -> Iterator[tuple[int, int]]:
    at = 0
    is_word = pattern.groups == 1
    while (found := pattern.search(folded, at)) is not None:
        if is_word and places is None and _is_inside(text, found.start()):
            at = found.start() + 1  # Most of what short words stand in.
            continue
        ends = [
            (_place(places, found.start(number), text), _end(places, found.end(number), text))
            for number in range(1, len(found.regs))
        ]
        last = len(ends) - 1
        is_whole = all(
            is_boundary(text, start) and (is_boundary(text, end) or (is_prefix and number == last))
            for number, (start, end) in enumerate(ends)
        )
        if is_whole:
            yield ends[0][0], ends[-1][1]
        at = max(found.end() if is_whole else found.start() + 1, at + 1)


def _is_inside(text: str, place: int) -> bool:
    return place > 0 and text[place].islower() and text[place - 1].islower()


def _place(places: list[int] | None, index: int, text: str) -> int:
    if places is None:
        return index
    return places[index] if index < len(places) else len(text)


def _end(places: list[int] | None, index: int, text: str) -> int:
    # Up to where the next one begins: accents that stand by themselves belong to the letter before.
    return max(_place(places, index - 1, text) + 1, _place(places, index, text))


def _merged(spans: list[tuple[int, int]]) -> Marks:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)

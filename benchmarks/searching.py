"""F8: search as it is typed, over every message of a library, and opening what was found."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.figure import Figure
from benchmarks.library import SEED, rare_word
from benchmarks.prose import Prose
from benchmarks.rig import Rig
from benchmarks.terminal import own_moment
from tui_sessions.model.query import parse_query
from tui_sessions.store.library import Library

_KEY_MS, _RARE_MS = 50, 20
_HELD_FROM = 10_000
_RANKS = (0, 1, 2, 4, 8, 16, 25, 40, 60, 100, 160, 250, 400, 600, 1_000, 1_600, 2_500, 4_000, 6_000)
"""Of the words that are typed, by how common they are; the last one is in a single message."""
_RARE = 20
_SHOWN_RANKS = (1, 2_500)
"""Of those that are typed on the screen."""
_WIDTH = 100
_QUIET_S = 0.3


def searching(rig: Rig) -> Iterator[Figure]:
    """F8: every beginning of two and more letters of twenty words, the last half typed; then rare words."""
    prose = Prose(SEED)
    for size in rig.sizes:
        library = rig.opened(size)
        library.refresh()
        words = [*map(prose.word, _RANKS), rare_word(size // 2, 3)]
        typed = [word[:end] for word in words for end in range(2, len(word) + 1)]
        keys = [_search(library, text, as_typed=True) for text in typed]
        first, whole = zip(*keys, strict=True)
        goal = _KEY_MS if size >= _HELD_FROM else None
        what = f"{size:,} sessions"
        name = "search, a letter to new results"
        yield Figure("F8", f"{name}, {what}", "ms", first, series=name, size=size)
        yield Figure("F8", f"{name}, {what}", "ms", first, goal=goal, held_to="p95")
        name = "search, a letter to all results"
        yield Figure("F8", f"{name}, {what}", "ms", whole, series=name, size=size)
        yield Figure("F8", f"{name}, {what}", "ms", whole, held_to="p95")
        yield from _whole_words(rig, library, size, prose)
        yield from _on_screen(rig, size, prose)


def _whole_words(rig: Rig, library: Library, size: int, prose: Prose) -> Iterator[Figure]:
    """The floor is the same question to SQLite's full text alone."""
    fts = rig.fts(size)
    rare = [rare_word(size * place // _RARE, place % 10) for place in range(_RARE)]
    common = [prose.word(rank) for rank in range(rig.runs + 2)]
    goal = _RARE_MS if size >= _HELD_FROM else None
    for name, words, floor, limit in (
        ("first result of a rare word", rare, median(map(fts.ms, rare)), goal),
        ("first result of a common word", common, median(map(fts.ms, common)), None),
    ):
        samples = tuple(_search(library, word)[0] for word in words)
        yield Figure(
            "F8",
            f"{name}, {size:,} sessions",
            "ms",
            samples,
            goal=limit,
            floor=floor,
            series=name,
            size=size,
        )
    name = "best results of a common word"
    samples = tuple(_search(library, word)[1] for word in common)
    floor = median(map(fts.best_ms, common))
    yield Figure(
        "F8", f"{name}, {size:,} sessions", "ms", samples, floor=floor, series=name, size=size
    )
    name = "a result with its place in the session"
    samples = tuple(_opened_ms(library, word) for word in rare)
    yield Figure("F8", f"{name}, {size:,} sessions", "ms", samples, series=name, size=size)


def _on_screen(rig: Rig, size: int, prose: Prose) -> Iterator[Figure]:
    """From the key to the last change; then `enter` on what was found, which is in a session of its own."""
    letters, opened = [], []
    rare = [rare_word(size * place // 4, 5) for place in range(1, 1 + min(2, rig.runs))]
    with rig.ready(rig.library(size)) as terminal:
        for word in [*map(prose.word, _SHOWN_RANKS), *rare]:
            terminal.press("ctrl+f")
            terminal.see("Search in all conversations")
            terminal.settle(_QUIET_S)
            terminal.press("backspace")  # what was looked for before stands there, selected
            terminal.settle(_QUIET_S)
            letters += [terminal.settled_ms(letter, _QUIET_S) for letter in word][1:]
            if word in rare:
                opened.append(terminal.settled_ms("enter", _QUIET_S))
            else:
                terminal.press("escape")
            terminal.settle(_QUIET_S)
    for name, samples in (
        ("search screen, a letter to the last change", letters),
        ("search screen, enter to the hit in its session", opened),
    ):
        what = f"{name}, {size:,} sessions"
        yield Figure("F8", what, "ms", tuple(samples), series=name, size=size)
    name = "search screen, a letter to the last change"
    yield Figure("F8", f"{name}, {size:,} sessions", "ms", tuple(letters), held_to="p95")


def _search(library: Library, text: str, *, as_typed: bool = False) -> tuple[float, float]:
    """Milliseconds until something was found, and until everything was looked through."""
    began = own_moment()
    first = None
    query = parse_query(text).over_text()
    for batch in library.search(query, as_typed=as_typed):
        if first is None and batch.hits:
            first = own_moment()
    end = own_moment()
    return 1000 * ((first or end) - began), 1000 * (end - began)


def _opened_ms(library: Library, word: str) -> float:
    """Milliseconds from a known hit to its session and the piece of text round it."""
    query = parse_query(word).over_text()
    hit = next(hit for batch in library.search(query) for hit in batch.hits)
    began = own_moment()
    library.load(hit.session_id)
    excerpt = library.excerpt(hit, query, _WIDTH)
    assert excerpt.marks, f"{word} is not marked in what was found"
    return 1000 * (own_moment() - began)

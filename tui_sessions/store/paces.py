"""How quickly answers came: medians and the slowest of twenty, out of the single answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui_sessions.model.statistics import Pace
from tui_sessions.store.index.charges import Answer

_SHARE = 95


def paces_of(
    files: Iterable[tuple[list[str], list[Answer]]], *, by_persona: bool = False
) -> tuple[Pace, ...]:
    """The pace of each model, or of each persona, the one with the most answers first; out of the words and
    the answers of files."""
    found: dict[str, _Times] = {}
    for words, answers in files:
        places = [found.setdefault(word, _Times()) for word in words]
        # A million answers: one loop without calls takes half the time.
        for _, model, persona, _, written, _, _, tokens, cost, is_error, whole, first in answers:
            times = places[persona if by_persona else model]
            times.answers += 1
            if cost is not None and tokens:
                times.cost += cost
                times.tokens += tokens
            if is_error:
                # How soon an error came says nothing about how quickly is answered.
                times.errors += 1
                continue
            if whole is not None:
                times.whole.append(whole)
            if first is not None:
                times.first.append(first)
                if whole is not None and written and whole > first:
                    times.rates.append(written * 1000 / (whole - first))
    ordered = sorted(found.items(), key=lambda item: (-item[1].answers, item[0]))
    return tuple(times.pace(key) for key, times in ordered if times.answers)


class _Times:
    __slots__ = ("answers", "cost", "errors", "first", "rates", "tokens", "whole")

    def __init__(self) -> None:
        self.answers = 0
        self.errors = 0
        self.whole: list[float] = []
        self.first: list[float] = []
        self.rates: list[float] = []
        self.cost = 0
        self.tokens = 0
        """Of the answers where both are known, as `cost`."""

    def pace(self, key: str) -> Pace:
        return Pace(
            key=key,
            answers=self.answers,
            errors=self.errors,
            median_ms=_middle(self.whole),
            p95_ms=_nearest_rank(sorted(self.whole)),
            first_median_ms=_middle(self.first),
            first_p95_ms=_nearest_rank(sorted(self.first)),
            rate_median=_middle(self.rates),
            rate_p95=_nearest_rank(sorted(self.rates, reverse=True)),
            cost_per_ktok=round(self.cost * 1000 / self.tokens) if self.tokens else None,
        )


def _middle(values: Sequence[float]) -> float | None:
    # Not `statistics.median`: that module loads a dozen others, and OpenSSL.
    if not values:
        return None
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _nearest_rank(ordered: Sequence[float]) -> float | None:
    """The value that 95 of a hundred reach at most."""
    return ordered[-(-len(ordered) * _SHARE // 100) - 1] if ordered else None

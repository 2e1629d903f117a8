"""Answers to one prompt side by side: their figures, which of them is best in what, and the verdict that is kept.

The verdict stands in `turn.extra["verdict"]`:
`{"chosen": model, "over": [models], "at": time, "note": ""}`, or instead of `chosen` a `result` of `tie` or
`none`; `answer_at`, the time of the chosen answer, tells two answers of one model apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from tui_sessions.model.answers import answers, standing_answer, with_chosen
from tui_sessions.model.session import Change, Session
from tui_sessions.model.times import format_time, parse_time
from tui_sessions.model.turn import Alternative, Turn

KEY = "verdict"
Result = Literal["chosen", "tie", "none", "open"]
FIGURES = ("first_token_ms", "latency_ms", "cost", "tokens_per_s")
"""The figures of which one can be the best; of tokens neither more nor fewer is better."""
_MORE_IS_BETTER = frozenset({"tokens_per_s"})
_WHOLE = frozenset({"stop", "length"})


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody thought of the answers; `open` where only a note was written."""

    result: Result
    chosen: str = ""
    """The model of the answer that was picked."""
    over: tuple[str, ...] = ()
    """The models of the others."""
    at: datetime | None = None
    note: str = ""
    answer_at: datetime | None = None
    """The time of the answer that was picked."""

    def is_for(self, answer: Alternative) -> bool:
        """Whether `answer` is the one that was picked."""
        said = answer.message
        if self.result != "chosen" or (said.model or "") != self.chosen:
            return False
        return self.answer_at is None or self.answer_at == said.timestamp


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer took; None is unknown."""

    first_token_ms: float | None = None
    latency_ms: float | None = None
    tokens: int | None = None
    cost: int | None = None
    tokens_per_s: float | None = None
    is_whole: bool = False
    """Whether it came to its own end: one that was cut off early is not the fastest."""


def verdict(turn: Turn) -> Verdict | None:
    """The verdict on a turn's answers, as far as it can be understood; None where there is none."""
    kept = turn.extra.get(KEY)
    if not isinstance(kept, dict):
        return None
    chosen, result, over = _text(kept, "chosen"), kept.get("result"), kept.get("over")
    others = [name for name in over if isinstance(name, str)] if isinstance(over, list) else []
    note = _text(kept, "note")
    named: Result = result if result in ("tie", "none") else "chosen" if chosen else "open"
    if named == "open" and not note:
        return None
    return Verdict(
        result=named,
        chosen=chosen if named == "chosen" else "",
        over=tuple(others),
        at=_time(kept, "at"),
        note=note,
        answer_at=_time(kept, "answer_at"),
    )


def choose(turn_id: str, index: int, now: datetime, note: str | None = None) -> Change:
    """Make the answer at `index` of `answers` stand, and keep that it was preferred. A note that was
    written before stays where none is given."""

    def change(turn: Turn) -> Turn:
        found = answers(turn)
        if not 0 <= index < len(found):
            return turn
        chosen = found[index]
        over = [_model(answer) for n, answer in enumerate(found) if n != index]
        pairs = {"chosen": _model(chosen), "over": over}
        if chosen.message.timestamp is not None:
            pairs["answer_at"] = format_time(chosen.message.timestamp)
        is_standing = chosen == standing_answer(turn)
        standing = turn if is_standing else with_chosen(turn, index)
        return _with_verdict(standing, pairs, now, note)

    return _of_turn(turn_id, change)


def call_even(
    turn_id: str, now: datetime, *, is_any_good: bool = True, note: str | None = None
) -> Change:
    """Keep that no answer is better than the others: a tie, or that none of them is any good."""

    def change(turn: Turn) -> Turn:
        pairs = {
            "result": "tie" if is_any_good else "none",
            "over": [_model(answer) for answer in answers(turn)],
        }
        return _with_verdict(turn, pairs, now, note)

    return _of_turn(turn_id, change)


def note_verdict(turn_id: str, note: str, now: datetime) -> Change:
    """Write a note to the verdict, or one that waits for it; an empty one takes it away."""

    def change(turn: Turn) -> Turn:
        kept = turn.extra.get(KEY)
        pairs = dict(kept) if isinstance(kept, dict) else {}
        if not note and not (pairs.get("chosen") or pairs.get("result")):
            return msgspec.structs.replace(
                turn, extra={key: value for key, value in turn.extra.items() if key != KEY}
            )
        return _with_verdict(turn, pairs, now, note)

    return _of_turn(turn_id, change)


def figures(answer: Alternative) -> Figures:
    """What an answer took."""
    tokens = answer.usage.completion_tokens if answer.usage else None
    return Figures(
        first_token_ms=answer.first_token_ms,
        latency_ms=answer.latency_ms,
        tokens=tokens,
        cost=answer.cost,
        tokens_per_s=_speed(tokens, answer.latency_ms, answer.first_token_ms),
        is_whole=answer.finish in _WHOLE,
    )


def best(all_figures: Sequence[Figures]) -> tuple[frozenset[str], ...]:
    """For each answer the names of the figures in which it is the best; none where all are alike."""
    marked: list[set[str]] = [set() for _ in all_figures]
    for name in FIGURES:
        known = [
            (number, value)
            for number, entry in enumerate(all_figures)
            if entry.is_whole and (value := getattr(entry, name)) is not None
        ]
        values = {value for _, value in known}
        if len(values) < 2:
            continue
        wanted = max(values) if name in _MORE_IS_BETTER else min(values)
        for number, value in known:
            if value == wanted:
                marked[number].add(name)
    return tuple(map(frozenset, marked))


def _speed(tokens: int | None, latency_ms: float | None, first_ms: float | None) -> float | None:
    """Tokens a second, from the first one on where its time is known."""
    if not tokens or latency_ms is None:
        return None
    spent = latency_ms - first_ms if first_ms is not None and first_ms < latency_ms else latency_ms
    return tokens * 1000 / spent if spent > 0 else None


def _of_turn(turn_id: str, change: Callable[[Turn], Turn]) -> Change:
    def changed(session: Session) -> Session:
        turn = session.turn(turn_id)
        after = None if turn is None else change(turn)
        return session if after is None or after is turn else session.with_turn(after)

    return changed


def _with_verdict(turn: Turn, pairs: dict[str, Any], now: datetime, note: str | None) -> Turn:
    before = turn.extra.get(KEY)
    kept = before if isinstance(before, dict) else {}
    said = _text(kept, "note") if note is None else note
    whole = {**pairs, "at": format_time(now), "note": said}
    return msgspec.structs.replace(turn, extra={**turn.extra, KEY: whole})


def _model(answer: Alternative) -> str:
    return answer.message.model or ""


def _text(kept: dict[str, Any], key: str) -> str:
    value = kept.get(key)
    return value if isinstance(value, str) else ""


def _time(kept: dict[str, Any], key: str) -> datetime | None:
    value = kept.get(key)
    return parse_time(value) if isinstance(value, str) else None

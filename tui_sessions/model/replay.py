"""A session as it was written, in time: what had been said after so many seconds. Pure.

The pace is that of the session: its pauses (long ones shortened), the wait for the first word, and each
answer spread evenly over the time it took. What no file tells is taken as a plain reading speed.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import msgspec

from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn

LONGEST_PAUSE_S = 3.0
"""Between two turns lie coffee breaks and nights; nobody wants to see those again."""
SHORTEST_PAUSE_S = 0.8
FIRST_WORD_S = 0.5
"""Where the wait is not known."""
CHARACTERS_A_SECOND = 250.0
"""Where the time of an answer is not known: about 60 tokens a second."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How far a session had come: `turns` whole ones, then perhaps one whose prompt stands and of whose
    thinking and text so many characters are there."""

    turns: int
    is_answering: bool = False
    thought: int = 0
    said: int = 0


@dataclass(frozen=True, slots=True)
class _Span:
    """One turn in time, in seconds from the beginning."""

    prompt_at: float
    first_at: float
    end: float
    thought: int
    said: int


class Replay:
    """The times of a session's turns."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._spans: list[_Span] = []
        at, before = 0.0, None
        for turn in session.turns:
            at += _pause(before, turn)
            span = _span(turn, at)
            self._spans.append(span)
            at, before = span.end, turn
        self._starts = [span.prompt_at for span in self._spans]
        self.seconds = at
        """How long the whole takes."""

    def at(self, seconds: float) -> Moment:
        """How far it had come after so many seconds."""
        index = bisect_right(self._starts, seconds) - 1
        if index < 0:
            return Moment(0)
        span = self._spans[index]
        if seconds >= span.end:
            return Moment(index + 1)
        length, done = span.end - span.first_at, seconds - span.first_at
        characters = span.thought + span.said
        shown = int(characters * done / length) if length > 0 and done > 0 else 0
        thought = min(span.thought, shown)
        return Moment(index, True, thought, shown - thought)

    def beginning_of(self, turn: int) -> float:
        """When the prompt of a turn (counted from 0) stood there; the end, where there is none."""
        return self._starts[turn] if turn < len(self._starts) else self.seconds

    def step(self, seconds: float, step: int) -> float:
        """The next or former place to stop at: the prompts, and the ends of the answers."""
        stops = [0.0]
        for span in self._spans:
            stops += [span.prompt_at, span.end]
        if step > 0:
            return next((stop for stop in stops if stop > seconds + 1e-6), self.seconds)
        return next((stop for stop in reversed(stops) if stop < seconds - 1e-6), 0.0)

    def shown(self, moment: Moment) -> Session:
        """The session as it stood at that moment; an answer that is being given is left out."""
        turns = self.session.turns[: moment.turns]
        if moment.is_answering:
            turn = self.session.turns[moment.turns]
            turns = (*turns, _asked(turn))
        return msgspec.structs.replace(self.session, turns=turns)


def _asked(turn: Turn) -> Turn:
    """A turn before its answer came."""
    answer = turn.answer
    return msgspec.structs.replace(
        turn,
        messages=tuple(message for message in turn.messages if message is not answer),
        alternatives=(),
        usage=None,
        latency_ms=None,
        first_token_ms=None,
        cost=None,
        price=None,
        finish=None,
        error=None,
    )


def _span(turn: Turn, at: float) -> _Span:
    answer = turn.answer
    if answer is None:
        return _Span(at, at, at, 0, 0)
    thought, said = len(answer.reasoning or ""), len(answer.text)
    whole = (thought + said) / CHARACTERS_A_SECOND
    if turn.latency_ms is not None and turn.latency_ms > 0:
        whole = turn.latency_ms / 1000
    wait = FIRST_WORD_S if turn.first_token_ms is None else turn.first_token_ms / 1000
    wait = max(0.0, min(wait, whole))
    if turn.latency_ms is None:
        whole += wait
    return _Span(at, at + wait, at + whole, thought, said)


def _pause(before: Turn | None, turn: Turn) -> float:
    """How long nobody said anything before a turn, as far as that is worth waiting for."""
    if before is None:
        return 0.0
    ended, began = _time(before.answer), _time(turn.prompt)
    if ended is None or began is None:
        return SHORTEST_PAUSE_S
    return max(SHORTEST_PAUSE_S, min(LONGEST_PAUSE_S, began - ended))


def _time(message: Message | None) -> float | None:
    if message is None or message.timestamp is None:
        return None
    return message.timestamp.timestamp()

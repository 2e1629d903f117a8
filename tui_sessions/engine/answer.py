"""One answer while it arrives: the text so far and its figures. Knows no disk, no network, no loop."""

from __future__ import annotations

from datetime import datetime

from tui_sessions.engine.events import AnswerSoFar, TextArrived
from tui_sessions.model.ids import new_id
from tui_sessions.model.message import Message
from tui_sessions.model.money import Price
from tui_sessions.model.turn import Alternative
from tui_sessions.model.usage import Usage

SENT_PAIRS = "context_pairs"
"""In an answer's `extra`: how many earlier pairs it was asked with, where there was no room for the others."""


class Answer:
    """Collects pieces; gives each its offset, and at any time the whole as a value."""

    def __init__(
        self,
        session_id: str,
        turn_id: str,
        model: str,
        *,
        before: Alternative | None = None,
        persona: str | None = None,
    ) -> None:
        self.id = new_id()
        self.session_id = session_id
        self.turn_id = turn_id
        self.model = model
        self.waiting: str | None = None
        self.waits_until_ms = 0.0
        """When it is asked again, counted from its beginning."""
        self.usage: Usage | None = None
        self.charged: int | None = None
        """Nano-dollars, where the server itself told."""
        self.left_out = 0
        """Earlier pairs that did not go along because there was no room."""
        self.sent_pairs = 0
        """Those that did, where others did not."""
        self.finish: str | None = None
        self.first_token_ms: float | None = None
        self.before = before
        """What is being continued."""
        self._persona = persona
        said = before.message if before else None
        self._text = [said.text] if said and said.text else []
        self._reasoning = [said.reasoning] if said and said.reasoning else []
        self._text_length = sum(map(len, self._text))
        self._reasoning_length = sum(map(len, self._reasoning))

    def take(self, piece: str, *, is_reasoning: bool) -> TextArrived:
        """Add a piece; the event tells where it belongs."""
        self.waiting = None
        pieces = self._reasoning if is_reasoning else self._text
        offset = self._reasoning_length if is_reasoning else self._text_length
        pieces.append(piece)
        if is_reasoning:
            self._reasoning_length += len(piece)
        else:
            self._text_length += len(piece)
        return TextArrived(
            session_id=self.session_id,
            turn_id=self.turn_id,
            answer_id=self.id,
            offset=offset,
            text=piece,
            is_reasoning=is_reasoning,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come."""
        return not self._text and not self._reasoning

    def so_far(self, elapsed_ms: float) -> AnswerSoFar:
        """What a listener who comes late needs."""
        left_s = max(0.0, self.waits_until_ms - elapsed_ms) / 1000
        return AnswerSoFar(
            session_id=self.session_id,
            turn_id=self.turn_id,
            answer_id=self.id,
            text="".join(self._text),
            reasoning="".join(self._reasoning),
            model=self.model,
            waiting=self.waiting,
            wait_s=None if self.waiting is None else left_s,
            first_token_ms=self.first_token_ms,
            elapsed_ms=round(elapsed_ms, 1),
            is_continued=self.before is not None,
        )

    def outcome(
        self,
        *,
        finish: str,
        error: str | None,
        latency_ms: float,
        now: datetime,
        priced: tuple[int | None, Price | None],
    ) -> Alternative:
        """The finished answer as a value; `priced` is what this request cost and by which price."""
        said = self.before.message if self.before else None
        extra = dict(said.extra) if said else {}
        if self._persona is not None:
            extra["persona"] = self._persona
        if self.left_out:
            extra[SENT_PAIRS] = self.sent_pairs
        message = Message(
            role="assistant",
            content="".join(self._text),
            timestamp=(said.timestamp if said else None) or now,
            model=self.model,
            reasoning="".join(self._reasoning) or None,
            extra=extra,
        )
        return Alternative(
            message=message,
            usage=self._all_usage(),
            latency_ms=round(latency_ms, 1),
            first_token_ms=self.first_token_ms,
            cost=priced[0],
            price=priced[1],
            finish=finish,
            error=error,
        )

    def _all_usage(self) -> Usage | None:
        """A continued answer used what its parts used, as far as that is known."""
        if self.before is None or self.before.usage is None:
            return self.usage
        return self.before.usage.plus(self.usage)

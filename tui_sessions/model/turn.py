"""One prompt with what answers it."""

from __future__ import annotations

from typing import Any

import msgspec

from tui_sessions.model.message import Message
from tui_sessions.model.money import Price, dollars
from tui_sessions.model.usage import Usage

FINISHES = ("stop", "length", "filter", "tool", "pause", "cancelled", "interrupted", "error")
CUT = frozenset({"length", "pause", "cancelled", "interrupted", "error"})
"""Ends after which an answer can be continued or tried again."""
INHERITED = "inherited"
"""In the `extra` of an answer of an own turn: it is the parent's, and counted there."""


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """Another answer to the same prompt."""

    message: Message
    usage: Usage | None = None
    latency_ms: float | None = None
    first_token_ms: float | None = None
    cost: int | None = None
    price: Price | None = None
    finish: str | None = None
    error: str | None = None
    extra: dict[str, Any] = {}

    def without_figures(self) -> Alternative:
        """The answer where it is not counted, what it used and cost noted beside the sums."""
        noted: dict[str, Any] = {}
        if self.usage is not None:
            counts = msgspec.structs.asdict(self.usage)
            noted["inherited_usage"] = {
                name: count
                for name, count in counts.items()
                if count is not None and name != "extra"
            }
        if self.cost is not None:
            noted["inherited_cost"] = dollars(self.cost)
        message, extra = _marked(self.message), {**self.extra, **noted}
        return msgspec.structs.replace(self, message=message, usage=None, cost=None, extra=extra)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt and its answer; `cost` (nano-dollars) is all the turn cost, alternatives included."""

    id: str
    messages: tuple[Message, ...] = ()
    usage: Usage | None = None
    latency_ms: float | None = None
    first_token_ms: float | None = None
    cost: int | None = None
    price: Price | None = None
    finish: str | None = None
    error: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    inherited: bool = False
    """Copied from the parent when the session branched: counted there, not here."""
    inherited_usage: Usage | None = None
    inherited_cost: int | None = None
    extra: dict[str, Any] = {}

    @property
    def prompt(self) -> Message | None:
        """The first message of the user."""
        return next((message for message in self.messages if message.role == "user"), None)

    @property
    def answer(self) -> Message | None:
        """The last message of the assistant."""
        return next((m for m in reversed(self.messages) if m.role == "assistant"), None)

    @property
    def is_cut(self) -> bool:
        """Whether the answer stopped before its end."""
        return self.finish in CUT

    def with_answer(self, answer: Message | None) -> Turn:
        """The turn with `answer` in place of its last assistant message, or after the prompt."""
        kept = list(self.messages)
        for index in range(len(kept) - 1, -1, -1):
            if kept[index].role == "assistant":
                kept[index : index + 1] = [] if answer is None else [answer]
                return msgspec.structs.replace(self, messages=tuple(kept))
        if answer is not None:
            kept.append(answer)
        return msgspec.structs.replace(self, messages=tuple(kept))

    def as_inherited(self) -> Turn:
        """The copy that a branch keeps: what it cost is moved aside so that no sum counts it twice."""
        if self.inherited:
            return self
        return msgspec.structs.replace(
            self,
            inherited=True,
            usage=None,
            cost=None,
            inherited_usage=self.usage,
            inherited_cost=self.cost,
        )

    def as_own(self) -> Turn:
        """An inherited turn that is asked anew here: what is paid for it from now on counts, and what the
        parent paid is noted beside the sums."""
        if not self.inherited:
            return self
        others = tuple(answer.without_figures() for answer in self.alternatives)
        own = self if self.answer is None else self.with_answer(_marked(self.answer))
        return msgspec.structs.replace(own, inherited=False, alternatives=others)


def _marked(answer: Message) -> Message:
    return msgspec.structs.replace(answer, extra={**answer.extra, INHERITED: True})

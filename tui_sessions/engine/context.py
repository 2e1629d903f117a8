"""What is sent: which of a session's earlier messages go along with a prompt. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.providers.base import ChatMessage, Request

CONTINUE = (
    "Your last answer was cut off. Continue it exactly where it stopped: "
    "do not repeat anything, do not comment on the interruption."
)


def request_for(session: Session, turn: Turn, *, model: str) -> Request:
    """The request for the prompt of `turn` with the turns before it, within the context window."""
    return _request(session, turn, model, ())


def request_to_continue(session: Session, turn: Turn, *, model: str) -> Request:
    """The request that asks for the rest of a cut answer.

    The cut text is sent as an answer with a word after it, not as a prefill: new models refuse those.
    """
    answer = turn.answer
    if answer is None or not answer.text:
        return request_for(session, turn, model=model)
    rest = (ChatMessage("assistant", answer.text), ChatMessage("user", CONTINUE))
    return _request(session, turn, model, rest)


def pairs_sent(session: Session) -> tuple[int, int]:
    """How many earlier pairs the next prompt takes along, and how many there are."""
    pairs = _pairs(session.turns)
    return len(_within(pairs, session.params.context_window)), len(pairs)


def _request(session: Session, turn: Turn, model: str, after: tuple[ChatMessage, ...]) -> Request:
    before = session.turns[: _index(session, turn.id)]
    pairs = _within(_pairs(before), session.params.context_window)
    prompt = ChatMessage("user", turn.prompt.text if turn.prompt else "")
    messages = tuple(message for pair in pairs for message in pair)
    return Request(
        model=model,
        messages=(*messages, prompt, *after),
        system=session.system,
        params=session.params,
    )


def _index(session: Session, turn_id: str) -> int:
    ids = [turn.id for turn in session.turns]
    return ids.index(turn_id) if turn_id in ids else len(ids)


def _pairs(turns: Sequence[Turn]) -> list[tuple[ChatMessage, ...]]:
    """One entry a turn that was answered; a prompt that got no answer is not sent again."""
    pairs = []
    for turn in turns:
        said = tuple(
            ChatMessage(message.role, message.text)
            for message in turn.messages
            if message.role in ("user", "assistant") and message.text.strip()
        )
        if any(message.role == "assistant" for message in said):
            pairs.append(said)
    return pairs


def _within(
    pairs: list[tuple[ChatMessage, ...]], window: int | None
) -> list[tuple[ChatMessage, ...]]:
    return pairs[-window:] if window else pairs


def context_used(session: Session) -> int | None:
    """Tokens of context that the last answer filled, as its server counted; None where unknown."""
    for turn in reversed(session.turns):
        usage = turn.inherited_usage if turn.inherited else turn.usage
        if usage is not None and usage.total is not None:
            return usage.total
    return None

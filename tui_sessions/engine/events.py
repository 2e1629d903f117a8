"""What happens to turns, as plain values: the screen and the command line listen to the same.

A turn may be answered several times at once; `answer_id` tells the answers apart while they run.
"""

from __future__ import annotations

import msgspec

from tui_sessions.model.turn import Alternative


class TurnStarted(msgspec.Struct, frozen=True, kw_only=True):
    """The prompt is on disk and the request for an answer is about to leave."""

    session_id: str
    turn_id: str
    answer_id: str
    model: str
    left_out: int = 0
    """Earlier pairs that do not go along because there is no room for them."""


class TextArrived(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of an answer. `offset` counts the characters of this kind that came before it, so that a
    listener who was told the answer so far can drop what it already has."""

    session_id: str
    turn_id: str
    answer_id: str
    offset: int
    text: str
    is_reasoning: bool = False


class TurnWaiting(msgspec.Struct, frozen=True, kw_only=True):
    """The request failed before any text and is tried again in `wait_s` seconds."""

    session_id: str
    turn_id: str
    answer_id: str
    reason: str
    wait_s: float
    attempt: int


class TurnEnded(msgspec.Struct, frozen=True, kw_only=True):
    """An answer is saved, whatever its end. `save_error` is set where saving itself failed: then the
    text is only in memory."""

    session_id: str
    turn_id: str
    answer_id: str
    finish: str
    error: str | None = None
    save_error: str | None = None
    outcome: Alternative | None = None
    """The answer as it was finished."""
    is_last: bool = True
    """Whether no other answer to the turn is still coming."""


class SessionChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A session's file was written, created, moved or deleted by us."""

    session_id: str


class AnswerRescued(msgspec.Struct, frozen=True, kw_only=True):
    """An answer is saved in another place than its session, which was deleted while it came."""

    session_id: str
    sentence: str
    """Where it is."""


class QueueChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The prompts that wait for their turn in a session are others, or are held, or go on."""

    session_id: str
    problem: str | None = None
    """Why the next one could not be sent; it still waits then."""


EngineEvent = (
    TurnStarted
    | TextArrived
    | TurnWaiting
    | TurnEnded
    | SessionChanged
    | AnswerRescued
    | QueueChanged
)


class AnswerSoFar(msgspec.Struct, frozen=True, kw_only=True):
    """What had arrived of a running answer when it was asked for."""

    session_id: str
    turn_id: str
    answer_id: str
    text: str = ""
    reasoning: str = ""
    model: str | None = None
    waiting: str | None = None
    """Why nothing comes yet, where a retry is waited for."""
    wait_s: float | None = None
    """How long it is still waited for; 0 where it is being asked again."""
    first_token_ms: float | None = None
    elapsed_ms: float = 0.0
    is_continued: bool = False
    """Whether it is the rest of an answer that stands in the turn."""

"""What stands between a prompt and its request: budgets, the model's context. Asked before anything is saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from tui_sessions.model.attachment import with_attachments
from tui_sessions.model.message import Message, Part
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona

TRIMMED = "trim"
"""What `allow` says where the oldest pairs are to be left out this once."""


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is about to be asked for."""

    session: Session
    """As it is sent: with the persona's system prompt and values, with the context window of this call."""
    turn: Turn
    """With the prompt; it need not be in the session yet."""
    model: str
    """`provider/name`."""
    is_rest: bool = False
    """Whether it is the rest of the answer that the turn has."""
    folder: str | None = None
    """Where the session will be kept, if it has no file yet; None: where its file lies."""


class Limit(Protocol):
    """One reason not to ask yet."""

    name: str
    """What `allow` names to pass it: `budget`, `context`."""

    def check(self, planned: Sequence[Planned]) -> None:
        """Raises the error that tells why these answers, asked for together, are not asked for."""
        ...


def plans(
    session: Session,
    prompt: str,
    models: Iterable[str],
    *,
    attachments: tuple[Part, ...] = (),
    persona: Persona | None = None,
    folder: str | None = None,
) -> list[Planned]:
    """The answers of `models` to a prompt that has no turn yet, in a session that may have no file yet."""
    message = Message(role="user", content=with_attachments(prompt, attachments))
    turn = Turn(id="", messages=(message,))
    heard = session if persona is None else persona.speaks_in(session)
    return [Planned(session=heard, turn=turn, model=model, folder=folder) for model in models]


def check(limits: Iterable[Limit], planned: Sequence[Planned], allow: Iterable[str]) -> None:
    """Raises the first limit's error that is not allowed to be passed."""
    allowed = frozenset(allow)
    for limit in limits:
        if limit.name not in allowed:
            limit.check(planned)

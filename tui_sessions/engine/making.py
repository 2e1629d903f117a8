"""Answers made ready to be asked for. Whatever can be refused is refused here, before anything is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.engine.answer import Answer
from tui_sessions.engine.context import request_for, request_to_continue
from tui_sessions.engine.events import TextArrived
from tui_sessions.engine.limits import Planned
from tui_sessions.engine.room import Context, sent_pairs
from tui_sessions.engine.run import Run
from tui_sessions.errors import ProviderError, UsageError
from tui_sessions.model.answers import standing_answer
from tui_sessions.model.attachment import with_attachments
from tui_sessions.model.ids import new_id
from tui_sessions.model.message import Message, Part
from tui_sessions.model.mime import is_text
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.model.turn import Turn
from tui_sessions.providers.base import ChatMessage, Provider
from tui_sessions.providers.registry import Providers, split_model

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona
    from tui_sessions.store.library import Library

MOST_AT_ONCE = 8
"""Models that are asked together."""


class Making:
    """Makes turns and runs; writes nothing."""

    def __init__(
        self,
        library: Library,
        providers: Providers,
        *,
        now: Clock,
        emit: Callable[[TextArrived], None],
        context: Context | None = None,
    ) -> None:
        self._library = library
        self._providers = providers
        self._now = now
        self._emit = emit
        self._context = context

    def turn(
        self,
        prompt: str,
        attachments: tuple[Part, ...],
        *,
        persona: Persona | None = None,
        turn_id: str | None = None,
    ) -> Turn:
        """A new turn with nothing but its prompt."""
        message = Message(
            role="user",
            content=with_attachments(prompt, attachments),
            timestamp=self._now(),
            # Also here, so that a prompt whose answer failed is answered by the same when it is asked again.
            extra={} if persona is None else {"persona": persona.name},
        )
        return Turn(id=turn_id or new_id(), messages=(message,))

    def run(
        self,
        session: Session,
        turn: Turn,
        model: str | None,
        persona: Persona | None,
        *,
        is_rest: bool = False,
        context_window: int | None = None,
        is_trimmed: bool = False,
    ) -> Run:
        """An answer to `turn`, which need not be in `session` yet, or the rest of the one it has.

        Raises `ProviderError` for a model that cannot be understood, an attachment that cannot be read or
        that its provider does not take. With `is_trimmed` the oldest pairs that do not fit into the
        model's context are left out.
        """
        full = _chosen(model or (persona.model if persona else None) or session.model)
        provider_name, name = split_model(full)
        provider = self._providers.get(provider_name)
        heard = session if persona is None else persona.speaks_in(session)
        if context_window is not None:
            params = msgspec.structs.replace(heard.params, context_window=context_window)
            heard = msgspec.structs.replace(heard, params=params)
        plan = Planned(session=heard, turn=turn, model=full, is_rest=is_rest)
        planned = self._context.fitted(plan, is_trimmed=is_trimmed) if self._context else plan
        ask = request_to_continue if is_rest else request_for
        request = ask(planned.session, turn, model=name, read=self._attached)
        if not is_rest:
            _check(provider, full, request.messages[-1])
        answer = Answer(
            session.id,
            turn.id,
            full,
            before=standing_answer(turn) if is_rest else None,
            persona=persona.name if persona else None,
        )
        run = Run(answer, request, provider_name, planned, self._emit)
        run.known = session.with_turn(turn)
        if planned is not plan:
            answer.sent_pairs = len(sent_pairs(planned))
            answer.left_out = len(sent_pairs(plan)) - answer.sent_pairs
        return run

    def several(
        self, session: Session, turn: Turn, models: Sequence[str], *, is_trimmed: bool = False
    ) -> list[Run]:
        """An answer of each model, as `run` makes it. Raises `UsageError` for none, or too many at once."""
        if not 1 <= len(models) <= MOST_AT_ONCE:
            raise UsageError(f"Name 1 to {MOST_AT_ONCE} models to answer at once.")
        return [self.run(session, turn, model, None, is_trimmed=is_trimmed) for model in models]

    def _attached(self, sha256: str) -> bytes:
        return self._library.attachments.read(sha256)


def _chosen(model: str | None) -> str:
    if not model:
        raise ProviderError(
            "No model is chosen. Choose one (ctrl+l, or --model provider/name).", kind="model"
        )
    return model


def _check(provider: Provider, model: str, prompt: ChatMessage) -> None:
    """Raises `ProviderError` for the first attachment that would not be taken."""
    together = 0
    for file in prompt.attachments:
        size = len(file.data)
        together += 0 if is_text(file.mime) else size
        why = provider.refuses(file.mime, size if is_text(file.mime) else together)
        if why:
            name = clean_line(file.name) or "A file without a name"
            raise ProviderError(
                f"{name} cannot be sent to {clean_line(model)}: {why}", kind="attachment"
            )

"""What `ask` does with a prompt that would overflow the model's context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_sessions.cli.call import Call
from tui_sessions.errors import ContextError, TuiSessionsError
from tui_sessions.model.message import Part
from tui_sessions.model.session import Session

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona

SMALLEST = 2_000
"""Characters that fit into any context: for less, no size is looked up."""


def fitting(
    call: Call,
    session: Session,
    prompt: str,
    *,
    model: str | None,
    attachments: tuple[Part, ...] = (),
    persona: Persona | None = None,
) -> tuple[str, ...]:
    """What to allow the engine. Asks at a terminal; elsewhere it is sent as it is, with a warning, because
    nobody can be asked and the estimate may be wrong. Raises `ContextError` where it is not to be sent."""
    from tui_sessions.engine.limits import TRIMMED, plans
    from tui_sessions.engine.room import SEND, TRIM

    model, when_full = model or session.model, call.services.config.chat.when_full
    if model is None or when_full in (SEND, TRIM) or _is_small(session, prompt, attachments):
        if when_full == TRIM:
            _look_up(call, model)
        return ()
    _look_up(call, model)
    plan = plans(session, prompt, [model], attachments=attachments, persona=persona)
    try:
        call.services.context.check([call.services.context.fitted(one) for one in plan])
    except ContextError as problem:
        gone = problem.there - problem.pairs
        if not call.console.can_ask:
            other = " (--set chat.when_full=trim leaves out the oldest)" if problem.pairs else ""
            call.console.say(f"{problem} It is sent as it is{other}.")
            return ("context",)
        if gone and call.console.confirm(f"{problem} Leave out the oldest {gone:,} this time?"):
            return (TRIMMED,)
        question = "Send it as it is?" if gone else f"{problem} Send it as it is?"
        if call.console.confirm(question):
            return ("context",)
        raise ContextError(
            "Nothing was sent.", pairs=problem.pairs, there=problem.there
        ) from problem
    return ()


def _is_small(session: Session, prompt: str, attachments: tuple[Part, ...]) -> bool:
    """Whether there is no need to count."""
    if attachments:
        return False
    texts = (m.text for turn in session.turns for m in turn.messages)
    return len(prompt) + len(session.system or "") + sum(map(len, texts)) < SMALLEST


def _look_up(call: Call, model: str | None) -> None:
    """The size of the model's context; the engine itself takes it only from where it is at hand."""
    if model is not None:
        try:
            call.services.prices.context_tokens(model)
        except TuiSessionsError as problem:
            call.console.say(str(problem))

"""What the readable formats say about a session and its turns: labels and values, no layout."""

from __future__ import annotations

from tui_sessions.model.charges import turn_cost
from tui_sessions.model.display import (
    shown_cost,
    shown_count,
    shown_duration,
    shown_number,
    shown_priced,
    shown_time,
)
from tui_sessions.model.message import Message
from tui_sessions.model.persona_name import persona_of
from tui_sessions.model.price_words import shown_sources
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

_WORDS = {
    "length": "cut at the length limit",
    "pause": "paused by the server",
    "filter": "stopped by the provider's filter",
    "tool": "stopped to call a tool",
    "cancelled": "stopped by the user",
    "interrupted": "interrupted",
    "error": "failed",
}


def title_of(session: Session) -> str:
    """The title on one clean line."""
    return " ".join(clean_line(session.shown_title).split())


def session_facts(session: Session) -> tuple[tuple[str, str], ...]:
    """Label and value, each on one clean line; what nobody set is left out, what is unknown is `?`."""
    totals = session.totals
    facts = [
        ("Session", session.id),
        ("Model", session.model or "?"),
        ("Created", shown_time(session.created_at)),
        ("Updated", shown_time(session.updated_at)),
        ("Status", session.status),
        ("Tags", ", ".join(session.meta.tags)),
        ("Project", session.meta.project or ""),
        ("Branch of", _parent(session)),
        ("Turns", shown_count(len(session.turns))),
        ("Tokens", _tokens(totals)),
        ("Cost", shown_priced(session.cost)),
        ("Prices", shown_sources(session)),
        ("Mean latency", shown_duration(mean_latency_ms(session))),
    ]
    return tuple((label, clean_line(value)) for label, value in facts if value)


def mean_latency_ms(session: Session) -> float | None:
    """The mean time of the session's own answers, None where none is known."""
    times = [turn.latency_ms for turn in session.turns if turn.latency_ms is not None]
    return sum(times) / len(times) if times else None


def usage_of(turn: Turn) -> Usage | None:
    """The turn's tokens, those of an inherited turn included."""
    return turn.inherited_usage if turn.inherited else turn.usage


def cost_of(turn: Turn) -> int | None:
    """The turn's cost in nano-dollars, that of an inherited turn included."""
    return turn.inherited_cost if turn.inherited else turn.cost


def shown_cost_of(turn: Turn) -> str:
    """The turn's cost in words, with `≥` where that of one of its answers is unknown."""
    return shown_cost(turn.inherited_cost if turn.inherited else turn_cost(turn))


def turn_facts(turn: Turn) -> tuple[str, ...]:
    """Tokens, cost and time of a turn, then what was unusual about it."""
    facts = [_tokens(usage_of(turn)) + " tokens", shown_cost_of(turn)]
    facts.append(shown_duration(turn.latency_ms))
    if turn.inherited:
        facts.append("counted in the parent")
    if turn.alternatives:
        facts.append(shown_number(len(turn.alternatives), "other answer") + " kept")
    if turn.is_cut:
        facts.append(_WORDS.get(turn.finish or "", turn.finish or ""))
    if turn.error:
        facts.append(clean_line(turn.error))
    return tuple(facts)


def message_facts(message: Message) -> tuple[str, ...]:
    """Who spoke, with which model, when; with whose voice, or to whom, where that is a persona."""
    who = clean_line(message.role).capitalize() or "?"
    facts = [who]
    if persona := persona_of(message):
        facts.append(f"@{clean_line(persona)}")
    if message.model:
        facts.append(clean_line(message.model))
    if message.timestamp is not None:
        facts.append(f"{message.timestamp.astimezone():%Y-%m-%d %H:%M:%S}")
    return tuple(facts)


def _tokens(usage: Usage | None) -> str:
    if usage is None:
        return "?"
    parts = f"{shown_count(usage.prompt_tokens)} in, {shown_count(usage.completion_tokens)} out"
    return f"{shown_count(usage.total)} ({parts})"


def _parent(session: Session) -> str:
    if session.parent is None:
        return ""
    return f"{session.parent.id} after turn {session.parent.turn}"

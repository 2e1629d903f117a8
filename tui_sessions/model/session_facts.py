"""The statistics of one session as labels and values: the same on the screen and on the command line."""

from __future__ import annotations

from tui_sessions.model.display import (
    shown_count,
    shown_duration,
    shown_number,
    shown_priced,
    shown_time,
)
from tui_sessions.model.session_statistics import SessionStatistics
from tui_sessions.model.statistics_words import shown_tokens
from tui_sessions.model.text import clean_line


def session_fact_words(session: SessionStatistics) -> tuple[tuple[str, str], ...]:
    """Label and value; what is unknown is `?`, what nobody has is left out."""
    sum = session.sum
    others = (
        f", {shown_number(session.alternatives, 'other answer')}" if session.alternatives else ""
    )
    inherited = (
        f", {session.inherited:,} of the parent and counted there" if session.inherited else ""
    )
    facts = [
        ("Title", clean_line(session.title)),
        ("Session", clean_line(session.session_id)),
        ("Messages", f"{shown_count(session.messages)} · {_roles(session)}"),
        ("Turns", f"{shown_count(session.turns)}{inherited}{others}"),
        ("Files", shown_count(session.files) if session.files else ""),
        ("Tokens", shown_tokens(sum) if sum.answers else "0"),
        *_kinds(session),
        ("Cost", shown_priced(sum.cost)),
        ("Errors", shown_count(sum.errors) if sum.errors else ""),
        ("Mean response time", shown_duration(session.mean_ms)),
        ("Median response time", shown_duration(session.median_ms)),
        ("First token, median", shown_duration(session.first_token_ms)),
        ("Duration", shown_duration(session.duration_ms)),
        ("First message", shown_time(session.first_at)),
        ("Last message", shown_time(session.last_at)),
    ]
    return tuple((label, value) for label, value in facts if value)


def _roles(session: SessionStatistics) -> str:
    return (
        ", ".join(f"{count:,} {clean_line(role) or '?'}" for role, count in session.by_role)
        or "none"
    )


def _kinds(session: SessionStatistics) -> list[tuple[str, str]]:
    """Tokens by kind, as far as any are known."""
    sum = session.sum
    if not sum.answers or sum.unknown_tokens >= sum.answers:
        return []
    kinds = [("Tokens in", sum.prompt_tokens), ("Tokens out", sum.completion_tokens)]
    more = (("Cached", sum.cached_tokens), ("Reasoning", sum.reasoning_tokens))
    return [(label, shown_count(count)) for label, count in (*kinds, *(m for m in more if m[1]))]

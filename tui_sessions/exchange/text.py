"""Sessions as plain text: to read, to mail, to grep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui_sessions.exchange.facts import message_facts, session_facts, title_of, turn_facts
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn

suffix = ".txt"
label = "Text"

_RULE = "=" * 60


def export(sessions: Sequence[Session]) -> bytes:
    """One text, an empty line and a rule before each session."""
    return "\n\n".join(map(document, sessions)).encode("utf-8", "replace")


def document(session: Session) -> str:
    """One session, with a newline at its end."""
    lines = [_RULE, title_of(session), _RULE]
    lines += [f"{label}: {value}" for label, value in session_facts(session)]
    if session.system:
        lines.append(f"System: {session.system}")
    for number, turn in enumerate(session.turns, 1):
        lines += ["", *turn_lines(number, turn)]
    return "\n".join(lines) + "\n"


def turn_lines(number: int, turn: Turn) -> Iterator[str]:
    """The messages of a turn, then what it used and cost. Contents are raw."""
    for message in turn.messages:
        yield f"[{number}] " + ", ".join(message_facts(message))
        if message.reasoning:
            yield from (f"  | {line}".rstrip() for line in message.reasoning.splitlines())
        yield message.text
        yield ""
    yield f"    Turn {number}: " + " · ".join(turn_facts(turn))

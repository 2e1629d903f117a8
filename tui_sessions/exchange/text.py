"""Sessions as plain text: to read, to mail, to grep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tui_sessions.exchange.facts import message_facts, session_facts, title_of, turn_facts
from tui_sessions.model.attachment import blocks
from tui_sessions.model.message import Part
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


def turn_lines(
    number: int, turn: Turn, *, missing: Callable[[Part], bool] = lambda part: False
) -> Iterator[str]:
    """The messages of a turn, then what it used and cost. Contents are raw; attachments are named, with
    a word where they are `missing`."""
    for message in turn.messages:
        yield f"[{number}] " + ", ".join(message_facts(message))
        if message.reasoning:
            yield from (f"  | {line}".rstrip() for line in message.reasoning.splitlines())
        for text, part in blocks(message):
            if part is None:
                yield text
            else:
                yield f"[attached: {text}{', not in this library' if missing(part) else ''}]"
        yield ""
    yield f"    Turn {number}: " + " · ".join(turn_facts(turn))

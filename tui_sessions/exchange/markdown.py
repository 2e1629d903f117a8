"""Sessions as Markdown to read and publish: contents stand as they came, all else is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tui_sessions.exchange.facts import message_facts, session_facts, title_of, turn_facts
from tui_sessions.model.attachment import blocks
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn

suffix = ".md"
label = "Markdown"

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)")


def export(sessions: Sequence[Session]) -> bytes:
    """One document, a rule between two sessions."""
    return "\n---\n\n".join(map(document, sessions)).encode("utf-8", "replace")


def document(session: Session) -> str:
    """One session, with a newline at its end."""
    blocks = [f"# {_escaped(title_of(session))}"]
    blocks.append("\n".join(f"- **{k}:** {_escaped(v)}" for k, v in session_facts(session)))
    if session.system:
        blocks.append("**System prompt:**\n\n" + _quoted(session.system))
    for number, turn in enumerate(session.turns, 1):
        blocks += _turn(number, turn)
    return "\n\n".join(blocks) + "\n"


def open_fence(text: str) -> str:
    """The fence that `text` leaves open at its end ("" where none is): cut answers often do."""
    fence = ""
    for line in text.splitlines():
        match = _FENCE.match(line)
        if match is None:
            continue
        if not fence:
            fence = match["fence"]
        elif match["fence"].startswith(fence) and not match["info"].strip():
            fence = ""
    return fence


def _turn(number: int, turn: Turn) -> Iterator[str]:
    yield f"## Turn {number}"
    for message in turn.messages:
        yield "### " + " · ".join(map(_escaped, message_facts(message)))
        yield from _message(message)
    yield "*" + " · ".join(map(_escaped, turn_facts(turn))) + "*"


def _message(message: Message) -> Iterator[str]:
    if message.reasoning:
        # A stray end tag in the text would unfold the rest of the document.
        thoughts = _closed(message.reasoning).replace("</details", "&lt;/details")
        yield f"<details>\n<summary>Reasoning</summary>\n\n{thoughts}\n\n</details>"
    for text, attached in blocks(message):
        yield _closed(text) if attached is None else f"*Attached: {_escaped(text)}*"


def _closed(text: str) -> str:
    """`text`, followed by the end of a code block that it leaves open: else it swallows what follows."""
    fence = open_fence(text)
    if not fence:
        return text
    return text + ("" if text.endswith("\n") else "\n") + fence


def _escaped(line: str) -> str:
    return _SPECIAL.sub(r"\\\1", line)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())

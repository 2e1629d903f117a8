"""Whose name an answer bears, and who answers in a session until further notice."""

from __future__ import annotations

from tui_sessions.model.message import Message
from tui_sessions.model.session import Session

STANDING = "persona"
"""The key of a session's `meta` that names who answers there; messages have one of that name, too."""


def standing_name(session: Session) -> str:
    """The name of who answers in the session until further notice; "" for its own model."""
    name = session.meta.extra.get(STANDING)
    return name.strip().removeprefix("@") if isinstance(name, str) else ""


def persona_of(message: Message) -> str:
    """The persona that was asked, or that answered; "" for none."""
    name = message.extra.get(STANDING)
    return name if isinstance(name, str) else ""

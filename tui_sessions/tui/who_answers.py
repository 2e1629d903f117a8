"""Who answers the open session's next prompt, and with what: for the borders of the panes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.context_limit import context_limit
from tui_sessions.model.display import shown_short_count
from tui_sessions.model.params import summary
from tui_sessions.model.persona_name import standing_name
from tui_sessions.model.session import Session

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona


def answering(session: Session, standing: Callable[[], Persona | None]) -> str:
    """`@apollo · openai/gpt-4o · temperature 0.3`: as much of it as is so. `standing` finds the persona, and is
    only asked where the session names one; sending says what is wrong with it."""
    name, model = standing_name(session), session.model
    if name:
        try:
            persona = standing()
        except TuiSessionsError:
            persona, model = None, "?"
        if persona is not None:
            session, model = persona.speaks_in(session), persona.model or model
    tokens = context_limit(session.params)
    window = "" if tokens is None else f"window {shown_short_count(tokens)} tok"
    parts = (f"@{name}" if name else "", model or "no model", summary(session.params), window)
    return " · ".join(filter(None, parts))


def titled(session: Session, title: str) -> str:
    """The title with who answers until further notice."""
    name = standing_name(session)
    return f"{title} · @{name}" if name else title

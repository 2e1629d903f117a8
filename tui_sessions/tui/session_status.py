"""What the line below a conversation tells: context filled, tokens used, money spent. Pure."""

from __future__ import annotations

from tui_sessions.model.display import shown_priced, shown_share, shown_short_count
from tui_sessions.model.session import Session


def session_status(session: Session, *, used: int | None, size: int | None) -> str:
    """`context 12k of 128k (9 %) · 3.4k tok · $0.0123`; `used` and `size` are tokens of context, None where
    nobody knows. Nothing for a session without a turn."""
    if not session.turns:
        return ""
    parts = []
    if used is not None:
        share = f" of {shown_short_count(size)} ({shown_share(used / size)})" if size else ""
        parts.append(f"context {shown_short_count(used)}{share}")
    parts.append(f"{shown_short_count(session.totals.total)} tok")
    parts.append(shown_priced(session.cost))
    return " · ".join(parts)

"""What cannot be edited about a session, as a few quiet lines."""

from __future__ import annotations

from tui_sessions.model.display import shown_time
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line

LABEL_WIDTH = 9


def facts(session: Session, file: str = "") -> str:
    """File, id, times, number of turns, where it branched, and what could not be understood."""
    inherited = sum(turn.inherited for turn in session.turns)
    pairs = [
        ("file", file),
        ("id", session.id),
        ("created", shown_time(session.created_at)),
        ("updated", shown_time(session.updated_at)),
        ("turns", f"{len(session.turns):,}" + (f", {inherited:,} shared" if inherited else "")),
    ]
    if session.parent is not None:
        pairs.append(("branch", f"of {session.parent.id}, turn {session.parent.turn}"))
    if session.is_read_only:
        pairs.append(("read-only", f"a newer version wrote it (format {session.format})"))
    lines = [f"{label.ljust(LABEL_WIDTH)}{clean_line(text)}" for label, text in pairs if text]
    if session.problems:
        lines += ["", "kept as it was, not understood"]
        lines += [f"· {clean_line(problem)}" for problem in session.problems[:20]]
    return "\n".join(lines)

"""What tidying up would do, in words: the same on the screen and on the command line."""

from __future__ import annotations

from tui_sessions.model.display import shown_number, shown_sessions, shown_size
from tui_sessions.model.upkeep import Due, Plan

NOTHING = "There is nothing to tidy up."
_WAYS = {"trash": "into the trash", "archive": "into the archive", "pause": "marked as paused"}


def due_words(due: Due, freed: int = 0) -> str:
    """`12 sessions not used since 2026-01-31 (3.4 MB) go into the archive, which frees about 2.9 MB.`"""
    what = []
    if due.rows:
        what.append(f"{shown_sessions(len(due.rows))} {due.why}")
    if due.damaged:
        what.append(f"{shown_number(len(due.damaged), 'file')} without a byte")
    size = f" ({shown_size(due.size)})" if due.size and due.deed != "pause" else ""
    verb = "is" if due.count == 1 else "are"
    verb = verb if due.deed == "pause" else ("goes" if due.count == 1 else "go")
    frees = f", which frees about {shown_size(freed)}" if freed else ""
    return f"{' and '.join(what)}{size} {verb} {_WAYS[due.deed]}{frees}."


def purge_words(plan: Plan) -> str:
    """What goes for good; "" where nothing does."""
    if not plan.purged:
        return ""
    count, size = len(plan.purged), shown_size(plan.purged_size)
    verb = "goes" if count == 1 else "go"
    return f"{shown_number(count, 'file')} in the trash ({size}) {verb} for good: too long there."


def spared_words(plan: Plan) -> str:
    """What stays though it is old enough; "" where nothing does."""
    if not plan.spared:
        return ""
    verb = "stays" if plan.spared == 1 else "stay"
    return f"{shown_sessions(plan.spared)} {verb}: pinned, starred, open or being answered."


def plan_lines(plan: Plan, freed: int = 0) -> list[str]:
    """All of it, a line each; `freed` is what the archive's packing gives back."""
    lines = [due_words(due, freed if due.deed == "archive" else 0) for due in plan.due]
    return [line for line in (*lines, purge_words(plan), spared_words(plan)) if line]

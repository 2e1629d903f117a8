"""How sessions stand in listings: `list`, what `search` finds, what a change would touch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tui_sessions.cli.call import Call
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.records import Column, Listing
from tui_sessions.model.display import shown_count, shown_priced, shown_time
from tui_sessions.model.money import Cost, known_dollars
from tui_sessions.model.results import SessionRow
from tui_sessions.model.times import format_time

SORTS = ("date", "updated", "title", "messages", "cost", "tokens", "turns")


def record(row: SessionRow) -> dict[str, Any]:
    """A session for json, jsonl and csv."""
    return {
        "id": row.id,
        "title": row.title,
        "provider": row.provider,
        "model": row.model,
        "message_count": row.messages,
        "turns": row.turns,
        "tokens": row.tokens,
        "cost": known_dollars(row.cost),
        "unknown_costs": row.cost.unknown,
        "tags": list(row.tags),
        "project": row.project,
        "created_at": iso_time(row.created_at),
        "updated_at": iso_time(row.updated_at),
        "path": row.path,
        "status": row.status,
        "pinned": row.is_pinned,
        "starred": row.is_starred,
        "branch_of": row.parent_id,
    }


def session_listing(sort: str = "date") -> Listing[SessionRow]:
    """The columns; the date is the one that is sorted by."""

    def moment(row: SessionRow) -> datetime | None:
        return row.updated_at if sort == "updated" else began(row)

    columns: tuple[Column[SessionRow], ...] = (
        Column(Heading("ID"), lambda row: row.id),
        Column(Heading("FILE", is_flexible=True, is_optional=True), lambda row: row.path),
        Column(
            Heading("UPDATED" if sort == "updated" else "DATE"),
            lambda row: shown_time(moment(row)),
        ),
        Column(Heading("TITLE", is_flexible=True), lambda row: row.title),
        Column(Heading("MODEL", is_flexible=True), lambda row: row.model or "?"),
        Column(Heading("TURNS", is_number=True), lambda row: str(row.turns)),
        Column(
            Heading("TOKENS", is_number=True),
            lambda row: shown_count(row.tokens),
            lambda row: "?" if row.tokens is None else str(row.tokens),
        ),
        Column(
            Heading("COST", is_number=True),
            lambda row: shown_priced(row.cost),
            lambda row: _plain_cost(row.cost),
        ),
    )
    return Listing(columns, record, lambda row: row.id)


def began(row: SessionRow) -> datetime | None:
    """When it began: many programs write no date, then that of the file stands in."""
    return row.created_at or row.updated_at


def iso_time(moment: datetime | None) -> str | None:
    """A time for programs."""
    return None if moment is None else format_time(moment)


def nothing_found(call: Call) -> str:
    """Why there is no session to show."""
    if call.library.count():
        return "No session matches."
    if call.library.damaged():
        return f"No file in {call.library.root} can be read as a session."
    return (
        f"There are no sessions in {call.library.root} yet. "
        'Start one: tui-sessions, or tui-sessions ask "your question".'
    )


def _plain_cost(cost: Cost) -> str:
    known = known_dollars(cost)
    return "?" if known is None else f"{known:.9f}".rstrip("0").rstrip(".")

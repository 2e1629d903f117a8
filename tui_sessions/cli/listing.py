"""`list`: sessions as rows, filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.damage import tell_damaged
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command, filter_options, filters_from, format_option
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.model.display import shown_cost, shown_count, shown_number, shown_time
from tui_sessions.model.money import Cost, dollars
from tui_sessions.model.results import SessionRow
from tui_sessions.model.times import format_time

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_SORTS = {"date": "created", "messages": "created"}
"""How the library calls it, where it has another name for it or none."""
_KEYS: dict[str, Callable[[SessionRow], Any]] = {
    "date": lambda row: _began(row) or _LONG_AGO,
    "messages": lambda row: row.messages,
}
"""What the library does not sort by. Many programs write no date: then that of the file is shown, and
counts, as for --since."""
_NEWEST = 10
_EXAMPLES = """
tui-sessions list
tui-sessions list --all --sort cost
tui-sessions list --since 7d --tag python --min-cost 0.05
tui-sessions list 'tag:python model:gpt -draft'
tui-sessions list --all --format json | jq length
"""


@click.command("list", cls=Command, examples=_EXAMPLES)
@click.argument("query", nargs=-1)
@click.option("-n", "--limit", type=click.IntRange(min=1), help="How many; 10 without it.")
@click.option("-a", "--all", "is_all", is_flag=True, help="All that match.")
@click.option(
    "--sort",
    type=click.Choice(("date", "updated", "title", "messages", "cost", "tokens", "turns")),
    default="date",
    help="Newest or biggest first, titles A-Z; date is the day it began.",
)
@click.option("--reverse", is_flag=True, help="The other way round.")
@filter_options
@format_option
@click.pass_obj
def list_command(
    call: Call,
    /,
    query: tuple[str, ...],
    limit: int | None,
    is_all: bool,
    sort: str,
    reverse: bool,
    format: str | None,
    **given: Any,
) -> int:
    """List sessions, the ten newest unless told otherwise. QUERY is what the filter box of the screen
    takes: words, tag:x, model:x, -not. How many there are goes to standard error."""
    filters = filters_from(call, given, words=" ".join(query))
    library = call.library
    found = library.rows(filters.query, sort=_SORTS.get(sort, sort), reverse=reverse)
    matching = [row for row in found if filters.matches(row)]
    if sort in _KEYS:
        matching.sort(key=_KEYS[sort], reverse=not reverse)
    shown = matching if is_all else matching[: limit or _NEWEST]
    if shown or format in ("json", "csv"):
        print_listing(call.console, _listing(sort), shown, format)
    call.console.flush()
    tell_damaged(call, "left as found", is_all=is_all)
    if not matching:
        call.console.say(_nothing(call))
        return 1
    more = "" if len(shown) == len(matching) else f", {len(shown)} shown: --all shows the others"
    call.console.say(f"{shown_number(len(matching), 'session')} found{more}.")
    return 0


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
        "cost": _known_dollars(row.cost),
        "unknown_costs": row.cost.unknown,
        "tags": list(row.tags),
        "project": row.project,
        "created_at": _time(row.created_at),
        "updated_at": _time(row.updated_at),
        "path": row.path,
        "status": row.status,
    }


def _listing(sort: str) -> Listing[SessionRow]:
    def moment(row: SessionRow) -> datetime | None:
        return row.updated_at if sort == "updated" else _began(row)

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
            lambda row: shown_cost(row.cost),
            lambda row: _plain_cost(row.cost),
        ),
    )
    return Listing(columns, record, lambda row: row.id)


def _began(row: SessionRow) -> datetime | None:
    return row.created_at or row.updated_at


def _known_dollars(cost: Cost) -> float | None:
    return None if cost.unknown and not cost.known else dollars(cost.nanousd)


def _plain_cost(cost: Cost) -> str:
    known = _known_dollars(cost)
    return "?" if known is None else f"{known:.9f}".rstrip("0").rstrip(".")


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)


def _nothing(call: Call) -> str:
    if call.library.rows():
        return "No session matches."
    if call.library.damaged():
        return f"No file in {call.library.root} can be read as a session."
    return (
        f"There are no sessions in {call.library.root} yet. "
        'Start one: tui-sessions, or tui-sessions ask "your question".'
    )

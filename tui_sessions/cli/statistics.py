"""`stats`: what answers cost, used and took: the numbers of the statistics screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import index_texts, query_from, refresh_option
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.options import Command, filter_options
from tui_sessions.errors import UsageError
from tui_sessions.model.statistics import DIMENSIONS

if TYPE_CHECKING:
    from tui_sessions.model.statistics import Scope

FORMATS = ("table", "json", "jsonl", "csv")
_PACED = ("model", "provider", "persona")
_EXAMPLES = """
tui-sessions stats
tui-sessions stats @last
tui-sessions stats --days 30 --by model
tui-sessions stats --since 2026-01-01 --by month --by model --format csv
tui-sessions stats --performance --days 90
tui-sessions stats --by session --top 10 --tag python
"""


@click.command("stats", cls=Command, examples=_EXAMPLES)
@click.argument("session", required=False, shell_complete=complete_sessions)
@click.option("--days", type=click.IntRange(min=1), help="Of the last N days, today included.")
@click.option(
    "--by",
    "dimensions",
    type=click.Choice(DIMENSIONS),
    multiple=True,
    metavar="WHAT",
    help=f"Break down by {', '.join(DIMENSIONS)}; repeatable.",
)
@click.option(
    "--performance", is_flag=True, help="How quickly models (or --by provider, persona) answer."
)
@click.option("--top", type=click.IntRange(min=1), help="Only so many, the dearest.")
@click.option("--query", "-q", "query_text", metavar="QUERY", help="Filters as one string.")
@filter_options
@refresh_option
@click.option(
    "--format",
    type=click.Choice(FORMATS),
    help="How to list; without it for reading on a terminal, tab-separated in a pipe.",
)
@click.pass_obj
def stats_command(
    call: Call,
    /,
    session: str | None,
    days: int | None,
    dimensions: tuple[str, ...],
    performance: bool,
    top: int | None,
    query_text: str | None,
    format: str | None,
    **given: Any,
) -> int:
    """Say what answers cost, used and took, in all or broken down. With a SESSION, say so of that one.
    --since and --until mean when answers were given, not when sessions began. What is unknown is not
    counted as nothing: $1.23 + 3 unpriced."""
    from tui_sessions.cli import statistics_tables as tables

    is_narrowed = bool(days or query_text or any(given.values()))
    if session is not None:
        if dimensions or performance or top or is_narrowed:
            raise UsageError("Name a session, or say of which and by what; not both.")
        return tables.print_session(call, session, format)
    scope = _scope(call, given, days, query_text or "")
    if performance:
        by = dimensions or ("model",)
        if len(by) > 1 or by[0] not in _PACED:
            raise UsageError(f"--performance goes by one of {', '.join(_PACED)}.")
        return tables.print_paces(call, scope, by[0], top, format)
    if len(dimensions) > 2:
        raise UsageError("--by can be said twice, not more often.")
    if dimensions:
        return tables.print_slices(call, scope, dimensions, top, format)
    return tables.print_totals(call, scope, top, format)


def _scope(call: Call, given: dict[str, Any], days: int | None, words: str) -> Scope:
    """What is counted. Raises `UsageError`."""
    import msgspec

    from tui_sessions.model.dates import parse_since, parse_until
    from tui_sessions.model.period import BY_NAME, days_back, scope_of
    from tui_sessions.model.times import midnight

    now = call.now()
    since, until = given.pop("since"), given.pop("until")
    query = query_from(call, {**given, "since": None, "until": None}, words)
    index_texts(call, query)
    scope = scope_of(query, BY_NAME["all"], now)
    if days is not None:
        if since or until:
            raise UsageError("Say --days, or --since and --until, not both.")
        first = midnight(days_back(now.astimezone().date(), days))
        scope = msgspec.structs.replace(scope, since=first)
    if since:
        scope = msgspec.structs.replace(scope, since=parse_since(since, now))
    if until:
        scope = msgspec.structs.replace(scope, until=parse_until(until, now))
    return scope

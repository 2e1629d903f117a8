"""`list`: sessions as rows, filtered and sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import index_texts, query_from, refresh_option
from tui_sessions.cli.damage import damaged_listing, tell_damaged
from tui_sessions.cli.options import Command, filter_options, format_option
from tui_sessions.cli.records import print_listing
from tui_sessions.cli.session_rows import SORTS, nothing_found, session_listing
from tui_sessions.model.display import shown_number

if TYPE_CHECKING:
    from tui_sessions.model.query import Query

_NEWEST = 10
_DAMAGED = ("is", "damaged", False)
_EXAMPLES = """
tui-sessions list
tui-sessions list --all --sort cost
tui-sessions list --since 7d --tag python --min-cost 0.05
tui-sessions list 'tag:python model:gpt cost:>0.05 -draft'
tui-sessions list 'is:pinned OR has:notes' --text "jwt auth"
tui-sessions list is:damaged
tui-sessions list --all --format json | jq length
"""


@click.command("list", cls=Command, examples=_EXAMPLES)
@click.argument("query", nargs=-1)
@click.option("-n", "--limit", type=click.IntRange(min=1), help="How many; 10 without it.")
@click.option("-a", "--all", "is_all", is_flag=True, help="All that match.")
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    default="date",
    help="Newest or biggest first, titles A-Z; date is the day it began.",
)
@click.option("--reverse", is_flag=True, help="The other way round.")
@filter_options
@refresh_option
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
    takes: words of the name, tag:x, model:x, cost:>0.05, is:pinned, text:word, a OR b, -not. How many
    there are goes to standard error."""
    wanted = query_from(call, given, " ".join(query))
    index_texts(call, wanted)
    if _means_damaged(wanted):
        return _print_damaged(call, wanted, format)
    most = None if is_all else limit or _NEWEST
    shown = call.library.rows(wanted, sort=sort, reverse=reverse, limit=most)
    matching = len(shown) if most is None or len(shown) < most else call.library.count(wanted)
    if shown or format in ("json", "csv"):
        print_listing(call.console, session_listing(sort), shown, format)
    call.console.flush()
    tell_damaged(call, "left as found", is_all=is_all)
    if not shown:
        call.console.say(nothing_found(call))
        return 1
    _tell_idle(call, wanted)
    more = "" if len(shown) >= matching else f", {len(shown):,} shown: --all shows the others"
    call.console.say(f"{shown_number(matching, 'session')} found{more}.")
    return 0


def _tell_idle(call: Call, query: Query) -> None:
    """Of the active ones that are listed, how many have been idle for longer than they may."""
    config = call.services.config.upkeep
    is_of_active = any(term.key == "status" and term.value == "active" for term in query.terms)
    if not (is_of_active and (config.idle_minutes or config.max_active)):
        return
    import msgspec

    from tui_sessions.config.expiry import expiry

    wanted = msgspec.structs.replace(
        expiry(config, call.now()), unused_since=None, trashed_before=None
    )
    plan = call.library.upkeep.plan(wanted, now=call.now)
    if plan:
        count = shown_number(plan.count, "session")
        call.console.say(f"{count} would be paused by now: tui-sessions cleanup --expired does it.")


def _means_damaged(query: Query) -> bool:
    """Whether no session can meet it, but files that are none."""
    return any(
        all((term.key, term.value, term.is_negated) == _DAMAGED for term in group)
        for group in query.groups
    )


def _print_damaged(call: Call, query: Query, format: str | None) -> int:
    damaged = [row for row in call.library.damaged() if query.matches_damaged(row)]
    if damaged or format in ("json", "csv"):
        print_listing(call.console, damaged_listing(), damaged, format)
    call.console.flush()
    if not damaged:
        call.console.say("No damaged file matches.")
        return 1
    call.console.say(
        f"{shown_number(len(damaged), 'damaged file')}, left as found. "
        "Mend them by hand, or put one into the trash: tui-sessions delete PATH"
    )
    return 0

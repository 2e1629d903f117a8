"""`budget`: what is spent of what may be spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import refresh_option
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command, format_option
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.model.display import shown_amount, shown_priced
from tui_sessions.model.money import dollars, known_dollars
from tui_sessions.model.text import clean_line

if TYPE_CHECKING:
    from tui_sessions.model.budget import Standing

_EXAMPLES = """
tui-sessions budget
tui-sessions budget k3v9
tui-sessions budget k3v9 2.50
tui-sessions budget @last off
"""
NONE = (
    'There is no budget yet. Write one into config.toml, as month = "100" below [budgets], '
    "or give a session its own: tui-sessions budget S 2.50"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A budget in the listing."""

    standing: Standing
    label: str
    session_id: str = ""
    """Where it is a session's own."""


@click.command("budget", cls=Command, examples=_EXAMPLES)
@click.argument("session", metavar="[S]", required=False, shell_complete=complete_sessions)
@click.argument("amount", metavar="[DOLLARS]", required=False)
@refresh_option
@format_option
@click.pass_obj
def budget_command(call: Call, session: str | None, amount: str | None, format: str | None) -> int:
    """List the budgets with what is spent: all of them, or those that concern the session S. With
    DOLLARS (2.50, "2.50, soft 2", off) give S a budget of its own."""
    if session is None:
        lines = _every(call)
    else:
        session_id = call.library.resolve(session)
        if amount is not None:
            _set(call, session_id, amount)
        lines = _of_session(call, session_id)
    if lines or format in ("json", "csv"):
        print_listing(call.console, _LISTING, lines, format)
    call.console.flush()
    each = () if session is not None else call.services.budgets.for_sessions()
    for budget in each:
        when = f" a {budget.period}" if budget.period else ""
        call.console.say(f"Each session without a budget of its own: {budget.shown}{when}.")
    if not lines and not each:
        call.console.say("No budget concerns this session." if session is not None else NONE)
        return 0 if amount is not None else 1
    return 0


def _of_session(call: Call, session_id: str) -> list[Line]:
    found = call.services.budgets.standing(call.library.load(session_id))
    return [
        Line(one, one.label, session_id if one.budget.kind == "session" else "") for one in found
    ]


def _every(call: Call) -> list[Line]:
    """Those of the configuration, then the sessions' own."""
    from tui_sessions.model.budget import KEY, Standing, row_budget
    from tui_sessions.model.query import Query, Term

    lines = [Line(one, one.label) for one in call.services.budgets.every()]
    for row in call.library.rows(Query.of(Term(f"meta.{KEY}", ""))):
        own = row_budget(row)
        if own is not None:
            standing = Standing(budget=own, spent=row.cost)
            lines.append(Line(standing, clean_line(row.title), row.id))
    return lines


def _set(call: Call, session_id: str, amount: str) -> None:
    from tui_sessions.cli.spending import budget_changes

    (change,) = budget_changes(amount)
    title = clean_line(call.library.row(session_id).title)
    call.library.history.edit((session_id,), change, f"budget of “{title}”")
    call.console.tell("Take it back: tui-sessions undo")


def _record(line: Line) -> dict[str, Any]:
    standing = line.standing
    share = standing.share
    return {
        "budget": standing.budget.scope,
        "session": line.session_id or None,
        "spent": known_dollars(standing.spent),
        "unknown_costs": standing.spent.unknown,
        "limit": _dollars(standing.hard),
        "soft_limit": _dollars(standing.soft),
        "share": None if share == float("inf") else round(share, 4),
        "state": standing.state,
    }


def _dollars(nano: int | None) -> float | None:
    return None if nano is None else dollars(nano)


def _shown(nano: int | None) -> str:
    return "–" if nano is None else shown_amount(nano)


def _plain(nano: int | None) -> str:
    return "" if nano is None else f"{dollars(nano):.9f}".rstrip("0").rstrip(".")


def _plain_spent(line: Line) -> str:
    known = known_dollars(line.standing.spent)
    return "?" if known is None else _plain(line.standing.spent.nanousd)


_COLUMNS: tuple[Column[Line], ...] = (
    Column(Heading("BUDGET", is_flexible=True), lambda line: line.label),
    Column(
        Heading("SPENT", is_number=True),
        lambda line: shown_priced(line.standing.spent),
        _plain_spent,
    ),
    Column(
        Heading("LIMIT", is_number=True),
        lambda line: _shown(line.standing.hard),
        lambda line: _plain(line.standing.hard),
    ),
    Column(
        Heading("SOFT", is_number=True),
        lambda line: _shown(line.standing.soft),
        lambda line: _plain(line.standing.soft),
    ),
    Column(Heading("SHARE", is_number=True), lambda line: line.standing.shown_share),
    Column(
        Heading("", is_optional=True),
        lambda line: "" if line.standing.state == "fine" else line.standing.state,
    ),
)
_LISTING: Listing[Line] = Listing(
    _COLUMNS, _record, lambda line: line.session_id or line.standing.budget.scope
)

"""`reprice`: costs for answers that have none, from the prices that are known today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tui_sessions.cli.bulk import INTERRUPTED
from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import query_from
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.layout import Heading, table_lines
from tui_sessions.cli.options import Command, filter_options
from tui_sessions.cli.progress import progress, stoppable
from tui_sessions.cli.records import print_object
from tui_sessions.errors import UsageError
from tui_sessions.model.display import shown_number, shown_priced, shown_sessions
from tui_sessions.model.money import known_dollars
from tui_sessions.model.reprice_words import KNOWN, SAME, left_words, sum_words

if TYPE_CHECKING:
    from tui_sessions.engine.repricing import Repricing
    from tui_sessions.model.reprice import Reckoning

_EXAMPLES = """
tui-sessions reprice --dry-run
tui-sessions reprice
tui-sessions reprice k3v9
tui-sessions reprice --since 2026-10-01 --model llama --yes
tui-sessions reprice --all --provider openrouter
"""


@click.command("reprice", cls=Command, examples=_EXAMPLES)
@click.argument("sessions", metavar="[S...]", nargs=-1, shell_complete=complete_sessions)
@click.option("-q", "--query", "query_text", metavar="QUERY", help="Filters as one string.")
@click.option(
    "--all", "is_anew", is_flag=True, help="Also what has a cost, even from the server itself."
)
@click.option("--dry-run", "is_dry", is_flag=True, help="Only show what would change.")
@click.option("-y", "--yes", "is_sure", is_flag=True, help="Do not ask.")
@click.option("--format", type=click.Choice(("text", "json")), default="text", show_default=True)
@filter_options
@click.pass_obj
def reprice_command(call: Call, /, sessions: tuple[str, ...], **given: Any) -> int:
    """Give answers without a known cost one, from prices.toml and the table of prices as they are today,
    each at the price of its own day; in the named sessions, in those that the filters choose, else in
    every one. Shows what would change first; `undo` takes it back."""
    from tui_sessions.engine.repricing import Repricing

    services = call.services
    work = Repricing(call.library, services.prices, now=services.now)
    ids = work.concerned(_ids(call, sessions, given), is_anew=given["is_anew"])
    found, is_stopped = _preview(call, work, ids, given)
    if given["format"] == "json":
        if not given["is_dry"] and not given["is_sure"]:
            raise UsageError("--format json goes with --dry-run or --yes.")
        print_object(call.console, _record(found))
    else:
        _print(call, found, is_anew=given["is_anew"])
    call.console.flush()
    if is_stopped:
        call.console.say("Stopped. Nothing was changed.")
        return INTERRUPTED
    if given["is_dry"] or not found.session_ids:
        return 0
    return _apply(call, work, found, given)


def _ids(call: Call, sessions: tuple[str, ...], given: dict[str, Any]) -> tuple[str, ...]:
    query = query_from(call, given, given["query_text"] or "")
    if sessions and not query.is_empty:
        raise UsageError("Name the sessions, or choose them by filters, not both.")
    if sessions:
        return tuple(dict.fromkeys(call.library.resolve(session) for session in sessions))
    return call.library.ids(query)


def _preview(
    call: Call, work: Repricing, ids: tuple[str, ...], given: dict[str, Any]
) -> tuple[Reckoning, bool]:
    with progress(call.console, "Reading") as report, stoppable() as stop:
        found = work.preview(ids, is_anew=given["is_anew"], progress=report, stop=stop)
        return found, stop()


def _apply(call: Call, work: Repricing, found: Reckoning, given: dict[str, Any]) -> int:
    ids, console = found.session_ids, call.console
    if not given["is_sure"]:
        if not console.can_ask:
            raise UsageError("Nobody can be asked here: add --yes, or --dry-run to look only.")
        if not console.confirm(f"Save this in {shown_sessions(len(ids))}?"):
            console.say("Nothing was changed.")
            return 1
    label = f"costs of {shown_sessions(len(ids))}"
    with progress(console, shown_number(len(ids), "session")) as report, stoppable() as stop:
        outcome = work.apply(ids, label, is_anew=given["is_anew"], progress=report, stop=stop)
        is_stopped = stop()
    for problem in outcome.problems:
        console.say(problem)
    back = " Take it back: tui-sessions undo" if outcome.done else ""
    console.say(f"{shown_sessions(outcome.done)} repriced.{back}")
    return INTERRUPTED if is_stopped and outcome.done < len(ids) else outcome.exit_code


def _print(call: Call, found: Reckoning, *, is_anew: bool) -> None:
    console = call.console
    if not found.models:
        console.line(SAME if is_anew else KNOWN)
        return
    headings = [
        Heading("MODEL", is_flexible=True),
        *(Heading(text, is_number=True) for text in ("PRICED", "LEFT", "BEFORE", "AFTER")),
    ]
    rows = [
        (
            model.model,
            f"{model.priced:,}",
            f"{model.left:,}",
            shown_priced(model.before),
            shown_priced(model.after),
        )
        for model in found.models
    ]
    head, *lines = table_lines(headings, rows, console.width if console.is_terminal else 10_000)
    console.heading(head)
    for line in (*lines, *left_words(found), sum_words(found)):
        console.line(line)


def _record(found: Reckoning) -> dict[str, Any]:
    return {
        "sessions": len(found.session_ids),
        "answers": found.priced,
        "cost_before": known_dollars(found.before),
        "unknown_before": found.before.unknown,
        "cost_after": known_dollars(found.after),
        "unknown_after": found.after.unknown,
        "models": [
            {
                "model": model.model,
                "priced": model.priced,
                "left": model.left,
                "cost_before": known_dollars(model.before),
                "cost_after": known_dollars(model.after),
            }
            for model in found.models
        ],
        "left": dict(found.left),
    }

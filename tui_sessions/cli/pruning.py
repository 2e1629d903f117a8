"""`prune`: old turns out of a session."""

from __future__ import annotations

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.options import Command
from tui_sessions.model.display import shown_number
from tui_sessions.model.text import clean_line
from tui_sessions.model.upkeep import keep_last as but_the_last


@click.command(
    "prune",
    cls=Command,
    examples="""
tui-sessions prune k3v9 --keep-last 10
tui-sessions prune k3v9 --keep-last 10 --branch
""",
)
@click.argument("session", metavar="S", shell_complete=complete_sessions)
@click.option(
    "--keep-last", metavar="N", type=click.IntRange(min=0), required=True, help="The turns to keep."
)
@click.option(
    "--branch", "is_branched", is_flag=True, help="Keep the whole conversation as a branch."
)
@click.option("--dry-run", "is_dry", is_flag=True, help="Only say what would go.")
@click.pass_obj
def prune_command(call: Call, session: str, keep_last: int, is_branched: bool, is_dry: bool) -> int:
    """Take all turns but the last N out of the session S. `undo` brings them back, also later; the file as
    it was stays among its versions."""
    library = call.library
    row = library.row(library.resolve(session))
    title, gone = clean_line(row.title), max(0, row.turns - keep_last)
    if not gone:
        call.console.say(f"{title!r} has {shown_number(row.turns, 'turn')}; nothing is to go.")
        return 0
    if is_dry:
        call.console.say(f"{shown_number(gone, 'turn')} of {row.turns:,} would go from {title!r}.")
        return 0
    if is_branched:
        branch = library.history.branch(row.id, row.turns, f"{row.title} (whole)")
        call.console.line(branch.id)
    outcome = library.history.edit((row.id,), but_the_last(keep_last), f"pruning of “{title}”")
    for problem in outcome.problems:
        call.console.say(problem)
    if outcome.done:
        call.console.say(
            f"{shown_number(gone, 'turn')} went from {title!r}. Take it back: tui-sessions undo"
        )
    return outcome.exit_code

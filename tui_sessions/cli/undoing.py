"""`undo`, `redo`, `history`: what was done to sessions, back and forth."""

from __future__ import annotations

import click

from tui_sessions.cli.bulk import INTERRUPTED
from tui_sessions.cli.call import Call
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command, format_option
from tui_sessions.cli.progress import progress, stoppable
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import AmbiguousError, NotFoundError
from tui_sessions.model.display import shown_time
from tui_sessions.model.steps import StepRow
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import format_time

_LATEST = 20
_ALL = 100_000
"""More than are ever kept."""


@click.command(
    "undo",
    cls=Command,
    examples="""
tui-sessions undo
tui-sessions history
tui-sessions undo --step 4fk2
""",
)
@click.option("--step", metavar="ID", help="This step instead of the last; `history` lists them.")
@click.pass_obj
def undo_command(call: Call, step: str | None) -> int:
    """Take back the last thing that was done to sessions, here or on the screen: a deletion, a move,
    tags, a title, whatever many it touched. What came since then stays."""
    history = call.library.history
    step_id = None if step is None else _id(call, step)
    with progress(call.console, "Taking back") as report, stoppable() as stop:
        if step_id is None:
            taken = history.undo(progress=report, stop=stop)
        else:
            taken = history.undo_step(step_id, progress=report, stop=stop)
        is_stopped = stop()
    return _tell(call, "Taken back", taken, is_stopped=is_stopped)


@click.command("redo", cls=Command, examples="tui-sessions redo")
@click.pass_obj
def redo_command(call: Call) -> int:
    """Do again what was taken back last."""
    with progress(call.console, "Doing again") as report, stoppable() as stop:
        step = call.library.history.redo(progress=report, stop=stop)
        is_stopped = stop()
    return _tell(call, "Done again", step, is_stopped=is_stopped)


@click.command(
    "history",
    cls=Command,
    examples="""
tui-sessions history
tui-sessions history -n 5 --format json
""",
)
@click.option("-n", "--limit", type=click.IntRange(min=1), help=f"How many; {_LATEST} without it.")
@click.option("-a", "--all", "is_all", is_flag=True, help="All that are kept.")
@format_option
@click.pass_obj
def history_command(call: Call, limit: int | None, is_all: bool, format: str | None) -> int:
    """List what was done to sessions, the latest first; each can be taken back."""
    steps = call.library.history.steps(_ALL if is_all else limit or _LATEST)
    if steps or format in ("json", "csv"):
        print_listing(call.console, _listing(), steps, format)
    call.console.flush()
    if not steps:
        call.console.say("Nothing was done here that could be taken back.")
        return NotFoundError.exit_code
    call.console.tell("Take one back: tui-sessions undo --step ID")
    return 0


def _id(call: Call, begun: str) -> str:
    """The id of the step that begins so. Raises `NotFoundError`, `AmbiguousError`."""
    steps = call.library.history.steps(_ALL)
    if any(step.id == begun for step in steps):
        return begun
    found = [step for step in steps if step.id.startswith(begun)]
    if not found:
        raise NotFoundError(
            f"There is no step {clean_line(begun)!r}. See them: tui-sessions history"
        )
    if len(found) > 1:
        listed = ", ".join(step.id for step in found[:8])
        raise AmbiguousError(f"{clean_line(begun)!r} fits several steps: {listed}.")
    return found[0].id


def _tell(call: Call, what: str, step: StepRow, *, is_stopped: bool) -> int:
    for problem in step.problems:
        call.console.say(problem)
    if is_stopped:
        call.console.say(f"Interrupted in {clean_line(step.label)}. The same call does the rest.")
        return INTERRUPTED
    call.console.say(f"{what}: {clean_line(step.label)}.")
    return 0


def _listing() -> Listing[StepRow]:
    columns: tuple[Column[StepRow], ...] = (
        Column(Heading("ID"), lambda step: step.id),
        Column(Heading("WHEN"), lambda step: shown_time(step.at)),
        Column(Heading("WHAT", is_flexible=True), lambda step: step.label),
        Column(Heading("SESSIONS", is_number=True), lambda step: str(step.count)),
        Column(Heading("STATE", is_flexible=True), _state),
    )
    return Listing(columns, _record, lambda step: step.id)


def _state(step: StepRow) -> str:
    if step.is_undone:
        return "taken back"
    return step.trouble or "done"


def _record(step: StepRow) -> dict[str, object]:
    return {
        "id": step.id,
        "at": format_time(step.at),
        "label": step.label,
        "count": step.count,
        "is_undone": step.is_undone,
        "trouble": step.trouble,
        "session_ids": list(step.session_ids),
    }

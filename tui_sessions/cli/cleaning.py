"""`cleanup`: what is empty, old, idle, or too long in the trash; and which files are the largest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tui_sessions.cli.bulk import INTERRUPTED
from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import Choice, choice_from, choice_options, index_texts
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command
from tui_sessions.cli.progress import progress, stoppable
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import UsageError
from tui_sessions.model.display import shown_number, shown_sessions, shown_size, shown_time
from tui_sessions.model.results import SessionRow
from tui_sessions.model.text import clean_line
from tui_sessions.model.upkeep import Plan, Wanted
from tui_sessions.model.upkeep_words import NOTHING, plan_lines

if TYPE_CHECKING:
    from tui_sessions.store.upkeep.upkeep import Upkeep

_TITLES = 5


@click.command(
    "cleanup",
    cls=Command,
    examples="""
tui-sessions cleanup
tui-sessions cleanup --empty --dry-run
tui-sessions cleanup --older-than 90d --archive
tui-sessions cleanup --older-than 30d --tag draft --delete --yes
tui-sessions cleanup --largest 20
tui-sessions cleanup --expired --yes
""",
)
@click.option("--older-than", metavar="AGE", help="Sessions not used for this long: 30d, 8w, 6mo.")
@click.option("--archive", "to_archive", is_flag=True, help="Old ones go into the archive.")
@click.option("--delete", "to_trash", is_flag=True, help="Old ones go into the trash.")
@click.option("--empty", "is_empty", is_flag=True, help="Sessions without a turn, into the trash.")
@click.option(
    "--expired", "is_expired", is_flag=True, help="What [upkeep] in the configuration says."
)
@click.option(
    "--largest", metavar="N", type=click.IntRange(min=1), help="Only list the N largest files."
)
@choice_options
@click.pass_obj
def cleanup_command(
    call: Call,
    /,
    older_than: str | None,
    to_archive: bool,
    to_trash: bool,
    is_empty: bool,
    is_expired: bool,
    largest: int | None,
    **given: Any,
) -> int:
    """Look for what can be tidied away, say how much it is, ask, and do it: sessions without a turn, old
    ones, idle ones, and what lies too long in the trash. Without --empty, --older-than or --expired it looks
    for all that the configuration says, and for what is empty. Filters narrow it down. What is pinned,
    starred or being answered stays. `undo` takes all of it back but what leaves the trash."""
    choice = choice_from(call, given)
    if largest is not None:
        return _print_largest(call, choice, largest)
    if to_archive and to_trash:
        raise UsageError("Say --archive or --delete, not both.")
    if (to_archive or to_trash) and older_than is None and not is_expired:
        raise UsageError("Say how old: --older-than 90d.")
    wanted = _wanted(
        call, older_than, to_trash, to_archive, is_empty=is_empty, is_expired=is_expired
    )
    index_texts(call, choice.query)
    upkeep = call.library.upkeep
    plan = upkeep.plan(wanted, now=call.now, query=choice.query)
    if not choice.query.is_empty:  # What a filter does not choose is none of its business.
        plan = _without_trash(plan)
    _print(call, upkeep, plan)
    if choice.is_dry or not plan:
        if plan:
            call.console.say("Nothing was changed.")
        return 0
    if not choice.is_sure and not _is_agreed(call):
        call.console.say("Nothing was changed.")
        return 1
    return _tidy(call, upkeep, plan)


def _wanted(
    call: Call,
    older_than: str | None,
    to_trash: bool,
    to_archive: bool,
    *,
    is_empty: bool,
    is_expired: bool,
) -> Wanted:
    import msgspec

    from tui_sessions.config.expiry import expiry
    from tui_sessions.model.dates import parse_since

    is_bare = older_than is None and not is_empty and not is_expired
    config = call.services.config.upkeep
    wanted = expiry(config, call.now()) if is_expired or is_bare else Wanted()
    replace = msgspec.structs.replace
    if is_empty or is_bare:
        wanted = replace(wanted, empty=True)
    if older_than is not None:
        wanted = replace(wanted, unused_since=parse_since(older_than, call.now()))
    if to_trash or to_archive:
        return replace(wanted, old_go_to="trash" if to_trash else "archive")
    return replace(wanted, old_go_to=config.expire_to)


def _without_trash(plan: Plan) -> Plan:
    import msgspec

    return msgspec.structs.replace(plan, purged=(), purged_size=0)


def _print(call: Call, upkeep: Upkeep, plan: Plan) -> None:
    console = call.console
    packed = [row.id for due in plan.due if due.deed == "archive" for row in due.rows]
    lines = plan_lines(plan, upkeep.packing_frees(packed) if packed else 0)
    for due, line in zip(plan.due, lines, strict=False):
        console.line(line)
        for name in (*(row.title for row in due.rows[:_TITLES]), *due.damaged[:_TITLES]):
            console.line(f"  {clean_line(name)}")
        if due.count > _TITLES:
            console.line(f"  and {due.count - _TITLES:,} more")
    for line in lines[len(plan.due) :]:
        console.line(line)
    if not plan:
        console.line(NOTHING)
    console.flush()


def _is_agreed(call: Call) -> bool:
    if not call.console.can_ask:
        raise UsageError("Nobody can be asked here: add --yes, or --dry-run to look only.")
    return call.console.confirm("Do this?")


def _tidy(call: Call, upkeep: Upkeep, plan: Plan) -> int:
    console, count = call.console, sum(due.count for due in plan.due)
    code = 0
    if count:
        label = f"cleanup of {shown_sessions(count)}"
        with progress(console, shown_number(count, "session")) as report, stoppable() as stop:
            outcome = upkeep.tidy(plan, label, progress=report, stop=stop)
            is_stopped = stop()
        for problem in outcome.problems:
            console.say(problem)
        back = " Take it back: tui-sessions undo" if outcome.done else ""
        of = "" if outcome.done == count else f" of {count:,}"
        console.say(f"{outcome.done:,}{of} tidied away.{back}")
        code = outcome.exit_code
        if is_stopped and outcome.done < count:
            return INTERRUPTED
    if plan.purged:
        with progress(console, "Emptying the trash") as report:
            gone = upkeep.purge(plan, progress=report)
        console.say(f"{shown_number(gone, 'file')} deleted for good.")
    return code


def _print_largest(call: Call, choice: Choice, count: int) -> int:
    index_texts(call, choice.query)
    rows = call.library.upkeep.largest(count, choice.query)
    print_listing(call.console, _listing(), rows, None)
    call.console.flush()
    total = shown_size(sum(row.size for row in rows))
    call.console.tell(f"{shown_number(len(rows), 'file')}, {total}. `compress` packs them.")
    return 0


def _listing() -> Listing[SessionRow]:
    columns: tuple[Column[SessionRow], ...] = (
        Column(Heading("ID"), lambda row: row.id),
        Column(
            Heading("SIZE", is_number=True),
            lambda row: shown_size(row.size),
            lambda row: str(row.size),
        ),
        Column(Heading("UPDATED"), lambda row: shown_time(row.updated_at)),
        Column(Heading("TITLE", is_flexible=True), lambda row: row.title),
        Column(Heading("FILE", is_flexible=True, is_optional=True), lambda row: row.path),
    )
    return Listing(columns, lambda row: {"id": row.id, "size": row.size}, lambda row: row.id)

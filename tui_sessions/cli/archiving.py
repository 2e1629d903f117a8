"""`archive`, `compress`: sessions out of the way, and files that take less room."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from tui_sessions.cli.bulk import Deed, run_deed
from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import Choice, choice_from, choice_options, index_texts
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.options import Command
from tui_sessions.errors import NotFoundError, UsageError
from tui_sessions.model.display import shown_size
from tui_sessions.model.results import SessionRow
from tui_sessions.model.upkeep import is_in_archive

if TYPE_CHECKING:
    from tui_sessions.cli.progress import Report, Stop
    from tui_sessions.model.steps import Outcome

_OLDER = click.option(
    "--older-than", metavar="AGE", help="Only what was not used for this long: 30d, 8w, 6mo."
)


@click.command(
    "archive",
    cls=Command,
    examples="""
tui-sessions archive k3v9
tui-sessions archive --older-than 6mo --dry-run
tui-sessions archive --tag done --yes
tui-sessions archive --back k3v9
""",
)
@click.argument("sessions", metavar="S...", nargs=-1, shell_complete=complete_sessions)
@_OLDER
@click.option("--back", "is_back", is_flag=True, help="Out of the archive, to where they were.")
@choice_options
@click.pass_obj
def archive_command(
    call: Call,
    /,
    sessions: tuple[str, ...],
    older_than: str | None,
    is_back: bool,
    **given: Any,
) -> int:
    """Put the named sessions, or those that the filters choose, into archive/YYYY-MM by the month of their
    last use: packed (.json.gz), marked as archived, and to be read, searched and gone on with as before."""
    choice = choice_from(call, given)
    ids = _ids(
        call, choice, sessions, older_than, wanted=lambda row: is_in_archive(row.path) == is_back
    )

    def work(ids: tuple[str, ...], label: str, report: Report | None, stop: Stop) -> Outcome:
        upkeep = call.library.upkeep
        act = upkeep.bring_back if is_back else upkeep.archive
        return act(ids, label, progress=report, stop=stop)

    deed = Deed(
        question=lambda what: f"Bring {what} back?" if is_back else f"Archive {what}?",
        done="brought back" if is_back else "archived",
        noun="return" if is_back else "archiving",
        where="from the archive" if is_back else "",
        told=lambda ids: f"It is now {call.library.path(ids[0])}" if len(ids) == 1 else "",
        work=work,
    )
    return run_deed(call, choice, sessions, deed, ids=ids)


@click.command(
    "compress",
    cls=Command,
    examples="""
tui-sessions compress k3v9
tui-sessions compress --larger-than 1M --yes
tui-sessions compress --older-than 90d --dry-run
tui-sessions compress --unpack k3v9
""",
)
@click.argument("sessions", metavar="S...", nargs=-1, shell_complete=complete_sessions)
@_OLDER
@click.option("--larger-than", metavar="SIZE", help="Only files larger than this: 500K, 1M.")
@click.option("--undo", "--unpack", "is_back", is_flag=True, help="Back to plain .json.")
@choice_options
@click.pass_obj
def compress_command(
    call: Call,
    /,
    sessions: tuple[str, ...],
    older_than: str | None,
    larger_than: str | None,
    is_back: bool,
    **given: Any,
) -> int:
    """Pack the files of the named sessions, or of those that the filters choose, in their place:
    .json becomes .json.gz. They are read, searched and gone on with as before, and stay packed."""
    choice = choice_from(call, given)
    least = -1 if larger_than is None else parse_size(larger_than)

    def wanted(row: SessionRow) -> bool:
        return row.size > least and row.path.endswith(".gz") == is_back

    is_filtered = not sessions and (choice.is_by_filter or larger_than is not None)
    ids = _ids(call, choice, sessions, older_than, wanted=wanted, is_filtered=is_filtered)
    before = _size(call, ids if ids is not None else _named(call, sessions))
    named: list[str] = []

    def work(ids: tuple[str, ...], label: str, report: Report | None, stop: Stop) -> Outcome:
        named.extend(ids)
        upkeep = call.library.upkeep
        return upkeep.compress(ids, label, is_back=is_back, progress=report, stop=stop)

    done = "unpacked" if is_back else "packed"
    if choice.is_dry and ids and not is_back:
        freed = shown_size(call.library.upkeep.packing_frees(ids))
        call.console.say(f"They take {shown_size(before)}; packing frees about {freed}.")
    deed = Deed(
        question=lambda what: f"{'Unpack' if is_back else 'Pack'} {what} ({shown_size(before)})?",
        done=done,
        noun="unpacking" if is_back else "packing",
        work=work,
    )
    code = run_deed(call, choice, sessions, deed, ids=ids)
    if code == 0 and named and not choice.is_dry:
        now = _size(call, tuple(named))
        call.console.say(f"{shown_size(before)} are {shown_size(now)} now.")
    return code


def parse_size(text: str) -> int:
    """Bytes: `500K`, `1M`, `2.5MB`, `4096`. Raises `UsageError`."""
    import re

    found = re.fullmatch(r"\s*(\d{1,15}(?:\.\d{1,15})?)\s*([kmg]?)i?b?\s*", text.lower())
    if found is None:
        raise UsageError(f"{text!r} is no size. Write 4096, 500K, 1M or 2G.")
    return int(float(found[1]) * 1000 ** " kmg".index(found[2] or " "))


def _ids(
    call: Call,
    choice: Choice,
    sessions: tuple[str, ...],
    older_than: str | None,
    *,
    wanted: Callable[[SessionRow], bool],
    is_filtered: bool | None = None,
) -> tuple[str, ...] | None:
    """Those that the filters choose and that are as old as that; None where they are named."""
    from tui_sessions.model.dates import parse_since

    moment: datetime | None = None if older_than is None else parse_since(older_than, call.now())
    is_filtered = choice.is_by_filter if is_filtered is None else is_filtered
    if moment is None and not is_filtered:
        return None
    if sessions:
        raise UsageError("Name the sessions, or choose them by filters, not both.")
    index_texts(call, choice.query)
    found = tuple(
        row.id
        for row in call.library.rows(choice.query, sort="updated", reverse=True)
        if wanted(row)
        and (moment is None or (row.updated_at is not None and row.updated_at < moment))
    )
    if not found:
        raise NotFoundError("No session matches, so nothing was changed.")
    return found


def _named(call: Call, sessions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(call.library.resolve(session) for session in sessions))


def _size(call: Call, ids: tuple[str, ...]) -> int:
    return sum(call.library.row(session_id).size for session_id in ids)

"""`audit`: who opened, changed and exported what; and whether all that was saved is there."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, get_args

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import DamagedFileError, NotFoundError, UsageError
from tui_sessions.model.audit import AuditFilter, AuditLine, Checked, Fate
from tui_sessions.model.display import shown_number, shown_time
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import format_time

if TYPE_CHECKING:
    from tui_sessions.store.audit_log import AuditLog

VERIFY = "verify"
_LOOK_EVERY_S = 0.25
_FORMATS = ("table", "json", "jsonl", "csv")
_EXAMPLES = """
tui-sessions audit
tui-sessions audit k3v9 --since 7d
tui-sessions audit --action export,delete --last 20 --format json
tui-sessions audit --follow
tui-sessions audit verify k3v9
tui-sessions audit verify
"""


@click.command("audit", cls=Command, examples=_EXAMPLES)
@click.argument("words", metavar="[verify] [S...]", nargs=-1, shell_complete=complete_sessions)
@click.option("--action", "actions", metavar="NAMES", multiple=True, help="save, delete, export, …")
@click.option("--session", "more", metavar="S", multiple=True, help="Of this session; repeatable.")
@click.option("--since", metavar="DATE", help="From then on: 2026-01-31, today, 7d.")
@click.option("--until", metavar="DATE", help="Until the end of that day.")
@click.option("--last", metavar="N", type=click.IntRange(min=1), help="Only the last N lines.")
@click.option("--format", type=click.Choice(_FORMATS), help="Without it a table on a terminal.")
@click.option("--follow", "is_following", is_flag=True, help="Wait for new lines; ctrl+c ends.")
@click.pass_obj
def audit_command(
    call: Call,
    words: tuple[str, ...],
    actions: tuple[str, ...],
    more: tuple[str, ...],
    since: str | None,
    until: str | None,
    last: int | None,
    format: str | None,
    is_following: bool,
) -> int:
    """Show the audit log: who opened, changed, exported or deleted which session, without any text. It is
    kept where the configuration says audit = true, or TUI_SESSIONS_AUDIT names a file.

    `audit verify` looks whether every message that was acknowledged as saved is in its file today."""
    is_check = words[:1] == (VERIFY,)
    ids = frozenset(_id(call, ref) for ref in (*words[is_check:], *more))
    log = _log(call)
    if is_check:
        return _verify(call, log, ids, format)
    wanted = _filter(call, ids, actions, since, until)
    if is_following:
        return _follow(call, log, wanted, format)
    lines = log.last(last, wanted)
    print_listing(call.console, _listing(), lines, format)
    call.console.flush()
    _tell_damaged(call, log)
    if not lines:
        call.console.say("No line of the audit log matches.")
        return NotFoundError.exit_code
    return 0


def _log(call: Call) -> AuditLog:
    from tui_sessions.store.audit_log import AuditLog

    services = call.services
    return AuditLog(services.audit_path or services.paths.state_dir / "audit.jsonl")


def _id(call: Call, ref: str) -> str:
    """Sessions that are gone for good have lines still."""
    try:
        return call.library.resolve(ref)
    except NotFoundError:
        return ref


def _filter(
    call: Call, ids: frozenset[str], actions: tuple[str, ...], since: str | None, until: str | None
) -> AuditFilter:
    from tui_sessions.model.dates import parse_since, parse_until

    names = [name.strip().lower() for given in actions for name in given.split(",")]
    return AuditFilter(
        actions=frozenset(filter(None, names)),
        sessions=ids,
        since=None if since is None else parse_since(since, call.now()),
        until=None if until is None else parse_until(until, call.now()),
    )


def _follow(call: Call, log: AuditLog, wanted: AuditFilter, format: str | None) -> int:
    if format in ("json", "csv"):
        raise UsageError("--follow prints a line at a time: --format table or jsonl.")
    found = log.follow(wanted)
    call.console.tell("Waiting for new lines. ctrl+c ends.")
    with closing(found):
        for line in _patiently(found):
            form = "jsonl" if format == "jsonl" else "tabs"
            print_listing(call.console, _listing(), (line,), form)
            call.console.flush()
    return 0


def _patiently(found: Iterator[AuditLine | None]) -> Iterator[AuditLine]:
    for line in found:
        if line is None:
            time.sleep(_LOOK_EVERY_S)
        else:
            yield line


def _verify(call: Call, log: AuditLog, ids: frozenset[str], format: str | None) -> int:
    from tui_sessions.store.audit_check import check

    checked = list(check(call.library, log.lines(), ids))
    if not checked:
        raise NotFoundError("The audit log acknowledges no message of this.")
    odd = [one for one in checked if not one.is_explained]
    if format is not None or odd:
        print_listing(call.console, _checks(), checked if format else odd, format)
        call.console.flush()
    _tell_damaged(call, log)
    fates = Counter(one.fate for one in checked)
    counted = ", ".join(f"{fates[fate]:,} {fate}" for fate in get_args(Fate) if fates[fate])
    sessions = shown_number(len({one.session for one in checked}), "session")
    call.console.say(f"{shown_number(len(checked), 'message')} in {sessions}: {counted}.")
    if not odd:
        return 0
    call.console.say(
        "What is missing or changed outside was not so by this program. `tui-sessions versions` may "
        "have it, or a backup."
    )
    return DamagedFileError.exit_code


def _tell_damaged(call: Call, log: AuditLog) -> None:
    if log.damaged:
        lines = shown_number(log.damaged, "line")
        call.console.say(f"{lines} of {clean_line(str(log.path))} cannot be read.")


def _listing() -> Listing[AuditLine]:
    columns: tuple[Column[AuditLine], ...] = (
        Column(
            Heading("TIME"), lambda line: shown_time(line.at), lambda line: format_time(line.at)
        ),
        Column(Heading("ACTION"), lambda line: line.action),
        Column(Heading("SESSION"), lambda line: line.session),
        Column(Heading("MESSAGE", is_flexible=True), lambda line: line.message or ""),
        Column(Heading("SHA256", is_optional=True), lambda line: line.sha256 or ""),
        Column(Heading("USER", is_flexible=True), lambda line: line.user or "?"),
    )
    return Listing(columns, _record, lambda line: line.session)


def _record(line: AuditLine) -> dict[str, object]:
    return {
        "at": format_time(line.at),
        "action": line.action,
        "session": line.session,
        "message": line.message,
        "sha256": line.sha256,
        "user": line.user,
        "pid": line.pid,
    }


def _checks() -> Listing[Checked]:
    columns: tuple[Column[Checked], ...] = (
        Column(Heading("SESSION"), lambda one: one.session),
        Column(Heading("MESSAGE", is_flexible=True), lambda one: one.message),
        Column(Heading("SAVED"), lambda one: shown_time(one.at), lambda one: format_time(one.at)),
        Column(Heading("CHANGES", is_number=True), lambda one: f"{one.changes:,}"),
        Column(Heading("TODAY"), lambda one: one.fate),
    )
    return Listing(
        columns,
        lambda one: {
            "session": one.session,
            "message": one.message,
            "saved_at": format_time(one.at),
            "changes": one.changes,
            "today": one.fate,
        },
        lambda one: one.session,
    )

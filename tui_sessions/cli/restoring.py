"""`restore`: sessions back out of a backup, or out of session files that somebody kept by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_sessions.cli.bulk import INTERRUPTED
from tui_sessions.cli.call import Call
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command, format_option
from tui_sessions.cli.progress import progress, stoppable
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import DamagedFileError, UsageError
from tui_sessions.model.backup_words import RELATION_WORDS, brought_words, chosen, preview_words
from tui_sessions.model.display import shown_sessions, shown_size, shown_time
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import format_time

if TYPE_CHECKING:
    from tui_sessions.model.backups import ComingLine
    from tui_sessions.store.backup.backups import Backups
    from tui_sessions.store.backup.reading import Source
    from tui_sessions.store.backup.restoring import Preview


@click.command(
    "restore",
    cls=Command,
    examples="""
tui-sessions restore @last --dry-run
tui-sessions restore @last
tui-sessions restore sessions-20260114-090000.tar.gz k3v9 "Rust lifetimes"
tui-sessions restore old-sessions/ --into ~/somewhere-else
tui-sessions restore @last k3v9 --overwrite --yes
""",
)
@click.argument("backup", metavar="BACKUP")
@click.argument("sessions", metavar="[S]...", nargs=-1)
@click.option("--dry-run", "is_dry", is_flag=True, help="Only list what would come back.")
@click.option("--into", metavar="DIR", help="Into another library, made where there is none.")
@click.option(
    "--overwrite", is_flag=True, help="In place of what is here; that stays as a former version."
)
@click.option("-y", "--yes", "is_sure", is_flag=True, help="Do not ask.")
@format_option
@click.pass_obj
def restore_command(
    call: Call,
    backup: str,
    sessions: tuple[str, ...],
    is_dry: bool,
    into: str | None,
    overwrite: bool,
    is_sure: bool,
    format: str | None,
) -> int:
    """Bring back the sessions S (id, title or file name), or all that a backup holds and that is missing
    here, and print their ids. What is newer or different here stays, and the one of the backup comes beside
    it. BACKUP is a path, a name of `backup --list`, @last, or a folder or .tar.gz of session files. `undo`
    takes all of it back."""
    from tui_sessions.store.backup.packing import StoppedError

    backups = _backups(call, into)
    try:
        source = _opened(call, backups, backup, is_sure=is_sure)
        with progress(call.console, "Reading the backup") as report, stoppable() as stop:
            preview = backups.preview(source, progress=report, stop=stop)
        paths = chosen(preview.lines, sessions) if sessions else None
        for problem in preview.problems:
            call.console.say(problem)
        if is_dry:
            return _print_dry(call, preview, paths, format)
        return _restore(call, backups, source, preview, paths, overwrite, is_sure)
    except StoppedError:
        call.console.say("Interrupted. Nothing was changed.")
        return INTERRUPTED


def _restore(
    call: Call,
    backups: Backups,
    source: Source,
    preview: Preview,
    paths: frozenset[str] | None,
    overwrite: bool,
    is_sure: bool,
) -> int:
    coming = preview.coming(paths, is_overwriting=overwrite)
    if not coming:
        call.console.say(preview_words(preview.lines, paths))
        return _code(preview, 0)
    if overwrite and not is_sure:
        question = f"Put {shown_sessions(len(coming))} in place of what is here?"
        if not call.console.can_ask:
            raise UsageError(
                f"Nobody can be asked here: add --yes. It was: {question.rstrip('?')}."
            )
        if not call.console.confirm(question):
            call.console.say("Nothing was changed.")
            return 1
    with progress(call.console, "Restoring") as report, stoppable() as stop:
        restored = backups.restore(
            source, preview, paths, is_overwriting=overwrite, progress=report, stop=stop
        )
        is_stopped = stop()
    outcome = restored.outcome
    for problem in outcome.problems:
        call.console.say(problem)
    for session_id in (*restored.new, *restored.replaced, *restored.beside):
        call.console.line(session_id)
    call.console.flush()
    told = brought_words(len(restored.new), len(restored.replaced), len(restored.beside))
    if paths is None and not overwrite and (stay := preview.count("older")):
        told += f" {shown_sessions(stay)} newer here stay{'s' * (stay == 1)}."
    call.console.say(f"{told} Take it back: tui-sessions undo" if outcome.done else told)
    return INTERRUPTED if is_stopped else _code(preview, outcome.exit_code)


def _code(preview: Preview, code: int) -> int:
    is_damaged = bool(preview.problems) or any(line.trouble for line in preview.lines)
    return code or (DamagedFileError.exit_code if is_damaged else 0)


def _opened(call: Call, backups: Backups, ref: str, *, is_sure: bool) -> Source:
    from tui_sessions.store.backup.bare import TooLargeError

    path = call.services.backups.find(ref)
    with stoppable() as stop:
        try:
            return backups.open(path, is_sure=is_sure, stop=stop)
        except TooLargeError as error:
            if not call.console.can_ask:
                raise
            question = str(error).partition(" Where you know")[0]
            if not call.console.confirm(f"{question} Read it all the same?"):
                raise
        return backups.open(path, is_sure=True, stop=stop)


def _backups(call: Call, into: str | None) -> Backups:
    if into is None:
        _ = call.library  # as the directory stands now
        return call.services.backups
    from tui_sessions.store.backup.backups import Backups
    from tui_sessions.store.library import Library

    folder = Path(into).expanduser()
    library = Library.open(folder, now=call.services.now, audit=call.services.audit_path)
    return Backups(library, call.services.backups.folder, now=call.services.now)


def _print_dry(
    call: Call, preview: Preview, paths: frozenset[str] | None, format: str | None
) -> int:
    shown: Sequence[ComingLine] = [
        line for line in preview.lines if paths is None or line.path in paths
    ]
    # What is the same is most of it, and nobody looks for it.
    differing = [line for line in shown if line.relation != "same"]
    if differing or format in ("json", "csv"):
        print_listing(call.console, _listing(), differing, format)
    call.console.flush()
    call.console.say(f"{preview_words(preview.lines, paths)} Nothing was changed.")
    return _code(preview, 0)


def _listing() -> Listing[ComingLine]:
    columns: tuple[Column[ComingLine], ...] = (
        Column(Heading("ID"), lambda line: line.id),
        Column(Heading("HERE", is_flexible=True), _stands),
        Column(Heading("UPDATED"), lambda line: shown_time(line.updated_at)),
        Column(Heading("TURNS", is_number=True), lambda line: f"{line.turns:,}"),
        Column(
            Heading("SIZE", is_number=True, is_optional=True), lambda line: shown_size(line.size)
        ),
        Column(Heading("TITLE", is_flexible=True), lambda line: line.title),
    )
    return Listing(columns, _record, lambda line: line.id)


def _stands(line: ComingLine) -> str:
    return line.trouble or RELATION_WORDS[line.relation]


def _record(line: ComingLine) -> dict[str, object]:
    return {
        "id": line.id,
        "title": clean_line(line.title),
        "here": line.relation,
        "path": clean_line(line.place),
        "turns": line.turns,
        "updated_at": None if line.updated_at is None else format_time(line.updated_at),
        "size": line.size,
        "trouble": line.trouble,
    }

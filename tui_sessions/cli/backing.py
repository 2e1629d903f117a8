"""`backup`: all sessions into an archive or a folder; what there is, listed and verified."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from tui_sessions.cli.bulk import INTERRUPTED
from tui_sessions.cli.call import Call
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command
from tui_sessions.cli.progress import progress, stoppable
from tui_sessions.cli.records import FORMATS, Column, Listing, print_listing
from tui_sessions.errors import DamagedFileError, NotFoundError, UsageError
from tui_sessions.model.display import shown_number, shown_sessions, shown_size, shown_time
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import format_time

if TYPE_CHECKING:
    from tui_sessions.model.backups import BackupRow
    from tui_sessions.store.backup.backups import Backups
    from tui_sessions.store.backup.writing import Kind, Made, Options

KINDS = ("tar", "folder")


@click.command(
    "backup",
    cls=Command,
    examples="""
tui-sessions backup
tui-sessions backup /media/stick
tui-sessions backup ~/sessions.tar.gz --with-trash
tui-sessions backup /media/stick --format folder --incremental
tui-sessions backup --list
tui-sessions backup --verify
tui-sessions backup --verify @last
tui-sessions backup --if-due
""",
)
@click.argument("dest", metavar="[DEST]", required=False)
@click.option("--format", metavar="|".join(KINDS), help="An archive, or a folder of plain files.")
@click.option("--incremental", is_flag=True, help="Only what changed since the last one beside it.")
@click.option("--with-trash", is_flag=True, help="What was deleted as well.")
@click.option("--with-versions", is_flag=True, help="The history and former versions as well.")
@click.option("--list", "is_list", is_flag=True, help="List the backups that there are.")
@click.option(
    "--verify", "is_verify", is_flag=True, help="Read the backup DEST, or all, and check each file."
)
@click.option(
    "--if-due", is_flag=True, help="Only if the last one is older than backups.every: for cron."
)
@click.pass_obj
def backup_command(
    call: Call,
    dest: str | None,
    format: str | None,
    incremental: bool,
    with_trash: bool,
    with_versions: bool,
    is_list: bool,
    is_verify: bool,
    if_due: bool,
) -> int:
    """Back up all sessions and their attachments, and print where. DEST is a folder to put it in, or the
    name of a new archive; without it the configured folder. Programs may go on writing meanwhile. All of
    it is read back before it gets its name."""
    if is_list + is_verify + if_due > 1:
        raise UsageError("Say one of --list, --verify and --if-due.")
    if is_list:
        return _list(call, dest, format)
    if is_verify:
        return _verify(call, dest)
    from tui_sessions.store.backup.writing import Options

    config = call.services.config.backups
    kind = cast("Kind", format or config.kind)
    if kind not in KINDS:
        raise UsageError(f"{clean_line(kind)!r} is no form of a backup: say tar or folder.")
    options = Options(
        kind=kind,
        is_incremental=incremental or (if_due and kind == "folder"),
        with_trash=with_trash,
        with_versions=with_versions,
        is_automatic=if_due,
    )
    return _if_due(call, dest, options) if if_due else _make(call, dest, options)


def _make(call: Call, dest: str | None, options: Options) -> int:
    backups = _backups(call)
    with progress(call.console, "Backing up") as report, stoppable() as stop:
        made = backups.make(
            None if dest is None else Path(dest).expanduser(),
            options,
            progress=report,
            stop=stop,
        )
    if made is None:
        call.console.say("Interrupted. Nothing of this backup was kept.")
        return INTERRUPTED
    for problem in made.problems:
        call.console.say(problem)
    call.console.line(str(made.path))
    call.console.flush()
    call.console.say(_told(made))
    return DamagedFileError.exit_code if made.heading.left_out else 0


def _if_due(call: Call, dest: str | None, options: Options) -> int:
    from tui_sessions.model.every import every

    config = call.services.config.backups
    wanted = every(config.every)
    if dest is not None:
        raise UsageError("--if-due goes by the configured folder: leave DEST out.")
    if wanted is None:
        raise UsageError('Nothing is ever due: set backups.every, such as "1d".')
    backups = _backups(call)
    if not backups.is_due(wanted):
        call.console.tell("The last backup is young enough.")
        return 0
    code = _make(call, None, options)
    for name in backups.rotate(config.keep) if code != INTERRUPTED else ():
        call.console.tell(f"Removed the old backup {name}.")
    return code


def _told(made: Made) -> str:
    heading = made.heading
    what = f"{shown_sessions(heading.sessions)} ({shown_size(heading.size)})"
    room = f", {shown_size(made.packed_size)} packed" if made.packed_size != heading.size else ""
    shared = (
        f" {shown_number(made.shared, 'file')} are those of former backups." if made.shared else ""
    )
    left = (
        f" {shown_number(heading.left_out, 'file')} could not be read." if heading.left_out else ""
    )
    return f"{what} backed up{room}, read back and found whole.{shared}{left}"


def _list(call: Call, dest: str | None, format: str | None) -> int:
    if format is not None and format not in FORMATS:
        raise UsageError(f"--list takes --format {', '.join(FORMATS)}.")
    backups = _backups(call)
    rows = backups.rows(None if dest is None else Path(dest).expanduser())
    if rows or format in ("json", "csv"):
        print_listing(call.console, _listing(), rows, format)
    call.console.flush()
    if not rows:
        call.console.say(f"There are no backups in {clean_line(dest or str(backups.folder))}.")
        return NotFoundError.exit_code
    call.console.tell("Look at what would come back: tui-sessions restore NAME --dry-run")
    return 0


def _verify(call: Call, ref: str | None) -> int:
    backups = _backups(call)
    if ref is not None:
        return _verified(call, backups, backups.find(ref))
    rows = backups.rows()
    if not rows:
        call.console.say(f"There are no backups in {clean_line(str(backups.folder))}.")
        return NotFoundError.exit_code
    return max(_verified(call, backups, Path(row.path)) for row in rows)


def _verified(call: Call, backups: Backups, path: Path) -> int:
    from tui_sessions.store.backup.packing import StoppedError

    shown = clean_line(path.name)
    problems: list[str] = []
    try:
        source = backups.open(path, is_sure=True)
        with progress(call.console, f"Verifying {shown}") as report, stoppable() as stop:
            problems += backups.verify(source, progress=report, stop=stop)
        if source.trouble and source.trouble not in " ".join(problems):
            problems.insert(0, source.trouble)
    except StoppedError:
        call.console.say("Interrupted.")
        return INTERRUPTED
    except (DamagedFileError, NotFoundError) as error:
        problems.append(str(error))
    for problem in problems[:20]:
        call.console.say(f"{shown}: {problem}")
    if len(problems) > 20:
        call.console.say(f"{shown}: and {len(problems) - 20:,} more.")
    if problems:
        return DamagedFileError.exit_code
    manifest = source.manifest
    call.console.line(f"{shown}: {shown_sessions(manifest.sessions)}, all as they were backed up.")
    return 0


def _backups(call: Call) -> Backups:
    _ = call.library  # as the directory stands now
    return call.services.backups


def _listing() -> Listing[BackupRow]:
    columns: tuple[Column[BackupRow], ...] = (
        Column(Heading("MADE"), lambda row: shown_time(row.at)),
        Column(Heading("SESSIONS", is_number=True), lambda row: f"{row.sessions:,}"),
        Column(Heading("SIZE", is_number=True), lambda row: shown_size(row.size)),
        Column(Heading("NAME", is_flexible=True), lambda row: row.name),
        Column(Heading("STATE", is_flexible=True), _state),
    )
    return Listing(columns, _record, lambda row: row.name)


def _state(row: BackupRow) -> str:
    if row.trouble:
        return row.trouble
    words = [
        "automatic" if row.is_automatic else "",
        "builds on another" if row.bases else "",
        "" if row.is_own else "of another library",
    ]
    return ", ".join(filter(None, words)) or "whole"


def _record(row: BackupRow) -> dict[str, object]:
    return {
        "name": row.name,
        "path": row.path,
        "at": None if row.at is None else format_time(row.at),
        "sessions": row.sessions,
        "files": row.files,
        "size": row.size,
        "packed_size": row.packed_size,
        "is_automatic": row.is_automatic,
        "is_own": row.is_own,
        "is_folder": row.is_folder,
        "left_out": row.left_out,
        "bases": list(row.bases),
        "trouble": row.trouble,
    }

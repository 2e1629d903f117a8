"""`:backup` and `:restore`: backups made, looked through, and brought back from; each can be undone."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui_sessions.errors import TuiSessionsError, UsageError
from tui_sessions.model.backup_words import brought_words
from tui_sessions.model.display import shown_sessions, shown_size
from tui_sessions.model.text import clean_line
from tui_sessions.tui.bulk import Bulk
from tui_sessions.tui.jobs import IsStopped, Jobs, Report
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_sessions.model.backups import BackupRow
    from tui_sessions.store.backup.backups import Backups
    from tui_sessions.store.backup.reading import Source
    from tui_sessions.store.backup.restoring import Preview, Restored
    from tui_sessions.store.backup.writing import Made, Options
    from tui_sessions.tui.screens.backups import BackupChoice
    from tui_sessions.tui.screens.restore import RestoreChoice

WORDS = ("tar", "folder", "incremental", "trash", "versions")
STOPPED = "Stopped. Nothing was changed."


class Opened:
    """A backup and what would come back out of it."""

    def __init__(self, source: Source, preview: Preview) -> None:
        self.source = source
        self.preview = preview


class TooLarge:
    """It is to be asked about first."""

    def __init__(self, path: Path, why: str) -> None:
        self.path = path
        self.why = why


class Backing:
    """Between the backups and the screen."""

    def __init__(self, stage: Stage, jobs: Jobs, bulk: Bulk) -> None:
        self._stage = stage
        self._jobs = jobs
        self._bulk = bulk

    @property
    def _backups(self) -> Backups:
        return self._stage.services.backups

    # making

    def backup(self, words: str = "") -> None:
        """Make one, of the words that stand first, in the place that is named after them. Raises
        `UsageError`, `ConflictError`."""
        options, dest = self._options(words)

        def work(report: Report, stop: IsStopped) -> Made | None:
            return self._backups.make(dest, options, progress=report, stop=stop)

        self._jobs.run("backup", work, self._made)

    def _options(self, words: str) -> tuple[Options, Path | None]:
        from tui_sessions.store.backup.writing import Options

        said, rest = [], words.strip()
        while rest.partition(" ")[0] in WORDS:
            word, _, rest = rest.partition(" ")
            said.append(word)
            rest = rest.strip()
        kind = self._stage.services.config.backups.kind
        if "tar" in said or "folder" in said:
            kind = "folder" if "folder" in said else "tar"
        options = Options(
            kind=kind,
            is_incremental="incremental" in said,
            with_trash="trash" in said,
            with_versions="versions" in said,
        )
        return options, Path(rest).expanduser() if rest else None

    def _made(self, made: Made | None) -> None:
        if made is None:
            self._stage.say("Stopped. Nothing of this backup was kept.")
            return
        what = f"{shown_sessions(made.heading.sessions)} ({shown_size(made.packed_size)})"
        left = f" {made.problems[0]}" if made.problems else ""
        self._stage.say(
            f"{what} backed up and read back: {made.path}.{left}",
            "warning" if made.problems else "information",
        )

    # looking

    def restore(self, ref: str = "") -> None:
        """Look into a backup; without a name, list them first. Raises `ConflictError`, `NotFoundError`."""
        self._jobs.check()
        if ref:
            self.look(self._backups.find(ref))
        else:
            self._jobs.run(
                "reading of backups", lambda report, stop: self._backups.rows(), self._list
            )

    def _list(self, rows: Sequence[BackupRow]) -> None:
        from tui_sessions.tui.screens.backups import BackupsDialog

        def chosen(choice: BackupChoice | None) -> None:
            if choice is None:
                return
            act = self.look if choice.action == "look" else self._verify
            self._stage.attempt(partial(act, Path(choice.path)))

        dialog = BackupsDialog(rows, str(self._backups.folder), now=self._stage.services.now)
        self._stage.app.push_screen(dialog, chosen)

    def _verify(self, path: Path) -> None:
        from tui_sessions.store.backup.packing import StoppedError

        def work(report: Report, stop: IsStopped) -> list[str] | None:
            try:
                source = self._backups.open(path, is_sure=True)
                found = list(self._backups.verify(source, progress=report, stop=stop))
            except StoppedError:
                return None
            return [source.trouble, *found] if source.trouble and not found else found

        def ended(problems: list[str] | None) -> None:
            name = clean_line(path.name)
            if problems is None:
                self._stage.say("Stopped.")
            elif problems:
                more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
                self._stage.say(f"{name} is damaged. {problems[0]}{more}", "error")
            else:
                self._stage.say(f"{name} is whole: every file is as it was backed up.")
            self.restore()

        self._jobs.run(f"verifying of {path.name}", work, ended)

    def look(self, path: Path, *, is_sure: bool = False) -> None:
        """What would come back out of what lies at `path`. Raises `ConflictError`."""
        from tui_sessions.store.backup.bare import TooLargeError
        from tui_sessions.store.backup.packing import StoppedError

        def work(report: Report, stop: IsStopped) -> Opened | TooLarge | None:
            backups = self._backups
            try:
                source = backups.open(path, is_sure=is_sure, stop=stop)
                return Opened(source, backups.preview(source, progress=report, stop=stop))
            except TooLargeError as error:
                return TooLarge(path, str(error).partition(" Where you know")[0])
            except StoppedError:
                return None

        self._jobs.run("reading of the backup", work, self._looked)

    def _looked(self, found: Opened | TooLarge | None) -> None:
        if found is None:
            self._stage.say(STOPPED)
        elif isinstance(found, TooLarge):
            self._ask_size(found)
        else:
            self._show(found)

    def _ask_size(self, found: TooLarge) -> None:
        from tui_sessions.tui.screens.confirm import ConfirmDialog

        def answered(yes: bool | None) -> None:
            if yes:
                self._stage.attempt(partial(self.look, found.path, is_sure=True))

        dialog = ConfirmDialog("Read it all the same?", note=found.why, verb="read it")
        self._stage.app.push_screen(dialog, answered)

    def _show(self, found: Opened) -> None:
        from tui_sessions.tui.screens.restore import RestoreDialog

        made = found.source.manifest.made_at
        when = f", {made.astimezone():%d %b %Y %H:%M}" if made is not None else ""
        dialog = RestoreDialog(
            f"Bring back from {found.source.path.name}{when}",
            found.preview.lines,
            found.preview.problems,
            now=self._stage.services.now,
        )

        def chosen(choice: RestoreChoice | None) -> None:
            if choice is not None:
                self._stage.attempt(partial(self._bring, found, choice))

        self._stage.app.push_screen(dialog, chosen)

    # bringing back

    def _bring(self, found: Opened, choice: RestoreChoice) -> None:
        """Raises `ConflictError` where something else has begun meanwhile, `UsageError` for nothing."""
        from tui_sessions.store.backup.packing import StoppedError

        coming = found.preview.coming(choice.paths, is_overwriting=choice.is_overwriting)
        if not coming:
            raise UsageError("Nothing of that can come back.")
        answering = self._stage.services.turns.running_ids()
        if any(line.id in answering and line.relation != "conflict" for line in coming):
            raise UsageError("One of them is being answered. Stop the answer first (esc).")

        def work(report: Report, stop: IsStopped) -> Restored | None:
            try:
                return self._backups.restore(
                    found.source,
                    found.preview,
                    choice.paths,
                    is_overwriting=choice.is_overwriting,
                    progress=report,
                    stop=stop,
                )
            except StoppedError:
                return None

        self._jobs.run(f"restoring of {shown_sessions(len(coming))}", work, self._brought)

    def _brought(self, restored: Restored | None) -> None:
        if restored is None:
            self._stage.say(STOPPED)
            return
        told = brought_words(len(restored.new), len(restored.replaced), len(restored.beside))
        if restored.outcome.done:
            told += f" {self._bulk.undoing} takes that back."
        problems = restored.outcome.problems
        self._stage.say(" ".join((told, *problems[:1])), "warning" if problems else "information")
        self._bulk.show_changed()
        ids = (*restored.new, *restored.replaced, *restored.beside)
        if len(ids) == 1 and self._stage.workspace.library.has(ids[0]):
            self._stage.open_session(ids[0])

    def offers(self) -> tuple[str, ...]:
        """The names of backups, for who types one."""
        try:
            return tuple(row.name for row in self._backups.rows() if row.id)
        except TuiSessionsError:
            return ()

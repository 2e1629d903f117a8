"""Exports on the screen: the dialog proposes the last format and folder, one key does it again."""

from __future__ import annotations

from pathlib import Path

from tui_sessions.engine.exporting import default_name, export_to
from tui_sessions.exchange.registry import FORMATS, exporter
from tui_sessions.model.session import Session
from tui_sessions.tui.jobs import IsStopped, Jobs, Report
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.targets import Targets, targets


class Exports:
    """What the export keys do."""

    def __init__(self, stage: Stage, jobs: Jobs) -> None:
        self._stage = stage
        self._jobs = jobs

    def export(self, format: str = "") -> None:
        """Ask for format, folder and name; with a format given, export at once."""
        meant = self._meant()
        if meant is None:
            return
        if format:
            exporter(format)  # an unknown format is an error before anything is written
            self.write(meant, format, self._proposal()[1])
            return
        self.ask(meant)

    def ask(self, meant: Targets) -> None:
        """Ask for format, folder and name."""
        from tui_sessions.tui.screens.export import ExportChoice, ExportDialog

        last_format, folder = self._proposal()

        def chosen(choice: ExportChoice | None) -> None:
            if choice is not None:
                folder = _folder(choice.folder)
                self._stage.attempt(lambda: self.write(meant, choice.format, folder, choice.name))

        dialog = ExportDialog(
            formats=tuple((name, exporter(name).label, exporter(name).suffix) for name in FORMATS),
            format=last_format,
            folder=str(folder),
            name=self._name(meant),
            sessions=max(1, len(meant.ids)),
        )
        self._stage.app.push_screen(dialog, chosen)

    def export_again(self) -> None:
        """As last time: same format, same folder, no question."""
        last = self._stage.services.state.last_export
        if last is None:
            self.export()
            return
        meant = self._meant()
        if meant is not None:
            self.write(meant, last.format, Path(last.dir))

    def write(self, meant: Targets, format: str, folder: Path, name: str | None = None) -> None:
        """Write the file, copy its path, remember how. Many sessions are read in a thread.

        Raises what refuses it.
        """
        if len(meant.ids) < 2:
            session = self._stage.workspace.session if meant.is_open else self._load(*meant.ids)
            self._written(export_to([session], format, folder=folder, name=name), format)
            self._stage.workspace.library.audit.record("export", session.id)
            return

        def work(report: Report, stop: IsStopped) -> Path | None:
            sessions: list[Session] = []
            for session_id in meant.ids:
                if stop():
                    return None
                sessions.append(self._load(session_id))
                report(len(sessions), len(meant.ids))
            return export_to(sessions, format, folder=folder, name=name)

        def done(path: Path | None) -> None:
            if path is None:
                self._stage.say("The export is stopped; nothing was written.")
                return
            self._stage.sessions.set_marked(())
            self._written(path, format)
            self._stage.workspace.library.audit.record_each("export", meant.ids)

        self._jobs.run(f"export of {len(meant.ids):,} sessions", work, done)

    def _written(self, path: Path, format: str) -> None:
        self._stage.services.remember(lambda state: state.with_export(format, str(path.parent)))
        self._stage.app.copy_to_clipboard(str(path))
        self._stage.say(f"Exported to {path} (the path is copied).")

    def _load(self, session_id: str) -> Session:
        return self._stage.workspace.library.load(session_id)

    def _name(self, meant: Targets) -> str:
        if meant.is_open:
            return default_name([self._stage.workspace.session])
        if len(meant.ids) == 1:
            return default_name([self._load(meant.ids[0])])
        return f"{len(meant.ids)} sessions"

    def _meant(self) -> Targets | None:
        meant = targets(self._stage)
        if meant.is_draft and not self._stage.workspace.session.turns:
            self._stage.say("There is nothing to export yet: send a prompt first.", "warning")
            return None
        return meant

    def _proposal(self) -> tuple[str, Path]:
        state, config = self._stage.services.state, self._stage.services.config.export
        folder = state.export_dir or config.dir
        return state.export_format or config.format, _folder(folder)


def _folder(written: str) -> Path:
    """The folder to propose; as it is written where there is no such home or current folder."""
    try:
        return Path(written).expanduser() if written else Path.cwd()
    except (OSError, RuntimeError):
        return Path(written or ".")

"""Exports on the screen: the dialog proposes the last format and folder, one key does it again."""

from __future__ import annotations

from pathlib import Path

from tui_sessions.engine.exporting import default_name, export_to
from tui_sessions.errors import TuiSessionsError
from tui_sessions.exchange.registry import FORMATS, exporter
from tui_sessions.model.session import Session
from tui_sessions.tui.stage import Stage


class Exports:
    """What the export keys do."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def export(self, format: str = "") -> None:
        """Ask for format, folder and name; with a format given, export at once."""
        from tui_sessions.tui.screens.export import ExportChoice, ExportDialog

        session = self._whole()
        if session is None:
            return
        last_format, folder = self._proposal()
        if format:
            exporter(format)  # an unknown format is an error before anything is written
            self.write(session, format, folder)
            return

        def chosen(choice: ExportChoice | None) -> None:
            if choice is not None:
                self.write(session, choice.format, _folder(choice.folder), choice.name)

        dialog = ExportDialog(
            formats=tuple((name, exporter(name).label, exporter(name).suffix) for name in FORMATS),
            format=last_format,
            folder=str(folder),
            name=default_name([session]),
        )
        self._stage.app.push_screen(dialog, chosen)

    def export_again(self) -> None:
        """As last time: same format, same folder, no question."""
        last = self._stage.services.state.last_export
        if last is None:
            self.export()
            return
        session = self._whole()
        if session is not None:
            self.write(session, last.format, Path(last.dir))

    def write(self, session: Session, format: str, folder: Path, name: str | None = None) -> None:
        """Write the file, copy its path, remember how."""
        try:
            path = export_to([session], format, folder=folder, name=name)
        except TuiSessionsError as problem:
            self._stage.say(str(problem), "error")
            return
        services = self._stage.services
        services.remember(lambda state: state.with_export(format, str(folder)))
        self._stage.app.copy_to_clipboard(str(path))
        self._stage.say(f"Exported to {path} (the path is copied).")

    def _whole(self) -> Session | None:
        workspace = self._stage.workspace
        if workspace.is_draft and not workspace.session.turns:
            self._stage.say("There is nothing to export yet: send a prompt first.", "warning")
            return None
        return workspace.session

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

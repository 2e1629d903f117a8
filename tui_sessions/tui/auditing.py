"""The audit log on the screen: what stands in it, whether all that was saved is there, and a standing
sentence while it cannot be written."""

from __future__ import annotations

from textual.timer import Timer

from tui_sessions.errors import NotFoundError
from tui_sessions.model.audit import AuditFilter, AuditLine, Checked
from tui_sessions.model.display import shown_number
from tui_sessions.tui.jobs import IsStopped, Jobs, Report
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets.status_line import StatusLine

MOST_LINES = 1000
PAUSE_S = 5.0
"""Between two tries to write what waits."""


class Auditing:
    """Between the log and the screen."""

    def __init__(self, stage: Stage, jobs: Jobs) -> None:
        self._stage = stage
        self._jobs = jobs
        self._timer: Timer | None = None
        self._line: StatusLine | None = None

    def open(self, words: str = "") -> None:
        """The log, the latest line first; `verify`: whether what was acknowledged is in the files."""
        if words.strip().casefold() == "verify":
            self._jobs.run("checking what was saved", self._check, self._tell_checked)
        else:
            self._jobs.run("reading of the audit log", self._read, self._show)

    def tell(self, problem: str) -> None:
        """The log cannot be written, or can again (""): say so as long as it lasts."""
        if problem and self._timer is None:
            self._timer = self._stage.screen.set_interval(PAUSE_S, self._try_again)
        if not problem and self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._line is None:
            self._line = StatusLine(id="audit_problem")
            self._stage.screen.mount(self._line, before="#busy")
        self._line.say(problem, kind="warning")

    def _try_again(self) -> None:
        self._stage.workspace.library.audit.write_waiting()

    def _read(self, _report: Report, _stop: IsStopped) -> tuple[tuple[AuditLine, ...], int]:
        from tui_sessions.store.audit_log import AuditLog

        services = self._stage.services
        path = services.audit_path
        if path is None:
            raise NotFoundError(
                "No audit log is kept. audit = true in the configuration keeps one."
            )
        log = AuditLog(path)
        return log.last(MOST_LINES, AuditFilter()), log.damaged

    def _show(self, found: tuple[tuple[AuditLine, ...], int]) -> None:
        from tui_sessions.tui.screens.audit import AuditDialog

        lines, damaged = found
        library = self._stage.workspace.library
        ids = {line.session for line in lines if line.session}
        titles = {one: library.row(one).title for one in ids if library.has(one)}
        note = f" · {shown_number(damaged, 'damaged line')}" if damaged else ""
        dialog = AuditDialog(lines[::-1], titles, now=self._stage.services.now, note=note)

        def chosen(session_id: str | None) -> None:
            if session_id is not None:
                self._stage.open_session(session_id)

        self._stage.app.push_screen(dialog, chosen)

    def _check(self, _report: Report, stop: IsStopped) -> list[Checked]:
        from tui_sessions.store.audit_check import check
        from tui_sessions.store.audit_log import AuditLog

        path = self._stage.services.audit_path
        if path is None:
            raise NotFoundError(
                "No audit log is kept. audit = true in the configuration keeps one."
            )
        checked = []
        for one in check(self._stage.workspace.library, AuditLog(path).lines()):
            if stop():
                break
            checked.append(one)
        return checked

    def _tell_checked(self, checked: list[Checked]) -> None:
        odd = [one for one in checked if not one.is_explained]
        what = shown_number(len(checked), "saved message")
        stopped = " Stopped before the others." if self._jobs.was_stopped else ""
        if not odd:
            self._stage.say(f"{what}: each is where the log says.{stopped}")
            return
        self._stage.say(
            f"{len(odd):,} of {what} are missing or were changed outside. "
            f"tui-sessions audit verify lists them.{stopped}",
            "error",
        )

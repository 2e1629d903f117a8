"""`:doctor`: the library looked over in a thread, what was found, what mending would do, and the mending."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.engine.checkup import places_of_drafts, setting_findings
from tui_sessions.errors import UsageError
from tui_sessions.model.findings import Finding, Mended, Report, in_order, kind_words, summary
from tui_sessions.model.text import clean_line
from tui_sessions.tui.bulk import Bulk
from tui_sessions.tui.jobs import IsStopped, Jobs
from tui_sessions.tui.jobs import Report as Far
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from tui_sessions.codec.salvage import Salvaged
    from tui_sessions.store.doctor.doctor import Doctor
    from tui_sessions.tui.screens.doctor import DoctorChoice


def _nowhere() -> None:
    """There is no list to go back to."""


class Doctoring:
    """Between the doctor of the library and the screen."""

    def __init__(self, stage: Stage, jobs: Jobs, bulk: Bulk) -> None:
        self._stage = stage
        self._jobs = jobs
        self._bulk = bulk

    def run(self, path: str = "") -> None:
        """Looks the library over; with the path of a damaged file, into that one. Raises `ConflictError`,
        `UsageError`."""
        self._jobs.check()
        if not path.strip():
            self._jobs.run("looking the library over", self._look, self._show)
            return
        damaged = {row.path: row.reason for row in self._stage.workspace.library.damaged()}
        if path not in damaged:
            raise UsageError(f"{clean_line(path)} is no damaged file. :doctor looks all over.")
        self._look_into(Finding(kind="damaged", path=path, what=damaged[path], by="repair"))

    @property
    def _doctor(self) -> Doctor:
        doctor = self._stage.workspace.library.doctor
        doctor.also = places_of_drafts(self._stage.services.paths.state_dir)
        return doctor

    # the look over everything

    def _look(self, far: Far, stop: IsStopped) -> Report:
        services = self._stage.services
        personas = services.personas
        found = self._doctor.check(far, stop)
        settings = setting_findings(personas.all, services.paths.prices_file, personas.path)
        return msgspec.structs.replace(found, findings=in_order((*found.findings, *settings)))

    def _show(self, report: Report) -> None:
        self._stage.library_changed(None)
        if not report.findings:
            stopped = "Stopped. Nothing was found so far."
            self._stage.say(stopped if self._jobs.was_stopped else summary(report))
            return
        self._ask_about(report)

    def _ask_about(self, report: Report) -> None:
        from tui_sessions.tui.screens.doctor import DoctorDialog

        def answered(choice: DoctorChoice | None) -> None:
            if choice is None:
                return
            if choice.action == "look":
                back = partial(self._ask_about, report)
                self._stage.attempt(lambda: self._look_into(choice.findings[0], back))
            else:
                self._stage.attempt(lambda: self._plan(choice.findings))

        self._stage.app.push_screen(DoctorDialog(report), answered)

    # one damaged file

    def _look_into(self, finding: Finding, back: Callable[[], None] = _nowhere) -> None:
        def work(far: Far, stop: IsStopped) -> tuple[Salvaged, str]:
            return self._doctor.salvaged(finding.path), self._doctor.recovered_beside(finding.path)

        self._jobs.run(
            f"reading {finding.path.rpartition('/')[2]}",
            work,
            partial(self._show_salvaged, finding, back),
        )

    def _show_salvaged(
        self, finding: Finding, back: Callable[[], None], found: tuple[Salvaged, str]
    ) -> None:
        from tui_sessions.tui.screens.doctor import SalvageDialog

        def answered(is_agreed: bool | None) -> None:
            if is_agreed:
                self._stage.attempt(lambda: self._mend((finding,)))
            else:
                back()

        salvaged, beside = found
        self._stage.app.push_screen(SalvageDialog(finding.path, salvaged, beside=beside), answered)

    # mending

    def _plan(self, findings: tuple[Finding, ...]) -> None:
        curable = tuple(finding for finding in findings if finding.by)
        if not curable:
            raise UsageError("There is nothing here that can be repaired.")

        def work(far: Far, stop: IsStopped) -> tuple[Mended, ...]:
            doctor = self._doctor
            return (*doctor.plan(curable), *doctor.plan(curable, by="migrate"))

        self._jobs.run("looking what would be done", work, partial(self._ask, curable))

    def _ask(self, findings: tuple[Finding, ...], planned: tuple[Mended, ...]) -> None:
        from tui_sessions.tui.screens.confirm import ConfirmDialog

        possible = [one for one in planned if not one.problem]
        if not possible:
            self._stage.say(planned[0].problem if planned else "There is nothing to repair.")
            return

        def answered(is_agreed: bool | None) -> None:
            if is_agreed:
                self._stage.attempt(lambda: self._mend(findings))

        self._stage.app.push_screen(
            ConfirmDialog(
                f"Mend {len(possible):,} {'thing' if len(possible) == 1 else 'things'}?",
                details=list(_deeds(possible)),
                note="Nothing is deleted, and no damaged file is touched.",
                verb="do it",
            ),
            answered,
        )

    def _mend(self, findings: tuple[Finding, ...]) -> None:
        def work(far: Far, stop: IsStopped) -> tuple[Mended, ...]:
            doctor = self._doctor
            done = doctor.mend(findings, progress=far, stop=stop)
            return (*done, *doctor.mend(findings, by="migrate", progress=far, stop=stop))

        self._jobs.run("repair of the library", work, self._mended)

    def _mended(self, done: tuple[Mended, ...]) -> None:
        self._bulk.show_changed()
        refused = [one for one in done if one.problem]
        mended = len(done) - len(refused)
        if refused:
            where = clean_line(refused[0].finding.path)
            self._stage.say(f"{mended:,} mended. {where}: {refused[0].problem}", "error")
        elif len(done) == 1:
            self._stage.say(done[0].done)
        else:
            self._stage.say(f"{mended:,} mended.")


def _deeds(planned: list[Mended]) -> list[str]:
    """What would be done, a line a kind where there are many."""
    kinds: dict[str, list[Mended]] = {}
    for one in planned:
        kinds.setdefault(one.finding.kind, []).append(one)
    lines = []
    for kind, ones in kinds.items():
        if len(ones) == 1:
            lines.append(f"{ones[0].finding.path or 'the library'}: {ones[0].done}")
        else:
            lines.append(f"{kind_words(kind, len(ones))}: {ones[0].finding.cure or ones[0].done}")
    return lines

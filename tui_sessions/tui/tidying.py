"""`:cleanup`, `:archive`, `:compress`: looked at first, done in a thread, taken back with one undo."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tui_sessions.config.expiry import expiry
from tui_sessions.errors import ConflictError, UsageError
from tui_sessions.model.dates import parse_since
from tui_sessions.model.display import shown_number, shown_sessions, shown_size
from tui_sessions.model.steps import Outcome
from tui_sessions.model.upkeep import Plan, Wanted, is_in_archive
from tui_sessions.model.upkeep_words import NOTHING, plan_lines
from tui_sessions.tui.bulk import Bulk
from tui_sessions.tui.jobs import IsStopped, Jobs, Report
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.targets import Targets, targets, title_of

if TYPE_CHECKING:
    from tui_sessions.store.upkeep.upkeep import Upkeep

WORDS = ("empty", "expired", "archive", "delete")
FEW = 1
"""So many are not worth a question: undo brings them back."""
MOST_TITLES = 50


class Looked(NamedTuple):
    """What was found, and what its packing would free."""

    plan: Plan
    freed: int = 0


class Tidying:
    """Tidies up what is meant, or what is due."""

    def __init__(self, stage: Stage, jobs: Jobs, bulk: Bulk) -> None:
        self._stage = stage
        self._jobs = jobs
        self._bulk = bulk

    @property
    def busy(self) -> frozenset[str]:
        """What is not touched: the open session, and those that are being answered."""
        workspace, turns = self._stage.workspace, self._stage.services.turns
        is_open = frozenset() if workspace.is_draft else frozenset({workspace.session_id})
        return turns.running_ids() | is_open

    # cleanup

    def cleanup(self, words: str = "") -> None:
        """Look for what is due, show it, do it when agreed. Raises `UsageError`, `ConflictError`."""
        wanted = self._wanted(words)
        self._jobs.check()
        self._jobs.run("looking for what is due", partial(self._look, wanted), self._ask)

    def _wanted(self, words: str) -> Wanted:
        said = words.casefold().split()
        services = self._stage.services
        config, now = services.config.upkeep, services.now()
        ages = [word for word in said if word not in WORDS]
        if len(ages) > 1 or {"archive", "delete"} <= set(said):
            raise UsageError(":cleanup takes an age (90d), archive or delete, empty, expired.")
        is_bare = not ages and not {"empty", "expired"} & set(said)
        wanted = expiry(config, now) if is_bare or "expired" in said else Wanted()
        replace = msgspec.structs.replace
        if is_bare or "empty" in said:
            wanted = replace(wanted, empty=True)
        if ages:
            wanted = replace(wanted, unused_since=parse_since(ages[0], now))
        goes = config.expire_to
        if "archive" in said or "delete" in said:
            goes = "archive" if "archive" in said else "trash"
        return replace(wanted, old_go_to=goes)

    def look(self, wanted: Wanted) -> Looked:
        """What is due, and what its packing would free. May run in a thread."""
        services = self._stage.services
        plan = self._upkeep.plan(wanted, now=services.now, busy=self.busy)
        packed = [row.id for due in plan.due if due.deed == "archive" for row in due.rows]
        return Looked(plan, self._upkeep.packing_frees(packed) if packed else 0)

    def _look(self, wanted: Wanted, _report: Report, _stop: IsStopped) -> Looked:
        return self.look(wanted)

    def _ask(self, found: Looked) -> None:
        if self._jobs.was_stopped:
            self._stage.say("Stopped. Nothing was changed.")
            return
        lines = plan_lines(*found)
        if not found.plan:
            self._stage.say(" ".join((NOTHING, *lines)))
            return
        rows = [row for due in found.plan.due for row in due.rows[:MOST_TITLES]]
        note = f"{self._bulk.undoing} brings it back"
        note += ", but not what leaves the trash." if found.plan.purged else "."
        self._confirm(
            "Tidy up?", lines, [row.title for row in rows], note, partial(self.do, found.plan)
        )

    def do(self, plan: Plan) -> None:
        """Do what is due. Raises `ConflictError` where something else is being done."""
        count = sum(due.count for due in plan.due)
        label = f"cleanup of {shown_sessions(count)}"

        def work(report: Report, stop: IsStopped) -> tuple[Outcome, int]:
            outcome = Outcome()
            if count:
                busy = self.busy
                outcome = self._upkeep.tidy(
                    plan, label, busy=lambda: busy, progress=report, stop=stop
                )
            return outcome, 0 if stop() else self._upkeep.purge(plan, progress=report)

        def ended(done: tuple[Outcome, int]) -> None:
            outcome, gone = done
            if count:
                self._bulk.tell(outcome, "Tidied away")
            if gone:
                self._stage.say(f"{shown_number(gone, 'file')} left the trash for good.")
            self._bulk.show_changed()

        self._jobs.run(label, work, ended)

    # archive, compress

    def archive(self, words: str = "") -> None:
        """Put the sessions that are meant into the archive; `back`: bring them back."""
        is_back = self._is_said(words, "back", ":archive")
        meant = self._meant()
        library = self._stage.workspace.library
        rows = [library.row(session_id) for session_id in meant.ids]
        ids = tuple(row.id for row in rows if is_in_archive(row.path) == is_back)
        if not ids:
            where = "in the archive already" if not is_back else "not in the archive"
            raise UsageError(f"{meant.named(self._stage.workspace)}: {where}.")
        act = self._upkeep.bring_back if is_back else self._upkeep.archive
        what, done = ("return", "Brought back") if is_back else ("archiving", "Archived")
        question = "Bring {} back from the archive?" if is_back else "Put {} into the archive?"

        def work(step: str, report: Report, stop: IsStopped) -> Outcome:
            return act(ids, step, progress=report, stop=stop)

        self._go(Targets(ids, meant.where), question, what, done, work, is_packing=not is_back)

    def compress(self, words: str = "") -> None:
        """Pack the files of the sessions that are meant; `unpack`: the other way round."""
        is_back = self._is_said(words, "unpack", ":compress")
        meant = self._meant()
        library = self._stage.workspace.library
        rows = [library.row(session_id) for session_id in meant.ids]
        ids = tuple(row.id for row in rows if row.path.endswith(".gz") == is_back)
        if not ids:
            state = "not packed" if is_back else "packed already"
            raise UsageError(f"{meant.named(self._stage.workspace)}: {state}.")
        what, done = ("unpacking", "Unpacked") if is_back else ("packing", "Packed")
        question = "Unpack the files of {}?" if is_back else "Pack the files of {}?"

        def work(step: str, report: Report, stop: IsStopped) -> Outcome:
            return self._upkeep.compress(ids, step, is_back=is_back, progress=report, stop=stop)

        self._go(Targets(ids, meant.where), question, what, done, work, is_packing=not is_back)

    def _go(
        self,
        meant: Targets,
        question: str,
        what: str,
        done: str,
        work: Callable[[str, Report, IsStopped], Outcome],
        *,
        is_packing: bool,
    ) -> None:
        stage, count = self._stage, len(meant.ids)
        if set(meant.ids) & stage.services.turns.running_ids():
            raise ConflictError("It is being answered. Stop the answer first (esc).")

        def go() -> None:
            self._bulk.run(meant, what, work, done)

        if count <= FEW:
            title = meant.named(stage.workspace)
            outcome = work(f"{what} of {title}", _to_nobody, _never)
            if outcome.done:
                stage.say(f"{done}: {title}. {self._bulk.undoing} takes it back.")
            self._bulk.tell_problems(outcome)
            self._bulk.show_changed()
            return
        library = stage.workspace.library
        size = sum(library.row(session_id).size for session_id in meant.ids)
        lines = [f"They take {shown_size(size)}."]
        if is_packing:
            freed = shown_size(self._upkeep.packing_frees(meant.ids))
            lines = [f"They take {shown_size(size)}; packing frees about {freed}."]
        titles = [title_of(stage.workspace, one) for one in meant.ids[:MOST_TITLES]]
        titles += [""] * (count - len(titles))  # Only counted.
        named = meant.named(stage.workspace)
        note = f"{self._bulk.undoing} takes it back."
        self._confirm(question.format(named), lines, titles, note, go)

    def _meant(self) -> Targets:
        meant = targets(self._stage)
        if meant.is_draft:
            raise UsageError("This session has no file yet. Send a prompt first.")
        self._jobs.check()
        return meant

    def _is_said(self, words: str, word: str, command: str) -> bool:
        said = words.strip().casefold()
        if said not in ("", word):
            raise UsageError(f"{command} takes nothing, or {word}.")
        return said == word

    def _confirm(
        self,
        question: str,
        lines: list[str],
        titles: list[str],
        note: str,
        then: Callable[[], None],
    ) -> None:
        from tui_sessions.tui.screens.tidying import TidyDialog

        def answered(is_agreed: bool | None) -> None:
            if is_agreed:
                self._stage.attempt(then)

        dialog = TidyDialog(question, lines, titles=titles, note=note)
        self._stage.app.push_screen(dialog, answered)

    @property
    def _upkeep(self) -> Upkeep:
        return self._stage.workspace.library.upkeep


def _to_nobody(_done: int, _total: int) -> None:
    """What is done at once needs no progress."""


def _never() -> bool:
    return False

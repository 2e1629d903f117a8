"""Undo, redo, the history of what was done, the trash: every way back, on the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from tui_sessions.errors import ConflictError
from tui_sessions.model.results import TrashRow
from tui_sessions.model.steps import Outcome, StepRow
from tui_sessions.model.text import clean_line
from tui_sessions.tui.bulk import Bulk
from tui_sessions.tui.jobs import IsStopped, Jobs, Report
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from tui_sessions.tui.screens.trash import TrashChoice


class TakingBack:
    """What keys and commands take back."""

    def __init__(self, stage: Stage, jobs: Jobs, bulk: Bulk) -> None:
        self._stage = stage
        self._jobs = jobs
        self._bulk = bulk

    # undo, redo, history

    def undo(self) -> None:
        """Take the last thing back, also of an earlier run. Raises what refuses it."""
        workspace = self._stage.workspace
        label = workspace.undo_draft()
        if label is not None:
            self._stage.say(f"Taken back: {label}.")
            self._bulk.show_changed()
            return
        history = workspace.library.history
        step = history.next_undo()
        self._refuse_answering(step)
        self._go(lambda report, stop: history.undo(progress=report, stop=stop), step, "Taken back")

    def redo(self) -> None:
        """Do again what was undone last. Raises what refuses it."""
        history = self._stage.workspace.library.history
        self._go(
            lambda report, stop: history.redo(progress=report, stop=stop),
            history.next_redo(),
            "Done again",
        )

    def history(self) -> None:
        """What was done when; Enter takes one of them back."""
        from tui_sessions.tui.screens.history import HistoryDialog

        steps = self._stage.workspace.library.history.steps()
        dialog = HistoryDialog(
            steps, now=self._stage.services.now, redo_key=self._stage.keys.shown("session.redo")
        )

        def chosen(step_id: str | None) -> None:
            if step_id is not None:
                self._stage.attempt(lambda: self._undo_step(steps, step_id))

        self._stage.app.push_screen(dialog, chosen)

    def _undo_step(self, steps: Sequence[StepRow], step_id: str) -> None:
        step = next(step for step in steps if step.id == step_id)
        self._refuse_answering(step)
        history = self._stage.workspace.library.history
        self._go(
            lambda report, stop: history.undo_step(step_id, progress=report, stop=stop),
            step,
            "Taken back",
        )

    def _go(
        self, act: Callable[[Report, IsStopped], StepRow], step: StepRow | None, done: str
    ) -> None:
        """One session at once, many in a thread."""
        open_key = self._stage.workspace.draft_key

        def ended(step: StepRow) -> None:
            if step.count > 1 and self._jobs.was_stopped:
                sentence = (
                    f"Stopped in the middle: {clean_line(step.label)}. Once more does the rest."
                )
            else:
                sentence = " ".join((f"{done}: {clean_line(step.label)}.", *step.problems[:1]))
            self._stage.say(sentence, "warning" if step.problems else "information")
            self._bulk.show_changed()
            self._go_back(open_key)

        if step is None or step.count <= 1:
            ended(act(_to_nobody, _never))
        else:
            self._jobs.run(clean_line(step.label), act, ended)

    def _go_back(self, open_key: str) -> None:
        """Where the open session is no more, a branch or an extract that was taken back: to where it was
        made."""
        stage = self._stage
        is_gone = bool(open_key) and stage.workspace.is_draft
        if is_gone and stage.workspace.library.has(stage.came_from):
            stage.open_session(stage.came_from)

    def _refuse_answering(self, step: StepRow | None) -> None:
        answering = self._stage.services.turns.running_ids()
        if step is not None and answering.intersection(step.session_ids):
            raise ConflictError(
                f"{clean_line(step.label)[:80]}: it is being answered. Stop the answer first (esc)."
            )

    # the trash

    def trash(self) -> None:
        """What was deleted: to be looked through, taken back, or removed for good."""
        from tui_sessions.tui.screens.trash import TrashDialog

        rows = self._stage.workspace.library.trash()

        def chosen(choice: TrashChoice | None) -> None:
            if choice is not None:
                self._stage.attempt(lambda: self._chosen(choice, rows))

        self._stage.app.push_screen(TrashDialog(rows, now=self._stage.services.now), chosen)

    def _chosen(self, choice: TrashChoice, rows: Sequence[TrashRow]) -> None:
        match choice.action:
            case "restore":
                self._restore(choice.entries)
            case "remove":
                by_entry = {row.entry: row for row in rows}
                self._ask_to_remove([by_entry[entry] for entry in choice.entries])
            case "empty":
                self._ask_to_remove(rows)
            case "empty-old":
                from tui_sessions.tui.screens.trash import OLD_DAYS

                before = self._stage.services.now() - timedelta(days=OLD_DAYS)
                self._ask_to_remove([row for row in rows if row.deleted_at < before])

    def _restore(self, entries: tuple[str, ...]) -> None:
        history = self._stage.workspace.library.history

        def ended(outcome: Outcome) -> None:
            self._bulk.show_changed()
            if len(entries) > 1:
                self._bulk.tell(outcome, "Restored")
                return
            self._bulk.tell_problems(outcome)
            if outcome.step is not None and outcome.step.session_ids:
                self._show_restored(outcome.step.session_ids[0])

        if len(entries) == 1:
            ended(history.restore(entries))
        else:
            self._jobs.run(
                f"restoring of {len(entries):,} sessions",
                lambda report, stop: history.restore(entries, progress=report, stop=stop),
                ended,
            )

    def _show_restored(self, session_id: str) -> None:
        """A damaged file is back as well, but there is nothing to open."""
        if self._stage.workspace.library.has(session_id):
            self._stage.open_session(session_id)

    def _ask_to_remove(self, rows: Sequence[TrashRow]) -> None:
        from tui_sessions.tui.screens.confirm import ConfirmDialog

        if not rows:
            self._stage.say("There is nothing to remove.")
            self.trash()
            return
        what = f"“{clean_line(rows[0].title)}”" if len(rows) == 1 else f"{len(rows):,} files"
        dialog = ConfirmDialog(
            f"Remove {what} for good?",
            details=[row.title for row in rows],
            note="Nothing brings that back: the files are deleted.",
            verb="remove for good",
        )

        def answered(yes: bool | None) -> None:
            if yes:
                self._stage.attempt(lambda: self._remove([row.entry for row in rows]))
            else:
                self.trash()

        self._stage.app.push_screen(dialog, answered)

    def _remove(self, entries: Sequence[str]) -> None:
        history = self._stage.workspace.library.history

        def ended(count: int) -> None:
            self._stage.say(f"{count:,} removed for good.")
            self._stage.show_tree()

        self._jobs.run(
            f"removal of {len(entries):,} files",
            lambda report, _stop: history.empty_trash(entries=entries, progress=report),
            ended,
        )


def _to_nobody(_done: int, _total: int) -> None:
    """What is done at once needs no progress."""


def _never() -> bool:
    return False

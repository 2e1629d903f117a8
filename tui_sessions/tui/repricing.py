"""`:reprice`: costs for answers that have none; what would change is shown first, and it can be taken back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui_sessions.errors import UsageError
from tui_sessions.model.display import shown_sessions
from tui_sessions.model.reprice_words import KNOWN, SAME
from tui_sessions.model.steps import Outcome
from tui_sessions.tui.bulk import Bulk
from tui_sessions.tui.jobs import IsStopped, Jobs, Report
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.targets import Targets, targets

if TYPE_CHECKING:
    from tui_sessions.engine.repricing import Repricing
    from tui_sessions.model.reprice import Reckoning

WORDS = ("all", "anew")


class ToReprice:
    """Between the tables of prices and the sessions that are meant."""

    def __init__(self, stage: Stage, jobs: Jobs, bulk: Bulk) -> None:
        self._stage = stage
        self._jobs = jobs
        self._bulk = bulk

    def run(self, words: str = "") -> None:
        """The sessions that are meant, with `all` those of the whole tree; with `anew` also what has a cost.
        Raises `UsageError`, `ConflictError`."""
        said = set(words.casefold().split())
        if not said <= set(WORDS):
            raise UsageError(
                ":reprice takes all (every session of the tree), anew (also what has a cost)."
            )
        self._jobs.check()
        workspace = self._stage.workspace
        is_anew = "anew" in said
        meant = (
            Targets(workspace.library.ids(workspace.query))
            if "all" in said
            else targets(self._stage)
        )
        if not meant.ids:
            raise UsageError("This session has no answer yet. :reprice all looks at every session.")
        self._jobs.run(
            "reading of costs",
            partial(self._look, meant.ids, is_anew),
            partial(self._ask, is_anew),
        )

    @property
    def _work(self) -> Repricing:
        from tui_sessions.engine.repricing import Repricing

        services = self._stage.services
        return Repricing(services.library, services.prices, now=services.now)

    def _look(
        self, ids: tuple[str, ...], is_anew: bool, report: Report, stop: IsStopped
    ) -> Reckoning:
        work = self._work
        concerned = work.concerned(ids, is_anew=is_anew)
        return work.preview(concerned, is_anew=is_anew, progress=report, stop=stop)

    def _ask(self, is_anew: bool, found: Reckoning) -> None:
        from tui_sessions.tui.screens.repricing import RepriceDialog

        if self._jobs.was_stopped:
            self._stage.say("Stopped. Nothing was changed.")
        elif not found.models:
            self._stage.say(SAME if is_anew else KNOWN)
        else:

            def answered(is_agreed: bool | None) -> None:
                if is_agreed:
                    self._stage.attempt(lambda: self._apply(found, is_anew))

            self._stage.app.push_screen(RepriceDialog(found), answered)

    def _apply(self, found: Reckoning, is_anew: bool) -> None:
        """Raises `ConflictError` where something else has begun meanwhile."""
        ids = found.session_ids
        label = f"costs of {shown_sessions(len(ids))}"

        def apply(report: Report, stop: IsStopped) -> Outcome:
            return self._work.apply(ids, label, is_anew=is_anew, progress=report, stop=stop)

        def ended(outcome: Outcome) -> None:
            self._bulk.tell(outcome, "Repriced")
            self._bulk.show_changed()

        self._jobs.run(label, apply, ended)

"""The parts behind the main screen in one hand: what keys, colon commands and the palette ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from textual.message import Message

from tui_sessions.tui.bulk import Bulk
from tui_sessions.tui.choosing import Choosing
from tui_sessions.tui.exports import Exports
from tui_sessions.tui.filing import Filing
from tui_sessions.tui.folders import Folders
from tui_sessions.tui.hearing import Hearing
from tui_sessions.tui.jobs import Jobs
from tui_sessions.tui.reading import Reading
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.tagging import Tagging
from tui_sessions.tui.taking_back import TakingBack
from tui_sessions.tui.talking import Talking
from tui_sessions.tui.unsaved import Unsaved
from tui_sessions.tui.watching import Watching
from tui_sessions.wiring import DEMO_MODEL

if TYPE_CHECKING:
    from tui_sessions.tui.attaching import Attaching
    from tui_sessions.tui.auditing import Auditing
    from tui_sessions.tui.automatic import Naming
    from tui_sessions.tui.backing import Backing
    from tui_sessions.tui.backups_due import BackupsDue
    from tui_sessions.tui.branches import Branches
    from tui_sessions.tui.budgeting import Budgeting
    from tui_sessions.tui.comparing import Comparing
    from tui_sessions.tui.completing import Completing
    from tui_sessions.tui.context import OwnContext
    from tui_sessions.tui.cut_answers import CutAnswers
    from tui_sessions.tui.doctoring import Doctoring
    from tui_sessions.tui.elsewhere import AnsweredElsewhere
    from tui_sessions.tui.estimating import Estimating
    from tui_sessions.tui.expiring import Expiring
    from tui_sessions.tui.first_day import FirstDay
    from tui_sessions.tui.messages import Messages
    from tui_sessions.tui.params import OwnParams
    from tui_sessions.tui.personas import OwnPersonas
    from tui_sessions.tui.queueing import Queueing
    from tui_sessions.tui.replaying import Replaying
    from tui_sessions.tui.repricing import ToReprice
    from tui_sessions.tui.searching import Searching
    from tui_sessions.tui.sending import Sending
    from tui_sessions.tui.statistics.desk import StatisticsDesk
    from tui_sessions.tui.taking_out import TakingOut
    from tui_sessions.tui.tidying import Tidying
    from tui_sessions.tui.versions import OwnVersions


@dataclass
class SettingsWanted(Message):
    """The settings are to be opened. The app does: they need to know every pane's keys, this one's too."""

    stage: Stage


class Desk:
    """Everything that can be done on the main screen.

    What is not needed for the first paint is loaded when it is first asked for."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.jobs = Jobs(stage)
        self.bulk = Bulk(stage, self.jobs)
        self.folders = Folders(stage, self.bulk)
        self.filing = Filing(stage, self.bulk, self.folders)
        self.taking_back = TakingBack(stage, self.jobs, self.bulk)
        self.exports = Exports(stage, self.jobs)
        self.choosing = Choosing(stage)
        self.tagging = Tagging(stage)
        self.unsaved = Unsaved(stage)
        self.talking = Talking(stage)
        self.hearing = Hearing(stage, self.unsaved)
        self.reading = Reading(stage)
        self.watching = Watching(stage)
        self._watch_audit()
        self.watching.when_recovered = lambda ids: self.cut_answers.tell(len(ids))
        stage.when_shown.append(self._show_cut_answers)
        for news in (stage.when_shown, stage.when_tree_shown):
            news.append(self._mark_forks)
            news.append(self._show_budgets)

    @cached_property
    def elsewhere(self) -> AnsweredElsewhere:
        """What other programs are being answered."""
        from tui_sessions.tui.elsewhere import AnsweredElsewhere

        return AnsweredElsewhere(self.stage)

    @cached_property
    def cut_answers(self) -> CutAnswers:
        """Answers that a crash cut off."""
        from tui_sessions.tui.cut_answers import CutAnswers

        return CutAnswers(self)

    def _show_cut_answers(self) -> None:
        """Nothing is loaded while there are none."""
        if "cut_answers" in self.__dict__ or self.stage.workspace.library.has_interrupted:
            self.cut_answers.refresh()

    def save(self, name: str = "") -> None:
        """Try again to write what is only in memory; else give the file a name."""
        if name or not self.unsaved.is_waiting:
            self.filing.save(name)
        else:
            self.unsaved.try_again()

    @cached_property
    def first_day(self) -> FirstDay:
        """Who answers where nobody was chosen yet."""
        from tui_sessions.tui.first_day import FirstDay

        return FirstDay(self.stage, self.choosing)

    @cached_property
    def searching(self) -> Searching:
        """Search in all conversations."""
        from tui_sessions.tui.searching import Searching

        return Searching(self.stage, self.exports)

    @cached_property
    def messages(self) -> Messages:
        """Single messages: edit, delete, bookmark, go to."""
        from tui_sessions.tui.messages import Messages

        return Messages(self.stage, self.talking, self.choosing, self.reading)

    @cached_property
    def branches(self) -> Branches:
        """The other paths of a session."""
        from tui_sessions.tui.branches import Branches

        return Branches(self)

    @cached_property
    def comparing(self) -> Comparing:
        """Several answers side by side."""
        from tui_sessions.tui.comparing import Comparing

        return Comparing(self)

    @cached_property
    def taking_out(self) -> TakingOut:
        """Messages into other programs and files."""
        from tui_sessions.tui.taking_out import TakingOut

        return TakingOut(self)

    @cached_property
    def replaying(self) -> Replaying:
        """A session once more, as it was written."""
        from tui_sessions.tui.replaying import Replaying

        return Replaying(self.stage)

    @cached_property
    def attaching(self) -> Attaching:
        """Files that go along with a prompt."""
        from tui_sessions.tui.attaching import Attaching

        return Attaching(self.stage)

    @cached_property
    def completing(self) -> Completing:
        """What the word at the cursor of the prompt could become."""
        from tui_sessions.tui.completing import Completing

        return Completing(self.stage)

    @cached_property
    def sending(self) -> Sending:
        """What becomes of a prompt that is entered."""
        from tui_sessions.tui.sending import Sending

        return Sending(self)

    @cached_property
    def estimating(self) -> Estimating:
        """What the next turn would use."""
        from tui_sessions.tui.estimating import Estimating

        return Estimating(self.stage)

    @cached_property
    def params(self) -> OwnParams:
        """What is sent with every prompt."""
        from tui_sessions.tui.params import OwnParams

        return OwnParams(self.stage)

    @cached_property
    def naming(self) -> Naming:
        """Titles and tags by a model."""
        from tui_sessions.tui.automatic import Naming

        return Naming(self.stage)

    @cached_property
    def personas(self) -> OwnPersonas:
        """Named ways to be answered."""
        from tui_sessions.tui.personas import OwnPersonas

        return OwnPersonas(self.stage, self.choosing)

    @cached_property
    def budgeting(self) -> Budgeting:
        """What may be spent."""
        from tui_sessions.tui.budgeting import Budgeting

        return Budgeting(self.stage)

    @cached_property
    def context(self) -> OwnContext:
        """What would be sent."""
        from tui_sessions.tui.context import OwnContext

        return OwnContext(self.stage)

    @cached_property
    def repricing(self) -> ToReprice:
        """Costs for what has none."""
        from tui_sessions.tui.repricing import ToReprice

        return ToReprice(self.stage, self.jobs, self.bulk)

    @cached_property
    def doctoring(self) -> Doctoring:
        """The library, looked over and mended."""
        from tui_sessions.tui.doctoring import Doctoring

        return Doctoring(self.stage, self.jobs, self.bulk)

    @cached_property
    def tidying(self) -> Tidying:
        """What is empty, old, idle; the archive; packed files."""
        from tui_sessions.tui.tidying import Tidying

        return Tidying(self.stage, self.jobs, self.bulk)

    @cached_property
    def expiring(self) -> Expiring:
        """What the configuration lets expire."""
        from tui_sessions.tui.expiring import Expiring

        return Expiring(self.stage, self.jobs, self.tidying)

    @cached_property
    def auditing(self) -> Auditing:
        """The audit log."""
        from tui_sessions.tui.auditing import Auditing

        return Auditing(self.stage, self.jobs)

    def _watch_audit(self) -> None:
        """What the log cannot take is told in whatever thread it was noticed."""

        def tell(problem: str) -> None:
            self.stage.screen.call_later(lambda: self.auditing.tell(problem))

        self.stage.workspace.library.audit.when_problem = tell

    @cached_property
    def versions(self) -> OwnVersions:
        """What the open session held before."""
        from tui_sessions.tui.versions import OwnVersions

        return OwnVersions(self.stage)

    @cached_property
    def backing(self) -> Backing:
        """Backups, made and brought back from."""
        from tui_sessions.tui.backing import Backing

        return Backing(self.stage, self.jobs, self.bulk)

    @cached_property
    def backups_due(self) -> BackupsDue:
        """Backups that are made by themselves."""
        from tui_sessions.tui.backups_due import BackupsDue

        return BackupsDue(self.stage, self.jobs)

    @cached_property
    def queueing(self) -> Queueing:
        """Prompts that wait for their turn."""
        from tui_sessions.tui.queueing import Queueing

        return Queueing(self)

    def look_for_models(self) -> None:
        """Where nobody chose who answers, look for somebody better than the demonstration."""
        services, workspace = self.stage.services, self.stage.workspace
        used = services.state.last_model
        if workspace.is_draft and not services.config.chat.model and used in ("", DEMO_MODEL):
            self.first_day.begin()

    @cached_property
    def statistics(self) -> StatisticsDesk:
        """What answers cost, used and took."""
        from tui_sessions.tui.statistics.desk import StatisticsDesk

        return StatisticsDesk(self.stage)

    def settings(self) -> None:
        """Everything in the user's configuration, to be looked at and changed."""
        self.stage.screen.post_message(SettingsWanted(self.stage))

    def branch(self, title: str = "") -> None:
        """Branch at the message that is looked at; without a title, ask for one."""
        turn_id = self.stage.conversation.current_turn_id
        if title:
            self.filing.branch_now(self.stage.workspace.turns_up_to(turn_id), title)
        else:
            self.filing.branch_at(turn_id)

    def _show_budgets(self) -> None:
        """What is spent of the budgets, once there are any."""
        stage = self.stage
        if "budgeting" in self.__dict__ or stage.services.has_budget(stage.workspace.seen):
            self.budgeting.refresh()

    def _mark_forks(self) -> None:
        """Where other paths leave the open session, once there are any."""
        workspace = self.stage.workspace
        if workspace.is_draft or not workspace.is_whole:
            return  # It comes again when all of it is read.
        session = workspace.session
        if "branches" in self.__dict__ or session.parent or workspace.library.branches(session.id):
            self.branches.show_forks()

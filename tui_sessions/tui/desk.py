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
from tui_sessions.tui.jobs import Jobs
from tui_sessions.tui.reading import Reading
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.tagging import Tagging
from tui_sessions.tui.taking_back import TakingBack
from tui_sessions.tui.talking import Talking
from tui_sessions.tui.unsaved import Unsaved
from tui_sessions.tui.watching import Watching

if TYPE_CHECKING:
    from tui_sessions.tui.searching import Searching


@dataclass
class SettingsWanted(Message):
    """The settings are to be opened. The app does: they need to know every pane's keys, this one's too."""

    stage: Stage


class Desk:
    """Everything that can be done on the main screen."""

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
        self.talking = Talking(stage, self.unsaved)
        self.reading = Reading(stage)
        self.watching = Watching(stage)

    @cached_property
    def searching(self) -> Searching:
        """Search in all conversations; loaded when it is first asked for."""
        from tui_sessions.tui.searching import Searching

        return Searching(self.stage, self.exports)

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

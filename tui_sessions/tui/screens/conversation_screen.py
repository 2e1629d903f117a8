"""What the conversation pane asks, brought to the parts that answer it."""

from __future__ import annotations

from textual import on
from textual.screen import Screen

from tui_sessions.tui.desk import Desk
from tui_sessions.tui.widgets import prompt_messages
from tui_sessions.tui.widgets.conversation import requests


class ConversationScreen(Screen[None]):
    """A screen with a conversation on it."""

    desk: Desk

    def run_named(self, name: str, argument: str) -> bool:
        """Do what a name says; whether it could be done."""
        raise NotImplementedError

    @on(prompt_messages.Edited)
    def _get_ready(self, message: prompt_messages.Edited) -> None:
        # A first word is written: this becomes a prompt, not a command, and not a key that was hit by chance.
        if not message.text.startswith(":") and len(message.text.split(maxsplit=1)) > 1:
            self.desk.talking.get_ready()

    @on(requests.Asked)
    def _ask(self, message: requests.Asked) -> None:
        self.run_named(message.name, "")

    @on(requests.BranchRequested)
    def _branch_here(self, message: requests.BranchRequested) -> None:
        if message.after == "user":
            self.desk.talking.edit_prompt(message.turn_id)
        else:
            self.desk.filing.branch_at(message.turn_id)

    @on(requests.RetryRequested)
    def _retry(self, message: requests.RetryRequested) -> None:
        self.desk.talking.retry(message.turn_id)

    @on(requests.ContinueRequested)
    def _continue(self, message: requests.ContinueRequested) -> None:
        self.desk.talking.resume(message.turn_id)

    @on(requests.AlternativeRequested)
    def _other_answer(self, message: requests.AlternativeRequested) -> None:
        self.desk.talking.step_answer(message.turn_id, message.step)

    @on(requests.EditRequested)
    def _edit_message(self, message: requests.EditRequested) -> None:
        self.desk.talking.edit_prompt(message.turn_id)

    @on(requests.DeleteRequested)
    def _delete_turn(self, message: requests.DeleteRequested) -> None:
        self.desk.talking.delete_turn(message.turn_id)

    @on(requests.CopyRequested)
    def _copy(self, message: requests.CopyRequested) -> None:
        self.desk.reading.copy(message.text, message.what, message.hidden)

    @on(requests.CodeChoice)
    def _choose_code(self, message: requests.CodeChoice) -> None:
        self.desk.reading.choose_code(message.blocks)

    @on(requests.LinkRequested)
    def _link(self, message: requests.LinkRequested) -> None:
        self.desk.reading.open_link(message.url)

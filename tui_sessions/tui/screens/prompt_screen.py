"""What the prompt tells, brought to the parts that answer it."""

from __future__ import annotations

from textual import on
from textual.timer import Timer

from tui_sessions.engine.events import EngineEvent, QueueChanged
from tui_sessions.tui.screens.conversation_screen import ConversationScreen
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets import prompt_messages

REST_S = 0.15
"""The keys rest for so long before it is counted what the next turn would use."""


class PromptScreen(ConversationScreen):
    """A screen with a prompt on it, for the conversation that it shows."""

    _resting: Timer | None = None

    def connect_prompt(self) -> None:
        """Give the prompt what it asks at every key. Nothing is loaded before the first one."""
        stage, area = self._stage, self._stage.prompt.area
        area.complete_word = lambda word, is_first: self.desk.completing.word(word, is_first)
        area.are_files = lambda paths: self.desk.attaching.are_files(paths)
        stage.when_shown.append(self._session_shown)

    @property
    def _stage(self) -> Stage:
        return self.desk.stage

    def _session_shown(self) -> None:
        """Another session, or the same one after a change."""
        stage = self._stage
        if stage.prompt.attachments:
            self.desk.attaching.show_refusals()
        if not stage.workspace.is_draft or "queueing" in self.desk.__dict__:
            self.desk.queueing.refresh()
        self._note_estimate()

    def _note_estimate(self) -> None:
        stage = self._stage
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        is_blank = not (stage.prompt.has_words or stage.prompt.attachments)
        if is_blank and not stage.workspace.seen.turns:
            if "estimating" in self.desk.__dict__:
                self.desk.estimating.forget()
        else:
            self._resting = self.set_timer(REST_S, self._estimate)

    def _estimate(self) -> None:
        self._resting = None
        if self._stage.workspace.is_whole:  # Else it is counted as soon as all of it is read.
            self.desk.estimating.count()

    def action_command(self) -> None:
        """To the prompt, with the colon of a command; what is written there stays."""
        prompt = self._stage.prompt
        if prompt.has_words:
            self._stage.say(
                "Something is written in the prompt: a command needs it empty.", "warning"
            )
        else:
            prompt.set_text(":")
        prompt.focus()

    def hear_queue(self, event: EngineEvent) -> None:
        """Show it where other prompts wait than before."""
        if isinstance(event, QueueChanged):
            self.desk.queueing.refresh()
            if event.problem:
                self._stage.say(f"The next prompt still waits: {event.problem}", "error")

    def tell_queue(self) -> None:
        """Say what a former run left waiting."""
        self._stage.attempt(lambda: self.desk.queueing.tell_left())

    def settle(self) -> None:
        """What is done now is meant for the session that was asked for."""

    @on(prompt_messages.Sent)
    def _send(self, message: prompt_messages.Sent) -> None:
        typed = self._stage.prompt.text
        self.settle()
        if (
            self._stage.prompt.text == typed
        ):  # Else something unsent stands before it, to be seen first.
            self.desk.sending.send(message)

    @on(prompt_messages.CommandEntered)
    def _command(self, message: prompt_messages.CommandEntered) -> None:
        prompt = self._stage.prompt
        text = prompt.text
        # Only what was typed is cleared: a command may have put other text there.
        if self.run_named(message.name, message.argument) and prompt.text == text:
            prompt.accept()

    @on(prompt_messages.NothingEntered)
    def _go_on(self) -> None:
        if not self._stage.workspace.is_draft and not self.desk.talking.ask_at_once():
            self._stage.attempt(self.desk.queueing.go_on)

    @on(prompt_messages.Edited)
    def _edited(self) -> None:
        self._stage.unsent.note(self._stage.workspace.draft_key)
        self._note_estimate()

    @on(prompt_messages.EditorRequested)
    def _editor(self) -> None:
        self.desk.reading.edit_prompt()

    @on(prompt_messages.PasteTooLarge)
    def _too_large(self, message: prompt_messages.PasteTooLarge) -> None:
        sentence = f"{message.size:,} characters are too many to paste. Keep them in a file."
        self._stage.say(sentence, "warning")

    @on(prompt_messages.AttachmentWanted)
    def _attach_wanted(self, message: prompt_messages.AttachmentWanted) -> None:
        if message.paths:
            self._stage.attempt(lambda: self.desk.attaching.files(message.paths))
        else:
            self.desk.attaching.paste(message.text)

    @on(prompt_messages.AttachmentsChanged)
    def _attached(self) -> None:
        self.desk.attaching.show_refusals()
        self._stage.unsent.note(self._stage.workspace.draft_key)
        self._note_estimate()

    @on(prompt_messages.PickRequested)
    def _pick(self) -> None:
        self.desk.attaching.pick()

    @on(prompt_messages.QueueRequested)
    def _queue(self, message: prompt_messages.QueueRequested) -> None:
        self._stage.attempt(lambda: self.desk.queueing.run("edit" if message.is_edit else ""))

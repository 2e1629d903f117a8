"""The prompt: a message or a colon command being written, with the list of what completes it.

It posts what is to be done with the text; whoever takes the text calls `accept`, so that what could not be
sent stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from tui_sessions.tui.widgets import prompt_messages
from tui_sessions.tui.widgets.completion import CommandInfo, CompleteArgument
from tui_sessions.tui.widgets.completion_list import CompletionList
from tui_sessions.tui.widgets.prompt_area import PLACEHOLDER, PromptArea


class Prompt(Vertical, can_focus=False):
    """A text that grows to a third of the screen; `enter` sends it."""

    HELP = """\
## Prompt

- Up on the first line brings back earlier prompts, down on the last one the later ones
- `:` begins a command; `::` sends a text that begins with a colon
- Some terminals send `shift+enter` as plain enter; `ctrl+j` makes a new line in all of them
"""

    DEFAULT_CSS = """
    Prompt { height: auto; }
    """

    Sent = prompt_messages.Sent
    CommandEntered = prompt_messages.CommandEntered
    EditorRequested = prompt_messages.EditorRequested
    PasteTooLarge = prompt_messages.PasteTooLarge
    EscapePressed = prompt_messages.EscapePressed
    Edited = prompt_messages.Edited

    def __init__(
        self,
        *,
        commands: Sequence[CommandInfo] = (),
        complete_argument: CompleteArgument | None = None,
        history: Sequence[str] = (),
        enter_sends: bool = True,
        placeholder: str = PLACEHOLDER,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._offers = CompletionList()
        self.area = PromptArea(self._offers, placeholder=placeholder)
        self.area.commands = commands
        self.area.complete_argument = complete_argument
        self.area.enter_sends = enter_sends
        self.history = tuple(history)

    def compose(self) -> ComposeResult:
        """The list above the text."""
        yield self._offers
        yield self.area

    # ---- what it is given

    @property
    def history(self) -> tuple[str, ...]:
        """Earlier prompts, oldest first."""
        return self._history

    @history.setter
    def history(self, entries: tuple[str, ...]) -> None:
        self._history = entries
        self.area.history_walk = self.area.history_walk.with_entries(entries)

    @property
    def commands(self) -> Sequence[CommandInfo]:
        """The colon commands that are offered; others can still be typed."""
        return self.area.commands

    @commands.setter
    def commands(self, commands: Sequence[CommandInfo]) -> None:
        self.area.commands = commands

    @property
    def complete_argument(self) -> CompleteArgument | None:
        """Who offers arguments of commands."""
        return self.area.complete_argument

    @complete_argument.setter
    def complete_argument(self, complete: CompleteArgument | None) -> None:
        self.area.complete_argument = complete

    @property
    def enter_sends(self) -> bool:
        """Whether enter sends and shift+enter begins a line, or the other way round."""
        return self.area.enter_sends

    @enter_sends.setter
    def enter_sends(self, enter_sends: bool) -> None:
        self.area.enter_sends = enter_sends

    # ---- the text

    @property
    def text(self) -> str:
        """What is written."""
        return self.area.text

    def set_text(self, text: str) -> None:
        """Write another text in its place; undo brings the old one back."""
        self.area.put(text)

    def accept(self) -> None:
        """What was sent or run was taken: clear it."""
        self.area.accept()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the text."""
        # At once, so that what is typed next is typed here.
        self.screen.set_focus(self.area, scroll_visible)
        return self

    @on(TextArea.Changed)
    def _changed(self, message: TextArea.Changed) -> None:
        message.stop()
        self.set_class(self.text.startswith(":"), "-command")
        self.post_message(self.Edited(self.text))

    @on(TextArea.SelectionChanged)
    def _moved(self, message: TextArea.SelectionChanged) -> None:
        message.stop()

    @on(CompletionList.Clicked)
    def _clicked(self, message: CompletionList.Clicked) -> None:
        message.stop()
        self.area.take(message.completion)
        self.focus()

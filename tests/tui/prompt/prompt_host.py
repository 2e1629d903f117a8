"""The prompt alone on a screen, and what it posted."""

from __future__ import annotations

from typing import Any

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widgets import Input

from tui_sessions.tui.widgets.completion import CommandInfo
from tui_sessions.tui.widgets.prompt import Prompt

COMMANDS = (
    CommandInfo("help", "", "What the keys do"),
    CommandInfo("tag", "TAGS", "Put tags on the session"),
    CommandInfo("title", "TEXT", "Give a title"),
)


def tags(name: str, typed: str) -> list[str]:
    """Completes the argument of `:tag` only."""
    known = ["python", "pypi", "rust"]
    return [tag for tag in known if tag.startswith(typed)] if name == "tag" else []


class PromptApp(App[None]):
    """Accepts what is sent if `accepts`, as the screen would."""

    CSS = "Prompt { dock: bottom; border: round $primary; }"

    def __init__(self, *, accepts: bool = False, **options: Any) -> None:
        super().__init__()
        self.accepts = accepts
        self.options = {"commands": COMMANDS, "complete_argument": tags} | options
        self.posted: list[Message] = []

    def compose(self) -> ComposeResult:
        yield Input()
        yield Prompt(**self.options)

    def on_mount(self) -> None:
        self.prompt.focus()

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def has_list(self) -> bool:
        return self.prompt.area.offers.display

    def on_prompt_sent(self, message: Prompt.Sent) -> None:
        self.posted.append(message)
        if self.accepts:
            self.prompt.accept()

    def post_note(self, message: Message) -> None:
        self.posted.append(message)

    on_prompt_command_entered = post_note
    on_prompt_editor_requested = post_note
    on_prompt_paste_too_large = post_note
    on_prompt_escape_pressed = post_note
    on_prompt_attachment_wanted = post_note

    @property
    def sent(self) -> list[str]:
        return [message.text for message in self.posted if isinstance(message, Prompt.Sent)]

    @property
    def wanted(self) -> list[Prompt.AttachmentWanted]:
        return [m for m in self.posted if isinstance(m, Prompt.AttachmentWanted)]

    @property
    def entered(self) -> list[tuple[str, str]]:
        commands = [m for m in self.posted if isinstance(m, Prompt.CommandEntered)]
        return [(message.name, message.argument) for message in commands]

"""Letters that are typed straight behind a key that brings a line of text."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input


@dataclass
class TypedOn(Message):
    """Meant for the line of text that comes, though the pane had the focus still."""

    text: str


class KeysBehind(Widget):
    """A pane whose own letters are keys.

    The key that asks for the line is bound with priority: the letters behind it are in the pane's queue before
    the line has the focus, and would delete, retry or move something."""

    _is_awaiting_line = False

    def await_line(self) -> None:
        """Until the focus goes, letters are for the line."""
        self._is_awaiting_line = True

    async def action_command(self) -> None:
        """A command is begun in the prompt. At once: the letters behind the colon would be keys here."""
        await self.run_action("screen.command")

    def on_key(self, event: events.Key) -> None:
        """Hands a letter on; any other key is one again."""
        if not self._is_awaiting_line:
            return
        if event.is_printable and event.character is not None:
            event.stop()
            event.prevent_default()
            self.post_message(TypedOn(event.character))
        else:
            self._is_awaiting_line = False

    def on_blur(self) -> None:
        """The line has the focus."""
        self._is_awaiting_line = False


def type_on(line: Input, text: str) -> None:
    """As if it was typed in the line: behind its focus, which may choose what stands there."""

    def insert() -> None:
        line.delete_selection()
        line.insert_text_at_cursor(text)

    line.call_later(insert)

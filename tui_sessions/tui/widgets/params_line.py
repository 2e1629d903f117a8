"""What else is sent with every prompt of the session: to be read, with a way to change it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui_sessions.model.text import clean_line

NONE = "none"
COMMAND = ":params"
LABEL_CELLS = 12


class ParamsLine(Widget, can_focus=True):
    """`further` and what is set; enter or a click asks for the list."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"params-line--label"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "request", "Parameters", id="details.params")
    ]
    DEFAULT_CSS = """
    ParamsLine { height: 1; color: $foreground; text-wrap: nowrap; text-overflow: ellipsis; }
    ParamsLine:focus { background: $foreground 10%; }
    ParamsLine > .params-line--label { color: $text-muted; }
    """

    summary: reactive[str] = reactive("")
    """Raw; of what has no field of its own."""

    class Requested(Message):
        """The list of parameters is wanted."""

    def render(self) -> Content:
        """The label, what is set, and the command where it fits."""
        muted = self.get_visual_style("params-line--label")
        text = clean_line(self.summary)
        room = self.size.width - LABEL_CELLS - len(text or NONE)
        command = COMMAND.rjust(room) if room > len(COMMAND) else ""
        shown = (text, "") if text else (NONE, muted)
        return Content.assemble(
            ("further".ljust(LABEL_CELLS), muted), Content.styled(*shown), (command, muted)
        )

    def action_request(self) -> None:
        """Asks for the list."""
        self.post_message(self.Requested())

    def on_click(self) -> None:
        """As enter does."""
        self.action_request()

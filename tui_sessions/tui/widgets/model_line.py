"""The model of the session: to be read, with the key that changes it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui_sessions.model.text import clean_line


class ModelLine(Widget, can_focus=True):
    """`model` and its name; enter or a click asks for another."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"model-line--label"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "request", "Choose a model", id="details.model")
    ]
    DEFAULT_CSS = """
    ModelLine { height: 1; color: $foreground; text-wrap: nowrap; text-overflow: ellipsis; }
    ModelLine:focus { background: $foreground 10%; }
    ModelLine > .model-line--label { color: $text-muted; }
    """

    model: reactive[str | None] = reactive(None)

    class Requested(Message):
        """Another model is wanted."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def render(self) -> Content:
        """The label, the name, and the key where it fits."""
        muted = self.get_visual_style("model-line--label")
        name = clean_line(self.model) if self.model else "none yet"
        room = self.size.width - 12 - len(name)
        key = self._key.rjust(room) if room > len(self._key) else ""
        return Content.assemble(("model".ljust(12), muted), name, (key, muted))

    def action_request(self) -> None:
        """Asks for the list of models."""
        self.post_message(self.Requested())

    def on_click(self) -> None:
        """As enter does."""
        self.action_request()

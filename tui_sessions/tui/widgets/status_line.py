"""One line of notice in place: what happened, in words, with the key that helps."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui_sessions.model.text import clean_line

KINDS = ("info", "warning", "error")
GLYPHS = {"info": "·", "warning": "!", "error": "×"}


class StatusLine(Widget):
    """Takes no room while there is nothing to say; a long sentence wraps."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"status-line--key"}
    DEFAULT_CSS = """
    StatusLine { height: auto; max-height: 3; padding: 0 1; color: $text-muted; display: none; }
    StatusLine.-shown { display: block; }
    StatusLine.-warning { color: $text-warning; }
    StatusLine.-error { color: $text-error; }
    StatusLine > .status-line--key { color: $text-muted; }
    """

    text = reactive("", layout=True)
    key = reactive("", layout=True)
    kind = reactive("info")

    def say(self, text: str, *, kind: str = "info", key: str = "") -> None:
        """Shows a sentence; `key` is what to press and what it does: `r try again`."""
        if kind not in KINDS:
            raise ValueError(f"no such kind of notice: {kind}")
        self.text, self.kind, self.key = text, kind, key
        self.set_class(bool(text), "-shown")
        for name in KINDS:
            self.set_class(name == kind, f"-{name}")

    def clear(self) -> None:
        """Nothing to say any more."""
        self.say("")

    def render(self) -> Content:
        """The glyph, the sentence, the key."""
        parts = [Content(f"{GLYPHS[self.kind]} {clean_line(self.text)}")]
        if self.key:
            style = self.get_visual_style("status-line--key")
            parts.append(Content.styled(f"  {clean_line(self.key)}", style))
        return Content.assemble(*parts)

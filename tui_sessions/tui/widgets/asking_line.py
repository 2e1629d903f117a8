"""A quiet line above the prompt that stands until somebody answers it, with a key for each answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.style import Style

from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.status_line import GLYPHS, StatusLine


class AskingLine(StatusLine, can_focus=True):
    """Says something, and takes one of its answers by key or click while it has the focus."""

    DEFAULT_CSS = """
    AskingLine:focus { background: $surface; }
    AskingLine { max-height: 4; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "first", "take the first", id="notice.first", show=False)
    ]
    offers: tuple[tuple[str, str], ...] = ()
    """What can be answered now: the id of its key, and what it does."""

    @dataclass
    class Answered(Message):
        """An answer was chosen."""

        line: str
        """The id of the line."""
        answer: str

    def ask(
        self,
        text: str,
        offers: tuple[tuple[str, str], ...],
        *,
        kind: str = "warning",
        key: str = "",
    ) -> None:
        """Say it, with these answers; `key` says how to get here."""
        self.offers = offers
        self.say(text, kind=kind, key=key)
        self.refresh(layout=True)

    def action_first(self) -> None:
        """Take the one that stands first: it changes nothing that cannot be had back."""
        if self.offers:
            self.action_answer(self.offers[0][0])

    def action_answer(self, answer: str) -> None:
        """Take one."""
        if any(name == answer for name, _ in self.offers):
            self.post_message(self.Answered(self.id or "", answer))

    def render(self) -> Content:
        """The glyph, the sentence, the answers with their keys."""
        style = self.get_visual_style("status-line--key")
        parts = [Content(f"{GLYPHS[self.kind]} {clean_line(self.text)}")]
        keys = self._keys()
        for number, (name, words) in enumerate(self.offers):
            # Only words of our own become something to click on.
            click = style + Style.from_meta({"@click": f"answer('{name}')"})
            shown = f"{keys[name]} {words}" if name in keys else words
            # The answers have a line of their own: none is to be broken in two.
            parts += [Content("  " if number else "\n  "), Content.styled(shown, click)]
        if self.key:
            parts.append(Content.styled(f"  {clean_line(self.key)}", style))
        return Content.assemble(*parts)

    def _keys(self) -> dict[str, str]:
        """The keys of the answers, as they are bound now."""
        found: dict[str, str] = {}
        for bindings in self._bindings.key_to_bindings.values():
            for binding in bindings:
                if binding.action.startswith("answer("):
                    name = binding.action[len("answer('") : -len("')")]
                    found.setdefault(name, self.app.get_key_display(binding))
        return found


def way_here(shown: Callable[[str], str]) -> str:
    """How to get to such a line by key: from the prompt below it, and from anywhere."""
    keys = [key for key in (shown("pane.previous"), shown("app.notice")) if key]
    return f"{' or '.join(keys)} goes here" if keys else ""


class UnsavedLine(AskingLine):
    """What is only in memory."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "answer('again')", "try again", id="unsaved.again", show=False),
        Binding("e", "answer('elsewhere')", "save elsewhere", id="unsaved.elsewhere", show=False),
    ]


class InterruptedLine(AskingLine):
    """An answer that a crash cut off."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "answer('keep')", "keep", id="interrupted.keep", show=False),
        Binding("c", "answer('continue')", "continue", id="interrupted.continue", show=False),
        Binding("d", "answer('drop')", "drop", id="interrupted.drop", show=False),
    ]

"""What tidying up would do, before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import Dialog

MOST_TITLES = 6
Choice = Literal["once", "always", "never"]


class TidyDialog(Dialog[bool]):
    """The result is True where it is to be done."""

    VERB = "do it"
    LEAVE = "leave it"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "accept", "Yes", id="dialog.yes", show=False),
        Binding("n,q", "cancel", "No", id="dialog.no", show=False),
    ]

    def __init__(
        self, title: str, lines: Sequence[str], *, titles: Sequence[str] = (), note: str = ""
    ) -> None:
        super().__init__(title)
        self._lines = tuple(lines)
        self._titles = tuple(titles)
        self._note = note

    def body(self) -> ComposeResult:
        """What goes where, some of it by name, and the way back."""
        with VerticalScroll(id="due"):
            lines = "\n".join(clean_line(line) for line in self._lines)
            yield Static(lines, classes="dialog--line", markup=False)
            named = [f"· {clean_line(title)}" for title in self._titles[:MOST_TITLES]]
            if rest := len(self._titles) - len(named):
                named.append(f"and {rest:,} more")
            if named:
                yield Static("\n".join(named), classes="dialog--note", markup=False)
        yield Static(clean_line(self._note), classes="dialog--note", markup=False)

    def answer(self) -> bool:
        """Yes."""
        return True


class ExpiryDialog(Dialog[Choice]):
    """Asks the first time that something is expired. Escape puts it off to the next start."""

    VERB = "this once"
    LEAVE = "not now"
    KEYS = (("expiry.always", "a", "always"), ("expiry.never", "n", "never"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "choose('always')", "Always", id="expiry.always"),
        Binding("n", "choose('never')", "Never", id="expiry.never"),
    ]

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("Expired")
        self._lines = tuple(lines)

    def body(self) -> ComposeResult:
        """What goes where, and who said so."""
        lines = "\n".join(clean_line(line) for line in self._lines)
        yield Static(lines, classes="dialog--line", markup=False)
        note = (
            "So says [upkeep] in the configuration. Undo brings back all but what leaves the trash."
        )
        yield Static(note, classes="dialog--note", markup=False)

    def answer(self) -> Choice:
        """Once."""
        return "once"

    def action_choose(self, choice: Choice) -> None:
        """From now on, or never again."""
        self.dismiss(choice)

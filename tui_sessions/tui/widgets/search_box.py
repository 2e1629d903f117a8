"""The line in which a search is typed, and below it one line that says how it goes: what was found, what
would complete the word, or what is wrong, pointed at."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui_sessions.errors import QueryError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.filter_box import NO_COMPLETIONS, Completions, FilterLine, Offers

_PLACE = re.compile(r" \(at character \d+\)")
TAKES = "tab takes it"


class SearchBox(Vertical):
    """Takes the typing; its owner moves in what was found."""

    can_focus = False
    DEFAULT_CSS = """
    SearchBox { height: auto; }
    SearchBox > FilterLine, SearchBox > FilterLine:focus, SearchBox > FilterLine.-textual-compact {
        height: 1; width: 1fr; border: none; padding: 0; background: transparent; background-tint: transparent;
    }
    SearchBox > FilterLine > .input--placeholder { color: $text-muted; }
    SearchBox > Offers { padding: 0; }
    SearchBox > Static { height: auto; max-height: 3; color: $text-muted; }
    """

    @dataclass
    class Changed(Message):
        """Something else is to be looked for."""

        text: str

    def __init__(
        self, complete: Callable[[str, int], Completions], *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._line = FilterLine(
            placeholder="words of a conversation, tag:python, since:7d …",
            compact=True,
            select_on_focus=False,
            id="search_line",
        )
        self._offers = Offers()
        self._said = Static("", id="search_said", markup=False)
        self._complete = complete
        self._found = NO_COMPLETIONS
        self._base = ""
        """The text in which the completions stand; the line has one of them put in."""
        self._taken = -1
        self._is_typed = False
        """Whether a letter was the last thing that came, and no step in what was found."""
        self._problem: QueryError | None = None
        self._status = Content("")
        self._rows = 0

    def compose(self) -> ComposeResult:
        """One below the other."""
        yield self._line
        yield self._offers
        yield self._said

    @property
    def text(self) -> str:
        """What stands there."""
        return self._line.value

    @property
    def is_at_end(self) -> bool:
        """Whether the cursor stands behind the last letter."""
        return self._line.cursor_position >= len(self._line.value)

    @property
    def is_ready(self) -> bool:
        """Whether there is a line to type in."""
        return self._line.is_attached

    def add(self, text: str) -> None:
        """What was typed elsewhere, as if it was typed here."""
        self._line.delete_selection()
        self._line.insert_text_at_cursor(text)

    def begin(self, text: str, *, is_former: bool) -> None:
        """Ready to type; a former text is typed over."""
        with self.prevent(Input.Changed):
            self._line.value = text
        self._line.cursor_position = len(text)
        # Not `focus()`, which waits its turn: the next letter would miss the line.
        self.screen.set_focus(self._line)
        if is_former:
            self._line.select_all()

    def put(self, text: str) -> None:
        """Another text, as if it was typed."""
        self._line.value = text
        self._line.cursor_position = len(text)

    def say(self, status: Content) -> None:
        """How the search goes."""
        self._status = status
        self._show()

    def complain(self, problem: QueryError | None) -> None:
        """What is wrong with the text; None for nothing."""
        self._problem = problem
        self._line.wrong = None if problem is None else (problem.start, problem.end)
        self._show()

    def look(self) -> None:
        """Look once more for what would complete the word."""
        if self._taken < 0:
            self._look()
            self._show()

    def leave(self) -> None:
        """The keys are used to move in what was found: nothing is completed any more."""
        self._is_typed = False
        self._show()

    def take(self) -> bool:
        """Put in what is meant, or the next word that fits; whether there was any."""
        problem = self._problem
        if problem is not None and problem.suggestion:
            text = self.text
            self.put(text[: problem.start] + problem.suggestion + text[problem.end :])
            return True
        words = self._found.words
        if not words or not self._is_typed:
            return False
        self._taken = (self._taken + 1) % len(words)
        found, word = self._found, words[self._taken]
        with self.prevent(Input.Changed):
            self._line.value = self._base[: found.start] + word + self._base[found.end :]
        self._line.cursor_position = found.start + len(word)
        if len(words) == 1:
            self._look()
        self._show()
        self.post_message(self.Changed(self.text))
        return True

    def on_input_changed(self, event: Input.Changed) -> None:
        """Looks for it."""
        event.stop()
        self._is_typed = True
        self._look()
        self.post_message(self.Changed(event.value))

    def on_resize(self) -> None:
        """A mistake is pointed at where it stands now."""
        self._show()

    def _look(self) -> None:
        self._base, self._taken = self.text, -1
        self._found = (
            self._complete(self._base, self._line.cursor_position) if self._base else NO_COMPLETIONS
        )

    def _show(self) -> None:
        """One of the three. A word that fits nothing yet is no mistake while it is still being typed."""
        word = self._base.rfind(" ", 0, self._found.start) + 1
        is_valued = ":" in self._base[word : self._found.end]
        offers = self._found.words if self._is_typed and is_valued else ()
        self._offers.words, self._offers.chosen = offers, self._taken
        if self._offers.display != bool(offers):
            self._offers.display, self._said.display = bool(offers), not offers
        said = self._status if self._problem is None else self._pointed(self._problem)
        width = max(1, self._line.content_size.width)
        rows = sum(1 + (cell_len(line) - 1) // width for line in said.plain.split("\n"))
        # The screen is laid out anew only where it must be: this changes with every letter.
        self._said.update(said, layout=rows != self._rows)
        self._rows = rows

    def _pointed(self, problem: QueryError) -> Content:
        """Arrows under the mistake, and what is wrong with it beside or below them."""
        line, width = self._line, max(1, self._line.content_size.width)
        start = min(problem.start, max(0, len(self.text) - 1))
        first = cell_len(self.text[:start]) - round(line.scroll_offset.x)
        cells = max(1, cell_len(self.text[start : max(problem.end, start + 1)]))
        cells = max(1, min(cells + min(first, 0), width - max(first, 0)))
        first = max(0, min(first, width - 1))
        arrows = Content.assemble(" " * first, ("^" * cells, "$text-error"))
        words = _PLACE.sub("", clean_line(str(problem)))
        if problem.suggestion:
            words = f"{words} {TAKES}"
        fits = first + cells + 1 + cell_len(words) <= width
        return Content.assemble(arrows, " " if fits else "\n", (words, "$text-warning"))

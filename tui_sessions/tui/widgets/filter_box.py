"""The box above the tree in which its filter is typed: completed, marked where it is wrong, recalled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import msgspec
from rich.cells import cell_len
from rich.highlighter import Highlighter
from rich.text import Text
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from tui_sessions.errors import QueryError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.status_line import StatusLine

BETWEEN = "  "
_PLACE = re.compile(r" \(at character \d+\)")


class Completions(msgspec.Struct, frozen=True):
    """What may stand instead of a part of the text."""

    start: int
    end: int
    words: tuple[str, ...] = ()


NO_COMPLETIONS = Completions(0, 0)
Complete = Callable[[str, int], Completions]
"""What may stand where the cursor is in a text."""


def _own(key: str, action: str, what: str, id: str, *, show: bool = True) -> Binding:
    """A key that the line of text has for itself, and does not need."""
    return Binding(key, action, what, id=id, show=show, priority=True)


class FilterBox(Vertical):
    """The line, what would complete it, and what is wrong with it."""

    can_focus = False
    HELP = """\
## Filter

Words are looked for in title, file, folder, tags, project and model; `text:word` in what was said.
`-draft` not, `a OR b` either, `"two words"`, and `tag: model: provider: project: folder: status: title:
system: meta.KEY: cost:>0.05 turns:3..10 tokens: since:7d until: is:pinned has:code`.

**tab** completes and goes on to the next word that fits; **esc** clears the filter.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete(1)", "complete", id="filter.complete"),
        Binding("shift+tab", "complete(-1)", "complete back", id="filter.back", show=False),
        _own("enter", "accept", "to the tree", "filter.accept"),
        _own("up", "earlier", "earlier filter", "filter.earlier"),
        _own("down", "later", "later filter, or the tree", "filter.later", show=False),
        Binding("escape", "leave", "clear", id="filter.leave"),
    ]
    DEFAULT_CSS = """
    FilterBox { height: auto; }
    """

    @dataclass
    class Accepted(Message):
        """The filter is as it is meant; on to the tree."""

        text: str

    class Entered(Message):
        """Somebody is going to type: time to learn what would complete it."""

    class Left(Message):
        """The filter is cleared; back to the tree."""

    @dataclass
    class Wanted(Message):
        """Somebody else wants this filter over the tree: posted to the screen, not by the box."""

        text: str

    def __init__(
        self,
        *,
        complete: Complete = lambda _text, _cursor: NO_COMPLETIONS,
        earlier: Sequence[str] = (),
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._line = FilterLine(placeholder="/ filter", compact=True, id="filter")
        self._offers = Offers()
        self._problem = StatusLine(id="filter-problem")
        self._complete = complete
        self._earlier = tuple(earlier)
        """The last one first."""
        self._recalled = -1
        self._own = ""
        """What stood there before an earlier one was recalled."""
        self._found = NO_COMPLETIONS
        self._base = ""
        """The text in which the completions stand; the line has one of them put in."""
        self._taken = -1
        self._own_changes = 0
        self._mistake: QueryError | None = None
        """What is wrong, where it is known what was meant."""

    def compose(self) -> ComposeResult:
        """One below the other."""
        yield self._line
        yield self._offers
        yield self._problem

    @property
    def text(self) -> str:
        """What stands there."""
        return self._line.value

    def put(self, text: str) -> None:
        """Another filter, as if it was typed."""
        self._line.value = text
        self._line.cursor_position = len(text)

    def complain(self, problem: QueryError) -> None:
        """Marks the mistake and says what is wrong; not while the very word is still being typed."""
        is_being_typed = problem.end >= self._line.cursor_position and bool(self._found.words)
        if is_being_typed and self._line.has_focus:
            self.praise()
            return
        self._mistake = problem if problem.suggestion else None
        self._line.wrong = (problem.start, problem.end)
        self._show_offers(())
        key = "tab takes it" if problem.suggestion else ""
        # The place is marked in the line: no need to count characters.
        self._problem.say(_PLACE.sub("", str(problem)), kind="warning", key=key)

    def praise(self) -> None:
        """Nothing is wrong."""
        self._mistake = None
        self._line.wrong = None
        self._problem.clear()

    def on_input_changed(self) -> None:
        """Looks for what would complete the text; the owner hears of it as well."""
        if self._own_changes:
            self._own_changes -= 1
            return
        self._taken = -1
        self.look()

    def on_descendant_focus(self) -> None:
        """What would complete the text is shown only where one types."""
        self._taken = -1
        self.look()
        self.post_message(self.Entered())

    def on_descendant_blur(self) -> None:
        """The line of completions goes."""
        self._show_offers(())

    def action_accept(self) -> None:
        """On to the tree."""
        text = self.text.strip()
        if text:
            self._earlier = (text, *(other for other in self._earlier if other != text))
        self._recalled = -1
        self.post_message(self.Accepted(text))

    # completion

    def look(self) -> None:
        """Shows what would complete the text now; while one goes through the words, they stay."""
        if self._taken >= 0:
            return
        self._base = self.text
        self._found = (
            self._complete(self._base, self._line.cursor_position) if self._base else NO_COMPLETIONS
        )
        self._show_offers(self._found.words if self._line.has_focus else ())

    def _show_offers(self, words: Iterable[str]) -> None:
        self._offers.words = tuple(words)
        self._offers.chosen = self._taken
        self._offers.display = bool(self._offers.words)

    def action_complete(self, step: int) -> None:
        """Puts the next word that fits in; with none, the key goes to the next pane."""
        if self._mistake is not None:
            self._mend(self._mistake)
            return
        self.look()  # The cursor may have gone elsewhere since the last letter.
        words = self._found.words
        if not words or (step < 0 and self._taken < 0):
            raise SkipAction
        self._taken = (self._taken + step) % len(words)
        found, word = self._found, words[self._taken]
        self._put_own(self._base[: found.start] + word + self._base[found.end :])
        self._line.cursor_position = found.start + len(word)
        if len(words) == 1 or word.endswith(":"):
            # On to the value of a key.
            self._taken = -1
            self.look()
        else:
            self._show_offers(words)

    def _mend(self, mistake: QueryError) -> None:
        text = self.text
        self._line.value = text[: mistake.start] + mistake.suggestion + text[mistake.end :]
        self._line.cursor_position = mistake.start + len(mistake.suggestion)

    def _put_own(self, text: str) -> None:
        if text != self.text:
            self._own_changes += 1
            self._line.value = text

    # earlier filters

    def action_earlier(self) -> None:
        """The filter before."""
        if self._recalled + 1 < len(self._earlier):
            if self._recalled < 0:
                self._own = self.text
            self._recalled += 1
            self.put(self._earlier[self._recalled])

    def action_later(self) -> None:
        """The filter after; after the last one, into the tree."""
        if self._recalled < 0:
            self.action_accept()
            return
        self._recalled -= 1
        self.put(self._own if self._recalled < 0 else self._earlier[self._recalled])

    def action_leave(self) -> None:
        """No filter any more; back to the tree."""
        self._recalled = -1
        self.put("")
        self.post_message(self.Left())


class FilterLine(Input):
    """The line itself, which marks where it is wrong."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"filter--wrong", "filter--key"}
    DEFAULT_CSS = """
    FilterLine > .filter--wrong { color: $text-error; text-style: underline; }
    FilterLine > .filter--key { color: $text-accent; }
    """
    wrong: reactive[tuple[int, int] | None] = reactive(None)
    """From where to where the text is no filter."""

    def on_mount(self) -> None:
        """Colours by what is typed."""
        self.highlighter = _Marks(self)


class _Marks(Highlighter):
    def __init__(self, line: FilterLine) -> None:
        self._line = line

    def highlight(self, text: Text) -> None:
        text.highlight_regex(
            r"(?<!\S)-?[A-Za-z][\w.]*:(?!\s)", self._line.get_component_rich_style("filter--key")
        )
        if self._line.wrong is not None:
            start, end = self._line.wrong
            # Nothing may stand where something is missing: then the last letter says where.
            start = min(start, max(0, len(text) - 1))
            wrong = self._line.get_component_rich_style("filter--wrong")
            text.stylize(wrong, start, max(end, start + 1))


class Offers(Widget):
    """The words that fit, in one line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"offers--chosen"}
    DEFAULT_CSS = """
    Offers { height: 1; padding: 0 1; color: $text-muted; display: none; }
    Offers > .offers--chosen { color: $foreground; text-style: bold; }
    """
    words: reactive[tuple[str, ...]] = reactive(())
    chosen = reactive(-1)

    def render(self) -> Content:
        """As many as there is room for, the chosen one among them."""
        room = self.content_size.width
        shown = [clean_line(word) for word in self.words]
        first = 0
        while first < self.chosen and self._cells(shown[first : self.chosen + 1]) > room:
            first += 1
        style = self.get_visual_style("offers--chosen")
        parts: list[Content] = []
        for at, word in enumerate(shown[first:], first):
            parts.append(Content.styled(word, style) if at == self.chosen else Content(word))
        return Content(BETWEEN).join(parts).truncate(room, ellipsis=True)

    @staticmethod
    def _cells(words: Sequence[str]) -> int:
        return cell_len(BETWEEN.join(words))

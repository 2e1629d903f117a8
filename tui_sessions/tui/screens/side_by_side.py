"""Texts in columns beside each other, on a screen of their own: one of them has the focus, all can scroll together,
and what one says otherwise than another can be marked word by word."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget

from tui_sessions.model.comparisons import best
from tui_sessions.model.text import clean, clean_line
from tui_sessions.model.word_diff import Piece, word_diff
from tui_sessions.tui.screens.answered_once import AnsweredOnce
from tui_sessions.tui.widgets.answer_column import AnswerColumn, Candidate, Standing
from tui_sessions.tui.widgets.answer_view import AnswerView
from tui_sessions.tui.widgets.folded_text import FoldedText
from tui_sessions.tui.widgets.key_bar import KeyBar, bound_keys, show_keys

NARROWEST = 46
"""Cells of a column, with its frame; as many stand beside each other as have so much."""
MOST_BESIDE = 4
FRAME_S = 0.08
PATIENCE = 3
"""A frame that cost so much is followed by a pause of so many times as much."""

R = TypeVar("R")
Keys = tuple[tuple[str, str, str], ...]


def key(keys: str, action: str, what: str, name: str, *, first: bool = False) -> Binding:
    """A key of such a screen."""
    return Binding(keys, action, what, id=f"compare.{name}", show=False, priority=first)


class SideBySide(AnsweredOnce[R]):
    """Shows what `show` is given; who subclasses it says where that comes from and what can be done."""

    CSS_PATH = "side_by_side.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (15, "-tall"), (32, "-high")]  # noqa: RUF012
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        # First, before Textual's own keys for going from field to field.
        key("tab,right,l", "go(1)", "next answer", "next", first=True),
        key("shift+tab,left,h", "go(-1)", "former answer", "former", first=True),
        key("d", "difference", "word by word against the reference", "difference"),
        key("equals_sign", "reference", "make this the reference", "reference"),
        key("z", "together", "scroll together, or each alone", "together"),
        key("f", "single", "one at a time, or side by side", "single"),
        key("space", "fold", "show the thinking", "fold"),
        key("p", "prompt", "show the whole prompt", "prompt"),
        key("y", "copy", "copy the text", "copy"),
        key("j,down", "move(1)", "down", "down"),
        key("k,up", "move(-1)", "up", "up"),
        key("ctrl+d", "page(0.5)", "half page down", "half_down"),
        key("ctrl+u", "page(-0.5)", "half page up", "half_up"),
        key("pagedown", "page(1)", "page down", "page_down"),
        key("pageup", "page(-1)", "page up", "page_up"),
        key("g,home", "edge(-1)", "beginning", "top"),
        key("G,end", "edge(1)", "end", "end"),
        key("f1,question_mark", "help", "help", "help"),
        key("escape,q", "leave", "back", "leave"),
    ]
    PICKED_WORD = "picked"
    """What is said of the one that was preferred."""
    KEYS: ClassVar[Keys] = ()
    """The line at the bottom: id of the binding, key by default, what it does."""

    def __init__(self, title: str, prompt: str) -> None:
        super().__init__()
        self._title = title
        self._prompt = prompt
        self._entries: tuple[Candidate, ...] = ()
        self._columns: dict[str, AnswerColumn] = {}
        self._at = ""
        """The answer that has the focus."""
        self._first = 0
        """The first one in the window."""
        self._reference = ""
        self._differing: set[str] = set()
        self._differences: dict[str, tuple[str, str, tuple[Piece, ...]]] = {}
        """What was compared last for a column, and how that differs."""
        self._are_together = True
        self._is_single = False
        self._frame: Timer | None = None
        self._frame_due = 0.0

    def compose(self) -> ComposeResult:
        """What was asked, the columns, the keys."""
        prompt = FoldedText(id="compare_prompt")
        prompt.add_class("pane")
        prompt.border_title = Content(clean_line(self._title))
        prompt.text = self._prompt
        yield prompt
        yield Horizontal(id="compare_columns")
        yield KeyBar(id="compare_keys")

    def on_mount(self) -> None:
        """Name the keys as they are bound."""
        self.bindings_updated_signal.subscribe(self, lambda _: self._show_keys())
        self._show_keys()

    def _show_keys(self) -> None:
        show_keys(self, self.KEYS)
        if self.is_current:
            self.query_one(FoldedText).key = bound_keys(self).get("compare.prompt", [""])[0]

    # what is shown

    def show(self, entries: tuple[Candidate, ...]) -> None:
        """These texts, in this order."""
        self._entries = entries
        keys = [entry.key for entry in entries]
        for gone in [column for column in self._columns if column not in keys]:
            self._columns.pop(gone).remove()
        for entry in entries:
            column = self._columns.get(entry.key)
            if column is None:
                column = self._columns[entry.key] = AnswerColumn(entry)
                self.query_one("#compare_columns").mount(column)
            else:
                column.show(entry)
        self._stand_in_order()
        if self._at not in keys:
            self._at = next((e.key for e in entries if self.is_picked(e)), "".join(keys[:1]))
        if self._reference not in keys:
            self._reference = "".join(keys[:1])
        self._differing &= set(keys)
        self._arrange()

    def _stand_in_order(self) -> None:
        """The columns as their entries: one that came later may belong before another."""
        container = self.query_one("#compare_columns")
        wanted = [self._columns[entry.key] for entry in self._entries]
        there = [child for child in container.children if child in wanted]
        if there != wanted:
            places: dict[Widget, int] = {column: at for at, column in enumerate(wanted)}
            container.sort_children(key=lambda child: places.get(child, len(places)))

    def is_picked(self, entry: Candidate) -> bool:
        """Whether it was preferred."""
        return False

    def state(self) -> Iterable[str]:
        """What is said of all of them, in the frame of the prompt."""
        return ()

    def _arrange(self) -> None:
        """Which columns are in the window, and what each says of itself."""
        keys = [entry.key for entry in self._entries]
        at = keys.index(self._at) if self._at in keys else 0
        count = self._beside(len(keys))
        self._first = max(0, min(max(self._first, at - count + 1), at, len(keys) - count))
        window = range(self._first, self._first + count)
        marks = best([entry.figures for entry in self._entries])
        for number, entry in enumerate(self._entries):
            column = self._columns[entry.key]
            is_shown = number in window
            if is_shown != column.display:
                column.display = is_shown
            against = self._against(entry.key) if entry.key in self._differing else ""
            standing = Standing(
                number=number + 1,
                best=marks[number],
                is_picked=self.is_picked(entry),
                picked_word=self.PICKED_WORD,
                is_reference=any(self._against(other) == entry.key for other in self._differing),
                against=keys.index(against) + 1 if against in keys else None,
                total=len(keys) if count < len(keys) else 0,
                is_first=number == window.start > 0,
                is_last=number == window.stop - 1 < len(keys) - 1,
            )
            column.place(standing)
        words = [*self.state(), *(() if self._are_together else ("each scrolls alone",))]
        self.query_one(FoldedText).border_subtitle = Content(clean_line(" · ".join(words)))
        self.differ()
        # Later: what was mounted just now cannot have the focus yet.
        self.call_after_refresh(self._focus)

    def _beside(self, count: int) -> int:
        if self._is_single:
            return min(1, count)
        return min(count, MOST_BESIDE, max(1, self.app.size.width // NARROWEST))

    def _focus(self) -> None:
        column = self._columns.get(self._at)
        if column is None or not column.view.is_attached:
            return
        if self.focused is not column.view:
            self.set_focus(column.view, scroll_visible=False)
        self.draw_news()

    def on_resize(self) -> None:
        """As many columns as have room."""
        self._arrange()

    # what arrives

    def plan_frame(self) -> None:
        """Draw what has arrived, soon."""
        if self._frame is None:
            delay = max(0.005, self._frame_due - perf_counter())
            self._frame = self.set_timer(delay, self.draw_news)

    def draw_news(self) -> None:
        """Draw what has arrived in the columns that are in the window."""
        if self._frame is not None:
            self._frame.stop()
            self._frame = None
        began = perf_counter()
        for column in self._columns.values():
            if column.display:
                column.view.draw_news()
        ended = perf_counter()
        self._frame_due = began + max(FRAME_S, PATIENCE * (ended - began))

    # going

    @property
    def entry(self) -> Candidate | None:
        """The one that has the focus."""
        return next((entry for entry in self._entries if entry.key == self._at), None)

    @property
    def view(self) -> AnswerView | None:
        """Its text."""
        column = self._columns.get(self._at)
        return column.view if column else None

    def on_descendant_focus(self) -> None:
        """A click, perhaps."""
        for entry_key, column in self._columns.items():
            if column.view is self.focused and entry_key != self._at:
                self._at = entry_key

    def action_go(self, step: int) -> None:
        """To the next or former one, round and round."""
        keys = [entry.key for entry in self._entries]
        if self._at in keys:
            self._at = keys[(keys.index(self._at) + step) % len(keys)]
            self._arrange()

    def action_move(self, rows: int) -> None:
        """Scroll by rows."""
        if self.view is not None:
            self.view.scroll_to(y=self.view.row + rows)

    def action_page(self, pages: float) -> None:
        """Scroll by pages; a whole one keeps two rows in sight."""
        if self.view is not None:
            height = self.view.size.height
            rows = max(1, height - 2) if abs(pages) == 1 else max(1, height // 2)
            self.action_move(rows if pages > 0 else -rows)

    def action_edge(self, step: int) -> None:
        """To the first or last row, of each its own."""
        for column in self._columns.values():
            view = column.view
            if view is self.view or (self._are_together and column.display):
                view.lead_to(0 if step < 0 else round(view.max_scroll_y))

    @on(AnswerView.Scrolled)
    def _lead(self, message: AnswerView.Scrolled) -> None:
        if self._are_together:
            for column in self._columns.values():
                if column.view is not message.view and column.display:
                    column.view.lead_to(message.row)

    def action_together(self) -> None:
        """Scroll all of them, or only the one that has the focus."""
        self._are_together = not self._are_together
        self._arrange()

    def action_single(self) -> None:
        """One over the whole width, or as many as have room."""
        self._is_single = not self._is_single
        self._arrange()

    def action_fold(self) -> None:
        """Show the thinking, or fold it."""
        if self.view is not None:
            self.view.fold_thinking()

    def action_prompt(self) -> None:
        """Show all that was asked, or two lines of it."""
        prompt = self.query_one(FoldedText)
        prompt.is_open = not prompt.is_open

    # differences

    def _against(self, entry_key: str) -> str:
        """The reference, for that itself the first of the others; "" where there is none."""
        if entry_key != self._reference:
            return self._reference
        return next((entry.key for entry in self._entries if entry.key != entry_key), "")

    def action_difference(self) -> None:
        """Mark what it says otherwise than the reference, or show it as it is."""
        if self._against(self._at):
            self._differing ^= {self._at}
            self._arrange()

    def action_reference(self) -> None:
        """The others are set against this one."""
        self._reference = self._at
        self.notify("The others are set against this one now.", markup=False)
        self._arrange()

    def differ(self) -> None:
        """Bring the differences up to date with what has arrived."""
        for entry_key, column in self._columns.items():
            other = self._columns.get(self._against(entry_key))
            if entry_key not in self._differing or other is None or not column.display:
                column.show_difference(None)
            else:
                texts = (clean(other.view.text).rstrip(), clean(column.view.text).rstrip())
                column.show_difference(self._difference(entry_key, *texts))

    def _difference(self, entry_key: str, before: str, after: str) -> tuple[Piece, ...]:
        known = self._differences.get(entry_key)
        if known is None or known[:2] != (before, after):
            known = (before, after, word_diff(before, after))
            self._differences[entry_key] = known
        return known[2]

    # the rest

    def action_copy(self) -> None:
        """Copy the text as it was given."""
        if self.view is not None:
            self.app.copy_to_clipboard(clean(self.view.text))
            self.notify("Copied.", markup=False)

    def action_help(self) -> None:
        """What this is, and the keys."""
        from tui_sessions.tui.help_keys import help_keys
        from tui_sessions.tui.screens.help import HelpDialog

        heading, _, text = (self.HELP or "").partition("\n")
        keys = help_keys(self, ())
        self.app.push_screen(HelpDialog(f"Help · {heading.lstrip('# ')}", text, keys))

    def action_leave(self) -> None:
        """Back to the conversation."""
        self.dismiss(None)

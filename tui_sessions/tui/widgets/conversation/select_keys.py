"""The keys of a selection in the conversation. They are the keys of the pane round it, so that every one has
its own id: in the conversation itself the same letters mean other things."""

from __future__ import annotations

from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType
from textual.containers import Vertical


class Selects(Protocol):
    """What has text to select."""

    @property
    def takes_keys(self) -> bool:
        """Whether something is selected, and keys are for it."""
        ...

    def move_selection(self, motion: str) -> None:
        """Move its cursor."""
        ...

    def move_selection_by(self, rows: int = 0, pages: float = 0) -> None:
        """Move its cursor over rows."""
        ...

    def turn_selection(self) -> None:
        """Go on at its other end."""
        ...

    def select(self, unit: str) -> None:
        """By character, or by line."""
        ...

    def copy_selection(self, *, is_markdown: bool = False) -> None:
        """Copy it, and end it."""
        ...

    def end_selection(self) -> None:
        """Select nothing."""
        ...


def _key(keys: str, action: str, words: str, name: str, *, show: bool = False) -> Binding:
    return Binding(keys, action, words, id=f"select.{name}", show=show)


class SelectKeys(Vertical):
    """Stands round a conversation; without it nothing can be selected there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("y,enter", "copy", "copy", "copy", show=True),
        _key("Y", "copy_markdown", "as Markdown", "markdown", show=True),
        _key("escape", "end", "end", "end", show=True),
        _key("o", "turn", "other end", "other_end", show=True),
        _key("v", "select('character')", "by character", "by_character"),
        _key("V", "select('line')", "by line", "by_line"),
        _key("h,left", "go('left')", "left", "left"),
        _key("l,right", "go('right')", "right", "right"),
        _key("j,down", "rows(1)", "down", "down"),
        _key("k,up", "rows(-1)", "up", "up"),
        _key("w", "go('next_word')", "next word", "next_word"),
        _key("b", "go('former_word')", "former word", "former_word"),
        _key("e", "go('word_end')", "end of the word", "word_end"),
        _key("0,home", "go('row_start')", "beginning of the row", "row_start"),
        _key("circumflex_accent", "go('row_text')", "first letter of the row", "row_text"),
        _key("dollar_sign,end", "go('row_end')", "end of the row", "row_end"),
        _key("right_curly_bracket", "go('next_paragraph')", "next paragraph", "next_paragraph"),
        _key(
            "left_curly_bracket", "go('former_paragraph')", "former paragraph", "former_paragraph"
        ),
        _key("J", "go('next_message')", "next message", "next_message"),
        _key("K", "go('former_message')", "former message", "former_message"),
        _key("ctrl+d", "pages(0.5)", "half page down", "half_down"),
        _key("ctrl+u", "pages(-0.5)", "half page up", "half_up"),
        _key("pagedown", "pages(1)", "page down", "page_down"),
        _key("pageup", "pages(-1)", "page up", "page_up"),
        _key("g,ctrl+home", "go('first')", "beginning", "first"),
        _key("G,ctrl+end", "go('last')", "end", "last"),
        Binding("ctrl+c", "copy", "copy", id="select.copy_too", show=False),
    ]

    pane: Selects | None = None
    """The conversation that stands in it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """These keys mean a selection, and only where the focus is on one."""
        pane = self.pane
        return pane is not None and pane.takes_keys

    def action_go(self, motion: str) -> None:
        """Move the cursor."""
        if self.pane is not None:
            self.pane.move_selection(motion)

    def action_rows(self, rows: int) -> None:
        """Move the cursor over rows."""
        if self.pane is not None:
            self.pane.move_selection_by(rows=rows)

    def action_pages(self, pages: float) -> None:
        """Move the cursor over pages."""
        if self.pane is not None:
            self.pane.move_selection_by(pages=pages)

    def action_turn(self) -> None:
        """Go on at the other end."""
        if self.pane is not None:
            self.pane.turn_selection()

    def action_select(self, unit: str) -> None:
        """By character, or by line."""
        if self.pane is not None:
            self.pane.select(unit)

    def action_copy(self) -> None:
        """Copy the text as it is read."""
        if self.pane is not None:
            self.pane.copy_selection()

    def action_copy_markdown(self) -> None:
        """Copy the text as it was written."""
        if self.pane is not None:
            self.pane.copy_selection(is_markdown=True)

    def action_end(self) -> None:
        """Select nothing."""
        if self.pane is not None:
            self.pane.end_selection()

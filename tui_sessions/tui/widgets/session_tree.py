"""The tree of folders, sessions and branches: visible lines only, asked by window.

It shows what a `TreeSource` holds and posts what the user wants; folding, sorting, filtering and deleting
are the owner's, who answers with another source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_sessions.model.results import SessionLine
from tui_sessions.tui.widgets.tree_lines import fold_cells
from tui_sessions.tui.widgets.tree_view import TreeView
from tui_sessions.tui.widgets.tree_window import is_foldable, is_unfolded, parent_position


class SessionTree(TreeView):
    """Folders, sessions and their branches; one line each, drawn when it is seen."""

    HELP = """\
## Sessions

Folders, sessions, and branches below the session they began in.

Where sessions are marked, deleting means all of them.

`●` answering · `○` not read yet · `◌` answer cut off · `⑂` branch · `★` pinned · `✓` completed · `‖` paused ·
`▫` archived · `!` damaged · `◆` marked · `▎` open · `?` cost unknown
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="tree.open", tooltip="open; fold or unfold a folder"),
        Binding("space", "mark", "Mark", id="tree.mark"),
        Binding("delete", "delete", "Delete", id="tree.delete"),
        Binding("f2", "rename", "Rename", id="tree.rename"),
        Binding("slash", "filter", "Filter", id="tree.filter"),
        Binding("escape", "unmark", "Clear marks", show=False, id="tree.unmark"),
        Binding("down,j", "move(1)", "Down", show=False, id="tree.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="tree.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="tree.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="tree.page_up"),
        Binding("ctrl+d", "half_page(1)", "Half a page down", show=False, id="tree.half_down"),
        Binding("ctrl+u", "half_page(-1)", "Half a page up", show=False, id="tree.half_up"),
        Binding("home,g", "first", "First", show=False, id="tree.first"),
        Binding("end,G", "last", "Last", show=False, id="tree.last"),
        Binding("left,h", "fold", "Fold, or to the parent", show=False, id="tree.fold"),
        Binding("right,l", "unfold", "Unfold, or into it", show=False, id="tree.unfold"),
    ]

    @dataclass
    class Opened(Message):
        """A session is to be opened."""

        session_id: str

    @dataclass
    class FoldToggled(Message):
        """A folder, or a session with branches, is to be folded or unfolded."""

        key: str

    @dataclass
    class DeleteRequested(Message):
        """The marked lines, or the one under the cursor, are to be deleted."""

        keys: tuple[str, ...]

    @dataclass
    class RenameRequested(Message):
        """The line is to be renamed."""

        key: str

    @dataclass
    class FilterRequested(Message):
        """The user wants to type a filter."""

    @dataclass
    class MarksChanged(Message):
        """Other lines are marked than before."""

        marked: frozenset[str]

    _opened_by_first_click = False

    def set_marked(self, keys: Iterable[str]) -> None:
        """Mark these sessions and no others."""
        marked = frozenset(keys)
        if marked != self.marked:
            self._change(replace(self._state, marked=marked))
            self.post_message(self.MarksChanged(marked))

    # ---- keys

    def action_move(self, lines: int) -> None:
        """Move the cursor."""
        self._move_to(self._cursor + lines)

    def action_page(self, direction: int) -> None:
        """Move by a page, one line kept."""
        self._move_view(direction * max(1, self._page_lines - 1))

    def action_half_page(self, direction: int) -> None:
        """Move by half a page."""
        self._move_view(direction * max(1, self._page_lines // 2))

    def action_first(self) -> None:
        """Go to the first line."""
        self._move_to(0)

    def action_last(self) -> None:
        """Go to the last line."""
        self._move_to(self._lines.count - 1)

    def action_open(self) -> None:
        """Open the session, or fold or unfold the folder."""
        line = self.cursor_line
        if isinstance(line, SessionLine):
            self.post_message(self.Opened(line.row.id))
        elif line is not None and is_foldable(line):
            self.post_message(self.FoldToggled(line.key))

    def action_fold(self) -> None:
        """Fold what is unfolded, else go to the parent."""
        line = self.cursor_line
        if line is not None and is_unfolded(line):
            self.post_message(self.FoldToggled(line.key))
            return
        parent = parent_position(self._lines, self._cursor)
        if parent is not None:
            self._move_to(parent)

    def action_unfold(self) -> None:
        """Unfold what is folded, else go to the first line below."""
        line = self.cursor_line
        if line is None or not is_foldable(line):
            return
        if not is_unfolded(line):
            self.post_message(self.FoldToggled(line.key))
            return
        below = self._lines.line(self._cursor + 1)
        if below is not None and below.depth > line.depth:
            self._move_to(self._cursor + 1)

    def action_mark(self) -> None:
        """Mark the session or take its mark away, and go on to the next line."""
        line = self.cursor_line
        if isinstance(line, SessionLine):
            self.set_marked(self.marked ^ {line.key})
        self._move_to(self._cursor + 1)

    def action_unmark(self) -> None:
        """Take all marks away; without any the key is somebody else's."""
        if not self.marked:
            raise SkipAction
        self.set_marked(())

    def action_delete(self) -> None:
        """Ask for the marked sessions, or the line under the cursor, to be deleted."""
        line = self.cursor_line
        keys = self._marked_in_order() or (() if line is None else (line.key,))
        if keys:
            self.post_message(self.DeleteRequested(keys))

    def action_rename(self) -> None:
        """Ask for a new name."""
        if (line := self.cursor_line) is not None:
            self.post_message(self.RenameRequested(line.key))

    def action_filter(self) -> None:
        """Ask for the filter box."""
        self.post_message(self.FilterRequested())

    def _marked_in_order(self) -> tuple[str, ...]:
        position = self._lines.source.position
        last = self._lines.count
        places = {key: position(key) for key in self.marked}
        return tuple(
            sorted(places, key=lambda key: (last if places[key] is None else places[key], key))
        )

    # ---- mouse

    def on_click(self, event: events.Click) -> None:
        """Select; on what is selected already, and on the second of two clicks, open."""
        offset = event.get_content_offset(self)
        line = None if offset is None else self._lines.line(self._top + offset.y)
        if offset is None or line is None:
            return
        event.stop()
        was_selected = self._top + offset.y == self._cursor
        self._move_to(self._top + offset.y)
        if offset.x in fold_cells(line, self.scrollable_content_region.width):
            self.post_message(self.FoldToggled(line.key))
        elif event.chain == 1:
            self._opened_by_first_click = was_selected
            if was_selected:
                self.action_open()
        elif event.chain == 2 and not self._opened_by_first_click:
            self.action_open()

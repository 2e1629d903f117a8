"""The tree of folders, sessions and branches: visible lines only, asked by window.

It shows what a `TreeSource` holds and posts what the user wants; folding, sorting, filtering and deleting
are the owner's, who answers with another source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_sessions.model.results import DamagedLine, FolderLine, SessionLine
from tui_sessions.tui.widgets.tree_lines import fold_cells
from tui_sessions.tui.widgets.tree_marks import MarkedTree
from tui_sessions.tui.widgets.tree_window import is_foldable, is_unfolded, parent_position
from tui_sessions.tui.widgets.type_ahead import TypeAhead
from tui_sessions.tui.widgets.typed_on import KeysBehind


class SessionTree(MarkedTree, KeysBehind, inherit_bindings=False):
    """Folders, sessions and their branches; one line each, drawn when it is seen."""

    HELP = """\
## Sessions

Folders, sessions, and branches below the session they began in; pinned sessions and saved searches
(smart folders) above them, the trash below.

Where sessions are marked, every key and command means all of them; on a folder, all in it. After `V` every
move marks; `'` and letters jump to a title.

`●` answering · `○` not read yet · `◌` answer cut off · `⑂` branch · `★` pinned · `☆` starred · `≡` notes ·
`✓` completed · `‖` paused · `▫` archived · `!` damaged · `⌕` saved search · `⌫` trash · `◆` marked ·
`▎` open · `?` cost unknown
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="tree.open", tooltip="open; fold or unfold a folder"),
        *MarkedTree.BINDINGS,
        Binding("delete", "delete", "Delete", id="tree.delete"),
        Binding("m", "ask('move')", "Move", id="tree.move", tooltip="move to a folder"),
        Binding("f2", "rename", "Rename", id="tree.rename"),
        Binding("slash", "filter", "Filter", id="tree.filter", priority=True),
        Binding("colon", "command", "Command", show=False, id="tree.command", priority=True),
        Binding("p", "ask('pin')", "Pin, or no longer", show=False, id="tree.pin"),
        Binding("s", "ask('star')", "Star, or no longer", show=False, id="tree.star"),
        Binding("N", "ask('mkdir')", "New folder", show=False, id="tree.mkdir"),
        Binding("apostrophe", "type_ahead", "Jump to a title", show=False, id="tree.type_ahead"),
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
        """The marked sessions are to be deleted; where none is, the line under the cursor."""

        key: str
        """Of the line under the cursor."""

    @dataclass
    class RenameRequested(Message):
        """The line is to be renamed."""

        key: str

    @dataclass
    class FilterRequested(Message):
        """The user wants to type a filter."""

    @dataclass
    class Asked(Message):
        """What a command of that name does is wanted for the marked sessions or the line."""

        name: str

    @dataclass
    class TrashRequested(Message):
        """The trash is to be opened."""

    @dataclass
    class DamagedRequested(Message):
        """A damaged file is to be looked into."""

        path: str

    @dataclass
    class TypedAhead(Message):
        """Letters are looked for; None: no longer."""

        text: str | None
        is_found: bool = True

    _opened_by_first_click = False
    _typing: TypeAhead

    def on_mount(self) -> None:
        """Nothing is typed yet."""
        self._typing = TypeAhead()

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
        self.end_range()
        line = self.cursor_line
        if isinstance(line, SessionLine):
            self.post_message(self.Opened(line.row.id))
        elif isinstance(line, FolderLine) and line.kind == "trash":
            self.post_message(self.TrashRequested())
        elif isinstance(line, DamagedLine):
            self.post_message(self.DamagedRequested(line.row.path))
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

    def action_delete(self) -> None:
        """Ask for the marked sessions, or the line under the cursor, to be deleted."""
        self.end_range()
        line = self.cursor_line
        if self.marked or line is not None:
            self.post_message(self.DeleteRequested("" if line is None else line.key))

    def action_ask(self, name: str) -> None:
        """Ask for something to be done with the marked sessions, or the line under the cursor."""
        self.end_range()
        self.post_message(self.Asked(name))

    def action_rename(self) -> None:
        """Ask for a new name."""
        if (line := self.cursor_line) is not None:
            self.post_message(self.RenameRequested(line.key))

    def action_filter(self) -> None:
        """Ask for the filter box."""
        self.await_line()
        self.post_message(self.FilterRequested())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While titles are jumped to, slash and colon are letters."""
        return not (action in ("filter", "command") and self._typing.is_on)

    # ---- letters that jump

    def action_type_ahead(self) -> None:
        """Letters are looked for until enter, escape or another key."""
        self._typing.begin()
        self.post_message(self.TypedAhead(""))

    def on_key(self, event: events.Key) -> None:
        """Letters that jump are no keys; any other key ends it, and does what it always does."""
        if not self._typing.is_on:
            return
        if event.key == "backspace":
            self._typing.drop(event.time)
            self._jump(self._cursor - 1)
        elif event.character == "'":
            self._jump(self._cursor)
        elif event.character is not None and event.is_printable:
            is_new = self._typing.add(event.character, event.time)
            self._jump(self._cursor - (not is_new))
        else:
            self._end_typing()
            if event.key == "enter":
                self.action_open()
            elif event.key != "escape":
                return
        event.stop()

    def on_blur(self) -> None:
        """Letters are for another pane now."""
        self._end_typing()

    def _jump(self, after: int) -> None:
        found = self._lines.source.find(self._typing.text, after) if self._typing.text else None
        if found is not None:
            self._move_to(found)
        is_found = found is not None or not self._typing.text
        self.post_message(self.TypedAhead(self._typing.text, is_found))

    def _end_typing(self) -> None:
        if self._typing.is_on:
            self._typing.end()
            self.post_message(self.TypedAhead(None))

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

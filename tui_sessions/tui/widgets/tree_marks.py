"""Marks in the tree: one session, ranges of lines, everything that is in a folder or matches.

Marks belong to sessions, not to lines: one that a filter or a fold hides keeps its mark. What is in a
folder, or matches, the owner knows: the widget has windows only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import msgspec
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_sessions.model.results import FolderLine
from tui_sessions.tui.widgets.tree_lines import mark_key
from tui_sessions.tui.widgets.tree_view import TreeView
from tui_sessions.tui.widgets.tree_window import TreeSource, kept_position


class MarkedTree(TreeView):
    """A tree whose sessions can be marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", id="tree.mark", tooltip="mark; in a folder all of it"),
        Binding("V", "mark_range", "Mark a range", show=False, id="tree.mark_range"),
        Binding("shift+down", "extend(1)", "Mark downwards", show=False, id="tree.extend_down"),
        Binding("shift+up", "extend(-1)", "Mark upwards", show=False, id="tree.extend_up"),
        Binding("asterisk", "mark_all", "Mark all that match", show=False, id="tree.mark_all"),
        Binding("escape", "unmark", "Clear marks", show=False, id="tree.unmark"),
    ]

    @dataclass
    class MarksChanged(Message, namespace="session_tree"):
        """Other sessions are marked than before, or a range was begun or given up."""

        marked: frozenset[str]
        is_range: bool = False

    @dataclass
    class MarkBelowRequested(Message, namespace="session_tree"):
        """All sessions in a folder or group are to be marked, or unmarked where they all are."""

        key: str

    @dataclass
    class MarkAllRequested(Message, namespace="session_tree"):
        """All sessions that the tree holds are to be marked, folded or not."""

    is_busy = False
    """Whether something long runs that escape stops before it clears marks."""
    _anchor: int | None = None
    _is_held = False
    """Whether every move extends the range, not only those with shift."""
    _is_extending = False

    @property
    def is_range(self) -> bool:
        """Whether lines are being marked together."""
        return self._anchor is not None

    def set_marked(self, keys: Iterable[str]) -> None:
        """Mark these sessions (`session:<id>`) and no others."""
        marked = frozenset(keys)
        was_range, self._anchor = self.is_range, None
        self._show_range()
        if marked != self.marked:
            self._change(msgspec.structs.replace(self._state, marked=marked))
            self.post_message(self.MarksChanged(marked))
        elif was_range:
            self.post_message(self.MarksChanged(marked))

    def toggle_marked(self, keys: Iterable[str]) -> None:
        """Mark these as well; where all of them are marked already, unmark them."""
        given = frozenset(keys)
        self.set_marked(self.marked - given if given <= self.marked else self.marked | given)

    def show(self, source: TreeSource, *, keep_cursor: bool = True) -> None:
        """Show another source; a range goes on from the line where it began."""
        old, anchor = self._lines, self._anchor
        super().show(source, keep_cursor=keep_cursor)
        if anchor is not None:
            self._anchor = kept_position(old, anchor, self._lines)
            self._show_range()

    # keys

    def action_mark(self) -> None:
        """Mark the session or take its mark away, and go on; end a range; in a folder, mark all of it."""
        if self.is_range:
            self.end_range()
            return
        line = self.cursor_line
        if isinstance(line, FolderLine):
            self.post_message(self.MarkBelowRequested(line.key))
        elif line is not None and (key := mark_key(line)):
            self.set_marked(self.marked ^ {key})
        self._move_to(self._cursor + 1)

    def action_mark_range(self) -> None:
        """Begin a range, which moving extends; end it."""
        if self.is_range:
            self.end_range()
        elif self.cursor_line is not None:
            self._begin_range(is_held=True)

    def action_extend(self, step: int) -> None:
        """Mark the line and the one it goes to."""
        if not self.is_range and self.cursor_line is not None:
            self._begin_range(is_held=False)
        self._is_extending = True
        try:
            self._move_to(self._cursor + step)
        finally:
            self._is_extending = False

    def action_mark_all(self) -> None:
        """Ask for everything that matches to be marked."""
        self.end_range()
        if self._lines.count:
            self.post_message(self.MarkAllRequested())

    def action_unmark(self) -> None:
        """Give a range up, else take all marks away; without any the key is somebody else's."""
        if self.is_busy or not (self.marked or self.is_range):
            raise SkipAction
        self.set_marked(self.marked if self.is_range else ())

    def end_range(self) -> None:
        """Mark what the range holds."""
        if self._anchor is None:
            return
        lines = self._lines.source.window(self._range.start, self._range.stop)
        found = {key for line in lines if (key := mark_key(line))}
        self.set_marked(self.marked | found)

    # the range

    def _begin_range(self, *, is_held: bool) -> None:
        self._anchor, self._is_held = self._cursor, is_held
        self._show_range()
        self.post_message(self.MarksChanged(self.marked, is_range=True))

    def _move_to(self, index: int) -> None:
        if self.is_range and not (self._is_held or self._is_extending):
            self.end_range()
        super()._move_to(index)
        if self.is_range:
            self._show_range()

    def _show_range(self) -> None:
        if self._anchor is None:
            wanted = range(0)
        else:
            first, last = sorted((self._anchor, self._cursor))
            wanted = range(first, last + 1)
        if wanted != self._range:
            self._range = wanted
            self.refresh()

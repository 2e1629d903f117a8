"""The further keys of `meta`: a row for each, and one in which to write a new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from tui_sessions.errors import UsageError
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.field_editors import LineEditor, Settled, Typed, UndoWanted
from tui_sessions.tui.widgets.field_row import FieldRow
from tui_sessions.tui.widgets.fields import OWN_KEYS, SWITCHES, key_and_value, meta_field

MOST_ROWS = 60
"""A file may hold thousands of keys; a form of thousands of rows serves nobody."""


class NewKey(Vertical):
    """The row that adds a key."""

    can_focus = False
    DEFAULT_CSS = """
    NewKey { height: auto; }
    NewKey > Static { display: none; height: auto; color: $text-error; }
    NewKey.-wrong > Static { display: block; }
    """

    @dataclass
    class Added(Message):
        """A key with its value was written."""

        session_id: str
        key: str
        value: Any

    def __init__(self) -> None:
        super().__init__()
        self.session_id = ""
        self.editor = LineEditor("+ key: value")
        self._error = Static("", markup=False)

    def compose(self) -> ComposeResult:
        """The line, and the sentence on what is wrong."""
        yield self.editor
        yield self._error

    def taken(self) -> tuple[str, Any] | None:
        """The key and value, when both are there; the line is empty then."""
        text = self.editor.text.strip()
        if not text:
            self._complain("")
            return None
        try:
            key, value = key_and_value(text)
        except UsageError as error:
            self._complain(str(error))
            return None
        self._complain("")
        self.editor.load("")
        return key, value

    def flush(self) -> None:
        """Adds what is written."""
        if (pair := self.taken()) is not None:
            self.post_message(self.Added(self.session_id, *pair))

    def clear(self) -> None:
        """Empties the line."""
        self._complain("")
        self.editor.load("")

    def on_settled(self, event: Settled) -> None:
        """Left or entered."""
        event.stop()
        self.flush()

    def on_typed(self, event: Typed) -> None:
        """What was wrong is being mended."""
        event.stop()
        self._complain("")

    def on_undo_wanted(self, event: UndoWanted) -> None:
        """There is nothing to bring back here."""
        event.stop()

    def _complain(self, sentence: str) -> None:
        self._error.update(clean_line(sentence))
        self.set_class(bool(sentence), "-wrong")


class MetaRows(Vertical):
    """One row for each further key of the session."""

    can_focus = False
    DEFAULT_CSS = """
    MetaRows { height: auto; }
    MetaRows > #more { color: $text-muted; display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, FieldRow] = {}
        self._more = Static("", id="more", markup=False)

    def compose(self) -> ComposeResult:
        """Rows come and go above this line."""
        yield self._more

    def __iter__(self) -> Iterator[FieldRow]:
        return iter(self._rows.values())

    def show(self, session: Session) -> None:
        """A row for each key; one that is being typed in stays even when its key is gone."""
        keys = [str(key) for key, value in session.meta.extra.items() if not _has_field(key, value)]
        shown = keys[:MOST_ROWS]
        for key in [key for key in self._rows if key not in shown]:
            row = self._rows[key]
            if not (row.session_id == session.id and row.editor.is_typed):
                self._rows.pop(key).remove()
        for key in shown:
            if key not in self._rows:
                self._rows[key] = FieldRow(meta_field(key), LineEditor("empty"))
                self.mount(self._rows[key], before=self._more)
            self._rows[key].show(session)
        self._more.display = len(keys) > MOST_ROWS
        self._more.update(f"and {len(keys) - MOST_ROWS:,} more keys in the file")


def _has_field(key: str, value: object) -> bool:
    """Whether a key has a field of its own in the form."""
    return key in OWN_KEYS or (key in SWITCHES and isinstance(value, bool))

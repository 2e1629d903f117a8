"""Picks files to go along with a prompt: one folder at a time, read aside."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import ClassVar

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_sessions.errors import UsageError
from tui_sessions.model.display import shown_age, shown_size
from tui_sessions.model.text import clean_line
from tui_sessions.tui.folder_listing import MOST_ENTRIES, Entry, Listing, read_folder
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices

ReadFolder = Callable[[str], Listing]
SOON_S = 0.05
"""A folder that is read by then is shown without a word about reading."""


def _with_facts(folder: str) -> Listing:
    return read_folder(folder, with_facts=True)


class AttachDialog(PickerDialog[tuple[str, ...]]):
    """The result is the paths of the files; a folder is gone into."""

    VERB = "attach, open a folder"
    KEYS = (
        ("attach.mark", "space", "mark"),
        ("attach.up", "backspace", "up"),
        ("attach.hidden", "F3", "hidden files"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", id="attach.mark"),
        # Before the filter, which has nothing to delete then.
        Binding("backspace", "up", "Folder above", id="attach.up", priority=True),
        Binding("f3", "hidden", "Show hidden files, or no longer", id="attach.hidden"),
    ]

    def __init__(self, folder: str, *, read: ReadFolder = _with_facts) -> None:
        choices = Choices(
            heads=("size", "changed"),
            placeholder="type a name, or a path with / at its end",
            empty="Reading …",
            noun=("entry", "entries"),
            is_markable=True,
        )
        super().__init__("Attach files", choices, ())
        self._read = read
        self._folder = folder
        self._listing: Listing | None = None
        self._coming_from = ""
        self._marked: dict[str, None] = {}
        """Paths, in the order in which they were marked; of other folders as well."""
        self._shows_hidden = False
        self._where = Static("", classes="dialog--note", markup=False)
        self._told = Static("", classes="dialog--note", markup=False)

    def body(self) -> ComposeResult:
        """The folder, the list, and what is marked."""
        yield self._where
        yield self.choices
        yield self._told

    def fill(self) -> None:
        """What is in the folder at first."""
        self._go(self._folder)

    def answer(self) -> tuple[str, ...]:
        """What enter means: the marked files, else the one under the cursor."""
        if self.choices.current is None:
            raise UsageError("Nothing fits. Change the filter, or leave with escape.")
        return self.picked(self.choices.current)

    def picked(self, key: str) -> tuple[str, ...]:
        """The files. Raises `UsageError` where it goes into a folder instead."""
        if key.endswith(os.sep):
            self._go(key)
            raise UsageError("")
        return tuple(self._marked) or (key,)

    def on_moved(self, key: str | None) -> None:
        """Other letters are typed, or the cursor moved: a path that ends with a slash is gone to."""
        self.complain("")
        typed = self.choices.typed
        if typed.endswith("/") and (typed[0] in "/~" or self._has_folder(typed)):
            self._go(os.path.join(self._folder, os.path.expanduser(typed)))

    def _has_folder(self, typed: str) -> bool:
        names = {entry.name for entry in self._entries() if entry.is_folder}
        return typed.rstrip("/") in names or set(typed) <= {".", "/"}

    # keys

    def action_mark(self) -> None:
        """Mark the file under the cursor, or no longer."""
        key = self.choices.current
        if key is None or key.endswith(os.sep):
            return
        if key in self._marked:
            del self._marked[key]
        else:
            self._marked[key] = None
        self._show_marks()
        self.choices.action_move(1)

    def action_up(self) -> None:
        """The folder above, where nothing is typed."""
        if self.choices.typed:
            raise SkipAction
        above = os.path.dirname(self._folder.rstrip(os.sep)) or os.sep
        if above != self._folder:
            self._coming_from = self._folder
            self._go(above)

    def action_hidden(self) -> None:
        """Show files whose names begin with a dot, or no longer."""
        self._shows_hidden = not self._shows_hidden
        self._show()

    # the folder

    def _go(self, folder: str) -> None:
        self._folder = os.path.abspath(folder)
        self._listing = None
        self.choices.clear()
        self._where.update(clean_line(self._folder))
        # A thread that the end of the program does not wait for: some folders never answer.
        thread = Thread(target=self._look, args=(self._folder,), name="folder", daemon=True)
        thread.start()
        thread.join(SOON_S)
        self._show()

    def _look(self, folder: str) -> None:
        """In the thread."""
        listing = self._read(folder)
        if folder == self._folder:
            self._listing = listing
            self.call_later(self._show)

    def _show(self) -> None:
        now = datetime.now(UTC)
        rows = [self._row(entry, now) for entry in self._entries()]
        former, self._coming_from = self._coming_from, "" if self._listing else self._coming_from
        current = former.rstrip(os.sep) + os.sep if former and self._listing else ""
        self.choices.say_empty(self._empty())
        self.choices.show(rows, current=current)
        self._show_marks()

    def _empty(self) -> str:
        if self._listing is None:
            return "Reading …"
        return clean_line(self._listing.problem) or "Nothing is here that could be attached."

    def _entries(self) -> list[Entry]:
        entries = self._listing.entries if self._listing else ()
        return [entry for entry in entries if self._shows_hidden or entry.name[:1] != "."]

    def _row(self, entry: Entry, now: datetime) -> Choice:
        path = os.path.join(self._folder, entry.name)
        changed = ""
        if entry.modified is not None:
            changed = shown_age(_moment(entry.modified), now)
        if entry.is_folder:
            return Choice(path + os.sep, entry.name + "/", ("", changed))
        size = "" if entry.size is None else shown_size(entry.size)
        return Choice(path, entry.name, (size, changed))

    def _show_marks(self) -> None:
        self.choices.mark(frozenset(self._marked))
        words = [f"{len(self._marked):,} marked: {_names(self._marked)}"] if self._marked else []
        if self._listing is not None and self._listing.is_cut:
            words.append(f"only the first {MOST_ENTRIES:,} are shown")
        self._told.update(clean_line(" · ".join(words)))


def _names(paths: dict[str, None]) -> str:
    return ", ".join(os.path.basename(path) for path in paths)


def _moment(seconds: float) -> datetime | None:
    """A file may have any date."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None

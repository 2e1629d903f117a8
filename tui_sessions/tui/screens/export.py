"""Asks how and where to export."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from tui_sessions.errors import UsageError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import Dialog
from tui_sessions.tui.screens.save import MAX_NAME
from tui_sessions.tui.widgets.field_editors import ChoiceEditor, LineEditor, Typed

ExportFormat = tuple[str, str, str]
"""A format to choose from: its name in the registry, its label, its suffix with the dot."""


class ExportChoice(msgspec.Struct, frozen=True, kw_only=True):
    """The format's name, the folder as written, the file name with its suffix."""

    format: str
    folder: str
    name: str

    @property
    def path(self) -> str:
        """Folder and name together."""
        return f"{self.folder.rstrip('/')}/{self.name}"


class ExportDialog(Dialog[ExportChoice]):
    """Proposes what it is given: the last format and folder, and a name without suffix."""

    VERB = "export"

    def __init__(
        self,
        formats: Sequence[ExportFormat],
        *,
        format: str,
        folder: str,
        name: str,
        sessions: int = 1,
    ) -> None:
        super().__init__("Export" if sessions == 1 else f"Export {sessions:,} sessions")
        self._suffixes = {known: suffix for known, _, suffix in formats}
        self._proposed = format if format in self._suffixes else formats[0][0]
        self._folder_given, self._name_given = folder, name
        self._suffix = self._suffixes[self._proposed]
        self.format = ChoiceEditor([*self._suffixes], labels=[label for _, label, _ in formats])
        self.folder = LineEditor("folder")
        self.file_name = LineEditor("file name")
        self._path = Static("", classes="dialog--path", markup=False)

    def body(self) -> ComposeResult:
        """Format, folder, name, and the whole path."""
        fields: tuple[tuple[str, Widget], ...] = (
            ("format", self.format),
            ("folder", self.folder),
            ("name", self.file_name),
        )
        for label, editor in fields:
            with Horizontal(classes="dialog--row"):
                yield Static(label, classes="dialog--label", markup=False)
                yield editor
        yield self._path

    def on_mount(self) -> None:
        """Everything is proposed, so that Enter alone exports."""
        self.format.load(self._proposed)
        self.folder.load(clean_line(self._folder_given))
        self.file_name.load(clean_line(self._name_given) + self._suffix)
        self.format.focus()
        self._show_path()

    def on_typed(self, event: Typed) -> None:
        """The suffix follows the format; the path is shown as it will be."""
        suffix = self._suffixes[self.format.text]
        if suffix != self._suffix:
            stem = self.file_name.text.removesuffix(self._suffix)
            self._suffix = suffix
            self.file_name.put(stem + suffix)
        self._show_path()

    def answer(self) -> ExportChoice:
        """The choice, checked."""
        # Shown clean, given raw: a folder that nobody touched must be found again.
        folder = self.folder.text.strip() if self.folder.is_typed else self._folder_given
        name = self.file_name.text.strip()
        if not folder:
            raise UsageError("Write a folder; a dot is the current one.")
        if not name or name == self._suffix:
            raise UsageError("Write a file name.")
        if "/" in name or name in (".", ".."):
            raise UsageError("A file name has no slash; write the folder above.")
        if len(name) > MAX_NAME:
            raise UsageError(f"A file name has at most {MAX_NAME} characters.")
        return ExportChoice(format=self.format.text, folder=folder, name=name)

    def _show_path(self) -> None:
        folder = self.folder.text.strip().rstrip("/")
        self._path.update(f"→ {folder}/{self.file_name.text.strip()}")

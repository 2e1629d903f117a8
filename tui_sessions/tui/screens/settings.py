"""Every setting with its value; the one under the cursor is explained, and changed in place.

Knows rows and sentences; what a value means, and where it is written, is the business of `Settings`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.typed_list import TypedListDialog
from tui_sessions.tui.widgets.choice_list import Choice, cropped
from tui_sessions.tui.widgets.choices import Choices

EMPTY = "–"
LABEL_CELLS = 17
DEFAULT_CELLS = 18
SET = "•"


@dataclass(frozen=True, slots=True)
class Setting:
    """A row: all of it is text to be shown, but for the two that say what Enter does."""

    name: str
    """Dotted, as in the file."""
    group: str
    label: str
    value: str
    """What holds."""
    default: str
    source: str
    help: str
    wanted: str
    """What a value must be."""
    edited: str
    """What Enter begins with."""
    warning: str = ""
    """Why a change in the file would not be noticed."""
    is_set: bool = False
    is_switch: bool = False
    """Whether Enter turns it over."""
    words: Sequence[str] = ()
    """Values to complete."""


class Settings(Protocol):
    """Where settings come from and go to. Every call may raise a `TuiSessionsError`, which is shown."""

    @property
    def place(self) -> str:
        """The file."""

    def rows(self) -> Sequence[Setting]:
        """All of them, as they stand now."""

    def set(self, name: str, text: str) -> None:
        """Writes a value and lets it hold."""

    def reset(self, name: str) -> None:
        """Back to the default."""

    def edit_file(self) -> None:
        """Opens the file in the user's editor."""


class SettingsDialog(TypedListDialog):
    """Everything is saved as it is changed; there is no result."""

    # Short of room sooner than others: there is much to see.
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012
    KEYS = (
        ("settings.reset", "del", "back to default"),
        ("settings.editor", "^o", "open the file"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the filter, which would delete a letter that is not there.
        Binding("delete", "reset", "back to the default", id="settings.reset", priority=True),
        Binding("ctrl+o", "editor", "open the file", id="settings.editor"),
    ]

    def __init__(self, settings: Settings) -> None:
        choices = Choices(
            heads=("default", "from"),
            yielding=(0, 1),
            placeholder="a setting, a value, a key",
            noun=("setting", "settings"),
            is_best_first=True,
        )
        help = Static("", id="setting_help", markup=False)
        super().__init__("Settings", choices, help=help, line_id="setting_edit")
        self._settings = settings
        self._by_name: dict[str, Setting] = {}
        self._explained: str | None = None

    def fill(self) -> None:
        """As everything stands now."""
        self.query_one("#box").border_subtitle = Content(clean_line(self._settings.place))
        self._show()

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Enter or a click: turns a switch over, else lets a value be typed."""
        event.stop()
        event.prevent_default()
        if not self._edited:
            self._change(self._by_name[event.key])

    def on_moved(self, key: str | None) -> None:
        """Explains the setting under the cursor."""
        # A list that is filled anew says the same row again, and what is wrong still is.
        if not self._edited and key != self._explained:
            self.complain("")
            self._explain(self._by_name.get(key or ""))

    def action_accept(self) -> None:
        """Takes what was typed."""
        if self._edited and self._try_to_set(self._edited, self._line.text):
            self._stop_editing()

    def action_reset(self) -> None:
        """Sets the setting under the cursor back, if there is nothing to delete before it."""
        key = self.choices.current
        if self._is_typing:
            raise SkipAction
        if key is not None:
            self._try(lambda: self._settings.reset(key))

    def action_editor(self) -> None:
        """Opens the file; what it says holds afterwards."""
        if not self._edited:
            self._try(self._settings.edit_file)

    def _change(self, row: Setting) -> None:
        if row.is_switch:
            self._try_to_set(row.name, "false" if row.edited == "true" else "true")
        elif clean_line(row.edited) != row.edited.strip():
            editor = self.app.get_key_display(Binding("ctrl+o", "", ""))
            self.complain(f"This text has several lines: {editor} opens the file.")
        else:
            self._begin_editing(row.name, row.label, row.edited, row.words)

    def _stop_editing(self) -> None:
        super()._stop_editing()
        self._explain(self._by_name.get(self.choices.current or ""))

    def _try_to_set(self, name: str, text: str) -> bool:
        return self._try(lambda: self._settings.set(name, text))

    def _try(self, do: Callable[[], None]) -> bool:
        """Does it and shows what stands then; whether it went well."""
        self.complain("")
        try:
            do()
        except TuiSessionsError as problem:
            self._show()
            self.complain(str(problem))
            return False
        self._show()
        return True

    def _show(self) -> None:
        try:
            rows = self._settings.rows()
        except TuiSessionsError as problem:
            # The file was spoiled meanwhile: what was read last is still there to be looked at.
            self.complain(str(problem))
            return
        self._by_name = {row.name: row for row in rows}
        widths = dict.fromkeys((row.group for row in rows), LABEL_CELLS)
        for row in rows:
            widths[row.group] = max(widths[row.group], len(row.label))
        self.choices.show([_choice(row, widths[row.group]) for row in rows])
        self._explain(self._by_name.get(self.choices.current or ""))

    def _explain(self, row: Setting | None) -> None:
        self._explained = row.name if row else None
        if row is None:
            self._help.update("")
            return
        facts = " · ".join(
            (f"{row.name}", row.wanted, f"default {clean_line(row.default) or EMPTY}")
        )
        self._help.update(
            Content.assemble(
                (f"{clean_line(facts)}\n", "$text-muted"),
                (f"{clean_line(row.warning)}\n" if row.warning else "", "$text-warning"),
                clean_line(row.help),
            )
        )


def _choice(row: Setting, label_cells: int) -> Choice:
    value = clean_line(row.value) or EMPTY
    default = clean_line(row.default) or EMPTY
    return Choice(
        row.name,
        f"{row.label:<{label_cells}}  {value}",
        (cropped(default, DEFAULT_CELLS) if default != value else "", row.source),
        row.group,
        SET if row.is_set else "",
        also=row.name,
    )

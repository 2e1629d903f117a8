"""What would come back out of a backup: looked through, some of it marked, or all of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_sessions.errors import UsageError
from tui_sessions.model.backup_words import RELATION_WORDS, preview_words
from tui_sessions.model.backups import RELATIONS, ComingLine, Relation
from tui_sessions.model.display import shown_age, shown_number, shown_time
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.tui.screens.dialog import MarkingDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices

_WHAT_COMES: dict[Relation, str] = {
    "new": "It is missing here and comes back.",
    "newer": "Here stands the beginning of it; the rest comes back.",
    "conflict": "What is here stays; this one comes beside it as “(restored)”.",
    "older": "What is here is newer and stays; this one comes beside it as “(restored)”.",
    "same": "It is the same here.",
    "damaged": "It cannot be read as a session; the file comes back where nothing lies in its place.",
}
_IN_PLACE = "It takes the place of what is here, which stays as a former version."


class RestoreChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What is to come back; no paths: all that is missing here."""

    paths: frozenset[str] | None = None
    is_overwriting: bool = False


class RestoreDialog(MarkingDialog[RestoreChoice]):
    """The result says which sessions are to come back, and whether in place of what is here."""

    VERB = "bring back"
    KEYS = (
        ("restore.mark", "space", "mark"),
        ("restore.all", "ctrl+e", "all"),
        ("restore.in_place", "ctrl+o", "in place"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", id="restore.mark"),
        Binding("ctrl+e", "all", "Bring back all", id="restore.all", priority=True),
        Binding(
            "ctrl+o", "in_place", "In place of what is here", id="restore.in_place", priority=True
        ),
    ]

    def __init__(
        self, title: str, lines: Sequence[ComingLine], problems: Sequence[str], *, now: Clock
    ) -> None:
        # What is the same here is most of it, and nobody looks for it.
        differing = [line for line in lines if line.relation != "same"]
        differing.sort(key=lambda line: RELATIONS.index(line.relation))
        choices = Choices(
            heads=("here", "turns", "used"),
            yielding=(1, 2),
            placeholder="title, id or file",
            empty="All of it is the same here.",
            noun=("session", "sessions"),
            is_markable=True,
        )
        moment = now()
        super().__init__(title, choices, [_choice(line, moment) for line in differing])
        self._by_path = {line.path: line for line in differing}
        self._is_overwriting = False
        self._sums = preview_words(lines)
        self._problems = tuple(problems)
        self._told = Static("", id="restore_told", classes="dialog--note", markup=False)
        self._below = Static("", id="restore_sums", classes="dialog--note", markup=False)

    def body(self) -> ComposeResult:
        """The list, what would become of the row under the cursor, and how many stand how."""
        yield self.choices
        yield self._told
        yield self._below

    def fill(self) -> None:
        """With the sums below."""
        super().fill()
        first = f" {self._problems[0]}" if self._problems else ""
        more = f" (and {len(self._problems) - 1} more)" if len(self._problems) > 1 else ""
        self._below.update(clean_line(f"{self._sums}{first}{more}"))

    def picked(self, key: str) -> RestoreChoice:
        """The marked ones, else this one."""
        line = self._by_path[key]
        if not self._marked and (line.is_barred or line.relation == "damaged"):
            raise UsageError(line.trouble)
        return RestoreChoice(
            paths=frozenset(self._marked or (key,)), is_overwriting=self._is_overwriting
        )

    def on_moved(self, key: str | None) -> None:
        """Tell what would become of it."""
        self.complain("")
        line = self._by_path.get(key or "")
        self._told.update("" if line is None else self._about(line))

    def action_all(self) -> None:
        """All that is missing here."""
        wanted = {"new", "newer", "conflict", *(("older",) if self._is_overwriting else ())}
        if any(line.relation in wanted for line in self._by_path.values()):
            self.dismiss(RestoreChoice(is_overwriting=self._is_overwriting))
        else:
            self.complain("Nothing of it is missing here. Choose single sessions with space.")

    def action_in_place(self) -> None:
        """In place of what is here, or beside it."""
        self._is_overwriting = not self._is_overwriting
        self.on_moved(self.choices.current)

    def _about(self, line: ComingLine) -> str:
        is_here = line.relation in ("conflict", "older")
        what = line.trouble or (
            _IN_PLACE if is_here and self._is_overwriting else _WHAT_COMES[line.relation]
        )
        when = shown_time(line.updated_at)
        return clean_line(f"{line.place} · {shown_number(line.turns, 'turn')} · {when} · {what}")


def _choice(line: ComingLine, now: datetime) -> Choice:
    return Choice(
        line.path,
        line.title,
        (
            RELATION_WORDS[line.relation].partition(" ")[0],
            f"{line.turns:,}",
            shown_age(line.updated_at, now),
        ),
        also=f"{line.place}\n{line.id}",
        is_quiet=line.relation in ("older", "damaged"),
    )

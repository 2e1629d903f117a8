"""The audit log: who opened, changed, exported what. Enter opens the session."""

from __future__ import annotations

from collections.abc import Sequence

from tui_sessions.errors import UsageError
from tui_sessions.model.audit import AuditLine
from tui_sessions.model.display import shown_age
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices


class AuditDialog(PickerDialog[str]):
    """The result is the id of a session that is there."""

    VERB = "open it"
    LEAVE = "close"

    def __init__(
        self, lines: Sequence[AuditLine], titles: dict[str, str], *, now: Clock, note: str = ""
    ) -> None:
        """The lines, the latest first, and the titles of the sessions that are there."""
        choices = Choices(
            heads=("who", "when"),
            placeholder="action, title, id",
            empty="The audit log has no line yet.",
            noun=("line", "lines"),
        )
        moment = now()
        rows = []
        for number, line in enumerate(lines):
            name = clean_line(titles.get(line.session, line.session))
            columns = (clean_line(line.user or "?"), shown_age(line.at, moment))
            text = f"{clean_line(line.action)} · {name}" if name else clean_line(line.action)
            rows.append(Choice(str(number), text, columns, also=clean_line(line.session)))
        super().__init__(f"Audit log{note}", choices, rows)
        self._lines = tuple(lines)
        self._there = frozenset(titles)

    def picked(self, key: str) -> str:
        """The id. Raises `UsageError` for a session that is gone, and for lines about none."""
        session_id = self._lines[int(key)].session
        if session_id not in self._there:
            raise UsageError("There is no such session any more; perhaps it is in the trash.")
        return session_id

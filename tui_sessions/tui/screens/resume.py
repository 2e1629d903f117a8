"""Picks a session to go on with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tui_sessions.model.display import shown_age, shown_cost, shown_short_count
from tui_sessions.model.results import SessionRow
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice, cropped
from tui_sessions.tui.widgets.choices import Choices

HEADS = ("model", "turns", "tokens", "cost", "age")
MODEL_CELLS = 16


class ResumeDialog(PickerDialog[str]):
    """The result is the id of the session; `rows` are shown in their order."""

    VERB = "open"

    def __init__(
        self, rows: Sequence[SessionRow], *, now: Clock, title: str = "Resume a session"
    ) -> None:
        moment = now()
        choices = Choices(
            heads=HEADS,
            yielding=(2, 1, 0, 3, 4),
            placeholder="title, tag, project, model, folder",
            empty="There is no session yet. Leave with escape and write the first prompt.",
            noun=("session", "sessions"),
        )
        super().__init__(title, choices, [session_choice(row, moment) for row in rows])

    def picked(self, key: str) -> str:
        """The id."""
        return key


def session_choice(row: SessionRow, now: datetime) -> Choice:
    """A session as a row of the picker."""
    model = clean_line(row.model or "").rpartition("/")[2]
    columns = (
        cropped(model, MODEL_CELLS),
        str(row.turns),
        shown_short_count(row.tokens),
        shown_cost(row.cost) if row.turns else "",
        shown_age(row.updated_at, now),
    )
    also = "\n".join((*row.tags, row.project or "", row.model or "", row.path, row.id))
    return Choice(row.id, row.title, columns, mark="⑂" if row.parent_id else "", also=also)

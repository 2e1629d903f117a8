"""Picks a session to go on with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
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
    """The result is the id of the session; `rows` are shown in their order.

    Where they are only some of `total`, `find` is asked in a thread for others that hold what is typed.
    """

    VERB = "open"

    def __init__(
        self,
        rows: Sequence[SessionRow],
        *,
        now: Clock,
        total: int | None = None,
        find: Callable[[str], Sequence[SessionRow]] = lambda typed: (),
    ) -> None:
        self._moment = moment = now()
        self._total = max(len(rows), total or 0)
        self._find = find
        self._typed = ""
        self._first: str | None = None
        """The row that fitted best when that was typed."""
        choices = Choices(
            heads=HEADS,
            yielding=(2, 1, 0, 3, 4),
            placeholder="title, tag, project, model, folder",
            empty="There is no session yet. Leave with escape and write the first prompt.",
            noun=("session", "sessions"),
        )
        listed = [session_choice(row, moment) for row in rows]
        super().__init__("Resume a session", choices, listed)

    def fill(self) -> None:
        """The rows that are known at first."""
        self.choices.show(self._rows, known=self._total)

    def on_moved(self, key: str | None) -> None:
        """Other letters are typed, or the cursor moved."""
        typed = self.choices.typed
        if typed == self._typed or self._total == len(self._rows):
            return
        self._typed, self._first = typed, key
        if typed:
            self.run_worker(
                self._look_up(typed), group="named", exclusive=True, exit_on_error=False
            )

    async def _look_up(self, typed: str) -> None:
        found = await asyncio.to_thread(self._find, typed)
        known = {choice.key for choice in self._rows}
        others = [session_choice(row, self._moment) for row in found if row.id not in known]
        # Who has not moved since then means the best of all.
        is_unmoved = self.choices.current == self._first
        self.choices.show(
            (*self._rows, *others), current="" if is_unmoved else None, known=self._total
        )

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

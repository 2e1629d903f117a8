"""What the search screen asks of whoever opens it, and what it leaves there to come back to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tui_sessions.model.found import Hit
from tui_sessions.model.session import Session
from tui_sessions.model.times import Clock
from tui_sessions.tui.search_work import SearchWork
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.conversation.landing import Place
from tui_sessions.tui.widgets.filter_box import Completions
from tui_sessions.tui.widgets.search_report import Report
from tui_sessions.tui.widgets.search_results import Standing


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is to come back to."""

    text: str
    standing: Standing


class SearchOwner(Protocol):
    """What the screen asks of whoever opens it."""

    work: SearchWork
    kept: Kept | None
    now: Clock

    def place(self, session: Session, hit: Hit) -> Place | None:
        """Where in the session a hit stands."""

    def starters(self) -> Sequence[Choice]:
        """What may be looked for, while nothing is typed."""

    def complete(self, text: str, cursor: int) -> Completions:
        """What may stand where the cursor is."""

    def save(self, text: str) -> None:
        """Keep the search as a smart folder."""

    def export(self, report: Report) -> None:
        """Export the sessions that were found."""

    def help(self) -> None:
        """Explain the language and the keys."""

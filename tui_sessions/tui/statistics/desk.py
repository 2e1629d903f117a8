"""Statistics on the screen: opens them, writes what they show as CSV, goes to the session that was chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tui_sessions.engine.exporting import file_name_from, write_new
from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.budget import Standing as BudgetStanding
from tui_sessions.model.period import BY_NAME
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.filtering import completions, learn
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.statistics.owner import Standing
from tui_sessions.tui.statistics.reading import VIEWS, Reading
from tui_sessions.tui.statistics.work import StatisticsWork
from tui_sessions.tui.widgets.filter_box import Completions

ALSO = {
    "cost": "overview",
    "models": "model",
    "providers": "provider",
    "personas": "persona",
    "tags": "tag",
    "projects": "project",
    "folders": "folder",
    "dearest": "sessions",
    "latency": "performance",
    "this": "session",
}
"""Other names of the views, as the list at the left calls them."""


class StatisticsDesk:
    """What the statistics keys and `:stats` do."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.standing = Standing()
        self.now = stage.services.now
        reading = Reading(
            stage.workspace.library,
            self.now,
            session=self._session,
            standings=self._standings,
        )
        self.work = StatisticsWork(stage.screen, reading)
        stage.when_tree_shown.append(self._library_changed)

    def open(self, words: str = "") -> None:
        """The screen as it was left; `words` name a view, a stretch of time, a filter."""
        from tui_sessions.tui.screens.statistics import StatisticsScreen

        if any(isinstance(screen, StatisticsScreen) for screen in self._stage.app.screen_stack):
            return
        self.standing = asked(words, self.standing)
        self._stage.app.push_screen(StatisticsScreen(self), self._chosen)

    def offers(self) -> Sequence[str]:
        """What may follow `:stats`."""
        return (*VIEWS, *BY_NAME)

    def _chosen(self, session_id: str | None) -> None:
        if session_id is not None:
            self._stage.open_session(session_id)

    def _session(self) -> Session | None:
        return self._stage.workspace.session

    def _standings(self) -> tuple[BudgetStanding, ...]:
        budgets, session = self._stage.services.budgets, self._stage.workspace.session
        own = [found for found in budgets.standing(session) if found.budget.kind == "session"]
        return (*own, *budgets.every())

    def _library_changed(self) -> None:
        from tui_sessions.tui.screens.statistics import StatisticsScreen

        self.work.forget()
        for screen in self._stage.app.screen_stack:
            if isinstance(screen, StatisticsScreen):
                screen.news()

    # what the screen asks

    def complete(self, text: str, cursor: int) -> Completions:
        """What may stand in the filter where the cursor is."""
        return completions(self._stage.words, text, cursor)

    def learn(self, then: Callable[[], object]) -> None:
        """Look up which words are in use, for the filter; `then` they are known."""
        learn(self._stage, then)

    def earlier_filters(self) -> Sequence[str]:
        """The filters that were used last."""
        return self._stage.services.state.filters

    def export(self, name: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Write records as CSV where exports go, and tell where."""
        from tui_sessions.exchange.csv_table import csv_table

        if not records:
            self._stage.app.notify("There is nothing to export here.", markup=False)
            return
        state, config = self._stage.services.state, self._stage.services.config.export
        try:
            folder = Path(state.export_dir or config.dir or ".").expanduser().absolute()
            file = f"{file_name_from(name)} {self.now().astimezone():%Y-%m-%d}.csv"
            path = write_new(csv_table(records), folder=folder, name=file)
        except (TuiSessionsError, OSError, RuntimeError) as problem:
            self._stage.app.notify(clean_line(str(problem)), severity="error", markup=False)
            return
        self._stage.app.copy_to_clipboard(str(path))
        self._stage.app.notify(
            f"Exported to {clean_line(str(path))} (the path is copied).", markup=False
        )

    def help(self) -> None:
        """What there is, and the keys."""
        from tui_sessions.tui.help_keys import help_keys
        from tui_sessions.tui.screens.help import HelpDialog

        screen = self._stage.app.screen
        heading, _, text = (screen.HELP or "").partition("\n")
        keys = help_keys(screen, ())
        self._stage.app.push_screen(HelpDialog(f"Help · {heading.lstrip('# ')}", text, keys))


def asked(words: str, standing: Standing) -> Standing:
    """How the screen is to be opened: `:stats month`, `:stats models 7d`, `:stats tag:python`. Raises
    `UsageError` for a filter that is none."""
    from tui_sessions.model.query import parse_query

    rest = []
    for word in words.split():
        name = ALSO.get(word.lower(), word.lower())
        if name in VIEWS:
            standing = replace(standing, view=name, behind=None, key="")
        elif name in BY_NAME:
            standing = replace(standing, period=name)
        else:
            rest.append(word)
    if rest:
        parse_query(" ".join(rest))
        standing = replace(standing, filter=" ".join(rest), behind=None, key="")
    return standing

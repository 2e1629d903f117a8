"""Which screens there are, how each comes to show hostile text, and what of it would reach the terminal."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from feeding import NOW, made
from hostile import AFTER, BEFORE
from hostile_judge import offences
from textual.app import App
from textual.color import Color
from textual.screen import Screen
from textual.widget import Widget
from wcwidth import wcwidth

import tui_sessions.tui.screens
import tui_sessions.tui.widgets
from tui_sessions.model.budget import Standing, parse
from tui_sessions.model.findings import Finding, Report
from tui_sessions.model.message import Message
from tui_sessions.model.money import Cost
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.tui.sanitise import SANITISE
from tui_sessions.tui.screens.attach import AttachDialog
from tui_sessions.tui.screens.budgets import BudgetsDialog
from tui_sessions.tui.screens.doctor import DoctorDialog
from tui_sessions.tui.screens.export import ExportDialog
from tui_sessions.tui.screens.outline import OutlineDialog
from tui_sessions.tui.theme import variable_defaults

BLACK = Color.parse("black")
BENIGN = f"{BEFORE} words that mean no harm {AFTER}"

GIVEN: dict[str, Callable[[str], Screen[Any]]] = {
    "AttachDialog": lambda text: made(AttachDialog, text, folder="/" + text.replace("/", "")),
    "BudgetsDialog": lambda text: BudgetsDialog(
        [_spent(f"tag:{text}")], [_spent(f"folder:{text}")], own=text
    ),
    "DoctorDialog": lambda text: DoctorDialog(
        Report(findings=(_found("damaged", text), _found("mode", text)), files=2)
    ),
    "ExportDialog": lambda text: ExportDialog(
        [("markdown", text, ".md")], format=text, folder=text, name=text
    ),
    "OutlineDialog": lambda text: OutlineDialog(_asked(text), current=text, now=lambda: NOW),
}
"""Screens whose values hang together: made by hand from a text. All others are made from their annotations."""

VISITED = {
    "MainScreen": "",
    "StatisticsScreen": ":stats",
    "SearchScreen": ":search tag:common",
    "BranchMapScreen": ":map",
    "CompareScreen": ":answers",
    "PathsScreen": "",
}
"""Screens that need the whole program behind them, and the command that opens each: `test_hostile_visit`."""

BASES = {
    "AnsweredOnce": "every dialog is one",
    "ConversationScreen": "the main screen is one",
    "PromptScreen": "the main screen is one",
    "PickerDialog": "every list to choose from is one",
    "MarkingDialog": "every list to mark in is one",
    "TypedListDialog": "the parameters and the settings are ones",
}
"""Never shown themselves."""


def _spent(scope: str) -> Standing:
    return Standing(budget=parse(scope, "20"), spent=Cost(19 * 10**9, 3, 2))


def _found(kind: str, text: str) -> Finding:
    return Finding(kind=kind, path=text, what=text, cure=text, by="repair", session=text)


def _asked(text: str) -> Session:
    messages = (Message(role="user", content=text), Message(role="assistant", content=text))
    return Session(id="s", title=text, turns=(Turn(id=text, messages=messages),))


def every(package: ModuleType, kind: type[Any]) -> dict[str, type[Any]]:
    """The classes of `kind` that the modules of `package` define, by name."""
    found: dict[str, type[Any]] = {}
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            is_own = inspect.isclass(value) and value.__module__ == module.name
            if is_own and issubclass(value, kind):
                found[name] = value
    return found


def screens() -> dict[str, type[Screen[Any]]]:
    """Every screen and dialog."""
    return every(tui_sessions.tui.screens, Screen)


def widgets() -> dict[str, type[Widget]]:
    """Every widget of ours."""
    return every(tui_sessions.tui.widgets, Widget)


def opened(name: str, text: str) -> Screen[Any]:
    """The screen of that name, full of `text`."""
    if name in GIVEN:
        return GIVEN[name](text)
    screen: Screen[Any] = made(screens()[name], text)
    return screen


class Bare(App[None]):
    """Shows screens without the filter behind them: what stands before it must be enough."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)


def drawn(app: App[Any]) -> bytes:
    """What a terminal would be sent for the screen as it stands."""
    update = app.screen._compositor.render_full_update()
    return update.render_segments(app.console).encode("utf-8", "surrogatepass")


def rows(app: App[Any]) -> list[str]:
    """The lines of the screen, as the filter behind it leaves them."""
    strips = app.screen._compositor.render_strips()
    return ["".join(piece.text for piece in SANITISE.apply(list(strip), BLACK)) for strip in strips]


def seen_widgets(app: App[Any]) -> set[str]:
    """The names of all classes of widgets on the screen, and of their bases."""
    return {
        base.__name__
        for widget in app.screen.walk_children(with_self=True)
        for base in type(widget).__mro__
    }


def broken_rows(app: App[Any]) -> Iterator[str]:
    """Lines that a terminal draws wider or narrower than they were meant."""
    width = app.screen.size.width
    for line in rows(app):
        # Two halves of a flag are drawn as one, or as two letters of one cell each.
        cells = sum(1 if "\U0001f1e6" <= char <= "\U0001f1ff" else wcwidth(char) for char in line)
        if cells != width:
            yield f"{cells} cells, not {width}: {line!r}"


def wrong_with(app: App[Any], benign: bytes) -> list[str]:
    """What is wrong with the screen as it stands."""
    return [*offences(drawn(app), benign), *broken_rows(app)]

"""The full-screen program: themes, keys, the safety net for text, and a clean end."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.theme import Theme

from tui_sessions.tui.palette import Palette
from tui_sessions.tui.sanitise import SANITISE
from tui_sessions.tui.screens.main import MainScreen
from tui_sessions.tui.theme import DEFAULT_THEME, read_themes, variable_defaults
from tui_sessions.wiring import Services


class SessionsApp(App[None]):
    """tui-sessions on the screen."""

    TITLE = "tui-sessions"
    COMMANDS: ClassVar = {Palette}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", id="app.quit", show=False, priority=True),
        # Takes the place of Textual's own, which has no id.
        Binding(
            "ctrl+p", "command_palette", "palette", id="app.palette", show=False, priority=True
        ),
    ]

    def __init__(self, services: Services, *, open_id: str | None = None) -> None:
        super().__init__()
        self.services = services
        self._open_id = open_id

    def get_line_filters(self) -> list[LineFilter]:
        """Behind everything that draws text stands one filter that lets no control character out."""
        return [*super().get_line_filters(), SANITISE]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables for themes that do not name them, Textual's among them."""
        return variable_defaults(self.current_theme)

    def on_mount(self) -> None:
        """Colours and keys first, then the screen."""
        found = read_themes(self.services.paths.themes_dir)
        problems = list(found.problems)
        for theme in found.themes:
            self.register_theme(theme)
        self._choose_theme(problems)
        self.set_keymap(self.services.config.keys)
        self.push_screen(MainScreen(self.services, open_id=self._open_id))
        if self.services.config.keys:
            from tui_sessions.tui.keys import (
                clashes,
                unknown_ids,
            )  # needs every pane: only when asked

            problems += unknown_ids(self.services.config.keys, type(self))
            problems += clashes(self.services.config.keys, type(self))
        for problem in problems:
            self.notify(problem, severity="warning", markup=False, timeout=15)

    def _choose_theme(self, problems: list[str]) -> None:
        wanted = self.services.config.screen.theme or self.services.state.theme or DEFAULT_THEME
        if wanted not in self.available_themes:
            problems.append(
                f"There is no theme {wanted!r}; {DEFAULT_THEME} is used. ctrl+p, theme, lists them."
            )
            wanted = DEFAULT_THEME
        self.theme = wanted
        self.theme_changed_signal.subscribe(self, self._theme_chosen)

    def on_models_dialog_favourite_toggled(self, message: Any) -> None:
        """A dialog's messages go to the app, not to the screen below it."""
        self.services.remember(lambda state: state.with_favourite_toggled(message.model))

    def _theme_chosen(self, theme: Theme) -> None:
        if theme.name != self.services.state.theme:
            self.services.remember(lambda state: msgspec.structs.replace(state, theme=theme.name))

    async def action_quit(self) -> None:
        """Everything typed is saved first."""
        for screen in self.screen_stack:
            if isinstance(screen, MainScreen):
                screen.finish()
        self.exit()

    async def on_unmount(self) -> None:
        """Answers that still run are ended and saved before the program is gone."""
        await self.services.turns.aclose()


def run(services: Services, *, session_ref: str | None = None, resume: bool = False) -> int:
    """Open the screen, on a session if one is named; the exit code. Raises what finding it raises."""
    library = services.library
    open_id = None
    if session_ref is not None:
        open_id = library.resolve(session_ref)
    elif resume:
        open_id = library.resolve("@last")
    app: App[Any] = SessionsApp(services, open_id=open_id)
    app.run(mouse=services.config.screen.mouse)
    return app.return_code or 0

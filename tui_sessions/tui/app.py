"""The full-screen program: themes, keys, the safety net for text, and a clean end."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from textual import on
from textual._styles_cache import StylesCache
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.geometry import Offset
from textual.notifications import SeverityLevel
from textual.theme import Theme

from tui_sessions.errors import TuiSessionsError
from tui_sessions.tui import calm
from tui_sessions.tui.desk import SettingsWanted
from tui_sessions.tui.sanitise import SANITISE
from tui_sessions.tui.screens.main import MainScreen
from tui_sessions.tui.theme import (
    DEFAULT_THEME,
    read_themes,
    shipped_theme,
    variable_defaults,
)
from tui_sessions.wiring import Services

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.driver import Driver

    from tui_sessions.tui.leaving import Leaving
    from tui_sessions.tui.unsaved import Unsaved

THEMES_AFTER_S = 0.3
"""The other colours can be read when these are on the screen."""
HANG_UP = 1
"""The number of the signal that a terminal sends when it goes away."""
FUNCTION_KEY = re.compile(r"^f\d+$")


def _palette() -> type[Provider]:
    from tui_sessions.tui.palette import Palette  # not before it is opened

    return Palette


class SessionsApp(App[None]):
    """tui-sessions on the screen."""

    TITLE = "tui-sessions"
    CSS_PATH = "screens/main.tcss"
    """Textual reads a screen's own file when it is pushed, which the one at the bottom never is."""
    COMMANDS: ClassVar = {_palette}
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
        self._asks_to_quit = False
        self._problems: list[str] = []
        self._grave_until = 0.0
        """Until when a warning stands, by the monotonic clock."""

    def get_line_filters(self) -> list[LineFilter]:
        """Behind everything that draws text stands one filter that lets no control character out."""
        return [*super().get_line_filters(), SANITISE]

    @property
    def cursor_position(self) -> Offset:
        """Where the terminal's own cursor stands: in what is edited, and in calm mode in what is read."""
        place = calm.place_read(self) if calm.is_calm(self) else None
        return self._edited_at if place is None else place

    @cursor_position.setter
    def cursor_position(self, offset: Offset) -> None:
        self._edited_at = offset

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """A sentence in a corner; in calm mode in a line of its own."""
        if calm.is_calm(self) and not markup:
            words = f"{title}: {message}" if title else message
            self.call_later(self._say_calmly, words, severity)
        else:
            lasts_s = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
            if severity != "information":
                self._grave_until = max(self._grave_until, monotonic() + lasts_s)
            elif monotonic() > self._grave_until:
                # What was said before is past: sentences in a heap cover what is read.
                self.clear_notifications()
            super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    async def _say_calmly(self, words: str, severity: SeverityLevel) -> None:
        if not await calm.say(self, words, severity):
            super().notify(words, severity=severity, markup=False)

    def get_key_display(self, binding: Binding) -> str:
        """As Textual writes keys, but `F1` as it stands on the keyboard."""
        shown = super().get_key_display(binding)
        return shown.upper() if FUNCTION_KEY.search(shown) else shown

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables for themes that do not name them, Textual's among them."""
        return variable_defaults(self.current_theme)

    def pop_screen(self) -> AwaitComplete:
        """Leave a screen, and nothing of it behind: a cache of Textual's would hold the drawn lines of up to
        a thousand widgets that are gone."""
        popped = super().pop_screen()
        StylesCache.get_inner_outer.cache_clear()
        return popped

    def get_driver_class(self) -> type[Driver]:
        """Textual's own for terminals, made to notice when the terminal is gone."""
        found = super().get_driver_class()
        if found.__name__ == "LinuxDriver":
            from tui_sessions.tui.driver import TerminalDriver

            return TerminalDriver
        return found

    @cached_property
    def leaving(self) -> Leaving:
        """The end without anybody to ask."""
        from tui_sessions.tui.leaving import Leaving  # not for the first paint

        return Leaving(self)

    def terminal_gone(self) -> None:
        """Nobody sees or types anything any more."""
        self.leaving.leave(HANG_UP)

    def get_default_screen(self) -> MainScreen:
        """The main screen stands at the bottom: one more below it would be styled for nothing."""
        return MainScreen(self.services, open_id=self._open_id)

    def on_load(self) -> None:
        """Colours and keys before anything is drawn."""
        wanted = self.services.config.screen.theme or self.services.state.theme or DEFAULT_THEME
        theme = shipped_theme(wanted, self.services.paths.themes_dir)
        if theme is None:
            self._problems = self._read_themes()
        else:
            self.register_theme(theme)
            self.call_after_refresh(self.set_timer, THEMES_AFTER_S, self._read_themes)
        self._choose_theme(wanted, self._problems)
        self.set_keymap(self.services.config.keys)

    def on_mount(self) -> None:
        """Says what is wrong with themes and keys."""
        self.call_after_refresh(lambda: self.leaving.watch())
        self.theme_changed_signal.subscribe(self, self._theme_chosen)
        self.app_resume_signal.subscribe(self, lambda _: calm.show_cursor(self))
        if self.services.config.screen.calm:
            calm.set_calm(self, True)
        problems = self._problems
        if self.services.config.keys:
            from tui_sessions.tui.keys import (
                clashes,
                unknown_ids,
            )  # needs every pane: only when asked

            problems += unknown_ids(self.services.config.keys, type(self))
            problems += clashes(self.services.config.keys, type(self))
        for problem in problems:
            self.notify(problem, severity="warning", markup=False, timeout=15)

    def _read_themes(self) -> list[str]:
        """All of them; what is wrong with files."""
        found = read_themes(self.services.paths.themes_dir)
        for theme in found.themes:
            if theme.name != self.theme:
                self.register_theme(theme)
        return list(found.problems)

    def _choose_theme(self, wanted: str, problems: list[str]) -> None:
        if wanted not in self.available_themes:
            problems.append(
                f"There is no theme {wanted!r}; {DEFAULT_THEME} is used. ctrl+p, theme, lists them."
            )
            wanted = DEFAULT_THEME
        self.theme = wanted

    def on_favourite_toggled(self, message: Any) -> None:
        """A dialog's messages go to the app, not to the screen below it."""
        self.services.remember(lambda state: state.with_favourite_toggled(message.model))

    @on(SettingsWanted)
    def _open_settings(self, message: SettingsWanted) -> None:
        from tui_sessions.tui.screens.settings import SettingsDialog
        from tui_sessions.tui.settings import OwnSettings  # needs every pane, for their keys

        self.push_screen(SettingsDialog(OwnSettings(message.stage)))

    def _theme_chosen(self, theme: Theme) -> None:
        if theme.name != self.services.state.theme:
            self.services.remember(lambda state: msgspec.structs.replace(state, theme=theme.name))

    async def action_quit(self) -> None:
        """Everything typed is saved first; what the disk refuses is asked about."""
        if self._asks_to_quit:
            return
        screens = [screen for screen in self.screen_stack if isinstance(screen, MainScreen)]
        refused = "".join([screen.finish() for screen in screens])
        unsaved = [screen.desk.unsaved for screen in screens]
        for one in unsaved:
            one.try_again()
        left = next((one for one in unsaved if one.unsafe()), None)
        if left is not None or refused:
            self._ask_to_quit(left, refused)
        else:
            self.leaving.quit(screens)

    def _ask_to_quit(self, unsaved: Unsaved | None, refused: str) -> None:
        from tui_sessions.tui.screens.quit import QuitDialog, quit_form_dialog

        def answered(answer: str | bool | None) -> None:
            self._asks_to_quit = False
            if answer == "elsewhere" and unsaved is not None:
                unsaved.save_elsewhere(then=self.action_quit)
            elif answer:
                self.exit()

        self._asks_to_quit = True
        if unsaved is None:
            self.push_screen(quit_form_dialog(refused), answered)
        else:
            self.push_screen(QuitDialog(unsaved.unsafe(), unsaved.reason, form=refused), answered)

    def _fatal_error(self) -> None:
        """An error that nobody expected: Textual would show the values of all variables, prompts and keys
        among them. tests/tui/test_crashing.py holds this."""
        from rich.text import Text

        from tui_sessions.config.crash import keep_details

        error = self._exception
        self.bell()
        kept = keep_details(error) if error is not None else None
        where = f" The details are in {kept}." if kept else ""
        name = type(error).__name__
        self.panic(Text(f"Something went wrong that should not have ({name}).{where}"))

    async def on_unmount(self) -> None:
        """Answers that still run are ended and saved before the program is gone."""
        # What cannot be saved was told, and asked about, before.
        try:
            with suppress(TuiSessionsError):
                await self.services.aclose()
        finally:
            self.leaving.finish()


def _settle_memory() -> None:
    """What stands after the first paint stays: the collector need not walk through it again and again.

    A full collection took 50 ms twice a second while text streamed, and a key had to wait for it.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    gc.enable()


def run(
    services: Services,
    *,
    session_ref: str | None = None,
    resume: bool = False,
    tell: Callable[[str], None] = lambda sentence: None,
) -> int:
    """Open the screen, on a session if one is named; the exit code. `tell` hears what is to be said once it
    is gone. Raises what finding the session raises."""
    library = services.library
    open_id = None
    if session_ref is not None:
        open_id = library.resolve(session_ref)
    elif resume:
        open_id = library.resolve("@last")
    app = SessionsApp(services, open_id=open_id)
    app.call_after_refresh(_settle_memory)
    app.run(mouse=services.config.screen.mouse)
    if app.leaving.last_words:
        tell(app.leaving.last_words)
    return app.return_code or 0

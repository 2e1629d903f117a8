"""The end of the program when nobody can be asked: a signal, or a terminal that is gone. Everything is saved as far as
the disk takes it, and copied elsewhere as far as it does not."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from tui_sessions.errors import TuiSessionsError
from tui_sessions.tui.screens.main import MainScreen

if TYPE_CHECKING:
    from tui_sessions.tui.app import SessionsApp

SIGNALS = ("SIGHUP", "SIGTERM", "SIGINT")


class Leaving:
    """Ends one app in order."""

    def __init__(self, app: SessionsApp) -> None:
        self._app = app
        self._screens: list[MainScreen] = []
        self.number = 0
        """The signal that ends the program; 0 where none does."""
        self.last_words = ""
        """Where copies of what could not be saved are, in a sentence."""

    def watch(self) -> None:
        """End in order on signals from now on."""
        if self._app.is_headless:
            return
        loop = asyncio.get_running_loop()
        for name in SIGNALS:
            # Not on Windows, and not outside the main thread.
            with suppress(AttributeError, NotImplementedError, ValueError, RuntimeError):
                number = getattr(signal, name)
                loop.add_signal_handler(number, partial(self.leave, int(number)))

    def leave(self, number: int) -> None:
        """End, with the exit code of that signal; asking nobody."""
        if self.number:
            return
        self.number = number
        try:
            stack = self._app.screen_stack
            self._screens = [screen for screen in stack if isinstance(screen, MainScreen)]
            for screen in self._screens:
                with suppress(TuiSessionsError):
                    screen.finish()
        finally:  # Whatever is wrong: no second signal is heeded.
            self._app.exit(return_code=128 + number)

    def quit(self, screens: Sequence[MainScreen]) -> None:
        """End because somebody wants it and nothing is unsaved; what the answers that are still coming leave
        unsaved is copied, too."""
        self._screens = list(screens)
        self._app.exit()

    def finish(self) -> None:
        """All answers have ended: copies of what could not be saved."""
        copies = [screen.desk.unsaved.save_somewhere() for screen in self._screens]
        if any(copies):
            where = ", ".join(filter(None, copies))
            self.last_words = f"Not everything could be saved; a copy with all of it is in {where}."

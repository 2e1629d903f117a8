"""One call of the program: the options that every command takes, and what they lead to."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from tui_sessions.cli.console import Console

if TYPE_CHECKING:
    import logging

    from tui_sessions.store.library import Library
    from tui_sessions.wiring import Services


@dataclass
class Call:
    """Filled in while the command line is read; `services` must not be asked for before its end."""

    dir: str | None = None
    config: str | None = None
    settings: list[str] = field(default_factory=list)
    base_url: str | None = None
    implied_word: str | None = None
    """The first word where it is no command: then the program was to open a session of that name."""
    is_refreshed: bool = True
    """Whether the directory is looked at before the answer; without, the index answers as it stands,
    unless there is none yet."""
    console: Console = field(default_factory=Console)
    _log: logging.Handler | None = None
    _told_problem: str = ""

    @cached_property
    def services(self) -> Services:
        """The parts of the program, as the options and the configuration say."""
        from tui_sessions.wiring import services

        built = services(
            dir=self.dir,
            config=self.config,
            settings=self.settings,
            base_url=self.base_url,
            environ=os.environ,
        )
        if built.config.debug:
            self._start_log(built)
        return built

    @cached_property
    def library(self) -> Library:
        """The sessions, as the directory stands now, with what a crash had left unsaved."""
        library = self.services.library
        library.notice = self.console.say
        if not self.is_refreshed:
            library.answer_at_once()
            if library.is_scanned:
                return library
        from tui_sessions.cli.progress import progress

        with progress(self.console, "Reading the library") as report:
            library.refresh(report)
        self.recover(library)
        self.tell_problem(library)
        return library

    def tell_problem(self, library: Library) -> None:
        """Says why the index is not used, where that is so, once: all works without it, only slower."""
        problem = library.index_problem
        news = problem.removeprefix(self._told_problem).strip()
        if news:
            self._told_problem = problem
            self.console.say(news)

    def close(self, error: Exception | None) -> None:
        """The end of the call: what the audit log could not take is told; the debug log, where one is kept,
        gets the error and is closed."""
        self._tell_audit()
        if self._log is None:
            return
        import logging

        from tui_sessions.config.log import close_log

        if error is not None:
            logging.getLogger(__name__).error("ended with an error", exc_info=error)
        close_log(self._log)
        self._log = None

    def _tell_audit(self) -> None:
        library = (
            self.__dict__["services"].__dict__.get("library")
            if "services" in self.__dict__
            else None
        )
        if library is not None and library.audit.problem and not library.audit.write_waiting():
            self.console.say(library.audit.problem)

    def recover(self, library: Library | None = None) -> None:
        """Put what a crash cut off into its session, and say so. Every command looks, those that only read as well: half an answer that a crash left in a
        journal is not to be missing from a list, an export or a backup."""
        from tui_sessions.errors import StoreError

        library = library or self.library
        try:
            recovered = library.recover()
        except StoreError as error:
            # The sessions themselves can be read all the same.
            self.console.say(f"Answers that were broken off could not be looked for. {error}")
            return
        for session_id in recovered:
            self.console.say(
                f"An answer in session {session_id} was broken off; what had arrived is kept there. "
                "tui-sessions interrupted lists such answers."
            )

    def _start_log(self, built: Services) -> None:
        import logging
        import platform

        from tui_sessions.config.log import set_up_log

        self._log = set_up_log(built.paths.log_file, os.environ)
        if self._log is None:
            self.console.say(f"The debug log {built.paths.log_file} cannot be written.")
            return
        # Never the words of the command line: they may be a prompt.
        logging.getLogger(__name__).info(
            "library %s, Python %s, %s",
            built.paths.library,
            platform.python_version(),
            platform.system(),
        )

    def now(self) -> datetime:
        """The time, for filters like `--since 7d`."""
        return datetime.now(UTC)

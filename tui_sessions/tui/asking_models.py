"""The lists of models on the screen: what is kept at once, what servers answer as they do, in one place for
every list that is opened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from tui_sessions.errors import TuiSessionsError
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from tui_sessions.model.known_model import KnownModel
    from tui_sessions.tui.screens.models import ModelList

R = TypeVar("R")
MOST_OFFERS = 200


class AskingModels:
    """Opens lists of models and keeps the one that is open up to date.

    The asking belongs to the app, not to the list: what a server tells counts also after it was left."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._open: ModelList[Any] | None = None
        self.also: tuple[str, ...] = ()
        """Providers that were found to run here, beside those that are set up."""
        self._asked: dict[str, None] = {}
        """Providers whose answer is on its way."""
        self._is_asked_at_home = False

    @property
    def names(self) -> tuple[str, ...]:
        """The providers whose models are listed."""
        found = self._stage.services.providers.set_up()
        return tuple(dict.fromkeys((*found, *self.also)))

    def known(self) -> tuple[KnownModel, ...]:
        """What is known at once."""
        return self._stage.services.model_lists.known(self.names)

    def options(self) -> dict[str, Any]:
        """What every list of models is made with."""
        state = self._stage.services.state
        return {
            "favourites": state.favourites,
            "recent": state.recent_models,
            "models": self.known(),
            "refresh": lambda: self.ask(self.names),
        }

    def open(self, dialog: ModelList[R], then: Callable[[R | None], None]) -> None:
        """Shows the list; those servers are asked whose own is old."""

        def left(result: R | None) -> None:
            if self._open is dialog:
                self._open = None
            then(result)

        self._open = dialog
        self._stage.app.push_screen(dialog, left)
        dialog.ask(self._asked)
        self.ask(self._stage.services.model_lists.due(self.names))

    def ask(self, names: Iterable[str]) -> None:
        """Asks these providers that are not asked already."""
        new = [name for name in names if name not in self._asked]
        self._asked |= dict.fromkeys(new)
        if self._open is not None:
            self._open.ask(new)
        self._stage.app.run_worker(self._fill(new), group="models", exit_on_error=False)

    def offers(self, typed: str) -> list[str]:
        """Models that what is typed could become: favourites, recent ones, then all that begin with it or
        have it somewhere."""
        state = self._stage.services.state
        self._ask_at_home()
        ids = dict.fromkeys(
            (*state.favourites, *state.recent_models, *(model.id for model in self.known()))
        )
        wanted = typed.casefold()
        found = [id for id in ids if wanted in id.casefold()]
        found.sort(key=lambda id: not id.casefold().startswith(wanted))  # else in their order
        return found[:MOST_OFFERS]

    def _ask_at_home(self) -> None:
        """Once, and only whom it costs nothing to ask: nobody elsewhere hears of what is being typed."""
        if not self._is_asked_at_home:
            self._is_asked_at_home = True
            lists = self._stage.services.model_lists
            self.ask(name for name in lists.due(self.names) if lists.is_at_home(name))

    async def _fill(self, names: Iterable[str]) -> None:
        """The tables first, which need no network; then each server as it answers."""
        await self._complete()
        await asyncio.gather(*map(self._hear, names))

    async def _hear(self, name: str) -> None:
        lists, sentence = self._stage.services.model_lists, ""
        try:
            await lists.ask(name)
        except TuiSessionsError as problem:
            sentence = "" if lists.is_absent(name, problem) else str(problem)
        finally:
            self._asked.pop(name, None)
        if self._open is not None:
            self._open.heard(name, sentence)
        if not sentence:
            self._show()
            await self._complete()

    async def _complete(self) -> None:
        """Prices and sizes out of the tables; loading them is for a thread."""
        try:
            is_new = await asyncio.to_thread(self._stage.services.model_lists.complete)
        except TuiSessionsError as problem:
            self._stage.say(str(problem), "error")
            return
        if is_new:
            self._show()

    def _show(self) -> None:
        if self._open is not None:
            self._open.show_models(self.known())

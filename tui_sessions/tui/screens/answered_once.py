"""A screen that gives one answer. Keys that were typed in one burst reach it after the first of them closed it."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

R = TypeVar("R")


class AnsweredOnce(Screen[R]):
    """The first answer counts: a second would be acted on again, and close the screen below."""

    _is_answered = False

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """Closes the screen with its answer, once."""
        if self._is_answered:
            return AwaitComplete()
        self._is_answered = True
        return super().dismiss(result)

"""Marking several models in the list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.app import App

from tui_sessions.errors import UsageError
from tui_sessions.model.known_model import KnownModel
from tui_sessions.tui.screens.models import SeveralModelsDialog
from tui_sessions.tui.theme import variable_defaults


class ModelsHost(App[None]):
    """Shows the dialog and keeps what it answers."""

    def __init__(self, dialog: SeveralModelsDialog) -> None:
        super().__init__()
        self.dialog = dialog
        self.answers: list[Any] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)

    def text(self) -> str:
        strips = self.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@asynccontextmanager
async def choosing(**options: Any) -> AsyncIterator[tuple[ModelsHost, Any]]:
    host = ModelsHost(SeveralModelsDialog("Who is to answer?", **options))
    async with host.run_test() as pilot:
        await pilot.pause()
        yield host, pilot


async def test_marked_models_are_the_answer_in_the_order_of_marking() -> None:
    async with choosing(recent=["a/one", "b/two", "c/three"], at_least=2) as (host, pilot):
        await pilot.press("down", "down", "space", "up", "up", "space", "enter")
        await pilot.pause()
        assert host.answers == [("c/three", "a/one")]


async def test_a_mark_is_taken_away_by_the_same_key() -> None:
    async with choosing(recent=["b/two"], marked=["a/one"]) as (host, pilot):
        await pilot.press("space", "enter")
        await pilot.pause()
        assert host.answers == [("b/two",)]


async def test_too_few_are_not_taken() -> None:
    async with choosing(recent=["a/one", "b/two"], at_least=2) as (host, pilot):
        await pilot.press("space", "enter")
        await pilot.pause()
        assert host.answers == []
        assert "Mark 2 models at least" in host.text()


async def test_a_typed_name_is_marked_and_gets_a_row() -> None:
    async with choosing(recent=["a/one"]) as (host, pilot):
        await pilot.press(*"z/new", "space", *["backspace"] * 5)
        await pilot.pause()
        assert "◆ z/new" in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == [("z/new",)]


async def test_a_name_that_nobody_answers_to_is_not_marked() -> None:
    def check(name: str) -> None:
        if name.startswith("bad"):
            raise UsageError("There is no provider bad.")

    async with choosing(recent=["a/one"], check=check) as (host, pilot):
        await pilot.press(*"bad/x", "space")
        await pilot.pause()
        assert "There is no provider bad." in host.text()
        await pilot.press(*["backspace"] * 5, "enter")
        await pilot.pause()
        assert host.answers == [("a/one",)]


async def test_models_that_arrive_later_leave_marks_alone() -> None:
    async with choosing(marked=["a/one"], asked=["a"]) as (host, pilot):
        models = [KnownModel(provider="a", name=name) for name in ("two", "one")]
        host.dialog.show_models(models)
        await pilot.pause()
        assert "◆ a/one" in host.text()
        assert "a/two" in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == [("a/one",)]

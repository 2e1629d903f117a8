"""The list of models on the screen: what is kept at once, what servers say as they do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tui_sessions.errors import ProviderError
from tui_sessions.providers.base import ModelInfo


class Slow:
    """A provider that answers when it is told to."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.asked = 0
        self.refusal = ""

    async def models(self) -> tuple[ModelInfo, ...]:
        self.asked += 1
        await self.may_answer.wait()
        if self.refusal:
            raise ProviderError(self.refusal, kind="auth")
        return (ModelInfo(name="fresh", context_tokens=200_000),)

    async def aclose(self) -> None:
        return


@pytest.fixture(autouse=True)
def only_groq(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the demonstration, one vendor is set up."""
    monkeypatch.setattr(
        "tui_sessions.providers.registry.Providers.set_up", lambda _: ("groq", "demo")
    )


def serving(user: Any) -> Slow:
    server = Slow()
    user.app.services.providers._built["groq"] = server
    return server


async def test_a_list_opens_at_once_and_servers_fill_it(workspace: Callable[..., Any]) -> None:
    async with workspace() as user:
        server = serving(user)
        await user.press("ctrl+l")
        await user.see("demo/demo", "asking groq …", "demo/thinker")
        server.may_answer.set()
        await user.see("groq/fresh", "200k")
        await user.see_no("asking")


async def test_it_is_kept_for_the_next_time_and_ctrl_r_asks_again(
    workspace: Callable[..., Any],
) -> None:
    async with workspace() as user:
        server = serving(user)
        server.may_answer.set()
        await user.press("ctrl+l")
        await user.see("groq/fresh")
        await user.press("escape", "ctrl+l")
        await user.see("groq/fresh")
        assert server.asked == 1
        await user.press("ctrl+r")
        await user.until(lambda: server.asked == 2, "a second question")


async def test_what_comes_after_the_list_was_left_counts_all_the_same(
    workspace: Callable[..., Any],
) -> None:
    async with workspace() as user:
        server = serving(user)
        await user.press("ctrl+l")
        await user.see("asking groq …")
        await user.press("escape")
        server.may_answer.set()
        lists = user.app.services.model_lists
        await user.until(lambda: lists.known(["groq"]), "the list")
        await user.press("ctrl+l")
        await user.see("groq/fresh")
        assert server.asked == 1


async def test_a_refusal_is_said_in_the_list(workspace: Callable[..., Any]) -> None:
    async with workspace() as user:
        server = serving(user)
        server.refusal = "The key is refused."
        server.may_answer.set()
        await user.press("ctrl+l")
        await user.see("groq: The key is refused.", "demo/demo")


async def test_models_opens_the_list_at_what_is_typed_behind_it(
    workspace: Callable[..., Any],
) -> None:
    async with workspace() as user:
        serving(user).may_answer.set()
        await user.command(":models think")
        await user.see("demo/thinker", "1 of")
        await user.press("enter")
        await user.until(lambda: user.stage.workspace.session.model == "demo/thinker")


async def test_the_model_is_changed_in_the_middle_of_a_session(
    workspace: Callable[..., Any],
) -> None:
    async with workspace() as user:
        serving(user).may_answer.set()
        await user.ask("First")
        await user.answered()
        await user.press("ctrl+l")
        await user.type("demo/fast")
        await user.press("enter")
        await user.ask("Second")
        await user.answered()
        answers = [turn["messages"][1]["model"] for turn in user.files()[0]["turns"]]
        assert answers == ["demo/demo", "demo/fast"]


async def test_model_offers_what_is_known_also_by_a_part_of_its_name(
    workspace: Callable[..., Any],
) -> None:
    async with workspace() as user:
        server = serving(user)
        server.may_answer.set()
        await user.app.services.model_lists.ask("groq")
        offers = user.screen.desk.choosing.asking_models.offers
        assert offers("groq/") == ["groq/fresh"]
        assert offers("FRE") == ["groq/fresh"]
        assert server.asked == 1
        user.stage.prompt.focus()
        await user.type(":model fre")
        await user.see("groq/fresh")


async def test_typing_a_model_asks_this_machine_once_and_nobody_elsewhere(
    workspace: Callable[..., Any],
) -> None:
    async with workspace() as user:
        server = serving(user)
        offers = user.screen.desk.choosing.asking_models.offers
        assert offers("demo/thi") == []
        lists = user.app.services.model_lists
        await user.until(lambda: lists.known(["demo"]), "the list of the demonstration")
        assert offers("demo/thi") == ["demo/thinker"]
        assert server.asked == 0


async def test_a_prices_file_that_cannot_be_read_is_told_and_the_list_works(
    workspace: Callable[..., Any],
) -> None:
    async with workspace() as user:
        serving(user).may_answer.set()
        prices = user.app.services.paths.prices_file
        prices.parent.mkdir(parents=True, exist_ok=True)
        prices.write_text("not toml")
        await user.press("ctrl+l")
        await user.see("prices.toml", "demo/demo")

"""Budgets on the screen: a question before one is passed, bars beside the session, a word where a soft one is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tui_sessions.tui.screens.budgets import BudgetsDialog, OverBudgetDialog

PRICES = """
["demo/demo"]
input_per_mtok = 1000.0
output_per_mtok = 2000.0
"""
SLOW = {"providers.demo.words_per_s": "5"}


@pytest.fixture(autouse=True)
def priced(made_services: Any) -> None:
    """The demonstration costs a tenth of a cent a token, and two tenths what it says."""
    file = made_services().paths.prices_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(PRICES)


def limit(user: Any, **budgets: str) -> None:
    """Other budgets from now on."""
    named = {name.replace("_", ":"): text for name, text in budgets.items()}
    services = user.app.services
    services.config = msgspec.structs.replace(services.config, budgets=named)


async def asked(user: Any) -> OverBudgetDialog:
    await user.until(lambda: isinstance(user.screen, OverBudgetDialog), "the question")
    dialog: OverBudgetDialog = user.screen
    return dialog


async def closed(user: Any) -> None:
    await user.until(lambda: len(user.app.screen_stack) == 1, "the end of the question")


def said(user: Any) -> list[str]:
    return [notification.message for notification in user.app._notifications]


async def test_over_a_budget_it_is_asked_and_enter_goes_back(workspace: Any) -> None:
    async with workspace() as user:
        limit(user, month="0.10")
        await user.ask("Hello there")
        await asked(user)
        await user.see("This month's budget would be passed: $0 of $0.10", "s send all the same")
        assert user.files() == []
        await user.press("enter")
        await closed(user)
        assert user.stage.prompt.text == "Hello there"
        assert user.files() == []
        assert user.stage.workspace.is_draft


async def test_who_agrees_is_answered_and_the_prompt_is_empty(workspace: Any) -> None:
    async with workspace() as user:
        limit(user, month="0.10")
        await user.ask("Hello there")
        await asked(user)
        await user.press("s")
        await closed(user)
        await user.answered()
        assert len(user.files()) == 1
        assert user.stage.prompt.text == ""


async def test_a_second_enter_does_not_spend(workspace: Any) -> None:
    async with workspace() as user:
        limit(user, day="0")
        user.stage.put_prompt("Hello there")
        for _ in range(2):
            await user.press("enter")
        await user.answered()
        assert user.files() == []
        assert user.stage.prompt.text == "Hello there"


@pytest.mark.parametrize("command", [":retry", ":retry demo/other", ":compare demo/a demo/b So?"])
async def test_other_ways_to_spend_are_asked_too(workspace: Any, command: str) -> None:
    async with workspace() as user:
        await user.ask("Hello there")
        await user.answered()
        before = user.files()
        limit(user, day="0", provider_demo="0")
        text = PRICES.replace("demo/demo", "demo/a") + PRICES.replace("demo/demo", "demo/b")
        text += PRICES + PRICES.replace("demo/demo", "demo/other")
        user.app.services.paths.prices_file.write_text(text)
        user.app.services.prices._own = None
        await user.command(command)
        await asked(user)
        await user.press("escape")
        await closed(user)
        assert user.files() == before
        if command.startswith(":compare"):
            await user.until(lambda: user.stage.prompt.text == command, "the command")
            await user.press("ctrl+u")
        await user.command(command)
        await asked(user)
        await user.press("s")
        await user.answered()
        assert user.files() != before


async def held(user: Any) -> None:
    """A prompt waits behind an answer that was stopped, and a budget is used up."""
    await user.ask("Tell me much")
    await user.until(lambda: user.so_far(), "the answer")
    await user.ask("And more")
    limit(user, day="0")
    await user.press("escape")
    await user.answered()
    await user.see("1 held ·")


async def test_a_prompt_that_waits_is_asked_about_when_the_user_goes_on(workspace: Any) -> None:
    async with workspace(**SLOW) as user:
        await held(user)
        await user.press("enter")
        await asked(user)
        await user.press("enter")
        await closed(user)
        await user.see("1 held over the budget")
        await user.press("enter")
        await asked(user)
        await user.press("s")
        await user.until(lambda: len(user.files()[0]["turns"]) == 2, "the second turn")


async def test_the_first_of_a_queue_is_asked_about_in_its_list(workspace: Any) -> None:
    async with workspace(**SLOW) as user:
        await held(user)
        await user.command(":queue")
        await user.press("f3")
        await asked(user)
        await user.press("s")
        await user.see("Nothing waits any more.")
        await user.until(lambda: len(user.files()[0]["turns"]) == 2, "the second turn")


async def test_the_costs_show_the_budgets_that_concern_the_session(workspace: Any) -> None:
    async with workspace(size=(160, 48)) as user:
        limit(user, month="100", tag_soup="5", tag_stew="5")
        await user.ask("Hello there")
        await user.answered()
        await user.see("this month", "of $100.00", "1 %")
        assert "#soup" not in user.text()
        await user.command(":tag soup")
        await user.see("of $5.00")
        assert "#stew" not in user.text()


async def test_a_budget_in_a_configuration_that_cannot_be_read_is_said_once(workspace: Any) -> None:
    async with workspace() as user:
        limit(user, month="much")
        user.screen.desk.budgeting.refresh()
        await user.until(lambda: said(user), "the problem")
        user.screen.desk.budgeting.refresh()
        await user.ask("Hello there")
        await user.until(lambda: len(said(user)) == 2, "why it is not sent")
        assert all("which is no budget" in sentence for sentence in said(user))
        assert user.files() == []


async def test_a_soft_limit_that_is_passed_is_said_once(workspace: Any) -> None:
    async with workspace() as user:
        limit(user, month="100, soft 0.001")
        await user.ask("Hello there")
        await user.answered()
        await user.until(lambda: said(user), "the word")
        await user.ask("And then")
        await user.answered()
        await user.until(lambda: user.stage.standings[1][0].spent.known == 2, "the sum")
        told = [sentence for sentence in said(user) if "soft limit" in sentence]
        assert len(told) == 1
        assert told[0].startswith("The soft limit of this month's budget is passed: $")


async def test_a_session_is_given_a_budget_and_loses_it(workspace: Any) -> None:
    async with workspace() as user:
        await user.ask("Hello there")
        await user.answered()
        await user.command(":budget $2.50")
        await user.until(lambda: user.files()[0]["meta"].get("budget") == 2.5, "the budget")
        await user.see("this session", "of $2.50")
        await user.command(":budget much")
        await user.until(lambda: any("is no budget" in text for text in said(user)), "the reason")
        await user.press("ctrl+u")
        await user.command(":budget off")
        await user.until(lambda: "budget" not in user.files()[0].get("meta", {}), "no budget")
        await user.see_no("of $2.50")


async def test_all_budgets_stand_in_a_dialog_where_the_own_is_set(workspace: Any) -> None:
    async with workspace() as user:
        limit(user, month="100", tag_stew="5")
        await user.command(":budget")
        await user.until(lambda: isinstance(user.screen, BudgetsDialog), "the dialog")
        await user.see("this month", "Elsewhere", "#stew", "What this session may cost")
        await user.type("much")
        await user.press("enter")
        await user.see("is no budget")
        await user.press("ctrl+u")
        await user.type("3, soft 2")
        await user.press("enter")
        await closed(user)
        assert user.stage.workspace.session.meta.extra["budget"] == "3, soft 2"


async def test_without_a_budget_nothing_of_them_is_loaded(workspace: Any) -> None:
    async with workspace() as user:
        await user.ask("Hello there")
        await user.answered()
        assert "budgeting" not in user.screen.desk.__dict__

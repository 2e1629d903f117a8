"""What the next turn would use and cost, in the border."""

from __future__ import annotations

from typing import Any

import pytest

from tui_sessions.engine.estimate import Estimate
from tui_sessions.model.budget import Standing, parse
from tui_sessions.model.money import Cost
from tui_sessions.tui.estimating import Outlook
from tui_sessions.tui.screens import prompt_screen

USD = 1_000_000_000


def outlook(**known) -> Outlook:
    return Outlook(Estimate(prompt_tokens=900, completion_tokens=300), **known)


def spent(dollars: float, scope: str, limits: str, coming: float = 0) -> Standing:
    costs = (Cost(round(amount * USD), 1) for amount in (dollars, coming))
    return Standing(
        budget=parse(scope, limits), **dict(zip(("spent", "coming"), costs, strict=True))
    )


def test_it_says_tokens_and_cost() -> None:
    assert outlook(cost=2_100_000).words == "next ≈ 1.2k tok · $0.0021"
    assert outlook().words == "next ≈ 1.2k tok · ?"
    assert outlook().style == ""


@pytest.mark.parametrize(
    ("known", "words", "style"),
    [
        ({"context_tokens": 2_000}, "next ≈ 1.2k tok · ?", ""),
        ({"context_tokens": 1_400}, "next ≈ 1.2k tok · ? · 86 % of the context", "$text-warning"),
        ({"context_tokens": 1_000}, "next ≈ 1.2k tok · ? · 120 % of the context", "$text-error"),
        (
            {"cost": USD, "standings": (spent(8, "session", "10"),)},
            "next ≈ 1.2k tok · $1.00 · 90 % of the budget",
            "$text-warning",
        ),
        (
            {"cost": USD, "standings": (spent(8, "session", "0"),)},
            "next ≈ 1.2k tok · $1.00 · over 999 % of the budget",
            "$text-error",
        ),
        ({"cost": 0, "standings": (spent(0, "session", "0"),)}, "next ≈ 1.2k tok · $0", ""),
        ({"standings": (spent(8, "session", "10"),)}, "next ≈ 1.2k tok · ?", ""),
        (
            {"cost": USD, "standings": (spent(2, "session", "10"), spent(8, "tag:x/month", "10"))},
            "next ≈ 1.2k tok · $1.00 · 90 % of the budget of #x this month",
            "$text-warning",
        ),
        (
            {"cost": USD, "standings": (spent(8, "month", "10", coming=1.5),)},
            "next ≈ 1.2k tok · $1.00 · 105 % of this month's budget",
            "$text-error",
        ),
        (
            {"cost": USD, "standings": (spent(8, "day", "soft 3"),)},
            "next ≈ 1.2k tok · $1.00 · 300 % of today's budget",
            "$text-warning",
        ),
    ],
)
def test_it_says_what_is_nearly_used_up(known: dict[str, Any], words: str, style: str) -> None:
    assert (outlook(**known).words, outlook(**known).style) == (words, style)


async def test_nothing_is_said_of_an_empty_new_session(workspace):
    async with workspace() as user:
        assert "next ≈" not in user.text()
        await user.type("Hello")
        await user.see("next ≈ 40", "tok · $0")
        await user.press("ctrl+u")
        await user.see_no("next ≈")


async def test_an_unknown_price_is_a_question_mark(workspace):
    async with workspace(**{"chat.model": "openai/nobody-knows-this"}) as user:
        await user.type("Hello")
        await user.see("tok · ?")


async def test_a_command_is_not_counted(workspace):
    async with workspace() as user:
        await user.ask("Hello")
        await user.answered()
        await user.see("next ≈")
        before = user.stage.prompt.border_subtitle
        await user.type(":tag a-very-long-tag-that-would-count")
        await user.until(lambda: user.screen._resting is None, "the count")
        assert user.stage.prompt.border_subtitle == before


async def test_near_the_budget_it_is_amber_and_behind_it_red(workspace):
    async with workspace(**{"chat.model": "openai/gpt-4o"}) as user:
        await user.command(":meta budget 0.0045")
        await user.type("Hello")
        await user.see("of the budget")
        assert user.stage.prompt._estimate.spans[0].style == "$text-warning"
        await user.press("ctrl+u")
        await user.command(":meta budget 0.001")
        await user.type("Hello")
        await user.until(
            lambda: "$text-error" in [s.style for s in user.stage.prompt._estimate.spans], "red"
        )


async def test_the_border_stands_still_while_keys_come(workspace, monkeypatch):
    monkeypatch.setattr(prompt_screen, "REST_S", 60)
    async with workspace() as user:
        shown = []
        monkeypatch.setattr(user.stage.prompt, "show_estimate", lambda *words: shown.append(words))
        await user.type("Hello there")
        assert shown == []


async def test_while_an_answer_comes_both_are_said(workspace):
    async with workspace(**{"providers.demo.words_per_s": "4"}) as user:
        await user.ask("Hello")
        await user.type("more")
        await user.see("answering · esc stops · next ≈")

"""Stories about the pickers: filter, list, models that arrive."""

from __future__ import annotations

import pytest
from dialog_values import Host, now, row
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.known_model import KnownModel
from tui_sessions.model.results import SessionRow
from tui_sessions.tui.screens.choose_code import ChooseCodeDialog
from tui_sessions.tui.screens.models import ModelsDialog
from tui_sessions.tui.screens.resume import ResumeDialog
from tui_sessions.tui.widgets.choice_list import ChoiceList
from tui_sessions.tui.widgets.fuzzy import found_places, matcher

ROWS = [
    row(1, "Python decorators"),
    row(2, "Soup", tags=("winter",)),
    row(3, "日本語のセッション", model="ollama/llama3"),
]


async def test_typing_filters_and_enter_opens() -> None:
    host = Host(lambda: ResumeDialog(ROWS, now=now))
    async with host.run_test() as pilot:
        await pilot.press(*"pydec")
        await pilot.pause()
        assert "1 of 3 sessions" in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == ["id1"]


async def test_a_session_is_found_by_tag_model_and_folder() -> None:
    host = Host(lambda: ResumeDialog(ROWS, now=now))
    async with host.run_test() as pilot:
        for words, shown in (("winter", "1 of 3"), ("ollama", "1 of 3"), ("work", "3 sessions")):
            await pilot.press("ctrl+u", *words)
            await pilot.pause()
            assert shown in host.text()


async def test_arrows_and_pages_move_and_stop_at_the_ends() -> None:
    rows = [row(number, f"Session {number}") for number in range(100)]
    host = Host(lambda: ResumeDialog(rows, now=now))
    async with host.run_test() as pilot:
        await pilot.press("up", "down", "down")
        assert host.screen.query_one(ChoiceList).current == "id2"
        await pilot.press("ctrl+end", "down")
        assert "Session 99" in host.text()
        assert host.screen.query_one(ChoiceList).current == "id99"
        await pilot.press("pageup", "ctrl+home", "enter")
        await pilot.pause()
        assert host.answers == ["id0"]


async def test_a_click_opens_the_row_under_it() -> None:
    host = Host(lambda: ResumeDialog(ROWS, now=now))
    async with host.run_test() as pilot:
        await pilot.click(ChoiceList, offset=(3, 2))
        await pilot.pause()
        assert host.answers == ["id2"]


async def test_turns_tokens_cost_and_age_are_shown_where_there_is_room() -> None:
    host = Host(lambda: ResumeDialog(ROWS, now=now))
    async with host.run_test(size=(110, 30)) as pilot:
        await pilot.pause()
        assert "Python decorators gpt-4o-mini 1 1.0k $0.0010 1h" in host.text()


async def test_nothing_there_and_nothing_fitting_have_their_words() -> None:
    host = Host(lambda: ResumeDialog([], now=now))
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "There is no session yet." in host.text()
        await pilot.press("enter")
        assert host.answers == []
    host = Host(lambda: ResumeDialog(ROWS, now=now))
    async with host.run_test() as pilot:
        await pilot.press(*"zzz")
        await pilot.pause()
        assert "Nothing fits." in host.text()


async def test_sessions_beyond_those_that_are_listed_are_asked_for_by_what_is_typed() -> None:
    asked: list[str] = []

    def find(typed: str) -> list[SessionRow]:
        asked.append(typed)
        return [row(99, "Ancient soup")] if typed == "anc" else []

    host = Host(lambda: ResumeDialog(ROWS, now=now, total=5000, find=find))
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "3 of 5,000 sessions" in host.text()
        await pilot.press(*"anc")
        await host.workers.wait_for_complete()
        await pilot.pause()
        assert "1 of 5,000 sessions" in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == ["id99"]
    assert asked[-1] == "anc"


async def test_what_comes_later_does_not_take_the_cursor_from_a_row_that_was_chosen() -> None:
    def find(typed: str) -> list[SessionRow]:
        return [row(99, "Soup of the day")]

    rows = [row(1, "a soup"), row(2, "b soup")]
    dialog = ResumeDialog(rows, now=now, total=5000, find=find)
    host = Host(lambda: dialog)
    async with host.run_test() as pilot:
        await pilot.press(*"soup")
        await host.workers.wait_for_complete()
        await pilot.pause()
        assert dialog.choices.current == "id99"
        await pilot.press("down", "down")
        chosen = dialog.choices.current
        await dialog._look_up("soup")
        assert dialog.choices.current == chosen


async def test_ten_thousand_rows_are_filtered_and_only_the_visible_ones_drawn() -> None:
    rows = [row(number, f"Session {number} about soup") for number in range(10_000)]
    host = Host(lambda: ResumeDialog(rows, now=now))
    async with host.run_test() as pilot:
        await pilot.press(*"9876")
        await pilot.pause()
        assert "1 of 10,000 sessions" in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == ["id9876"]


class ModelsHost(Host):
    """Keeps what became a favourite."""

    def __init__(self, dialog: ModelsDialog) -> None:
        super().__init__(lambda: dialog)
        self.toggled: list[tuple[str, bool]] = []

    def on_favourite_toggled(self, event: ModelsDialog.FavouriteToggled) -> None:
        self.toggled.append((event.model, event.is_favourite))


def offered(*ids: str) -> list[KnownModel]:
    return [KnownModel(provider=id.partition("/")[0], name=id.partition("/")[2]) for id in ids]


async def test_favourites_come_first_then_recent_ones_then_by_provider() -> None:
    dialog = ModelsDialog(
        favourites=["b/fav"],
        recent=["a/recent", "b/fav"],
        models=offered("a/zeta", "a/recent", "a/alpha"),
    )
    host = Host(lambda: dialog)
    async with host.run_test() as pilot:
        await pilot.pause()
        found = host.text().replace(" ··· ? ? ?", "")
        assert "favourites ★ b/fav recent a/recent a a/alpha a/zeta" in found


async def test_models_arrive_while_the_cursor_stays_where_it_is() -> None:
    dialog = ModelsDialog(current="b/now", recent=["b/old"], asked=["a", "c"])
    host = Host(lambda: dialog)
    async with host.run_test() as pilot:
        await pilot.press("down")
        assert "asking a, c …" in host.text()
        dialog.show_models(offered("a/new"))
        dialog.heard("a")
        dialog.heard("c", "nobody answered.")
        await pilot.pause()
        assert "a/new" in host.text()
        assert "c: nobody answered." in host.text()
        assert "asking" not in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == ["b/old"]


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [("think", "a/thinker"), ("a/think", "a/think")],
    ids=["part", "whole name"],
)
async def test_a_part_of_a_name_that_was_typed_too_early_means_what_fits_later(
    typed: str, chosen: str
) -> None:
    dialog = ModelsDialog(asked=["a"])
    host = Host(lambda: dialog)
    async with host.run_test() as pilot:
        await pilot.press(*typed)
        dialog.show_models(offered("a/thinker"))
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == [chosen]


async def test_a_key_makes_a_favourite_and_takes_it_back() -> None:
    host = ModelsHost(ModelsDialog(current="b/now", recent=["b/old"]))
    async with host.run_test() as pilot:
        await pilot.press("down", "ctrl+f")
        await pilot.pause()
        assert "★ b/old" in host.text()
        assert "● b/now" in host.text()
        await pilot.press("ctrl+f", "escape")
        await pilot.pause()
        assert host.toggled == [("b/old", True), ("b/old", False)]


async def test_prices_context_and_abilities_stand_beside_a_model_and_unknown_is_a_question_mark() -> (
    None
):
    known = KnownModel(
        provider="a",
        name="big",
        title="The Big One",
        context_tokens=200_000,
        input_per_mtok=150_000_000,
        output_per_mtok=2_500_000_000,
        sees_images=True,
        thinks=True,
        price_source="prices.toml",
    )
    host = Host(lambda: ModelsDialog(models=[known, *offered("a/other")]))
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "a/big ▣∴· 200k 0.15 2.50" in host.text()
        assert "a/other ··· ? ? ?" in host.text()
        assert "The Big One · 200,000 tokens of context · images · thinking" in host.text()
        await pilot.press(*"one")  # a title is found as well
        await pilot.pause()
        assert "1 of 2 models" in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == ["a/big"]


async def test_many_that_gave_no_list_take_one_line_and_a_name_tells_why() -> None:
    dialog = ModelsDialog(models=offered("a/alpha"), asked=["u", "v", "w", "x", "y"])
    host = Host(lambda: dialog)
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "asking u, v, w and 2 more …" in host.text()
        for name in "cdefg":
            dialog.heard(name, f"nobody answered at {name}.")
        await pilot.pause()
        assert "c, d, e and 2 more gave no list" in host.text()
        assert "nobody answered" not in host.text()
        await pilot.press(*"f/")
        await pilot.pause()
        assert "f: nobody answered at f." in host.text()


async def test_a_key_has_the_servers_asked_again() -> None:
    asked: list[str] = []
    dialog = ModelsDialog(current="a/b", refresh=lambda: asked.append("again"))
    host = Host(lambda: dialog)
    async with host.run_test() as pilot:
        dialog.heard("a", "nobody answered.")
        await pilot.press("ctrl+r")
        dialog.ask(["a"])
        await pilot.pause()
        assert asked == ["again"]
        assert "asking a …" in host.text()
        assert "nobody answered." not in host.text()


async def test_three_thousand_models_are_filtered_from_the_first_letter() -> None:
    models = offered(*(f"router/vendor/model-{number}" for number in range(3_000)))
    host = Host(lambda: ModelsDialog(models=models, typed="model-2999"))
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "1 of 3,000 models" in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == ["router/vendor/model-2999"]


@pytest.mark.parametrize(("typed", "steps"), [("openai/gpt-9", 0), ("o", 1)])
async def test_any_name_can_be_typed_even_beside_ones_that_fit(typed: str, steps: int) -> None:
    host = Host(lambda: ModelsDialog(current="openai/o3"))
    async with host.run_test() as pilot:
        await pilot.press(*typed, *["down"] * steps)
        await pilot.pause()
        assert f"use {typed}" in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == [typed]


async def test_the_code_under_the_cursor_is_shown() -> None:
    host = Host(lambda: ChooseCodeDialog([("python", "a = 1\nb = 2"), ("", "pip install x")]))
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "b = 2" in host.text()
        await pilot.press("down")
        await pilot.pause()
        assert "b = 2" not in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == [1]


def test_a_word_as_it_stands_is_better_than_scattered_letters() -> None:
    score = matcher("soup")
    texts = ["soup", "a soup", "bestsoup", "so up there", "nothing"]
    scores = [score(text) for text in texts]
    assert scores[-1] is None
    known = [points for points in scores if points is not None]
    assert known == sorted(known)


@given(st.text(max_size=10), st.text(max_size=30))
def test_every_part_of_a_text_is_found_in_it(words: str, around: str) -> None:
    text = f"{around}{words}{around}"
    assert matcher(words)(text.casefold()) is not None
    assert all(0 <= place < len(text) for place in found_places(words, text))

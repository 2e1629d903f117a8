"""Stories about the pickers: filter, list, models that arrive."""

from __future__ import annotations

import pytest
from dialog_values import Host, now, row
from hypothesis import given
from hypothesis import strategies as st

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


async def test_favourites_come_first_then_recent_ones_then_by_provider() -> None:
    dialog = ModelsDialog(favourites=["b/fav"], recent=["a/recent", "b/fav"])
    dialog.add_models("a", ["zeta", "recent", "alpha"])
    host = Host(lambda: dialog)
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "favourites ★ b/fav recent a/recent a a/alpha a/zeta" in host.text()


async def test_models_arrive_while_the_cursor_stays_where_it_is() -> None:
    dialog = ModelsDialog(current="b/now", recent=["b/old"], asked=["a", "c"])
    host = Host(lambda: dialog)
    async with host.run_test() as pilot:
        await pilot.press("down")
        assert "asking a, c …" in host.text()
        dialog.add_models("a", ["new"])
        dialog.set_error("c", "c did not answer.")
        await pilot.pause()
        assert "a/new" in host.text()
        assert "c did not answer." in host.text()
        assert "asking" not in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == ["b/old"]


async def test_a_key_makes_a_favourite_and_takes_it_back() -> None:
    host = ModelsHost(ModelsDialog(current="b/now"))
    async with host.run_test() as pilot:
        await pilot.press("ctrl+f")
        await pilot.pause()
        assert "★ b/now" in host.text()
        await pilot.press("ctrl+f", "escape")
        await pilot.pause()
        assert host.toggled == [("b/now", True), ("b/now", False)]


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

"""Stories about answers side by side: what is seen, which key does what, and what stays in its place."""

from __future__ import annotations

import pytest
from compare_host import answer, comparing, turn_of
from rich.cells import cell_len

from tui_sessions.tui.widgets.answer_column import AnswerColumn
from tui_sessions.tui.widgets.answer_view import AnswerView

LONG = "\n\n".join(f"Paragraph {number} of many." for number in range(60))
HOSTILE = "[/nope] \x1b]52;c;aGk=\x07\u202e\x9b2J[@click=app.bell]x[/] <b>raw</b>"


def shown(user) -> list[str]:
    """The models of the columns in the window."""
    return [column.candidate.model for column in user.screen.query(AnswerColumn) if column.display]


def row_of(user, number: int) -> int:
    return list(user.screen.query(AnswerView))[number].row


# what is seen


async def test_all_answers_stand_beside_each_other_with_their_figures() -> None:
    async with comparing(turn_of(answer(1), answer(2), answer(3))) as user:
        await user.see("This is what answer 1", "answer 2 says", "answer 3 says")
        await user.see("first 100 ms", "time 2.0 s", "tokens 300", "tok/s 111", "complete")
        await user.see("Which is better?")


@pytest.mark.parametrize(
    ("size", "count"),
    [((80, 24), 1), ((100, 30), 2), ((160, 48), 3), ((240, 60), 4), ((20, 6), 1), ((12, 4), 1)],
)
async def test_as_many_stand_beside_each_other_as_have_room(size, count) -> None:
    async with comparing(turn_of(*map(answer, range(1, 8))), size) as user:
        assert len(shown(user)) == count
        lines = user.text().split("\n")
        assert {cell_len(line) for line in lines} == {size[0]}
        assert len(lines) == size[1]


async def test_in_a_narrow_window_one_goes_from_answer_to_answer_and_is_told_of_the_others() -> (
    None
):
    async with comparing(turn_of(*map(answer, range(1, 8))), (80, 24)) as user:
        await user.see("answer 1 says")
        await user.press("right", "tab")
        await user.see("answer 3 says")
        await user.press("left")
        await user.see("answer 2 says")
        await user.press("left", "h")
        await user.see("answer 7 says")
        assert user.at == "demo/m7"


async def test_the_window_moves_no_further_than_it_must() -> None:
    async with comparing(turn_of(*map(answer, range(1, 8)))) as user:
        assert shown(user) == ["demo/m1", "demo/m2", "demo/m3"]
        await user.press("right", "right", "right")
        assert shown(user) == ["demo/m2", "demo/m3", "demo/m4"]
        await user.press("left")
        assert shown(user) == ["demo/m2", "demo/m3", "demo/m4"]


async def test_the_window_grows_and_shrinks_round_the_answer_with_the_focus() -> None:
    async with comparing(turn_of(*map(answer, range(1, 8)))) as user:
        await user.press("right", "right", "right", "right")
        await user.pilot.resize_terminal(80, 24)
        await user.until(lambda: shown(user) == ["demo/m5"])
        await user.pilot.resize_terminal(240, 60)
        await user.until(lambda: len(shown(user)) == 4)
        assert "demo/m5" in shown(user)
        assert user.at == "demo/m5"


async def test_one_at_a_time_takes_the_whole_width() -> None:
    async with comparing(turn_of(answer(1), answer(2))) as user:
        await user.press("f")
        assert shown(user) == ["demo/m1"]
        await user.press("f")
        assert shown(user) == ["demo/m1", "demo/m2"]


async def test_the_best_of_each_figure_is_bright() -> None:
    async with comparing(turn_of(answer(2), answer(1))) as user:
        standing = {
            column.candidate.model: column.standing.best
            for column in user.screen.query(AnswerColumn)
        }
        assert "latency_ms" in standing["demo/m1"]
        assert "latency_ms" not in standing["demo/m2"]


async def test_a_failed_and_a_stopped_answer_say_so() -> None:
    failed = answer(2, finish="error", error="The server [b]refused[/b] the key.")
    stopped = answer(3, finish="cancelled")
    async with comparing(turn_of(answer(1), failed, stopped)) as user:
        await user.see("✗ The server [b]refused[/b] the key.", "✗ failed", "■ stopped")


async def test_hostile_text_is_shown_and_does_nothing() -> None:
    bad = answer(1, HOSTILE, model=HOSTILE, error=HOSTILE, finish="error")
    turn = turn_of(bad, answer(2), prompt=HOSTILE)
    async with comparing(turn, title="title") as user:
        await user.see("[/nope]")
        text = user.text()
        assert not any(char in text for char in "\x1b\x07\x9b\u202e")
        await user.press("d")
        await user.see("nope")
        assert not any(char in user.text() for char in "\x1b\x07\x9b\u202e")


async def test_a_long_prompt_is_folded_until_it_is_asked_for() -> None:
    prompt = "\n".join(f"line {number}" for number in range(12))
    async with comparing(turn_of(answer(1), answer(2), prompt=prompt)) as user:
        await user.see("line 1", "▸ 10 more lines")
        assert "line 5" not in user.text()
        await user.press("p")
        await user.see("line 5")


async def test_an_endless_prompt_leaves_room_for_the_answers() -> None:
    prompt = "\n".join(f"line {number}" for number in range(5_000))
    async with comparing(turn_of(answer(1), answer(2), prompt=prompt), (80, 24)) as user:
        await user.press("p")
        await user.see("line 4", "answer 1 says")
        await user.press("p")
        await user.see("▸ 4,998 more lines · p")


async def test_thinking_is_a_line_until_it_is_unfolded() -> None:
    async with comparing(turn_of(answer(1, reasoning="secret thoughts"), answer(2))) as user:
        await user.see("▸ thinking · 2 words")
        await user.press("space")
        await user.see("secret thoughts")


async def test_a_turn_that_has_gone_closes_the_screen() -> None:
    async with comparing(None) as user:
        await user.until(lambda: user.app.left == 1)


# scrolling


async def test_all_columns_scroll_together_until_a_key_parts_them() -> None:
    async with comparing(turn_of(answer(1, LONG), answer(2, LONG), answer(3, "short"))) as user:
        await user.press("j", "j", "pagedown")
        await user.until(lambda: row_of(user, 1) == row_of(user, 0) > 2)
        assert row_of(user, 2) == 0
        await user.press("z")
        await user.see("each scrolls alone")
        await user.press("g")
        await user.until(lambda: row_of(user, 0) == 0)
        assert row_of(user, 1) > 0


async def test_the_end_is_the_own_end_of_each() -> None:
    async with comparing(turn_of(answer(1, LONG), answer(2, LONG + LONG))) as user:
        await user.press("G")
        ends = [view.row for view in user.screen.query(AnswerView)]
        assert ends == [round(view.max_scroll_y) for view in user.screen.query(AnswerView)]
        assert ends[1] > ends[0] > 0


# differences


async def test_the_difference_is_told_by_marks_and_not_only_by_colours() -> None:
    turn = turn_of(answer(1, "the quick fox"), answer(2, "the slow fox"))
    async with comparing(turn) as user:
        await user.press("right", "d")
        await user.see("the quickslow fox", "word by word against 1")
        strip = list(user.screen.query(AnswerView))[1].render_line(0)
        looks = {segment.text: segment.style for segment in strip if segment.style}
        assert looks["quick"].strike
        assert looks["slow"].underline
        await user.press("d")
        await user.see_no("quickslow")


async def test_the_reference_itself_is_set_against_the_next_one() -> None:
    async with comparing(turn_of(answer(1, "the quick fox"), answer(2, "the slow fox"))) as user:
        await user.press("d")
        await user.see("the slowquick fox", "word by word against 2")


async def test_another_answer_can_be_the_reference() -> None:
    texts = ["one fox", "two fox", "three fox"]
    async with comparing(turn_of(*(answer(n, t) for n, t in enumerate(texts, 1)))) as user:
        await user.press("right", "equals_sign", "right", "d")
        await user.see("twothree fox", "word by word against 2", "reference")


async def test_a_difference_follows_what_arrives() -> None:
    async with comparing(turn_of(answer(1, "one two three"))) as user:
        user.owner.begins("a")
        user.owner.says("a", "one two ")
        await user.see("one two")
        await user.press("right", "d")
        user.owner.says("a", "four")
        user.owner.ends("a", answer(2, "one two four", model="demo/live"))
        await user.see("one two threefour")


# picking


async def test_enter_picks_the_answer_with_the_focus_and_once_more_goes_back() -> None:
    async with comparing(turn_of(answer(1), answer(2))) as user:
        await user.press("enter")
        assert user.owner.told == [("pick", 0)]
        assert user.owner.chosen == "This is what answer 1 says."
        assert user.app.left == 0
        await user.press("enter")
        await user.until(lambda: user.app.left == 1)


async def test_a_number_picks_that_answer_and_goes_there() -> None:
    async with comparing(turn_of(*map(answer, range(1, 8))), (80, 24)) as user:
        await user.press("6")
        assert user.owner.told == [("pick", 5)]
        assert user.at == "demo/m6"
        await user.see("answer 6 says")
        await user.press("9")
        await user.see("There is no answer 9.")


async def test_what_was_picked_is_seen_when_one_comes_again() -> None:
    async with comparing(turn_of(answer(1), answer(2))) as user:
        await user.press("1")
        turn = user.owner.turn()
    async with comparing(turn) as user:
        picked = [
            c.candidate.model for c in user.screen.query(AnswerColumn) if c.standing.is_picked
        ]
        assert picked == ["demo/m1"]
        assert user.at == "demo/m1"


async def test_what_arrives_or_left_no_word_cannot_be_picked() -> None:
    async with comparing(turn_of(answer(1))) as user:
        user.owner.begins("a")
        await user.see("answering")
        await user.press("2")
        await user.see("still arriving")
        nothing = answer(2, " ", model="demo/live", finish="error", error="No.")
        user.owner.ends("a", nothing)
        await user.see("✗ No.")
        assert user.owner.told == []


async def test_a_tie_none_good_a_note_and_the_way_back() -> None:
    async with comparing(turn_of(answer(1), answer(2))) as user:
        await user.press("t")
        await user.see("a tie")
        await user.press("u")
        await user.see_no("a tie")
        await user.press("0")
        await user.see("none is any good")
        await user.press("n")
        assert user.owner.told == [("even", True), ("undo",), ("even", False), ("note",)]


async def test_further_answers_are_asked_for_and_one_is_stopped() -> None:
    async with comparing(turn_of(answer(1), answer(2))) as user:
        await user.press("right", "r", "plus")
        user.owner.begins("a")
        await user.see("answering")
        await user.press("right", "s")
        assert user.owner.told == [("ask", ("demo/m2",)), ("add",), ("stop", "a")]
        await user.press("left", "s")
        await user.see("This answer has ended.")


async def test_the_answer_is_copied_as_it_was_written() -> None:
    async with comparing(turn_of(answer(1, "**bold** text"), answer(2))) as user:
        await user.press("y")
        assert user.app.clipboard == "**bold** text"


async def test_keys_and_help_are_named_and_escape_leaves() -> None:
    async with comparing(turn_of(answer(1), answer(2))) as user:
        await user.see("enter pick", "t tie", "esc back")
        await user.press("f1")
        await user.see("Help · Side by side", "word by word against the reference")
        await user.press("escape", "escape")
        await user.until(lambda: user.app.left == 1)

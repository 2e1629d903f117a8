"""Stories about answers that arrive side by side."""

from __future__ import annotations

from compare_host import answer, comparing, turn_of
from test_compare_screen import row_of, shown

from tui_sessions.engine.events import AnswerSoFar, TextArrived
from tui_sessions.tui.widgets.answer_column import AnswerColumn

LONG = "\n\n".join(f"Paragraph {number} of many." for number in range(60))


async def test_answers_stream_side_by_side_and_stay_in_their_places() -> None:
    async with comparing(turn_of()) as user:
        user.owner.begins("a", "demo/slow")
        user.owner.begins("b", "demo/quick")
        await user.see("waiting for the answer …", "answering")
        user.owner.says("a", "slowly ")
        user.owner.says("b", "quickly ")
        await user.see("slowly", "quickly")
        user.owner.ends("b", answer(1, "quickly done", model="demo/quick"))
        await user.see("quickly done", "complete")
        user.owner.says("a", "but surely")
        user.owner.ends("a", answer(2, "slowly but surely", model="demo/slow"))
        await user.see("slowly but surely")
        assert shown(user) == ["demo/slow", "demo/quick"]
        assert user.owner.chosen == "quickly done"


async def test_an_answer_read_from_the_file_before_its_end_is_told_stays_one_answer() -> None:
    async with comparing(turn_of(answer(1))) as user:
        user.owner.begins("a")
        user.owner.says("a", "half")
        await user.see("half")
        user.owner.ends("a", answer(2, "half and half", model="demo/live"), is_read_first=True)
        await user.see("half and half")
        assert shown(user) == ["demo/m1", "demo/live"]


async def test_no_piece_is_lost_that_comes_before_its_column_is_on_the_screen() -> None:
    async with comparing(turn_of(answer(1))) as user:
        user.owner.arriving["a"] = AnswerSoFar(
            session_id="s1", turn_id="t1", answer_id="a", text="one ", model="demo/live"
        )
        user.screen.reload()
        for offset, piece in ((0, "one "), (4, "two "), (8, "three")):
            event = TextArrived(
                session_id="s1", turn_id="t1", answer_id="a", offset=offset, text=piece
            )
            user.screen._hear(event)
        await user.see("one two three")


async def test_columns_stand_in_the_order_in_which_the_models_were_asked() -> None:
    turn = turn_of(answer(1), answer(2))
    async with comparing(turn, size=(200, 48)) as user:
        asked = [
            AnswerSoFar(session_id="s1", turn_id="t1", answer_id=id, model=model)
            for id, model in (("b", "demo/m2"), ("a", "demo/m1"))
        ]
        user.screen._candidates.arrange(asked)
        user.screen.show(user.screen._candidates.entries)
        await user.until(lambda: shown(user) == ["demo/m2", "demo/m1"], "the order")
        first, second = user.screen.query(AnswerColumn)
        await user.until(lambda: first.region.x < second.region.x, "them on the screen")


async def test_two_answers_of_one_model_keep_apart() -> None:
    async with comparing(turn_of()) as user:
        for id in ("a", "b"):
            user.owner.begins(id, "demo/same")
        user.owner.says("a", "one says this")
        user.owner.says("b", "one says that")
        await user.see("one says this", "one says that")
        user.owner.ends("a", answer(1, "one says this", model="demo/same"))
        user.owner.ends("b", answer(2, "one says that", model="demo/same"))
        await user.until(lambda: not any(e.is_running for e in user.screen._entries))
        assert [e.answer.message.text for e in user.screen._entries if e.answer] == [
            "one says this",
            "one says that",
        ]


async def test_why_nothing_comes_is_said_until_something_comes() -> None:
    async with comparing(turn_of(answer(1))) as user:
        user.owner.begins("a")
        await user.see("waiting for the answer")
        user.owner.waits("a", "It is [busy] (429).")
        await user.see("It is [busy] (429).", "3 s.")
        user.owner.says("a", "here")
        await user.see("here")
        await user.see_no("busy")


async def test_an_answer_that_failed_without_a_word_keeps_its_column() -> None:
    async with comparing(turn_of(answer(1))) as user:
        user.owner.begins("a")
        await user.see("answering")
        user.owner.ends(
            "a", answer(2, " ", model="demo/live", finish="error", error="No such model.")
        )
        await user.see("✗ No such model.")
        assert shown(user) == ["demo/m1", "demo/live"]


async def test_progress_is_counted_while_it_arrives() -> None:
    async with comparing(turn_of(answer(1))) as user:
        user.owner.begins("a")
        user.owner.says("a", "word " * 40)
        await user.see("first 310 ms", "time 2.0 s", "tokens ≈50")


async def test_what_arrives_is_followed_only_at_the_end() -> None:
    async with comparing(turn_of(), (80, 24)) as user:
        user.owner.begins("a")
        user.owner.says("a", LONG)
        await user.see("Paragraph 59")
        await user.press("g")
        await user.see("Paragraph 0")
        user.owner.says("a", "\n\nThe very end.")
        await user.until(lambda: not user.screen.view.has_news)
        assert row_of(user, 0) == 0
        await user.press("G")
        await user.see("The very end.")

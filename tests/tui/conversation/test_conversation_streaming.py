"""Answers that arrive: followed at the end, never doubled, and the same in the end as opened anew."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from conversation_app import long_session, pane, seen, session, text, turn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_conversation_blocks import TEXTS, cut

from tui_sessions.model.message import Message
from tui_sessions.model.text import clean
from tui_sessions.tui.widgets.conversation import markdown, view
from tui_sessions.tui.widgets.conversation.blocks import GrowingText, blocks_of
from tui_sessions.tui.widgets.conversation.live import LiveAnswer
from tui_sessions.tui.widgets.conversation.slots import body_of

WAITING = turn(99, "the prompt", None)


async def test_an_answer_grows_frame_by_frame() -> None:
    async with pane(session(WAITING)) as (conversation, _):
        conversation.begin_answer("t99", "openai/gpt-5")
        assert "waiting for the answer" in text(conversation)
        assert "assistant · gpt-5" in text(conversation)
        conversation.append("t99", 0, "Hello")
        conversation.draw_frame()
        assert "Hello" in text(conversation)
        assert "waiting" not in text(conversation)
        conversation.append("t99", 5, " **world**")
        conversation.draw_frame()
        assert "Hello world" in text(conversation)


async def test_what_is_known_already_is_dropped_by_its_offset() -> None:
    async with pane(session(WAITING)) as (conversation, _):
        conversation.begin_answer("t99")
        conversation.append("t99", 0, "abc")
        conversation.append("t99", 0, "abcdef")
        conversation.append("t99", 3, "def")
        conversation.begin_answer("t99")
        conversation.append("t99", 2, "cdefg")
        conversation.append("other", 0, "nothing")
        conversation.draw_frame()
        assert conversation.current_message == Message(role="assistant", content="abcdefg")
        assert "abcdefg" in text(conversation)


async def test_the_end_is_followed_only_while_it_is_seen() -> None:
    async with pane(long_session().with_turn(WAITING), size=(60, 12)) as (conversation, pilot):
        conversation.begin_answer("t99")
        conversation.append("t99", 0, "".join(f"line {n}\n\n" for n in range(20)))
        conversation.draw_frame()
        assert "line 19" in seen(conversation)[-1]
        await pilot.press("k", "k")
        before = seen(conversation)
        conversation.append("t99", 10_000, "")
        conversation.append("t99", 0, "".join(f"line {n}\n\n" for n in range(40)))
        conversation.draw_frame()
        assert seen(conversation)[:-1] == before[:-1]
        assert "↓ new text below" in seen(conversation)[-1]
        await pilot.press("G")
        assert "line 39" in seen(conversation)[-1]
        assert "new text below" not in text(conversation)


async def test_words_are_found_in_what_has_come_and_in_what_comes_later() -> None:
    async with pane(long_session().with_turn(WAITING), size=(60, 12)) as (conversation, _):
        conversation.begin_answer("t99")
        conversation.append("t99", 0, "one needle\n\n" + "line\n\n" * 20)
        conversation.draw_frame()
        assert conversation.find("needle") == 1
        assert any("one needle" in line for line in seen(conversation))
        conversation.append("t99", 0, "one needle\n\n" + "line\n\n" * 20 + "another needle\n\n")
        conversation.draw_frame()
        conversation.find_next()
        assert any("another needle" in line for line in seen(conversation))


async def test_a_note_says_why_nothing_comes() -> None:
    async with pane(session(WAITING)) as (conversation, _):
        conversation.begin_answer("t99")
        conversation.set_waiting("t99", "Too many requests. Trying again in 4 s.")
        assert "Trying again in 4 s." in text(conversation)
        conversation.append("t99", 0, "at last")
        conversation.draw_frame()
        assert "Trying again" not in text(conversation)


async def test_thinking_streams_folded_with_its_last_line() -> None:
    async with pane(session(WAITING)) as (conversation, pilot):
        conversation.begin_answer("t99")
        conversation.append("t99", 0, "first thou", is_reasoning=True)
        conversation.append("t99", 10, "ght\nsecond thought", is_reasoning=True)
        conversation.draw_frame()
        assert "▸ thinking · 4 words" in text(conversation)
        assert "second thought" in text(conversation)
        assert "first" not in text(conversation)
        await pilot.press("space")
        assert "first thought" in text(conversation)


async def test_the_saved_turn_takes_the_place_of_what_streamed() -> None:
    async with pane(session(WAITING), size=(70, 16)) as (conversation, _):
        conversation.begin_answer("t99", "m/x")
        conversation.append("t99", 0, "# Done\n\nwith [a]\n\n[a]: https://e.org")
        conversation.end_answer("t99")
        conversation.append("t99", 0, "too late" * 20)
        streamed = seen(conversation)
        assert "answering" not in text(conversation)
        answer = Message(
            role="assistant", content="# Done\n\nwith [a]\n\n[a]: https://e.org", model="m/x"
        )
        conversation.show(session(WAITING.with_answer(answer)))
        saved = seen(conversation)
        assert streamed[4:] == saved[4:]
        assert "? tok" in text(conversation)
        assert conversation._layout.live is None


async def test_the_saved_turn_may_come_before_the_end() -> None:
    async with pane(session(WAITING), size=(70, 16)) as (conversation, _):
        conversation.begin_answer("t99")
        failed = turn(99, "the prompt", None, finish="error", error="The key is wrong.")
        conversation.show(session(failed))
        conversation.end_answer("t99")
        assert "✗ The key is wrong." in text(conversation)
        assert "waiting" not in text(conversation)


async def test_another_change_while_it_streams_keeps_the_stream() -> None:
    async with pane(session(WAITING)) as (conversation, _):
        conversation.begin_answer("t99")
        conversation.append("t99", 0, "so far")
        conversation.show(session(WAITING, title="renamed"))
        conversation.draw_frame()
        assert "so far" in text(conversation)


async def test_away_and_back_shows_all_of_it_once() -> None:
    one = session(WAITING)
    async with pane(one) as (conversation, _):
        conversation.begin_answer("t99")
        conversation.append("t99", 0, "begin ")
        conversation.show(session(turn(1), id="s2"))
        conversation.append("t99", 6, "lost")
        conversation.show(one)
        conversation.begin_answer("t99")
        conversation.append("t99", 0, "begin middle ")
        conversation.append("t99", 13, "end")
        conversation.draw_frame()
        assert "begin middle end" in text(conversation)


async def test_a_second_answer_stands_in_place_of_the_first() -> None:
    async with pane(session(turn(1, "q", "old answer"))) as (conversation, _):
        conversation.begin_answer("t1")
        conversation.append("t1", 0, "new answer")
        conversation.draw_frame()
        assert "new answer" in text(conversation)
        assert "old answer" not in text(conversation)


async def test_a_new_width_while_it_streams_loses_nothing() -> None:
    async with pane(session(WAITING), size=(60, 20)) as (conversation, pilot):
        conversation.begin_answer("t99")
        conversation.append("t99", 0, "```py\none\n")
        conversation.draw_frame()
        await pilot.resize_terminal(40, 20)
        await pilot.pause()
        conversation.append("t99", 10, "two\n```\n\nafter")
        conversation.draw_frame()
        rows = seen(conversation)
        assert [row[3:] for row in rows if row[3:] in ("py", "one", "two")] == ["py", "one", "two"]
        assert "▌ after" in rows


async def test_no_timer_runs_when_nothing_arrives() -> None:
    async with pane(session(WAITING)) as (conversation, _):
        conversation.begin_answer("t99")
        assert conversation._timer is None
        conversation.append("t99", 0, "x")
        assert conversation._timer is not None
        conversation.draw_frame()
        assert conversation._timer is None


@settings(max_examples=200, deadline=None)
@given(
    TEXTS,
    st.lists(st.integers(0, 200), max_size=10),
    st.integers(3, 80),
    st.none() | st.integers(1, 30),
)
@example("see [a]\r\n\r\n- ```py\r\n  x\r\n  ```\r\n\r\n[a]: /u\r\n", [8, 9, 10, 22], 40, 1)
@example("1. a\n\n   ```\n   [b]\n   ```\n2. [b]\n\n[b]: <https://e.org> 't'", [5, 13, 40], 30, 3)
@example("\ud83d\ude00 [x]\n\ud800\r", [1, 8], 20, 1)
def test_raw_pieces_end_as_the_raw_whole(
    raw: str, cuts: list[int], width: int, most: int | None
) -> None:
    live = LiveAnswer(None, "t", None, width)
    at = 0
    for end in [*sorted(min(place, len(raw)) for place in cuts), len(raw)]:
        live.take(at, raw[at:end], is_reasoning=False)
        live.flush(most)
        at = end
    live.finish()
    whole = body_of(raw, width)
    assert live.text == raw
    assert live.waiting == 0
    assert [live.body.line(y) for y in range(live.body.height)] == [
        whole.line(y) for y in range(whole.height)
    ]


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 200), max_size=10), st.integers(0, 4), st.integers(5, 60))
def test_what_is_too_much_to_read_ends_as_in_the_whole(
    text: str, cuts: list[int], brackets: int, characters: int
) -> None:
    text = clean(text)
    with patch.multiple(markdown, MAX_BRACKETS=brackets, MAX_MARKDOWN=characters):
        growing = GrowingText()
        for piece in cut(text, cuts):
            growing.feed(piece)
        assert growing.finish() == blocks_of(text)


async def test_what_pours_in_is_read_in_goes_and_its_end_waits_for_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(view, "READ_AT_ONCE", 40)
    answer = "".join(f"line {n}\n\n" for n in range(30))
    saved = WAITING.with_answer(Message(role="assistant", content=answer))
    async with pane(session(WAITING), size=(60, 20)) as (conversation, _):
        conversation.begin_answer("t99")
        conversation.append("t99", 0, answer)
        conversation.draw_frame()
        live = conversation._layout.live
        assert live is not None
        assert 0 < live.waiting < len(answer)
        assert "line 3" in text(conversation)
        conversation.end_answer("t99")
        conversation.append("t99", len(answer), "too late")
        conversation.show(session(saved))
        assert "line 29" not in text(conversation)
        while conversation._layout.live is not None:
            assert conversation._timer is not None
            conversation.draw_frame()
        assert "line 29" in text(conversation)
        assert "too late" not in text(conversation)
        assert conversation._timer is None


async def test_asking_again_before_the_last_was_read_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(view, "READ_AT_ONCE", 4)
    async with pane(session(WAITING)) as (conversation, _):
        conversation.begin_answer("t99")
        conversation.append("t99", 0, "the first answer")
        conversation.end_answer("t99")
        conversation.begin_answer("t99")
        conversation.append("t99", 0, "new")
        conversation.draw_frame()
        assert "new" in text(conversation)
        assert "first" not in text(conversation)


@pytest.mark.parametrize("block", ["```py\nx = 1\n" * 3_000, "word " * 20_000, "- item\n" * 5_000])
def test_a_huge_block_costs_each_frame_only_a_bounded_rest(block: str) -> None:
    live = LiveAnswer(None, "t", None, 80)
    for at in range(0, len(block), 1_000):
        live.take(at, block[at : at + 1_000], is_reasoning=False)
        live.flush()
        growing = getattr(live.body, "_growing", None)
        assert growing is not None
        assert len(growing.partial) <= 33_000

"""The lines round a message, and what lays the whole conversation out again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from conversation_app import NOON, USED, long_session, pane, seen, session, text, turn

from tui_sessions.model.message import Message
from tui_sessions.model.money import Price
from tui_sessions.model.turn import Alternative, Turn


def answered(**extra: Any) -> Turn:
    """A turn whose answer has a time, and `extra`."""
    one = turn(1, **USED)
    answer = one.messages[1]
    said = msgspec.structs.replace(answer, timestamp=NOON + timedelta(minutes=2), extra=extra)
    return one.with_answer(said)


async def header(one: Turn, width: int = 90) -> str:
    """The answer's line."""
    async with pane(session(one), size=(width, 16)) as (conversation, _):
        return next(row for row in seen(conversation) if "assistant" in row)


async def test_an_answer_says_when_it_came() -> None:
    local = (NOON + timedelta(minutes=2)).astimezone()
    assert (await header(answered())).endswith(f"{local:%H:%M} · 1.4 s · 187 tok · $0.0034")


async def test_an_answer_of_another_day_says_which() -> None:
    one = answered()
    late = msgspec.structs.replace(one.messages[1], timestamp=NOON + timedelta(days=3))
    local = (NOON + timedelta(days=3)).astimezone()
    assert f"{local:%Y-%m-%d %H:%M} · 1.4 s" in await header(one.with_answer(late))


async def test_without_room_the_cost_stays_longest() -> None:
    assert (await header(answered(), 49)).endswith("tok · $0.0034")
    assert (await header(answered(), 44)).endswith("  $0.0034")


async def test_a_long_name_of_a_model_makes_room_for_the_cost() -> None:
    named = msgspec.structs.replace(answered().messages[1], model="hf.co/" + "a-long-name-" * 9)
    row = await header(answered().with_answer(named), 60)
    assert row.startswith("▌ assistant · a-long-name-")
    assert row.endswith("…  $0.0034")
    assert (await header(answered(), 22)).endswith("assistant · gpt-4…")


async def test_a_message_says_its_persona_that_it_was_edited_and_its_bookmark() -> None:
    marked = answered(persona="coach\x1b", edited_at="2026-11-20T12:00:00Z", bookmarked=True)
    assert "gpt-4o-mini · @coach␛ · edited ◈" in await header(marked)
    assert "edited" not in await header(answered(persona=7, edited_at=None, bookmarked="yes"))


async def test_a_bookmarked_prompt_says_so() -> None:
    one = turn(1)
    prompt = msgspec.structs.replace(one.messages[0], extra={"bookmarked": True})
    marked = msgspec.structs.replace(one, messages=(prompt, one.messages[1]))
    async with pane(session(marked)) as (conversation, _):
        assert seen(conversation)[0].endswith(" ◈")


CHOSEN = {"chosen": "openai/gpt-4o-mini", "over": ["openai/gpt-5", "x/y"]}


@pytest.mark.parametrize(
    ("verdict", "shown"),
    [
        (CHOSEN, "✓ chosen over gpt-5, y"),
        ({**CHOSEN, "note": "more\x1b careful"}, "✓ chosen over gpt-5, y — more␛ careful"),
        ({**CHOSEN, "chosen": "openai/gpt-5", "over": []}, "✓ chosen: gpt-5"),
        ({"result": "tie", "over": ["a/b"]}, "= as good as b"),
        ({"result": "none"}, "✗ no answer was good"),
        ({"note": "later"}, "✎ — later"),
    ],
)
async def test_the_verdict_stands_below_the_answer(verdict: dict[str, Any], shown: str) -> None:
    one = msgspec.structs.replace(turn(1), extra={"verdict": verdict})
    async with pane(session(one)) as (conversation, _):
        assert f"▌ {shown}" in seen(conversation)


async def test_the_cost_of_a_failed_answer_is_unknown_and_said_so() -> None:
    failed = Alternative(message=Message(role="assistant", content="half"), finish="error")
    price = Price(source="x", date="2026-11-20", input_per_mtok=1.0, output_per_mtok=1.0)
    one = msgspec.structs.replace(turn(1, alternatives=(failed,), cost=5_000_000), price=price)
    assert (await header(one)).endswith("$0.0050")
    stood = msgspec.structs.replace(one, price=None, finish="error", error="Gone.")
    assert (await header(stood)).endswith("? tok · ?")


async def test_forks_are_shown_below_their_turn() -> None:
    async with pane(session(turn(1), turn(2)), size=(60, 24)) as (conversation, _):
        before = text(conversation)
        conversation.forks = {"t1": 2, "t2": 1, "t3": 9}
        assert "⑂ 2 other paths · < >" in text(conversation)
        assert "⑂ 1 other path · < >" in text(conversation)
        conversation.forks = {}
        assert text(conversation) == before


async def test_forks_come_without_moving_the_text_under_the_reader() -> None:
    async with pane(long_session(), size=(60, 12)) as (conversation, pilot):
        await pilot.press("g", "pagedown", "pagedown")
        first = seen(conversation)[0]
        conversation.forks = {f"t{number}": 1 for number in range(3)}
        assert seen(conversation)[0] == first


async def test_all_long_messages_fold_and_unfold() -> None:
    long_one = turn(2, "short", "\n\n".join(f"paragraph {n}" for n in range(30)))
    async with pane(session(turn(1), long_one, turn(3)), size=(60, 20)) as (conversation, pilot):
        await pilot.press("Z")
        assert "more lines" in text(conversation)
        assert "question 3" in text(conversation)
        assert "paragraph 1" in text(conversation)
        await pilot.press("Z")
        assert "more lines" not in text(conversation)
        assert conversation.fold_all() == 1


async def test_where_nothing_is_long_folding_all_says_so() -> None:
    async with pane(session(turn(1)), size=(60, 20)) as (conversation, pilot):
        await pilot.press("Z")
        await pilot.pause()
        assert conversation.fold_all() == 0
        assert "longer than the pane" in str(next(iter(conversation.app._notifications)).message)


async def test_no_session_has_nothing_to_fold() -> None:
    async with pane(None) as (conversation, _):
        assert conversation.fold_all() == 0

"""Selecting in the conversation with the mouse; a plain click means what it always meant."""

from __future__ import annotations

import pytest
from conversation_app import long_session, pane, posted, seen, session, text, turn
from selecting_app import MARKDOWN, READ, chosen, copied, place_of, selecting
from textual import events
from textual.pilot import Pilot

from tui_sessions.tui.widgets.conversation.widget import Conversation

PAIR = session(turn(1, "ask this", "one two three\n\nfour five"), turn(2, "and", "the end"))
At = tuple[int, int]


async def press(pilot: Pilot[None], conversation: Conversation, at: At) -> None:
    await pilot.mouse_down(conversation, offset=at)


async def move(pilot: Pilot[None], conversation: Conversation, at: At) -> None:
    """With the button down, perhaps beyond the pane."""
    x, y = at
    region = conversation.content_region
    conversation.post_message(
        events.MouseMove(
            conversation, x, y, 1, 1, 1, False, False, False,
            screen_x=region.x + x, screen_y=region.y + y,
        )
    )  # fmt: skip
    await pilot.pause()


async def drag(pilot: Pilot[None], conversation: Conversation, start: At, stop: At) -> None:
    await press(pilot, conversation, start)
    await move(pilot, conversation, stop)
    await pilot.mouse_up(conversation, offset=stop)
    await pilot.pause()


async def test_dragging_selects_and_y_copies() -> None:
    async with selecting(PAIR, size=(60, 30)) as (conversation, pilot):
        column, row = place_of(conversation, "two")
        await drag(pilot, conversation, (column, row), (column + 2, row))
        assert chosen(conversation) == ["two"]
        await pilot.press("y")
        assert copied(conversation) == "two"


async def test_dragging_back_selects_too_and_ctrl_c_copies() -> None:
    async with selecting(PAIR, size=(60, 30)) as (conversation, pilot):
        (column, row), (to, above) = place_of(conversation, "five"), place_of(conversation, "two")
        await drag(pilot, conversation, (column + 3, row), (to, above))
        await pilot.press("ctrl+c")
        assert copied(conversation) == "two three\n\nfour five"
        assert not conversation.is_selecting


async def test_without_a_selection_ctrl_c_copies_nothing() -> None:
    async with selecting(PAIR, size=(60, 30)) as (conversation, pilot):
        await pilot.press("ctrl+c")
        assert posted(conversation) == []


async def test_beside_the_text_the_nearest_character_is_meant() -> None:
    async with selecting(PAIR, size=(60, 30)) as (conversation, pilot):
        _, row = place_of(conversation, "one two")
        await drag(pilot, conversation, (50, row), (0, row))
        await pilot.press("y")
        assert copied(conversation) == "one two three"


async def test_between_the_messages_the_next_text_is_meant() -> None:
    async with selecting(PAIR, size=(60, 30)) as (conversation, pilot):
        _, row = place_of(conversation, "one two")
        await drag(pilot, conversation, (5, row - 1), (5, row + 1))
        await pilot.press("y")
        assert copied(conversation) == "one two three\n\nf"


async def test_a_double_click_selects_a_word_and_a_triple_click_a_line() -> None:
    async with selecting(session(turn(1, "q", MARKDOWN)), size=(40, 60)) as (conversation, pilot):
        at = place_of(conversation, "paragraph")
        await pilot.double_click(conversation, offset=at)
        assert chosen(conversation) == ["paragraph"]
        await pilot.triple_click(conversation, offset=at)
        await pilot.press("y")
        assert copied(conversation) == READ.split("\n")[2]


async def test_a_click_ends_the_selection_and_chooses_the_message() -> None:
    async with selecting(PAIR, size=(60, 30)) as (conversation, pilot):
        await pilot.double_click(conversation, offset=place_of(conversation, "two"))
        await pilot.click(conversation, offset=place_of(conversation, "ask this"))
        assert chosen(conversation) == []
        assert conversation.current_message == turn(1, "ask this").prompt


async def test_the_end_of_a_drag_is_no_click() -> None:
    one = session(turn(1, "q", "see [x](https://e.org/) and more"), turn(2))
    async with selecting(one, size=(60, 20)) as (conversation, pilot):
        column, row = place_of(conversation, "see x")
        await drag(pilot, conversation, (column + 9, row), (column + 4, row))
        assert posted(conversation) == []
        assert conversation.is_selecting
        await pilot.click(conversation, offset=(column + 4, row))
        assert posted(conversation) == [Conversation.LinkRequested("https://e.org/")]


async def test_keys_go_on_where_the_mouse_left_off() -> None:
    async with selecting(PAIR, size=(60, 30)) as (conversation, pilot):
        column, row = place_of(conversation, "two")
        await drag(pilot, conversation, (column, row), (column + 1, row))
        await pilot.press("e", "e", "y")
        assert copied(conversation) == "two three"


async def test_the_next_selection_begins_where_the_mouse_clicked() -> None:
    async with selecting(PAIR, size=(60, 30)) as (conversation, pilot):
        await pilot.click(conversation, offset=place_of(conversation, "five"))
        await pilot.press("v", "e", "y")
        assert copied(conversation) == "five"


async def test_a_message_that_keys_went_to_later_comes_before_an_old_click() -> None:
    async with selecting(PAIR, size=(60, 30)) as (conversation, pilot):
        await pilot.click(conversation, offset=place_of(conversation, "five"))
        await pilot.press("J", "v", "e", "y")
        assert copied(conversation) == "and"


async def test_held_beyond_an_edge_the_mouse_scrolls() -> None:
    async with selecting(long_session(), size=(60, 12)) as (conversation, pilot):
        await press(pilot, conversation, place_of(conversation, "answer 39"))
        await move(pilot, conversation, (4, -3))
        for _ in range(10):
            conversation.drag_on()
        assert "question 35" in text(conversation)
        await move(pilot, conversation, (4, 20))
        for _ in range(10):
            conversation.drag_on()
        assert conversation._drag_timer is not None
        await move(pilot, conversation, (4, 5))
        assert conversation._drag_timer is None
        await pilot.mouse_up(conversation, offset=(4, 5))
        conversation.drag_on()
        assert conversation.is_selecting


async def test_dragging_draws_only_the_rows_that_change() -> None:
    async with selecting(session(turn(1, "q", MARKDOWN)), size=(40, 60)) as (conversation, pilot):
        column, row = place_of(conversation, "over several")
        await press(pilot, conversation, (column, row))
        await move(pilot, conversation, (column + 1, row))
        before = list(conversation._rows)
        await move(pilot, conversation, (column + 3, row))
        after = conversation._rows
        assert sum(a is not b for a, b in zip(before, after, strict=True)) == 1
        await pilot.mouse_up(conversation, offset=(column, row))


async def test_without_keys_round_the_pane_nothing_is_dragged() -> None:
    async with pane(PAIR, size=(60, 30)) as (conversation, pilot):
        at = place_of(conversation, "two")
        await drag(pilot, conversation, at, (at[0] + 4, at[1]))
        await pilot.double_click(conversation, offset=at)
        assert not conversation.is_selecting


@pytest.mark.parametrize("width", [20, 47, 90])
async def test_every_row_can_be_dragged_over(width: int) -> None:
    one = session(turn(1, "日本語の文", MARKDOWN))
    async with selecting(one, size=(width, 50)) as (conversation, pilot):
        for row, line in [*enumerate(seen(conversation))][::8]:
            await drag(pilot, conversation, (2, row), (len(line), min(row + 2, 49)))
            assert conversation.is_selecting
            await pilot.press("escape")

"""Selecting in the conversation with keys: what is marked, what is copied, and what stays."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from conversation_app import Alone, long_session, pane, posted, seen, session, text, turn
from selecting_app import MARKDOWN, READ, chosen, copied, place_of, selecting

from tui_sessions.model.message import Message
from tui_sessions.tui.widgets.conversation.highlight import highlighted_line
from tui_sessions.tui.widgets.conversation.widget import Conversation

HIGHLIGHTED = "tui_sessions.tui.widgets.conversation.code.highlighted_line"
SHORT = session(turn(1, "ask this", "one two three\n\nfour five"), turn(2, "and", "the end"))


async def test_a_selection_begins_at_the_message_that_keys_act_on() -> None:
    async with selecting(SHORT) as (conversation, pilot):
        await pilot.press("K", "K", "v")
        assert chosen(conversation) == ["o"]
        await pilot.press("w", "e", "y")
        assert copied(conversation) == "one two"
        assert not conversation.is_selecting


async def test_everything_is_copied_as_it_is_read() -> None:
    async with selecting(session(turn(1, "ask me", MARKDOWN)), size=(40, 20)) as (_, pilot):
        conversation = _
        await pilot.press("v", "g", "o", "G", "y")
        assert copied(conversation) == f"ask me\n\n{READ}"


async def test_everything_is_copied_as_it_was_written() -> None:
    async with selecting(session(turn(1, "ask me", MARKDOWN)), size=(40, 20)) as (_, pilot):
        conversation = _
        await pilot.press("v", "g", "o", "G", "Y")
        assert copied(conversation) == f"ask me\n\n{MARKDOWN}"


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("ll", "one"),
        ("$", "one two three"),
        ("e", "one"),
        ("wwb", "one t"),
        ("}", "one two three\n\nf"),
        ("}j", "one two three\n\nfour five\n\na"),
        ("J", "one two three\n\nfour five\n\na"),
        ("k", "ask this\n\no"),
        ("{", "ask this\n\no"),
        ("eeow", "two"),
        ("$0", "o"),
        ("$^", "o"),
        ("Vj", "one two three\n\nfour five"),
        ("VV", ""),
        ("v", ""),
    ],
)
async def test_the_keys_move_as_in_an_editor(keys: str, text: str) -> None:
    names = {"$": "dollar_sign", "^": "circumflex_accent", "{": "left_curly_bracket"}
    names["}"] = "right_curly_bracket"
    async with selecting(SHORT, size=(60, 30)) as (conversation, pilot):
        await pilot.press("K", "K", "v", *(names.get(key, key) for key in keys))
        if text:
            await pilot.press("enter")
        assert copied(conversation) == text
        assert not conversation.is_selecting


async def test_whole_lines_are_selected_with_a_capital_letter() -> None:
    async with selecting(session(turn(1, "q", MARKDOWN)), size=(40, 50)) as (conversation, pilot):
        await pilot.press("V")
        conversation.move_selection("next_paragraph")
        assert chosen(conversation)[:3] == [
            "Title of it",
            "A bold word, a link",
            "(https://example.org/page) and a",
        ]
        await pilot.press("y")
        assert copied(conversation) == "\n\n".join((READ.split("\n")[0], READ.split("\n")[2]))


async def test_escape_ends_it_and_copies_nothing() -> None:
    async with selecting(SHORT) as (conversation, pilot):
        await pilot.press("v", "w", "escape")
        assert chosen(conversation) == []
        assert posted(conversation) == []


async def test_meanwhile_the_keys_of_the_conversation_do_nothing() -> None:
    async with selecting(SHORT) as (conversation, pilot):
        await pilot.press("v", "r", "delete", "x", "c", "space")
        assert posted(conversation) == []
        await pilot.press("escape", "y")
        assert copied(conversation) == "the end"


async def test_a_pane_without_the_keys_round_it_selects_nothing() -> None:
    async with pane(SHORT) as (conversation, pilot):
        await pilot.press("v", "V")
        assert not conversation.is_selecting


async def test_an_empty_pane_has_nothing_to_select() -> None:
    async with selecting(None) as (conversation, pilot):
        await pilot.press("v")
        assert not conversation.is_selecting


async def test_the_border_names_the_keys_and_then_what_it_named_before() -> None:
    async with selecting(SHORT) as (conversation, pilot):
        conversation.border_subtitle = "work/soup.json"
        await pilot.press("v")
        assert conversation.border_subtitle == "select · y copy · Y as Markdown · esc"
        conversation.border_subtitle = "work/stew.json"
        await pilot.press("w")
        assert conversation.border_subtitle == "select · y copy · Y as Markdown · esc"
        await pilot.press("escape")
        assert conversation.border_subtitle == "work/stew.json"


async def test_the_window_goes_along_with_the_cursor_through_a_long_session() -> None:
    async with selecting(long_session(2_000)) as (conversation, pilot):
        await pilot.press("v", *["k"] * 40)
        assert chosen(conversation)[0] == "question 1986"
        assert len(conversation._layout._slots) < 40
        await pilot.press("g")
        assert chosen(conversation)[0] == "question 0"
        await pilot.press("G", "y")
        assert copied(conversation) == "answer 1999\n\nwith a second paragraph"


async def test_pages_are_gone_by_cursor_too() -> None:
    async with selecting(long_session(100)) as (conversation, pilot):
        await pilot.press("v", "pageup", "ctrl+u", "ctrl+d", "pagedown")
        point = conversation._caret_point()
        assert point is not None
        assert point.slot == 100
        await pilot.press("pageup", "pageup")
        assert "answer 97" in text(conversation)


async def test_what_is_too_much_for_a_terminal_is_not_copied() -> None:
    one = session(*(turn(n, "q", "long " * 30_000) for n in range(8)))
    async with selecting(one) as (conversation, pilot):
        await pilot.press("v", "g", "o", "G", "y")
        assert posted(conversation) == []
        assert conversation.is_selecting


async def test_an_arriving_answer_does_not_move_what_is_selected() -> None:
    one = long_session(10).with_turn(turn(10, answer=None))
    async with selecting(one, size=(60, 12)) as (conversation, pilot):
        conversation.begin_answer("t10", "openai/gpt-4o")
        conversation.append("t10", 0, "first words\n\n")
        conversation.draw_frame()
        await pilot.press("v", "w")
        marked, before = chosen(conversation), seen(conversation)
        conversation.append("t10", 13, "\n\n".join(f"more {n}" for n in range(40)))
        conversation.draw_frame()
        assert chosen(conversation)[:1] == marked
        assert seen(conversation)[:8] == before[1:9]
        conversation.end_answer("t10")
        answer = Message(role="assistant", content="first words\n\nand more")
        conversation.show(long_session(10).with_turn(turn(10).with_answer(answer)))
        assert chosen(conversation)[:1] == marked
        await pilot.press("y")
        assert copied(conversation) == "first w"


async def test_code_that_arrives_is_selected_without_being_highlighted_as_a_whole() -> None:
    one = long_session(2).with_turn(turn(2, answer=None))
    async with selecting(one, size=(60, 12)) as (conversation, pilot):
        conversation.begin_answer("t2", "openai/gpt-4o")
        lines = "".join(f"line = {number}\n" for number in range(3_000))
        conversation.append("t2", 0, "```python\n" + lines)
        while conversation._layout.live.has_news:
            conversation.draw_frame()
        with patch(HIGHLIGHTED, wraps=highlighted_line) as highlighted:
            await pilot.press("G", "V", "k")
            conversation.append("t2", 10 + len(lines), "more = 1\n")
            conversation.draw_frame()
            assert 0 < highlighted.call_count < 300
        await pilot.press("y")
        assert copied(conversation) == "line = 2987\nline = 2988"


async def test_after_a_selection_what_arrives_is_followed_again() -> None:
    async with selecting(long_session(10), size=(60, 12)) as (conversation, pilot):
        await pilot.press("v")
        assert not conversation.is_at_end
        await pilot.press("escape")
        assert conversation.is_at_end


@pytest.mark.parametrize("width", [24, 44, 100])
async def test_another_width_leaves_the_same_words_selected(width: int) -> None:
    async with selecting(session(turn(1, "q", MARKDOWN)), size=(60, 60)) as (conversation, pilot):
        column, row = place_of(conversation, "long enough")
        await pilot.click(conversation, offset=(column, row))
        await pilot.press("v", "e", "e", "e", "e", "e")
        before = "".join(chosen(conversation))
        await pilot.resize_terminal(width, 60)
        await pilot.pause()
        assert " ".join(chosen(conversation)).split() == before.split()
        await pilot.press("y")
        assert copied(conversation) == "long enough to be broken"


async def test_a_selection_goes_with_its_turn() -> None:
    async with selecting(long_session(6), size=(60, 30)) as (conversation, pilot):
        await pilot.press("v")
        assert conversation.is_selecting
        conversation.show(session(*long_session(5).turns))
        assert not conversation.is_selecting
        assert chosen(conversation) == []


async def test_another_session_has_no_selection() -> None:
    async with selecting(SHORT) as (conversation, pilot):
        await pilot.press("v")
        conversation.show(session(*SHORT.turns, id="branch"))
        assert not conversation.is_selecting


async def test_finding_moves_the_cursor_of_the_selection() -> None:
    one = session(*(turn(n, f"ask {n}", f"needle {n} is here") for n in range(20)))
    async with selecting(one) as (conversation, pilot):
        conversation.find("needle")
        await pilot.press("escape", "K", "v")
        conversation.find("dle 18")
        await pilot.press("o", "y")
        assert copied(conversation) == "dle 18 is here\n\na"
        conversation.find("needle")
        await pilot.press("v", "N", "y")
        assert "needle 18" in copied(conversation) or "needle 19" in copied(conversation)


async def test_the_cursor_is_seen_on_an_empty_row() -> None:
    async with selecting(session(turn(1, "q", "```\na\n\nb\n```"))) as (conversation, pilot):
        await pilot.press("v", "j")
        assert chosen(conversation) == ["a", " "]
        await pilot.press("y")
        assert copied(conversation) == "a"


async def test_a_folded_message_can_be_selected_as_far_as_it_shows() -> None:
    one = session(turn(1, "q", "\n\n".join(f"row {n}" for n in range(9))))
    async with selecting(one, size=(60, 30)) as (conversation, pilot):
        await pilot.press("space", "v", "G", "y")
        assert copied(conversation) == "row 0\n\nrow 1"


async def test_the_marks_keep_their_rows_and_other_rows_are_not_drawn_again() -> None:
    async with selecting(SHORT, size=(60, 30)) as (conversation, pilot):
        await pilot.press("K", "K", "v")
        before = list(conversation._rows)
        await pilot.press("l")
        changed = [
            y for y, (a, b) in enumerate(zip(before, conversation._rows, strict=True)) if a is not b
        ]
        assert len(changed) == 1


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (6, 4), (20, 6)])
async def test_no_pane_is_too_small_to_select_in(size: tuple[int, int]) -> None:
    async with selecting(session(turn(1, "q", MARKDOWN)), size=size) as (conversation, pilot):
        await pilot.press("v", "G", "g", "j", "w", "b", "k", "l", "h", "V", "J", "K")
        seen(conversation)


async def test_without_colours_a_selection_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with selecting(SHORT) as (conversation, pilot):
        assert conversation.app.no_color
        await pilot.press("v", "w", "w")
        _, y = place_of(conversation, "the end")
        marks = [
            (segment.text, segment.style.reverse, segment.style.underline)
            for segment in conversation.render_line(y)
            if segment.style and (segment.style.reverse or segment.style.underline)
        ]
        assert marks == [("the ", True, None), ("e", None, True)] or marks == [
            ("the en", True, None),
            ("d", None, True),
        ]


async def test_every_theme_shows_it_readably() -> None:
    async with selecting(SHORT) as (conversation, pilot):
        assert isinstance(conversation.app, Alone)
        await pilot.press("v", "w")
        for theme in conversation.app.available_themes:
            conversation.app.theme = theme
            await pilot.pause()
            styles = conversation._painter.palette._base
            assert styles["selected"].bgcolor != styles["text"].bgcolor
            assert styles["caret"].bgcolor != styles["selected"].bgcolor


async def test_keys_are_as_many_as_the_help_says() -> None:
    async with selecting(SHORT) as (conversation, pilot):
        assert not [b for b in _active(conversation) if b.startswith("select.")]
        await pilot.press("v")
        active = _active(conversation)
        assert "select.copy" in active
        assert "conversation.retry" not in active
        assert "conversation.find" in active


def _active(conversation: Conversation) -> list[str]:
    return [entry.binding.id or "" for entry in conversation.screen.active_bindings.values()]


async def test_the_place_that_is_read_is_the_cursor_of_the_selection() -> None:
    async with selecting(SHORT) as (conversation, pilot):
        await pilot.press("v", "w")
        column, row = place_of(conversation, "end")
        assert conversation.reading_place == (column, row)

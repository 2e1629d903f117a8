"""What the pane shows, where it stands, and what its keys ask for."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from conversation_app import NOON, USED, long_session, pane, posted, seen, session, text, turn
from textual import events
from textual.widget import Widget

from tui_sessions.model.message import Message
from tui_sessions.model.turn import Alternative
from tui_sessions.model.usage import Usage
from tui_sessions.tui.widgets.conversation.widget import Conversation

MARKDOWN = """\
# Title

A **bold** word, a [link](https://example.org/page) and <b>raw</b>.
Second line.

- [x] done
- [ ] open

| a | b |
|---|--:|
| 1 | 2 |

```python
print("hi")
```

![a cat](cat.png)
"""


async def test_an_empty_pane_says_what_to_do() -> None:
    async with pane(None, empty_text="Press ctrl+n.") as (conversation, _):
        assert "Press ctrl+n." in text(conversation)


async def test_a_session_without_turns_says_so() -> None:
    async with pane(session(system="Be brief"), silent_text="Silence.") as (conversation, _):
        assert "Silence." in text(conversation)
        assert "system · Be brief" in text(conversation)


async def test_markdown_is_shown_as_people_read_it() -> None:
    async with pane(session(turn(1, "ask", MARKDOWN)), size=(70, 30)) as (conversation, _):
        shown = text(conversation)
    for part in (
        "▌ Title",
        "A bold word, a link (https://example.org/page) and <b>raw</b>.",
        "Second line.",
        "✓ done",
        "☐ open",
        "a │ b",
        "1 │ 2",
        " python",
        ' print("hi")',
        "▣ a cat (cat.png)",
    ):
        assert part in shown


async def test_a_header_says_who_when_and_how_much() -> None:
    async with pane(session(turn(1, **USED), turn(2, **USED)), size=(70, 20)) as (conversation, _):
        rows = seen(conversation)
    local = (NOON + timedelta(minutes=2)).astimezone()
    assert f"▎ you  {local:%H:%M}" in rows
    last = next(row for row in reversed(rows) if "assistant" in row)
    assert "assistant · gpt-4o-mini" in last
    assert last.endswith("1.4 s · 187 tok · $0.0034")


async def test_what_is_unknown_is_a_question_mark_and_what_is_inherited_says_so() -> None:
    turns = (turn(1, inherited=True, inherited_usage=Usage(completion_tokens=5)), turn(2))
    async with pane(session(*turns), size=(70, 20)) as (conversation, _):
        headers = [row for row in seen(conversation) if "assistant" in row]
    assert headers[0].endswith("inherited")
    assert headers[1].endswith("? tok · ?")


async def test_an_answer_among_alternatives_says_which_it_is() -> None:
    other = Alternative(message=Message(role="assistant", content="other", timestamp=NOON))
    async with pane(session(turn(1, alternatives=(other,)))) as (conversation, _):
        assert "/2" in text(conversation)


@pytest.mark.parametrize(
    ("finish", "error", "words"),
    [
        ("cancelled", None, "■ stopped — press R to continue, r to try again"),
        ("interrupted", None, "■ interrupted"),
        ("length", None, "cut at the length limit"),
        ("pause", None, "■ paused by the server — press R to continue, r to try again"),
        ("filter", None, "withheld"),
        ("error", "The server said 500.", "✗ The server said 500. — r to retry"),
        ("odd\x1b[31m", None, "ended: odd"),
        ("stop", None, ""),
    ],
)
async def test_an_ending_is_told_in_words(finish: str, error: str | None, words: str) -> None:
    one = session(turn(1, finish=finish, error=error))
    async with pane(one, size=(80, 16)) as (conversation, _):
        assert words in text(conversation)
        assert "\x1b" not in text(conversation)


async def test_hints_name_the_keys_of_the_configuration() -> None:
    async with pane(session(turn(1, finish="cancelled")), hints={"continue": "f3"}) as (pane_, _):
        assert "press f3 to continue, r to try again" in text(pane_)


async def test_a_long_session_opens_at_its_end_and_lays_out_only_what_is_seen() -> None:
    async with pane(long_session(3_000)) as (conversation, _):
        assert "with a second paragraph" in seen(conversation)[-1]
        assert conversation.scroll_y == conversation.max_scroll_y
        assert len(conversation._layout._slots) < 20


async def test_paging_up_shows_every_row_once() -> None:
    async with pane(long_session(30), size=(40, 12)) as (conversation, pilot):
        pages = [seen(conversation)]
        while conversation.scroll_y > 0:
            await pilot.press("pageup")
            pages.append(seen(conversation))
        for below, above in pairwise(pages[:-1]):
            assert [row[1:] for row in above[-2:]] == [row[1:] for row in below[:2]]
        assert "question 0" in "\n".join(pages[-1])


async def test_beginning_and_end_are_one_key_away() -> None:
    async with pane(long_session()) as (conversation, pilot):
        await pilot.press("g")
        assert "question 0" in text(conversation)
        assert not conversation.is_at_end
        await pilot.press("G")
        assert "answer 39" in text(conversation)
        assert conversation.is_at_end


async def test_the_scrollbar_leads_anywhere() -> None:
    async with pane(long_session(500)) as (conversation, pilot):
        conversation.scroll_to(y=0, animate=True)
        await pilot.pause()
        assert "question 0" in text(conversation)
        conversation.scroll_to(y=conversation.max_scroll_y / 2)
        await pilot.pause()
        assert "question 2" in text(conversation)
        conversation.scroll_end()
        await pilot.pause()
        assert conversation.is_at_end


async def test_the_wheel_moves_three_rows() -> None:
    async with pane(long_session()) as (conversation, pilot):
        before = [row[1:] for row in seen(conversation)]
        wheel = events.MouseScrollUp(conversation, 5, 5, 0, -1, 0, False, False, False)
        conversation.post_message(wheel)
        await pilot.pause()
        assert [row[1:] for row in seen(conversation)][3:] == before[:-3]


async def test_a_new_width_keeps_the_words_at_the_top() -> None:
    words = " ".join(f"w{number}" for number in range(400))
    one = session(*(turn(n, f"q{n}", f"first {n}\n\n{words}") for n in range(20)))
    async with pane(one, size=(70, 14)) as (conversation, pilot):
        await pilot.press("pageup", "pageup", "k")
        top = seen(conversation)[0].split()[1]
        for width in (41, 90, 33):
            await pilot.resize_terminal(width, 14)
            await pilot.pause()
            assert top in seen(conversation)[0] or top in seen(conversation)[1]


async def test_at_the_end_a_new_size_stays_at_the_end() -> None:
    async with pane(long_session()) as (conversation, pilot):
        for size in ((30, 9), (80, 30), (50, 12)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert conversation.is_at_end
            assert "with a second paragraph" in seen(conversation)[-1]


async def test_the_same_session_again_keeps_the_place() -> None:
    one = long_session()
    async with pane(one) as (conversation, pilot):
        await pilot.press("pageup", "pageup")
        before = seen(conversation)
        conversation.show(one.with_turn(turn(40)))
        assert seen(conversation)[:-1] == before[:-1]
        assert "new text below" in seen(conversation)[-1]
        conversation.show(session(*one.turns[5:]))
        assert seen(conversation)[:-1] == before[:-1]


async def test_a_session_that_was_left_is_found_where_it_was() -> None:
    one, other = long_session(), long_session(id="s2")
    async with pane(one) as (conversation, pilot):
        await pilot.press("pageup", "pageup", "k")
        before = seen(conversation)
        conversation.show(other)
        assert conversation.is_at_end
        conversation.show(one)
        assert seen(conversation) == before


async def test_the_message_cursor_goes_from_message_to_message() -> None:
    async with pane(long_session(6), size=(60, 10)) as (conversation, pilot):
        assert conversation.current_turn_id == "t5"
        assert conversation.current_message == turn(5).answer
        await pilot.press("left_curly_bracket")
        assert conversation.current_message == turn(5).prompt
        await pilot.press("K", "K")
        assert conversation.current_turn_id == "t4"
        assert "▌ you" in text(conversation)
        await pilot.press("J")
        assert conversation.current_message == turn(4).answer
        await pilot.press("g", "K", "K", "K", "K")
        assert conversation.current_message == turn(0).prompt


async def test_without_the_focus_there_is_no_cursor() -> None:
    async with pane(long_session(6)) as (conversation, pilot):
        assert "▌" in text(conversation)
        Widget.blur(conversation)
        await pilot.pause()
        assert "▌" not in text(conversation)


async def test_a_message_that_leaves_the_view_is_no_longer_current() -> None:
    async with pane(long_session(20), size=(60, 10)) as (conversation, pilot):
        await pilot.press("K", "g")
        assert conversation.current_turn_id in ("t0", "t1")


async def test_keys_ask_for_what_they_say() -> None:
    other = Alternative(message=Message(role="assistant", content="other"))
    one = session(turn(1, "ask", "said", finish="cancelled", alternatives=(other,)))
    async with pane(one) as (conversation, pilot):
        await pilot.press("y", "r", "R", "]", "[", "b", "e", "delete")
        assert posted(conversation) == [
            Conversation.CopyRequested("said", "the answer"),
            Conversation.RetryRequested("t1"),
            Conversation.ContinueRequested("t1"),
            Conversation.AlternativeRequested("t1", 1),
            Conversation.AlternativeRequested("t1", -1),
            Conversation.BranchRequested("t1", "assistant"),
            Conversation.EditRequested("t1"),
            Conversation.DeleteRequested("t1"),
        ]


async def test_a_whole_answer_is_not_continued() -> None:
    async with pane(session(turn(1))) as (conversation, pilot):
        await pilot.press("R")
        assert posted(conversation) == []


async def test_code_is_copied_and_of_several_blocks_the_owner_asks() -> None:
    one = session(
        turn(1, "q", "```py\na = 1\n```"), turn(2, "q", "- x\n  ```\n  b\n  ```\n\n```sh\nc\n```")
    )
    async with pane(one, size=(60, 40)) as (conversation, pilot):
        await pilot.press("c", "K", "K", "c")
        assert posted(conversation) == [
            Conversation.CodeChoice((("", "b"), ("sh", "c"))),
            Conversation.CopyRequested("a = 1", "a code block"),
        ]


async def test_what_is_copied_cannot_command_a_terminal() -> None:
    async with pane(session(turn(1, "q", "a\x1b[201~b"))) as (conversation, pilot):
        await pilot.press("y")
        assert posted(conversation) == [
            Conversation.CopyRequested("a␛[201~b", "the answer", hidden=1)
        ]


async def test_space_shows_thinking_then_folds_then_goes_back() -> None:
    answer = Message(role="assistant", content="1\n\n2\n\n3\n\n4", reasoning="hm hm\nwell")
    one = session(turn(1).with_answer(answer))
    async with pane(one, size=(60, 20)) as (conversation, pilot):
        whole = text(conversation)
        assert "▸ thinking · 3 words" in whole
        assert "well" not in whole
        await pilot.press("space")
        assert "▾ thinking" in text(conversation)
        assert "well" in text(conversation)
        await pilot.press("space")
        assert "▸ 4 more lines · space" in text(conversation)
        await pilot.press("space")
        assert text(conversation) == whole


async def test_the_system_prompt_unfolds() -> None:
    one = session(turn(1), system="first line\nsecond line")
    async with pane(one, size=(60, 20)) as (conversation, pilot):
        assert "▸ system · first line second line" in seen(conversation)[0]
        await pilot.press("K", "K", "space")
        assert "▾ system" in seen(conversation)[0]
        assert "second line" in seen(conversation)[2]


async def test_a_click_chooses_a_message_and_a_link_is_only_asked_for() -> None:
    one = session(turn(1, "q", "see [x](https://e.org/) or [y](ssh://host)"), turn(2))
    async with pane(one, size=(60, 20)) as (conversation, pilot):
        row = next(y for y, line in enumerate(seen(conversation)) if "see x" in line)
        await pilot.click(conversation, offset=(6, row))
        assert posted(conversation) == [Conversation.LinkRequested("https://e.org/")]
        column = seen(conversation)[row].index("y (ssh")
        await pilot.click(conversation, offset=(column, row))
        assert len(posted(conversation)) == 1
        assert conversation.current_turn_id == "t1"


async def test_links_never_reach_the_terminal_as_links() -> None:
    one = session(turn(1, "q", "[x](https://e.org/) <https://e.org> https://e.org"))
    async with pane(one) as (conversation, _):
        for y in range(conversation.size.height):
            assert all(not (s.style and s.style.link) for s in conversation.render_line(y))


async def test_finding_goes_through_the_hits_and_marks_them() -> None:
    turns = [turn(n) for n in range(40)]
    turns[3] = turn(3, "where is the Needle")
    turns[20] = turn(20, "q", "a needle and a needle")
    async with pane(session(*turns)) as (conversation, pilot):
        assert conversation.find("needle") == 3
        assert conversation.current_turn_id == "t20"
        await pilot.press("n")
        assert "where is the Needle" in text(conversation)
        assert conversation.current_turn_id == "t3"
        await pilot.press("N")
        assert conversation.current_turn_id == "t20"
        assert conversation.find("nowhere") == 0
        assert conversation.find("") == 0


async def test_finding_from_the_top_goes_to_the_first_hit_and_not_to_the_last_of_all() -> None:
    turns = [turn(n) for n in range(40)]
    turns[10], turns[30] = turn(10, "a needle here"), turn(30, "a needle there")
    async with pane(session(*turns)) as (conversation, pilot):
        await pilot.press("g")
        assert conversation.find("needle") == 2
        assert conversation.current_turn_id == "t10"


async def test_another_theme_recolours_what_is_drawn() -> None:
    async with pane(session(turn(1, "q", MARKDOWN))) as (conversation, pilot):
        before = [list(conversation.render_line(y)) for y in range(conversation.size.height)]
        pilot.app.theme = "textual-light"
        await pilot.pause()
        after = [list(conversation.render_line(y)) for y in range(conversation.size.height)]
        assert [[s.text for s in row] for row in before] == [[s.text for s in row] for row in after]
        assert all(a != b for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (4, 2), (8, 4), (20, 6), (300, 80)])
async def test_no_size_is_too_small_or_too_large(size: tuple[int, int]) -> None:
    one = session(turn(1, "q", MARKDOWN, finish="cancelled"), system="be kind")
    async with pane(one, size=size) as (conversation, pilot):
        seen(conversation)
        await pilot.press("g", "space", "j", "J", "G")
        seen(conversation)

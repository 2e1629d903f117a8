"""Texts that arrive in pieces become the blocks that they are as a whole."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui_sessions.model.text import clean
from tui_sessions.tui.widgets.conversation.blocks import GrowingText, blocks_of
from tui_sessions.tui.widgets.conversation.body import Body, GrowingBody
from tui_sessions.tui.widgets.conversation.lines import line_cells, line_text
from tui_sessions.tui.widgets.conversation.slots import body_of

FRAGMENTS = (
    "word ", "a|b", "|---|---|", "-|-", "\n", "\n\n", "- ", "* ", "1. ", "2) ", "> ", "# ", "    ", "  ",
    "```", "```py", "~~~", "````", "`", "**", "_", "~~", "[x]", "[ ] ", "[a]: /u", "[a]", "[^1]: note",
    "<div>", "---", "===", "***", "\\(", "\\)", "$$", "![i](u)", "[l](https://e.org)", "https://e.org/a.",
    "日本語", "👩‍👩‍👧", "e\u0301", "\t", "\x1b[31m", "&#x202e;", "def f(): pass", '"""', "\r\n", "\r",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=6)), max_size=40).map(
    "".join
)


def cut(text: str, cuts: list[int]) -> list[str]:
    """`text` in pieces."""
    ends = sorted({min(at, len(text)) for at in cuts})
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]


def rows(body: Body) -> list[str]:
    """What is seen."""
    return [line_text(body.line(index)) for index in range(body.height)]


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 200), max_size=12), st.integers(1, 90))
@example("- a\n**b", [5], 40)
@example("- a\n- b | c\n-|-\n", [4, 12], 40)
@example("[a]\n\n```\n[a]: /u\n```\n[a]: /v\n", [4], 40)
@example("```py\nx = 1\n``", [3, 8], 40)
def test_pieces_give_what_the_whole_gives(text: str, cuts: list[int], width: int) -> None:
    text = clean(text)
    growing, body = GrowingText(), GrowingBody(width)
    for piece in cut(text, cuts):
        growing.feed(piece)
        body.feed(piece)
        rows(body)
    assert growing.text == text
    assert growing.finish() == blocks_of(text)
    whole = Body(blocks_of(text), width)
    finished = body.finished()
    assert [finished.line(i) for i in range(finished.height)] == [
        whole.line(i) for i in range(whole.height)
    ]


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.integers(3, 120))
def test_no_line_is_wider_than_the_width(text: str, width: int) -> None:
    body = Body(blocks_of(clean(text)), width)
    for index in range(body.height):
        line = body.line(index)
        assert line_cells(line) <= max(width, 3)
        assert all(clean(run) == run and "\n" not in run for run, _ in line)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(1, 60), st.integers(1, 60))
def test_a_place_leads_back_to_its_row(text: str, width: int, other: int) -> None:
    body = Body(blocks_of(clean(text)), width)
    relaid = body.relaid(other)
    for index in range(body.height):
        assert 0 <= relaid.row_at(body.place(index)) < max(1, relaid.height)


@pytest.mark.parametrize("mark", ["```", "~~~~"])
def test_a_fence_takes_everything_up_to_its_own_mark(mark: str) -> None:
    (code,) = blocks_of(f"{mark}python x\n# no heading\n``\n\n- no list\n{mark}\n")
    assert getattr(code, "text", "") == "# no heading\n``\n\n- no list"
    assert getattr(code, "language", "") == "python"


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "![" * 200_000, "\n".join("> " * n for n in range(90))]
)
def test_text_made_to_stall_the_parser_is_shown_plain(text: str) -> None:
    assert all(type(block).__name__ == "Plain" for block in blocks_of(text))
    assert "".join(rows(Body(blocks_of(text), 70))).replace(" ", "") == text.replace(
        "\n", ""
    ).replace(" ", "")


def test_text_that_looks_like_a_definition_stays() -> None:
    shown = "\n".join(rows(Body(blocks_of("[error]: failed\n[^1]: a note\n\nsee [error]"), 70)))
    assert "[error]: failed" in shown
    assert "¹ a note" in shown


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=4), st.integers(3, 40))
@example(["```word "], 3)
@example(["```python\nx = 'a\tlong \u4eac\u90fd line of code'\n\nif x: pass\n```"], 9)
def test_a_row_says_without_its_colours_what_it_says_with_them(texts, width) -> None:
    text = clean("\n\n".join(texts))
    growing = GrowingBody(width)
    growing.feed(text)
    for body in (body_of(text, width), growing):
        for row in range(body.height):
            assert body.row_text(row).rstrip() == line_text(body.line(row)).rstrip()


def test_a_row_of_code_is_read_without_being_highlighted() -> None:
    body = body_of("```python\n" + "value = 1\n" * 10 + "```", 40)
    with patch("tui_sessions.tui.widgets.conversation.code.highlighted") as highlighted:
        assert [body.row_text(row).strip() for row in (0, 1)] == ["python", "value = 1"]
    assert not highlighted.called

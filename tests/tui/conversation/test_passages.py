"""The text of what is laid out: nothing lost, nothing added, whatever the width; and every way through it."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from selecting_app import MARKDOWN, READ

from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.tui.widgets.conversation.layout import Anchor, Layout
from tui_sessions.tui.widgets.conversation.lines import line_text
from tui_sessions.tui.widgets.conversation.motions import MOTIONS, by_rows, first, last
from tui_sessions.tui.widgets.conversation.passages import content
from tui_sessions.tui.widgets.conversation.reader import Point, Reader
from tui_sessions.tui.widgets.conversation.selection import (
    Selection,
    Span,
    markdown_of,
    size,
    span,
    text_of,
)
from tui_sessions.tui.widgets.conversation.slots import Folds, Setting
from tui_sessions.tui.widgets.conversation.words import HINTS

WORDS = st.sampled_from(
    [
        "one",
        "two,",
        "a_b",
        "日本語の文",
        "e\u0301tude",
        "👩\u200d💻",
        "x" * 30,
        "**bold**",
        "`code`",
        "(c)",
        "│",
    ]
)
SENTENCE = st.lists(WORDS, min_size=1, max_size=25).map(" ".join)
CODE = st.lists(st.sampled_from(["if x:", "\treturn 1", "    deep", "", "日本" * 20]), max_size=6)
BLOCKS = st.one_of(
    SENTENCE,
    st.lists(SENTENCE, min_size=2, max_size=3).map("\n".join),
    SENTENCE.map("# {}".format),
    SENTENCE.map("> {}".format),
    st.lists(SENTENCE, min_size=1, max_size=4).map(
        lambda items: "\n".join(f"- {i}" for i in items)
    ),
    st.lists(SENTENCE, min_size=1, max_size=3).map(
        lambda items: "\n\n".join(f"1. {i}" for i in items)
    ),
    SENTENCE.map(lambda text: f"- a\n  - {text}\n    - {text}"),
    CODE.map(lambda lines: "\n".join(("```py", *lines, "```"))),
    CODE.map(lambda lines: "\n".join(("- x", "  ```", *(f"  {line}" for line in lines), "  ```"))),
)
TABLE = SENTENCE.map(lambda text: f"| a | b |\n|--|--|\n| {text} | 2 |")
TEXTS = st.lists(BLOCKS, min_size=1, max_size=5).map("\n\n".join)
ANY = st.lists(st.one_of(BLOCKS, TABLE, st.just("---")), min_size=1, max_size=5).map("\n\n".join)
WIDTHS = st.integers(min_value=1, max_value=120)
STEPS = st.lists(st.sampled_from([*MOTIONS, "down", "up", "far down", "far up"]), max_size=30)


def read(*texts: str, width: int = 60, **fields: str) -> Reader:
    """A reader of turns of these texts, prompt and answer in turn."""
    messages = [
        Message(role="user" if n % 2 == 0 else "assistant", content=text)
        for n, text in enumerate(texts)
    ]
    turns = [Turn(id=f"t{n}", messages=tuple(messages[n : n + 2])) for n in range(0, len(texts), 2)]
    layout = Layout(Setting(width, HINTS, None, Folds()))
    layout.load(Session(id="s", turns=tuple(turns), **fields))
    return Reader(layout)


def everything(reader: Reader) -> Span:
    here = Point(0, 0, 0)
    return first(reader, here), last(reader, here)


def shown(reader: Reader) -> str:
    """The letters of all rows that hold text of messages."""
    letters = []
    for slot in range(reader.layout.last + 1):
        for part in reader.layout.slot(slot).parts:
            if part.kind == "body":
                found = [content(part.line(row)) for row in range(part.height)]
                letters += [line.text for line in found if line is not None]
    return squeezed("".join(letters))


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_whole_text_is_what_is_read_at_any_width() -> None:
    for width in (20, 33, 60, 120):
        reader = read(MARKDOWN, width=width)
        assert text_of(reader, everything(reader)) == READ


def test_the_whole_of_a_message_is_its_markdown() -> None:
    reader = read(MARKDOWN, "yes")
    assert markdown_of(reader, everything(reader)) == f"{MARKDOWN}\n\nyes"


@given(ANY, st.integers(min_value=5, max_value=120))
def test_everything_is_exactly_what_is_seen(text: str, width: int) -> None:
    reader = read("ask", text, width=width)
    assert squeezed(text_of(reader, everything(reader))) == shown(reader)


@given(TEXTS, st.integers(min_value=14, max_value=50), st.integers(min_value=51, max_value=150))
def test_what_is_copied_does_not_depend_on_the_width(text: str, narrow: int, wide: int) -> None:
    one, other = read("ask", text, width=narrow), read("ask", text, width=wide)
    assert text_of(one, everything(one)) == text_of(other, everything(other))


@given(ANY, WIDTHS, STEPS)
@example("1. e\u0301tude\n\n1. one", 15, ["last", "far up", "next_word", "word_end"])
@example("caf e\u0301 e\u0301", 15, ["last", "far up", "word_end", "word_end", "former_word"])
def test_no_way_leads_outside(text: str, width: int, steps: list[str]) -> None:
    reader = read("ask", text, "and", "done", width=width)
    point = first(reader, Point(0, 0, 0))
    for step in steps:
        point = moved(reader, point, step)
        anchor = reader.anchor(point)
        row = reader.row(anchor)
        assert row is not None
        assert row.start <= point.offset <= row.last
        assert 0 <= reader.column(point) <= len(line_text(reader.layout.part(anchor)[1]))
        assert reader.cell(point) <= width
        assert reader.point(reader.mark(point)) == point


def moved(reader: Reader, point: Point, step: str) -> Point:
    rows = {"down": 1, "up": -1, "far down": 7, "far up": -7}.get(step)
    if rows is not None:
        return by_rows(reader, point, rows, reader.cell(point))
    return MOTIONS[step](reader, point)


@given(ANY, WIDTHS)
def test_from_character_to_character_one_comes_to_the_end_and_back(text: str, width: int) -> None:
    reader = read(text, width=width)
    begin, end = everything(reader)
    here, seen = begin, [begin]
    while (following := MOTIONS["right"](reader, here)) != here:
        assert following > here
        seen.append(here := following)
    assert span(reader, marked(reader, here, end)) is not None
    assert reader.anchor(here) == reader.anchor(end)
    while (former := MOTIONS["left"](reader, here)) != here:
        here = former
        assert here in seen
    assert here == begin


@given(ANY, WIDTHS)
def test_word_by_word_one_goes_on_until_the_end(text: str, width: int) -> None:
    reader = read(text, "end", width=width)
    begin, end = everything(reader)
    for name, stop in (("next_word", end), ("word_end", end), ("former_word", begin)):
        here = begin if stop is end else end
        for _ in range(5_000):
            following = MOTIONS[name](reader, here)
            if following == here:
                break
            assert (following > here) == (stop is end)
            here = following
        assert here[:2] == stop[:2]


@given(ANY, WIDTHS, WIDTHS, st.floats(min_value=0, max_value=1))
def test_a_mark_is_found_at_another_width(text: str, width: int, other: int, part: float) -> None:
    reader, later = read(text, width=width), read(text, width=other)
    begin, _ = everything(reader)
    pieces = reader.pieces(1)
    piece = int(part * (len(pieces) - 1))
    length = len(reader.passage(begin._replace(piece=piece)).text)
    point = reader.nearest(Point(1, piece, int(part * length)))
    found = later.point(reader.mark(point))
    assert found is not None
    assert found.piece == piece


def marked(reader: Reader, start: Point, caret: Point, unit: str = "character") -> Selection:
    return Selection(reader.mark(start), reader.mark(caret), unit)  # type: ignore[arg-type]


def chosen(reader: Reader, start: str, stop: str, unit: str = "character") -> Span:
    """From the first letter of `start` to the last one of `stop`."""
    found = []
    for words, is_end in ((start, False), (stop, True)):
        for slot in range(reader.layout.last + 1):
            for piece in range(len(reader.pieces(slot))):
                point = Point(slot, piece, 0)
                at = reader.passage(point).text.find(words)
                if at >= 0 and len(found) <= is_end:
                    found.append(point._replace(offset=at + (len(words) - 1) * is_end))
    covered = span(reader, marked(reader, *found, unit))
    assert covered is not None
    return covered


def test_a_part_of_plain_lines_is_its_own_markdown_and_of_others_whole_lines() -> None:
    reader = read(MARKDOWN)
    for start, stop, written in (
        ("econd", "Second li", "econd li"),
        ("bold", "Second", MARKDOWN.split("\n\n")[1]),
        ("inner", "inner", "  - inner item"),
        ("if x", "if x", "```python\n    if x:\n```"),
        ("Title", "bold", "# Title of it\n\n" + MARKDOWN.split("\n\n")[1].split("\n")[0]),
        ("1 │", "1 │", "| 1 | 2 |"),
    ):
        assert markdown_of(reader, chosen(reader, start, stop)) == written


def test_by_lines_a_line_is_whole_however_the_width_broke_it() -> None:
    reader = read(MARKDOWN, width=22)
    assert text_of(reader, chosen(reader, "several", "several", "line")) == READ.split("\n")[2]
    assert text_of(reader, chosen(reader, "fit", "fit", "line")).startswith('\treturn "a long')


def test_by_words_both_ends_are_whole() -> None:
    reader = read("one two_three, four")
    assert text_of(reader, chosen(reader, "wo_", "wo_", "word")) == "two_three"
    assert text_of(reader, chosen(reader, ",", ",", "word")) == ","
    assert text_of(reader, chosen(reader, "e t", "hree", "word")) == "one two_three"


def test_marks_that_belong_to_a_letter_are_copied_with_it() -> None:
    reader = read("e\u0301tude")
    start = Point(1, 0, 0)
    covered = span(reader, marked(reader, start, start))
    assert covered is not None
    assert text_of(reader, covered) == "e\u0301"
    assert MOTIONS["right"](reader, start).offset == 2


def test_messages_are_told_apart_and_headers_left_out() -> None:
    reader = read("a", "b", "c", "d", system="be kind")
    assert text_of(reader, everything(reader)) == "a\n\nb\n\nc\n\nd"


def test_a_line_of_code_without_letters_is_a_row_to_stand_on() -> None:
    reader = read("```\na\n\nb\n```")
    rows = [reader.row(Anchor(1, row)) for row in range(reader.layout.slot(1).height)]
    assert [row.start for row in rows if row is not None] == [0, 2, 3]


def test_how_an_answer_ended_can_be_copied() -> None:
    failed = Turn(
        id="t", messages=(Message(role="user", content="q"),), finish="error", error="Out of money."
    )
    layout = Layout(Setting(80, HINTS, None, Folds()))
    layout.load(Session(id="s", turns=(failed,)))
    reader = Reader(layout)
    assert "Out of money." in text_of(reader, everything(reader))


def test_paragraphs_and_messages_are_gone_to() -> None:
    reader = read("a\n\nb", "```\nc\n\nd\n```\n\ne")
    begin, end = everything(reader)
    found, here = [], begin
    for _ in range(5):
        found.append(reader.passage(here).text[here.offset])
        here = MOTIONS["next_paragraph"](reader, here)
    assert found == ["a", "b", "c", "d", "e"]
    for letter in "dcba":
        here = MOTIONS["former_paragraph"](reader, here)
        assert reader.passage(here).text[here.offset] == letter
    answer = MOTIONS["next_message"](reader, begin)
    assert reader.passage(answer).text == "c\n\nd"
    assert MOTIONS["former_message"](reader, end) == answer
    assert MOTIONS["former_message"](reader, answer) == begin


def test_a_conversation_of_thousands_is_not_laid_out_to_select_in_it() -> None:
    reader = read(*(f"text {number}\n\nmore" for number in range(8_000)))
    begin = first(reader, Point(0, 0, 0))
    end = last(reader, begin)
    assert reader.passage(end).text == "more"
    assert size(reader, (begin, end)) > 80_000
    assert len(reader.layout._slots) < 10


def test_a_megabyte_of_code_is_read_row_by_row() -> None:
    line = "x = 1  # " + "y" * 90
    reader = read("```py\n" + "\n".join([line] * 10_000) + "\n```", width=50)
    begin, end = everything(reader)
    assert end.offset == 10_000 * 100 - 2
    assert text_of(reader, (end._replace(offset=end.offset - 98), end)) == line
    assert reader.row(reader.anchor(end)) is not None
    assert reader.row(reader.anchor(begin)) is not None

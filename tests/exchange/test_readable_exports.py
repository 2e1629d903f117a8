"""Markdown, text and CSV: what a person or a spreadsheet reads."""

from __future__ import annotations

import csv
import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tui_sessions.errors import UsageError
from tui_sessions.exchange.csv_rows import COLUMNS, safe_cell
from tui_sessions.exchange.markdown import open_fence
from tui_sessions.exchange.registry import FORMATS, exporter, format_of_suffix
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn


def exported(format: str, *sessions: Session) -> str:
    return exporter(format).export(sessions).decode()


def said(*contents: str, **message: str) -> Session:
    turns = tuple(
        Turn(id=str(n), messages=(Message(role="assistant", content=text, **message),))
        for n, text in enumerate(contents)
    )
    return Session(id="s1", turns=turns)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_says_title_model_and_contents(format: str, talk: Session) -> None:
    text = exported(format, talk)
    assert "decorators" in text
    assert "gpt-4o-mini" in text
    assert "How do I make a class?" in text


@pytest.mark.parametrize("format", ["markdown", "text"])
def test_the_head_says_what_is_known_of_the_session(format: str, talk: Session) -> None:
    head = exported(format, talk).split("How do I make")[0]
    for fact in ("openai/gpt-4o-mini", "2024-01-08", "python, oop", "docs", "You help.", "212"):
        assert fact in head


@pytest.mark.parametrize("format", ["markdown", "text"])
def test_each_turn_has_tokens_cost_and_time(format: str, talk: Session) -> None:
    text = exported(format, talk)
    assert "212 (25 in, 187 out) tokens · $0.0034 · 1.5 s" in text


@pytest.mark.parametrize("format", ["markdown", "text"])
def test_what_is_unknown_in_an_export_is_a_question_mark_and_never_zero(
    format: str, talk: Session
) -> None:
    last = exported(format, talk).splitlines()[-1]
    assert "? tokens · ? · ?" in last
    assert "stopped by the user" in last


def test_markdown_keeps_contents_as_they_came(talk: Session) -> None:
    assert talk.turns[0].messages[1].text in exported("markdown", talk)


def test_markdown_puts_the_title_on_one_escaped_line(talk: Session) -> None:
    assert exported("markdown", talk).startswith("# Python \\*decorators\\*\n")


def test_markdown_folds_the_reasoning(talk: Session) -> None:
    text = exported("markdown", talk)
    fold = text[text.index("<details>") : text.index("</details>")]
    assert "The person wants a class." in fold


def test_reasoning_cannot_end_its_own_fold() -> None:
    text = exported("markdown", said("x", reasoning="a </details> b"))
    assert text.count("</details>") == 1


def test_a_cut_code_block_does_not_swallow_the_rest(talk: Session) -> None:
    longer = msgspec.structs.replace(talk, turns=(talk.turns[1], talk.turns[0]))
    tokens = MarkdownIt().parse(exported("markdown", longer))
    heads = [tokens[i + 1].content for i, t in enumerate(tokens) if t.tag == "h2" and t.nesting > 0]
    assert heads == ["Turn 1", "Turn 2"]


@given(st.lists(st.sampled_from(["```", "~~~", "````", "``` py", "text", "", "`x`"]), max_size=8))
def test_a_fence_is_open_exactly_where_markdown_says_so(lines: list[str]) -> None:
    text = "\n".join(lines)
    closed = text + "\n" + (open_fence(text) or "") + "\n\n# after"
    assert any(token.tag == "h1" for token in MarkdownIt().parse(closed))


def test_several_sessions_follow_each_other(talk: Session) -> None:
    other = msgspec.structs.replace(talk, id="other", title="Second")
    for format in ("markdown", "text"):
        text = exported(format, talk, other)
        assert text.index("decorators") < text.index("Second")


def test_an_inherited_turn_shows_what_it_cost_and_that_the_parent_counts_it(talk: Session) -> None:
    branch = msgspec.structs.replace(talk, turns=(talk.turns[0].as_inherited(),))
    text = exported("text", branch)
    assert "$0.0034" in text
    assert "counted in the parent" in text
    assert "Cost: $0\n" in text


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_has_a_row_for_each_message_and_figures_once_a_turn(talk: Session) -> None:
    rows = rows_of(exported("csv", talk))
    assert [row["role"] for row in rows] == ["user", "assistant", "user", "assistant"]
    assert [row["cost_usd"] for row in rows] == ["", "0.0034", "", "?"]
    assert [row["total_tokens"] for row in rows] == ["", "212", "", "?"]
    assert rows[1]["content"] == talk.turns[0].messages[1].text
    assert tuple(rows[0]) == COLUMNS


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_cells_cannot_be_formulas(text: str) -> None:
    assert rows_of(exported("csv", said(text)))[0]["content"] == "'" + text


def test_numbers_in_csv_stay_numbers() -> None:
    assert safe_cell(-1.5) == -1.5


def test_a_lone_surrogate_breaks_no_format() -> None:
    for format in FORMATS:
        assert exporter(format).export([said("half \ud83d a sign")])
        assert exporter(format).export([said("a"), said("half \ud83d a sign")])


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean markdown"):
        exporter("markdwon")
    with pytest.raises(UsageError, match="csv"):
        exporter("docx")


def test_short_names_and_file_endings_are_understood() -> None:
    assert exporter("md") is exporter("markdown")
    assert format_of_suffix(".TXT") == "text"
    assert format_of_suffix(".docx") is None

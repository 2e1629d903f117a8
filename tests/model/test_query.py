"""The filter language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.errors import UsageError
from tui_sessions.model.money import Cost
from tui_sessions.model.query import Query, QueryError, Term, parse_query
from tui_sessions.model.query_keys import KEYS
from tui_sessions.model.query_parse import MOST_TERMS
from tui_sessions.model.results import DamagedRow, SessionRow
from tui_sessions.model.text import clean_line

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROW = SessionRow(
    id="k1",
    path="work/api/oauth.json",
    title="OAuth with PKCE",
    model="openai/gpt-4o",
    tags=("Python", "api"),
    project="docs",
    system="Be brief.",
    created_at=NOW - timedelta(days=3),
    updated_at=NOW,
    meta={"importance": "high", "pinned": True, "Ticket": 4711},
    parent_id="p",
    turns=5,
    tokens=12_000,
    cost=Cost(50_000_000, 1, 0),
    has_code=True,
)


@pytest.mark.parametrize(
    "text",
    ["", "oauth", "OAUTH pkce", '"with pkce"', "tag:python", "-tag:rust", "model:gpt", "provider:openai",
     "folder:work", "folder:work/api/", "project:docs", "status:active", "title:pkce", "system:brief",
     "meta.importance:high", "meta.TICKET:47", "meta.ticket:*", "meta.project:doc", "meta.tags:api",
     "is:branch", "is:pinned", "-is:interrupted", "tag:", "work api", "gpt-4o", "tag:py*", "TAG:api", "oau*",
     "rust OR oauth", "rust OR -java", "oauth rust OR pkce", "AND oauth AND pkce", "NOT rust", "NOT -oauth",
     "has:code -has:notes", "has:tags", "has:project", "cost:0.05", "cost:>0.01", "cost>=$.05", "cost:<1",
     "cost:0.01..0.05", "cost:..0.05", "turns:5", "turns:>=5 turns:<=5", "turns:3..", "-turns:>5", "tokens:12k",
     "tokens:>11,999", "tokens:1.2k..0.1m", "since:4d", "until:2d", "since:2026-11-17", "-since:today",
     "text:anything", "-text:anything", "role:user", 'tag:"api"', 'turns:>"4"', "tag:*", "is:PINNED"],
)  # fmt: skip
def test_what_holds_matches(text: str) -> None:
    assert parse_query(text, NOW).matches(ROW)


@pytest.mark.parametrize(
    "text",
    ["rust", "-oauth", "tag:pyth", "folder:wor", "folder:/", "oauth rust", "model:claude", "pkceoauth", "docsopenai",
     "rust OR java", "oauth OR pkce rust", "NOT oauth", "NOT NOT -oauth", "-tag:py*", "is:starred", "is:damaged",
     "has:attachment", "cost:>0.05", "cost:0.06..0.1", "turns:6..", "tokens:<12k", "since:2d", "until:4d",
     "-turns:3..10", "meta.ticket:48", "meta.gone:*", "status:done", "project:doc* title:none"],
)  # fmt: skip
def test_what_does_not_hold_does_not_match(text: str) -> None:
    assert not parse_query(text, NOW).matches(ROW)


def test_what_is_unknown_meets_no_bound_but_its_opposite() -> None:
    unknown = SessionRow(id="u", path="u.json", title="U", cost=Cost(0, 0, 1))
    for text in (
        "cost:0",
        "cost:>=0",
        "cost:<=9",
        "tokens:>=0",
        "tokens:<9",
        "since:9y",
        "until:today",
    ):
        assert not parse_query(text, NOW).matches(unknown)
        assert parse_query(f"-{text}", NOW).matches(unknown)


def test_a_sum_with_unknown_parts_is_at_least_what_is_known_of_it() -> None:
    partly = SessionRow(id="u", path="u.json", title="U", cost=Cost(20_000_000, 1, 1))
    assert parse_query("cost:>0.01").matches(partly)
    assert not parse_query("cost:<0.03").matches(partly)
    assert not parse_query("cost:0.02").matches(partly)
    assert not parse_query("cost:0.01..0.03").matches(partly)


def test_dates_go_by_when_it_began_and_only_else_by_the_file() -> None:
    assert not parse_query("since:1d", NOW).matches(ROW)
    undated = SessionRow(id="u", path="u.json", title="U", updated_at=NOW)
    assert parse_query("since:1d", NOW).matches(undated)


def test_accents_and_case_do_not_hide_what_is_meant() -> None:
    row = SessionRow(id="u", path="cafe\u0301.json", title="STRASSE naïve", tags=("Ünïcode",))
    for text in ("café", "straße", "nai\u0308ve", "tag:ÜNÏCODE"):
        assert parse_query(text).matches(row)


def test_dates_count_from_the_present_without_a_given_one() -> None:
    (term,) = parse_query("since:1d").terms
    assert term.number is not None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=term.number)
    assert timedelta(0) <= datetime.now(UTC) - timedelta(days=1) - moment < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "marked", "suggestion", "sentence"),
    [
        ("tga:python", "tga:", "tag:", "The filter has no key 'tga' (at character 1). Did you mean tag:?"),
        ("oauth -tagg:x", "tagg:", "tag:", "(at character 8). Did you mean tag:?"),
        ("after:7d", "after:", "since:", "Did you mean since:?"),
        ("pinned:yes", "pinned:", "is:pinned", "Did you mean is:pinned?"),
        ("foo:bar", "foo:", "", 'Write "foo:bar" in quotes'),
        ("meta:x", "meta:", "meta.", "Did you mean meta.KEY:?"),
        ("mta.importance:x", "mta.importance:", "meta.importance:", "Did you mean meta.importance:?"),
        ("meta.:x", "meta.:", "", "Write meta.KEY:value."),
        ("meta.notes:x", "meta.notes:", "text:", "Did you mean text:?"),
        ("cost:>abc", ">abc", "", "cost: takes dollars like cost:>0.05, not '>abc' (at character 6)."),
        ("cost:1,5", "1,5", "", "takes dollars"),
        ("a turns:>", ">", "", "turns: takes a number like turns:>=10, not '>' (at character 9)."),
        ("turns:1.5", "1.5", "", "takes a number"),
        ("turns:10..3", "10..3", "3..10", "runs backwards (at character 7). Did you mean 3..10?"),
        ("tokens:..", "..", "", "takes a number"),
        ("since:never", "never", "", "'never' is no date (at character 7). Write 2026-01-31"),
        ('until:"the end"', '"the end"', "", "'the end' is no date"),
        ("is:pined", "pined", "pinned", "is:pined is not known (at character 4). Did you mean is:pinned?"),
        ("is:blue", "blue", "", "Known: is:pinned, is:starred, is:branch"),
        ("is:*", "*", "", "Known: is:pinned"),
        ("has:cod", "cod", "code", "Did you mean has:code?"),
        ("role:robot", "robot", "", "Known: role:user, role:assistant"),
        ("status:archvied", "archvied", "archived", "Did you mean status:archived?"),
        ("(meta.a:b)", "(", "", "knows no brackets"),
        ("(tag:a OR tag:b) c", "(", "", "knows no brackets (at character 1). Write"),
    ],
)  # fmt: skip
def test_a_mistake_is_pointed_at_with_what_was_meant(
    text: str, marked: str, suggestion: str, sentence: str
) -> None:
    with pytest.raises(QueryError) as raised:
        parse_query(text, NOW)
    error = raised.value
    assert sentence in str(error)
    assert text[error.start : error.end] == marked
    assert error.suggestion == suggestion
    assert error.exit_code == UsageError.exit_code
    assert f"(at character {error.start + 1})" in str(error)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_one_letter_off_is_recognised(key: str) -> None:
    for typo in (f"{key}{key[-1]}", f"{key[:-1]}x"):
        if len(key) > 2 and typo not in KEYS:
            with pytest.raises(QueryError) as raised:
                parse_query(f"{typo}:value")
            assert raised.value.suggestion == f"{key}:"


@pytest.mark.parametrize(
    "word",
    ["http://x", "12:30", "foo::bar", "C:\\dir", "localhost:8080", "Error:", "main.py:12", "模型:x", "--flag", "a-b"],
)  # fmt: skip
def test_what_is_plainly_no_key_is_a_word(word: str) -> None:
    assert parse_query(word) == Query.of(Term("", word.casefold()))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("jwt tag:", "jwt"),
        ("jwt -tag:", "jwt"),
        ('jwt tag:"', "jwt"),
        ("jwt turns:", "jwt"),
        ("jwt meta.x:", "jwt"),
        ("jwt OR", "jwt"),
        ("jwt OR tag: x", "jwt x"),
        ("OR jwt", "jwt"),
        ("jwt tag: OR x", "jwt x"),
        ("jwt NOT", "jwt"),
        ("jwt -", "jwt"),
        ("jwt *", "jwt"),
        ('jwt ""', "jwt"),
        ('"jwt auth', '"jwt auth"'),
        ('text:"jwt auth', 'text:"jwt auth"'),
    ],
)
def test_what_is_half_typed_is_left_out(text: str, whole: str) -> None:
    assert parse_query(text) == parse_query(whole)


def test_or_binds_tighter_than_the_space() -> None:
    word = {name: Term("", name) for name in "abcd"}
    assert parse_query("a b OR c OR d").groups == ((word["a"],), (word["b"], word["c"], word["d"]))
    assert parse_query("a OR AND b").groups == ((word["a"],), (word["b"],))


def test_phrases_and_beginnings_are_told_apart() -> None:
    assert parse_query('"JWT auth"').terms == (Term("", "jwt auth", is_phrase=True),)
    assert parse_query("auth*").terms == (Term("", "auth", is_prefix=True),)
    assert parse_query('-text:"jwt au"*').terms == (
        Term("text", "jwt au", is_negated=True, is_phrase=True, is_prefix=True),
    )
    assert parse_query('a"b c"').terms == (Term("", "a"), Term("", "b c", is_phrase=True))
    assert parse_query('"a*"').terms == (Term("", "a*", is_phrase=True),)


def test_over_text_moves_plain_words_alone_into_the_conversation() -> None:
    query = parse_query("jwt -draft OR tag:x")
    assert not query.has_text
    moved = query.over_text()
    assert [term.key for term in moved.terms] == ["text", "text", "tag"]
    assert moved.groups[1][0] == Term("text", "draft", is_negated=True)
    assert moved.has_text
    assert moved.matches(SessionRow(id="u", path="u.json", title="U"))


def test_roles_say_whose_messages_are_looked_into() -> None:
    assert parse_query("jwt").roles == frozenset()
    assert parse_query("role:user jwt").roles == {"user"}
    assert parse_query("role:user OR role:tool jwt").roles == {"user", "tool"}
    assert parse_query("-role:assistant").roles == {"user", "system", "tool"}


def test_more_terms_are_one_more_group_each() -> None:
    query = parse_query("a OR b").and_also(Term("tag", "x"), Term("tag", "y"))
    assert query == parse_query("a OR b tag:x tag:y")
    assert Query().is_empty
    assert not query.is_empty


def test_a_pasted_text_is_refused_in_a_sentence() -> None:
    assert len(parse_query("word " * MOST_TERMS).terms) == MOST_TERMS
    with pytest.raises(QueryError, match=f"more than {MOST_TERMS} words"):
        parse_query("word " * (MOST_TERMS + 1))


@pytest.mark.parametrize(
    ("text", "is_meant"),
    [("", True), ("is:damaged", True), ("-is:damaged", False), ("broken", True), ("folder:work", True),
     ("title:broken", True), ("title:work", False), ("tag:x", False), ("turns:0", False), ("since:2d", True),
     ("until:2d", False), ("folder:other OR is:damaged", True)],
)  # fmt: skip
def test_damaged_files_are_found_by_what_is_known_of_them(text: str, is_meant: bool) -> None:
    row = DamagedRow(path="work/broken.json", reason="", updated_at=NOW)
    assert parse_query(text, NOW).matches_damaged(row) is is_meant


PIECES = (
    *(f"{key}:" for key in KEYS), "meta.", "meta.a:", ":", "::", "-", "--", '"', "*", " ", "OR", "AND", "NOT", ">", ">=",
    "<", "=", "..", "$", "1", "0.5", "10k", "9" * 30, "7d", "9999-12-31", "today", "pinned", "code", "user", "(", ")", "//",
    "tga:", "é", "\ud800", "\x00", "\n", "\u202e", "日本", "word",
)  # fmt: skip


def mistake_in(text: str) -> QueryError | None:
    try:
        parse_query(text, NOW)
    except QueryError as error:
        return error
    return None


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join))
def test_any_text_is_a_query_or_a_mistake_with_its_place(text: str) -> None:
    error = mistake_in(text)
    if error is None:
        query = parse_query(text, NOW)
        assert all(group for group in query.groups)
        query.matches(ROW)
        query.over_text().matches(ROW)
    else:
        assert 0 <= error.start <= error.end <= len(text)
        assert text[error.start : error.end].strip()
        assert clean_line(str(error)) == str(error)


@given(st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
def test_taking_a_suggestion_mends_the_mistake_at_that_place(text: str) -> None:
    error = mistake_in(text)
    if error is not None and error.suggestion:
        left = mistake_in(text[: error.start] + error.suggestion + text[error.end :])
        assert left is None or (left.start, left.suggestion) != (error.start, error.suggestion)

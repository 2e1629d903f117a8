"""What a box offers while a filter is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.query import QueryError, parse_query
from tui_sessions.model.query_keys import KEYS
from tui_sessions.model.query_words import MOST, Suggestion, suggestions

IN_USE = {
    "tags": ("python", "web api", 'od"d', "pinboard", "wild*"),
    "models": ("openai/gpt-4o", "openai/o3", "anthropic/claude", "local"),
    "projects": ("docs",),
    "folders": ("work", "work/api", "my notes"),
}


def offered(text: str) -> list[str]:
    """The whole texts that come of taking each offer at the `|`."""
    cursor = text.index("|")
    text = text.replace("|", "")
    return [
        text[: one.start] + one.text + text[one.end :]
        for one in suggestions(text, cursor, **IN_USE)
    ]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("ta|", ["tag:", "has:tags"]),
        ("-t|", ["-tag:", "-title:", "-text:", "-turns:", "-tokens:"]),
        ("x met|", ["x meta."]),
        ("tag:|", ["tag:python", 'tag:"web api"', "tag:pinboard", 'tag:"wild*"']),
        ("tag:P|", ["tag:python", "tag:pinboard", 'tag:"web api"']),
        ("tag:api|", ['tag:"web api"']),
        ('tag:"web |', ['tag:"web api"']),
        ('tag:"we|b" x', ['tag:"web api" x']),
        ("tag:py|thn rest", ["tag:python rest"]),
        ("tag:python|", []),
        ("pin|", ["is:pinned", "tag:pinboard"]),
        ("cod|", ["has:code"]),
        ("is:b|", ["is:branch"]),
        ("-has:n|", ["-has:notes"]),
        ("role:|", ["role:user", "role:assistant", "role:system", "role:tool"]),
        ("status:a|", ["status:active", "status:archived"]),
        ("model:gpt|", ["model:openai/gpt-4o"]),
        ("provider:|", ["provider:openai", "provider:anthropic"]),
        ("project:|", ["project:docs"]),
        ("folder:work/|", ["folder:work/api"]),
        ("folder:my|", ['folder:"my notes"']),
        ("since:y|", ["since:yesterday"]),
        ("turns:>|", ["turns:>=10"]),
        ("meta.x:|", []),
        ('"a phrase|', []),
        ("zzz|", []),
    ],
)
def test_what_is_offered_completes_what_is_begun(text: str, whole: list[str]) -> None:
    assert offered(text) == whole


def test_at_an_empty_place_every_key_is_offered_with_what_it_does() -> None:
    found = suggestions("jwt ", 4)
    assert [one.text for one in found] == [*(f"{key}:" for key in KEYS), "meta."]
    assert all(one.what for one in found)
    assert (found[0].start, found[0].end) == (4, 4)


def test_values_say_what_they_mean() -> None:
    assert suggestions("is:pi", 5) == (Suggestion(3, 5, "pinned", "kept at the top"),)


def test_no_more_is_offered_than_a_person_reads() -> None:
    assert len(suggestions("tag:", 4, tags=[f"t{n}" for n in range(1000)])) == MOST


@pytest.mark.parametrize("key", KEYS)
def test_what_is_offered_for_a_key_is_understood(key: str) -> None:
    for text in offered(f"{key}:|"):
        assert parse_query(text).terms[0].key == key


def mistake_in(text: str) -> QueryError | None:
    try:
        parse_query(text)
    except QueryError as error:
        return error
    return None


@given(st.text(alphabet='tagis:"- *>meta.\n', max_size=12), st.integers(-1, 13))
def test_offers_lie_within_the_text_wherever_the_cursor_is(text: str, cursor: int) -> None:
    for one in suggestions(text, cursor, **IN_USE):
        assert 0 <= one.start <= one.end <= len(text)
        error = mistake_in(text[: one.start] + one.text + text[one.end :])
        # A mistake may stand elsewhere; what was put there is none.
        assert error is None or not one.start < error.end <= one.start + len(one.text)

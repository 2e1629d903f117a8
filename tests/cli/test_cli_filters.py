"""Every filter option is a term of the one language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tui_sessions.cli.filters import query_of
from tui_sessions.errors import UsageError
from tui_sessions.model.query import Query, parse_query
from tui_sessions.model.results import SessionRow

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOTHING: dict[str, Any] = {
    **dict.fromkeys(("model", "provider", "project", "status", "folder", "title", "text", "since")),
    **dict.fromkeys(("until", "system_contains", "min_turns", "max_turns", "min_cost", "max_cost")),
    "tags": (),
    "meta": (),
}


@pytest.mark.parametrize(
    ("option", "value", "written"),
    [
        ("model", "GPT", "model:gpt"),
        ("provider", "openai", "provider:openai"),
        ("project", "docs", "project:docs"),
        ("status", "Archived", "status:archived"),
        ("folder", "Work/api", "folder:work/api"),
        ("title", "oauth", "title:oauth"),
        ("text", "jwt", "text:jwt"),
        ("text", "jwt auth", 'text:"jwt auth"'),
        ("text", "jwt*", "text:jwt*"),
        ("system_contains", "brief", "system:brief"),
        ("tags", ("Go", "rest"), "tag:go tag:rest"),
        ("meta", ("Priority=High",), "meta.priority:high"),
        ("meta", ("project=docs", "tags=go", "status=done"), "project:docs tag:go status:done"),
        ("since", "7d", "since:7d"),
        ("until", "2026-01-31", "until:2026-01-31"),
        ("min_turns", 2, "turns:>=2"),
        ("max_turns", 0, "turns:<=0"),
        ("min_cost", "0.05", "cost:>=0.05"),
        ("max_cost", "0.5", "cost:<=0.5"),
    ],
)
def test_an_option_means_what_is_written_for_it(option: str, value: Any, written: str) -> None:
    assert query_of({**NOTHING, option: value}, "", NOW) == parse_query(written, NOW)


def test_dollars_may_have_their_sign() -> None:
    (term,) = query_of({**NOTHING, "min_cost": "$0.05"}, "", NOW).terms
    assert (term.op, term.number) == (">=", 50_000_000)


def test_options_that_are_left_out_leave_everything() -> None:
    assert query_of(NOTHING, "", NOW) == Query()
    assert query_of({**NOTHING, "since": "", "title": ""}, "", NOW).is_empty


def test_options_and_words_must_all_hold() -> None:
    query = query_of({**NOTHING, "tags": ("x",), "min_turns": 1}, "a OR b -c", NOW)
    assert query == parse_query("a OR b -c tag:x turns:>=1")


@pytest.mark.parametrize("option", ["min_cost", "max_cost"])
@pytest.mark.parametrize("value", ["much", "NaN", "inf", ""])
def test_an_amount_that_is_none_is_told_with_its_option(option: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"--{option.replace('_', '-')} takes dollars"):
        query_of({**NOTHING, option: value}, "", NOW)


def test_an_amount_beyond_all_measure_finds_nothing_and_breaks_nothing() -> None:
    query = query_of({**NOTHING, "min_cost": "1e999999999"}, "", NOW)
    assert not query.matches(SessionRow(id="a", path="a.json", title="A"))

"""`stats`: the sums of a library against sums added up by hand."""

from __future__ import annotations

import csv
import io
import json

import pytest

SMALL, LARGE, LOCAL = "openai/gpt-4o-mini", "anthropic/claude-sonnet-4", "ollama/llama3.2"


def turn(at: str, model: str, cost: float | None, tokens: tuple[int, int], **values) -> dict:
    return {
        "messages": [
            {"role": "user", "content": "Q", "timestamp": at},
            {"role": "assistant", "content": "A", "timestamp": at, "model": model},
        ],
        "usage": {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]},
        "latency_ms": 1000.0,
        "first_token_ms": 500.0,
        "finish": "stop",
        **({} if cost is None else {"cost_estimate": cost}),
        **values,
    }


@pytest.fixture
def spent(put) -> None:
    """Four answers: 0.25 + 0.75 + 0.75 dollars, and one unpriced that failed."""
    put(
        "decorators.json", id="deco00000001", title="Python decorators",
        turns=[
            turn("2026-03-14T09:10:00+00:00", SMALL, 0.25, (100, 50)),
            turn("2026-03-13T14:20:00+00:00", LARGE, 0.75, (2000, 500), latency_ms=3000.0),
        ],
        meta={"tags": ["python"], "project": "docs"},
    )  # fmt: skip
    put(
        "work/oauth.json", id="oauth0000001", title="OAuth", status="completed",
        turns=[turn("2026-03-10T09:00:00+00:00", LARGE, 0.75, (3000, 700))],
        meta={"tags": ["python", "go"]},
    )  # fmt: skip
    put(
        "work/api/local.json", id="local0000001", title="At home",
        turns=[turn("2026-02-10T09:30:00+00:00", LOCAL, None, (40, 10), finish="error")],
    )  # fmt: skip


def by(run, *arguments: str) -> dict[str, dict]:
    """The records by their first column."""
    records = run("stats", *arguments, "--format", "json").json
    return {next(iter(record.values())): record for record in records}


def test_the_totals_are_the_sums_of_all_files(run, spent):
    found = run("stats", "--format", "json").json
    assert (found["answers"], found["sessions"], found["errors"]) == (4, 3, 1)
    assert (found["cost"], found["unknown_costs"]) == (1.75, 1)
    assert (found["prompt_tokens"], found["completion_tokens"]) == (5140, 1260)
    assert (found["tokens"], found["unknown_tokens"]) == (6400, 0)
    assert found["mean_tokens_per_session"] == 2133
    assert found["mean_prompt_tokens"] == 1285
    assert found["busiest_model"] == LARGE
    assert (found["library_sessions"], found["library_active"]) == (3, 2)


def test_the_totals_are_read_line_by_line(run, spent):
    lines = run("stats").lines
    assert lines[0].split(":")[1].strip() == "$1.75 + 1 unpriced"
    assert any(line.startswith("Busiest model:") and line.endswith(LARGE) for line in lines)
    assert any("3 sessions, 2 active, 8 messages" in line for line in lines)


def test_every_dimension_adds_up_to_the_whole(run, spent):
    for dimension in ("day", "week", "month", "hour", "weekday-hour", "model", "provider",
                      "persona", "project", "folder", "status", "session"):  # fmt: skip
        records = run("stats", "--by", dimension, "--format", "json").json
        assert sum(record["answers"] for record in records) == 4, dimension
        assert sum(record["cost"] or 0 for record in records) == 1.75, dimension
        assert sum(record["unknown_costs"] for record in records) == 1, dimension


def test_models_stand_dearest_first_and_what_is_unpriced_is_unknown(run, spent):
    records = run("stats", "--by", "model", "--format", "json").json
    assert [record["model"] for record in records] == [LARGE, SMALL, LOCAL]
    assert [record["cost"] for record in records] == [1.5, 0.25, None]
    assert records[2]["errors"] == 1


def test_a_session_with_several_tags_counts_under_each(run, spent):
    found = by(run, "--by", "tag")
    assert (found["python"]["cost"], found["go"]["cost"]) == (1.75, 0.75)
    assert found[""]["unknown_costs"] == 1


def test_since_and_until_mean_when_answers_were_given(run, spent):
    assert by(run, "--by", "session", "--since", "2026-03-14").keys() == {"Python decorators"}
    found = run("stats", "--since", "2026-03-13", "--until", "2026-03-13", "--format", "json").json
    assert (found["answers"], found["cost"]) == (1, 0.75)
    assert run("stats", "-q", "until:2026-02-28", "--format", "json").json["answers"] == 1


def test_filters_say_of_which_sessions(run, spent):
    assert run("stats", "--tag", "go", "--format", "json").json["cost"] == 0.75
    assert run("stats", "--folder", "work", "--format", "json").json["answers"] == 2
    assert run("stats", "-q", "tag:python -tag:go", "--format", "json").json["cost"] == 1.0


def test_days_count_back_from_today(run, spent, monkeypatch):
    from datetime import UTC, datetime

    from tui_sessions.cli.call import Call

    monkeypatch.setattr(Call, "now", lambda self: datetime(2026, 3, 14, 20, tzinfo=UTC))
    assert run("stats", "--days", "2", "--format", "json").json["cost"] == 1.0
    assert run("stats", "--days", "1", "--format", "json").json["cost"] == 0.25


def test_two_dimensions_break_the_one_down_by_the_other(run, spent):
    records = run("stats", "--by", "month", "--by", "model", "--format", "json").json
    assert [(r["month"], r["model"], r["cost"]) for r in records] == [
        ("2026-02", LOCAL, None),
        ("2026-03", LARGE, 1.5),
        ("2026-03", SMALL, 0.25),
    ]


def test_only_the_dearest_where_so_many_are_asked_for(run, spent):
    assert list(by(run, "--by", "session", "--top", "1")) == ["Python decorators"]
    days = run("stats", "--by", "day", "--top", "2", "--format", "json").json
    assert [record["day"] for record in days] == ["2026-03-10", "2026-03-13"]


def test_how_quickly_models_answer(run, spent):
    found = by(run, "--performance")
    assert found[LARGE]["latency_median_ms"] == 2000.0
    assert found[SMALL]["first_token_median_ms"] == 500.0
    assert found[SMALL]["tokens_per_s_median"] == 100.0
    assert found[LOCAL]["error_rate"] == 1.0
    assert found[LOCAL]["cost_per_1k_tokens"] is None
    assert by(run, "--performance", "--by", "provider").keys() == {"openai", "anthropic", "ollama"}


def test_of_one_session_all_that_its_file_tells(run, spent):
    found = run("stats", "deco", "--format", "json").json
    assert (found["messages"], found["messages_by_role"]) == (4, {"user": 2, "assistant": 2})
    assert (found["tokens"], found["cost"], found["unknown_costs"]) == (2650, 1.0, 0)
    assert (found["mean_response_ms"], found["duration_s"]) == (2000.0, 67800.0)
    assert [(m["model"], m["cost"]) for m in found["models"]] == [(LARGE, 0.75), (SMALL, 0.25)]
    lines = run("stats", "deco").lines
    assert any(line.startswith("Mean response time:") and "2.0 s" in line for line in lines)
    assert any(line.startswith("Duration:") and "18 h 50 min" in line for line in lines)
    one = run("stats", "deco", "--format", "jsonl").json
    assert one == found
    (row,) = csv.DictReader(io.StringIO(run("stats", "deco", "--format", "csv").out))
    assert row["messages_by_role"] == "user: 2, assistant: 2"


def test_one_session_agrees_with_the_library(run, spent):
    sessions = by(run, "--by", "session")
    for name, record in sessions.items():
        own = run("stats", record["session"], "--format", "json").json
        assert (own["answers"], own["cost"], own["tokens"]) == (
            record["answers"],
            record["cost"],
            record["tokens"],
        ), name


def test_formats_hold_the_same_numbers(run, spent):
    records = run("stats", "--by", "model", "--format", "json").json
    lines = run("stats", "--by", "model", "--format", "jsonl").lines
    assert [json.loads(line) for line in lines] == records
    rows = list(csv.DictReader(io.StringIO(run("stats", "--by", "model", "--format", "csv").out)))
    assert [row["cost"] for row in rows] == ["1.5", "0.25", "?"]
    piped = run("stats", "--by", "model").lines
    assert piped[0].split("\t") == [LARGE, "1.5", "0", "2", "2", "6200"]


def test_on_a_terminal_there_are_small_bars(run, spent, watched):
    watched("stdout")
    found = run("stats", "--by", "model")
    assert "━━━━" in found.out
    assert "UNPRICED" in found.out
    assert "+1" in found.out
    assert "━━━━" in run("stats").out


def test_what_cannot_be_meant_is_told(run, spent):
    for arguments in (
        ("deco", "--by", "model"),
        ("deco", "--tag", "x"),
        ("--days", "3", "--since", "7d"),
        ("--performance", "--by", "tag"),
        ("--by", "day", "--by", "model", "--by", "tag"),
        ("--by", "nonsense"),
        ("--since", "nonsense"),
    ):
        assert run("stats", *arguments).code == 2, arguments
    assert run("stats", "nobody").code == 1


def test_nothing_in_the_scope_is_said_and_ends_with_one(run, spent):
    found = run("stats", "--by", "model", "--tag", "none")
    assert (found.code, found.out) == (1, "")
    assert "Nothing was asked" in found.err
    assert run("stats", "--tag", "none", "--format", "json").json["cost"] == 0


def test_an_empty_library_has_statistics_too(run, folder):
    found = run("stats")
    assert found.code == 1
    assert "no sessions yet" in found.err


def test_control_characters_of_files_do_not_reach_a_terminal(run, put, watched):
    put(
        "bad.json", id="bad000000001", title="x\x1b]0;y\x07",
        turns=[turn("2026-03-14T09:10:00+00:00", "a/\x1b[31mb", 1.0, (1, 1))],
        meta={"tags": ["t\x9b"], "project": "p\x1b"},
    )  # fmt: skip
    watched("stdout")
    for dimension in ("model", "tag", "project", "session"):
        out = run("stats", "--by", dimension).out
        for code in ("\x1b]0", "\x1b[31m", "\x9b", "\x07"):
            assert code not in out


def test_what_is_unpriced_has_a_column_where_something_is_and_in_every_pipe(run, spent, watched):
    watched("stdout")
    assert "UNPRICED" in run("stats", "--by", "model").out
    assert "UNPRICED" not in run("stats", "--by", "model", "--tag", "python").out


def test_tokens_that_nobody_knows_are_no_nought_in_a_pipe(run, put):
    put(
        "mute.json", id="mute00000001",
        turns=[turn("2026-03-14T09:10:00+00:00", SMALL, 0.25, (1, 1), usage=None)],
    )  # fmt: skip
    assert run("stats", "--by", "model").out.split() == [SMALL, "0.25", "0", "1", "1", "?"]

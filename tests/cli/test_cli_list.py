"""`list`: what is found, in which order, in which form."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tui_sessions.cli.layout import Heading, table_lines

Put = Callable[..., Path]
BOTH = ["h2c7d8e9f0aa", "k3v9x2m7q0ab"]


@pytest.mark.usefixtures("two")
def test_sessions_are_listed_the_newest_first_with_their_figures(run) -> None:
    found = run("list")
    assert found.code == 0
    assert [line.split("\t")[0] for line in found.lines] == BOTH
    cells = found.lines[1].split("\t")
    assert cells[1] == "session_20240108_143022.json"
    assert cells[3:] == ["Python decorators", "openai/gpt-4o-mini", "2", "602", "0.0096"]
    assert "2 sessions found." in found.err


@pytest.mark.usefixtures("two")
def test_what_is_unknown_is_a_question_mark(run) -> None:
    assert run("list", "oauth").lines[0].split("\t")[-2:] == ["?", "?"]


@pytest.mark.usefixtures("two")
def test_json_has_a_record_for_each_session(run) -> None:
    oauth, decorators = run("list", "--format", "json").json
    assert decorators["message_count"] == 4
    assert decorators["provider"] == "openai"
    assert decorators["tags"] == ["python", "programming"]
    assert decorators["project"] == "docs"
    assert decorators["cost"] == 0.0096
    assert decorators["path"] == "session_20240108_143022.json"
    assert decorators["status"] == "active"
    assert (oauth["cost"], oauth["tokens"]) == (None, None)


@pytest.mark.usefixtures("two")
def test_other_forms_say_the_same(run) -> None:
    assert run("list", "--format", "ids").lines == BOTH
    assert len(run("list", "--format", "jsonl").lines) == 2
    rows = list(csv.DictReader(io.StringIO(run("list", "--format", "csv").out)))
    assert [row["id"] for row in rows] == BOTH
    assert [row["cost"] for row in rows] == ["?", "0.0096"]
    assert run("list", "--format", "table").lines[0].split()[:2] == ["ID", "FILE"]


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--tag", "python"], BOTH[1:]),
        (["--tag", "python", "--tag", "go"], []),
        (["--model", "haiku"], BOTH[:1]),
        (["--provider", "openai"], BOTH[1:]),
        (["--project", "docs"], BOTH[1:]),
        (["--meta", "priority=high"], BOTH[1:]),
        (["--meta", "priority=low"], []),
        (["--status", "active"], BOTH),
        (["--folder", "work"], BOTH[:1]),
        (["--since", "2024-02-01"], BOTH[:1]),
        (["--until", "2024-01-08"], BOTH[1:]),
        (["--since", "2024-01-01", "--until", "2024-01-31"], BOTH[1:]),
        (["--min-turns", "2"], BOTH[1:]),
        (["--max-turns", "1"], BOTH[:1]),
        (["--min-cost", "0.005"], BOTH[1:]),
        (["--max-cost", "0.005"], []),
        (["--max-cost", "$0.01"], BOTH[1:]),
        (["--system-contains", "HELPFUL"], BOTH[1:]),
        (["--title", "decor"], BOTH[1:]),
        (["--search", "oauth"], BOTH[:1]),
        (["tag:go"], BOTH[:1]),
        (["--", "-tag:go"], BOTH[1:]),
        (["tag:python", "decorators"], BOTH[1:]),
        (["--tag", "python", "--since", "1d"], []),
    ],
)
def test_filters_leave_what_meets_them(run, options: list[str], ids: list[str]) -> None:
    found = run("list", "--format", "ids", *options)
    assert found.lines == ids
    assert found.code == (0 if ids else 1)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("sort", "ids"),
    [("title", BOTH), ("messages", BOTH[::-1]), ("turns", BOTH[::-1]), ("date", BOTH)],
)
def test_sorting_and_turning_round(run, sort: str, ids: list[str]) -> None:
    assert run("list", "--sort", sort, "--format", "ids").lines == ids
    assert run("list", "--sort", sort, "--reverse", "--format", "ids").lines == ids[::-1]


@pytest.mark.usefixtures("two")
def test_an_unknown_cost_is_last_in_both_directions(run) -> None:
    assert run("list", "--sort", "cost", "--format", "ids").lines == BOTH[::-1]
    assert run("list", "--sort", "cost", "--reverse", "--format", "ids").lines == BOTH[::-1]


def test_ten_are_listed_unless_told_otherwise(run, put: Put) -> None:
    for number in range(12):
        put(f"s{number}.json", id=f"s{number}", title="T", turns=[])
    few = run("list", "--format", "ids")
    assert len(few.lines) == 10
    assert "12 sessions found, 10 shown" in few.err
    assert len(run("list", "--all", "--format", "ids").lines) == 12
    assert len(run("list", "-n", "3", "--format", "ids").lines) == 3


def test_an_empty_library_says_how_to_start(run) -> None:
    found = run("list")
    assert (found.code, found.out) == (1, "")
    assert "tui-sessions ask" in found.err
    assert run("list", "--format", "json").json == []


@pytest.mark.usefixtures("two")
def test_nothing_found_is_a_sentence_and_exit_code_one(run) -> None:
    found = run("list", "nonsense")
    assert (found.code, found.out) == (1, "")
    assert "No session matches." in found.err


@pytest.mark.usefixtures("two")
def test_damaged_files_are_counted_with_their_reason(run, folder: Path) -> None:
    (folder / "broken.json").write_text("{nonsense")
    found = run("list")
    assert found.code == 0
    assert "1 damaged file" in found.err
    assert "broken.json: " in found.err


@pytest.mark.usefixtures("two")
def test_on_a_terminal_it_is_a_clean_table_within_the_width(run, watched) -> None:
    watched("stdout")
    found = run("list")
    assert "TITLE" in found.lines[0]
    assert "\x1b[31m" not in found.out
    assert all(len(line) <= 80 for line in found.lines[1:])


@pytest.mark.usefixtures("two")
@pytest.mark.timeout(20)
def test_huge_texts_are_cut_at_once_and_not_by_one_character_after_the_other() -> None:
    headings = [Heading("A", is_flexible=True), Heading("B", is_flexible=True)]
    _, row = table_lines(headings, [("x" * 20_000_000, "y" * 20_000_000)], 80)
    assert len(row) == 80


def test_no_color_means_no_escape_at_all(run, watched, monkeypatch) -> None:
    watched("stdout")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("list").out


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--since", "soon"], "is no date"),
        (["tagg:x"], "Did you mean tag:"),
        (["--min-cost", "much"], "takes dollars"),
        (["--meta", "priority"], "takes key=value"),
        (["--status", "asleep"], "Choose one of"),
        (["--sort", "size"], "--sort"),
    ],
)
def test_wrong_words_are_told_in_one_sentence(run, args: list[str], sentence: str) -> None:
    found = run("list", *args)
    assert (found.code, found.out) == (2, "")
    assert sentence in found.err
    assert "Traceback" not in found.err


@pytest.mark.usefixtures("two")
def test_damaged_files_are_a_list_of_their_own(run, folder: Path) -> None:
    assert run("list", "is:damaged").code == 1
    assert run("list", "is:damaged", "--format", "json").json == []
    (folder / "broken.json").write_text("{nonsense")
    (folder / "work" / "other.json").write_text("[]")
    found = run("list", "is:damaged")
    assert found.code == 0
    assert [line.split("\t")[0] for line in found.lines] == ["broken.json", "work/other.json"]
    assert "JSON" in found.lines[0].split("\t")[2]
    assert "2 damaged files" in found.err
    assert run("list", "is:damaged", "--folder", "work", "--format", "ids").lines == [
        "work/other.json"
    ]
    assert set(run("list", "is:damaged", "--format", "json").json[0]) == {
        "path",
        "size",
        "updated_at",
        "reason",
    }
    assert run("list", "--format", "ids", "--", "-is:damaged").lines == BOTH


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("sort", ["updated", "cost", "tokens", "messages"])
def test_a_limit_leaves_the_first_of_the_order(run, sort: str) -> None:
    every = run("list", "--sort", sort, "--format", "ids").lines
    one = run("list", "--sort", sort, "-n", "1", "--format", "ids")
    assert one.lines == every[:1]
    assert "2 sessions found, 1 shown" in one.err

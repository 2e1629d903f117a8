"""`search`: what is found, in which order and form, and what is said where nothing is."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

Put = Callable[..., Path]


def turn(prompt: str, answer: str) -> dict[str, object]:
    return {
        "messages": [
            {"role": "user", "content": prompt},
            {"role": "assistant", "content": answer},
        ]
    }


@pytest.fixture
def three(put: Put) -> None:
    """Three sessions about tokens: in the title, in a prompt, in an answer."""
    put(
        "title.json",
        id="title1",
        title="Refresh tokens",
        model="openai/gpt-4o",
        created_at="2025-01-01T12:00:00+00:00",
        updated_at="2025-01-01T12:00:00+00:00",
        turns=[turn("Hello", "Hi")],
        meta={"tags": ["auth"]},
    )
    put(
        "work/prompt.json",
        id="prompt1",
        title="Sessions",
        created_at="2025-02-01T12:00:00+00:00",
        updated_at="2025-02-01T12:00:00+00:00",
        turns=[turn("Hello", "Hi"), turn("How long do refresh tokens live?", "An hour.")],
    )
    put(
        "answer.json",
        id="answer1",
        title="Cookies",
        created_at="2025-03-01T12:00:00+00:00",
        updated_at="2025-03-01T12:00:00+00:00",
        turns=[turn("And cookies?", "Better than tokens in the browser. " + "Words. " * 80)],
    )


ALL = {"title1", "prompt1", "answer1"}


def found(run, *args: str) -> list[str]:
    return run("search", *args, "--format", "ids").lines


@pytest.mark.usefixtures("three")
def test_all_that_hold_the_word_are_found_the_best_first(run) -> None:
    ids = found(run, "tokens")
    assert set(ids) == ALL
    assert ids[-1] == "answer1"
    assert found(run, "tokens", "--reverse") == ids[::-1]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (['"refresh tokens"'], {"title1", "prompt1"}),
        (["token* -cookies"], {"title1", "prompt1"}),
        (["browser OR hour"], {"prompt1", "answer1"}),
        (["tokens", "--folder", "work"], {"prompt1"}),
        (["tokens", "tag:auth"], {"title1"}),
        (["tokens", "--model", "gpt"], {"title1"}),
        (["tokens", "--since", "2025-02-01", "--until", "2025-02-28"], {"prompt1"}),
        (["tokens", "--text", "browser"], {"answer1"}),
        (["role:user", "tokens"], {"prompt1"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_language_and_the_filters_narrow_it(run, args, expected: set[str]) -> None:
    assert set(found(run, *args)) == expected


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("date", ["answer1", "prompt1", "title1"]),
        ("title", ["answer1", "title1", "prompt1"]),
        ("turns", ["prompt1", "answer1", "title1"]),
    ],
)
def test_it_can_be_sorted_as_a_list_is(run, sort: str, expected: list[str]) -> None:
    assert found(run, "tokens", "--sort", sort)[0] == expected[0]
    if sort != "turns":
        assert found(run, "tokens", "--sort", sort) == expected
        assert found(run, "tokens", "--sort", sort, "--reverse") == expected[::-1]


@pytest.mark.usefixtures("three")
def test_in_a_pipe_each_place_is_a_line_of_tabs(run) -> None:
    lines = [line.split("\t") for line in run("search", "tokens").lines]
    by_id = {cells[0]: cells for cells in lines}
    assert all(len(cells) == 6 for cells in lines)
    assert by_id["prompt1"][1:3] == ["2", "user"]
    assert by_id["prompt1"][4:] == ["Sessions", "How long do refresh tokens live?"]
    assert by_id["answer1"][1:3] == ["1", "assistant"]
    assert by_id["title1"][1:3] == ["", "title"]
    assert float(by_id["title1"][3]) > 0


@pytest.mark.usefixtures("three")
def test_json_has_the_session_and_its_places_with_marks(run) -> None:
    records = {record["id"]: record for record in run("search", "tokens", "--format", "json").json}
    prompt = records["prompt1"]
    assert prompt["path"] == "work/prompt.json"
    assert prompt["hit_count"] == 1
    (hit,) = prompt["hits"]
    assert (hit["turn"], hit["role"], hit["place"]) == (2, "user", "prompt")
    ((start, end),) = hit["marks"]
    assert hit["excerpt"][start:end] == "tokens"
    first = json.loads(run("search", "tokens", "--format", "jsonl").lines[0])
    assert first["id"] in ALL


@pytest.mark.usefixtures("three")
def test_csv_has_a_line_for_each_place(run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("search", "tokens", "--format", "csv").out)))
    assert {row["id"] for row in rows} == ALL
    assert {row["role"] for row in rows} == {"title", "user", "assistant"}


@pytest.mark.usefixtures("three")
def test_people_read_a_heading_for_each_session_and_the_places_in_bold(run, watched) -> None:
    watched("stdout", "stderr")
    shown = run("search", "tokens")
    assert "\x1b[1mtokens\x1b[0m" in shown.out
    assert "1 hit" in shown.out
    assert "    2  you" in shown.out
    plain = shown.out.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert all(len(line) <= 80 for line in plain.splitlines())
    assert "3 hits in 3 sessions." in shown.err


@pytest.mark.usefixtures("three")
def test_without_colour_there_is_no_escape_at_all_in_what_is_found(
    run, watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched("stdout")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("search", "tokens").out


def test_ten_sessions_and_three_places_of_each_unless_told_otherwise(run, put: Put) -> None:
    for number in range(12):
        turns = [turn("The word tokens", "Yes.") for _ in range(5)]
        put(f"s{number:02}.json", id=f"s{number:02}", title="T", turns=turns)
    few = run("search", "tokens")
    assert len(few.lines) == 30
    assert "60 hits in 12 sessions, 10 shown: --all shows the others." in few.err
    assert len(run("search", "tokens", "--hits", "1", "-n", "2").lines) == 2
    assert len(found(run, "tokens", "--all")) == 12


@pytest.mark.usefixtures("three")
def test_what_is_found_is_exported_and_never_over_another_file(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("search", '"refresh tokens"', "--export", "found.json")
    assert (done.code, done.lines) == (0, ["found.json"])
    assert len(json.loads((tmp_path / "found.json").read_text())["sessions"]) == 2
    assert run("search", "tokens", "--export", "found.json").code == 6
    assert run("search", "browser", "--export", "found.json", "--force").code == 0
    assert json.loads((tmp_path / "found.json").read_text())["id"] == "answer1"
    named = run("search", "tokens", "--export", "found.txt", "--as", "markdown")
    assert named.code == 0
    assert "# Refresh tokens" in (tmp_path / "found.txt").read_text()
    assert run("search", "browser", "--export", "-").json["id"] == "answer1"
    assert run("search", "nothing", "--export", "none.md").code == 1
    assert not (tmp_path / "none.md").exists()
    assert run("search", "tokens", "--export", "x.md", "--as", "docx").code == 2


@pytest.mark.usefixtures("three")
def test_nothing_found_says_what_to_try(run) -> None:
    nothing = run("search", "tokens", "zebra")
    assert (nothing.code, nothing.out) == (1, "")
    assert "Nothing is found for tokens zebra." in nothing.err
    assert "fewer words" in nothing.err
    assert run("search", "zebra", "--format", "json").json == []
    assert run("search", "zebra", "--format", "ids").out == ""


def test_an_empty_library_has_nothing_to_search(run) -> None:
    nothing = run("search", "zebra")
    assert nothing.code == 1
    assert "There are no sessions" in nothing.err


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("command", "query", "place"),
    [
        ("search", "tokens tagg:x", "         ^^^^"),
        ("list", "tokens tagg:x", "         ^^^^"),
        ("list", "京都 tagg:x", "       ^^^^"),
        ("search", "tokens is:nothing", "^"),
    ],
)
def test_a_mistake_is_pointed_at_below_the_query(run, command: str, query: str, place: str) -> None:
    wrong = run(command, query)
    assert (wrong.code, wrong.out) == (2, "")
    sentence, shown, carets = wrong.err.splitlines()
    assert sentence.startswith("tui-sessions: ")
    assert shown == f"  {query}"
    assert carets.startswith(place) or place == "^"
    assert set(carets) == {" ", "^"}


@pytest.mark.usefixtures("three")
def test_a_long_query_is_shown_round_the_mistake(run) -> None:
    wrong = run("search", "word " * 50 + "tagg:x" + " word" * 50)
    _, shown, carets = wrong.err.splitlines()
    assert len(shown) < 110
    assert shown.startswith("  …word")
    at = carets.index("^")
    assert shown[at:].startswith("tagg")


@pytest.mark.usefixtures("three")
def test_searching_needs_a_word(run) -> None:
    for args in ([], ["tag:auth"], ["--tag", "auth"], ["--", "-tokens"]):
        refused = run("search", *args)
        assert refused.code == 2
        assert "tui-sessions list" in refused.err


@pytest.mark.usefixtures("three")
def test_lists_and_changes_can_look_into_conversations_too(run) -> None:
    assert run("list", "--text", "browser", "--format", "ids").lines == ["answer1"]
    assert run("list", "text:browser", "--format", "ids").lines == ["answer1"]
    assert run("tag", "--text", "browser", "web").code == 0
    assert run("list", "tag:web", "--format", "ids").lines == ["answer1"]


@pytest.mark.usefixtures("three")
def test_without_refresh_the_index_answers_as_it_stands(run, folder: Path, put: Put) -> None:
    assert set(found(run, "tokens")) == ALL
    put("later.json", id="later1", title="Later tokens", turns=[turn("tokens", "tokens")])
    assert set(found(run, "tokens", "--no-refresh")) == ALL
    assert "later1" not in run("list", "--all", "--no-refresh", "--format", "ids").lines
    assert set(found(run, "tokens")) == {*ALL, "later1"}
    assert "later1" in run("list", "--all", "--no-refresh", "--format", "ids").lines


@pytest.mark.usefixtures("three")
def test_what_went_away_since_it_was_indexed_does_not_hide_the_others(run, folder: Path) -> None:
    assert set(found(run, "tokens")) == ALL
    (folder / "title.json").unlink()
    shown = run("search", "tokens", "--no-refresh")
    assert shown.code == 0
    assert {line.split("\t")[0] for line in shown.lines} >= {"prompt1", "answer1"}
    assert "Traceback" not in shown.err


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("command", ["search", "list"])
def test_a_query_that_looks_like_an_option_says_how_to_write_it(run, command: str) -> None:
    refused = run(command, "-draft tokens")
    assert (refused.code, refused.out) == (2, "")
    assert f"tui-sessions {command} -- '-draft'" in refused.err
    assert run(command, "--", "-cookies token*").code == 0

"""`new`, `branch`, `rename`, `tag`, `untag`, `meta`, `status`, `delete`, `undelete`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def test_a_new_session_has_what_was_asked_and_its_id_is_printed(run, folder: Path) -> None:
    made = run(
        *("new", "--title", "Plan", "--tags", "go,rest", "--provider", "anthropic"),
        *("--model", "claude-3-5-sonnet-20241022", "--system", "Be brief."),
        *("--metadata", '{"project": "myapp", "priority": "high", "tags": ["x"]}'),
        *("--id", "plan-1", "--name", "plan", "--folder", "work", "--no-activate"),
    )
    assert (made.code, made.out) == (0, "plan-1\n")
    stored = json.loads((folder / "work" / "plan.json").read_text())
    assert stored["title"] == "Plan"
    assert stored["model"] == "anthropic/claude-3-5-sonnet-20241022"
    assert stored["system"] == "Be brief."
    assert stored["meta"]["project"] == "myapp"
    assert stored["meta"]["priority"] == "high"
    assert set(stored["meta"]["tags"]) == {"go", "rest", "x"}


def test_a_new_session_gets_an_id_of_its_own(run) -> None:
    made = run("new", "--title", "Draft").out.strip()
    assert len(made) == 12
    assert run("list", "--format", "ids").lines == [made]


@pytest.mark.parametrize(
    ("args", "code", "sentence"),
    [
        (["--id", "a/b"], 2, "cannot be an id"),
        (["--metadata", "{nonsense"], 2, "is no JSON"),
        (["--metadata", "[1]"], 2, "JSON object"),
        (["--metadata", '{"tags": "go"}'], 2, "list of words"),
        (["--provider", "openai"], 2, "Which model of openai?"),
        (["--id", "k3v9x2m7q0ab"], 6, "exists"),
    ],
)
@pytest.mark.usefixtures("two")
def test_a_session_that_cannot_be_made_is_told(run, args, code, sentence) -> None:
    made = run("new", *args)
    assert (made.code, made.out) == (code, "")
    assert sentence in made.err
    assert len(run("list", "--format", "ids").lines) == 2


def test_a_terminal_is_told_how_to_open_it(run, watched) -> None:
    watched("stdout", "stderr")
    assert "Open it: tui-sessions" in run("new", "--title", "Draft").err
    assert "Open it" not in run("new", "--no-activate").err


@pytest.mark.usefixtures("two")
def test_a_branch_shares_the_first_turns_and_costs_nothing_again(run) -> None:
    made = run("branch", "k3v9", "--at", "1", "--title", "Try another way")
    assert made.code == 0
    branch = run("show", made.out.strip(), "--format", "json").json
    assert branch["title"] == "Try another way"
    assert branch["parent"] == {"id": "k3v9x2m7q0ab", "turn": 1}
    assert len(branch["turns"]) == 1
    costs = {s["id"]: s["cost"] for s in run("list", "--format", "json").json}
    assert costs[made.out.strip()] == 0
    assert costs["k3v9x2m7q0ab"] == 0.0096


@pytest.mark.usefixtures("two")
def test_a_branch_after_the_end_is_refused(run) -> None:
    refused = run("branch", "k3v9", "--at", "3")
    assert refused.code == 2
    assert "2 turn" in refused.err


@pytest.mark.usefixtures("two")
def test_renaming_changes_title_or_file(run, folder: Path) -> None:
    assert run("rename", "k3v9", "OAuth", "2.0", "guide").code == 0
    assert run("show", "k3v9", "--format", "json").json["title"] == "OAuth 2.0 guide"
    moved = run("rename", "k3v9", "--file", "guide")
    assert moved.lines == [str(folder / "guide.json")]
    assert (folder / "guide.json").exists()
    assert run("rename", "k3v9").code == 2


@pytest.mark.usefixtures("two")
def test_a_file_is_never_renamed_over_another(run, folder: Path, put) -> None:
    put("taken.json", id="taken", turns=[])
    refused = run("rename", "k3v9", "--file", "taken")
    assert refused.code == 6
    assert json.loads((folder / "taken.json").read_text())["id"] == "taken"


@pytest.mark.usefixtures("two")
def test_tags_are_put_on_and_taken_off(run) -> None:
    run("tag", "k3v9", "jwt,auth", "python")
    assert run("meta", "k3v9", "tags").out == "python, programming, jwt, auth\n"
    run("untag", "k3v9", "JWT", "auth")
    assert run("meta", "k3v9", "tags").out == "python, programming\n"
    missing = run("untag", "k3v9", "nowhere")
    assert missing.code == 1
    assert run("tag", "k3v9", " , ").code == 2


@pytest.mark.usefixtures("two")
def test_meta_shows_everything_that_is_kept(run) -> None:
    assert run("meta", "k3v9").lines == [
        "Title: Python decorators",
        "Tags: python, programming",
        "Project: docs",
        "Status: active",
        "Priority: high",
    ]
    assert run("meta", "k3v9", "--format", "json").json["priority"] == "high"


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("true", True), ('{"a": 1}', {"a": 1}), ("sprint-12", "sprint-12"), ("", "")],
)
def test_meta_values_are_json_where_they_read_as_that(run, text: str, value: object) -> None:
    run("meta", "k3v9", "sprint", text)
    assert run("show", "k3v9", "--format", "json").json["meta"]["sprint"] == value


@pytest.mark.usefixtures("two")
def test_meta_keys_are_read_and_taken_away(run) -> None:
    assert run("meta", "k3v9", "priority").out == "high\n"
    assert run("meta", "k3v9", "--unset", "priority").code == 0
    gone = run("meta", "k3v9", "priority")
    assert gone.code == 1
    assert "It has: title, tags, project, status." in gone.err


@pytest.mark.usefixtures("two")
def test_the_project_is_found_after_it_was_set(run) -> None:
    run("meta", "h2c7", "project", "42")
    assert run("list", "--project", "42", "--format", "ids").lines == ["h2c7d8e9f0aa"]


@pytest.mark.usefixtures("two")
def test_several_sessions_change_their_status_at_once(run) -> None:
    assert run("status", "k3v9", "h2c7", "completed").code == 0
    assert len(run("list", "--status", "completed", "--format", "ids").lines) == 2
    wrong = run("status", "k3v9", "asleep")
    assert wrong.code == 2
    assert "active, paused" in wrong.err


@pytest.mark.usefixtures("two")
def test_deleting_without_a_person_needs_yes(run) -> None:
    refused = run("delete", "k3v9", piped=b"")
    assert refused.code == 2
    assert "--yes" in refused.err
    assert len(run("list", "--format", "ids").lines) == 2


@pytest.mark.usefixtures("two")
def test_what_was_deleted_can_be_taken_back(run) -> None:
    gone = run("delete", "k3v9", "h2c7", "--yes")
    assert gone.code == 0
    assert "undelete k3v9x2m7q0ab" in gone.err
    assert run("list").code == 1
    assert sorted(run("undelete", "--format", "ids").lines) == ["h2c7d8e9f0aa", "k3v9x2m7q0ab"]
    assert run("trash", "list", "--format", "json").json[0]["title"]
    assert run("undelete", "k3v9").out == "k3v9x2m7q0ab\n"
    assert run("list", "--format", "ids").lines == ["k3v9x2m7q0ab"]


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(("answer", "left"), [("y\n", 1), ("n\n", 2), ("", 2)])
def test_on_a_terminal_a_question_is_asked(run, watched, answer: str, left: int) -> None:
    watched("stderr")
    asked = run("delete", "k3v9", typed=answer)
    assert "Delete 'Python decorators'? [y/N]" in asked.err
    assert len(run("list", "--format", "ids").lines) == left


@pytest.mark.usefixtures("two")
def test_one_wrong_name_deletes_nothing(run) -> None:
    assert run("delete", "k3v9", "nowhere", "--yes").code == 1
    assert len(run("list", "--format", "ids").lines) == 2


def test_an_empty_trash_is_told(run) -> None:
    found = run("undelete")
    assert found.code == 1
    assert "The trash is empty." in found.err
    assert run("undelete", "nowhere").code == 1

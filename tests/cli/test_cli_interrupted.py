"""`tui-sessions interrupted`: what a crash cut off, from the command line."""

from __future__ import annotations

import json

import pytest
from other_program import OtherProgram


@pytest.fixture
def crashed(run, folder):
    """A program died in mid-answer in session soup."""
    run("new", "--id", "soup", "--title", "Soup")
    program = OtherProgram(folder, "soup")
    program.say("Half of it")
    program.kill()


def turns(run):
    return run("export", "soup", "--format", "json", "-o", "-").json["turns"]


@pytest.mark.usefixtures("crashed")
def test_a_crash_is_said_once_and_listed_until_it_is_decided(run):
    said = run("list")
    assert "was broken off" in said.err
    assert "tui-sessions interrupted lists" in said.err
    assert "was broken off" not in run("list").err
    listed = run("interrupted", "list", "--format", "json")
    (row,) = json.loads(listed.out)
    assert (row["id"], row["characters"], row["title"]) == ("soup", 10, "Soup")
    assert run("interrupted", "keep", "soup").code == 0
    empty = run("interrupted")
    assert (empty.code, empty.out) == (1, "")
    assert turns(run)[0]["messages"][1]["content"] == "Half of it"


@pytest.mark.usefixtures("crashed")
def test_it_is_dropped_and_undo_brings_it_back(run):
    assert run("interrupted", "drop", "--all").code == 0
    assert len(turns(run)[0]["messages"]) == 1
    assert run("undo").code == 0
    assert len(turns(run)[0]["messages"]) == 2


@pytest.mark.usefixtures("crashed")
def test_it_goes_on_where_it_stopped(run, folder):
    run("list")
    (path,) = folder.glob("*.json")
    path.write_text(path.read_text().replace("openai/theirs", "demo/demo"))
    went_on = run("interrupted", "continue", "soup")
    assert went_on.code == 0
    assert turns(run)[0]["messages"][1]["content"].startswith("Half of it")
    assert turns(run)[0]["finish"] == "stop"
    assert run("interrupted").code == 1


@pytest.mark.usefixtures("crashed")
def test_what_has_no_session_any_more_becomes_one(run, folder):
    (path,) = folder.glob("*.json")
    path.unlink()
    (row,) = run("interrupted", "list", "--format", "json").json
    assert row["id"].endswith(".orphan")
    kept = run("interrupted", "keep", row["id"][:8])
    assert kept.code == 0
    assert "Half of it (recovered)" in run("list").out
    assert kept.out.strip() in run("list").out


def test_a_session_without_any_is_an_error_in_a_sentence(run):
    run("new", "--id", "soup")
    said = run("interrupted", "keep", "soup")
    assert said.code == 1
    assert "No answer that a crash cut off waits" in said.err
    assert run("interrupted", "keep").code == 2


def test_keeping_all_of_none_says_that_there_is_none(run) -> None:
    said = run("interrupted", "keep", "--all")
    assert "No answer was cut off by a crash" in said.err

"""Bad input on the command line: one clear sentence, the right exit code, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tui_sessions.cli.main import main


def is_one_sentence(said: str) -> bool:
    return said.startswith("tui-sessions: ") and said.count("\n") == 1 and "Traceback" not in said


@pytest.mark.parametrize("option", ["--dir", "--config"])
@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_path_is_no_path(option: str, value: str, capsys) -> None:
    assert main([option, value, "list"]) == 2
    said = capsys.readouterr().err
    assert f"{option} is empty" in said
    assert is_one_sentence(said)


def test_a_group_without_a_command_says_which_there_are(run) -> None:
    wrong = run("config")
    assert (wrong.code, wrong.out) == (2, "")
    assert "path, show, init, check" in wrong.err
    assert is_one_sentence(wrong.err)


def test_a_hint_that_is_a_question_has_no_full_stop_behind_it(run) -> None:
    assert "Did you mean 'show'? See:" in run("config", "shw").err


@pytest.mark.usefixtures("two")
def test_the_trash_alone_is_listed(run) -> None:
    run("delete", "k3v9", "--yes")
    found = run("trash")
    assert found.code == 0
    assert found.out.startswith("k3v9x2m7q0ab\t")


def test_the_help_of_a_group_tells_whole_sentences_and_examples(run) -> None:
    text = run("config", "--help").out
    assert "or that nothing" in " ".join(text.split())
    assert "tui-sessions config path --all" in text.split("Examples:")[1]


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_json_does_not_have_stay_words(run, folder: Path, text: str) -> None:
    assert run("meta", "k3v9", "load", text).code == 0
    stored = (folder / "session_20240108_143022.json").read_text()
    assert json.loads(stored, parse_constant=pytest.fail)["meta"]["load"] == text


@pytest.mark.parametrize("value", ["NaN", "1e400", "[" * 100_000])
def test_metadata_that_other_programs_could_not_read_is_refused(
    run, folder: Path, value: str
) -> None:
    made = run("new", "--metadata", f'{{"a": {value}}}')
    assert made.code == 2
    assert "--metadata is no JSON" in made.err
    assert not list(folder.rglob("*.json"))


@pytest.mark.usefixtures("two")
def test_a_negative_number_is_a_value_and_no_option(run) -> None:
    assert run("meta", "k3v9", "offset", "-5").code == 0
    assert run("meta", "k3v9", "offset").out == "-5\n"
    wrong = run("meta", "k3v9", "--unsett", "x")
    assert wrong.code == 2
    assert "--unsett" in wrong.err
    refused = run("context", "k3v9", "-1")
    assert refused.code == 2
    assert "not '-1'" in refused.err


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("value", "tags"),
    [("3", "3"), ('{"a": 1}', '{"a": 1}'), ('["x", "y"]', "x, y"), ("x,y", "x, y")],
)
def test_tags_are_words_whatever_is_given(run, value: str, tags: str) -> None:
    assert run("meta", "k3v9", "tags", value).code == 0
    assert run("meta", "k3v9", "tags").out == f"{tags}\n"


@pytest.mark.usefixtures("two")
def test_a_status_that_is_none_is_not_kept_under_its_name(run) -> None:
    wrong = run("meta", "k3v9", "status", "asleep")
    assert wrong.code == 2
    assert "active, paused" in wrong.err
    assert run("meta", "k3v9", "status", "Paused").code == 0
    assert run("meta", "k3v9", "--unset", "status").code == 0
    assert run("meta", "k3v9", "status").out == "active\n"


@pytest.mark.parametrize("name", ["a b", "x/y", "a\tb", "..", "é"])
def test_a_name_that_can_be_no_id_says_what_one_is_made_of(run, folder: Path, name: str) -> None:
    asked = run("ask", "-s", name, "Hello")
    assert asked.code == 1
    assert "A-Z a-z 0-9" in asked.err
    assert not list(folder.rglob("*.json"))


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--model", "opnai/x"], "Did you mean openai?"),
        (["--model", "nonsense"], "write provider/name"),
        (["--model", ""], "write provider/name"),
        (["--provider", "nope"], "There are openai"),
        (["--provider", "nope", "--model", "x"], "There are openai"),
    ],
)
@pytest.mark.parametrize("command", [["new"], ["ask", "Hello"]], ids=["new", "ask"])
def test_a_model_that_nobody_answers_for_makes_no_session(
    run, folder: Path, command: list[str], args: list[str], sentence: str
) -> None:
    refused = run(*command, *args)
    assert refused.code == 4
    assert sentence in refused.err
    assert not list(folder.rglob("*.json"))


def test_a_model_without_its_provider_is_stored_with_it(run) -> None:
    made = run("new", "--model", "gpt-4o").out.strip()
    assert run("show", made, "--format", "json").json["model"] == "openai/gpt-4o"


def test_an_unknown_provider_has_no_models_to_list(run) -> None:
    asked = run("models", "--provider", "anthropc")
    assert asked.code == 4
    assert is_one_sentence(asked.err)
    assert "Did you mean anthropic?" in asked.err


@pytest.mark.usefixtures("two")
def test_a_damaged_file_is_damaged_under_every_name(run, folder: Path) -> None:
    (folder / "broken.json").write_text("[]")
    for name in ("broken", "broken.json", str(folder / "broken.json")):
        found = run("show", name)
        assert found.code == 3
        assert "broken.json cannot be read as a session" in found.err


def test_a_library_of_damaged_files_is_not_called_empty(run, folder: Path) -> None:
    folder.mkdir()
    (folder / "broken.json").write_text("{")
    listed = run("list")
    assert listed.code == 1
    assert "broken.json: " in listed.err
    assert "yet" not in listed.err


@pytest.mark.usefixtures("two")
def test_all_damaged_files_are_named_when_all_are_asked_for(run, folder: Path) -> None:
    for number in range(12):
        (folder / f"broken{number:02}.json").write_text("{")
    assert "and 2 more: --all names them" in run("list").err
    assert "broken11.json" in run("list", "--all").err


@pytest.mark.usefixtures("two")
def test_exporting_all_names_the_damaged_files_and_writes_the_others(run, folder: Path) -> None:
    (folder / "broken.json").write_text("{")
    done = run("export", "--all", "--format", "json", "-o", "-")
    assert done.code == 3
    assert len(done.json["sessions"]) == 2
    assert "broken.json: " in done.err


@pytest.mark.usefixtures("two")
def test_a_file_that_breaks_while_it_is_exported_costs_no_other(
    run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui_sessions.store.library import Library

    load = Library.load

    def broken(library: Library, session_id: str) -> object:
        (folder / "work" / "oauth.json").write_text("{")
        return load(library, session_id)

    monkeypatch.setattr(Library, "load", broken)
    done = run("export", "--all", "-o", "-")
    assert done.code == 3
    assert done.json["id"] == "k3v9x2m7q0ab"
    assert "Left out: work/oauth.json" in done.err


def test_files_without_a_date_stand_where_the_date_that_is_shown_says(
    run, put: Callable[..., Path]
) -> None:
    put("old.json", id="old", created_at="2020-01-01T00:00:00+00:00", turns=[])
    put("undated.json", id="undated", turns=[])
    put("new.json", id="new", created_at="2099-01-01T00:00:00+00:00", turns=[])
    assert run("list", "--format", "ids").lines == ["new", "undated", "old"]
    assert run("list", "--format", "ids", "--reverse").lines == ["old", "undated", "new"]


def test_check_finds_values_that_mean_nothing(run, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[chat]\nmodel = "opnai/x"\n[export]\nformat = "docx"\n'
        '[providers.openai]\nbase_url = "htp:/x"\n'
    )
    checked = run("--config", str(path), "config", "check")
    assert checked.code == 2
    for key in ("chat.model: ", "export.format: ", "providers.openai.base_url: "):
        assert key in checked.err


def test_a_slip_in_the_own_prices_is_told_by_answers_and_by_the_check(
    run, folder, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "config" / "tui-sessions" / "prices.toml"
    file.parent.mkdir(parents=True)
    file.write_text('["cellar/x"]\ninput = 1\n')
    asked = run("ask", "--model", "demo/fast", "Hello")
    assert asked.code == 0
    assert '["cellar/x"] is wrong' in asked.err
    checked = run("config", "check")
    assert checked.code == 2
    assert '["cellar/x"] is wrong' in checked.err


def test_a_budget_of_a_provider_that_is_none_is_found(run, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[budgets]\n"provider:opnai/month" = "3"\n"provider:openai" = "4"\n')
    checked = run("--config", str(path), "config", "check")
    assert checked.code == 2
    assert "budgets.provider:opnai/month: " in checked.err
    assert "budgets.provider:openai: " not in checked.err

"""The program as a whole: its first word, its options, its errors, its help."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest

from tui_sessions.cli import open_screen
from tui_sessions.cli.group import program
from tui_sessions.cli.main import main
from tui_sessions.cli.table import COMMANDS
from tui_sessions.config import paths as config_paths


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, watched) -> list[tuple[str | None, bool]]:
    """What the screen was opened with, in place of the screen."""
    from types import ModuleType

    calls: list[tuple[str | None, bool]] = []
    fake = ModuleType("tui_sessions.tui.app")

    def run(services: object, *, session_ref: str | None, resume: bool, tell: object) -> int:
        assert callable(tell)
        calls.append((session_ref, resume))
        return 0

    fake.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tui_sessions.tui.app", fake)
    watched("stdout", "stderr")
    return calls


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ([], (None, False)),
        (["open"], (None, False)),
        (["k3v9"], ("k3v9x2m7q0ab", False)),
        (["open", "k3v9"], ("k3v9x2m7q0ab", False)),
        (["work/oauth.json"], ("h2c7d8e9f0aa", False)),
    ],
)
def test_the_screen_opens_at_what_is_named(run, opened, args, expected) -> None:
    assert run(*args).code == 0
    assert opened == [expected]


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("args", [["-r"], ["open", "--resume"]])
def test_the_last_session_is_resumed(run, opened, args) -> None:
    assert run(*args).code == 0
    ((session_id, is_resumed),) = opened
    assert session_id in ("k3v9x2m7q0ab", "h2c7d8e9f0aa")
    assert is_resumed


@pytest.mark.usefixtures("two")
def test_a_mistyped_command_names_the_nearest(run, opened) -> None:
    for args in (["lsit"], ["lst", "--all"], ["shwo", "k3v9", "--summary"]):
        wrong = run(*args)
        assert wrong.code == 2
        assert "Did you mean" in wrong.err
    assert opened == []


@pytest.mark.usefixtures("two")
def test_a_word_that_is_nothing_is_wrong_usage_but_a_named_session_not_found(run, opened) -> None:
    assert run("qqqq").code == 2
    assert run("open", "qqqq").code == 1
    assert opened == []


def test_without_a_terminal_the_screen_does_not_open(run) -> None:
    refused = run()
    assert refused.code == 2
    assert "needs a terminal" in refused.err


@pytest.mark.usefixtures("two")
def test_common_options_count_before_and_after_the_command(folder: Path, capsys) -> None:
    for args in (
        ["--dir", str(folder), "list"],
        ["list", "--dir", str(folder)],
        [f"--dir={folder}", "list"],
        ["--dir", "/nowhere", "list", "--dir", str(folder)],
    ):
        assert main([*args, "--format", "ids"]) == 0
        assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.usefixtures("two")
def test_the_directory_may_come_from_the_environment(
    folder: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_SESSIONS_DIR", str(folder))
    assert main(["list", "--format", "ids"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_directory_that_is_a_file_is_told(tmp_path: Path, capsys) -> None:
    (tmp_path / "file").write_text("")
    assert main(["--dir", str(tmp_path / "file"), "list"]) == 3
    said = capsys.readouterr()
    assert "file" in said.err
    assert "Traceback" not in said.err


def test_a_wrong_key_of_the_configuration_names_the_nearest(run) -> None:
    wrong = run("list", "--set", "chat.modell=x")
    assert wrong.code == 2
    assert "chat.model" in wrong.err


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_is_there_and_its_help_has_an_example(entry, capsys) -> None:
    names = [entry.name]
    if entry.name in ("config", "trash"):
        group = program().get_command(None, entry.name)  # type: ignore[arg-type]
        names = [f"{entry.name} {name}" for name in group.commands]  # type: ignore[union-attr]
    for name in names:
        assert main([*name.split(), "--help"]) == 0
        text = capsys.readouterr().out
        assert f"tui-sessions {name}" in text.split("Examples:")[1] or entry.name == "open"


def test_help_lists_every_command_and_imports_none(capsys) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"  {entry.name} " in text for entry in COMMANDS)


def test_the_version_is_printed(capsys) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("tui-sessions ")


def test_an_unexpected_error_is_a_sentence_with_its_details_in_a_file(
    capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError("the sky fell")

    monkeypatch.setattr(open_screen, "_found", broken)
    monkeypatch.setenv("MY_API_KEY", "the sky fell")
    assert main(["open", "x"]) == 1
    said = capsys.readouterr().err
    assert "(RuntimeError)" in said
    assert "the sky fell" not in said  # the words may hold what was being worked on
    assert "Traceback" not in said
    log = config_paths.paths(os.environ).log_file
    assert str(log) in said
    assert "Traceback" in log.read_text()
    assert "RuntimeError: the sky fell" not in log.read_text()
    monkeypatch.setenv("TUI_SESSIONS_DEBUG", "1")
    main(["open", "x"])
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["TUI_SESSIONS_DEBUG", "LLM_DEBUG"])
def test_debugging_keeps_a_log_and_prints_nothing_of_it(
    run, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "1")
    found = run("show", "nowhere")
    assert len(found.err.splitlines()) == 1
    text = config_paths.paths(os.environ).log_file.read_text()
    assert "NotFoundError" in text


def test_without_debugging_there_is_no_log(run) -> None:
    run("show", "nowhere")
    assert not config_paths.paths(os.environ).log_file.exists()


def test_an_interruption_has_its_code(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(open_screen, "_found", interrupted)
    assert main(["open", "x"]) == 130
    assert "Interrupted." in capsys.readouterr().err


class TestConfig:
    """`config`: where, what, a first file, a check."""

    def test_path_is_told_whether_the_file_exists_or_not(self, run, own_home: Path) -> None:
        assert run("config", "path").lines == [
            str(own_home / ".config" / "tui-sessions" / "config.toml")
        ]
        assert "library" in run("config", "path", "--all").out

    def test_show_prints_what_holds(self, run) -> None:
        shown = run("config", "show", "--set", "chat.model=demo/demo").out
        assert 'model = "demo/demo"' in shown
        assert "[network]" in shown

    def test_show_keeps_the_values_of_headers_to_itself(self, run) -> None:
        shown = run("config", "show", "--set", "providers.openai.headers=X-Pass: s3cret-word").out
        assert "X-Pass: …" in shown
        assert "s3cret-word" not in shown

    def test_init_makes_the_file_once_and_check_likes_it(self, run, own_home: Path) -> None:
        made = run("config", "init")
        assert made.code == 0
        assert Path(made.out.strip()).read_text()
        assert run("config", "init").code == 6
        assert run("config", "check").code == 0

    def test_check_says_all_that_is_wrong(self, run, tmp_path: Path) -> None:
        path = tmp_path / "config.toml"
        path.write_text('[chat]\nmodell = "x"\n[network]\nretries = "many"\n')
        checked = run("--config", str(path), "config", "check")
        assert checked.code == 2
        assert "chat.model" in checked.err
        assert "retries" in checked.err


NOWHERE = "http://127.0.0.1:1/v1"


class TestModels:
    """`models`: what the providers offer."""

    def test_the_demo_is_always_there(self, run) -> None:
        found = run("models", "--provider", "demo", "--format", "ids")
        assert found.code == 0
        assert all(line.startswith("demo/") for line in found.lines)

    def test_providers_that_refuse_are_told_and_the_others_listed(
        self, run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "k")
        monkeypatch.setenv("OPENAI_BASE_URL", NOWHERE)
        found = run("models")
        assert found.code == 0
        assert "openai: " in found.err
        assert any(line.startswith("demo/") for line in found.lines)

    def test_who_has_no_key_is_not_asked_unless_named(self, run) -> None:
        assert run("models").err == ""
        assert "OPENAI_API_KEY" in run("models", "--provider", "openai").err

    def test_if_all_refuse_it_is_an_error(self, run) -> None:
        assert run("models", "--provider", "openai").code == 4
        assert run("models", "--provider", "nobody").code == 4


@pytest.mark.usefixtures("two")
def test_the_collector_works_again_behind_a_screen_that_never_came(run, opened) -> None:
    run("k3v9")
    assert opened
    assert gc.isenabled()


@pytest.mark.parametrize("answers", ["demo/demo", "openai/gpt-4o-mini"])
def test_no_key_and_no_prompt_gets_into_the_debug_log(
    run, answers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_DEBUG", "1")
    monkeypatch.setenv("OPENAI_API_KEY", "canary-key-0123456789")
    nobody = ("--base-url", "http://127.0.0.1:9") if answers.startswith("openai") else ()
    said = run("--set", "network.retries=0", "ask", *nobody, "--model", answers, "canary-prompt")
    assert "canary-key" not in said.out + said.err
    log = config_paths.paths(os.environ).log_file
    assert "library" in log.read_text()
    assert "canary" not in log.read_text()

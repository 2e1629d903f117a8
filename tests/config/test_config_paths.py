"""Where the library, the configuration and the rest are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_sessions.config.paths import paths, shipped

HOMES = {
    "XDG_CONFIG_HOME": "/h/c",
    "XDG_DATA_HOME": "/h/d",
    "XDG_STATE_HOME": "/h/s",
    "XDG_CACHE_HOME": "/h/k",
}


def test_without_anything_said_all_lies_in_the_users_directories() -> None:
    found = paths(HOMES)
    assert found.library == Path("/h/d/tui-sessions/sessions")
    assert found.config_file == Path("/h/c/tui-sessions/config.toml")
    assert found.themes_dir == Path("/h/c/tui-sessions/themes")
    assert found.prices_file == Path("/h/c/tui-sessions/prices.toml")
    assert found.cache_dir == Path("/h/k/tui-sessions")
    assert found.log_file.parent == found.state_dir == Path("/h/s/tui-sessions")
    assert not found.is_config_named


def test_without_xdg_variables_the_system_says_where(own_home: Path) -> None:
    assert own_home in paths({}).library.parents


def test_relative_xdg_variables_are_passed_over(own_home: Path) -> None:
    assert own_home in paths({"XDG_DATA_HOME": "data"}).library.parents


def test_the_library_comes_from_the_first_that_names_it() -> None:
    theirs = HOMES | {"LLM_SESSIONS_DIR": "/llm"}
    ours = theirs | {"TUI_SESSIONS_DIR": "/tui"}
    assert paths(ours, dir="/option", configured_dir="/config").library == Path("/option")
    assert paths(ours, configured_dir="/config").library == Path("/tui")
    assert paths(theirs, configured_dir="/config").library == Path("/llm")
    assert paths(HOMES, configured_dir="/config").library == Path("/config")


def test_a_relative_directory_is_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert paths(HOMES, dir="here").library == tmp_path / "here"


def test_a_configured_directory_counts_from_the_configuration_file() -> None:
    found = paths(HOMES, config="/etc/chat/config.toml", configured_dir="sessions")
    assert found.library == Path("/etc/chat/sessions")


def test_a_tilde_is_the_home_directory(own_home: Path) -> None:
    assert paths(HOMES, configured_dir="~/chats").library == own_home / "chats"


def test_a_tilde_nobody_knows_is_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert paths(HOMES, dir="~nobody-of-that-name").library == tmp_path / "~nobody-of-that-name"


def test_the_option_for_the_configuration_wins_over_the_variable() -> None:
    environ = HOMES | {"TUI_SESSIONS_CONFIG": "/variable.toml"}
    assert paths(environ).config_file == Path("/variable.toml")
    found = paths(environ, config="/option.toml")
    assert found.config_file == Path("/option.toml")
    assert found.is_config_named
    assert found.themes_dir == Path("/h/c/tui-sessions/themes")


def test_asking_for_paths_makes_no_directory(own_home: Path) -> None:
    paths({}, dir=str(own_home / "library"))
    assert list(own_home.iterdir()) == []


def test_what_is_shipped_is_there() -> None:
    assert shipped("config.example.toml").is_file()
    assert shipped("themes").is_dir()

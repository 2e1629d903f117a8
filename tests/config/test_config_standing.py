"""What holds for each key, who says so, and what it is for."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tui_sessions.config.catalog import Key, known_keys
from tui_sessions.config.standing import (
    DEFAULT,
    ENVIRONMENT,
    FILE,
    OPTION,
    Standing,
    commented_example,
    helps,
    standings,
)


def stands(path: Path, **environ: str) -> dict[str, Standing]:
    keys = (*known_keys().values(), Key("keys.pane.tree", str, "f6"))
    found = standings(keys, path, environ, ["network.retries=4", "network.retries=5"])
    return {standing.key.name: standing for standing in found}


def test_the_strongest_is_named_and_what_the_file_says_is_known(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[network]\nretries = 3\nidle_timeout_s = 9\n[keys]\n"pane.tree" = "f3"\n')
    found = stands(path, TUI_SESSIONS_NETWORK_RETRIES="8", TUI_SESSIONS_SCREEN_MOUSE="off")
    retries, mouse = found["network.retries"], found["screen.mouse"]
    assert (retries.value, retries.source, retries.by, retries.in_file) == (5, OPTION, "--set", 3)
    assert (mouse.value, mouse.source, mouse.by) == (
        False,
        ENVIRONMENT,
        "TUI_SESSIONS_SCREEN_MOUSE",
    )
    idle, tree, model = (
        found["network.idle_timeout_s"],
        found["keys.pane.tree"],
        found["chat.model"],
    )
    assert (repr(idle.value), idle.source) == ("9.0", FILE)
    assert (tree.value, tree.source) == ("f3", FILE)
    assert (model.value, model.source, model.in_file) == ("", DEFAULT, None)


def test_every_key_has_its_words() -> None:
    assert [name for name, words in helps().items() if not words] == []
    assert "first line of output" in helps()["providers.anthropic.api_key_command"]
    assert helps()["network.idle_timeout_s"] == helps()["network.connect_timeout_s"]


def test_the_file_to_begin_with_sets_nothing() -> None:
    document = tomllib.loads(commented_example())
    assert document.pop("providers") == {
        name: {} for name in ("openai", "anthropic", "ollama", "demo")
    }
    assert set(map(str, document.values())) == {"{}"}
    assert '\n# theme = ""\n' in commented_example()

"""What holds for each key, who says so, and what it is for."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tui_sessions.config.catalog import Key, endpoint_keys, known_keys
from tui_sessions.config.endpoints import FIXED
from tui_sessions.config.standing import (
    DEFAULT,
    ENVIRONMENT,
    FILE,
    OPTION,
    Standing,
    commented_example,
    help_of,
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


def test_keys_of_servers_of_ones_own_are_told_by_their_namesakes() -> None:
    assert [name for name in endpoint_keys("cellar") if not help_of(name)] == []
    assert "first line of output" in help_of("providers.cellar.api_key_command")
    assert "OpenAI itself" not in help_of("providers.cellar.base_url")
    assert help_of("budgets.month") == ""


def test_a_key_of_a_server_of_ones_own_stands_as_the_file_or_its_variable_says(
    tmp_path: Path,
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[providers.my-own]\nbase_url = 'http://x'\nmodels = ['a']\n")
    environ = {"TUI_SESSIONS_PROVIDERS_MY_OWN_MODELS": "b,c"}
    keys = endpoint_keys("my-own")
    found = {it.key.name: it for it in standings(keys.values(), path, environ, ())}
    models = found["providers.my-own.models"]
    assert (models.value, models.source, models.in_file) == (("b", "c"), ENVIRONMENT, ("a",))
    assert found["providers.my-own.base_url"].source == FILE


def test_the_file_to_begin_with_sets_nothing() -> None:
    document = tomllib.loads(commented_example())
    assert document.pop("providers") == {name: {} for name in FIXED}
    assert set(map(str, document.values())) == {"{}"}
    assert '\n# theme = ""\n' in commented_example()

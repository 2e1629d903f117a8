"""`providers`: who could answer, whether they do, and keys for the keyring."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from fake_keyring import fake_keyring

SECRET = "sk-canary-0123456789"
NOBODY = "http://127.0.0.1:1/v1"


@pytest.fixture(autouse=True)
def no_ollama(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs on this machine is nobody's business here."""
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:1")


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A keyring in memory."""
    return fake_keyring(monkeypatch)


class TestList:
    """`providers list`."""

    def test_everybody_is_listed_with_what_is_missing(self, run) -> None:
        found = {line.split("\t")[0]: line.split("\t") for line in run("providers", "list").lines}
        assert found["groq"][2:4] == ["no", "set GROQ_API_KEY"]
        assert found["demo"][2:4] == ["yes", "none needed"]
        assert found["ollama"][2] == "when it runs"
        assert found["mistral"][5] == "https://api.mistral.ai/v1"

    def test_a_key_is_named_by_its_place_and_never_shown(
        self, run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GROQ_API_KEY", SECRET)
        for format in ("table", "json", "csv"):
            found = run("providers", "list", "--format", format)
            assert "GROQ_API_KEY" in found.out
            assert SECRET not in found.out + found.err
        ready = run("providers", "list", "--ready", "--format", "ids").lines
        assert "groq" in ready
        assert "mistral" not in ready

    @pytest.mark.parametrize("part", [f"joe:{SECRET}@127.0.0.1:1/v1", f"127.0.0.1:1/v1?k={SECRET}"])
    def test_an_address_is_shown_without_what_may_be_a_key(
        self, run, monkeypatch: pytest.MonkeyPatch, part: str
    ) -> None:
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://{part}")
        for format in ("table", "json", "csv"):
            found = run("providers", "list", "--format", format)
            assert "http://127.0.0.1:1/v1" in found.out
            assert "correct its address" in found.out
            assert SECRET not in found.out + found.err
        assert "openai" not in run("providers", "list", "--ready", "--format", "ids").lines
        refused = run("providers", "check")
        assert "refused" in refused.out
        assert SECRET not in refused.out + refused.err

    def test_a_variable_that_is_named_and_not_set_is_told(self, run, own_home: Path) -> None:
        config = own_home / ".config/tui-sessions/config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(f'[providers.cellar]\nbase_url = "{NOBODY}"\napi_key_variable = "MINE"\n')
        found = {line.split("\t")[0]: line.split("\t") for line in run("providers", "list").lines}
        assert found["cellar"][2:4] == ["yes", "MINE is not set"]

    def test_the_models_that_are_known_are_counted(self, run) -> None:
        run("models", "--provider", "demo")
        found = run("providers", "list", "--format", "json").json
        assert next(one for one in found if one["name"] == "demo")["models"] > 3


class TestCheck:
    """`providers check`."""

    def test_one_that_refuses_is_told_with_what_to_do_and_ends_with_4(
        self, run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", SECRET)
        monkeypatch.setenv("OPENAI_BASE_URL", NOBODY)
        checked = run("providers", "check", "openai", "demo", "mistral")
        assert checked.code == 4
        lines = [line.split("\t") for line in checked.lines]
        assert [line[:2] for line in lines] == [
            ["openai", "failed"],
            ["demo", "good"],
            ["mistral", "failed"],
        ]
        assert "127.0.0.1:1" in lines[0][2]
        assert "MISTRAL_API_KEY" in lines[2][2]
        assert SECRET not in checked.out + checked.err

    def test_what_the_configuration_speaks_of_is_checked_although_its_key_is_missing(
        self, run, own_home: Path
    ) -> None:
        config = own_home / ".config/tui-sessions/config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text('[providers.groq]\nmodels = ["one"]\n')
        checked = run("providers", "check")
        assert checked.code == 4
        assert "groq\tfailed\tThere is no key for groq: set GROQ_API_KEY" in checked.out

    def test_good_ones_end_with_0(self, run) -> None:
        checked = run("providers", "check", "demo")
        assert checked.code == 0
        assert "models" in checked.out

    def test_an_unknown_provider_gets_the_nearest(self, run) -> None:
        checked = run("providers", "check", "grok")
        assert checked.code == 4
        assert "groq" in checked.err

    def test_where_nobody_is_set_up_it_says_what_to_do(
        self, run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("OLLAMA_HOST")
        monkeypatch.setattr(
            "tui_sessions.providers.model_lists.ModelLists.is_absent", lambda *_: True
        )
        monkeypatch.setattr(
            "tui_sessions.providers.registry.Providers.set_up", lambda _: ("mistral", "demo")
        )
        checked = run("providers", "check")
        assert checked.code == 1
        assert "providers list" in checked.err


class TestKey:
    """`providers key`."""

    def test_a_key_goes_into_the_keyring_and_is_found_there_from_then_on(
        self, run, keyring: dict[tuple[str, str], str], own_home: Path
    ) -> None:
        kept = run("providers", "key", "groq", piped=f"{SECRET}\n".encode())
        assert kept.code == 0
        assert list(keyring.values()) == [SECRET]
        assert SECRET not in kept.out + kept.err
        config = (own_home / ".config/tui-sessions/config.toml").read_text()
        assert "api_key_keyring = true" in config
        assert SECRET not in config
        assert "groq" in run("providers", "list", "--ready", "--format", "ids").lines

    def test_it_is_taken_out_again(
        self, run, keyring: dict[tuple[str, str], str], own_home: Path
    ) -> None:
        run("providers", "key", "openai", piped=SECRET.encode())
        assert run("providers", "key", "openai", "--delete").code == 0
        assert keyring == {}
        assert "api_key_keyring" not in (own_home / ".config/tui-sessions/config.toml").read_text()
        again = run("providers", "key", "openai", "--delete")
        assert again.code == 1
        assert "openai" in again.err

    def test_the_rest_of_the_configuration_stays_as_it_was(
        self, run, keyring: dict[tuple[str, str], str], own_home: Path
    ) -> None:
        path = own_home / ".config/tui-sessions/config.toml"
        path.parent.mkdir(parents=True)
        path.write_text("# mine\n[chat]\nmodel = 'a/b'  # really\n")
        run("providers", "key", "groq", piped=SECRET.encode())
        assert path.read_text().startswith("# mine\n[chat]\nmodel = 'a/b'  # really\n")

    def test_a_variable_that_counts_first_is_named(
        self, run, keyring: dict[tuple[str, str], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GROQ_API_KEY", "another")
        kept = run("providers", "key", "groq", piped=SECRET.encode())
        assert "GROQ_API_KEY is set as well" in kept.err

    @pytest.mark.parametrize("typed", [b"", b"\n", b"two words\n", "schlüssel\n".encode()])
    def test_what_is_no_key_is_refused(
        self, run, keyring: dict[tuple[str, str], str], typed: bytes
    ) -> None:
        assert run("providers", "key", "groq", piped=typed).code == 4
        assert keyring == {}

    def test_without_a_keyring_nobody_types_in_vain(
        self, run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "keyring", None)
        refused = run("providers", "key", "groq", piped=SECRET.encode())
        assert refused.code == 4
        assert "keyring" in refused.err
        assert SECRET not in refused.err

    def test_the_demonstration_needs_none(self, run) -> None:
        assert run("providers", "key", "demo").code == 2

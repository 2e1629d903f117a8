"""Keys come from the environment, else from a command, else from the keyring, and never show."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import keyring
import keyring.errors
import pytest
from fake_servers import configured

from tui_sessions.config.schema import Config, EndpointConfig
from tui_sessions.errors import ProviderError
from tui_sessions.providers.keys import Key, KeySource, forget_key, store_key
from tui_sessions.providers.registry import Providers

SECRET = "sk-canary-0123456789abcdef"


def python(code: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def test_the_first_variable_that_is_set_wins() -> None:
    source = KeySource({"A": " ", "B": f" {SECRET}\n", "C": "x"}, ("A", "B", "C"))
    found = source.find()
    assert (found.secret, found.source) == (SECRET, "B")
    assert SECRET not in repr(found)


def test_nothing_set_names_the_variable_to_set() -> None:
    found = KeySource({}, ("OPENAI_API_KEY",)).find()
    assert (found.secret, found.source) == (None, "OPENAI_API_KEY")


def test_a_command_is_run_once_and_its_first_line_is_the_key(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = python(f"open({str(log)!r}, 'a').write('x'); print('{SECRET}'); print('more')")
    source = KeySource({}, ("A",), command, setting="providers.openai.api_key_command")
    assert source.runs_command
    assert [source.find().secret for _ in range(3)] == [SECRET] * 3
    assert log.read_text() == "x"
    assert not source.runs_command


def test_the_environment_wins_over_a_command() -> None:
    source = KeySource({"A": SECRET}, ("A",), "false")
    assert not source.runs_command
    assert source.find().secret == SECRET


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (python(f"print('{SECRET}'); raise SystemExit(3)"), "code 3"),
        (python("print()"), "printed nothing"),
        ("/nowhere/at-all --key", "not found"),
        ("echo 'unclosed", "quotes"),
    ],
)
def test_a_command_that_gives_no_key_says_why_and_nothing_of_its_output(
    command: str, words: str
) -> None:
    with pytest.raises(ProviderError, match=words) as caught:
        KeySource({}, (), command).find()
    assert caught.value.kind == "auth"
    assert SECRET not in str(caught.value)


def test_a_command_that_hangs_is_given_up() -> None:
    waiting = python("import threading; threading.Event().wait()")
    with pytest.raises(ProviderError, match="too long"):
        KeySource({}, (), waiting, timeout_s=0.1).find()


def test_a_command_that_prints_without_end_is_ended() -> None:
    with pytest.raises(ProviderError, match="printed far too much"):
        KeySource({}, (), "cat /dev/zero").find()


@pytest.mark.parametrize("bad", ["two words", "a\nb", "schlüssel", "a\u2026b"])
def test_a_key_that_cannot_be_one_is_refused_without_showing_it(bad: str) -> None:
    with pytest.raises(ProviderError, match="The key from A") as caught:
        KeySource({"A": bad}, ("A",)).find()
    assert bad not in str(caught.value)


# the keyring


class MemoryRing:
    """A keyring in memory; `trouble` is raised instead of an answer."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.trouble: Exception | None = None
        self.asked = 0

    def get_password(self, service: str, user: str) -> str | None:
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, secret: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.kept[service, user] = secret

    def delete_password(self, service: str, user: str) -> None:
        del self.kept[service, user]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> MemoryRing:
    kept = MemoryRing()
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(keyring, name, getattr(kept, name))
    return kept


def test_a_key_is_kept_found_and_forgotten(ring: MemoryRing) -> None:
    store_key("groq", f" {SECRET}\n")
    assert ring.kept == {("tui-sessions", "groq"): SECRET}
    source = KeySource({}, ("GROQ_API_KEY",), keyring_user="groq")
    assert source.runs_command
    assert source.find() == Key(secret=SECRET, source="the keyring")
    source.find()
    assert ring.asked == 1
    source.forget()
    source.find()
    assert ring.asked == 2
    assert forget_key("groq")
    assert not forget_key("groq")


def test_the_environment_and_the_command_are_stronger_than_the_keyring(ring: MemoryRing) -> None:
    store_key("groq", SECRET)
    assert KeySource({"A": "a"}, ("A",), keyring_user="groq").find().secret == "a"
    assert KeySource({}, ("A",), "echo b", keyring_user="groq").find().secret == "b"
    assert not ring.asked


def test_an_empty_keyring_says_how_to_fill_it(ring: MemoryRing) -> None:
    with pytest.raises(ProviderError, match="providers key groq"):
        KeySource({}, ("A",), keyring_user="groq").find()
    with pytest.raises(ProviderError, match="no key to keep"):
        store_key("groq", " ")
    with pytest.raises(ProviderError, match="no key has"):
        store_key("groq", "a b")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (keyring.errors.NoKeyringError("x"), "none on this system"),
        (keyring.errors.KeyringLocked("x"), "it is locked"),
        (keyring.errors.KeyringError(SECRET), "it failed (KeyringError)"),
        (OSError(SECRET), "it failed (OSError)"),
    ],
)
def test_a_keyring_that_gives_nothing_is_one_sentence(
    ring: MemoryRing, trouble: Exception, said: str
) -> None:
    ring.trouble = trouble
    with pytest.raises(ProviderError) as caught:
        KeySource({}, ("A",), keyring_user="groq").find()
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ProviderError, match=r"pip install 'tui-sessions\[keyring\]'"):
        KeySource({}, ("A",), keyring_user="groq").find()


async def test_a_key_that_was_refused_is_asked_for_anew(loopback: Any, tmp_path: Path) -> None:
    counter = tmp_path / "count"
    command = python(f"p=open({str(counter)!r},'a+');p.write('k');p.seek(0);print(p.read())")
    own = EndpointConfig(base_url="http://127.0.0.1:1", api_key_command=command)
    server = await loopback(lambda asked: asked.refuse("401 No", {"error": "expired"}))
    providers = Providers(
        Config(network=configured().network, endpoints={"cellar": own}),
        {},
        base_urls={"cellar": server.url},
    )
    for _ in range(2):
        with pytest.raises(ProviderError):
            await providers.get("cellar").models()
    await providers.aclose()
    sent = [asked.headers["authorization"] for asked in server.asked]
    assert sent == ["Bearer k", "Bearer kk"]

"""The first day: who is found answers, and where nobody is, it is asked; once."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from fake_keyring import fake_keyring

from tui_sessions.providers.local_servers import LocalServer
from tui_sessions.tui.screens.first_run import FirstRunDialog
from tui_sessions.tui.ways import DEMO, FOUND, KEYS, Way, ways

UNDECIDED = {"chat.model": ""}
OLLAMA = LocalServer(provider="ollama", host="127.0.0.1:11434", models=("qwen3:8b", "llama"))
VLLM = LocalServer(provider="vllm", host="localhost:8000", models=("big",))


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> list[LocalServer]:
    """What runs here, instead of what runs on the machine of the tests."""
    servers: list[LocalServer] = []

    async def found(_: Any) -> tuple[LocalServer, ...]:
        return tuple(servers)

    monkeypatch.setattr("tui_sessions.tui.first_day.running_servers", found)
    return servers


@pytest.fixture
def no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked for models."""

    async def ask(*_: Any) -> None:
        return

    monkeypatch.setattr("tui_sessions.providers.model_lists.ModelLists.ask", ask)


def is_asking(user: Any) -> bool:
    return isinstance(user.screen, FirstRunDialog)


async def asked(user: Any) -> None:
    await user.until(lambda: is_asking(user), "the first screen")


async def test_where_nothing_is_found_it_is_asked_who_answers(
    workspace: Callable[..., Any], running: list[LocalServer]
) -> None:
    async with workspace(**UNDECIDED) as user:
        await asked(user)
        await user.see("Nothing was found", "set OPENAI_API_KEY", "● demo/demo")
        await user.type("vllm")
        await user.press("enter")
        await user.see("vllm cannot answer yet: not running.")
        await user.press("escape")
        await user.ask("Hello")
        await user.answered()
        assert user.files()[0]["model"] == "demo/demo"


async def test_where_nothing_is_found_one_key_takes_the_demonstration(
    workspace: Callable[..., Any], running: list[LocalServer]
) -> None:
    async with workspace(size=(80, 24), **UNDECIDED) as user:
        await asked(user)
        await user.see("demo/demo", "answers offline")
        await user.press("enter")
        await user.until(lambda: not is_asking(user))
        assert user.app.services.state.last_model == "demo/demo"


async def test_it_is_asked_only_once_and_again_when_wanted(
    workspace: Callable[..., Any], running: list[LocalServer]
) -> None:
    async with workspace(**UNDECIDED) as user:
        await asked(user)
        await user.press("escape")
    async with workspace(**UNDECIDED) as user:
        await user.press("x")
        await user.until(lambda: user.stage.prompt.text == "x")
        assert not is_asking(user)
        user.stage.prompt.set_text("")
        await user.command(":providers")
        await asked(user)


async def test_a_server_that_runs_is_chosen_with_enter_and_remembered(
    workspace: Callable[..., Any], running: list[LocalServer], no_list: None
) -> None:
    running.append(VLLM)
    async with workspace(**UNDECIDED) as user:
        await asked(user)
        await user.see("● vllm/big", "runs at localhost:8000, 1 model")
        await user.press("enter")
        await user.until(lambda: user.stage.workspace.session.model == "vllm/big")
        assert user.app.services.state.last_model == "vllm/big"
        await user.press("ctrl+l")
        await user.see("vllm/big")


async def test_ollama_answers_by_itself_and_a_line_says_so(
    workspace: Callable[..., Any], running: list[LocalServer]
) -> None:
    running.append(OLLAMA)
    async with workspace(**UNDECIDED) as user:
        await user.see("Ollama runs at 127.0.0.1:11434, so ollama/qwen3:8b was chosen.")
        assert user.stage.workspace.session.model == "ollama/qwen3:8b"
        assert not is_asking(user)


async def test_a_key_in_the_environment_answers_by_itself_and_a_line_says_so(
    workspace: Callable[..., Any],
    running: list[LocalServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "k")
    async with workspace(**UNDECIDED) as user:
        await user.see("There is a key in GROQ_API_KEY, so groq/")
        assert user.stage.workspace.session.model.startswith("groq/")
        assert not is_asking(user)


async def test_a_server_of_ones_own_without_a_key_is_not_said_to_have_one(
    workspace: Callable[..., Any], running: list[LocalServer]
) -> None:
    own = {"providers.home.base_url": "http://127.0.0.1:1/v1", "providers.home.models": "m"}
    async with workspace(**UNDECIDED, **own) as user:
        await user.see("home is set up, so home/m was chosen.")


async def test_who_has_sessions_already_is_not_asked(
    workspace: Callable[..., Any], running: list[LocalServer], tmp_path: Any
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    turn = {"messages": [{"role": "user", "content": "From before"}]}
    (library / "old.json").write_text(json.dumps({"turns": [turn]}))
    async with workspace(**UNDECIDED) as user:
        await user.see("From before")
        await user.press("x")
        assert not is_asking(user)


async def test_who_writes_already_is_not_interrupted(
    workspace: Callable[..., Any],
    running: list[LocalServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import asyncio

    looked = asyncio.Event()

    async def slowly(_: Any) -> tuple[LocalServer, ...]:
        await looked.wait()
        return ()

    monkeypatch.setattr("tui_sessions.tui.first_day.running_servers", slowly)
    async with workspace(**UNDECIDED) as user:
        await user.type("Why")
        looked.set()
        await user.see(":providers shows who could answer")
        assert not is_asking(user)
        assert user.stage.prompt.text == "Why"


async def test_looking_again_finds_what_was_started_meanwhile(
    workspace: Callable[..., Any], running: list[LocalServer]
) -> None:
    async with workspace() as user:
        await user.command(":providers")
        await asked(user)
        await user.see("Nothing was found")
        running.append(VLLM)
        await user.press("ctrl+r")
        await user.see("vllm/big")


async def test_a_key_can_be_given_on_the_spot_and_goes_into_the_keyring(
    workspace: Callable[..., Any],
    running: list[LocalServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = fake_keyring(monkeypatch)
    async with workspace() as user:
        await user.command(":providers")
        await asked(user)
        await user.type("groq")
        await user.press("enter")
        await user.see("Key for groq")
        await user.press("enter")
        await user.see("Nothing was typed yet.")
        await user.type("secretive")
        assert "secretive" not in user.text()
        await user.press("enter")
        await user.see("● groq/", "key in the keyring")
        assert list(kept.values()) == ["secretive"]
        config = user.app.services.paths.config_file.read_text()
        assert "api_key_keyring = true" in config
        assert "secretive" not in config
        await user.press("enter")
        await user.until(lambda: user.stage.workspace.session.model.startswith("groq/"))


async def test_without_a_keyring_it_says_so_and_the_list_stays(
    workspace: Callable[..., Any],
    running: list[LocalServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    async with workspace() as user:
        await user.command(":providers")
        await asked(user)
        await user.type("openai")
        await user.press("enter")
        await user.see("install tui-sessions with the extra keyring")
        assert is_asking(user)


async def test_a_provider_without_a_first_model_leads_to_its_models(
    workspace: Callable[..., Any],
    running: list[LocalServer],
    no_list: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://mine.openai.azure.com")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "k")
    async with workspace() as user:
        await user.command(":providers")
        await asked(user)
        await user.type("azure")
        await user.press("enter")
        await user.until(lambda: type(user.screen).__name__ == "ModelsDialog", "the models")
        await user.see("azure/")


def test_each_way_stands_in_its_group_and_the_demonstration_last() -> None:
    found = ways([], [VLLM], ready=(), proposed={})
    assert [way.group for way in found if way.provider == "vllm"] == [FOUND]
    assert [way.provider for way in found if not way.is_ready] == [
        "ollama",
        "lmstudio",
        "llamacpp",
        "litellm",
    ]
    assert found[-1] == DEMO


def test_a_server_that_wants_a_key_or_has_no_model_says_what_to_do() -> None:
    locked = LocalServer(provider="litellm", host="localhost:4000", wants_key=True)
    empty = LocalServer(provider="ollama", host="127.0.0.1:11434")
    found = {way.provider: way for way in ways([], [locked, empty], ready=(), proposed={})}
    assert "LITELLM_API_KEY" in found["litellm"].how
    assert "ollama pull" in found["ollama"].how
    assert not found["litellm"].is_ready


async def test_every_provider_that_needs_a_key_says_which(
    workspace: Callable[..., Any], running: list[LocalServer]
) -> None:
    async with workspace() as user:
        rows: tuple[Way, ...] = user.app.screen.desk.first_day._ways(())
        missing = {way.provider: way.what for way in rows if way.group == KEYS}
        assert missing["anthropic"] == "set ANTHROPIC_API_KEY"
        assert missing["openrouter"] == "set OPENROUTER_API_KEY"
        assert missing["azure"] == "set AZURE_OPENAI_ENDPOINT"

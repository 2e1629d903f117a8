"""Configuration to services: what a new session starts with, and who wins."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest

from tui_sessions.errors import ConfigError, ConflictError, UsageError
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import ModelInfo
from tui_sessions.wiring import DEMO_MODEL, services


@pytest.fixture
def made(tmp_path):
    def make(environ=None, **options):
        known = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
        return services(
            dir=str(tmp_path / "library"), environ={**known, **(environ or {})}, **options
        )

    return make


def test_the_default_model_is_configured_else_last_used_else_found_else_the_demo(made):
    assert made().default_model() == DEMO_MODEL
    found = made({"ANTHROPIC_API_KEY": "k"}).default_model()
    assert found.startswith("anthropic/")
    used = made({"ANTHROPIC_API_KEY": "k"})
    used.remember(lambda state: state.with_model_used("ollama/x"))
    assert made({"ANTHROPIC_API_KEY": "k"}).default_model() == "ollama/x"
    assert made(settings=["chat.model=openai/y"]).default_model() == "openai/y"


def test_a_new_session_carries_what_was_asked_for(made):
    made_services = made(settings=["chat.system=Be brief", "chat.context_window=3"])
    session = made_services.new_session(
        title="T", tags=["a", "b"], meta={"project": "p", "importance": "high", "tags": ["c"]}
    )
    saved = json.loads(made_services.library.path(session.id).read_text())
    assert saved["title"] == "T"
    assert saved["system"] == "Be brief"
    assert saved["params"] == {"context_window": 3}
    assert saved["meta"] == {"tags": ["c", "a", "b"], "project": "p", "importance": "high"}


def test_an_id_of_ones_own_is_checked_and_taken_once(made):
    made_services = made()
    assert made_services.new_session(session_id="my-review").id == "my-review"
    with pytest.raises(ConflictError, match="my-review"):
        made_services.new_session(session_id="my-review")
    with pytest.raises(UsageError, match="cannot be an id"):
        made_services.draft(session_id="a/b")


def test_a_named_configuration_that_is_not_there_is_an_error(made, tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        made(config=str(tmp_path / "nowhere.toml"))


def test_the_configured_library_is_used_unless_another_is_named(tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(f'[library]\ndir = "{tmp_path / "configured"}"\n')
    environ = {"HOME": str(tmp_path)}
    assert services(config=str(config), environ=environ).paths.library.name == "configured"
    named = services(dir=str(tmp_path / "named"), config=str(config), environ=environ)
    assert named.paths.library.name == "named"
    old = services(environ={**environ, "LLM_SESSIONS_DIR": str(tmp_path / "old")})
    assert old.paths.library.name == "old"


def test_every_durable_change_is_told_to_the_audit_file(made, tmp_path):
    audit = tmp_path / "audit.jsonl"
    made_services = made({"TUI_SESSIONS_AUDIT": str(audit)})
    session = made_services.new_session(title="T")
    made_services.library.delete(session.id)
    actions = [json.loads(line)["action"] for line in audit.read_text().splitlines()]
    assert actions[-1] == "delete"


def test_importing_the_package_loads_nothing_but_hands_out_the_api():
    code = (
        "import sys, tui_sessions; before = set(sys.modules)\n"
        "assert not {'msgspec', 'asyncio', 'textual', 'httpx'} & before, before\n"
        "from tui_sessions import Library, Session, services\n"
        "assert not {'asyncio', 'textual', 'httpx'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_api_says_what_it_does_not_have():
    import tui_sessions

    with pytest.raises(AttributeError, match="nothing_such"):
        _ = tui_sessions.nothing_such


def test_context_and_price_that_only_the_server_told_are_known(made, tmp_path):
    class Server:
        async def models(self) -> tuple[ModelInfo, ...]:
            told = ModelInfo(
                name="lama",
                context_tokens=12_345,
                input_per_mtok=2_000_000_000,
                output_per_mtok=8_000_000_000,
            )
            return (told,)

    own = made(
        {"XDG_CACHE_HOME": str(tmp_path / "cache")},
        settings=["providers.cellar.base_url=http://127.0.0.1:1/v1"],
    )
    used = Usage(prompt_tokens=1_000, completion_tokens=100)
    assert own.prices.context_tokens("cellar/lama") is None
    assert own.prices.cost("cellar/lama", used, own.now()) == (None, None)
    own.providers._built["cellar"] = Server()
    asyncio.run(own.model_lists.ask("cellar"))
    assert own.prices.context_tokens("cellar/lama") == 12_345
    cost, price = own.prices.cost("cellar/lama", used, own.now())
    assert cost == 2_000_000 + 800_000
    assert price.source == "cellar's list"
    # What comes from a cache has a price of its own, which no list tells.
    from_cache = Usage(prompt_tokens=1_000, completion_tokens=100, cached_tokens=10)
    assert own.prices.cost("cellar/lama", from_cache, own.now()) == (None, None)

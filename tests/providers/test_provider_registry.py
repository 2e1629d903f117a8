"""Providers by name, models by name, and nothing heavy before it is needed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from fake_servers import configured

from tui_sessions.config.schema import Config, ProviderConfig, ProvidersConfig
from tui_sessions.errors import ProviderError
from tui_sessions.providers.registry import (
    Providers,
    found_models,
    split_model,
)


@pytest.mark.parametrize("module", ["registry", "prices"])
def test_the_registry_and_the_prices_load_nothing_heavy(module: str) -> None:
    code = (
        f"import sys; from tui_sessions.providers.{module} import *; "
        "heavy = {'httpx', 'asyncio', 'genai_prices', 'ssl', 'pydantic'} & set(sys.modules); "
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_demonstration_needs_no_http_client() -> None:
    code = (
        "import sys; from tui_sessions.config.schema import Config; "
        "from tui_sessions.providers.registry import Providers; "
        "Providers(Config(), {}).get('demo'); sys.exit('httpx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("model", "parts"),
    [
        ("openai/gpt-4o", ("openai", "gpt-4o")),
        ("OpenAI/gpt-4o", ("openai", "gpt-4o")),
        ("openai/meta-llama/llama-4", ("openai", "meta-llama/llama-4")),
        ("openai/fault:ok", ("openai", "fault:ok")),
        ("gpt-4o-mini", ("openai", "gpt-4o-mini")),
        ("chatgpt-4o-latest", ("openai", "chatgpt-4o-latest")),
        ("o3-mini", ("openai", "o3-mini")),
        (" claude-haiku-5-5 ", ("anthropic", "claude-haiku-5-5")),
        ("demo", ("demo", "demo")),
        ("other/thing", ("other", "thing")),
    ],
)
def test_a_model_is_provider_and_name(model: str, parts: tuple[str, str]) -> None:
    assert split_model(model) == parts


@pytest.mark.parametrize("model", ["", "llama", "openai", "openai/", "/gpt-4o", "opus", "o"])
def test_a_name_that_could_be_anybodys_is_refused(model: str) -> None:
    with pytest.raises(ProviderError, match="provider/name") as caught:
        split_model(model)
    assert caught.value.kind == "model"


@pytest.mark.parametrize(
    ("name", "hint"), [("opnai", "Did you mean openai"), ("xyz", "There are openai, anthropic")]
)
def test_an_unknown_provider_is_answered_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(ProviderError, match=hint):
        Providers(Config(), {}).get(name)


async def test_a_provider_is_built_once_until_all_are_closed() -> None:
    providers = Providers(Config(), {})
    demo = providers.get("demo")
    assert providers.get("demo") is demo
    await providers.aclose()
    assert providers.get("demo") is not demo
    await providers.aclose()


async def test_a_base_url_comes_from_the_option_else_the_environment_else_the_file(
    loopback: Any,
) -> None:
    servers = [await loopback(lambda asked: asked.refuse("200 OK", {"data": []})) for _ in range(3)]
    option, environment, file = (server.url for server in servers)
    own = ProvidersConfig(openai=ProviderConfig(base_url=file))
    config = Config(network=configured().network, providers=own)
    for environ, base_urls in (
        ({"OPENAI_BASE_URL": environment}, {"openai": option, "": file}),
        ({"OPENAI_BASE_URL": environment}, {"anthropic": option}),
        ({}, {}),
    ):
        providers = Providers(config, environ, base_urls=base_urls)
        await providers.get("openai").models()
        await providers.aclose()
    assert [len(server.asked) for server in servers] == [1, 1, 1]


@pytest.mark.parametrize("name", ["openai", "anthropic", "ollama"])
def test_a_base_url_that_is_refused_is_refused_at_once(name: str) -> None:
    with pytest.raises(ProviderError, match="base URL"):
        Providers(Config(), {}, base_urls={"": "http://169.254.169.254/"}).get(name)


def test_keys_in_the_environment_propose_models() -> None:
    assert found_models({}) == ()
    both = found_models({"ANTHROPIC_API_KEY": "x", "OPENAI_API_KEY": "y"})
    assert [split_model(model)[0] for model in both] == ["openai", "anthropic"]
    assert found_models({"OPENAI_API_KEY": " "}) == ()
    assert found_models({"OPENAI_API_KEY": "x", "OPENAI_BASE_URL": "http://h"}) == ()
    commanded = Config(providers=ProvidersConfig(openai=ProviderConfig(api_key_command="pass x")))
    assert len(found_models({}, commanded)) == 1

"""A changed configuration holds for the next answer, and nothing that runs is cut."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from tui_sessions.config.schema import Config, DemoConfig, ProvidersConfig
from tui_sessions.providers.registry import Providers
from tui_sessions.wiring import services


async def test_providers_are_built_anew_and_the_former_ones_closed_at_the_end() -> None:
    providers = Providers(Config(), {})
    closed: list[str] = []

    def noting(name: str) -> None:
        provider = providers.get("demo")

        async def aclose() -> None:
            closed.append(name)

        provider.aclose = aclose  # type: ignore[method-assign]

    noting("first")
    providers.configure(Config(providers=ProvidersConfig(demo=DemoConfig(words_per_s=1))))
    assert closed == []
    noting("second")
    await providers.aclose()
    assert closed == ["first", "second"]
    await providers.aclose()
    assert closed == ["first", "second"]


def test_addresses_stay_until_the_next_start(own_home: Path) -> None:
    built = services(environ=dict(os.environ))
    path = built.paths.config_file
    path.parent.mkdir(parents=True)
    path.write_text("[providers.openai]\nbase_url = 'http://localhost:1/v1'\nmax_tokens = 7\n")
    built.reload()
    assert built.config.providers.openai.max_tokens == 7
    assert built.config.providers.openai.base_url == ""
    again = services(environ=dict(os.environ))
    assert again.config.providers.openai.base_url == "http://localhost:1/v1"
    assert msgspec.structs.replace(again.config, providers=Config().providers) == Config()


def test_a_new_server_is_known_at_once_and_a_known_one_stays_where_it_was(own_home: Path) -> None:
    path = services(environ=dict(os.environ)).paths.config_file
    path.parent.mkdir(parents=True)
    path.write_text("[providers.cellar]\nbase_url = 'http://cellar:1'\n")
    built = services(environ=dict(os.environ))
    assert built.providers.source("cellar").base_url == "http://cellar:1"
    path.write_text(
        "[providers.cellar]\nbase_url = 'http://cellar:2'\nmax_tokens = 5\n"
        "[providers.attic]\nbase_url = 'http://attic:1'\n"
        "[providers.groq]\nbase_url = 'http://groq:1'\nmax_tokens = 5\n"
    )
    built.reload()
    endpoints = built.config.endpoints
    assert (endpoints["cellar"].base_url, endpoints["cellar"].max_tokens) == ("http://cellar:1", 5)
    assert (endpoints["groq"].base_url, endpoints["groq"].max_tokens) == ("", 5)
    assert built.providers.source("attic").base_url == "http://attic:1"

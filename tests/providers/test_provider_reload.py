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

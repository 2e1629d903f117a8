"""Fixtures: a scripted server on loopback, and providers that talk to it."""

from __future__ import annotations

import asyncio
import functools
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from contract import Row
from fake_servers import CANARY, Loopback, Script, configured, serve

from tui_sessions.providers.base import Provider
from tui_sessions.providers.registry import Providers

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
async def loopback() -> AsyncIterator[Callable[[Script], Awaitable[Loopback]]]:
    """Start servers with `await loopback(script)`; a script that fails fails the test."""
    running: list[tuple[Loopback, asyncio.Server]] = []

    async def start(script: Script) -> Loopback:
        running.append(await serve(script))
        return running[-1][0]

    yield start
    for loopback, server in running:
        server.close()
        assert loopback.problems == []


@pytest.fixture
async def provider_at() -> AsyncIterator[Callable[..., Provider]]:
    """Build providers with `provider_at(url, name="openai", **network)`; all are closed at the
    end."""
    built: list[Providers] = []

    def build(
        url: str, name: str = "openai", *, environ: dict[str, str] | None = None, **network: Any
    ) -> Provider:
        keys = {"OPENAI_API_KEY": CANARY, "ANTHROPIC_API_KEY": CANARY}
        config = configured(**network)
        built.append(Providers(config, keys if environ is None else environ, base_urls={"": url}))
        return built[-1].get(name)

    yield build
    for providers in built:
        await providers.aclose()


@pytest.fixture
async def built(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Provider]]:
    """Build with `built(row, url, **network)`; all are closed at the end. Reading the certificates for each,
    which nobody here looks at, would take longer than all else."""
    client = functools.partial(httpx.AsyncClient, verify=NO_CERTIFICATES)
    monkeypatch.setattr(httpx, "AsyncClient", client)
    made: list[Providers] = []

    def build(row: Row, url: str, **network: Any) -> Provider:
        provider, providers = row.built(url, **network)
        made.append(providers)
        return provider

    yield build
    for providers in made:
        await providers.aclose()

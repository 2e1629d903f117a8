"""What all providers over HTTP share: the checked address, the key, one client, retries, the
reader."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any

from tui_sessions.errors import ProviderError
from tui_sessions.providers.base import Event, Reasoning, Text
from tui_sessions.providers.documents import NotJsonError, loads
from tui_sessions.providers.endpoint import Endpoint
from tui_sessions.providers.failures import Server, error_in, reported
from tui_sessions.providers.http import Http
from tui_sessions.providers.keys import Key, KeySource
from tui_sessions.providers.reading import Dialect, answer_events
from tui_sessions.providers.retry import RetryPolicy, retried
from tui_sessions.providers.setup import Setup

KeyHeaders = Callable[[Key], Mapping[str, str]]


class Service:
    """One server as one provider speaks to it."""

    def __init__(
        self,
        setup: Setup,
        where: Endpoint,
        *,
        keys: KeySource,
        needs_key: bool,
        key_headers: KeyHeaders,
        http: Http | None = None,
    ) -> None:
        self.where = where
        self._name = setup.name
        self._network = setup.config.network
        self._keys = keys
        self._needs_key = needs_key
        self._key_headers = key_headers
        self._http = http or Http(self._network)
        self.retries = RetryPolicy(
            retries=self._network.retries, max_wait_s=self._network.max_retry_wait_s
        )

    async def stream(
        self,
        path: str,
        body: Mapping[str, Any],
        dialect: Callable[[Server], Dialect],
        headers: Mapping[str, str] | None = None,
    ) -> AsyncGenerator[Event, None]:
        """The events of the answer to `body`, after retries where nothing had come. Raises
        `ProviderError`."""
        server, own_headers = await self._asked(str(body.get("model", "")))

        async def attempt() -> AsyncGenerator[Event, None]:
            sending = self._http.send(
                "POST",
                self.where.url + path,
                server=server,
                headers={**own_headers, **(headers or {})},
                body=body,
            )
            room = self._network.max_answer_chars
            async with sending as answer:
                read = answer_events(answer, dialect(server), server, self._network.max_line_bytes)
                async with contextlib.aclosing(read) as events:
                    async for event in events:
                        if isinstance(event, Text | Reasoning):
                            if len(event.text) > room:
                                yield type(event)(event.text[:room])
                                raise _endless(server, self._network.max_answer_chars)
                            room -= len(event.text)
                        yield event

        async with contextlib.aclosing(retried(attempt, self.retries)) as events:
            async for event in events:
                yield event

    async def document(self, path: str, headers: Mapping[str, str] | None = None) -> Any:
        """The JSON document at `path`. Raises `ProviderError`."""
        server, own_headers = await self._asked("")
        sending = self._http.send(
            "GET", self.where.url + path, server=server, headers={**own_headers, **(headers or {})}
        )
        async with sending as answer:
            body = b"".join([chunk async for chunk in _closing(answer.chunks())])
        try:
            document = loads(body.decode("utf-8", "replace"))
        except NotJsonError:
            raise ProviderError(
                f"{server.host} answered with something that is no JSON: check the base URL.",
                kind="protocol",
            ) from None
        problem = error_in(document)
        if problem is not None:
            raise reported(server, problem)
        return document

    def prepare(self) -> None:
        """Makes the client, which reads the certificates. Raises `ProviderError`."""
        self._http.prepare()

    async def aclose(self) -> None:
        """Closes connections."""
        await self._http.aclose()

    async def _asked(self, model: str) -> tuple[Server, Mapping[str, str]]:
        """Who is asked, and the headers that carry the key. Raises `ProviderError` before anything
        is sent."""
        key = (
            await asyncio.to_thread(self._keys.find)
            if self._keys.runs_command
            else self._keys.find()
        )
        if key.secret is None and self._needs_key:
            raise ProviderError(
                f"There is no key for {self._name}: set {key.source} (or "
                f"providers.{self._name}.api_key_command), "
                "or choose a model that needs none, such as demo/demo.",
                kind="auth",
            )
        if key.secret and not self.where.is_secure and not self.where.is_private:
            raise ProviderError(
                f"The key for {self._name} is not sent to {self.where.host} without encryption: "
                "use https:// in the "
                f"base URL, or unset {key.source}.",
                kind="request",
            )
        server = Server(
            provider=self._name,
            host=self.where.host,
            model=model,
            key_source=key.source,
            has_key=key.secret is not None,
            secret=key.secret or "",
        )
        return server, self._key_headers(key) if key.secret else {}


class OverHttp:
    """What every provider over HTTP shares."""

    def __init__(self, setup: Setup, service: Service) -> None:
        self.name = setup.name
        self._service = service

    def prepare(self) -> None:
        """See `base.Provider.prepare`."""
        self._service.prepare()

    async def aclose(self) -> None:
        """Closes connections."""
        await self._service.aclose()


def service_at(
    setup: Setup,
    where: Endpoint,
    variables: tuple[str, ...],
    *,
    needs_key: bool,
    key_headers: KeyHeaders,
) -> Service:
    """The service for `setup`, its key from one of `variables` or from the configured command."""
    setting = f"providers.{setup.name}.api_key_command"
    keys = KeySource(setup.environ, variables, setup.own.api_key_command, setting=setting)
    return Service(setup, where, keys=keys, needs_key=needs_key, key_headers=key_headers)


def _endless(server: Server, limit: int) -> ProviderError:
    return ProviderError(
        f"The answer of {server.host} is longer than {limit:,} characters and was cut there "
        "(network.max_answer_chars).",
        kind="protocol",
    )


async def _closing(chunks: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    async with contextlib.aclosing(chunks):
        async for chunk in chunks:
            yield chunk

"""What all providers over HTTP share: the checked address, the key, one client, retries, the
reader."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from tui_sessions.errors import ProviderError
from tui_sessions.providers.base import Event, Reasoning, Text
from tui_sessions.providers.documents import NotJsonError, loads
from tui_sessions.providers.endpoint import Endpoint
from tui_sessions.providers.failures import Server, error_in, reported
from tui_sessions.providers.http import Http, Sign
from tui_sessions.providers.keys import Key, KeySource
from tui_sessions.providers.reading import Dialect, answer_events
from tui_sessions.providers.retry import RetryPolicy, asked_again, retried
from tui_sessions.providers.setup import Setup

KeyHeaders = Callable[[Key], Mapping[str, str]]
Signer = Callable[[], Sign]
"""Finds what requests are signed with where there is no key; may take long. Raises `ProviderError`."""


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
        signer: Signer | None = None,
    ) -> None:
        self.where = where
        self._name = setup.name
        self._network = setup.config.network
        self._keys = keys
        self._needs_key = needs_key
        self._key_headers = key_headers
        is_home = where.is_private and not where.is_secure
        self._http = http or Http(self._network, at_home=where.hostname if is_home else "")
        self._signer = signer
        self._own_headers = setup.headers
        self._private = setup.private
        self._may_go_plain = setup.own.allow_plain_http
        self.retries = RetryPolicy(
            retries=self._network.retries, max_wait_s=self._network.max_retry_wait_s
        )

    async def stream(
        self,
        path: str,
        body: Mapping[str, Any],
        dialect: Callable[[Server], Dialect],
        headers: Mapping[str, str] | None = None,
        *,
        model: str = "",
    ) -> AsyncGenerator[Event, None]:
        """The events of the answer to `body`, after retries where nothing had come. `model` where the
        body does not name it. Raises `ProviderError`."""
        server, own_headers = await self._asked(model or str(body.get("model", "")))
        sign = await self._signing(server)

        async def attempt() -> AsyncGenerator[Event, None]:
            sending = self._http.send(
                "POST",
                self.where.url + path,
                server=server,
                headers={**own_headers, **(headers or {})},
                body=body,
                sign=sign,
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

        with self._forgetting():
            async with contextlib.aclosing(retried(attempt, self.retries)) as events:
                async for event in events:
                    yield event

    async def document(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        base: str = "",
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """The JSON document at `path`, below `base` where that is another one of this very host; asked for
        by POST where there is a `body`. Raises `ProviderError`."""
        server, own_headers = await self._asked("")
        sign = await self._signing(server)

        async def ask() -> bytes:
            sending = self._http.send(
                "GET" if body is None else "POST",
                (base or self.where.url) + path,
                server=server,
                headers={**own_headers, **(headers or {})},
                body=body,
                sign=sign,
                is_quick=True,
            )
            async with sending as answer:
                return b"".join([chunk async for chunk in _closing(answer.chunks())])

        with self._forgetting():
            data = await asked_again(ask, self.retries)
        try:
            # A list that names the key would be kept in a file, and shown.
            document = loads(server.without_key(data.decode("utf-8", "replace")))
        except NotJsonError:
            raise ProviderError(
                f"{server.host} answered with something that is no JSON: check the base URL.",
                kind="protocol",
            ) from None
        problem = error_in(document)
        if problem is not None:
            raise reported(server, problem)
        return document

    @contextlib.contextmanager
    def _forgetting(self) -> Iterator[None]:
        """A key that was refused is looked for anew the next time."""
        try:
            yield
        except ProviderError as error:
            if error.status == 401:
                self._keys.forget()
            raise

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
        if key.secret is None and self._needs_key and self._signer is None:
            command = f"providers.{self._name}.api_key_command"
            other = "" if key.source == command else f" (or {command})"
            raise ProviderError(
                f"There is no key for {self._name}: set {key.source}{other}, "
                "or choose a model that needs none, such as demo/demo.",
                kind="auth",
            )
        self._demand_cipher(key)
        server = Server(
            provider=self._name,
            host=self.where.host,
            model=model,
            key_source=key.source,
            has_key=key.secret is not None or self._signer is not None,
            secret=key.secret or "",
            private=self._private,
        )
        return server, {**self._own_headers, **(self._key_headers(key) if key.secret else {})}

    def _demand_cipher(self, key: Key) -> None:
        """What may be secret leaves this machine in cipher, or where the user allows it in plain."""
        if self.where.is_secure or self.where.is_here or self._may_go_plain:
            return
        has_key = bool(key.secret or self._signer)
        if not has_key and not self._private:
            return
        held = f"providers.{self._name}.headers"
        what = f"The key for {self._name} is" if has_key else f"What {held} says is"
        raise ProviderError(
            f"{what} not sent to {self.where.host} without encryption: use https:// in the base URL, "
            f"unset {key.source if has_key else held}, or set "
            f"providers.{self._name}.allow_plain_http.",
            kind="request",
        )

    async def _signing(self, server: Server) -> Sign | None:
        """What signs the request, where no key goes along."""
        if self._signer is None or server.secret:
            return None
        return await asyncio.to_thread(self._signer)


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
    """The service for `setup`, its key from where the configuration says, else, for the vendor itself,
    from one of `variables`."""
    keys = setup.key_source(variables)
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

"""HTTP as the providers need it, and the only importer of httpx, so that a successor is one file.

What httpx does not bound by itself is bounded here: its read limit starts anew at every byte, so
the headers have a deadline of their own and the idle clock is wound only by what the reader calls
real; what is decoded is bounded, not what is received."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import logging
import threading
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import httpx
import msgspec

from tui_sessions.config.schema import NetworkConfig
from tui_sessions.errors import ProviderError
from tui_sessions.model.display import shown_duration
from tui_sessions.model.text import clean_line
from tui_sessions.providers.chunks import join_chunks
from tui_sessions.providers.endpoint import led_astray
from tui_sessions.providers.failures import Server, refused
from tui_sessions.providers.retry import asked_wait_s, is_retryable

Sign = Callable[[str, str, Mapping[str, str], bytes], Mapping[str, str]]
"""Method, address, headers and the very bytes of the body to the headers that are sent with them."""

_HERE = ("localhost", "127.0.0.1", "[::1]")
_FIRST_CONNECTION = "anyio._backends._asyncio"
"""What httpx would otherwise load only with its first connection."""
_PIECE_BYTES = 65_536
_QUICK_S = 15.0
"""How long a list is worth waiting for."""
_ERROR_BODY_S = 10.0
"""How long the body of an error is worth waiting for."""


class Answer:
    """An open response: its kind, and its decoded bytes as they come."""

    def __init__(self, response: httpx.Response, network: NetworkConfig, server: Server) -> None:
        self._response = response
        self._network = network
        self._server = server
        self._source = response.aiter_raw()
        self._idle_s = network.idle_timeout_s
        self._limit = "max_answer_bytes"
        self._deadline: float | None = None
        self.status = response.status_code
        self.content_type = (
            response.headers.get("content-type", "").partition(";")[0].strip().lower()
        )

    def alive(self) -> None:
        """Text came: the idle clock starts anew with the next read."""
        self._deadline = None

    def hurry(self, limit_s: float) -> None:
        """What still comes is worth waiting for only so long."""
        self._idle_s = min(self._idle_s, limit_s)
        self._deadline = None

    def is_list(self) -> None:
        """No model has to think for it: it is short, and soon there."""
        self._limit = "max_line_bytes"
        self.hurry(_QUICK_S)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The decoded bytes. Raises `ProviderError`: silence (`timeout`), a break (`cut`), too much
        (`protocol`)."""
        decoded = _decoder(self._response.headers.get("content-encoding", ""), self._server)
        most = room = int(getattr(self._network, self._limit))
        while (raw := await self._next()) is not None:
            for piece in decoded(raw):
                yield piece[:room]
                room -= len(piece)
                if room < 0:
                    raise _too_large(self._server, most, self._limit)

    async def aclose(self) -> None:
        """Closes the connection where anything is left to read."""
        with contextlib.suppress(httpx.HTTPError):
            if isinstance(self._source, AsyncGenerator):
                await self._source.aclose()
            await self._response.aclose()

    async def _next(self) -> bytes | None:
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._idle_s
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._source.__anext__()
        except StopAsyncIteration:
            return None
        except TimeoutError:
            raise _silent(self._server, self._idle_s) from None
        except httpx.HTTPError as error:
            raise ProviderError(
                f"The connection to {self._server.host} broke in the middle of the answer: try "
                "again.",
                kind="cut",
            ) from error


class Http:
    """One client of one provider. Follows no redirect, keeps no cookie; belongs to one event loop."""

    def __init__(
        self,
        network: NetworkConfig,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        at_home: str = "",
    ) -> None:
        """`at_home` is a host that is asked in plain on a private network: by no proxy."""
        self._network = network
        self._at_home = at_home
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._making = threading.Lock()

    @contextlib.asynccontextmanager
    async def send(
        self,
        method: str,
        url: str,
        *,
        server: Server,
        headers: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
        sign: Sign | None = None,
        is_quick: bool = False,
    ) -> AsyncIterator[Answer]:
        """An answer whose status is good; closed at the end. `is_quick`: no model has to think before it
        begins. Raises `ProviderError`."""
        limit_s = self._network.header_timeout_s
        limit_s = min(limit_s, _QUICK_S) if is_quick else limit_s
        response = await self._response(method, url, server, headers, body, sign, limit_s)
        answer = Answer(response, self._network, server)
        if is_quick:
            answer.is_list()
        try:
            if not response.is_success:
                raise await self._refused(answer, response, server)
            yield answer
        finally:
            await answer.aclose()

    def prepare(self) -> httpx.AsyncClient:
        """The client, made at its first use: in a thread, where it is wanted ahead. Raises
        `ProviderError`."""
        with self._making:
            if self._client is None:
                with contextlib.suppress(ImportError):
                    importlib.import_module(_FIRST_CONNECTION)
                self._client = _client(self._network, self._transport, self._at_home)
            return self._client

    async def aclose(self) -> None:
        """Closes all connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _response(
        self,
        method: str,
        url: str,
        server: Server,
        headers: Mapping[str, str],
        body: Mapping[str, Any] | None,
        sign: Sign | None,
        limit_s: float,
    ) -> httpx.Response:
        client = self.prepare()
        sent = {"accept-encoding": "identity", "user-agent": "tui-sessions", **headers}
        content = None
        if body is not None:
            content = _encoded(body)
            sent["content-type"] = "application/json"
        if sign is not None:
            sent = dict(sign(method, url, sent, content or b""))
        try:
            request = client.build_request(method, url, headers=sent, content=content)
            async with asyncio.timeout(None) as deadline:
                request.extensions["trace"] = self._watch(deadline, limit_s, server)
                return await client.send(request, stream=True)
        except TimeoutError:
            is_set = limit_s == self._network.header_timeout_s
            raise _silent(server, limit_s, is_set=is_set) from None
        except httpx.InvalidURL:
            raise ProviderError(
                f"The address of {server.host} cannot be read: check the base URL.", kind="request"
            ) from None
        except httpx.HTTPError as error:
            raise _unreachable(server, error) from error

    def _watch(
        self, deadline: asyncio.Timeout, limit_s: float, server: Server
    ) -> Callable[..., Any]:
        """httpcore's trace hook. The deadline runs from the moment the request has been sent, however long
        the prompt; where no name may lead, nothing is sent."""

        async def trace(event: str, info: Mapping[str, Any]) -> None:
            if event.endswith("receive_response_headers.started"):
                deadline.reschedule(asyncio.get_running_loop().time() + limit_s)
            elif event.endswith("connect_tcp.complete"):
                stream = info["return_value"]
                address, *_ = stream.get_extra_info("server_addr") or ("",)
                if astray := led_astray(str(address)):
                    await stream.aclose()
                    raise ProviderError(
                        f"{server.host} is not asked: its name {astray}. Check the base URL.",
                        kind="request",
                    )

        return trace

    async def _refused(
        self, answer: Answer, response: httpx.Response, server: Server
    ) -> ProviderError:
        body = bytearray()
        answer.hurry(_ERROR_BODY_S)
        with contextlib.suppress(ProviderError):
            async for piece in answer.chunks():
                body += piece[: self._network.max_error_bytes - len(body)]
                if len(body) >= self._network.max_error_bytes:
                    break
        location = response.headers.get("location", "")
        error = refused(
            server,
            answer.status,
            bytes(body),
            answer.content_type,
            location,
            code=response.headers.get("x-amzn-errortype", ""),
        )
        asked_s = asked_wait_s(response.headers, datetime.now(UTC))
        if asked_s is not None:
            error.retry_after_s = asked_s  # else what the body says
        error.retryable = is_retryable(error.retryable, response.headers)
        return error


def _client(
    network: NetworkConfig, transport: httpx.AsyncBaseTransport | None, at_home: str
) -> httpx.AsyncClient:
    timeout = httpx.Timeout(
        connect=network.connect_timeout_s, read=None, write=network.idle_timeout_s, pool=None
    )
    join_chunks()
    # It writes the headers of answers down, where a server may have echoed the key.
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    try:
        client = httpx.AsyncClient(
            timeout=timeout,
            follow_redirects=False,
            transport=transport,
            # No proxy of the environment for servers on this machine, nor where a key goes in plain.
            mounts=dict.fromkeys(f"all://{host}" for host in (*_HERE, at_home) if host),
        )
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
    except (ValueError, ImportError, OSError) as error:
        raise ProviderError(
            "The proxy or certificate settings of the environment (HTTPS_PROXY, ALL_PROXY, "
            "SSL_CERT_FILE) cannot "
            "be used: correct or unset them.",
            kind="network",
        ) from error
    return client


def _encoded(body: Mapping[str, Any]) -> bytes:
    """JSON; lone surrogates, which no server reads, become question marks."""
    try:
        return msgspec.json.encode(body)  # six times as fast: attached files make it large
    except UnicodeEncodeError:
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _decoder(encoding: str, server: Server) -> Callable[[bytes], Iterator[bytes]]:
    """Raw bytes to decoded pieces of a bounded size: a bomb is met piece by piece. `identity` is
    asked for, but some servers compress whatever is asked."""
    match encoding.strip().lower():
        case "" | "identity":
            return lambda raw: iter((raw,))
        case "gzip" | "x-gzip" | "deflate":
            return _Inflater(server)
    raise ProviderError(
        f"{server.host} sent its answer in an encoding that was not asked for "
        f"({server.said(encoding)[:40]}).",
        kind="protocol",
    )


class _Inflater:
    def __init__(self, server: Server) -> None:
        self._server = server
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, by its header

    def __call__(self, raw: bytes) -> Iterator[bytes]:
        while raw:
            try:
                piece = self._inflate.decompress(raw, _PIECE_BYTES)
            except zlib.error:
                raise ProviderError(
                    f"{self._server.host} sent compressed data that is damaged: try again.",
                    kind="protocol",
                ) from None
            raw = self._inflate.unconsumed_tail
            yield piece


def _unreachable(server: Server, error: httpx.HTTPError) -> ProviderError:
    """The error for a request that got no response."""
    host, reason = server.host, str(error)
    if isinstance(error, httpx.TimeoutException):
        sentence = f"{host} could not be reached in time: check the network, or try again."
        return ProviderError(sentence, kind="timeout", retryable=True)
    if "CERTIFICATE_VERIFY_FAILED" in reason or "SSL" in reason:
        sentence = (
            f"The certificate of {host} is not valid ({_tls_reason(reason)}): nothing was sent."
        )
        return ProviderError(sentence, kind="network")
    if isinstance(error, httpx.ProxyError):
        sentence = f"The proxy on the way to {host} refused: check HTTPS_PROXY and ALL_PROXY."
        return ProviderError(sentence, kind="network", retryable=True)
    if isinstance(error, httpx.ConnectError):
        sentence = (
            f"Nothing answers at {host}: check that the server runs, the base URL and the network."
        )
        return ProviderError(sentence, kind="network", retryable=True)
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in reason:
        sentence = f"{host} does not answer in HTTP: check the base URL."
        return ProviderError(sentence, kind="protocol")
    if isinstance(error, httpx.TransportError):
        sentence = f"{host} closed the connection without an answer: try again."
        return ProviderError(sentence, kind="network", retryable=True)
    return ProviderError(f"The request to {host} failed: try again.", kind="network")


def _tls_reason(reason: str) -> str:
    """The part of OpenSSL's message that people can read."""
    said = reason.rpartition("certificate verify failed: ")[2].partition(" (_ssl")[0]
    return clean_line(said)[:100]


def _silent(server: Server, limit_s: float, *, is_set: bool = True) -> ProviderError:
    raised = ", or raise the limit in [network]" if is_set else ""
    waited = shown_duration(limit_s * 1000)
    return ProviderError(
        f"{server.host} sent nothing for {waited}: try again{raised}.", kind="timeout"
    )


def _too_large(server: Server, limit: int, name: str) -> ProviderError:
    return ProviderError(
        f"The answer of {server.host} is larger than {limit:,} bytes and was cut there "
        f"(network.{name}).",
        kind="protocol",
    )

"""Servers that run on this machine, looked for at their usual places: all at once, within a blink, without an
HTTP client."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tui_sessions.errors import ProviderError
from tui_sessions.providers.documents import NotJsonError, loads, mapping, sequence, string
from tui_sessions.providers.endpoint import endpoint

LIMIT_S = 0.3
LOCAL = ("ollama", "lmstudio", "llamacpp", "vllm", "litellm")
"""Who is looked for; also how the rows of the first screen are ordered."""
PASSED_ON = ("demo", "litellm")
"""On this machine, but their models need not be."""
_MOST_BYTES = 1_000_000
_REFUSED = (401, 403)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d{1,9})", re.IGNORECASE)


class LocalServer(msgspec.Struct, frozen=True, kw_only=True):
    """A server that answered."""

    provider: str
    host: str
    models: tuple[str, ...] = ()
    """Their names, as the server lists them."""
    wants_key: bool = False


async def running_servers(
    base_urls: Iterable[tuple[str, str]], *, limit_s: float = LIMIT_S
) -> tuple[LocalServer, ...]:
    """Which of these (provider, base URL) answer like one, in their order. Asks only what is this machine
    or its private network, sends no key, and raises nothing."""
    import asyncio  # not for who only needs the names

    found = await asyncio.gather(*(_look(name, url, limit_s) for name, url in base_urls))
    return tuple(server for server in found if server is not None)


async def _look(name: str, base_url: str, limit_s: float) -> LocalServer | None:
    import asyncio

    path = "/api/tags" if name == "ollama" else "/models"
    try:
        where = endpoint(base_url)
        if not where.is_private:
            return None
        async with asyncio.timeout(limit_s):
            status, body = await _get(where.url + path, is_secure=where.is_secure)
    except (ProviderError, OSError, ValueError, TimeoutError):
        return None
    if status in _REFUSED and name != "ollama":
        return LocalServer(provider=name, host=where.host, wants_key=True)
    models = _models(body) if status == 200 else None
    return None if models is None else LocalServer(provider=name, host=where.host, models=models)


def _models(body: bytes) -> tuple[str, ...] | None:
    """The names in a list of models; None where this is none: any program may listen on such a port."""
    try:
        document: Any = loads(body.decode("utf-8", "replace"))
    except NotJsonError:
        return None
    lists = mapping(document)
    if not isinstance(lists.get("data"), list) and not isinstance(lists.get("models"), list):
        return None
    entries = map(mapping, sequence(lists.get("data")) or sequence(lists.get("models")))
    names = (string(entry.get("id")) or string(entry.get("name")) for entry in entries)
    return tuple(name for name in names if name)


async def _get(url: str, *, is_secure: bool) -> tuple[int, bytes]:
    """Status and body of a page; HTTP/1.0, so that it comes in one piece."""
    import asyncio

    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port or (443 if is_secure else 80), ssl=is_secure or None
    )
    try:
        asked = f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
        writer.write(asked.encode())
        await writer.drain()
        data = b""
        while not _is_whole(data) and (more := await reader.read(_MOST_BYTES)):
            data += more
    finally:
        writer.close()
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head.partition(b" ")[2][:3] or 0), body


def _is_whole(data: bytes) -> bool:
    """Whether nothing more is to come; a server that keeps the connection open says how much there is."""
    head, end, body = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head) if end else None
    return len(data) >= _MOST_BYTES or (length is not None and len(body) >= int(length[1]))

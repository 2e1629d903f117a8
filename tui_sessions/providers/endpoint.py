"""Base URLs: which are accepted, and in what form. Pure; asks no name server."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

import msgspec

from tui_sessions.errors import ProviderError
from tui_sessions.model.text import clean_line

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?\.?")
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]*|[0-9]+")
_VERSION = re.compile(r"v[0-9]+[a-z0-9]*")
_PRIVATE_ENDS = (".localhost", ".local", ".lan", ".home.arpa", ".internal")
_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "instance-data"})
_METADATA_ADDRESSES = frozenset(
    {"100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254"}
)
"""Where clouds hand out the credentials of a machine, besides the link-local range."""
_CARRIER_NETWORK = ipaddress.ip_network("100.64.0.0/10")
"""Where private overlay networks live."""

OLLAMA_PORT = 11434

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A checked base URL without a slash at its end."""

    url: str
    host: str
    """Host and port as the URL has them: for messages."""
    hostname: str
    """The host alone, in lower case."""
    is_secure: bool
    """https."""
    is_private: bool
    """This machine or a private network, as far as the name tells."""


def endpoint(url: str) -> Endpoint:
    """`url` checked. Raises `ProviderError` that says what is wrong with it."""
    text = url.strip()
    if any(ord(char) <= 0x20 or 0x7F <= ord(char) < 0xA0 or char == "\\" for char in text):
        raise _refused(text, "it holds a space, a backslash or a control character")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused(text, "it cannot be read as an address") from None
    if parts.scheme not in ("http", "https"):
        raise _refused(text, "only http:// and https:// are spoken")
    if "@" in parts.netloc:
        raise _refused("", "it holds a user name; keys belong into the environment")
    if parts.query or parts.fragment:
        raise _refused(f"{parts.scheme}://{parts.netloc}{parts.path}", "it may have no ? and no #")
    address = _address(text, host)
    if _is_metadata(host, address):
        raise _refused(text, "that is where machines keep their own credentials")
    shown = f"[{host}]" if ":" in host else host
    return Endpoint(
        url=text.rstrip("/"),
        host=shown if port is None else f"{shown}:{port}",
        hostname=host.rstrip("."),
        is_secure=parts.scheme == "https",
        is_private=_is_private(host, address),
    )


def chat_completions_base(url: str) -> str:
    """The base URL of an OpenAI-shaped server, with or without `/v1`, with or without the method's
    path."""
    base = url.strip().rstrip("/").removesuffix("/chat/completions").rstrip("/")
    has_version = any(_VERSION.fullmatch(part) for part in base.split("/")[3:])
    return base if has_version else f"{base}/v1"


def messages_base(url: str) -> str:
    """The base URL of an Anthropic-shaped server, always with `/v1`."""
    base = url.strip().rstrip("/").removesuffix("/messages").rstrip("/")
    return f"{base.removesuffix('/v1')}/v1"


def gemini_base(url: str, version: str) -> str:
    """The base URL of a server that speaks Gemini's language, with `version` unless it has one."""
    base = url.strip().rstrip("/").removesuffix("/models").rstrip("/")
    has_version = any(_VERSION.fullmatch(part) for part in base.split("/")[3:])
    return base if has_version else f"{base}/{version}"


def ollama_base(host: str) -> str:
    """The base URL that `OLLAMA_HOST` means, read as Ollama's server reads it.

    Without a scheme: http and port 11434; with one, that scheme's port. "Any address" is this
    machine for a client.
    """
    text = host.strip().strip("\"'")
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "http", text
    port = OLLAMA_PORT if not separator else {"http": 80, "https": 443}.get(scheme, OLLAMA_PORT)
    authority, slash, path = rest.partition("/")
    name, given = _split_port(authority)
    name = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(name, name)
    base = f"{scheme}://{name}:{given or port}{slash}{path}".rstrip("/")
    return base.removesuffix("/v1").removesuffix("/api")


def _split_port(authority: str) -> tuple[str, str]:
    if authority.count(":") > 1 and not authority.startswith("["):
        return f"[{authority}]", ""  # a bare IPv6 address
    name, colon, port = authority.rpartition(":")
    if not colon or port.endswith("]"):
        return authority, ""
    return name, port


def _address(url: str, host: str) -> Address | None:
    """The IP address that `host` is, None for a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    if not _PLAIN_NAME.fullmatch(host) or ".." in host:
        why = "its host is empty or not written in plain letters (use the xn-- form)"
        raise _refused(url, why)
    if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        raise _refused(url, "its host is a number in disguise; write the address as 127.0.0.1")
    return None


def _is_metadata(host: str, address: Address | None) -> bool:
    if address is None:
        return host.rstrip(".") in _METADATA_NAMES
    real = getattr(address, "ipv4_mapped", None) or address
    return bool(real.is_link_local or real.is_multicast) or str(real) in _METADATA_ADDRESSES


def _is_private(host: str, address: Address | None) -> bool:
    if address is not None:
        real = getattr(address, "ipv4_mapped", None) or address
        return bool(real.is_loopback or real.is_private) or real in _CARRIER_NETWORK
    name = host.rstrip(".")
    return "." not in name or name.endswith(_PRIVATE_ENDS)


def _refused(url: str, why: str) -> ProviderError:
    shown = clean_line(url)[:120]
    named = f" {shown!r}" if shown else ""
    return ProviderError(
        f"The base URL{named} is refused: {why}. Write it like https://api.example.com/v1.",
        kind="request",
    )

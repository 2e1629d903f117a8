"""Base URLs: which are accepted, and in what form. Pure; asks no name server."""

from __future__ import annotations

import contextlib
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
_ZONE = re.compile(r"[A-Za-z0-9._-]+")
_METADATA_NAMES = frozenset(
    {
        "metadata",
        "metadata.goog",
        "metadata.google.internal",
        "instance-data",
        "instance-data.ec2.internal",
    }
)
_METADATA_ADDRESSES = frozenset(
    {"100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254"}
)
"""Where clouds hand out the credentials of a machine, besides the link-local range."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 behind a translator (RFC 6052): the last four bytes are the address that is asked."""
_OTHERS = {
    **dict.fromkeys((20, 21), "FTP"),
    22: "SSH",
    23: "Telnet",
    **dict.fromkeys((25, 110, 143, 465, 587, 993, 995), "mail"),
    53: "DNS",
    **dict.fromkeys((389, 636), "LDAP"),
    445: "SMB",
    **dict.fromkeys((2375, 2376), "Docker"),
    3306: "MySQL",
    5432: "PostgreSQL",
    6379: "Redis",
    11211: "memcached",
    27017: "MongoDB",
}
"""Ports where no model answers, but something that could be made to obey."""
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
    is_here: bool
    """This machine."""


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
    if port is not None and (not port or port in _OTHERS):
        raise _refused(text, f"port {port} is for {_OTHERS.get(port, 'nobody')}")
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
        is_here=_is_here(host, address),
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
    plain, percent, zone = host.partition("%")
    has_zone = ":" in plain and bool(_ZONE.fullmatch(zone))
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(plain if has_zone or not percent else host)
    if not _PLAIN_NAME.fullmatch(host) or ".." in host:
        why = "its host is empty or not written in plain letters (use the xn-- form)"
        raise _refused(url, why)
    if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        raise _refused(url, "its host is a number in disguise; write the address as 127.0.0.1")
    return None


def _is_metadata(host: str, address: Address | None) -> bool:
    if address is None:
        return host.rstrip(".") in _METADATA_NAMES
    real = _real(address)
    return bool(real.is_link_local or real.is_multicast) or str(real) in _METADATA_ADDRESSES


def _real(address: Address) -> Address:
    """The IPv4 address that hides in an IPv6 one, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def _is_here(host: str, address: Address | None) -> bool:
    if address is not None:
        return _real(address).is_loopback
    return host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost")


def led_astray(address: str) -> str:
    """Why nothing may be sent to `address`, to which a name has led, as the end of a sentence; "" where it
    may."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""  # no network address: a socket of this machine
    if _is_metadata("", found):
        return f"leads to {found}, where machines keep their own credentials"
    return ""


def _is_private(host: str, address: Address | None) -> bool:
    if address is not None:
        real = _real(address)
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

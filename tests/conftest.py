"""Every test is alone: no real home, no real keys, no network beyond this machine."""

from __future__ import annotations

import gc
import os
import socket
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# How long an example takes says more about the machine than about the program.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

# A quarter of the time went into looking for garbage among what a whole run keeps.
gc.set_threshold(20_000, 20, 50)

_OURS = ("TUI_SESSIONS_", "LLM_", "XDG_", "TEXTUAL", "AWS_", "AZURE_", "GOOGLE_")
_FOREIGN = (
    "OPENAI_API_VERSION",
    "OPENAI_BASE_URL",
    "OPENAI_ORG_ID",
    "OPENAI_PROJECT_ID",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "OLLAMA_HOST",
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "LINES",
    "EDITOR",
    "VISUAL",
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory of its own, and an environment that says nothing."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        is_key = name.endswith("_API_KEY") or name.upper() in _PROXIES
        if name.startswith(_OURS) or name in _FOREIGN or is_key:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for kind, place in (
        ("CONFIG", ".config"),
        ("DATA", ".local/share"),
        ("STATE", ".local/state"),
        ("CACHE", ".cache"),
    ):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / place))
    return home


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> type[BaseException]:
    """Whoever asks for another machine fails, at the name and at the connection; how."""
    connect, connect_ex, getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _demand_loopback(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _demand_loopback(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_loopback(host):
            raise OffLimitsError(f"A test asked for the address of {host!r}.")
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
    return OffLimitsError


class OffLimitsError(BaseException):
    """A test reached for the network. No `Exception`, so that no retry loop can swallow it."""


def _demand_loopback(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
        raise OffLimitsError(f"A test connected to {address!r}.")


def _is_loopback(host: Any) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    # Names under .invalid never resolve (RFC 6761): tests may ask for one to see it fail.
    if name.endswith(".invalid"):
        return True
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified

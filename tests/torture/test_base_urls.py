"""Base URLs that would lead a key or a prompt where nobody means it to go: refused before a byte leaves."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from contract import ENVIRON, KEY, ROWS
from fake_servers import asking, configured, heard
from fault_server import serving
from faults import FAULTS
from proof import tell

from tui_sessions.cli.main import main
from tui_sessions.config.schema import EndpointConfig
from tui_sessions.errors import ProviderError
from tui_sessions.providers import endpoint as endpoints
from tui_sessions.providers.endpoint import endpoint
from tui_sessions.providers.registry import Providers

METADATA = (
    "http://169.254.169.254/latest",
    "https://169.254.169.254/",
    "http://169.254.170.2/v2/credentials",
    "http://2852039166/",
    "http://0xA9FEA9FE/",
    "http://0251.0376.0251.0376/",
    "http://169.254.43518/",
    "http://0xa9.254.0xa9.254/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fd00:ec2::254]/",
    "http://[fd20:ce::254]/",
    "http://metadata.google.internal/",
    "http://METADATA.google.internal./",
    "http://metadata.goog/",
    "http://metadata/",
    "http://instance-data/latest",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    "http://168.63.129.16/",
)
OTHER_SCHEMES = (
    "file:///etc/passwd",
    "gopher://127.0.0.1:70/x",
    "ftp://127.0.0.1/v1",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "javascript:alert(1)",
    "data:text/plain,x",
    "//127.0.0.1/v1",
    "127.0.0.1/v1",
    "ws://127.0.0.1/v1",
)
DECEIVING = (
    "http://user:hidden-word@127.0.0.1/v1",
    "https://api.openai.com@evil.example/v1",
    "http://evil.example\\@127.0.0.1/",
    "http://127.0.0.1\\.evil.example/",
    "http://127.0.0.1/v1\r\nX-Injected: y",
    "http://127.0.0.1/v1\nHost: evil",
    "http://127.0.0.1/\x00",
    "http://127.0.0.1/v1?key=hidden-word",
    "http://127.0.0.1/v1#hidden",
    "https://аpi.openai.com/v1",
    "https://api.openai。com/v1",
    "https://ⓐpi.openai.com/v1",
    "https://api\u200b.openai.com/v1",
    "https://\u202eapi.openai.com/v1",
    "http://10.0.0.1%2e.evil.example/v1",
    "http://127.0.0.1%00.evil.example/",
    "http://127.1/",
    "http://0/",
    "http://017700000001/",
    "https://a..b/",
    "https:///v1",
    "https://[::1/",
)
PORTS = (
    "http://[::1]:22/",
    "http://127.0.0.1:6379/",
    "http://127.0.0.1:25/",
    "http://127.0.0.1:2375/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:port/",
)
BAD = METADATA + OTHER_SCHEMES + DECEIVING + PORTS
HIDDEN = "hidden-word"
OLLAMA = "application/x-ndjson"
UNDERSTOOD = {(url, OLLAMA) for url in ("//127.0.0.1/v1", "127.0.0.1/v1", "https:///v1")}
"""Ollama's own way to write an address needs neither a scheme nor a host; Azure's addresses are copied with their
query, which is dropped."""
PLAIN = FAULTS["plain"]
[OPENAI] = [row for row in ROWS if row.id == "openai"]


@pytest.fixture(autouse=True)
def no_connection(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was connected to, and asked of name servers."""
    asked: list[Any] = []
    connect = asyncio.BaseEventLoop.create_connection

    def noted(self: Any, *args: Any, **more: Any) -> Any:
        asked.append((args, more))
        return connect(self, *args, **more)

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", noted)
    return asked


@pytest.mark.parametrize("url", BAD)
async def test_no_provider_asks_such_an_address(url: str, no_connection: list[Any]) -> None:
    for row in ROWS:
        if (url, row.tongue.kind) in UNDERSTOOD or (row.provider == "azure" and "?" in url):
            continue
        with pytest.raises(ProviderError) as caught:
            await row.providers(url, ENVIRON).get(row.provider).models()
        said = str(caught.value)
        assert "refused" in said, row.id
        assert HIDDEN not in said
        assert said.isprintable()
    assert no_connection == []


@pytest.mark.parametrize("way", ["option", "configuration", "environment"])
def test_the_command_line_refuses_them_all(
    way: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    no_connection: list[Any],
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for number, url in enumerate(BAD):
        if "\x00" in url and way == "environment":
            continue  # no variable can hold it
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
        monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
        words = ["--dir", str(tmp_path / str(number))]
        match way:
            case "option":
                words += ["ask", "--base-url", url]
            case "configuration":
                words += ["--set", f"providers.openai.base_url={url}", "ask"]
            case _:
                monkeypatch.setenv("OPENAI_BASE_URL", url)
                words += ["ask"]
        code = main([*words, "--model", "openai/m", "hi"])
        said = capsys.readouterr()
        assert code, url
        assert "Traceback" not in said.err
        assert HIDDEN not in said.out + said.err
        assert KEY not in said.out + said.err
    assert no_connection == []
    tell(
        "S6",
        "addresses by option, configuration, environment",
        f"1 ways, {len(BAD)} times refused: 0 connections",
    )


async def test_a_name_that_leads_to_credentials_is_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpoints, "_METADATA_ADDRESSES", frozenset({"127.0.0.1", "::1"}))
    async with serving(PLAIN.act, OPENAI.tongue) as served:
        provider, providers = OPENAI.built(f"http://localhost:{served.port}/v1", retries=2)
        found = await heard(provider.stream(asking()))
        await providers.aclose()
        assert served.asked == 0
    assert found.error is not None
    assert "keep their own credentials" in str(found.error)
    assert found.error.kind == "request"


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1%eth0", "::ffff:169.254.169.254"])
def test_the_address_behind_a_name_is_looked_at(address: str) -> None:
    assert endpoints.led_astray(address)
    assert not endpoints.led_astray("127.0.0.1")
    assert not endpoints.led_astray("8.8.8.8")


@pytest.mark.parametrize(
    "url", ["http://api.example.com/v1", "http://192.168.1.5/v1", "http://box/v1"]
)
@pytest.mark.parametrize("has", ["key", "header"])
async def test_what_may_be_secret_goes_in_cipher_until_plain_is_allowed(
    url: str, has: str, no_connection: list[Any]
) -> None:
    headers = ("X-Team: a-secret-word",) if has == "header" else ()
    variable = "OWN" if has == "key" else ""
    own = EndpointConfig(base_url=url, headers=headers, api_key_variable=variable)
    config = configured(retries=0)
    providers = Providers(
        type(config)(network=config.network, endpoints={"own": own}), {"OWN": KEY}
    )
    found = await heard(providers.get("own").stream(asking()))
    assert found.error is not None
    assert "without encryption" in str(found.error)
    assert "allow_plain_http" in str(found.error)
    assert "a-secret-word" not in str(found.error)
    assert no_connection == []


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1",
        "http://localhost:1234/v1",
        "http://127.0.0.1:11434",
        "http://[::1]:8080/",
        "http://192.168.1.5:8000/v1",
        "https://xn--h1ae.example/",
        "https://10.1.2.3:8443/v1",
    ],
)
def test_good_addresses_are_taken(url: str) -> None:
    assert endpoint(url).url == url.rstrip("/")


async def test_on_a_private_network_a_key_passes_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(PLAIN.act, OPENAI.tongue) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        own = EndpointConfig(
            base_url="http://home.invalid.local/v1", api_key_variable="OWN", allow_plain_http=True
        )
        config = configured(retries=0, connect_timeout_s=0.5)
        config = type(config)(network=config.network, endpoints={"own": own})
        providers = Providers(config, {"OWN": KEY})
        names: list[str] = []

        def resolve(host: Any, *_: Any, **__: Any) -> Any:
            names.append(str(host))
            raise OSError("no such name")

        monkeypatch.setattr("socket.getaddrinfo", resolve)
        found = await heard(providers.get("own").stream(asking()))
        await providers.aclose()
        assert (proxy.asked, found.text) == (0, "")
    assert any("home.invalid.local" in name for name in names)


async def test_a_cookie_is_not_sent_back() -> None:
    cookie = FAULTS["a_cookie"]
    async with serving(cookie.act, OPENAI.tongue) as served:
        provider, providers = OPENAI.built(served.url)
        for _ in range(2):
            assert (await heard(provider.stream(asking()))).error is None
        await providers.aclose()
        assert [line.headers.get("cookie") for line in served.lines] == [None, None]

"""A key is nowhere but in the request: not in the library, the index, the logs, exports, or on the screen.

The text of an answer is content: what a server says there is kept as it came, whatever it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import json
import os
import shlex
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import servers_that_fail  # noqa: F401 - fills the catalogue
from contract import ROWS, Row
from fake_keyring import fake_keyring
from fault_server import Line, served_aside
from faults import FAULTS
from proof import is_whole, tell

from tui_sessions.cli.main import main
from tui_sessions.config.schema import BedrockConfig, EndpointConfig
from tui_sessions.tui.app import SessionsApp
from tui_sessions.wiring import services

CANARY = "Canary7plain0of0no0form0913"
"""Of no form that gives a key away."""
HEADER_CANARY = "Canary8team0word0of0a0header"
SECRETS = (CANARY.encode(), HEADER_CANARY.encode())
SOURCES = ("environment", "command", "keyring")
KINDS = ("openai", "openai-responses", "anthropic", "gemini", "azure", "bedrock", "ollama", "groq")
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def echoes(line: Line) -> str:
    """All that the client sent to show who it is."""
    return " ".join(value for name, value in line.headers.items() if "anary" in value)


async def in_a_status(line: Line) -> None:
    await line.refuse("400 Bad Request", f"you said {echoes(line)}", x_echo=echoes(line))


async def in_a_limit(line: Line) -> None:
    await line.refuse("429 Too Many Requests", f"{echoes(line)} asks too often", retry_after="0.01")


async def in_a_parameter(line: Line) -> None:
    said = f"Unsupported parameter: '{CANARY}' is not supported with this model."
    error = {"message": said, "param": CANARY, "type": CANARY, "code": CANARY, "status": CANARY}
    await line.whole("400 Bad Request", json.dumps({"error": error}).encode())


async def in_a_page(line: Line) -> None:
    await line.whole("503 No", f"<html>{echoes(line)}</html>".encode(), "text/html")


async def in_the_stream(line: Line) -> None:
    await line.begin("first ")
    await line.chunk(line.tongue.failure(f"{echoes(line)} broke down"))
    await line.no_more()


async def in_the_finish(line: Line) -> None:
    await line.begin("first ")
    await line.chunk(line.words.end_because(CANARY.encode()))
    await line.no_more()


async def in_the_name_of_the_model(line: Line) -> None:
    data = line.tongue.answer("first ").replace(b'"m"', f'"{CANARY}"'.encode())
    await line.head()
    await line.chunk(data if not line.words.is_framed else line.tongue.answer("first "))
    await line.no_more()


async def in_headers(line: Line) -> None:
    await line.begin("first ", x_echo=echoes(line), set_cookie=f"key={CANARY}")
    await line.finish()


async def in_an_encoding(line: Line) -> None:
    await line.begin("first ", content_encoding=CANARY)


async def in_the_list_of_models(line: Line) -> None:
    models = [{"id": CANARY, "name": f"models/{CANARY}", "modelId": CANARY}]
    document = {"data": models, "models": models, "modelSummaries": models, "owner": echoes(line)}
    await line.whole("200 OK", json.dumps(document).encode())


ACTS: tuple[Callable[[Line], Any], ...] = (
    in_a_status,
    in_a_limit,
    in_a_parameter,
    in_a_page,
    in_the_stream,
    in_the_finish,
    in_the_name_of_the_model,
    in_headers,
    in_an_encoding,
    in_the_list_of_models,
    *(
        FAULTS[name].act
        for name in ("plain", "key_refused", "key_echoed", "redirect_with_the_key", "reset_at_once")
    ),
)


class Place:
    """A program with a key that has to stay secret."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
        self.home, self.library = home, home / "library"
        self._patch, self._capsys = monkeypatch, capsys
        self.said = ""
        self.codes: list[int] = []

    def configure(self, row: Row, source: str, url: str, elsewhere: Path) -> None:
        """Write the configuration, and put the key where it is to come from."""
        fields = [f'base_url = "{url}"', f'headers = ["X-Team: {HEADER_CANARY}"]']
        match source:
            case "environment":
                fields.append('api_key_variable = "MY_OWN_KEY"')
                self._patch.setenv("MY_OWN_KEY", CANARY)
            case "command":
                elsewhere.write_text(CANARY + "\n")
                fields.append(f'api_key_command = "cat {shlex.quote(str(elsewhere))}"')
            case _:
                fake_keyring(self._patch)[("tui-sessions", row.provider)] = CANARY
                fields.append("api_key_keyring = true")
        own = row.own
        if isinstance(own, EndpointConfig) or own is not None:
            api = getattr(own, "api", "")
            fields += [f'api = "{api}"'] if api else []
        if row.provider == "bedrock":
            fields.append(f'region = "{BedrockConfig().region or "us-east-1"}"')
        config = self.home / ".config" / "tui-sessions" / "config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        table = "\n".join([f"[providers.{row.provider}]", *fields])
        network = "[network]\nheader_timeout_s = 20\nidle_timeout_s = 20\nretries = 1\n"
        config.write_text(f"debug = true\naudit = true\n{network}{table}\n")
        config.chmod(0o600)
        self.config = config

    def run(self, *words: str) -> int:
        """Call the program, and keep all that it says."""
        self._patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
        code = main(["--dir", str(self.library), *words])
        said = self._capsys.readouterr()
        self.said += said.out + said.err
        self.codes.append(code)
        return code

    def search(self) -> None:
        """The key is in nothing that was said or written."""
        for secret in SECRETS:
            assert secret.decode() not in self.said
            for path in self.home.rglob("*"):
                if path.is_file() and path != self.config:
                    assert secret not in path.read_bytes(), path
        # The configuration is the user's own: nothing but the header stands there, and never the key.
        assert SECRETS[0] not in self.config.read_bytes()


@pytest.fixture
def place(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Place:
    monkeypatch.setattr("tui_sessions.providers.retry.FIRST_WAIT_S", 0.01)
    client = functools.partial(httpx.AsyncClient, verify=NO_CERTIFICATES)
    monkeypatch.setattr(httpx, "AsyncClient", client)
    return Place(own_home, monkeypatch, capsys)


@contextlib.contextmanager
def answering(act: Any, row: Row) -> Iterator[Any]:
    """That server, with another one beside it."""
    with served_aside(act, row.tongue) as served:
        yield served


def pairs() -> Iterator[Any]:
    """Every kind of server, the key from each source in turn; each from all of them at full size."""
    for number, row in enumerate(row for row in ROWS if row.id in KINDS):
        for source in SOURCES if is_whole() else (SOURCES[number % len(SOURCES)],):
            yield pytest.param(row, source, id=f"{row.id}-{source}")


@pytest.mark.parametrize(("row", "source"), list(pairs()))
def test_a_key_is_in_nothing_that_is_said_or_written(
    row: Row, source: str, place: Place, tmp_path: Path
) -> None:
    asked = 0
    for act in ACTS:
        with answering(act, row) as served:
            place.configure(row, source, served.url, tmp_path / "secret")
            place.run("ask", "--model", f"{row.provider}/m", "hi")
            place.run("models", "--provider", row.provider, "--refresh")
            place.run("providers", "check", row.provider)
            assert any(CANARY in value for line in served.lines for value in line.headers.values())
            assert any(
                HEADER_CANARY in value for line in served.lines for value in line.headers.values()
            )
            asked += served.asked
    place.run("providers", "list", "--format", "json")
    place.run("config", "show")
    place.run("config", "check")
    place.run("list", "--format", "json")
    place.run("search", "hi")
    place.run("audit")
    place.run("info")
    place.run("doctor")
    for kind in ("markdown", "json", "csv", "text", "html"):
        place.run("export", "--all", "--format", kind, "-o", str(place.home / f"out-{kind}"))
    assert set(place.codes) >= {0, 4}
    place.search()
    tell("S5", "a canary key", f"1 ways to be given one, {asked} requests: 0 hits")


def test_a_crash_report_holds_no_key(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [row] = [row for row in ROWS if row.id == "openai"]

    def crash(self: Any, key: Any) -> None:
        raise RuntimeError(f"of the very key {key.secret}")

    monkeypatch.setattr("tui_sessions.providers.service.Service._demand_cipher", crash)
    with answering(FAULTS["plain"].act, row) as served:
        for source in SOURCES:
            place.configure(row, source, served.url, tmp_path / "secret")
            assert place.run("ask", "--model", "openai/m", "hi") == 4
            assert place.run("models", "--provider", "openai", "--refresh") == 1
    assert "RuntimeError" in place.said
    place.search()


@pytest.mark.parametrize("act", [in_a_status, in_the_stream, in_the_finish])
async def test_the_screen_shows_no_key(act: Any, place: Place, tmp_path: Path) -> None:
    [row] = [row for row in ROWS if row.id == "openai"]
    with answering(act, row) as served:
        place.configure(row, "environment", served.url, tmp_path / "secret")
        made = services(dir=str(place.library), environ=dict(os.environ))
        app = SessionsApp(made)
        async with app.run_test(size=(150, 44)) as pilot:
            await pilot.pause()
            stage = app.screen_stack[0].desk.stage  # type: ignore[attr-defined]
            session = made.new_session(model="openai/m")
            stage.open_session(session.id)
            stage.put_prompt("hi")
            await pilot.press("enter")
            async with asyncio.timeout(30):
                while not served.asked or made.turns.running_ids():
                    await pilot.pause(0.02)
            await pilot.pause()
            strips = app.screen._compositor.render_strips()
            place.said += "\n".join("".join(each.text for each in strip) for strip in strips)
            assert "hi" in place.said
    place.search()

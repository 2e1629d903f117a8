"""One answer of a server that misbehaves, through the whole engine onto the disk, and how it is judged."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import faults_of_lines  # noqa: F401 - fills the catalogue
import faults_of_messages  # noqa: F401 - fills the catalogue
import faults_of_words  # noqa: F401 - fills the catalogue
from contract import ENVIRON, KEY, Row
from fault_server import Served, serving
from faults import FAULTS, Fault

from tui_sessions.engine.events import EngineEvent, TurnEnded, TurnWaiting
from tui_sessions.engine.turns import Turns
from tui_sessions.errors import ProviderError
from tui_sessions.model.session import Session
from tui_sessions.providers.prices import Prices
from tui_sessions.providers.registry import Providers
from tui_sessions.store.library import Library

PATIENCE_S = 30
"""A bound for what hangs: idle limits here are less than a second."""
LIMITS: dict[str, Any] = {
    "connect_timeout_s": 10.0,
    "header_timeout_s": 20.0,
    "idle_timeout_s": 20.0,
    "retries": 2,
    "max_retry_wait_s": 30.0,
}
PROMPT = "Is anybody there?"
ENDED_WELL = ("stop", "length", "because")


def cases(row: Row) -> list[Fault]:
    """The faults that a server of that language can have."""
    return [fault for fault in FAULTS.values() if fault.fits(row.tongue)]


def certificate(folder: Path) -> ssl.SSLContext | None:
    """One that nobody signed; None where there is no openssl to make it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += ["-subj", "/CN=wrong.example", "-keyout", str(key), "-out", str(cert)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass
class Met:
    """What came of one answer."""

    events: list[EngineEvent] = field(default_factory=list)
    error: ProviderError | None = None
    session: Session | None = None
    prompts_seen: list[str] = field(default_factory=list)
    """What the disk held when the provider was asked."""

    @property
    def ended(self) -> TurnEnded:
        [ended] = [event for event in self.events if isinstance(event, TurnEnded)]
        return ended

    @property
    def waits(self) -> list[TurnWaiting]:
        return [event for event in self.events if isinstance(event, TurnWaiting)]


class _Heard:
    """A provider whose errors are noted on their way."""

    def __init__(self, provider: Any, met: Met, library: Library) -> None:
        self._provider, self._met, self._library = provider, met, library

    async def stream(self, request: Any) -> AsyncIterator[Any]:
        [row] = self._library.rows()
        turn = self._library.load(row.id).turns[-1]
        self._met.prompts_seen.append(turn.prompt.content if turn.prompt else "")
        try:
            async with contextlib.aclosing(self._provider.stream(request)) as events:
                async for event in events:
                    yield event
        except ProviderError as error:
            self._met.error = error
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)


class _Hearing:
    """The registry, of which every provider is one of those."""

    def __init__(self, providers: Providers, met: Met, library: Library) -> None:
        self._providers, self._met, self._library = providers, met, library

    def get(self, name: str) -> Any:
        return _Heard(self._providers.get(name), self._met, self._library)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._providers, name)


async def meet(
    row: Row, fault: Fault, root: Path, tls: ssl.SSLContext | None
) -> tuple[Met, Served]:
    """Ask a server with that fault."""
    async with serving(fault.act, row.tongue) as other:
        context = tls if fault.is_tls else None
        async with serving(fault.act, row.tongue, tls=context, other=other) as served:
            served.scheme = fault.scheme
            if fault.is_closed:
                served.port = closed_port()
            met = await _asked(row, fault, root, served.url)
        assert served.problems == []
        assert other.asked == 0, "another origin was asked"
    return met, served


async def _asked(row: Row, fault: Fault, root: Path, url: str) -> Met:
    limits = {**LIMITS, **fault.network}
    providers = row.providers(url, ENVIRON, **limits)
    library = Library.open(root, now=lambda: datetime.now(UTC))
    met = Met()
    turns = Turns(
        library,
        _Hearing(providers, met, library),  # type: ignore[arg-type]
        Prices(None),
        now=lambda: datetime.now(UTC),
    )
    turns.subscribe(met.events.append)
    session = library.create(Session(id=library.free_id(), model=f"{row.provider}/m"))
    try:
        async with asyncio.timeout(PATIENCE_S):
            turns.start(session.id, PROMPT)
            await turns.wait(session.id)
    finally:
        await turns.aclose()
    met.session = library.load(session.id)
    return met


def judge(row: Row, fault: Fault, met: Met, served: Served, root: Path) -> None:
    """Whether it ended as it must."""
    assert met.session is not None
    [turn] = met.session.turns
    assert turn.prompt is not None
    assert turn.prompt.content == PROMPT
    assert set(met.prompts_seen) == {PROMPT}, "the prompt was not on disk before the request"
    kept = turn.answer.content if turn.answer else ""
    error = met.error
    outcome = "answer" if error is None else error.kind
    assert outcome in fault.ends, (outcome, str(error), kept[:200])
    if error is None:
        assert turn.finish in ENDED_WELL, turn.finish
    else:
        assert turn.finish == ("interrupted" if error.kind == "cut" else "error")
        assert turn.error == str(error)
        judge_sentence(str(error))
    if fault.keeps is not None:
        assert kept == fault.keeps
    if fault.asked:
        wanted = 1 + fault.network["retries"] if "retries" in fault.network else fault.asked
        assert served.asked == (wanted if fault.asked > 1 else 1)
    assert all(wait.wait_s <= LIMITS["max_retry_wait_s"] for wait in met.waits)
    judge_files(root)


def judge_sentence(said: str) -> None:
    """One sentence that a person can read, and nothing that a terminal obeys."""
    assert 20 <= len(said) <= 600, said
    assert said.isprintable(), said
    assert "Traceback" not in said
    assert KEY not in said


def judge_files(root: Path) -> None:
    """The key is nowhere; no journal is left."""
    for path in root.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path
            assert "journal" not in str(path.parent.name) or not path.stat().st_size, path

"""Servers that misbehave: every answer ends as it must, the prompt is kept, and what had come of the text."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from contract import ROWS, Row
from faults import Fault
from proof import is_whole, tell
from servers_that_fail import cases, certificate, judge, meet

LEAST_FAULTS = 70
[CHIEF] = [row for row in ROWS if row.id == "openai"]
LANGUAGES = ("openai", "openai-responses", "anthropic", "gemini", "bedrock", "ollama")
SPREAD = 15
"""Of the faults that are not all met, every so many is."""


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext | None:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own waits before a retry are as short as can be; what servers ask for holds."""
    monkeypatch.setattr("tui_sessions.providers.retry.FIRST_WAIT_S", 0.01)
    monkeypatch.setattr("tui_sessions.providers.http._ERROR_BODY_S", 1.0)


def test_there_are_seventy_ways_to_misbehave_in_every_language() -> None:
    for row in ROWS:
        assert len(cases(row)) >= LEAST_FAULTS, row.id
    assert {row.tongue.kind for row in ROWS if row.id in LANGUAGES} == {
        row.tongue.kind for row in ROWS
    }


@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.name) for fault in cases(CHIEF)])
async def test_an_answer_of_a_server_that_misbehaves_ends_as_it_must(
    fault: Fault, tmp_path: Path, tls: ssl.SSLContext | None
) -> None:
    if fault.is_tls and tls is None:
        pytest.skip("no openssl to make a certificate")
    await judged(CHIEF, fault, tmp_path / "library", tls)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS if row != CHIEF])
async def test_in_every_language_it_ends_as_it_must(
    row: Row, tmp_path: Path, tls: ssl.SSLContext | None
) -> None:
    bad, met = [], some_of(row, tls)
    for number, fault in enumerate(met):
        try:
            await judged(row, fault, tmp_path / str(number), tls)
        except (AssertionError, TimeoutError) as error:
            bad.append(f"{fault.name}: {error}")
    tell("R9", "faults of servers", f"1 kinds of servers, {len(met)} faults: {len(bad)} badly met")
    assert not bad, "\n".join(bad)


def some_of(row: Row, tls: ssl.SSLContext | None) -> list[Fault]:
    """All faults that it can have, or a spread, another one for each row."""
    place = ROWS.index(row)
    return [
        fault
        for number, fault in enumerate(cases(row))
        if (tls or not fault.is_tls)
        and (is_whole() or "frame" in fault.name or number % SPREAD == place % SPREAD)
    ]


async def judged(row: Row, fault: Fault, root: Path, tls: ssl.SSLContext | None) -> None:
    """Ask it, and look at what came of it."""
    met, served = await meet(row, fault, root, tls)
    judge(row, fault, met, served, root)

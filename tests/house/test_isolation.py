"""The tests themselves: alone, and on this machine only."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

from tui_sessions.config.paths import paths

ELSEWHERE = "192.0.2.1"
"""An address for documentation (RFC 5737): nobody has it."""


def test_every_path_lies_in_a_home_of_the_tests_own(own_home: Path) -> None:
    found = paths(os.environ)
    for path in (found.library, found.config_file, found.cache_dir, found.state_dir):
        assert path.is_relative_to(own_home)
    assert Path.home() == own_home


def test_no_key_is_left_in_the_environment() -> None:
    assert [name for name in os.environ if name.endswith("_API_KEY")] == []
    assert [name for name in os.environ if name.startswith(("TUI_SESSIONS_", "LLM_"))] == []


def test_no_connection_leaves_the_machine(loopback_only: type[BaseException]) -> None:
    with socket.socket() as out, pytest.raises(loopback_only):
        out.connect((ELSEWHERE, 80))
    with socket.socket() as out, pytest.raises(loopback_only):
        out.connect_ex((ELSEWHERE, 80))
    with pytest.raises(loopback_only):
        socket.create_connection(("example.org", 80), timeout=1)


async def test_nor_does_one_of_the_event_loop(loopback_only: type[BaseException]) -> None:
    with pytest.raises(loopback_only):
        await asyncio.open_connection("example.org", 443)


async def test_a_server_on_loopback_can_be_reached() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("localhost", port)
        assert await reader.read() == b"hello"
        writer.close()
        await writer.wait_closed()

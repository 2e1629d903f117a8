"""`ask` while a server wants to be left alone: the seconds on a terminal, nothing in a pipe, Ctrl+C stops."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

AT_SPEED = ("--set", "providers.demo.words_per_s=100000")
ASK = (*AT_SPEED, "ask", "--model", "demo/busy", "hello")


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_sessions.providers.demo._BUSY_WAIT_S", 0.2)


def test_on_a_terminal_the_seconds_stand_in_one_line_that_goes(
    run: Any, watched: Callable[..., None]
) -> None:
    watched("stderr")
    found = run(*ASK)
    assert found.code == 0
    drawn = [line for line in found.err.split("\r\x1b[K") if "busy (429)" in line]
    assert drawn[0] == "Again in 1 s. The demonstration pretends to be busy (429). Ctrl+C stops."
    assert drawn[-1].startswith("Asking again")
    assert "\n" not in "".join(drawn)
    assert "\r\x1b[K\r\x1b[K" not in found.err


def test_in_a_pipe_nothing_is_said_of_the_waiting(run: Any) -> None:
    found = run(*ASK)
    assert found.code == 0
    assert "429" not in found.err


def test_ctrl_c_ends_the_waiting_and_the_reason_is_kept(
    run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.providers.demo._BUSY_WAIT_S", 600.0)
    from tui_sessions.engine.run import Run

    hold = Run.hold

    def held(self: Run, retrying: Any) -> None:
        hold(self, retrying)
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()

    monkeypatch.setattr(Run, "hold", held)
    found = run(*ASK)
    assert found.code == 130
    assert "Stopped" in found.err
    assert "busy (429)" in found.err
    [path] = folder.glob("*.json")
    [turn] = json.loads(path.read_text())["turns"]
    assert turn["finish"] == "cancelled"
    assert "busy (429)" in turn["error"]

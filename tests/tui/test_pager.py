"""Which pager is taken, and what goes wrong with it."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest

from tui_sessions.errors import UsageError
from tui_sessions.tui.pager import interrupts_ignored, pager_command, read_in_pager


def script(folder: Path, name: str, *lines: str) -> str:
    path = folder / name
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_own_pager_comes_first_then_less_then_more(tmp_path: Path) -> None:
    environ = {"PATH": str(tmp_path)}
    with pytest.raises(UsageError, match="neither less nor more"):
        pager_command(environ)
    script(tmp_path, "more")
    assert pager_command(environ) == ["more"]
    script(tmp_path, "less")
    assert pager_command(environ) == ["less", "-+F"]
    assert pager_command({**environ, "PAGER": "bat --plain"}) == ["bat", "--plain"]
    assert pager_command({**environ, "PAGER": "cat"}) == ["less", "-+F"]
    assert pager_command({**environ, "PAGER": "/usr/bin/less -R"})[-1] == "-+F"


def test_a_pager_that_is_no_command_is_said() -> None:
    with pytest.raises(UsageError, match="cannot be read as a command"):
        pager_command({"PAGER": "'less"})


def test_the_pager_gets_the_text(tmp_path: Path) -> None:
    command = script(tmp_path, "page", f"cat > {tmp_path}/out")
    read_in_pager("größer\n", {"PAGER": command})
    assert (tmp_path / "out").read_text() == "größer\n"


def test_a_pager_that_is_left_early_is_no_fault(tmp_path: Path) -> None:
    command = script(tmp_path, "page", "head -c 10 > /dev/null")
    read_in_pager("x" * 1_000_000, {"PAGER": command})


@pytest.mark.parametrize(
    ("lines", "what"), [((), "could not be started"), (("exit 3",), "ended with code 3")]
)
def test_a_pager_that_fails_is_one_sentence(
    lines: tuple[str, ...], what: str, tmp_path: Path
) -> None:
    command = script(tmp_path, "page", *lines) if lines else str(tmp_path / "none")
    with pytest.raises(UsageError, match=what):
        read_in_pager("text", {"PAGER": command})


def test_an_interrupt_meanwhile_does_not_end_this_program() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interrupts_ignored():
        os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before

"""The program as a process of its own: pipes, signals, what it loads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROGRAM = [
    sys.executable,
    "-c",
    "import sys; from tui_sessions.cli.main import main; sys.exit(main())",
]
HEAVY = ("textual", "rich", "httpx", "asyncio", "genai_prices")


def loaded_by(*args: str) -> set[str]:
    """The heavy modules that a call of the program has loaded."""
    script = (
        "import sys\nfrom tui_sessions.cli.main import main\n"
        f"main({list(args)!r})\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stderr.splitlines()[-1].replace("'", '"')))


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["list"],
        ["show", "k3v9"],
        ["tag", "k3v9", "x"],
        ["meta", "k3v9"],
        ["export", "k3v9", "-o", "-"],
        ["new", "--model", "demo/demo"],
        ["branch", "k3v9"],
        ["delete", "k3v9", "--yes"],
        ["context", "k3v9"],
        ["config", "check"],
    ],
    ids=lambda args: args[0],
)
def test_commands_on_files_load_nothing_heavy(folder: Path, args: list[str]) -> None:
    assert loaded_by("--dir", str(folder), *args) == set()


def test_help_imports_no_command() -> None:
    script = (
        "import sys\nfrom tui_sessions.cli.main import main\nmain(['--help'])\n"
        "assert 'tui_sessions.cli.listing' not in sys.modules\n"
        "assert 'tui_sessions.wiring' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=60)


def test_a_reader_who_has_enough_is_no_error(folder: Path, put: Callable[..., Path]) -> None:
    for number in range(2000):
        put(f"s{number}.json", id=f"s{number}", title="long " * 20, turns=[])
    listing = subprocess.Popen(
        [*PROGRAM, "--dir", str(folder), "list", "--all"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert listing.stdout is not None
    assert listing.stderr is not None
    listing.stdout.readline()
    listing.stdout.close()
    said = listing.stderr.read().decode()
    listing.stderr.close()
    assert listing.wait(60) == 0
    assert "Traceback" not in said
    assert "Broken" not in said


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_ctrl_c_stops_the_answer_and_keeps_what_came(folder: Path) -> None:
    asking = subprocess.Popen(
        [*PROGRAM, "--dir", str(folder), "--set", "providers.demo.words_per_s=5", "ask", "Hello"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Else what is read ahead is lost to `communicate`.
        bufsize=0,
    )
    assert asking.stdout is not None
    came = asking.stdout.read(1)
    asking.send_signal(signal.SIGINT)
    out, err = asking.communicate(timeout=60)
    assert asking.returncode == 130
    assert b"saved" in err
    (path,) = folder.glob("*.json")
    (turn,) = json.loads(path.read_text())["turns"]
    assert turn["finish"] == "cancelled"
    assert turn["messages"][1]["content"].strip() == (came + out).decode().strip()

"""What goes out: on a full disk, to nobody, with codes that a terminal would obey; what a crash left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tui_sessions.providers.base import Finished, Text

PROGRAM = [
    sys.executable,
    "-c",
    "import sys; from tui_sessions.cli.main import main; sys.exit(main())",
]
FAST = ["--set", "providers.demo.words_per_s=0"]
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")


def started(folder: Path, *args: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, "--dir", str(folder), *FAST, *args],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
        **options,  # type: ignore[call-overload]
    )


@needs_full
@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    "args",
    [["list"], ["show", "k3v9"], ["export", "k3v9", "-o", "-"], ["--help"], ["ask", "Hello"]],
    ids=lambda args: args[0],
)
def test_a_full_disk_is_a_sentence(folder: Path, args: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = started(folder, *args, stdout=full)
    assert done.returncode == 3
    assert "could not be written: No space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="POSIX descriptors")
@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("closed", [1, 2])
def test_closed_streams_are_no_error(folder: Path, closed: int) -> None:
    command = [*PROGRAM, "--dir", str(folder), "show", "k3v9"]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}>&-', "sh", *command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> str:
    """What the model answers: it tries to take over the terminal."""
    from tui_sessions.providers.demo import Demo

    answer = "a\x1b]0;PWNED\x07b\x9b31mc\x00\rd\r\ne\tf\u202eg\u200f\u00adh\udc9bi"

    async def stream(self: object, request: object):
        for piece in answer:
            yield Text(piece)
        yield Finished(finish="stop")

    monkeypatch.setattr(Demo, "stream", stream)
    return answer


def test_no_code_of_the_model_goes_through_a_pipe_unasked(run, said: str, folder: Path) -> None:
    asked = run("ask", "Hello", "--model", "demo/demo")
    assert asked.out == "a␛]0;PWNED␇b�31mc␀\nd\r\ne\tf·g\u200f\u00adh�i\n"
    (path,) = folder.glob("*.json")
    assert json.loads(path.read_text())["turns"][0]["messages"][1]["content"] == said


def test_raw_is_every_character_as_it_came(run, said: str) -> None:
    assert (
        run("ask", "Hello", "--model", "demo/demo", "--raw").out
        == said.replace("\udc9b", "?") + "\n"
    )


def test_json_listings_mean_what_came_and_hold_no_code(run, put: Callable[..., Path]) -> None:
    title = "a\x9bb\x7fc\x1b\ud800d"
    put("odd.json", id="odd", title=title, turns=[])
    for format in ("json", "jsonl"):
        listed = run("list", "--format", format)
        assert listed.out.isascii()
        found = json.loads(listed.out)
        assert (found[0] if format == "json" else found)["title"] == title


def test_a_failure_says_where_the_prompt_is_kept(run) -> None:
    asked = run("ask", "-s", "mine", "--model", "demo/refuse", "Hello")
    assert asked.code == 4
    assert "kept in session mine" in asked.err
    assert run("show", "mine", "--format", "json").json["turns"][0]["finish"] == "error"


class TestWhatACrashLeft:
    """Half an answer in a journal is put back by the next command, whichever it is."""

    @pytest.fixture
    def crashed(self, folder: Path) -> None:
        script = (
            "import os, sys\nfrom pathlib import Path\nfrom datetime import UTC, datetime\n"
            "from tui_sessions.store.library import Library\n"
            "from tui_sessions.model.session import Session\n"
            "from tui_sessions.model.turn import Turn\n"
            "from tui_sessions.model.message import Message\n"
            "library = Library.open(Path(sys.argv[1]), now=lambda: datetime.now(UTC))\n"
            "turn = Turn(id='t1', messages=(Message(role='user', content='Hello'),))\n"
            "library.create(Session(id='mine', turns=(turn,)))\n"
            "journal = library.open_journal('mine', 't1')\n"
            "journal.append('half an answer ' * 20)\n"
            "os._exit(9)\n"
        )
        done = subprocess.run([sys.executable, "-c", script, str(folder)], check=False, timeout=60)
        assert done.returncode == 9

    @pytest.mark.usefixtures("crashed")
    @pytest.mark.parametrize(
        "args", [["list"], ["show", "mine"], ["export", "mine", "-o", "-"]], ids=lambda a: a[0]
    )
    def test_every_command_puts_it_back_and_says_so(
        self, run, folder: Path, args: list[str]
    ) -> None:
        done = run(*args)
        assert done.code == 0
        assert "An answer in session mine was broken off" in done.err
        (path,) = folder.glob("*.json")
        (turn,) = json.loads(path.read_text())["turns"]
        assert turn["finish"] == "interrupted"
        assert turn["messages"][1]["content"] == "half an answer " * 20
        assert not list((folder / ".tui-sessions" / "journal").iterdir())
        assert "broken off" not in run(*args).err

    @pytest.mark.usefixtures("crashed")
    def test_journals_that_cannot_be_looked_at_keep_nobody_from_reading(
        self, run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from tui_sessions.errors import StoreError
        from tui_sessions.store.library import Library

        def refused(library: Library) -> tuple[str, ...]:
            raise StoreError("Cannot list journal: permission is denied.")

        monkeypatch.setattr(Library, "recover", refused)
        listed = run("list", "--format", "ids")
        assert (listed.code, listed.lines) == (0, ["mine"])
        assert "permission is denied" in listed.err

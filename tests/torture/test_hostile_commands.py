"""Hostile text on the command line: every command, on a terminal and into a pipe, whatever it is given."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import hostile_library
import pytest
from hostile import FILE_NAMES, WORST
from hostile_judge import Found, look
from hostile_library import OPEN_ID, small_cases
from proof import is_whole, tell
from terminal import Terminal

from tui_sessions.cli import console
from tui_sessions.cli.main import main
from tui_sessions.cli.table import COMMANDS

SOME = 16
OURS = frozenset(("CSI m", "CSI K"))
"""Bold and dim words, and progress."""
WORDS = f"quiet{WORST}"
NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "open": (),
    "ask": (("--no-save", "hi"), ("-s", WORDS, "hi"), ("-m", WORDS, "hi"), ("-a", WORDS, "hi")),
    "list": (("--all",), ("--format", "json"), ("--format", "csv"), ("is:damaged",), ("--sort", WORDS)),
    "show": ((OPEN_ID,), (OPEN_ID, "--summary"), (OPEN_ID, "--format", "markdown"), (OPEN_ID, "--format", "json")),
    "replay": ((OPEN_ID, "--speed", "0"),),
    "search": (("quiet",), ("quiet", "--format", "json")),
    "export": ((OPEN_ID, "-o", "-"), ("-o", "-", "--all", "--format", "html"), (OPEN_ID, "-o", "-", "--format", "csv")),
    "stats": ((), ("--by", "model"), ("--by", "tag"), ("--by", "folder"), (OPEN_ID,)),
    "meta": ((OPEN_ID,),),
    "param": ((OPEN_ID,),),
    "context": ((OPEN_ID,),),
    "persona": ((), ("show", WORDS), (f"p{WORDS}",)),
    "config": (("show",), ("path",), ("check",)),
    "delete": ((OPEN_ID, "--yes"),),
    "rename": ((OPEN_ID, WORDS),),
    "tag": ((OPEN_ID, WORDS),),
    "move": ((OPEN_ID, "--to", WORDS), (OPEN_ID, WORDS)),
}  # fmt: skip
"""What is asked of a command besides what every command is asked; () alone for one that opens the screen."""
ENDLESS = {"open"}
"""They open the screen: the walk (`test_hostile_visit`) and a real terminal below see them."""


def command_of(name: str) -> click.Command:
    """The command as click has it."""
    entry = next(entry for entry in COMMANDS if entry.name == name)
    module = importlib.import_module(f"tui_sessions.cli.{entry.module}")
    found: click.Command = getattr(module, entry.attribute)
    return found


def calls() -> Iterator[tuple[str, ...]]:
    """Every command and subcommand: alone, with hostile words, hostile options, hostile values."""
    for entry in COMMANDS:
        if entry.name in ENDLESS:
            continue
        command = command_of(entry.name)
        yield (entry.name,)
        yield from ((entry.name, *given) for given in NEEDS.get(entry.name, ()))
        yield from _odd(command, (entry.name,))
        if isinstance(command, click.Group):
            for name, sub in command.commands.items():
                yield from _odd(sub, (entry.name, name))


def _odd(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield (*words, WORDS)
    yield (*words, f"--{WORDS}")
    yield (*words, WORDS, WORDS)
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.is_flag:
            yield (*words, parameter.opts[-1], WORDS)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    root = tmp_path / "library"
    root.mkdir()
    every = small_cases()
    hostile_library.write(root, every if is_whole() else every[:: len(every) // SOME])
    hostile_library.write_config(Path(os.environ["HOME"]), WORST)
    return root


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def watching() -> None:
        monkeypatch.setattr(console, "_is_terminal", lambda stream: stream is not sys.stdin)
        # Progress writes its own line over and over, where something takes long.
        monkeypatch.setattr(console.Console, "can_draw", False)

    return watching


@pytest.mark.parametrize("is_watched", [True, False], ids=["terminal", "pipe"])
def test_no_command_prints_what_a_terminal_obeys(
    library: Path, watched: Callable[[], None], capfd: Any, monkeypatch: Any, is_watched: bool
) -> None:
    """What is asked for raw, a whole file, goes into a pipe as it came; all else is clean there too."""
    monkeypatch.chdir(library.parent)
    monkeypatch.setenv("COLUMNS", "120")
    if is_watched:
        watched()
    count, shown = 0, 0
    for words in calls():
        if not is_watched and (
            words[0] == "export" or (words[0] == "show" and "--format" in words)
        ):
            continue
        main(["--dir", str(library), "--set", "chat.model=demo/demo", *_without_nulls(words)])
        said = capfd.readouterr()
        found = look((said.out + said.err).encode("utf-8", "surrogateescape"))
        assert _wrong(found, is_watched) == [], (words, said.err[-300:])
        count += 1
        shown += "quiet" in said.out + said.err
    assert shown > count / 3
    tell("S1", "commands", f"{count} calls with hostile words over a hostile library: clean")


def _without_nulls(words: tuple[str, ...]) -> list[str]:
    return [word.replace("\x00", "") for word in words]


def _wrong(found: Found, is_watched: bool) -> list[str]:
    allowed = set(OURS) if is_watched else {"cannot be seen", "a flood of marks"}
    kinds = {kind for kind in found.kinds if not kind.startswith("CSI m")}
    return sorted(kinds - allowed | found.offences)


@pytest.mark.parametrize("name", FILE_NAMES)
def test_a_file_name_is_echoed_clean(
    name: str, library: Path, watched: Callable[[], None], capfd: Any, monkeypatch: Any
) -> None:
    watched()
    # A name that is there, of a folder or of nothing, is not what this is about.
    monkeypatch.chdir(library.parent)
    given = name.replace("\x00", "") or "x"
    for words in (
        ("show", given),
        ("ask", "-a", given, "hi"),
        ("--config", given, "config", "check"),
    ):
        main(["--dir", str(library), *words])
        said = capfd.readouterr()
        assert _wrong(look((said.out + said.err).encode("utf-8", "surrogateescape")), True) == []


def test_the_environment_and_the_configuration_are_echoed_clean(
    library: Path, watched: Callable[[], None], capfd: Any, monkeypatch: Any
) -> None:
    watched()
    for name in (
        "TUI_SESSIONS_CHAT_MODEL",
        "TUI_SESSIONS_NETWORK_IDLE_TIMEOUT_S",
        "EDITOR",
        "PAGER",
    ):
        monkeypatch.setenv(name, WORDS)
    for setting in (f"chat.model={WORDS}", f"{WORDS}=1", f"screen.theme={WORDS}", WORDS):
        main(["--dir", str(library), "--set", setting, "config", "check"])
        main(["--dir", str(library), "--set", setting, "list"])
        said = capfd.readouterr()
        assert _wrong(look((said.out + said.err).encode("utf-8", "surrogateescape")), True) == []


@pytest.fixture
def terminal_of(library: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def opening(root: Path, *words: str) -> Terminal:
        program = Path(sys.executable).with_name("tui-sessions")
        made = Terminal([str(program), "--dir", str(root), *words], dict(os.environ), 140, 40)
        opened.append(made)
        return made

    yield opening
    for terminal in opened:
        terminal.kill()


def test_the_screen_on_a_real_terminal_lets_nothing_through(
    library: Path, tmp_path: Path, terminal_of: Callable[..., Terminal]
) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    hostile_library.write(plain, [hostile_library.BENIGN] * 3)
    seen = []
    for root in (plain, library):
        terminal = terminal_of(root, "open", OPEN_ID)
        terminal.see("quiet")
        terminal.press("f7", "g")
        for _ in range(30):
            terminal.press("\x1b[6~")
        terminal.press("f6", "down", "down")
        terminal.type("/")
        terminal.press("escape")
        terminal.press("ctrl+q")
        assert terminal.wait() == 0
        seen.append(look(terminal.raw))
    benign, hostile = seen
    assert hostile.offences == frozenset()
    assert hostile.kinds - benign.kinds == frozenset()
    tell(
        "S1",
        "real terminal",
        "a walk over a hostile library: the same kinds of sequences as over a plain one",
    )

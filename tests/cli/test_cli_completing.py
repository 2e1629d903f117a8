"""Completion in the shell: commands, sessions, tags, folders; and the progress of long actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from tui_sessions.cli.call import Call
from tui_sessions.cli.console import Console
from tui_sessions.cli.group import program
from tui_sessions.cli.progress import progress

pytestmark = pytest.mark.usefixtures("two")


@pytest.fixture
def offered(folder: Path, run) -> Callable[..., list[str]]:
    """What is offered after the words of a command line, the last of them unfinished."""
    run("list")

    def offering(*words: str) -> list[str]:
        *before, begun = words
        complete = BashComplete(program(), {"obj": Call()}, "tui-sessions", "_COMPLETE")
        found = complete.get_completions(["--dir", str(folder), *before], begun)
        return [item.value for item in found]

    return offering


def test_commands_and_sessions_are_offered_as_the_first_word(offered) -> None:
    assert "search" in offered("sea")
    assert offered("k3") == ["k3v9x2m7q0ab"]
    assert offered("--conf") == ["--config"]
    assert "list" in offered("")


@pytest.mark.parametrize("command", ["show", "open", "tag", "delete", "pin", "move", "export"])
def test_sessions_are_offered_where_one_is_named(offered, command: str) -> None:
    assert offered(command, "h2") == ["h2c7d8e9f0aa"]


def test_tags_are_offered_one_after_the_other(offered) -> None:
    assert sorted(offered("tag", "k3v9", "--add", "p")) == ["programming", "python"]
    assert offered("tag", "k3v9", "--add", "go,py") == ["go,python"]
    assert offered("tags", "rename", "g") == ["go"]
    assert offered("list", "--tag", "py") == ["python"]


def test_folders_are_offered(offered) -> None:
    assert offered("move", "k3v9", "--to", "w") == ["work"]
    assert offered("folder", "remove", "w") == ["work"]
    assert offered("list", "--folder", "w") == ["work"]


def test_what_a_shell_would_trip_over_is_not_offered(offered, put, run) -> None:
    put("odd.json", id="odd1", title="a\x1b[31m\nb", turns=[], meta={"tags": ["x"]})
    run("list")
    assert offered("show", "od") == ["odd1"]


@pytest.fixture
def ticking() -> Callable[[], float]:
    """A clock that goes on by a second each time it is asked."""
    seconds: Iterator[float] = iter(range(1000))
    return lambda: float(next(seconds))


def test_a_bar_is_drawn_on_a_terminal_and_taken_away(watched, capsys, ticking) -> None:
    watched("stderr")
    with progress(Console(), "Reading", clock=ticking) as report:
        assert report is not None
        report(5, 10)
    drawn = capsys.readouterr().err
    assert "Reading ━━━━━━━━━━━━──────────── 5 of 10" in drawn
    assert drawn.endswith("\r\x1b[K")


def test_nothing_is_drawn_where_nobody_watches_or_nothing_can_be_drawn_over(
    watched, capsys, ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    with progress(Console(), "Reading", clock=ticking) as report:
        assert report is None
    watched("stderr")
    monkeypatch.setenv("TERM", "dumb")
    with progress(Console(), "Reading", clock=ticking) as report:
        assert report is None
    assert capsys.readouterr().err == ""


def test_what_is_quick_has_no_bar(watched, capsys) -> None:
    watched("stderr")
    with progress(Console(), "Reading", clock=lambda: 0.0) as report:
        assert report is not None
        report(5, 10)
    assert capsys.readouterr().err == ""

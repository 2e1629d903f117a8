"""A disk that is full, in every way that a disk can be: nothing is lost, it is said, and it goes on once there is room."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from disk_faults import Place, Program, Told, quick_folder
from disk_judge import Sight, acknowledged, messages, sight
from disk_workloads import Work, stock, works
from full_disks import ROOM, WAYS, Mount, Way, mounting
from proof import is_whole, tell
from terminal import Terminal
from test_io_faults import NOT_FOUND, SENTENCE

FEW = ("next turn", "title")
ALL = (
    "first session",
    "next turn",
    "attached",
    "title",
    "tag many",
    "delete",
    "undelete",
    "move",
    "branch",
)


@pytest.fixture(scope="module")
def stocked() -> Iterator[Path]:
    """A library to be copied onto disks that are too small for more."""
    with quick_folder() as folder:
        program = Program(None)
        place = Place(folder / "kept", program)
        stock(place)
        program.close()
        yield place.base


@pytest.fixture(scope="module")
def mount(stocked: Path) -> Iterator[Mount]:
    """A program that may mount what nobody else sees."""
    with mounting(stocked.with_name("now")) as mounted:
        yield mounted


@pytest.mark.parametrize("reserve", ["with the reserve", "without"])
@pytest.mark.parametrize("way", WAYS)
def test_a_full_disk_loses_nothing_and_is_told(
    way: str, reserve: str, mount: Mount, stocked: Path
) -> None:
    bad: list[str] = []
    refused = 0
    names = ALL if is_whole() else FEW[: 1 + (reserve == "without")]
    for name in names:
        work = works(mount)[name]
        begun = WAYS[way]
        kept = _kept(stocked, has_reserve=reserve != "without")
        begun.begin(mount, kept)
        try:
            wrong, was_refused = _tried(mount, work, begun)
        finally:
            mount.clear()
        refused += was_refused
        if was_refused and name == "next turn" and reserve != "without" and way.endswith("KB left"):
            wrong.append("the reserve was not given up for it")
        bad += [f"{name}: {word}" for word in wrong]
    tell(
        "R6",
        f"ways of a full disk, {reserve}",
        f"1 ways, {len(names)} commands, {refused} of them refused: {len(bad)} bad",
    )
    assert bad == []


def _kept(stocked: Path, *, has_reserve: bool) -> Path:
    reserve = stocked / "disk" / "library" / ".tui-sessions" / "reserve"
    aside = stocked / "reserve"
    if has_reserve and aside.exists():
        aside.rename(reserve)
    if not has_reserve and reserve.exists():
        reserve.rename(aside)
    return stocked


def _tried(mount: Mount, work: Work, way: Way) -> tuple[list[str], bool]:
    limit = {"file_limit": way.file_limit} if way.file_limit else {}
    told = mount.run(*work.argv, **limit)
    bad = _told_badly(told, work, mount)
    way.end(mount)
    for argv in (("list", "--format", "ids"), ("ask", "-s", "other", "And now?")):
        then = mount.run(*argv)
        if then.code != 0:
            bad.append(f"with room again {argv[0]} fails with {then.code}: {then.err[-300:]}")
    seen = _seen(mount)
    bad += [f"with room again, {word}" for word in _lost(mount, seen)]
    return bad, told.code != 0


def _told_badly(told: Told, work: Work, mount: Mount) -> list[str]:
    seen = _seen(mount)
    bad = _lost(mount, seen)
    if told.code < 0 or told.code in (1, 99) or "Traceback" in told.err:
        bad.append(f"broke with {told.code}: {told.err[-600:]}")
    elif told.code == 0 and not work.is_done(seen):
        bad.append(f"says that it is done, and it is not: {told.err[-300:]}")
    elif told.code != 0 and (not SENTENCE.search(told.err) or NOT_FOUND.search(told.err)):
        bad.append(f"code {told.code} without a good sentence: {told.err[-300:]!r}")
    return bad


def _seen(mount: Mount) -> Sight:
    return sight(mount.outside / "library")


def _lost(mount: Mount, seen: Sight) -> list[str]:
    return seen.unparsable + seen.lost(acknowledged(mount.audit.read_bytes()))


@pytest.fixture
def screen(mount: Mount, stocked: Path) -> Iterator[Terminal]:
    """The program on a terminal, at a session that lies on a disk with little room and no reserve."""
    mount.fill(_kept(stocked, has_reserve=False), f"size={ROOM},mode=700")
    mount.remount(f"size={mount.used() + 2_000_000}")
    program = str(Path(sys.executable).with_name("tui-sessions"))
    options = ["--dir", str(mount.library), "--set", "providers.demo.words_per_s=80"]
    command = [*mount.inside(), program, *options, "kept"]
    terminal = Terminal(command, mount.environ, 100, 40)
    try:
        terminal.see("other path")
        yield terminal
    finally:
        terminal.kill()
        mount.clear()


def _fill_up(mount: Mount) -> None:
    mount.sh(f"dd if=/dev/zero of='{mount.disk}/filler' bs=512 2>/dev/null || true")


def _words(sentence: str) -> str:
    """A pattern for a sentence that may go on in the next line, behind what stands beside it."""
    return "(?s)" + "(?: |.{1,120}?)".join(sentence.split())


def _make_room(mount: Mount) -> None:
    mount.sh(f"rm '{mount.disk}/filler'")


def test_an_answer_that_finds_the_disk_full_stays_on_the_screen_until_there_is_room(
    screen: Terminal, mount: Mount
) -> None:
    screen.type("What now?")
    screen.press("enter")
    screen.see("turn 3")
    _fill_up(mount)
    screen.see(_words("is not saved"))
    screen.see(_words("disk is full"))
    assert screen.process.poll() is None
    seen = _seen(mount)
    assert _lost(mount, seen) == []
    assert len(list(messages(seen.one("kept")))) == 5
    _make_room(mount)
    screen.see(_words("Everything is saved now"))
    seen = _seen(mount)
    assert _lost(mount, seen) == []
    assert len(list(messages(seen.one("kept")))) == 6
    assert seen.one("kept")["turns"][-1]["finish"] == "stop"
    tell("R6", "an answer on the screen while the disk is full", "stays, and is saved with room")


def test_a_prompt_that_finds_the_disk_full_stays_in_the_prompt(
    screen: Terminal, mount: Mount
) -> None:
    _fill_up(mount)
    screen.type("Words that must not be lost")
    screen.press("enter")
    screen.see(_words("disk is full"))
    assert "Words that must not be lost" in screen.text()
    assert len(list(messages(_seen(mount).one("kept")))) == 4
    _make_room(mount)
    screen.press("enter")
    screen.see("turn 3")
    seen = _seen(mount)
    assert _lost(mount, seen) == []
    assert [text for _, role, text in messages(seen.one("kept")) if role == "user"][2:] == [
        "Words that must not be lost"
    ]
    tell("R6", "a prompt on the screen while the disk is full", "stays, and is sent with room")

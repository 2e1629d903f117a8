"""The power is cut at any moment: in every state that the disk may be in then, all that was acknowledged is there."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from disk_faults import Place, Program, quick_folder
from disk_judge import Sight, acknowledged, deleted, messages, sight
from disk_model import Disk, Stamp, Tree, build
from disk_trace import Operation, Trace, strace
from disk_workloads import Work, stock, works
from proof import size, tell

from tui_sessions.store.library import Library

STREAM = "stream"
WORKS = (
    "new", "first session", "next turn", STREAM, "title", "tag many", "file name", "move", "delete", "undelete",
    "branch", "attached", "undo",
)  # fmt: skip
"""A new session, a turn, an answer that takes its time, an edit, another name, a deletion, what comes back, a
second session; and what else moves files about."""
STATES = size(16, 1_000_000)
"""So many states of each."""
BY_CHANCE = size(1, 12)
LOST_AT_MOST_S = 1.0
LIVE = 3
"""Sessions in the library that is stocked."""
NOW = datetime(2026, 11, 20, tzinfo=UTC)


class Recorded(NamedTuple):
    """One workload: the disk that it found, and what it did to it."""

    name: str
    disk: Disk
    operations: list[Operation]
    stamps: dict[int, Stamp]
    audit: bytes
    """What had been acknowledged before."""


class Moment(NamedTuple):
    """The power is cut after so many operations."""

    number: int
    at: float
    audit: bytes
    printed: tuple[tuple[float, str], ...]
    """What a reader had before his eyes, and since when."""
    is_over: bool
    """Whether all was acknowledged."""


class State(NamedTuple):
    """What may stand on the disk then."""

    moment: Moment
    word: str
    tree: Tree


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Trace]]:
    """A stocked library, on which what is done is recorded."""
    output = tmp_path_factory.mktemp("strace") / "trace"
    program = Program(None, before=strace(output))
    with quick_folder() as folder:
        place = Place(folder / "now", program)
        stock(place)
        place.keep().rename(folder / "kept")
        yield place, Trace(output)
        program.close()


@pytest.mark.parametrize("name", WORKS)
def test_a_power_cut_at_any_moment_loses_nothing_acknowledged(
    name: str, recorder: tuple[Place, Trace]
) -> None:
    place, trace = recorder
    recorded = _recorded(name, place, trace)
    cut = Place(place.base.with_name("cut"), place.program)
    states = _states(recorded)
    bad: list[str] = []
    longest_s = 0.0
    for state in states:
        shutil.rmtree(cut.base, ignore_errors=True)
        build(state.tree, cut.library, recorded.stamps)
        wrong, lost_s = _wrong(cut, state.moment, recorded)
        longest_s = max(longest_s, lost_s)
        bad += [f"after {state.moment.number} ({state.word}): {each}" for each in wrong]
    tell(
        "R4",
        "states of the disk after a power cut",
        f"1 workloads, {len(states)} states: {len(bad)} bad",
    )
    if name == STREAM:
        tell("R4", "text of a stream lost by a power cut", f"at most {longest_s:.2f} s")
    assert len(states) >= min(STATES, 10)
    assert bad == []


def _recorded(name: str, place: Place, trace: Trace) -> Recorded:
    place.begin_from(place.base.with_name("kept"))
    work = _work(name, place)
    disk = Disk(place.library)
    more = ("--set", "providers.demo.words_per_s=60") if name == STREAM else ()
    trace.news()
    told = place.run(*work.argv, *more)
    assert told.code == 0, told
    assert work.is_done(sight(place.library))
    operations = trace.news()
    ahead = Disk(place.base.with_name("kept") / "disk" / "library", root=place.library)
    for operation in operations:
        ahead.happen(operation)
    stamps = {**ahead.stamps(), **disk.stamps()}
    audit = (place.base.with_name("kept") / "audit.jsonl").read_bytes()
    return Recorded(name, disk, operations, stamps, audit)


def _work(name: str, place: Place) -> Work:
    return works(place)["next turn" if name == STREAM else name]


def _states(recorded: Recorded) -> list[State]:
    """All of them, or so many by chance that is the same every time."""
    found: dict[int, State] = {}
    for moment in _moments(recorded):
        for choice in recorded.disk.choices(Random(moment.number), BY_CHANCE):
            tree = recorded.disk.tree(choice)
            owed = _owed(moment) if recorded.name == STREAM else ""
            key = hash((tuple(tree.items()), moment.audit, moment.is_over, owed))
            found.setdefault(key, State(moment, choice.word, tree))
    # Neighbours are alike, so they are taken in an order that has nothing to do with where they stand.
    states = sorted(
        found.values(), key=lambda each: zlib.crc32(f"{each[0].number} {each[1]}".encode())
    )
    return states[:STATES]


def _moments(recorded: Recorded) -> Iterator[Moment]:
    """One before each operation that counts, the disk as it is by then, and one after the last."""
    operations, disk = recorded.operations, recorded.disk
    last = max(number for number, each in enumerate(operations) if _is_audit(each))
    audit = recorded.audit
    printed: list[tuple[float, str]] = []
    for number, operation in enumerate(operations):
        if disk.is_ours(operation) or _is_audit(operation):
            yield Moment(number, operation.began, audit, tuple(printed), number > last)
        disk.happen(operation)
        if _is_audit(operation):
            audit += operation.data
        elif operation.path == "/memfd:out":
            printed.append((operation.ended, operation.data.decode()))
    yield Moment(len(operations), operations[-1].ended, audit, tuple(printed), True)


def _is_audit(operation: Operation) -> bool:
    return operation.call == "write" and operation.path.endswith("/audit.jsonl")


def _owed(moment: Moment) -> str:
    return "".join(text for at, text in moment.printed if at <= moment.at - LOST_AT_MOST_S)


def _wrong(cut: Place, moment: Moment, recorded: Recorded) -> tuple[list[str], float]:
    """What is wrong once our own program has started there, and how many seconds of a stream are gone."""
    bad = _started(cut.library)
    seen = sight(cut.library)
    bad += seen.unparsable + seen.lost(acknowledged(moment.audit))
    now = moment.audit[len(recorded.audit) :]
    bad += [f"{one} stands twice" for one, files in seen.live.items() if len(files) > 1]
    bad += [f"{one} is back" for one in deleted(now) if one in seen.live]
    # Where what tells who wrote what is lost as well, both are kept: a conflict that is none, but no loss.
    alive = [one for one in seen.live if not str(seen.one(one).get("title")).startswith("conflict")]
    if len(alive) > LIVE + _work(recorded.name, cut).makes + (recorded.name == "undelete"):
        bad.append(f"there are sessions too many: {alive}")
    if moment.is_over and not bad and not _work(recorded.name, cut).is_done(seen):
        bad.append("what was acknowledged to be done is not")
    lost_s = _lost_s(moment, seen) if recorded.name == STREAM else 0.0
    if lost_s > LOST_AT_MOST_S:
        bad.append(f"{lost_s:.2f} s of the answer are gone")
    return bad, lost_s


def _started(root: Path) -> list[str]:
    """Opens the library as the program does, and looks at all that it lists."""
    try:
        library = Library.open(root, now=lambda: NOW, audit=None, cache=None)
        library.refresh()
        library.recover()
        loaded = [library.load(row.id) for row in library.rows()]
        library.trash()
        library.history.steps()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return [f"it does not start: {error!r}"]
    bad = [f"{row.path} cannot be read: {row.reason}" for row in library.damaged()]
    return bad + [f"{session.id}: {word}" for session in loaded for word in session.problems]


def _lost_s(moment: Moment, seen: Sight) -> float:
    """For how long the first word that is gone had been on the screen."""
    printed = "".join(text for _, text in moment.printed).rstrip("\n")
    turns = [text for _, role, text in messages(seen.one("kept")) if role == "assistant"][2:]
    # The prompt of the turn is there, or its first word was not printed yet.
    kept = len(turns[0]) if turns else 0
    if turns and not printed.startswith(turns[0][: len(printed)]):
        return moment.at
    for at, text in moment.printed:
        kept -= len(text)
        if kept < 0 and text.strip():
            return moment.at - at
    return 0.0

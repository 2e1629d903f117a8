"""Every operation on the disk fails once, in every way: nothing is lost, and it is said."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from disk_faults import (
    KILLED,
    Fault,
    Place,
    Program,
    Told,
    compiled_shim,
    faults,
    quick_folder,
)
from disk_judge import Acknowledged, Sight, acknowledged, sight
from disk_workloads import Work, stock, works
from proof import is_whole, size, tell

SENTENCE = re.compile(r"\S+( \S+){3,}[.?!](\s|$)")
NOT_FOUND = re.compile(r"There (is|are) no (?!.* among those that can be read)")
WORKS = tuple(works(Place(Path("/nowhere"), None)))  # type: ignore[arg-type]
SHARE = size(9, 1_000_000)
"""So many faults of each work are tried."""
OWN_SHARE = size(2, 400)
"""So many of those in the home of the program: its index, its state."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A stocked library, on a disk that fails on demand."""
    program = Program(compiled_shim(tmp_path_factory.mktemp("shim")))
    with quick_folder() as folder:
        place = Place(folder / "now", program)
        stock(place)
        yield place
    program.close()


@pytest.mark.parametrize("name", WORKS)
def test_a_disk_that_fails_once_loses_nothing_and_is_told(name: str, place: Place) -> None:
    work = works(place)[name]
    kept = _kept(place, work)
    bad: list[str] = []
    count = 0
    for below, share in ((place.library, SHARE), (place.home, OWN_SHARE)):
        place.begin_from(kept)
        seen = place.operations(*work.argv, below=below)
        assert work.is_done(sight(place.library)), "it is not done on a disk that is well"
        for fault in _chosen(name, [each[0] for each in seen], share):
            place.begin_from(kept)
            bad += [f"{below.name}: {fault}: {word}" for word in _tried(place, work, fault, below)]
            count += 1
    place.begin_from(kept)
    if is_whole():
        tell("R5", "operations that failed once", f"1 commands, {count} faults: {len(bad)} bad")
    assert count > 0
    assert bad == []


def _kept(place: Place, work: Work) -> Path:
    kept = place.base.with_name("kept")
    if not kept.exists():
        place.keep().rename(kept)
    if not work.prepare:
        return kept
    place.begin_from(kept)
    told = place.run(*work.prepare)
    assert told.code == 0, told
    return place.keep()


def _chosen(name: str, operations: list[str], share: int) -> list[Fault]:
    """All faults, or so many of them spread by chance that is the same every time."""
    every = [
        fault for nth, operation in enumerate(operations, 1) for fault in faults(nth, operation)
    ]
    # Neighbours are alike, so they are taken in an order that has nothing to do with where they stand; and each
    # kind once before any twice, another one first in each work.
    every.sort(key=lambda fault: zlib.crc32(f"{name} {fault}".encode()))
    taken: Counter[str] = Counter()
    ranked = []
    for fault in every:
        taken[fault.word] += 1
        ranked.append((taken[fault.word], zlib.crc32(f"{name} {fault.word}".encode()), fault))
    return [fault for _, _, fault in sorted(ranked)[:share]]


def _tried(place: Place, work: Work, fault: Fault, below: Path) -> list[str]:
    """What is wrong after the work met the fault, and again once the disk is well."""
    before = sight(place.library)
    told = place.run(*work.argv, fault=fault, below=below)
    if not told.struck:
        return []
    acks = _acknowledged(place, work)
    after = sight(place.library)
    bad = _told_badly(told, fault, work, after)
    bad += after.unparsable + after.lost(acks)
    bad += [f"then, {word}" for word in _well_again(place, work, before, told, fault)]
    return bad


def _acknowledged(place: Place, work: Work) -> Acknowledged:
    found = acknowledged(place.audit.read_bytes())
    return {key: digest for key, digest in found.items() if key[0] != work.forgets}


def _told_badly(told: Told, fault: Fault, work: Work, after: Sight) -> list[str]:
    if fault.is_death:
        return [] if told.code == KILLED else [f"not killed but {told.code}: {told.err[-300:]}"]
    bad = []
    if told.code < 0 or told.code in (1, 99) or "Traceback" in told.err:
        bad.append(f"broke with {told.code}: {told.err[-600:]}")
    elif told.code == 0 and not work.is_done(after):
        bad.append(f"says that it is done, and it is not: {told.out[-100:]!r} {told.err[-300:]!r}")
    elif told.code != 0:
        if not SENTENCE.search(told.err):
            bad.append(f"code {told.code} without a sentence: {told.err[-300:]!r}")
        if NOT_FOUND.search(told.err):
            bad.append(f"a broken disk is told as nothing there: {told.err[-300:]!r}")
    return bad


def _well_again(place: Place, work: Work, before: Sight, told: Told, fault: Fault) -> list[str]:
    listed = place.run("list", "--format", "ids")
    asked = place.run("ask", "-s", "other", "And now?")
    after = sight(place.library)
    bad = after.unparsable + after.lost(_acknowledged(place, work))
    for next_told in (listed, asked):
        if next_told.code != 0 or "Traceback" in next_told.err:
            bad.append(f"the next command fails with {next_told.code}: {next_told.err[-300:]}")
    doubles = [session_id for session_id, files in after.live.items() if len(files) > 1]
    bad += [f"{session_id} stands twice" for session_id in doubles]
    known = {*after.live, *after.trashed}
    bad += [f"{gone} is gone" for gone in before.live if gone not in known]
    extra = len(after.live) - len({*before.live, *before.trashed} & {*after.live})
    if extra > work.makes:
        bad.append(f"{extra} sessions came to be, of {work.makes}")
    # Where the disk stays dead, what was printed is all that there can be, and the code says so.
    is_owed = not fault.is_death and not (fault.lasting and told.code != 0)
    printed = told.out.strip() if work.argv[0] == "ask" and is_owed else ""
    if printed and printed not in {answer.strip() for answer in after.answers()}:
        bad.append("what was printed stands nowhere")
    return bad

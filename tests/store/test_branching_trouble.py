"""Branches when the disk refuses, somebody else writes, or the program is killed; and after anything at all:
the sums stay, and every step can be taken back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from branch_shelves import asked_again, paid, stocked, sums, values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shelves import Ticking, opened
from test_history_crashes import Death

from tui_sessions.codec.decode import decode
from tui_sessions.codec.encode import encode
from tui_sessions.errors import ConflictError, NotFoundError, StoreError, UsageError
from tui_sessions.model.session import Session
from tui_sessions.store.library import Library


@pytest.mark.parametrize("failing", ["a", "b"])
def test_a_disk_that_refuses_one_of_two_leaves_both_as_they_were(
    failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = stocked(tmp_path)
    before = values(library)
    real = library.update

    def refusing(session_id: str, change: Any) -> Session:
        after = real(session_id, change)
        if session_id == failing and after.turns[0].inherited is (failing == "a"):
            raise StoreError("The disk is full.")  # The file itself has been replaced.
        return after

    monkeypatch.setattr(library, "update", refusing)
    with pytest.raises(StoreError, match="The disk is full"):
        library.branching.promote("b")
    monkeypatch.undo()
    assert values(library) == before
    with pytest.raises(NotFoundError):
        library.history.undo()


def test_half_of_it_that_cannot_be_taken_back_now_can_be_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = stocked(tmp_path)
    before = values(library)
    real, calls = library.update, []

    def refusing(session_id: str, change: Any) -> Session:
        calls.append(session_id)
        if len(calls) > 1:
            raise StoreError("The disk is full.")
        return real(session_id, change)

    monkeypatch.setattr(library, "update", refusing)
    with pytest.raises(StoreError, match="Only half of it was done, to 'A'"):
        library.branching.promote("b")
    monkeypatch.undo()
    library.history.undo()
    assert values(library) == before
    library.history.redo()
    assert library.load("b").parent is None
    assert library.load("a").parent is not None


def test_what_changes_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = stocked(tmp_path)
    real, other = library.update, Library.open(tmp_path, now=Ticking())

    def late(session_id: str, change: Any) -> Session:
        if session_id == "b":
            dearer = msgspec.structs.replace(other.load("b").turns[0], inherited_cost=1)
            other.update("b", lambda now: now.with_turn(dearer))
        return real(session_id, change)

    monkeypatch.setattr(library, "update", late)
    before = sums(library)
    with pytest.raises(ConflictError, match="Nothing was done"):
        library.branching.promote("b")
    monkeypatch.undo()
    assert sums(library) == before
    assert library.load("a").parent is None


NUMBERS = st.integers(0, 9)
KINDS = (
    *("branch", "branch", "promote", "promote", "detach", "extract", "merge", "delete"),
    *("restore", "say", "again"),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        NUMBERS,
        NUMBERS,
    ),
    min_size=1,
    max_size=12,
)


def do(library: Library, kind: str, number: int, value: int) -> int:
    """Does it; what it cost."""
    ids = sorted(row.id for row in library.rows())
    trash = library.trash()
    if not ids:
        return 0
    session = library.load(ids[number % len(ids)])
    count, branching = len(session.turns), library.branching
    match kind:
        case "branch":
            library.history.branch(session.id, value % (count + 1))
        case "extract" if count:
            first = value % count + 1
            branching.extract(session.id, first, min(count, first + value % 3))
        case "delete":
            library.history.delete([session.id])
        case "restore" if trash:
            library.history.restore([trash[0].entry])
        case "say":
            fresh = paid(library.free_id(), 1000 + value)
            library.history.edit([session.id], lambda now: now.with_turn(fresh), kind)
            return 1000 + value
        case "again" if count and not session.turns[value % count].inherited:
            turn = asked_again(session.turns[value % count], f"again {value}", 30)
            library.history.edit([session.id], lambda now: now.with_turn(turn), kind)
            return 30
        case "promote" | "detach" | "merge":
            getattr(branching, kind)(session.id)
    return 0


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_whatever_is_done_the_sums_stay_and_every_step_can_be_taken_back(
    steps: list[tuple[str, int, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = stocked(Path(folder))
        for kind, number, value in steps:
            before, cost = values(library), sums(library)
            done = library.history.next_undo()
            try:
                spent = do(library, kind, number, value)
            except (UsageError, NotFoundError):
                assert (values(library), sums(library)) == (before, cost)
                continue
            assert sums(library)[0] == cost[0] + spent
            if not spent:
                assert sums(library) == cost
            after = values(library)
            if library.history.next_undo() == done:
                continue
            assert library.history.undo().problems == ()
            assert values(library) == before
            assert library.history.redo().problems == ()
            assert values(library) == after
        for row in library.rows():
            alone = library.load(row.id)
            assert decode(encode(alone), fallback_id="x") == alone
            ids = [turn.id for turn in alone.turns]
            assert len(set(ids)) == len(ids)


def test_a_crash_between_the_two_files_is_taken_back_or_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    death = Death(monkeypatch)
    count, halves = 0, 0
    while True:
        count += 1
        root = tmp_path / str(count)
        before = values(stocked(root))
        if not death.comes_at(count, lambda root=root: opened(root).branching.promote("b")):  # type: ignore[misc]
            break
        crashed = opened(root)
        links = [crashed.load(id).parent for id in "ab"]
        halves += None not in links
        if crashed.history.next_undo() is None:
            assert values(crashed) == before, count
            continue
        assert crashed.history.undo().problems == ()
        assert values(crashed) == before, count
        assert crashed.history.redo().problems == ()
        assert [crashed.load(id).cost.nanousd for id in "ab"] == [1200, 7300], count
    assert count > 10
    assert halves

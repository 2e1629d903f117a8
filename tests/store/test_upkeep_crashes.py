"""Killed at any moment of packing, archiving or tidying: every session is there once, and whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from shelves import START, Ticking, names, opened, put
from test_history_crashes import Death, state

from tui_sessions.errors import NotFoundError
from tui_sessions.model.upkeep import Wanted
from tui_sessions.store.library import Library
from tui_sessions.store.upkeep.upkeep import Upkeep

LONG_AGO = "2024-01-15T12:00:00+00:00"
WORK: dict[str, Callable[[Upkeep], object]] = {
    "packing": lambda u: u.compress(["a", "b"]),
    "unpacking": lambda u: u.compress(["g"], is_back=True),
    "archiving": lambda u: u.archive(["a", "b"]),
    "bringing back": lambda u: u.bring_back(["g"]),
    "tidying": lambda u: u.tidy(
        u.plan(Wanted(unused_since=START, old_go_to="trash", empty=True), now=Ticking())
    ),
}


def shelf(root: Path) -> None:
    said = [{"role": "user", "content": "hello " * 50}]
    for name in ("a", "w/b", "g"):
        stem = name.rpartition("/")[2]
        turns = [{"id": "t", "messages": said}]
        put(root, f"{name}.json", id=stem, title=stem, updated_at=LONG_AGO, turns=turns)
    put(root, "e.json", id="e", title="e", updated_at=LONG_AGO)
    opened(root).upkeep.archive(["g"])


def told(library: Library) -> list[tuple[str, str]]:
    """Every session by id with its text, as it is listed, the trash included."""
    rows = [(row.id, json.dumps(str(library.load(row.id).turns))) for row in library.rows()]
    return sorted([*rows, *((row.id, "deleted") for row in library.trash())])


@pytest.mark.parametrize("what", WORK)
def test_a_crash_loses_and_doubles_no_session(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    death = Death(monkeypatch)
    count = 0
    while True:
        count += 1
        root = tmp_path / str(count)
        shelf(root)
        before, there = state(root), told(opened(root))
        upkeep = opened(root).upkeep
        if not death.comes_at(count, lambda u=upkeep: WORK[what](u)):  # type: ignore[misc]
            break
        library = opened(root)
        library.recover()
        assert library.damaged() == (), count
        if what != "tidying":
            assert told(library) == there, (count, names(root))
        else:
            assert {one for one, _ in told(library)} == {one for one, _ in there}, count
        at_rest = told(opened(root))
        library.recover()
        assert told(opened(root)) == at_rest
        try:
            row = opened(root).history.undo()
        except NotFoundError:
            row = None
        if row is None or row.label != "archiving":  # else that of `shelf`: nothing had begun
            assert state(root) == before, (count, row)
    assert count > 3


@pytest.mark.parametrize("what", WORK)
def test_a_crash_while_tidying_is_taken_back_is_mended_by_doing_it_again(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    death = Death(monkeypatch)
    count = 0
    while True:
        count += 1
        root = tmp_path / str(count)
        shelf(root)
        before = state(root)
        WORK[what](opened(root).upkeep)
        history = opened(root).history
        if not death.comes_at(count, history.undo):
            break
        opened(root).recover()
        if not opened(root).history.steps()[0].is_undone:
            assert opened(root).history.undo().problems == (), count
        assert state(root)[:2] == before[:2], count
    assert count > 3

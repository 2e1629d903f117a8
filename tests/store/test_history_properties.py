"""Whatever is done: all of it taken back gives what was before, all of it done again what was after."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shelves import names, opened, session, turn

from tui_sessions.errors import NotFoundError, TuiSessionsError
from tui_sessions.model.edits import add_tags, remove_tags, retitle, set_meta
from tui_sessions.model.session import Session
from tui_sessions.store.library import Library

NUMBERS = st.integers(0, 9)
STEPS = st.one_of(
    st.tuples(st.just("title"), NUMBERS, st.sampled_from(["x", "", "[/nope]"])),
    st.tuples(st.just("tag"), NUMBERS, st.sampled_from(["p", "q"])),
    st.tuples(st.just("untag"), NUMBERS, st.sampled_from(["p", "q"])),
    st.tuples(st.just("meta"), NUMBERS, st.sampled_from([None, 1, True, ["a"], "\ud800"])),
    st.tuples(st.just("cut"), NUMBERS, NUMBERS),
    st.tuples(st.just("swap"), NUMBERS, NUMBERS),
    st.tuples(st.just("delete"), NUMBERS, st.integers(1, 3)),
    st.tuples(st.just("restore"), NUMBERS, st.integers(1, 2)),
    st.tuples(st.just("move"), NUMBERS, st.sampled_from(["", "a", "a/b"])),
    st.tuples(st.just("name"), NUMBERS, st.sampled_from(["one", "two"])),
    st.tuples(st.just("branch"), NUMBERS, st.integers(0, 2)),
    st.tuples(st.just("folder"), NUMBERS, st.sampled_from(["a", "b/c", "d"])),
    st.tuples(st.just("rename"), NUMBERS, st.sampled_from(["e", "a/f"])),
    st.tuples(st.just("remove"), NUMBERS, NUMBERS),
)


def without(place: int) -> Any:
    def change(now: Session) -> Session:
        gone = place % (len(now.turns) or 1)
        return now.with_turns(now.turns[:gone] + now.turns[gone + 1 :])

    return change


def reordered(now: Session) -> Session:
    return now.with_turns(tuple(reversed(now.turns)))


def do(library: Library, kind: str, number: int, value: Any) -> None:
    history = library.history
    ids = [row.id for row in library.rows(sort="created")]
    some = [ids[(number + more) % len(ids)] for more in range(2)] if ids else []
    folders = library.folders()
    folder = folders[number % len(folders)] if folders else "none"
    first = some[0] if some else "none"
    match kind:
        case "title":
            history.edit(some, retitle(value), kind)
        case "tag":
            history.edit(some, add_tags([value]), kind)
        case "untag":
            history.edit(some, remove_tags([value]), kind)
        case "meta":
            history.edit(some, set_meta("key", value), kind)
        case "cut":
            history.edit(some, without(value), kind)
        case "swap":
            history.edit(some, reordered, kind)
        case "delete":
            history.delete(ids[number : number + value])
        case "restore":
            history.restore([row.entry for row in library.trash()][:value])
        case "move":
            history.move(some, value)
        case "name":
            history.rename_file(first, value)
        case "branch":
            history.branch(first, value)
        case "folder":
            history.make_folder(value)
        case "rename":
            history.rename_folder(folder, value)
        case "remove":
            history.remove_folder(folder)


def state(library: Library) -> tuple[object, ...]:
    sessions = {
        row.path: repr(msgspec.structs.replace(library.load(row.id), updated_at=None))
        for row in library.rows()
    }
    return sessions, names(library.root), {row.id for row in library.trash()}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, max_size=8))
def test_all_taken_back_is_before_and_all_done_again_is_after(steps: list[Any]) -> None:
    root = Path(tempfile.mkdtemp())
    try:
        library = opened(root)
        for name in "rstu":
            library.create(session(name, turn("t1"), turn("t2"), title=name), name=name)
        states = [state(library)]
        for step in steps:
            made = len(library.history.steps())
            try:
                do(library, *step)
            except TuiSessionsError:
                assert len(library.history.steps()) == made
            if len(library.history.steps()) > made:
                states.append(state(library))
        branches = {row.session_ids[0] for row in library.history.steps() if row.label == "branch"}

        def holds(expected: tuple[object, ...]) -> None:
            # Another program, with an index of its own, sees the same.
            for one in (library, opened(root)):
                sessions, paths, trash = state(one)
                assert (sessions, paths) == expected[:2]
                assert trash - branches == expected[2] - branches  # type: ignore[operator]

        for expected in reversed(states[:-1]):
            assert library.history.undo().problems == ()
            holds(expected)
        for expected in states[1:]:
            assert library.history.redo().problems == ()
            holds(expected)
        while True:
            try:
                library.history.undo()
            except NotFoundError:
                break
        holds(states[0])
    finally:
        shutil.rmtree(root)

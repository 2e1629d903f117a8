"""Killed at any moment, while something is done or taken back: what was done can be taken back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shelves import names, opened, session, turn

from tui_sessions.errors import NotFoundError
from tui_sessions.model.edits import add_tags
from tui_sessions.model.session import Session
from tui_sessions.store.history.history import History

CALLS = ("rename", "link", "unlink", "fsync", "fdatasync", "mkdir", "rmdir", "write")
WORK: dict[str, Callable[[History], object]] = {
    "edit": lambda h: h.edit(["a", "b"], add_tags(["x"]), "tags"),
    "turns": lambda h: h.edit(["a"], lambda s: s.with_turns(s.turns[:1]), "turn"),
    "delete": lambda h: h.delete(["a", "b"]),
    "move": lambda h: h.move(["a", "b"], "new/deep"),
    "rename": lambda h: h.rename_file("a", "other"),
    "restore": lambda h: h.restore([row.entry for row in h._library.trash()]),
    "branch": lambda h: h.branch("a", 1),
    "folder": lambda h: h.rename_folder("w", "v/u"),
    "new folder": lambda h: h.make_folder("x/y"),
    "no folder": lambda h: h.remove_folder("empty"),
}


class Killed(BaseException):
    """The process ends here."""


class Death:
    """Kills at the n-th call that changes the disk."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = -1
        for name in CALLS:
            monkeypatch.setattr(os, name, self._counting(getattr(os, name)))

    def _counting(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            # A dead process does nothing more, not even what it would do in the end.
            if self.left == 0 or (self.left < 0 and self.is_dead):
                self.is_dead = True
                raise Killed
            return real(*args, **kwargs)

        return call

    is_dead = False

    def comes_at(self, count: int, work: Callable[[], object]) -> bool:
        """Whether `work` was killed at that call, and not done before."""
        self.left, self.is_dead = count, False
        try:
            work()
        except Killed:
            return True
        finally:
            was_dead, self.is_dead, self.left = self.is_dead, False, -1
        return was_dead


def stocked(root: Path) -> None:
    library = opened(root)
    for name in "abc":
        library.create(session(name, turn("t1"), turn("t2"), title=name.upper()), name=name)
    library.delete("c")
    library.create(session("d"), name="d", folder="w")
    (root / "empty").mkdir()


def state(root: Path) -> tuple[object, ...]:
    """All that the library holds, but for when it was changed."""
    library = opened(root)
    sessions = [library.load(row.id) for row in library.rows(sort="title")]
    return (
        sorted(repr(_timeless(each)) for each in sessions),
        sorted(name for name in names(root) if not name.endswith(".tmp")),
        sorted(row.id for row in library.trash()),
    )


def _timeless(one: Session) -> object:
    import msgspec

    return msgspec.structs.replace(one, updated_at=None)


@pytest.mark.parametrize("what", WORK)
def test_a_crash_while_doing_leaves_what_can_be_taken_back(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    death = Death(monkeypatch)
    count = 0
    while True:
        count += 1
        root = tmp_path / str(count)
        stocked(root)
        before = state(root)
        history = opened(root).history
        if not death.comes_at(count, lambda h=history: WORK[what](h)):  # type: ignore[misc]
            break
        try:
            row = opened(root).history.undo()
        except NotFoundError:
            row = None
        if what == "branch":  # Taken back, it lies in the trash.
            assert state(root)[:2] == before[:2], (count, row)
        else:
            assert state(root) == before, (count, row)
    assert count > 3


@pytest.mark.parametrize("what", WORK)
def test_a_crash_while_taking_back_is_mended_by_taking_back_again(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    death = Death(monkeypatch)
    count = 0
    while True:
        count += 1
        root = tmp_path / str(count)
        stocked(root)
        before = state(root)
        WORK[what](opened(root).history)
        after = state(root)
        history = opened(root).history
        if not death.comes_at(count, history.undo):
            break
        rows = opened(root).history.steps()
        if not rows[0].is_undone:
            assert opened(root).history.undo().problems == (), count
        assert state(root)[:2] == before[:2], count
        assert opened(root).history.redo().problems == (), count
        assert state(root) == after, count
    assert count > 3

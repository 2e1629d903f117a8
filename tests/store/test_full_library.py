"""A library on a disk that is really full: the reserve carries one save, and nothing is ever torn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from full_disk import FullDisk, full_disk
from shelves import opened, session, turn

from tui_sessions.codec.decode import decode
from tui_sessions.errors import StoreError
from tui_sessions.model.edits import retitle
from tui_sessions.store import reserve


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FullDisk]:
    monkeypatch.setattr(reserve, "PLENTY", 2 * reserve.SIZE)
    with full_disk(tmp_path / "disk", "2m") as disk:
        yield disk


def test_the_reserve_carries_the_save_that_meets_the_full_disk(disk: FullDisk) -> None:
    library = opened(disk.root)
    library.create(session("a", turn("t", answer="x" * 20_000)))
    library.update("a", retitle("Soup"))
    assert library.reserve.keep()
    disk.fill()
    library.update("a", retitle("Saved all the same"))
    assert library.reserve.is_given_up
    assert library.load("a").title == "Saved all the same"
    disk.fill()
    assert not library.reserve.keep()
    with pytest.raises(StoreError, match="the disk is full"):
        library.update("a", retitle("Too much"))
    found = decode(library.path("a").read_bytes(), fallback_id="x")
    assert (found.id, found.title) == ("a", "Saved all the same")
    disk.make_room()
    assert library.reserve.keep()
    library.update("a", retitle("Again"))
    assert not library.reserve.is_given_up

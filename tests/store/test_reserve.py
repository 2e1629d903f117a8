"""Room that is held back, for the save that meets a full disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from shelves import opened, session, turn

from tui_sessions.errors import StoreError
from tui_sessions.model.edits import retitle
from tui_sessions.store import reserve
from tui_sessions.store.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = opened(tmp_path)
    library.create(session("a", turn("t")))
    library.update("a", retitle("Soup"))
    return library


def place(library: Library) -> Path:
    return library.root / ".tui-sessions" / "reserve"


@pytest.fixture
def full(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full for as long as the reserve is there."""
    write = os.write

    def refused(descriptor: int, data: bytes) -> int:
        if place(library).exists() and not os.readlink(f"/proc/self/fd/{descriptor}").endswith(
            "reserve.new"
        ):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", refused)


def test_the_reserve_has_real_blocks_and_is_private(library: Library) -> None:
    assert library.reserve.keep()
    status = place(library).stat()
    assert status.st_size == reserve.SIZE
    assert status.st_blocks * 512 >= reserve.SIZE
    assert status.st_mode & 0o777 == 0o600


def test_there_is_none_where_there_is_little_room(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reserve, "PLENTY", 1 << 62)
    assert not library.reserve.keep()
    assert not place(library).exists()


def test_nothing_is_made_for_a_library_that_is_not_there(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "none", now=opened(tmp_path)._now)
    assert not library.reserve.keep()
    assert not (tmp_path / "none").exists()


@pytest.mark.usefixtures("full")
def test_a_save_that_meets_a_full_disk_takes_it(library: Library) -> None:
    library.reserve.keep()
    library.update("a", retitle("Stew"))
    assert library.load("a").title == "Stew"
    assert library.reserve.is_given_up
    assert not place(library).exists()


@pytest.mark.usefixtures("full")
def test_it_is_made_again_when_there_is_room(library: Library) -> None:
    library.reserve.keep()
    library.update("a", retitle("Stew"))
    assert library.reserve.keep()
    assert not library.reserve.is_given_up
    assert place(library).exists()


@pytest.mark.usefixtures("full")
def test_a_journal_takes_it_as_well(library: Library) -> None:
    library.reserve.keep()
    library.open_journal("a", "t").close()
    assert library.reserve.is_given_up


def test_another_refusal_leaves_it_alone(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.reserve.keep()

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(StoreError, match="reports an error"):
        library.update("a", retitle("Stew"))
    assert place(library).exists()


def test_a_disk_that_is_still_full_is_told_once(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.reserve.keep()
    tries = []

    def refused(*_: object) -> int:
        tries.append(1)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", refused)
    with pytest.raises(StoreError, match="the disk is full"):
        library.update("a", retitle("Stew"))
    assert len(tries) == 2


def test_what_lies_in_the_place_of_the_reserve_is_not_written_through(
    library: Library, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    os.link(precious, place(library).with_name("reserve.new"))
    assert library.reserve.keep()
    assert precious.read_text() == "mine"


def test_a_pipe_in_the_place_of_the_reserve_stops_nothing(library: Library) -> None:
    os.mkfifo(place(library).with_name("reserve.new"))
    assert library.reserve.keep()


def test_no_reserve_is_made_where_a_link_leads_away(library: Library, tmp_path: Path) -> None:
    own, away = library.root / ".tui-sessions", tmp_path / "away"
    own.rename(away)
    own.symlink_to(away)
    assert not library.reserve.keep()
    assert not (away / "reserve").exists()

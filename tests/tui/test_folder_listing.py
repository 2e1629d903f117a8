"""Folders of the user's, read aside."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from tui_sessions.tui import folder_listing
from tui_sessions.tui.folder_listing import Listing, Listings, absolute, read_folder


def test_folders_come_first_then_by_name_whatever_the_case(tmp_path: Path) -> None:
    for name in ("b.txt", "A.txt", ".c"):
        (tmp_path / name).write_text("12345")
    (tmp_path / "z").mkdir()
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    listing = read_folder(str(tmp_path), with_facts=True)
    assert [entry.name for entry in listing.entries] == ["z", ".c", "A.txt", "b.txt"]
    assert [entry.size for entry in listing.entries] == [None, 5, 5, 5]
    assert not listing.is_cut


def test_a_folder_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    assert "is not there" in read_folder(str(tmp_path / "gone")).problem
    assert read_folder("a\0b").problem


def test_a_huge_folder_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_listing, "MOST_ENTRIES", 2)
    for name in "abc":
        (tmp_path / name).touch()
    listing = read_folder(str(tmp_path))
    assert (len(listing.entries), listing.is_cut) == (2, True)


def test_what_is_asked_for_is_told_once_it_is_known(tmp_path: Path) -> None:
    told = Event()
    (tmp_path / "a").touch()
    listings = Listings(told.set)
    assert listings.get(str(tmp_path)) is None
    assert told.wait(20)
    listing = listings.get(str(tmp_path))
    assert listing is not None
    assert [entry.name for entry in listing.entries] == ["a"]


def test_a_disk_that_does_not_answer_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Event()
    asked: list[str] = []

    def hang(folder: str) -> Listing:
        asked.append(folder)
        answer.wait(20)
        return Listing()

    monkeypatch.setattr(folder_listing, "read_folder", hang)
    listings = Listings(lambda: None)
    for number in range(20):
        assert listings.get(f"/{number}") is None
        assert listings.get("/0") is None
    assert len(asked) <= folder_listing.MOST_READERS
    answer.set()


def test_a_path_as_somebody_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")
    assert absolute("a/../b") == str(tmp_path / "b")
    assert absolute("~/x") == "/home/me/x"
    assert absolute("~nobody-at-all/x") == str(tmp_path / "~nobody-at-all/x")

"""What people type for a session."""

from __future__ import annotations

from pathlib import Path

import pytest
from shelves import opened, put, session, turn

from tui_sessions.errors import AmbiguousError, DamagedFileError, NotFoundError, StoreError
from tui_sessions.model.edits import retitle
from tui_sessions.store.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    root = tmp_path / "library"
    put(root, "one.json", id="abc123", title="One", updated_at="2025-01-01T00:00:00Z")
    put(root, "w/two.json", id="abd456", title="Two", updated_at="2025-01-03T00:00:00Z")
    put(root, "v/two.json", id="xyz789", title="Too", updated_at="2025-01-02T00:00:00Z")
    (root / "bad.json").write_text("{")
    return opened(root)


@pytest.mark.parametrize(
    ("ref", "session_id"),
    [
        ("abc123", "abc123"),
        ("abc", "abc123"),
        ("x", "xyz789"),
        ("@last", "abd456"),
        ("one.json", "abc123"),
        ("one", "abc123"),
        ("w/two.json", "abd456"),
        ("./w/two.json", "abd456"),
        ("w/two", "abd456"),
    ],
)
def test_a_session_is_found_by(library: Library, ref: str, session_id: str) -> None:
    assert library.resolve(ref) == session_id


def test_a_path_refers_to_its_session(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(library.root.parent)
    assert library.resolve(str(library.root / "one.json")) == "abc123"
    assert library.resolve("library/v/two.json") == "xyz789"
    assert library.resolve("library/v/../one.json") == "abc123"


def test_what_fits_several_lists_them(library: Library) -> None:
    for ref in ("ab", "two", "two.json"):
        with pytest.raises(AmbiguousError, match=r"fits several sessions: abd456 \(Two\), "):
            library.resolve(ref)


@pytest.mark.parametrize("ref", ["nobody", "", "nowhere/x.json", "~nobody/x.json", "a\0b.json"])
def test_what_fits_none_says_what_to_give(library: Library, ref: str) -> None:
    with pytest.raises(NotFoundError, match=r"Give an id or its beginning, a file name, or @last"):
        library.resolve(ref)


def test_a_file_outside_says_how_to_open_it(library: Library) -> None:
    outside = put(library.root.parent, "else/where.json", id="far")
    with pytest.raises(NotFoundError, match=r"outside the library .* with --dir, or import it"):
        library.resolve(str(outside))


def test_a_damaged_file_says_why(library: Library) -> None:
    for ref in ("bad.json", str(library.root / "bad.json")):
        with pytest.raises(DamagedFileError, match=r"bad\.json cannot be read .* It is cut off"):
            library.resolve(ref)


def test_an_empty_library_has_no_last_session(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There are no sessions yet"):
        opened(tmp_path).resolve("@last")


def test_ids_are_offered_by_their_beginning_the_last_used_first(tmp_path: Path) -> None:
    library = opened(tmp_path)
    for day, name in enumerate(("ab-1", "abd", "abc", "b", "ac"), 1):
        put(tmp_path, f"{name}.json", id=name, updated_at=f"2025-01-0{9 - day}T00:00:00Z")
    library.update("abc", lambda now: now.with_turns((turn("t"),)))
    assert [row.id for row in library.beginning("ab", limit=9)] == ["abc", "ab-1", "abd"]
    assert [row.id for row in library.beginning("", limit=1)] == ["abc"]
    assert library.beginning("\ud800", limit=9) == ()


def test_the_branches_of_a_session_are_counted(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a", turn("t")))
    library.branch("a", 1)
    library.branch("a", 0)
    assert (library.branches("a"), library.branches("b")) == (2, 0)


def test_a_session_whose_file_was_emptied_is_damaged_and_not_missing(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a", turn("t")))
    library.update("a", retitle("Anew"))
    library.path("a").write_bytes(b"")
    library.refresh()
    with pytest.raises(
        DamagedFileError, match=r"among those that can be read\. .*\.json cannot be"
    ):
        library.update("a", lambda now: now)
    with pytest.raises(NotFoundError):
        library.load("another")


@pytest.mark.parametrize("is_mount", [False, True])
def test_a_library_that_was_moved_away_is_not_begun_anew_in_its_place(
    tmp_path: Path, is_mount: bool
) -> None:
    root = tmp_path / "library"
    library = opened(root)
    library.create(session("a", turn("t")))
    library.update("a", retitle("Anew"))
    root.rename(tmp_path / "moved")
    if is_mount:
        root.mkdir()
    library.refresh()
    for attempt in (
        lambda: library.update("a", lambda now: now.with_turns(())),
        lambda: library.create(session("b")),
    ):
        with pytest.raises(StoreError, match=r"not there any more: it was moved, or its disk"):
            attempt()
    if is_mount:
        root.rmdir()  # Nothing stands in it.
    else:
        with pytest.raises(StoreError, match=r"is not there: it was moved"):
            library.load("a")
    (tmp_path / "moved").rename(root)
    library.refresh()
    assert library.load("a").turns

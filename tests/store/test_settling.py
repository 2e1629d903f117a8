"""Files that other programs rewrite: merged with what ours had written, or branched beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shelves import names, opened, put, session, turn

from tui_sessions.errors import DamagedFileError
from tui_sessions.model.edits import add_tags, retitle
from tui_sessions.model.session import Session
from tui_sessions.store.library import Library

Rewrite = Callable[[Path, bytes], None]


def stocked(root: Path, *ids: str) -> Library:
    """A session `s` in `soup.json`, a save for each turn."""
    library = opened(root)
    library.create(session("s", title="Soup"), name="soup")
    add(library, *ids)
    return library


def add(library: Library, *ids: str) -> None:
    for turn_id in ids:
        library.update("s", lambda now, id=turn_id: now.with_turn(turn(id)))  # type: ignore[misc]


def ids_of(found: Session) -> list[str]:
    return [one.id for one in found.turns]


def conflicts(library: Library) -> list[Session]:
    library.refresh()
    rows = [row for row in library.rows() if row.title.startswith("conflict ")]
    return [library.load(row.id) for row in rows]


def in_place(path: Path, data: bytes) -> None:
    """As vim does with a file of several names, or an editor without backups."""
    with path.open("r+b") as file:
        file.write(data)
        file.truncate()


def by_rename(path: Path, data: bytes) -> None:
    """As git, Syncthing, `sed -i`, rsync and most editors do."""
    other = path.with_name(".other.tmp")
    other.write_bytes(data)
    other.rename(path)


def by_making_anew(path: Path, data: bytes) -> None:
    """As git does where it may not rename."""
    path.unlink()
    path.write_bytes(data)


def with_turn(data: bytes, turn_id: str) -> bytes:
    tree: dict[str, Any] = json.loads(data)
    said = {"role": "user", "content": f"{turn_id}?", "timestamp": "2030-01-01T00:00:00Z"}
    tree["turns"].append({"id": turn_id, "messages": [said]})
    return json.dumps(tree).encode()


WAYS = pytest.mark.parametrize("rewrite", [in_place, by_rename, by_making_anew])


@WAYS
def test_a_stale_copy_with_a_turn_of_its_own_is_merged(tmp_path: Path, rewrite: Rewrite) -> None:
    library = stocked(tmp_path, "a", "b")
    path = library.path("s")
    stale = path.read_bytes()
    add(library, "c", "d")
    rewrite(path, with_turn(stale, "theirs"))
    found = library.reconcile("s", None)
    assert ids_of(found.session) == ["a", "b", "c", "d", "theirs"]
    assert found.said is not None
    assert "wrote an older state into soup.json" in found.said
    assert ids_of(opened(tmp_path).load("s")) == ["a", "b", "c", "d", "theirs"]
    assert conflicts(library) == []
    # It is known by now.
    assert library.reconcile("s", found.session).said is None


@WAYS
def test_a_stale_copy_stays_and_ours_is_a_branch(tmp_path: Path, rewrite: Rewrite) -> None:
    library = stocked(tmp_path, "a", "b")
    path = library.path("s")
    stale = path.read_bytes()
    add(library, "c")
    rewrite(path, stale)
    found = library.reconcile("s", None)
    assert path.read_bytes() == stale
    assert ids_of(found.session) == ["a", "b"]
    assert found.said is not None
    assert "1 turn missing there" in found.said
    assert "is kept as the branch “conflict Soup" in found.said
    (branch,) = conflicts(library)
    assert ids_of(branch) == ["a", "b", "c"]
    assert branch.parent is not None
    assert (branch.parent.id, branch.parent.turn) == ("s", 2)
    assert [one.inherited for one in branch.turns] == [True, True, False]
    assert library.reconcile("s").said is None
    assert len(conflicts(library)) == 1


def test_an_edit_finds_a_stale_file_before_it_writes(tmp_path: Path) -> None:
    library = stocked(tmp_path, "a", "b")
    path = library.path("s")
    stale = path.read_bytes()
    add(library, "c")
    by_rename(path, with_turn(stale, "theirs"))
    told: list[str] = []
    library.notice = told.append
    library.update("s", add_tags(["x"]))
    now = library.load("s")
    assert ids_of(now) == ["a", "b", "c", "theirs"]
    assert now.meta.tags == ("x",)
    assert len(told) == 1


@WAYS
def test_an_edit_by_hand_is_taken_over(tmp_path: Path, rewrite: Rewrite) -> None:
    library = stocked(tmp_path, "a", "b")
    path = library.path("s")
    data = path.read_bytes().replace(b"because", b"be-cause")
    rewrite(path, data)
    found = library.reconcile("s")
    assert path.read_bytes() == data, "what another program wrote alone is not written again"
    assert found.said is None
    assert {str(one.answer and one.answer.text) for one in found.session.turns} == {"be-cause"}
    assert conflicts(library) == []
    before = library.versions.rows("s")[0]
    assert "because" in str(library.versions.session("s", before.number))


def test_edits_by_hand_one_after_the_other_are_all_taken_over(tmp_path: Path) -> None:
    library = stocked(tmp_path, "a")
    path = library.path("s")
    for before, after in ((b"because", b"one"), (b"one", b"two"), (b"two", b"three")):
        by_rename(path, path.read_bytes().replace(before, after))
        assert library.reconcile("s").said is None
        assert after.decode() in str(library.load("s"))
    assert conflicts(library) == []


def test_what_our_programs_deleted_is_no_conflict(tmp_path: Path) -> None:
    library = stocked(tmp_path, "a", "b", "c")
    held = library.load("s")
    opened(tmp_path).update("s", lambda now: now.with_turns(now.turns[:1]))
    found = library.reconcile("s", held)
    assert (ids_of(found.session), found.said) == (["a"], None)
    assert conflicts(library) == []


def test_what_our_programs_deleted_does_not_come_back_with_a_stale_copy(tmp_path: Path) -> None:
    library = stocked(tmp_path, "a", "b", "c")
    path = library.path("s")
    stale = path.read_bytes()
    library.update("s", lambda now: now.with_turns((now.turns[0], now.turns[2])))
    by_rename(path, with_turn(stale, "theirs"))
    assert ids_of(library.reconcile("s").session) == ["a", "c", "theirs"]


def test_a_session_that_only_others_write_is_shown_as_it_is(tmp_path: Path) -> None:
    def said(text: str) -> dict[str, Any]:
        return {"messages": [{"role": "user", "content": text}]}

    put(tmp_path, "theirs.json", id="s", turns=[said("one"), said("two")])
    library = opened(tmp_path)
    held = library.load("s")
    put(tmp_path, "theirs.json", id="s", turns=[said("three")])
    found = library.reconcile("s", held)
    assert [one.prompt and one.prompt.text for one in found.session.turns] == ["three"]
    assert found.said is None
    assert conflicts(library) == []
    assert [row.turns for row in library.versions.rows("s")] == [2]


def test_a_damaged_file_is_not_touched(tmp_path: Path) -> None:
    library = stocked(tmp_path, "a")
    path = library.path("s")
    path.write_text("{ spoilt")
    with pytest.raises(DamagedFileError, match=r"soup\.json cannot be read"):
        library.reconcile("s", None)
    assert path.read_text() == "{ spoilt"
    assert names(tmp_path) == {"soup.json"}


def test_a_conflict_is_told_in_the_audit(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    library = opened(tmp_path / "library", audit=log)
    library.create(session("s", turn("a")), name="soup")
    add(library, "b")
    by_rename(library.path("s"), (json.dumps({"id": "s", "turns": []})).encode())
    library.reconcile("s")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert lines[-1]["action"] == "conflict"
    assert lines[-1]["branch"] == conflicts(library)[0].id


@pytest.mark.parametrize(
    "copy", ["soup.sync-conflict-20260101-101010-ABCDEFG.json", "soup (conflicted copy).json"]
)
def test_a_copy_that_a_tool_put_beside_disturbs_nothing(tmp_path: Path, copy: str) -> None:
    library = stocked(tmp_path, "a", "b")
    path = library.path("s")
    (tmp_path / copy).write_bytes(with_turn(path.read_bytes(), "theirs"))
    library.refresh()
    assert library.path("s") == path
    assert library.reconcile("s").said is None
    add(library, "c")
    (other,) = [row.id for row in library.rows() if row.path == copy]
    assert ids_of(library.load(other)) == ["a", "b", "theirs"]
    library.update(other, retitle("the other one"))
    assert ids_of(library.load("s")) == ["a", "b", "c"]
    assert conflicts(library) == []


@pytest.mark.skipif(shutil.which("sed") is None, reason="there is no sed here")
def test_sed_in_place_is_taken_over(tmp_path: Path) -> None:
    library = stocked(tmp_path, "a", "b")
    subprocess.run(["sed", "-i", "s/because/why not/", "soup.json"], cwd=tmp_path, check=True)
    found = library.reconcile("s")
    assert "why not" in str(found.session)
    add(library, "c")
    assert ids_of(library.load("s")) == ["a", "b", "c"]
    assert "why not" in str(library.load("s"))
    assert conflicts(library) == []


def git(root: Path, *words: str) -> None:
    home = {"HOME": str(root), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *who, *words], cwd=root, env=home, check=True, capture_output=True)


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


@needs_git
def test_git_back_and_forth_loses_nothing_and_branches_once(tmp_path: Path) -> None:
    library = stocked(tmp_path, "a", "b")
    git(tmp_path, "init")
    (tmp_path / ".gitignore").write_text(".tui-sessions\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    add(library, "c", "d")
    git(tmp_path, "add", "soup.json")
    git(tmp_path, "commit", "-m", "second")
    for _ in range(3):
        git(tmp_path, "checkout", "-q", "HEAD~1")
        assert ids_of(library.reconcile("s").session) == ["a", "b"]
        git(tmp_path, "checkout", "-q", "main")
        found = library.reconcile("s")
        assert (ids_of(found.session), found.said) == (["a", "b", "c", "d"], None)
        git(tmp_path, "diff", "--exit-code")
    (branch,) = conflicts(library)
    assert ids_of(branch) == ["a", "b", "c", "d"]


@needs_git
def test_what_is_asked_on_an_older_commit_is_merged_with_what_was_there(tmp_path: Path) -> None:
    library = stocked(tmp_path, "a", "b")
    git(tmp_path, "init")
    git(tmp_path, "add", "soup.json")
    git(tmp_path, "commit", "-m", "first")
    add(library, "c")
    git(tmp_path, "checkout", "-q", "soup.json")
    add(library, "d")
    assert ids_of(library.load("s")) == ["a", "b", "d"]
    assert [ids_of(branch) for branch in conflicts(library)] == [["a", "b", "c"]]


def test_two_machines_that_share_a_folder_end_with_the_same(tmp_path: Path) -> None:
    """Each has its own library; a tool carries the newer file over, `.tui-sessions` stays at home."""
    (tmp_path / "there").mkdir()
    here, there = stocked(tmp_path / "here", "a"), opened(tmp_path / "there")

    def carry(source: Path, target: Path) -> None:
        by_rename(target / "soup.json", (source / "soup.json").read_bytes())

    carry(here.root, there.root)
    there.refresh()
    add(there, "b")
    carry(there.root, here.root)
    add(here, "c")
    carry(here.root, there.root)
    add(there, "d")
    stale = (there.root / "soup.json").read_bytes()
    add(here, "e")
    (here.root / "soup.json").write_bytes(stale)
    assert sorted(ids_of(here.reconcile("s").session)) == ["a", "b", "c", "d", "e"]
    carry(here.root, there.root)
    assert ids_of(there.reconcile("s").session) == ids_of(here.load("s"))
    assert conflicts(here) == conflicts(there) == []

"""The doctor finds what is wrong in a library and mends it, and loses nothing by it."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest
from shelves import Ticking, put, session, turn

from tui_sessions.codec.encode import encode
from tui_sessions.model.findings import NOTE, Report, summary
from tui_sessions.model.message import Message
from tui_sessions.model.session import Parent
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage
from tui_sessions.store import scan
from tui_sessions.store.doctor import own
from tui_sessions.store.doctor.doctor import left
from tui_sessions.store.index import charges
from tui_sessions.store.library import Library

OLD_S = 1_700_000_000


def opened_with_cache(root: Path) -> Library:
    root.mkdir(exist_ok=True)
    os.chmod(root, 0o700)
    return Library.open(root, now=Ticking(), cache=root.parent / "cache")


def private(path: Path) -> Path:
    """As our own programs write: a library that was never wrong."""
    for place in (path, *path.rglob("*")):
        os.chmod(place, 0o700 if place.is_dir() else 0o600)
    return path


def kinds(report: Report) -> list[str]:
    return [finding.kind for finding in report.findings]


def mend(library: Library) -> Report:
    library.doctor.mend(library.doctor.check().findings)
    return library.doctor.check()


def test_a_library_of_our_own_is_well(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    library.create(session("one", turn("t1"), title="Soup"))
    library.delete(library.create(session("two", turn("t1"))).id)
    report = library.doctor.check()
    assert report.findings == ()
    assert report.is_clean
    assert report.files == 1
    assert summary(report) == "All is well: 1 file read."


def test_a_library_that_is_not_there_is_well(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "nowhere", now=Ticking())
    assert library.doctor.check().findings == ()
    assert not (tmp_path / "nowhere").exists()


def test_what_can_be_read_of_a_damaged_file_is_written_beside_it(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    whole = encode(
        session("soup", turn("t1", "one", "two"), turn("t2", "three", "four"), title="Soup")
    )
    damaged = put(library.root, "deep/soup.json")
    damaged.write_bytes(whole[: whole.index(b'"four"')])
    before = damaged.read_bytes()
    library.refresh()
    assert "damaged" in kinds(library.doctor.check())
    after = mend(library)
    assert [(f.kind, f.severity) for f in after.findings] == [("recovered", NOTE)]
    assert damaged.read_bytes() == before
    (row,) = library.rows()
    assert (row.path, row.title) == ("deep/soup.recovered.json", "Soup (recovered)")
    assert row.id != "soup"
    recovered = library.load(row.id)
    texts = [message.text for turn in recovered.turns for message in turn.messages]
    assert texts == ["one", "two", "three", ""]


def test_a_file_in_which_nothing_can_be_read_is_left_and_told(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    private(put(library.root, "x.json").parent)
    (library.root / "x.json").write_bytes(b"\0" * 40)
    report = library.doctor.check()
    assert [(finding.path, finding.by) for finding in report.findings] == [("x.json", "")]
    assert "Bring it back from a backup" in report.findings[0].cure
    done = library.doctor.mend(report.findings)
    assert [finding.path for finding in left(report, done)] == ["x.json"]
    assert os.listdir(library.root).count("x.recovered.json") == 0


def test_what_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    library.create(session("one", turn("t1")))
    folder = library.root / "deep"
    folder.mkdir()
    file = put(library.root, "deep/two.json", id="two", format=1)
    os.chmod(folder, 0o755)
    os.chmod(file, 0o644)
    assert kinds(library.doctor.check()).count("mode") == 2
    assert "mode" not in kinds(mend(library))
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_what_is_closed_to_others_in_our_own_folder_is_not_listed_for_it(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "library")
    library.create(session("soup", turn("t1"), title="Soup"))
    library.create(session("stew", turn("t1")))
    library.update("soup", lambda now: msgspec.structs.replace(now, title="Broth"))
    library.delete("stew")
    (library.root / "kept").mkdir(mode=0o700)
    own = library.root / ".tui-sessions"
    for path in [*own.rglob("*.version"), *own.glob("trash/*.json"), library.root / "kept"]:
        path.chmod(0o755)
    assert kinds(library.doctor.check()).count("mode") > 2
    mend(library)
    assert [row.path for row in library.rows()] == [library.row("soup").path]
    assert library.damaged() == ()


def test_a_second_file_with_an_id_gets_one_of_its_own(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    library.create(session("one", turn("t1")), name="one")
    (library.root / "one copy.json").write_bytes((library.root / "one.json").read_bytes())
    private(library.root)
    library.refresh()
    assert kinds(library.doctor.check()) == ["id twice"]
    assert mend(library).findings == ()
    assert json.loads((library.root / "one.json").read_bytes())["id"] == "one"
    assert json.loads((library.root / "one copy.json").read_bytes())["id"] != "one"


def test_a_branch_without_its_parent_is_told_and_left(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    library.create(session("child", turn("t1"), parent=Parent(id="gone", turn=1)))
    report = library.doctor.check()
    assert [(f.kind, f.severity) for f in report.findings] == [("parent missing", NOTE)]
    assert report.is_clean
    assert mend(library) == report


def test_attachments_that_nobody_names_go_into_the_quarantine_and_come_back(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    library.create(session("one", turn("t1")))
    used = library.attachments.put(b"picture", name="a.png").extra["sha256"]
    fresh = library.attachments.put(b"fresh", name="b.png").extra["sha256"]
    unused = library.attachments.put(b"forgotten", name="c.png").extra["sha256"]
    parts = [{"type": "image", "name": "a.png", "sha256": used}]
    put(
        library.root,
        "two.json",
        format=1,
        id="two",
        turns=[{"id": "t", "messages": [{"role": "user", "content": parts}]}],
    )
    private(library.root)
    folder = library.root / ".tui-sessions" / "attachments"
    for name in (used, unused):
        os.utime(folder / name, (OLD_S, OLD_S))
    report = library.doctor.check()
    assert [(f.kind, f.path.rpartition("/")[2]) for f in report.findings if "attach" in f.kind] == [
        ("attachment unused", unused)
    ]
    library.doctor.mend(report.findings)
    assert set(os.listdir(folder)) == {used, fresh}
    parts[0]["sha256"] = unused
    put(
        library.root,
        "two.json",
        format=1,
        id="two",
        turns=[{"id": "t", "messages": [{"role": "user", "content": parts}]}],
    )
    private(library.root)
    library.refresh()
    assert "attachment missing" in kinds(library.doctor.check())
    assert "attachment missing" not in kinds(mend(library))
    assert library.attachments.read(unused) == b"forgotten"


def test_an_attachment_whose_bytes_changed_is_told(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    folder = library.root / ".tui-sessions" / "attachments"
    folder.mkdir(parents=True)
    (folder / hashlib.sha256(b"what it was").hexdigest()).write_bytes(b"what it is")
    private(library.root)
    assert kinds(library.doctor.check()) == ["attachment damaged"]
    assert kinds(mend(library)) == ["attachment damaged"]


def test_notes_without_files_and_files_without_notes_are_put_right(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    kept = library.delete(library.create(session("one", turn("t1"), title="Soup")).id)
    gone = library.delete(library.create(session("two", turn("t1"))).id)
    trash = library.root / ".tui-sessions" / "trash"
    (trash / f"{kept.entry}.note").unlink()
    (trash / f"{gone.entry}.json").unlink()
    assert set(kinds(library.doctor.check())) == {"note without file", "file without note"}
    assert mend(library).findings == ()
    (row,) = library.trash()
    library.restore(row)
    assert library.load("one").title == "Soup"


def test_a_temporary_file_of_a_crash_is_swept(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    library.create(session("one", turn("t1")))
    hidden = library.root / ".tui-sessions"
    hidden.mkdir(exist_ok=True)
    (hidden / ".tui-sessions-abcdefghijkl.tmp").write_bytes(b"half")
    private(library.root)
    assert kinds(library.doctor.check()) == ["temporary"]
    assert mend(library).findings == ()


def test_an_index_that_says_what_no_file_says_is_made_anew(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    for name in ("one", "two"):
        library.create(session(name, turn("t1"), title=name))
    library.count()
    (place,) = (tmp_path / "cache").glob("index-*.sqlite")
    with sqlite3.connect(place) as index:
        index.execute("UPDATE sessions SET cost = 5, turns = 0, tokens = 99 WHERE id = 'one'")
    index.close()
    assert kinds(library.doctor.check()) == ["index"]
    assert mend(library).findings == ()
    assert [row.turns for row in library.rows()] == [1, 1]


def test_an_index_that_lists_what_is_no_file_of_the_library_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened_with_cache(tmp_path / "l")
    library.create(session("one", turn("t1"), title="one"))
    library.delete(library.create(session("two", turn("t1"))).id)
    (deleted,) = (library.root / ".tui-sessions" / "trash").glob("*.json")
    with monkeypatch.context() as patched:
        patched.setattr(scan, "is_hidden", lambda path: False)
        library.doctor._index.reread(str(deleted.relative_to(library.root)))
    assert len(library.rows()) == 2
    assert kinds(library.doctor.check()) == ["index"]
    assert mend(library).findings == ()
    assert [row.title for row in library.rows()] == ["one"]


def test_files_of_other_forms_are_written_in_ours_and_kept_as_they_were(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    flat = {
        "id": "flat",
        "model": "gpt-4",
        "messages": [{"role": "user", "content": "hi"}],
        "odd": 1,
    }
    (library.root / "flat.json").write_text(json.dumps(flat))
    private(library.root)
    library.refresh()
    report = library.doctor.check()
    assert [(f.kind, f.by, f.severity) for f in report.findings] == [
        ("older format", "migrate", NOTE)
    ]
    before = library.load("flat")
    (done,) = library.doctor.mend(report.findings, by="migrate")
    assert done.problem == ""
    assert library.doctor.check().findings == ()
    assert library.load("flat").turns == before.turns
    assert library.load("flat").extra == {"odd": 1}
    kept = library.root / ".tui-sessions" / "migrated" / "flat.json"
    assert json.loads(kept.read_bytes()) == flat


def test_several_sessions_in_one_file_become_files_of_their_own(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    both = [json.loads(encode(session(name, turn("t1"), title=name))) for name in ("a", "b")]
    (library.root / "export.json").write_text(json.dumps({"sessions": both}))
    private(library.root)
    library.refresh()
    report = library.doctor.check()
    assert kinds(report) == ["bundle"]
    library.doctor.mend(report.findings, by="migrate")
    assert {(row.id, row.path) for row in library.rows()} == {
        ("a", "export_1.json"),
        ("b", "export_2.json"),
    }
    assert (library.root / ".tui-sessions" / "migrated" / "export.json").is_file()
    assert library.damaged() == ()


def test_a_plan_changes_nothing(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    put(library.root, "cut.json").write_bytes(encode(session("one", turn("t1"), turn("t2")))[:-90])
    before = {path: path.read_bytes() for path in library.root.rglob("*") if path.is_file()}
    planned = library.doctor.plan(library.doctor.check().findings)
    assert any("→ cut.recovered.json" in one.done for one in planned)
    assert {path: path.read_bytes() for path in library.root.rglob("*") if path.is_file()} == before


def test_a_look_that_is_stopped_says_so(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    library.create(session("one", turn("t1")))
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 3

    assert library.doctor.check(stop=stop).is_stopped


def test_links_and_devices_are_told_and_left(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    (library.root / "link.json").symlink_to(tmp_path / "elsewhere.json")
    os.mkfifo(library.root / "pipe.json")
    assert kinds(library.doctor.check()) == ["link", "link"]
    assert kinds(mend(library)) == ["link", "link"]
    assert library.doctor.recovered_beside("pipe.json") == ""


def test_a_library_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened_with_cache(tmp_path / "l")
    library.create(session("one", turn("t1")))
    monkeypatch.setattr(own, "_is_writable", lambda root: False)
    report = library.doctor.check()
    assert kinds(report) == ["disk"]
    assert "nothing can be saved" in report.findings[0].what
    assert not report.is_clean


def test_a_folder_that_cannot_be_listed_is_told_and_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened_with_cache(tmp_path / "l")
    folder = library.root / "shut"
    folder.mkdir(mode=0o300)
    listed = os.scandir

    def scandir(path: str) -> Any:
        if str(path).endswith("/shut") and folder.stat().st_mode & 0o777 != 0o700:
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    report = library.doctor.check()
    assert [(f.kind, f.path, f.by) for f in report.findings] == [("unreadable", "shut", "repair")]
    assert mend(library).findings == ()


def test_answers_whose_words_are_not_there_are_no_crash(tmp_path: Path) -> None:
    library = opened_with_cache(tmp_path / "l")
    answered = Turn(
        id="t1",
        messages=(
            Message(role="user", content="?"),
            Message(role="assistant", content="!", model="a/b"),
        ),
        usage=Usage(prompt_tokens=1, completion_tokens=1, total_tokens=2),
        latency_ms=5.0,
    )
    library.create(session("one", answered))
    library.count()
    (place,) = (tmp_path / "cache").glob("index-*.sqlite")
    with sqlite3.connect(place) as index:
        (packed,) = index.execute("SELECT packed FROM answers").fetchone()
        words, answers = msgspec.msgpack.decode(packed)
        answers[0][1] = 77
        index.execute("UPDATE answers SET packed = ?", (msgspec.msgpack.encode((words, answers)),))
    index.close()
    with pytest.raises(sqlite3.DatabaseError):
        charges.unpacked(msgspec.msgpack.encode((words, answers)))
    assert kinds(library.doctor.check()) == ["index"]
    assert mend(library).findings == ()

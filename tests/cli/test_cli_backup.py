"""`backup` and `restore` as words: what is printed, what is asked, and the exit codes."""

from __future__ import annotations

import io
import json
import os
import tarfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui_sessions.cli import progress

DECORATORS, OAUTH = "k3v9x2m7q0ab", "h2c7d8e9f0aa"


@pytest.fixture
def shelf(own_home: Path) -> Path:
    return own_home / ".local/share/tui-sessions/backups"


def test_a_backup_prints_where_it_is(run, two, shelf):
    made = run("backup")
    assert made.code == 0
    (path,) = shelf.iterdir()
    assert made.lines == [str(path)]
    assert "2 sessions (" in made.err
    assert "read back and found whole" in made.err


def test_a_backup_goes_where_it_is_told(run, two, tmp_path):
    assert run("backup", str(tmp_path / "mine.tar.gz")).code == 0
    assert tarfile.is_tarfile(tmp_path / "mine.tar.gz")
    assert run("backup", str(tmp_path / "mine.tar.gz")).code == 6
    (tmp_path / "stick").mkdir()
    made = run("backup", str(tmp_path / "stick"), "--format", "folder")
    assert Path(made.lines[0]).parent == tmp_path / "stick"
    assert (Path(made.lines[0]) / "manifest.json").is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("backup", "--format", "zip"), "tar or folder"),
        (("backup", "--list", "--verify"), "one of"),
        (("backup", "--list", "--format", "tar"), "--list takes"),
        (("backup", "--if-due"), "backups.every"),
        (("backup", "/nowhere/x"), "no folder /nowhere/x"),
    ],
)
def test_wrong_words_are_told(run, two, words, said):
    found = run(*words)
    assert found.code == 2
    assert said in found.err


def test_a_place_in_the_library_is_refused_in_words(run, two, folder):
    found = run("backup", str(folder / "x.tar.gz"))
    assert found.code == 2
    assert "lies in the library itself" in found.err
    assert not (folder / "x.tar.gz").exists()


def test_the_list_and_its_records(run, two, tmp_path):
    assert run("backup", "--list").code == 1
    run("backup")
    run("backup", "--incremental")
    found = run("backup", "--list", "--format", "json")
    latest, first = found.json
    assert latest["bases"]
    assert not first["bases"]
    assert (first["sessions"], first["is_own"], first["trouble"]) == (2, True, "")
    assert "builds on another" in run("backup", "--list").lines[0]


def test_verifying_names_what_is_damaged(run, two, shelf):
    run("backup", "--format", "folder")
    found = run("backup", "--verify", "@last")
    assert found.code == 0
    assert "2 sessions, all as they were backed up" in found.out
    (path,) = shelf.iterdir()
    damaged = path / "library" / "work" / "oauth.json"
    damaged.write_text(damaged.read_text().replace("tokens", "TOKENS"))
    found = run("backup", "--verify")
    assert found.code == 3
    assert "work/oauth.json: Its bytes" in found.err


def test_a_file_that_cannot_be_read_is_told_by_the_exit_code(run, two, folder):
    os.mkfifo(folder / "pipe.json")
    found = run("backup")
    assert found.code == 3
    assert "pipe.json is not in the backup" in found.err
    assert "1 file could not be read" in found.err


def test_cron_makes_one_only_when_it_is_due(run, two, shelf):
    words = ("--set", "backups.every=1d", "--set", "backups.keep=2", "backup", "--if-due")
    assert run(*words).code == 0
    again = run(*words)
    assert (again.code, again.out) == (0, "")
    assert len(list(shelf.iterdir())) == 1


def test_a_wrong_time_in_the_configuration_is_told(run, two):
    found = run("--set", "backups.every=daily", "backup")
    assert found.code == 2
    assert "backups.every" in found.err
    assert "1d" in found.err


def test_a_deleted_session_comes_back_out_of_a_backup(run, two):
    run("backup")
    run("delete", DECORATORS, "--yes")
    dry = run("restore", "@last", "--dry-run")
    assert dry.code == 0
    assert "1 missing here, 1 the same here. Nothing was changed." in dry.err
    assert run("list", "--format", "ids").lines == [OAUTH]
    found = run("restore", "@last")
    assert (found.code, found.lines) == (0, [DECORATORS])
    assert "1 session came back." in found.err
    assert "undo" in found.err
    assert set(run("list", "--format", "ids").lines) == {OAUTH, DECORATORS}
    run("undo")
    assert run("list", "--format", "ids").lines == [OAUTH]


def test_a_session_that_is_named_comes_beside_a_changed_one(run, two):
    run("backup")
    run("rename", DECORATORS, "Mine")
    whole = run("restore", "@last")
    assert whole.lines == []
    assert "1 newer here" in whole.err
    found = run("restore", "@last", "python decorators")
    (beside,) = found.lines
    assert "(restored)" in found.err
    assert run("show", beside, "--format", "json").json["title"] == "Python decorators (restored)"
    assert run("show", DECORATORS, "--format", "json").json["title"] == "Mine"


def test_writing_over_is_asked_about(run, two):
    run("backup")
    run("rename", DECORATORS, "Mine")
    refused = run("restore", "@last", DECORATORS, "--overwrite")
    assert refused.code == 2
    assert "add --yes" in refused.err
    found = run("restore", "@last", DECORATORS, "--overwrite", "--yes")
    assert found.lines == [DECORATORS]
    shown = run("show", DECORATORS, "--format", "json").json
    assert shown["title"] == "Python decorators"
    run("undo")
    assert run("show", DECORATORS, "--format", "json").json["title"] == "Mine"


def test_a_backup_comes_back_into_another_library(run, two, folder, tmp_path):
    run("backup")
    other = tmp_path / "other"
    found = run("restore", "@last", "--into", str(other))
    assert set(found.lines) == {DECORATORS, OAUTH}
    for name in ("session_20240108_143022.json", "work/oauth.json"):
        assert (other / name).read_bytes() == (folder / name).read_bytes()


def test_what_would_come_is_listed_for_programs(run, two):
    run("backup")
    run("delete", OAUTH, "--yes")
    (found,) = run("restore", "@last", "--dry-run", "--format", "json").json
    assert (found["id"], found["here"], found["turns"]) == (OAUTH, "new", 1)
    assert "\x1b" not in run("restore", "@last", "--dry-run").out


def test_what_is_not_there_is_told(run, two):
    assert run("restore", "nothing").code == 1
    assert run("restore", "@last").code == 1
    run("backup")
    found = run("restore", "@last", "no such session")
    assert found.code == 1
    assert "There is no session 'no such session' in the backup" in found.err


def test_a_large_archive_made_by_hand_needs_a_yes(run, two, tmp_path):
    path = tmp_path / "hand.tar"
    with tarfile.open(path, "w") as archive:
        info = tarfile.TarInfo("big.json")
        info.size = 30_000_000
        data = json.dumps({"id": "big", "turns": []}).ljust(info.size).encode()
        archive.addfile(info, io.BytesIO(data))
    refused = run("restore", str(path))
    assert refused.code == 2
    assert "add --yes" in refused.err
    assert run("restore", str(path), "--yes").lines == ["big"]


def test_ctrl_c_leaves_nothing_of_a_backup(run, two, shelf, monkeypatch):
    plain = progress.stoppable

    @contextmanager
    def pressed():
        with plain():
            yield lambda: True

    monkeypatch.setattr("tui_sessions.cli.backing.stoppable", pressed)
    found = run("backup")
    assert found.code == 130
    assert "Nothing of this backup was kept" in found.err
    assert list(shelf.iterdir()) == []

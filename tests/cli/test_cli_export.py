"""`export`: which sessions, in which form, to where."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("two")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def test_without_options_it_is_markdown_called_after_the_title(run, here: Path) -> None:
    done = run("export", "k3v9")
    assert done.lines == [str(here / "Python decorators.md")]
    assert (here / "Python decorators.md").read_text().startswith("# Python decorators")


@pytest.mark.parametrize("format", ["json", "json-b"])
def test_json_is_called_after_the_id(run, here: Path, format: str) -> None:
    run("export", "k3v9", "--format", format)
    assert json.loads((here / "session-k3v9x2m7q0ab.json").read_text())["id"] == "k3v9x2m7q0ab"


def test_the_form_follows_the_name(run, here: Path) -> None:
    run("export", "k3v9", "-o", "a.csv")
    assert (here / "a.csv").read_text().startswith("session_id,")
    run("export", "k3v9", "-o", "new/b.txt")
    assert "Python decorators" in (here / "new" / "b.txt").read_text()


def test_a_dash_is_standard_output(run, here: Path) -> None:
    assert run("export", "k3v9", "-o", "-").json["title"] == "Python decorators"
    assert run("export", "k3v9", "-o", "-", "--format", "csv").out.startswith("session_id,")
    assert list(here.iterdir()) == []


def test_another_file_is_never_written_over_unless_told(run, here: Path) -> None:
    (here / "a.md").write_text("mine")
    assert run("export", "k3v9", "-o", "a.md").code == 6
    assert (here / "a.md").read_text() == "mine"
    assert run("export", "k3v9", "-o", "a.md", "--force").code == 0
    assert (here / "a.md").read_text() != "mine"


def test_all_go_into_one_file_or_each_into_its_own(run, here: Path) -> None:
    run("export", "--all", "-o", "backup.json")
    assert len(json.loads((here / "backup.json").read_text())["sessions"]) == 2
    done = run("export", "--all", "-o", "each/", "--format", "text")
    assert len(done.lines) == 2
    assert sorted(p.suffix for p in (here / "each").iterdir()) == [".txt", ".txt"]


def test_filters_choose_what_is_exported(run, here: Path) -> None:
    run("export", "--since", "2024-02-01", "-o", "feb.md")
    text = (here / "feb.md").read_text()
    assert "How does OAuth work?" in text
    assert "decorators" not in text


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ([], 2),
        (["k3v9", "--all"], 2),
        (["k3v9", "--format", "docx"], 2),
        (["nowhere"], 1),
        (["--tag", "nowhere"], 1),
    ],
)
def test_what_cannot_be_exported_is_told(run, here: Path, args: list[str], code: int) -> None:
    done = run("export", *args)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("tui-sessions: ")
    assert list(here.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(run, here: Path) -> None:
    (here / "file").write_text("")
    refused = run("export", "k3v9", "-o", "file/a.md")
    assert refused.code == 3
    assert "could not be written" in refused.err


def test_the_file_is_called_exactly_as_asked(run, here: Path) -> None:
    assert run("export", "k3v9", "-o", "notes").lines == ["notes"]
    assert (here / "notes").read_text().startswith("# Python decorators")
    assert run("export", "k3v9", "-o", "notes").code == 6
    assert [path.name for path in here.iterdir()] == ["notes"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX pipes")
def test_a_pipe_is_written_into_and_stays_a_pipe(run, here: Path) -> None:
    os.mkfifo(here / "pipe")
    reader = os.open(here / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("export", "k3v9", "--format", "json", "-o", "pipe").code == 0
        assert json.loads(os.read(reader, 65536))["title"] == "Python decorators"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO((here / "pipe").stat().st_mode)
    assert run("export", "k3v9", "-o", "/dev/null", "--force").code == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_link_is_followed_when_it_is_written_over(run, here: Path) -> None:
    (here / "real.md").write_text("mine")
    (here / "link.md").symlink_to("real.md")
    assert run("export", "k3v9", "-o", "link.md", "--force").code == 0
    assert (here / "link.md").is_symlink()
    assert (here / "real.md").read_text().startswith("# Python decorators")


def test_an_empty_name_is_no_file(run, here: Path) -> None:
    assert run("export", "k3v9", "-o", "").code == 2
    assert list(here.iterdir()) == []

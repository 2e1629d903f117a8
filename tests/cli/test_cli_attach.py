"""`ask -a`: files go along; bad ones are told before a session is made; `show` and `info` name them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tui_sessions.errors import StoreError
from tui_sessions.store.attachments import Attachments

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 92
HASH = hashlib.sha256(PNG).hexdigest()


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "photo.png"
    path.write_bytes(PNG)
    return str(path)


@pytest.fixture
def notes(tmp_path: Path) -> str:
    path = tmp_path / "notes.md"
    path.write_text("# About penguins\n")
    return str(path)


def kept(folder: Path) -> list[str]:
    place = folder / ".tui-sessions" / "attachments"
    return sorted(os.listdir(place)) if place.is_dir() else []


def sessions(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


def test_files_go_along_with_the_prompt_and_are_kept_once(
    run, folder: Path, photo: str, notes: str
) -> None:
    asked = run("ask", "-a", photo, "--attach", notes, "What is it?")
    assert asked.code == 0
    assert "- `photo.png`, image/png, 100 B\n- `notes.md`, text/markdown, 17 B" in asked.out
    (stored,) = sessions(folder)
    text, image, file = stored["turns"][0]["messages"][0]["content"]
    assert text == {"type": "text", "text": "What is it?"}
    assert image == {
        "type": "image",
        "name": "photo.png",
        "mime": "image/png",
        "sha256": HASH,
        "size": 100,
    }
    assert file["name"] == "notes.md"
    assert len(kept(folder)) == 2
    assert run("ask", "-r", "-a", photo, "Again?").code == 0
    assert len(kept(folder)) == 2


def test_a_file_alone_is_a_prompt(run, folder: Path, photo: str) -> None:
    assert run("ask", "-a", photo).code == 0
    (stored,) = sessions(folder)
    assert [part["type"] for part in stored["turns"][0]["messages"][0]["content"]] == ["image"]


def test_standard_input_is_attached_as_a_dash_and_is_no_prompt_then(run, folder: Path) -> None:
    asked = run("ask", "-a", "-", "What is it?", piped=PNG)
    assert asked.code == 0
    text, image = sessions(folder)[0]["turns"][0]["messages"][0]["content"]
    assert text["text"] == "What is it?"
    assert (image["name"], image["mime"]) == ("stdin", "image/png")


@pytest.mark.parametrize(
    ("files", "piped", "words"),
    [
        (["none.png"], None, "There is no file none.png to attach."),
        (["."], None, ". is a folder: attach the files in it one by one."),
        (["/dev/null"], None, "/dev/null is not a regular file"),
        (["empty"], None, "empty is empty: there is nothing to attach."),
        (["huge"], None, "huge is larger than 50.0 MB, the most that can be attached."),
        (["-"], None, "Nothing is piped in that -a - could attach."),
        (["-"], b"", "Standard input is empty"),
        (["-", "-"], b"x", "Standard input can be attached only once."),
    ],
)
def test_a_bad_file_is_told_and_nothing_is_made(
    run,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: list[str],
    piped: bytes | None,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").touch()
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(60_000_000)
    options = [option for file in files for option in ("-a", file)]
    asked = run("ask", *options, "Hello", piped=piped)
    assert asked.code == 2
    assert words in asked.err
    assert sessions(folder) == []
    assert kept(folder) == []


def test_a_full_disk_leaves_no_session_without_its_prompt(
    run, folder: Path, photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise StoreError("The disk is full: nothing was kept.")

    monkeypatch.setattr(Attachments, "_write", full)
    asked = run("ask", "-a", photo, "What is it?")
    assert asked.code != 0
    assert "The disk is full" in asked.err
    assert sessions(folder) == []


def test_nothing_is_kept_for_a_session_that_is_to_be_put_elsewhere(
    run, folder: Path, photo: str
) -> None:
    assert run("ask", "-s", "mine", "Hello").code == 0
    asked = run("ask", "-s", "mine", "--folder", "work", "-a", photo, "What is it?")
    assert "--folder and --name are for a new session" in asked.err
    assert kept(folder) == []


def test_a_file_that_may_not_be_read_is_told(
    run, folder: Path, photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = os.open

    def refusing(path: Any, *rest: Any, **more: Any) -> int:
        if str(path) == photo:
            raise PermissionError(13, "no")
        return opening(path, *rest, **more)

    monkeypatch.setattr(os, "open", refusing)
    asked = run("ask", "-a", photo, "Hello")
    assert asked.code == 2
    assert "photo.png cannot be attached: permission is denied." in asked.err
    assert sessions(folder) == []


def test_what_the_model_does_not_take_is_told_before_anything_is_kept(
    run, folder: Path, tmp_path: Path, photo: str
) -> None:
    (tmp_path / "blob").write_bytes(b"\0\1\2")
    asked = run("ask", "-a", photo, "-a", str(tmp_path / "blob"), "Hello")
    assert asked.code == 4
    assert "blob cannot be sent: the demonstration takes no file of an unknown kind" in asked.err
    assert sessions(folder) == []
    assert kept(folder) == []


def test_the_model_of_the_session_or_the_one_named_says_what_it_takes(
    run, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    pdf = str(tmp_path / "a.pdf")
    assert run("ask", "-s", "mine", "-a", pdf, "Hello").code == 0
    refused = run("ask", "-s", "mine", "--model", "ollama/llama3.2", "-a", pdf, "Hello")
    assert refused.code == 4
    assert "a.pdf cannot be sent: ollama takes no application/pdf" in refused.err
    assert len(sessions(folder)[0]["turns"]) == 1


def test_show_names_what_is_attached_and_counts_it(run, photo: str) -> None:
    run("ask", "-s", "mine", "-a", photo, "What is it?")
    lines = run("show", "mine").lines
    assert "Attachments: 1" in lines
    said = lines.index("What is it?")
    assert lines[said + 1] == f"[attached: photo.png, image/png, 100 B, sha256 {HASH[:12]}]"
    summary = run("show", "mine", "--summary").lines
    assert lines[said + 1] in summary
    assert "*Attached: photo.png, image/png" in run("show", "mine", "--format", "markdown").out


def test_a_session_that_was_copied_alone_says_that_its_files_are_not_here(
    run, folder: Path, photo: str
) -> None:
    run("ask", "-s", "mine", "-a", photo, "What is it?")
    shutil.rmtree(folder / ".tui-sessions" / "attachments")
    expected = f"[attached: photo.png, image/png, 100 B, sha256 {HASH[:12]}, not in this library]"
    assert expected in run("show", "mine").lines
    asked = run("ask", "-s", "mine", "And now?")
    assert asked.code == 0
    assert len(run("show", "mine", "--format", "json").json["turns"]) == 2


def test_show_says_nothing_of_attachments_where_there_are_none(run) -> None:
    run("ask", "-s", "mine", "Hello")
    assert "ttach" not in run("show", "mine").out


def test_a_long_prompt_is_cut_in_the_summary_and_its_attachment_is_not(run, photo: str) -> None:
    run("ask", "-s", "mine", "-a", photo, "long " * 400)
    lines = run("show", "mine", "--summary").lines
    assert any(line.startswith("long ") and line.endswith("…") for line in lines)
    assert f"[attached: photo.png, image/png, 100 B, sha256 {HASH[:12]}]" in lines


def test_info_counts_the_files_and_their_bytes(run, photo: str) -> None:
    run("ask", "-a", photo, "What is it?")
    facts = run("info", "--format", "json").json
    assert (facts["attachments"], facts["attachments_size"]) == (1, 100)
    lines = run("info").lines
    assert any(line.startswith("Attachments:") and line.endswith(" 1") for line in lines)
    assert any(line.startswith("Attachments size:") and line.endswith("100 B") for line in lines)


def test_what_is_attached_is_found_and_stays_when_its_session_goes(
    run, folder: Path, photo: str
) -> None:
    run("ask", "-s", "mine", "-a", photo, "What is it?")
    run("ask", "-s", "other", "Hello")
    assert run("list", "has:attachment", "--format", "ids").lines == ["mine"]
    assert run("search", "photo", "--format", "ids").lines == ["mine"]
    run("delete", "mine", "--yes")
    run("trash", "empty", "--yes")
    run("index", "rebuild")
    assert kept(folder) == [HASH]

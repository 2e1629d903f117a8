"""Exports as files: their names, their modes, and what stands there already."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.engine.exporting import export_to, file_name_from
from tui_sessions.errors import StoreError, UsageError
from tui_sessions.model.session import Session

TALK = Session(id="k3v9", title="Python: a/b?")


def test_the_file_is_called_after_the_title_and_private(tmp_path: Path) -> None:
    path = export_to([TALK], "markdown", folder=tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "Python- a-b.md"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_taken_name_gets_a_number_and_the_other_file_stays(tmp_path: Path) -> None:
    first = export_to([TALK], "text", folder=tmp_path, name="notes")
    first.write_text("mine")
    second = export_to([TALK], "text", folder=tmp_path, name="notes")
    third = export_to([TALK], "text", folder=tmp_path, name="notes")
    assert (second.name, third.name) == ("notes (2).txt", "notes (3).txt")
    assert first.read_text() == "mine"


def test_told_to_it_writes_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("old")
    path = export_to([TALK], "text", folder=tmp_path, name="notes.txt", overwrite=True)
    assert path.name == "notes.txt"
    assert "Python" in path.read_text()
    assert [entry.name for entry in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("notes", "notes.md"),
        ("release 1.2", "release 1.2.md"),
        ("notes.markdown", "notes.markdown"),
    ],
)
def test_a_given_name_gets_an_ending_where_it_has_none(
    tmp_path: Path, name: str, file: str
) -> None:
    assert export_to([TALK], "markdown", folder=tmp_path, name=name).name == file


def test_several_sessions_are_called_after_their_number(tmp_path: Path) -> None:
    assert export_to([TALK, TALK], "json", folder=tmp_path).name == "2 sessions.json"


def test_a_folder_that_is_a_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="could not be written to"):
        export_to([TALK], "text", folder=tmp_path / "file")


def test_an_unknown_format_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        export_to([TALK], "pdf", folder=tmp_path / "x")
    assert not (tmp_path / "x").exists()


@given(st.text())
def test_any_title_makes_a_safe_name(title: str) -> None:
    name = file_name_from(title)
    assert len(name) <= 81
    assert len(os.fsencode(name.encode("utf-8", "replace"))) <= 200
    assert not set(name) & set('/\\:*?"<>|\0\n\r\t')
    assert name == name.strip(" .")


def test_a_title_with_nothing_safe_falls_back_to_the_id(tmp_path: Path) -> None:
    odd = Session(id="k3v9", title="///")
    assert export_to([odd], "csv", folder=tmp_path).name == "session-k3v9.csv"
    assert file_name_from("con") == "_con"

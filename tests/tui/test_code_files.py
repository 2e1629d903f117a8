"""Code blocks as files: their names, and what is there already."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.errors import ConflictError, StoreError, UsageError
from tui_sessions.tui.code_files import free_name, path_of, proposed_name, write_code


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("python", "import os", "code.py"),
        ("", "plain", "code.txt"),
        ("rust", "// src/main.rs\nfn main() {}", "main.rs"),
        ("python", "# app/models.py\nx = 1", "models.py"),
        ("html", "<!-- index.html -->", "index.html"),
        ("css", "/* site.css */", "site.css"),
        ("sql", "-- filename: schema.sql", "schema.sql"),
        ("python", "# A comment. And more", "code.py"),
        ("python", "# see e.g. this", "code.py"),
        ("dockerfile", "FROM x", "Dockerfile"),
        ("", "#!/usr/bin/env python3\nprint()", "code.py"),
        ("", "#!/bin/bash\nls", "code.sh"),
        ("src/lib.rs", "fn x() {}", "lib.rs"),
        ("python", "# ../../etc/soup.py", "soup.py"),
        ("nonsense\x1b", "x", "code.txt"),
    ],
)
def test_a_name_is_proposed_by_the_first_line_or_the_language(
    language: str, text: str, name: str
) -> None:
    assert proposed_name(language, text) == name


@given(st.text(max_size=20), st.text(max_size=60))
def test_a_proposed_name_never_leads_elsewhere(language: str, text: str) -> None:
    name = proposed_name(language, text)
    assert name
    assert "/" not in name
    assert not name.startswith(".")
    assert name.isprintable()


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "code.py").touch()
    (tmp_path / "code-2.py").symlink_to("nowhere")
    assert free_name(tmp_path, "code.py") == "code-3.py"


def test_a_path_goes_out_from_the_folder_or_from_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/anna")
    assert path_of(" a/b.py ", tmp_path) == tmp_path / "a/b.py"
    assert path_of("~/b.py", tmp_path) == Path("/home/anna/b.py")
    assert path_of("/x/b.py", tmp_path) == Path("/x/b.py")


@pytest.mark.parametrize("written", ["", "  ", "folder/", "a\x00b", "a\x1b[2J", "~nobody-at-all/x"])
def test_what_is_no_file_name_is_said(written: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        path_of(written, tmp_path)


def test_code_is_written_with_a_line_end_and_its_folders_are_made(tmp_path: Path) -> None:
    write_code(tmp_path / "a" / "b.py", "\tx = 1\n\n  y")
    assert (tmp_path / "a" / "b.py").read_text() == "\tx = 1\n\n  y\n"


def test_what_is_there_is_not_written_over_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "run.sh"
    path.write_text("old")
    path.chmod(0o755)
    link = tmp_path / "link.sh"
    link.symlink_to(path)
    for target in (path, link):
        with pytest.raises(ConflictError):
            write_code(target, "new")
    assert path.read_text() == "old"
    write_code(link, "new", overwrite=True)
    assert path.read_text() == "new\n"
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o755
    assert sorted(os.listdir(tmp_path)) == ["link.sh", "run.sh"]


def test_a_folder_of_that_name_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        write_code(tmp_path, "x")


def test_what_the_disk_refuses_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="could not be written"):
        write_code(tmp_path / "file" / "x.py", "x")
    with pytest.raises(StoreError, match="name too long"):
        write_code(tmp_path / ("x" * 300), "x")

"""What a terminal writes when files are dragged onto it."""

from __future__ import annotations

import shlex
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.tui.widgets.pasted_paths import pasted_paths


@pytest.mark.parametrize(
    "text",
    ["/a/b c.txt", "'/a/b c.txt'", '"/a/b c.txt" ', "/a/b\\ c.txt\n", "file:///a/b%20c.txt"],
)
def test_one_file_is_written_in_many_ways(text: str) -> None:
    assert ("/a/b c.txt",) in pasted_paths(text)


def test_several_files_stand_side_by_side_or_below_each_other() -> None:
    assert pasted_paths("/a '/b c'")[0] == ("/a", "/b c")
    assert ("/a x", "~/b") in pasted_paths("/a x\r~/b\r")


@pytest.mark.parametrize(
    "text",
    ["", "hello", "a/b", "./a", "/a and then some", "/a\0", "'/a", "x /a", "file://", "/a" * 9000],
)
def test_anything_else_is_text(text: str) -> None:
    assert all(way[0] != "/a" or len(way) > 1 for way in pasted_paths(text))
    assert not pasted_paths(text) or text.startswith(("/", "file"))


names = st.text(st.characters(exclude_characters="\0\n\r", exclude_categories=["Cs"]), min_size=1)


@given(names, st.sampled_from((shlex.quote, lambda path: "file://" + quote(path))))
def test_every_quoted_path_is_read_back(name, written) -> None:
    path = "/" + name.strip("/").strip() + "x"
    assert (path,) in pasted_paths(written(path))


@given(st.text())
def test_no_paste_is_too_odd(text: str) -> None:
    for way in pasted_paths(text):
        assert (way and all(way)) or "file://" in text

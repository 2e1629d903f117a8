"""Prompts kept to be used again."""

from __future__ import annotations

import pytest

from tui_sessions.config.prompt_library import LARGEST_BYTES, PromptLibrary
from tui_sessions.errors import ConflictError, StoreError, UsageError


def test_a_prompt_is_kept_as_a_file_and_never_over_another(tmp_path):
    library = PromptLibrary(tmp_path / "prompts")
    assert library.prompts() == ()
    path = library.keep("code review", "Review this:\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert library.prompts() == (("code review", "Review this:"),)
    with pytest.raises(ConflictError, match="code review"):
        library.keep("code review", "other")
    assert library.prompts() == (("code review", "Review this:"),)


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 65, "a\nb"])
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="cannot name a prompt"):
        PromptLibrary(tmp_path).keep(name, "x")


def test_what_is_no_prompt_is_passed_over(tmp_path):
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "huge.md").write_text("x" * (LARGEST_BYTES + 1))
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "good.md").write_bytes(b"\xef\xbb\xbfa\xffb")
    assert PromptLibrary(tmp_path).prompts() == (("good", "a\ufffdb"),)


def test_a_disk_that_refuses_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="could not be kept"):
        PromptLibrary(tmp_path / "file").keep("a", "x")

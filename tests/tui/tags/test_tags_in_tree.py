"""A wide tree shows the first tags behind the title, never at the cost of the title."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_sessions.model.results import FolderLine, SessionLine, SessionRow
from tui_sessions.tui.widgets.tree_lines import TAGS_FROM_CELLS, Role, TreeState, drawn

NOW = datetime(2026, 3, 14, tzinfo=UTC)


def line(title: str, *tags: str) -> SessionLine:
    row = SessionRow(id="a", path="a.json", title=title, tags=tags)
    return SessionLine(key="session:a", depth=0, row=row)


def text(title: str, *tags: str, width: int = TAGS_FROM_CELLS) -> str:
    return "".join(piece for piece, _ in drawn(line(title, *tags), width, TreeState(), NOW))


def test_the_first_two_tags_stand_behind_the_title() -> None:
    assert "Decorators  #python  #teaching " in text("Decorators", "python", "teaching", "third")


def test_tags_are_muted() -> None:
    roles = {piece.strip(): role for piece, role in drawn(line("D", "py"), 80, TreeState(), NOW)}
    assert roles["#py"] is Role.MUTED
    assert roles["D"] is Role.TEXT


def test_a_narrow_tree_shows_none() -> None:
    assert "#" not in text("Decorators", "python", width=TAGS_FROM_CELLS - 1)


def test_a_tag_without_room_is_left_out_whole() -> None:
    assert "#" not in text("t" * 50, "python")
    assert "#py" in text("t" * 30, "x" * 60, "py")


def test_a_folder_has_no_tags() -> None:
    folder = FolderLine(key="folder:a", depth=0, name="a", path="a", is_open=True, sessions=1)
    assert "#" not in "".join(piece for piece, _ in drawn(folder, 80, TreeState(), NOW))


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=3), st.integers(60, 120))
def test_a_line_is_exactly_as_wide_as_it_is_told(title: str, tags: list[str], width: int) -> None:
    assert cell_len(text(title, *tags, width=width)) == width


@pytest.mark.parametrize("size", [(212, 40)])
async def test_a_very_wide_window_has_room_for_them(workspace, tmp_path, size):
    (tmp_path / "library").mkdir()
    value = '{"id": "a", "title": "Decorators", "turns": [], "meta": {"tags": ["python"]}}'
    (tmp_path / "library" / "a.json").write_text(value)
    async with workspace(size) as user:
        await user.see("Decorators  #python")

"""Pictures of the statistics. A changed one is looked at before it is accepted:
`pytest tests/tui/statistics --snapshot-update`, then open the SVG under `__snapshots__`."""

from __future__ import annotations

import re

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class SvgExtension(SingleFileSnapshotExtension):
    file_extension = "svg"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def picture(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(SvgExtension)


def taken(user) -> str:
    return re.sub(r"terminal-\d+", "terminal-0", user.app.export_screenshot(simplify=True))


@pytest.mark.parametrize("theme", ["ink", "paper"])
@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_the_statistics(workspace, spent, picture, size, theme):
    async with workspace(size, **{"screen.theme": theme}) as user:
        await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
        await user.press("f5")
        await user.see("$1.75 + 1 unpriced")
        await user.until(lambda: user.screen._read and user.screen._read.is_whole, "all of it")
        await user.press("left")
        assert taken(user) == picture


@pytest.mark.parametrize("theme", ["ink", "paper"])
async def test_the_map_of_the_week(workspace, spent, picture, theme):
    async with workspace((120, 36), **{"screen.theme": theme}) as user:
        await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
        await user.press("f5")
        await user.see("$1.75 + 1 unpriced")
        await user.press("h")
        await user.see("Most answers")
        assert taken(user) == picture

"""The picture of the README is the program as it is."""

from __future__ import annotations

from test_snapshots import SvgExtension, fill, still, taken

__all__ = ["still"]


async def test_the_picture_of_the_readme(workspace, snapshot, tmp_path):
    fill(tmp_path / "library")
    async with workspace((150, 42), open_id="parent000001") as user:
        await user.see("stopped", "of 128k", "next ≈ 450 tok · $")
        await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
        await user.press("f7", "g")
        assert taken(user) == snapshot(extension_class=SvgExtension)

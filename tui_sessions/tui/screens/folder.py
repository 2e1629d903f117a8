"""Asks for the path of a folder in the library."""

from __future__ import annotations

from tui_sessions.errors import UsageError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import LineDialog


class FolderDialog(LineDialog):
    """The result is the path below the library, without slashes around it."""

    IS_TYPED_OVER = False

    def __init__(self, title: str, path: str, *, verb: str = "rename") -> None:
        super().__init__(
            title, path, placeholder="work/api", note="A slash stands between a folder and its own."
        )
        self.VERB = verb

    def answer(self) -> str:
        """The path, checked. Whether the disk takes it is the library's to say."""
        return checked_path(super().answer())


def checked_path(path: str) -> str:
    """`path` without slashes around it. Raises `UsageError` for one that leads elsewhere."""
    path = path.strip().strip("/")
    if not path:
        raise UsageError("Write the name of a folder.")
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise UsageError(
            "Every part between two slashes needs a name, and not that of another place."
        )
    if clean_line(path) != path:
        raise UsageError("A folder has no control characters in its name.")
    return path

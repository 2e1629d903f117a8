"""Prompts that a person keeps to use again: a Markdown file each in `prompts/` beside the configuration."""

from __future__ import annotations

import re
from pathlib import Path

from tui_sessions.config.private import write_private
from tui_sessions.errors import ConflictError, StoreError, UsageError
from tui_sessions.model.text import clean_line

LARGEST_BYTES = 1_000_000
"""A larger file is no prompt, and a TextArea would be slow with it."""
_NAME = re.compile(r"[\w][\w ._-]{0,63}")


class PromptLibrary:
    """The kept prompts of one user."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prompts(self) -> tuple[tuple[str, str], ...]:
        """Name and text of each, by name; files that cannot be read are passed over."""
        try:
            paths = sorted(path for path in self._folder.iterdir() if path.suffix == ".md")
        except OSError:
            return ()
        return tuple((path.stem, text) for path in paths if (text := _text_of(path)))

    def keep(self, name: str, text: str) -> Path:
        """Keep a prompt under a name; never over another.

        Raises `UsageError` for a name that cannot be one, `ConflictError`, `StoreError`.
        """
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"{clean_line(name)!r} cannot name a prompt: use up to 64 letters, digits, spaces and . _ -"
            )
        path = self._folder / f"{name}.md"
        if path.exists():
            raise ConflictError(f"There is a prompt {name!r} already. Choose another name.")
        try:
            write_private(path, text.encode("utf-8", "replace"), follows=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError(f"The prompt could not be kept in {path}: {reason}.") from error
        return path


def _text_of(path: Path) -> str:
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
            return ""
        return path.read_text(encoding="utf-8-sig", errors="replace").strip("\n")
    except OSError:
        return ""

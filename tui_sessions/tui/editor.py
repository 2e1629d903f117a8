"""Text in the user's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tui_sessions.errors import StoreError, UsageError
from tui_sessions.tui.pager import interrupts_ignored


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """VISUAL, else EDITOR, else vi. Raises `UsageError` where it cannot be read as a command."""
    command = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    try:
        words = shlex.split(command)
    except ValueError as problem:
        raise UsageError(
            f"EDITOR cannot be read as a command: {problem}. Set it anew."
        ) from problem
    if not words:
        raise UsageError("EDITOR is empty but for spaces. Set it anew.")
    return words


def edited(text: str, environ: Mapping[str, str], *, what: str = "the prompt") -> str:
    """`text` as it comes back from the editor; the terminal must be free for it.

    Raises `UsageError` where the editor does not start or fails, `StoreError` where there is no room for
    the temporary file. The file is private and removed at the end.
    """
    command = editor_command(environ)
    try:
        descriptor, name = tempfile.mkstemp(prefix="prompt-", suffix=".md")
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
    except OSError as problem:
        raise StoreError(f"No temporary file for the editor: {problem.strerror}.") from problem
    path = Path(name)
    try:
        with interrupts_ignored():
            done = subprocess.run([*command, name], check=False)
        if done.returncode != 0:
            raise UsageError(
                f"{command[0]} ended with code {done.returncode}; {what} is as it was."
            )
        return path.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
    except OSError as problem:
        raise UsageError(
            f"{command[0]} could not be started: {problem.strerror}. Set EDITOR."
        ) from problem
    finally:
        path.unlink(missing_ok=True)


def as_it_comes_back(text: str) -> str:
    """What `edited` gives for a text that nobody changed."""
    data = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return data.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def edit_file(path: Path, environ: Mapping[str, str]) -> None:
    """Opens `path` itself; the terminal must be free for it. Raises `UsageError` where the editor
    does not start or fails."""
    command = editor_command(environ)
    try:
        with interrupts_ignored():
            done = subprocess.run([*command, str(path)], check=False)
    except OSError as problem:
        raise UsageError(
            f"{command[0]} could not be started: {problem.strerror}. Set EDITOR."
        ) from problem
    if done.returncode != 0:
        raise UsageError(f"{command[0]} ended with code {done.returncode}.")

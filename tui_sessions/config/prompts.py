"""The prompts that were sent, for the arrow keys in the prompt: a JSON text a line, oldest first.

In a file of its own, because prompts are private and the rest of the state is not.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from tui_sessions.config.private import append_private, read_private, why, write_private

KEPT = 500
"""How many prompts are remembered."""
LONGEST = 20_000
"""Characters; a longer prompt is most likely a pasted file, and is in its session anyway."""


class PromptFile:
    """`prompts.jsonl`, private. Not being able to read or write it never stops anything."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        """Why the last one could not be written; "" where it is."""

    def load(self) -> tuple[str, ...]:
        """The prompts, oldest first, the last `KEPT`; lines that are none are passed over."""
        try:
            lines = read_private(self.path).splitlines()
        except OSError:
            return ()
        prompts = tuple(prompt for line in lines if (prompt := _prompt_of(line)) is not None)
        # Adding is one short write; the file is cut to size now and then, when it is read.
        if len(lines) > 2 * KEPT:
            self._replace(prompts[-KEPT:])
        return prompts[-KEPT:]

    def add(self, prompt: str) -> bool:
        """Remembers `prompt`; False where it is empty, too long, or the disk refuses."""
        if not prompt.strip() or len(prompt) > LONGEST:
            return False
        try:
            append_private(self.path, _line_of(prompt))
        except OSError as error:
            self.problem = why(error)
            return False
        self.problem = ""
        return True

    def _replace(self, prompts: tuple[str, ...]) -> None:
        try:
            write_private(self.path, b"".join(_line_of(prompt) for prompt in prompts))
        except OSError:
            return


def _line_of(prompt: str) -> bytes:
    text = prompt.encode("utf-8", "replace").decode()
    return msgspec.json.encode(text) + b"\n"


def _prompt_of(line: bytes) -> str | None:
    try:
        return msgspec.json.decode(line, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None

"""What is typed and not sent: it waits with its session while one looks at another, or is away."""

from __future__ import annotations

from tui_sessions.config.drafts import DraftFile
from tui_sessions.tui.widgets.completion import is_command
from tui_sessions.tui.widgets.prompt import Prompt


class Unsent:
    """Between the prompt and the file of drafts. A session without a file has the key ""."""

    def __init__(self, prompt: Prompt, drafts: DraftFile) -> None:
        self._prompt = prompt
        self._drafts = drafts

    def leave(self, key: str) -> None:
        """Remember what stands in the prompt; a command that is being run is none of the session's."""
        text = self._prompt.text
        self._drafts.keep(key, text if text.strip() and not is_command(text) else "")

    def come(self, key: str) -> None:
        """Put back what was left there."""
        text = self._drafts.load().get(key, "")
        if text != self._prompt.text:
            self._prompt.set_text(text)

    def sent(self, key: str) -> None:
        """Nothing waits there any more."""
        self._drafts.keep(key, "")

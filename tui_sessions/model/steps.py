"""What was done to sessions, as lists show it and as those who did it hear of it. Texts are raw."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tui_sessions.errors import TuiSessionsError


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done, to however many sessions, and can be taken back as one."""

    id: str
    at: datetime
    label: str
    """What it was, as a noun: `tags of 12 sessions`."""
    count: int = 0
    """How many sessions, files or folders it changed."""
    is_undone: bool = False
    session_ids: tuple[str, ...] = ()
    """The first few of them."""
    trouble: str = ""
    """Why it cannot be taken back, in a sentence; "" where it can."""
    problems: tuple[str, ...] = ()
    """Only in the answer of `undo` and `redo`: what was left as it is, a sentence each."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of changing many sessions: some may refuse, the others are changed all the same."""

    done: int = 0
    problems: tuple[str, ...] = ()
    """A sentence for each one that refused, the first 20; then one that counts the rest."""
    step: StepRow | None = None
    """None where nothing was changed."""
    error: TuiSessionsError | None = None
    """The first refusal itself: to be raised where one session was meant."""

    @property
    def exit_code(self) -> int:
        """What the first refusal means on the command line; 0 where there was none."""
        return 0 if self.error is None else self.error.exit_code

"""The audit log as values: who did what when, and what became of each message that was acknowledged."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec


class AuditLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log. Texts are raw; clean before showing."""

    at: datetime
    action: str
    session: str = ""
    message: str | None = None
    """`<turn id>:<role>`."""
    sha256: str | None = None
    """The first 16 digits of that of the message's text."""
    user: str | None = None
    pid: int | None = None


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines are wanted."""

    actions: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()
    """Ids; none means every one."""
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""

    def takes(self, line: AuditLine) -> bool:
        """Whether a line is wanted."""
        return (
            (not self.actions or line.action in self.actions)
            and (not self.sessions or line.session in self.sessions)
            and (self.since is None or line.at >= self.since)
            and (self.until is None or line.at < self.until)
        )


Fate = Literal["kept", "other answer", "taken out", "deleted", "changed outside", "missing"]
"""`kept`: as it was acknowledged last. `other answer`: it stands among the answers that were not chosen.
`taken out`, `deleted`: by this program, as the log says. The others: nobody here did that."""
EXPLAINED = frozenset({"kept", "other answer", "taken out", "deleted"})


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one message."""

    session: str
    message: str
    at: datetime
    """When it was acknowledged last."""
    fate: Fate
    changes: int = 0
    """How often it was saved with another text."""

    @property
    def is_explained(self) -> bool:
        """Whether it is where it was put, or where the log says."""
        return self.fate in EXPLAINED

"""What the library answers: rows for lists and the tree. Texts in them are raw; clean before showing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tui_sessions.model.money import Cost


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One session as lists show it, read from its file's header."""

    id: str
    path: str
    """Relative to the library, with `/`."""
    title: str
    model: str | None = None
    status: str = "active"
    created_at: datetime | None = None
    updated_at: datetime | None = None
    """The file's `updated_at`, else the time of the file."""
    tags: tuple[str, ...] = ()
    project: str | None = None
    system: str | None = None
    meta: dict[str, Any] = {}
    """Any further key of `meta`."""
    turns: int = 0
    messages: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    tokens: int | None = None
    cost: Cost = Cost()
    mean_latency_ms: float | None = None
    parent_id: str | None = None
    parent_turn: int | None = None
    is_cut: bool = False
    """The last answer is not whole."""
    is_read_only: bool = False
    has_notes: bool = False
    size: int = 0

    @property
    def folder(self) -> str:
        """Its folder relative to the library, "" at the top."""
        return self.path.rpartition("/")[0]

    @property
    def file_name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def provider(self) -> str | None:
        """The part of the model before the first `/`."""
        return self.model.partition("/")[0] if self.model and "/" in self.model else None


class DamagedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is no session: listed with its reason, never touched."""

    path: str
    reason: str
    size: int = 0
    updated_at: datetime | None = None


class TrashRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something deleted that can be taken back."""

    entry: str
    """Its name in the trash; what `undelete` takes."""
    id: str
    title: str
    path: str
    """Where it was, and where it returns to unless something else is there by then."""
    deleted_at: datetime


class FolderLine(msgspec.Struct, frozen=True, kw_only=True):
    """A folder in the tree."""

    key: str
    """`folder:<path>`."""
    depth: int
    name: str
    path: str
    is_open: bool
    sessions: int
    """In it and below."""
    cost: Cost = Cost()


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A session, or a branch below its parent, in the tree."""

    key: str
    """`session:<id>`."""
    depth: int
    row: SessionRow
    is_branch: bool = False
    is_open: bool = False
    """Whether its branches are shown."""
    branches: int = 0


class DamagedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A damaged file in the tree."""

    key: str
    """`damaged:<path>`."""
    depth: int
    row: DamagedRow


TreeLine = FolderLine | SessionLine | DamagedLine

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
    has_code: bool = False
    """Whether a message holds a fenced block."""
    has_attachment: bool = False
    """Whether a message holds a part that is no text."""
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
    def is_pinned(self) -> bool:
        """Whether it is kept at hand."""
        return self.meta.get("pinned") is True

    @property
    def is_starred(self) -> bool:
        """Whether it is a favourite."""
        return self.meta.get("starred") is True

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


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a library, added up."""

    sessions: int
    turns: int
    messages: int
    tokens: int
    """Of those sessions where they are known."""
    unknown_tokens: int
    """How many sessions do not say theirs."""
    cost: Cost
    size: int
    """Bytes of the session files and of damaged ones."""


class IndexStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What the index of a library holds and takes."""

    path: str | None
    """The file of the rows; that of the texts lies beside it. None where it is kept in memory."""
    size: int
    """Bytes of both."""
    version: int
    sessions: int
    damaged: int
    turns: int
    """That can be found by what was said in them."""
    texts_done: int
    texts_total: int
    """Sessions whose texts are indexed, and how many there are."""
    problem: str
    """Why it is not used, "" where it is."""


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
    """A folder in the tree, or a group that is shown like one."""

    key: str
    """`folder:<path>`, `pinned:`, `search:<name>`, `trash:`."""
    depth: int
    kind: str = "folder"
    """`folder`, `pinned`, `search` (a saved one), `trash` (which does not unfold)."""
    name: str
    path: str
    """Of a folder; the query of a saved search; else ""."""
    is_open: bool
    sessions: int | None
    """In it and below; None where it is not counted before it is opened."""
    cost: Cost = Cost()


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A session, or a branch below its parent, in the tree."""

    key: str
    """`session:<id>`; `pinned:<id>` and `search:<name>:<id>` where it is shown once more."""
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

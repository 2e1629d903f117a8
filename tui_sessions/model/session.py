"""One conversation: what one file holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from tui_sessions.model.charges import costs
from tui_sessions.model.housekeeping import without_calls
from tui_sessions.model.money import Cost
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

FORMAT = 1
STATUSES = ("active", "paused", "completed", "archived")
UNTITLED = "Untitled"
TITLE_LENGTH = 80


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """Where a branch began: the session, and how many of its turns both share."""

    id: str
    turn: int
    extra: dict[str, Any] = {}


class Params(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent with every prompt of the session; None is the provider's own default."""

    temperature: float | None = None
    max_tokens: int | None = None
    context_window: int | None = None
    """How many earlier pairs of messages are sent; 0 and None: all."""
    extra: dict[str, Any] = {}


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """What people say about a session; `extra` holds any further key."""

    tags: tuple[str, ...] = ()
    project: str | None = None
    notes: str | None = None
    extra: dict[str, Any] = {}


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A linear conversation with what is known about it."""

    id: str
    format: int = FORMAT
    title: str | None = None
    model: str | None = None
    """`provider/name`."""
    system: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    status: str = "active"
    parent: Parent | None = None
    params: Params = Params()
    turns: tuple[Turn, ...] = ()
    usage_totals: Usage | None = None
    """As the file states it; kept in step by `with_turns`."""
    meta: Meta = Meta()
    extra: dict[str, Any] = {}
    problems: tuple[str, ...] = ()
    """What the codec could not understand and kept as it was; never written."""

    @property
    def is_read_only(self) -> bool:
        """Whether a newer version wrote the file."""
        return self.format > FORMAT

    @property
    def shown_title(self) -> str:
        """The title, `meta.title`, or the first prompt's first line (raw, not cleaned)."""
        named = self.title or self.meta.extra.get("title")
        if isinstance(named, str) and named.strip():
            return named
        for turn in self.turns:
            if turn.prompt is not None and turn.prompt.text.strip():
                return title_from(turn.prompt.text)
        return UNTITLED

    @property
    def totals(self) -> Usage:
        """Tokens used by the session itself, inherited turns not counted."""
        return self.usage_totals or added_usage(self.turns)

    @property
    def cost(self) -> Cost:
        """What the session itself cost: its answers and housekeeping, inherited turns not counted."""
        return Cost.total(costs(self))

    def turn(self, turn_id: str) -> Turn | None:
        """The turn of that id."""
        return next((turn for turn in self.turns if turn.id == turn_id), None)

    def with_turns(self, turns: tuple[Turn, ...]) -> Session:
        """The session with other turns; stated totals move by the difference, so that what another
        program counted and we cannot see is kept."""
        if self.usage_totals is None:
            totals = added_usage(turns)
        else:
            totals = self.usage_totals.plus(added_usage(self.turns), sign=-1).plus(
                added_usage(turns)
            )
        return msgspec.structs.replace(self, turns=turns, usage_totals=totals)

    def with_turn(self, turn: Turn) -> Session:
        """The session with `turn` in place of the one of its id, or at the end."""
        if self.turn(turn.id) is None:
            return self.with_turns((*self.turns, turn))
        return self.with_turns(tuple(turn if old.id == turn.id else old for old in self.turns))

    def with_meta(self, **changes: Any) -> Session:
        """The session with some of tags, project, notes, extra replaced."""
        return msgspec.structs.replace(self, meta=msgspec.structs.replace(self.meta, **changes))


Change = Callable[[Session], Session]
"""An edit as a function of the session as it stands on disk now: so that no edit undoes another's."""


def added_usage(turns: tuple[Turn, ...]) -> Usage:
    """The usage of `turns` with their alternatives, inherited ones not counted."""
    total = Usage()
    for turn in turns:
        if not turn.inherited:
            total = total.plus(turn.usage)
            for alternative in turn.alternatives:
                total = total.plus(alternative.usage)
    return total


def title_from(prompt: str) -> str:
    """A title out of a prompt: its first line that says something, cut at a word."""
    line = next(
        (line.strip(" #>*-\t") for line in prompt.splitlines() if line.strip(" #>*-\t")), UNTITLED
    )
    line = " ".join(line.split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def branched(
    session: Session, turns: int, *, new_id: str, title: str | None, now: datetime
) -> Session:
    """A new session that shares the first `turns` turns of `session` and points back to it."""
    shared = tuple(turn.as_inherited() for turn in session.turns[:turns])
    return msgspec.structs.replace(
        session,
        id=new_id,
        title=title,
        created_at=now,
        updated_at=now,
        status="active",
        parent=Parent(id=session.id, turn=len(shared)),
        turns=shared,
        usage_totals=Usage(),
        extra=without_calls(session.extra),
    )

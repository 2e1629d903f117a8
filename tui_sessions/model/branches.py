"""What can be done to branches, as values: promote, detach, extract, merge. No sum ever counts money twice.

A turn that stands in several files is counted in one of them; the others hold it as inherited.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from tui_sessions.errors import UsageError
from tui_sessions.model.answers import (
    answers,
    is_same,
    set_aside,
    standing_answer,
    with_chosen,
)
from tui_sessions.model.charges import DELETED
from tui_sessions.model.housekeeping import without_calls
from tui_sessions.model.session import Parent, Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

MERGED_FROM = "merged_from"
"""In a turn that was merged: the session and the turn that it is a copy of."""
EXTRACTED_FROM = "extracted_from"
"""In a session that was extracted: the session, and the first and last of its turns, from 1."""


def shared_turns(branch: Session) -> int:
    """How many turns a branch has of its parent."""
    return 0 if branch.parent is None else max(0, min(branch.parent.turn, len(branch.turns)))


def promoted(parent: Session, branch: Session) -> tuple[Session, Session]:
    """Both after the branch has taken its parent's place: the former parent, and the branch.

    What the shared turns cost goes from the one to the other, as it stands in the parent now: it may have
    asked for further answers since. The former parent is a branch of the branch then; whoever else branched
    off it still shares the same turns with it. Shared turns that either of them deleted or asked anew stay
    where they are counted.
    """
    shared = branch.turns[: shared_turns(branch)]
    copies = {turn.id: turn for turn in shared if turn.inherited}
    owned = {turn.id: turn for turn in parent.turns if turn.id in copies and not turn.inherited}
    given = tuple(turn.as_inherited() if turn.id in owned else turn for turn in parent.turns)
    taken = tuple(
        _taken_over(turn, owned[turn.id]) if turn.inherited and turn.id in owned else turn
        for turn in branch.turns
    )
    link = branch.parent or Parent(id=parent.id, turn=0)
    below = Parent(id=branch.id, turn=_begun_alike(parent, shared), extra=link.extra)
    return (
        msgspec.structs.replace(parent.with_turns(given), parent=below),
        msgspec.structs.replace(branch.with_turns(taken), parent=parent.parent),
    )


def detached(session: Session) -> Session:
    """The session without its parent.

    The turns that it has of it stay marked as inherited: they are counted where they were paid for, and
    counting them here as well would make any sum over the library wrong.
    """
    return msgspec.structs.replace(session, parent=None)


def extracted(
    session: Session, first: int, last: int, *, new_id: str, title: str, now: datetime
) -> Session:
    """A new session of the turns `first` to `last`, counted from 1. They are counted where they were paid
    for. Raises `UsageError` where there are no such turns."""
    count = len(session.turns)
    if not 1 <= first <= last <= count:
        raise UsageError(f"There are no turns {first}-{last} here; the session has {count}.")
    origin = {"id": session.id, "first": first, "last": last}
    return msgspec.structs.replace(
        session,
        id=new_id,
        title=title or None,
        created_at=now,
        updated_at=now,
        status="active",
        parent=None,
        turns=tuple(turn.as_inherited() for turn in session.turns[first - 1 : last]),
        usage_totals=Usage(),
        extra={**without_calls(session.extra), EXTRACTED_FROM: origin},
    )


def merged(parent: Session, branch: Session, fresh_id: Callable[[], str]) -> Session:
    """The parent with the branch's own turns at its end, counted in the branch still.

    What was merged before is not merged again. Each copy says where it came from, and keeps the id of its
    turn unless that is taken.
    """
    taken = {turn.id for turn in parent.turns}
    added = []
    for turn in unmerged(parent, branch):
        turn_id = turn.id
        while turn_id in taken:
            turn_id = fresh_id()
        taken.add(turn_id)
        extra = {**turn.extra, MERGED_FROM: {"id": branch.id, "turn": turn.id}}
        added.append(msgspec.structs.replace(turn.as_inherited(), id=turn_id, extra=extra))
    return parent.with_turns((*parent.turns, *added)) if added else parent


def unmerged(parent: Session, branch: Session) -> tuple[Turn, ...]:
    """The own turns of a branch that its parent does not have yet."""
    known = {(parent.id, turn.id) for turn in parent.turns}
    known.update(origin for turn in parent.turns if (origin := _origin(turn)) is not None)
    own = branch.turns[shared_turns(branch) :]
    return tuple(
        turn for turn in own if known.isdisjoint(((branch.id, turn.id), _origin(turn) or ("", "")))
    )


def numbers_in(words: str, count: int) -> tuple[int, int]:
    """The turns that `3`, `3-7`, `3-` or `-7` mean, of `count`. Raises `UsageError`."""
    begin, dash, end = (part.strip() for part in words.replace("–", "-").partition("-"))
    numbers = [part for part in (begin, end) if part]
    if not numbers or not all(part.isascii() and part.isdigit() for part in numbers):
        raise UsageError("Say which turns: 3, or 3-7.")
    if any(len(part) > 9 for part in numbers):
        raise UsageError(f"There are no such turns here; the session has {count}.")
    first = int(begin) if begin else 1
    last = int(end) if end else (count if dash else first)
    if not 1 <= first <= last <= count:
        said = f"{first}-{last}" if dash else f"{first}"
        raise UsageError(f"There are no turns {said} here; the session has {count}.")
    return first, last


def _begun_alike(parent: Session, shared: tuple[Turn, ...]) -> int:
    """How many turns at the parent's beginning are of those shared: it may have lost some."""
    ids = {turn.id for turn in shared}
    ours = (number for number, turn in enumerate(parent.turns) if turn.id not in ids)
    return next(ours, len(parent.turns))


def _taken_over(copy: Turn, own: Turn) -> Turn:
    """A branch's copy of a turn with all that the turn cost, and every answer that was paid for; what it
    says stays as the branch has it."""
    found = answers(own)
    standing = copy.answer
    place = next((n for n, one in enumerate(found) if is_same(one.message, standing)), None)
    if place is not None:
        base = with_chosen(own, place) if found[place] != standing_answer(own) else own
        base = msgspec.structs.replace(base, inherited_usage=None, inherited_cost=None)
    elif standing is None:
        base = set_aside(own)
    else:
        base = msgspec.structs.replace(
            set_aside(own),
            inherited_usage=copy.inherited_usage or copy.usage,
            inherited_cost=copy.inherited_cost if copy.inherited_cost is not None else copy.cost,
            latency_ms=copy.latency_ms,
            first_token_ms=copy.first_token_ms,
            finish=copy.finish,
            error=copy.error,
        )
    others = [
        one.without_figures()
        for one in copy.alternatives
        if not any(is_same(one.message, known.message) for known in found)
    ]
    return msgspec.structs.replace(
        base,
        messages=copy.messages,
        alternatives=(*base.alternatives, *others),
        inherited=False,
        extra=_noted(copy, own),
    )


def _noted(copy: Turn, own: Turn) -> dict[str, Any]:
    """What is noted in the copy, but for the sums, which go with the money."""
    kept = {key: value for key, value in copy.extra.items() if key != DELETED}
    return {**kept, DELETED: own.extra[DELETED]} if DELETED in own.extra else kept


def _origin(turn: Turn) -> tuple[str, str] | None:
    """The session and the turn that a merged turn is a copy of."""
    origin = turn.extra.get(MERGED_FROM)
    if not isinstance(origin, dict):
        return None
    session_id, turn_id = origin.get("id"), origin.get("turn")
    return (
        (session_id, turn_id) if isinstance(session_id, str) and isinstance(turn_id, str) else None
    )

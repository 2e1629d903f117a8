"""Two states of one session brought together: what our programs wrote last, and what another program put
in its place. Pure.

The other program began with some state of ours: the one that its own resembles most. What it changed since
then is its own; what it left alone is as we have it. What both changed stays as the other has it, and ours
is kept whole as a branch. A state of the other that is but an older one of ours, or ours with turns cut
out, is left as it is: somebody wanted it so. Ours is kept as a branch then, too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from tui_sessions.model.housekeeping import NOTED, without_calls
from tui_sessions.model.session import Parent, Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

_FIELDS = ("title", "model", "system", "created_at", "status", "parent")
_PARAMS = ("temperature", "max_tokens", "context_window")
_MISSING = object()
_A_TURN = 20
"""What a whole turn weighs, where a part of one weighs 1."""
_TAGS = ("meta", "tags")
_CALLS = ("", "extra", NOTED)
Place = tuple[str, ...]


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    session: Session
    """What is to stand in the file."""
    conflict: Session | None = None
    """Ours whole, where something of it does not stand there."""
    lines: tuple[str, ...] = ()
    """What differs, in words."""


def merge(
    ours: Session,
    theirs: Session,
    olders: Sequence[Session] = (),
    *,
    deleted: Collection[str] | None = None,
) -> Merge:
    """Both together; `olders` are older states of ours, the latest first. `deleted` are the ids of turns
    that we took out; without it, those that an older state has and ours lacks."""
    if is_alike(ours, theirs):
        return Merge(session=theirs)
    if _is_another(ours, theirs, olders):
        return Merge(session=theirs, conflict=ours, lines=("it is another conversation",))
    base = _base(ours, theirs, olders)
    if deleted is None:
        deleted = deletions([(state, True) for state in (*reversed(olders), ours)])
    turns = _Turns(ours, theirs, base, olders, deleted)
    if not turns.added and (turns.missing or turns.stale or turns.gone):
        # An older state, or turns were cut out. What has all of ours needs no branch.
        is_whole = not (turns.missing or turns.stale) and _wording(ours) == _wording(theirs)
        return Merge(session=theirs, conflict=None if is_whole else ours, lines=turns.lines())
    header, clashes = _header(ours, theirs, base, olders)
    together = turns.together()
    is_theirs = header is theirs and together == theirs.turns
    merged = theirs if is_theirs else header.with_turns(together)
    is_lossy = bool(turns.clashes or turns.cut or clashes)
    lines = (*turns.lines(), *(f"{name} was changed on both sides" for name in clashes))
    return Merge(session=merged, conflict=ours if is_lossy else None, lines=lines)


def closest(states: Sequence[Session], other: Session) -> Session:
    """The state that `other` resembles most, the first where several do."""
    return max(states, key=lambda state: _likeness(state, other))


def deletions(states: Iterable[tuple[Session, bool]]) -> frozenset[str]:
    """The turns that we took out, by states of a session in order of time and whether we wrote each: what
    another program left out was not deleted by us."""
    deleted: set[str] = set()
    before: set[str] = set()
    for state, is_ours in states:
        ids = {turn.id for turn in state.turns}
        if is_ours:
            deleted |= before - ids
        deleted -= ids
        before = ids
    return frozenset(deleted)


def conflict_branch(ours: Session, kept: Session, *, new_id: str, now: datetime) -> Session:
    """`ours` as a branch of the session that holds `kept` by now. Turns that stand there as well are counted
    there."""
    there = {turn.id for turn in kept.turns}
    turns = tuple(turn.as_inherited() if turn.id in there else turn for turn in ours.turns)
    shared = 0
    for one, other in zip(ours.turns, kept.turns, strict=False):
        if one.id != other.id:
            break
        shared += 1
    when = f"{now.astimezone():%Y-%m-%d %H:%M}"
    bare = msgspec.structs.replace(
        ours,
        id=new_id,
        title=f"conflict {ours.shown_title} {when}",
        parent=Parent(id=kept.id, turn=shared),
        turns=(),
        usage_totals=Usage(),
        extra=without_calls(ours.extra),
        problems=(),
    )
    return bare.with_turns(turns)


def is_alike(one: Session, other: Session) -> bool:
    """Whether both say the same, whenever they were written."""
    return _without_moment(one) == _without_moment(other)


def _without_moment(session: Session) -> Session:
    return msgspec.structs.replace(session, updated_at=None, problems=(), format=0)


def _is_another(ours: Session, theirs: Session, olders: Sequence[Session]) -> bool:
    """Whether the file holds another conversation that was given the same id."""
    known = {turn.id for state in (ours, *olders) for turn in state.turns}
    return (
        bool(ours.turns and theirs.turns)
        and known.isdisjoint(turn.id for turn in theirs.turns)
        and ours.created_at != theirs.created_at
    )


# ---- which state the other program began with


def _base(ours: Session, theirs: Session, olders: Sequence[Session]) -> Session:
    # The oldest where several are as like: rather a branch too many than a text too few.
    return closest((*reversed(olders), ours), theirs)


def _likeness(state: Session, other: Session) -> float:
    """How much of `state` stands in `other`, less what does not."""
    there = {turn.id: turn for turn in other.turns}
    score: float = _agreement(_header_values(state), _header_values(other))
    for turn in state.turns:
        found = there.get(turn.id)
        if found is None:
            score -= _A_TURN
        elif found == turn:
            score += _A_TURN
        else:
            score += min(_A_TURN - 1, _agreement(_turn_values(turn), _turn_values(found)))
    return score


def _agreement(values: Mapping[Place, Any], others: Mapping[Place, Any]) -> float:
    return sum(_alike(value, others.get(place, _MISSING)) for place, value in values.items())


def _alike(value: Any, other: Any) -> float:
    """1 for the same, -1 for something else; for a text that was edited what lies between."""
    if value == other:
        return 1.0
    if not (isinstance(value, str) and isinstance(other, str)):
        return -1.0
    words, others = set(value.split()), set(other.split())
    return 2.0 * len(words & others) / (len(words | others) + 1) - 1.0


def _turn_values(turn: Turn) -> dict[Place, Any]:
    values: dict[Place, Any] = {}
    for name in turn.__struct_fields__:
        if name not in ("messages", "alternatives", "extra"):
            values[name,] = getattr(turn, name)
    values |= {("extra", key): value for key, value in turn.extra.items()}
    for number, other in enumerate(turn.alternatives):
        values["alternatives", str(number)] = other
    for number, message in enumerate(turn.messages):
        for name in message.__struct_fields__:
            values["messages", str(number), name] = getattr(message, name)
    # What nobody said tells nothing.
    return {place: value for place, value in values.items() if value not in (None, {}, ())}


# ---- turns


class _Turns:
    """The turns of both, by id."""

    def __init__(
        self,
        ours: Session,
        theirs: Session,
        base: Session,
        olders: Sequence[Session],
        deleted: Collection[str],
    ) -> None:
        self._ours = {turn.id: turn for turn in ours.turns}
        self._theirs = {turn.id: turn for turn in theirs.turns}
        self._base = {turn.id: turn for turn in base.turns}
        self._deleted = deleted
        self._known: dict[str, list[Turn]] = {}
        for state in olders:
            for turn in state.turns:
                self._known.setdefault(turn.id, []).append(turn)
        self.added: list[str] = []
        """What the other program wrote: new turns, or another text in one."""
        self.stale: list[str] = []
        """What it has as it was before."""
        self.clashes: list[str] = []
        """What both changed."""
        self.gone: list[str] = []
        """What we deleted, and it has."""
        for turn in theirs.turns:
            self._look(turn)
        self.missing = [turn.id for turn in ours.turns if turn.id not in self._theirs]
        self.cut = self._cut()
        """Those among the missing that it knew and took out: turns that came after them are there."""

    def _look(self, theirs: Turn) -> None:
        ours = self._ours.get(theirs.id)
        is_known = theirs in self._known.get(theirs.id, ())
        if ours is None:
            is_gone = is_known and theirs.id in self._deleted
            (self.gone if is_gone else self.added).append(theirs.id)
        elif ours != theirs:
            if is_known:
                self.stale.append(theirs.id)
                return
            self.added.append(theirs.id)
            if self._base.get(theirs.id) != ours:
                self.clashes.append(theirs.id)

    def _cut(self) -> list[str]:
        found, is_followed = [], False
        for turn_id in reversed(self._ours):
            is_followed = is_followed or turn_id in self._theirs
            if is_followed and turn_id not in self._theirs:
                found.append(turn_id)
        return found[::-1]

    def together(self) -> tuple[Turn, ...]:
        """Theirs in their order, and between them what only we have, new turns in order of time."""
        only_ours = _by_forerunner(self._ours, self._theirs, leave_out=self.cut)
        only_theirs = _by_forerunner(self._theirs, self._ours, leave_out=self.gone)
        shared = [turn_id for turn_id in self._theirs if turn_id in self._ours]
        turns: list[Turn] = []
        for anchor in (None, *shared):
            if anchor is not None:
                is_stale = anchor in self.stale
                turns.append((self._ours if is_stale else self._theirs)[anchor])
            turns += _in_time(only_ours.get(anchor, []), only_theirs.get(anchor, []))
        return tuple(turns)

    def lines(self) -> tuple[str, ...]:
        """What differs."""
        counts = (
            (self.missing, "missing there"),
            (self.stale, "older there"),
            (self.clashes, "changed on both sides"),
            (self.gone, "deleted here before"),
        )
        return tuple(
            f"{len(ids)} {'turn' if len(ids) == 1 else 'turns'} {what}"
            for ids, what in counts
            if ids
        )


def _by_forerunner(
    turns: Mapping[str, Turn], others: Mapping[str, Turn], leave_out: Sequence[str]
) -> dict[str | None, list[Turn]]:
    """The turns that the others lack, by the last one before them that both have."""
    left_out, found = frozenset(leave_out), dict[str | None, list[Turn]]()
    anchor: str | None = None
    for turn in turns.values():
        if turn.id in others:
            anchor = turn.id
        elif turn.id not in left_out:
            found.setdefault(anchor, []).append(turn)
    return found


def _in_time(ours: list[Turn], theirs: list[Turn]) -> Iterator[Turn]:
    """Both in their own order, the earlier first."""
    while ours and theirs:
        one, other = _moment(ours[0]), _moment(theirs[0])
        is_later = one is not None and other is not None and other < one
        yield (theirs if is_later else ours).pop(0)
    yield from ours
    yield from theirs


def _moment(turn: Turn) -> datetime | None:
    return next((m.timestamp for m in turn.messages if m.timestamp is not None), None)


# ---- everything else


def _wording(session: Session) -> tuple[str | None, ...]:
    """What people wrote beside the turns."""
    return (session.title, session.system, session.meta.notes)


def _header(
    ours: Session, theirs: Session, base: Session, olders: Sequence[Session]
) -> tuple[Session, list[str]]:
    """Theirs with the fields that we changed since; the names of those that both changed."""
    mine, other, began = map(_header_values, (ours, theirs, base))
    states = [_header_values(older) for older in olders]
    values, clashes = dict(other), []
    for place in {**mine, **other}:
        here, there = mine.get(place, _MISSING), other.get(place, _MISSING)
        before = began.get(place, _MISSING)
        if here == there or before == here:
            continue
        if place == _TAGS:
            _put(values, place, _tags(here, there, before))
        elif place == _CALLS and isinstance(here, list) and isinstance(there, list):
            values[place] = [*there, *(call for call in here if call not in there)]
        elif before == there or any(state.get(place, _MISSING) == there for state in states):
            _put(values, place, here)
        else:
            clashes.append(".".join(place))
    return theirs if values == other else _with_values(theirs, values, ours), clashes


def _tags(here: Any, there: Any, before: Any) -> Any:
    """Theirs, but for those that we added and removed."""
    mine, other, began = ([] if side is _MISSING else list(side) for side in (here, there, before))
    kept = [tag for tag in other if tag in mine or tag not in began]
    return (*kept, *(tag for tag in mine if tag not in other and tag not in began))


def _header_values(session: Session) -> dict[Place, Any]:
    values: dict[Place, Any] = {(name,): getattr(session, name) for name in _FIELDS}
    meta, params = session.meta, session.params
    values |= {("params", name): getattr(params, name) for name in _PARAMS}
    values |= {_TAGS: meta.tags, ("meta", "project"): meta.project, ("meta", "notes"): meta.notes}
    values = {place: value for place, value in values.items() if value not in (None, ())}
    for name, extra in (("params", params.extra), ("meta", meta.extra), ("", session.extra)):
        values |= {(name, "extra", key): value for key, value in extra.items()}
    return values


def _with_values(session: Session, values: Mapping[Place, Any], ours: Session) -> Session:
    def of(*place: str) -> Any:
        return values.get(place)

    def extra(name: str) -> dict[str, Any]:
        return {place[2]: value for place, value in values.items() if place[:2] == (name, "extra")}

    replace: Callable[..., Any] = msgspec.structs.replace
    meta = replace(
        session.meta,
        tags=of(*_TAGS) or (),
        project=of("meta", "project"),
        notes=of("meta", "notes"),
        extra=extra("meta"),
    )
    params = replace(
        session.params, **{name: of("params", name) for name in _PARAMS}, extra=extra("params")
    )
    moments = [moment for moment in (ours.updated_at, session.updated_at) if moment is not None]
    whole: Session = replace(
        session,
        **{name: of(name) for name in _FIELDS},
        updated_at=max(moments, default=None),
        meta=meta,
        params=params,
        extra=extra(""),
    )
    return whole


def _put(values: dict[Place, Any], place: Place, value: Any) -> None:
    if value is _MISSING or value == ():
        values.pop(place, None)
    else:
        values[place] = value

"""What an edit changed in a session, and the same change made on a session that moved on. Pure.

Works on the JSON objects that the codec writes, so that every field is covered, known here or not. The
session's id, format and time of change belong to the file, not to the edit, and are never put back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from tui_sessions.codec.decode import session_of
from tui_sessions.codec.encode import session_tree
from tui_sessions.errors import DamagedFileError
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage
from tui_sessions.store.history.changes import ChangedTurn, Edited, PlacedTurn, Swap

_NEVER_PUT_BACK = frozenset({"id", "format", "updated_at", "turns"})
_INSIDE = frozenset({"meta", "params"})
"""Objects whose keys change one by one."""
_TAGS = ("meta", "tags")
_TOTALS = ("usage_totals",)
_MISSING = object()
Tree = dict[str, Any]


def difference(before: Session, after: Session) -> Edited | None:
    """What changed from `before` to `after`; None where nothing did. Raises `DamagedFileError`."""
    try:
        old, new = _header(before), _header(after)
        edited = Edited(after.id, swaps=tuple(_header_swaps(old, new)))
        if before.turns != after.turns:
            edited = _with_turns(edited, before.turns, after.turns)
            if edited.has_turns and not any(swap.path == _TOTALS for swap in edited.swaps):
                # The sums are the same on both sides, and are not to follow the turns.
                totals = _at(new, _TOTALS)
                same = Swap(_TOTALS, totals, totals)
                edited = msgspec.structs.replace(edited, swaps=(*edited.swaps, same))
    except RecursionError as error:
        raise DamagedFileError("The session's values are nested too deeply.") from error
    return edited if edited.swaps or edited.has_turns else None


class Applied(msgspec.Struct, frozen=True):
    """A session with a change made on it, and what had to stay as it is."""

    session: Session
    problems: tuple[str, ...] = ()


def applied(session: Session, edited: Edited) -> Applied:
    """`session` with the change made on it, wherever it still holds what was before the change.

    What is so already is left alone; what became something else since stays, with a sentence.
    """
    try:
        changed, problems = _turns_applied(session, edited)
        totals = _totals(session, changed, edited.swaps)
        tree = session_tree(msgspec.structs.replace(session, turns=()))
        if _header_applied(tree, edited.swaps, problems):
            fields = session_of(tree, fallback_id=session.id)
            changed = msgspec.structs.replace(
                fields, id=session.id, turns=changed.turns, problems=session.problems
            )
        changed = msgspec.structs.replace(changed, usage_totals=totals)
    except RecursionError as error:
        raise DamagedFileError("The session's values are nested too deeply.") from error
    name = clean_line(session.shown_title)
    sentences = tuple(f"{what} of {name!r} changed since; it stays as it is." for what in problems)
    return Applied(changed, sentences)


def is_same(one: object, other: object) -> bool:
    """Whether two JSON values are written alike: 1 is not true, and NaN is NaN."""
    return one is other or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


# fields


def _header(session: Session) -> Tree:
    tree = session_tree(msgspec.structs.replace(session, turns=()))
    return {key: value for key, value in tree.items() if key not in _NEVER_PUT_BACK}


def _header_swaps(old: Tree, new: Tree) -> Iterator[Swap]:
    for key in {**old, **new}:
        before, after = old.get(key, _MISSING), new.get(key, _MISSING)
        inside = [{} if side is _MISSING else side for side in (before, after)]
        if key in _INSIDE and all(isinstance(side, dict) for side in inside):
            yield from _swaps(inside[0], inside[1], (key,))
        else:
            yield from _swaps(_only(key, before), _only(key, after), ())


def _swaps(old: Any, new: Any, above: tuple[str, ...]) -> Iterator[Swap]:
    for key in {**old, **new}:
        before, after = (_boxed(side.get(key, _MISSING)) for side in (old, new))
        if not is_same(before, after):
            yield Swap((*above, key), before, after)


def _header_applied(tree: Tree, swaps: tuple[Swap, ...], problems: list[str]) -> bool:
    is_changed = False
    for swap in swaps:
        if not swap.path or swap.path[0] in _NEVER_PUT_BACK or swap.path == _TOTALS:
            continue  # Sums follow the turns; the others were not written by us.
        now = _at(tree, swap.path)
        if is_same(now, swap.after):
            continue
        if is_same(now, swap.before):
            _put(tree, swap.path, swap.after)
        elif swap.path == _TAGS and (merged := _merged(now, swap)) is not None:
            _put(tree, swap.path, merged)
        else:
            problems.append(f"The field {clean_line('.'.join(swap.path))}")
            continue
        is_changed = True
    return is_changed


def _totals(session: Session, changed: Session, swaps: tuple[Swap, ...]) -> Usage | None:
    """The stated sums: as the change has them, or moved by what turns came and went."""
    for swap in swaps:
        if swap.path == _TOTALS and is_same(_at(_header(session), _TOTALS), swap.before):
            tree: Tree = {"turns": []}
            _put(tree, _TOTALS, swap.after)
            return session_of(tree, fallback_id=session.id).usage_totals
    return changed.usage_totals


def _merged(now: tuple[Any, ...], swap: Swap) -> tuple[Any, ...] | None:
    """The tags as they are now, but for those that the change adds and removes."""
    sides = [side[0] if side else [] for side in (now, swap.before, swap.after)]
    if not all(isinstance(side, list) and all(isinstance(t, str) for t in side) for side in sides):
        return None
    here, before, after = sides
    gone = {tag.casefold() for tag in before} - {tag.casefold() for tag in after}
    known = {tag.casefold() for tag in here} | {tag.casefold() for tag in before}
    kept = [tag for tag in here if tag.casefold() not in gone]
    tags = kept + [tag for tag in after if tag.casefold() not in known]
    return (tags,) if tags else ()


def _at(tree: Tree, path: tuple[str, ...]) -> tuple[Any, ...]:
    place: Any = tree
    for key in path:
        place = place.get(key, _MISSING) if isinstance(place, dict) else _MISSING
    return _boxed(place)


def _put(tree: Tree, path: tuple[str, ...], value: tuple[Any, ...]) -> None:
    *above, last = path
    for key in above:
        inner = tree.get(key)
        tree[key] = dict(inner) if isinstance(inner, dict) else {}
        tree = tree[key]
    tree.pop(last, None)
    if value:
        tree[last] = value[0]


def _only(key: str, value: object) -> Tree:
    return {} if value is _MISSING else {key: value}


def _boxed(value: Any) -> tuple[Any, ...]:
    return () if value is _MISSING else (value,)


# turns


def _with_turns(edited: Edited, before: tuple[Turn, ...], after: tuple[Turn, ...]) -> Edited:
    from difflib import SequenceMatcher  # Most edits leave the turns alone.

    old, new = [turn.id for turn in before], [turn.id for turn in after]
    kept: list[tuple[Turn, Turn]] = []
    for start, other, length in SequenceMatcher(None, old, new, False).get_matching_blocks():
        kept += zip(before[start : start + length], after[other : other + length], strict=True)
    kept_ids = {turn.id for turn, _ in kept}
    changed = []
    for one, other_turn in kept:
        if one != other_turn:
            swaps = tuple(_swaps(turn_tree(one), turn_tree(other_turn), ()))
            if swaps:
                changed.append(ChangedTurn(one.id, swaps))
    return msgspec.structs.replace(
        edited,
        removed=tuple(_placed(before, kept_ids)),
        added=tuple(_placed(after, kept_ids)),
        changed=tuple(changed),
    )


def _placed(turns: tuple[Turn, ...], kept_ids: set[str]) -> Iterator[PlacedTurn]:
    follows = None
    for turn in turns:
        if turn.id not in kept_ids:
            yield PlacedTurn(follows, turn_tree(turn))
        follows = turn.id


def _turns_applied(session: Session, edited: Edited) -> tuple[Session, list[str]]:
    problems: list[str] = []
    if not edited.has_turns:
        return session, problems
    turns = [(turn.id, turn) for turn in session.turns]
    _remove(turns, edited.removed, problems)
    _change(turns, edited.changed, problems)
    _add(turns, edited.added)
    changed = tuple(turn for _, turn in turns)
    return (session.with_turns(changed) if changed != session.turns else session), problems


_Turns = list[tuple[str, Turn]]


def _remove(turns: _Turns, removed: tuple[PlacedTurn, ...], problems: list[str]) -> None:
    there = dict(turns)
    gone = set()
    for placed in removed:
        turn = there.get(str(placed.turn.get("id")))
        if turn is None:
            continue
        if is_same(turn_tree(turn), placed.turn):
            gone.add(turn.id)
        else:
            problems.append("A turn")
    turns[:] = [pair for pair in turns if pair[0] not in gone]


def _change(turns: _Turns, changed: tuple[ChangedTurn, ...], problems: list[str]) -> None:
    wanted = {turn.id: turn for turn in changed}
    for place, (turn_id, turn) in enumerate(turns):
        change = wanted.get(turn_id)
        if change is None:
            continue
        tree = turn_tree(turn)
        states = [_state(_at(tree, swap.path), swap) for swap in change.swaps]
        if None in states:
            problems.append("A turn")  # All of it or nothing: half a turn says what nobody said.
            continue
        for swap, is_so in zip(change.swaps, states, strict=True):
            if not is_so:
                _put(tree, swap.path, swap.after)
        turns[place] = (turn_id, _turn_of(tree))


def _state(now: tuple[Any, ...], swap: Swap) -> bool | None:
    """True where the change is made already, False where it can be, None where neither is so."""
    if is_same(now, swap.after):
        return True
    return False if is_same(now, swap.before) else None


def _add(turns: _Turns, added: tuple[PlacedTurn, ...]) -> None:
    for placed in added:
        turn = _turn_of(placed.turn)
        ids = [turn_id for turn_id, _ in turns]
        if turn.id in ids:
            continue
        place = 0
        if placed.follows is not None:
            place = ids.index(placed.follows) + 1 if placed.follows in ids else len(ids)
        turns.insert(place, (turn.id, turn))


def turn_tree(turn: Turn) -> Tree:
    """The JSON object of a turn."""
    tree: Tree = session_tree(Session(id="turn", turns=(turn,)))["turns"][0]
    return tree


def _turn_of(tree: Tree) -> Turn:
    return session_of({"turns": [tree]}, fallback_id="turn").turns[0]

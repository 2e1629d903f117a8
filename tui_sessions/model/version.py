"""A former state of a session: how it is listed, and in what it differs from the session as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import msgspec

from tui_sessions.model.display import shown_number
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn

SAME = "the same"


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a session file held before it was overwritten."""

    number: int
    """What it is asked for by; stays as long as the version does."""
    at: datetime
    """When it was written."""
    size: int
    turns: int
    path: str
    """Its own file, absolute."""
    title: str
    is_ours: bool
    """Whether a program of ours wrote it, else another one, or nobody knows."""
    differs: tuple[str, ...] = ()
    """In what it differs from the session as it is now."""


def differences(version: Session, now: Session) -> tuple[str, ...]:
    """In what `version` differs from the session as it is now, in words; `SAME` where in nothing."""
    return tuple(_differences(version, now)) or (SAME,)


def passages(version: Session, now: Session, most: int) -> tuple[tuple[str, str], ...]:
    """The first lines that only one of the two has: `-` and a line of the version, `+` and one of now."""
    return tuple(islice(_passages(version, now), most))


def restored(version: Session, now: Session) -> Session:
    """`version` in the place of `now`: what belongs to the file itself stays."""
    return msgspec.structs.replace(
        version, id=now.id, format=now.format, updated_at=now.updated_at, problems=now.problems
    )


def _differences(version: Session, now: Session) -> Iterator[str]:
    there = {turn.id: turn for turn in version.turns}
    here = {turn.id: turn for turn in now.turns}
    if more := sum(turn_id not in here for turn_id in there):
        yield f"{shown_number(more, 'turn')} more"
    if less := sum(turn_id not in there for turn_id in here):
        yield f"{shown_number(less, 'turn')} less"
    both = [(turn, here[turn.id]) for turn in version.turns if turn.id in here]
    texts = sum(_texts(one) != _texts(other) for one, other in both)
    if texts:
        yield f"other text in {shown_number(texts, 'turn')}"
    figures = sum(one != other and _texts(one) == _texts(other) for one, other in both)
    if figures:
        yield f"other figures of {shown_number(figures, 'turn')}"
    yield from _fields(version, now)


def _passages(version: Session, now: Session) -> Iterator[tuple[str, str]]:
    there = {turn.id: turn for turn in version.turns}
    here = {turn.id: turn for turn in now.turns}
    for name in ("title", "system"):
        yield from _lines(getattr(version, name) or "", getattr(now, name) or "")
    yield from _lines(version.meta.notes or "", now.meta.notes or "")
    for turn_id in {**there, **here}:
        one, other = there.get(turn_id), here.get(turn_id)
        if one is None or other is None:
            turn = one or other
            prompt = turn.prompt if turn is not None else None
            first = prompt.text.strip().partition("\n")[0] if prompt is not None else ""
            yield "-" if other is None else "+", first
        elif one != other:
            yield from _lines(_whole_text(one), _whole_text(other))


def _lines(one: str, other: str) -> Iterator[tuple[str, str]]:
    """What stands in only one of the two, in order; where a line stands does not matter."""
    theirs, ours = one.splitlines(), other.splitlines()
    only_there, only_here = set(theirs) - set(ours), set(ours) - set(theirs)
    yield from (("-", line) for line in theirs if line in only_there and line.strip())
    yield from (("+", line) for line in ours if line in only_here and line.strip())


def _whole_text(turn: Turn) -> str:
    return "\n".join(text for _, text in _texts(turn))


def _fields(version: Session, now: Session) -> Iterator[str]:
    if version.title != now.title:
        yield f"title “{version.shown_title}”"
    named = {
        "model": (version.model, now.model),
        "system prompt": (version.system, now.system),
        "status": (version.status, now.status),
        "parameters": (version.params, now.params),
        "tags": (version.meta.tags, now.meta.tags),
        "project": (version.meta.project, now.meta.project),
        "notes": (version.meta.notes, now.meta.notes),
        "further keys": (version.meta.extra, now.meta.extra),
        "parent": (version.parent, now.parent),
    }
    for name, (there, here) in named.items():
        if there != here:
            yield f"other {name}"


def _texts(turn: Turn) -> tuple[tuple[str, str], ...]:
    said = tuple((message.role, message.text) for message in turn.messages)
    return (*said, *(("", other.message.text) for other in turn.alternatives))

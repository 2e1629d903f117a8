"""Edits of a session as `Change` functions: made here once, for the screen and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tui_sessions.errors import UsageError
from tui_sessions.model.session import STATUSES, Change, Params, Session
from tui_sessions.model.tags import unique_tags


def retitle(title: str) -> Change:
    """Give a title; an empty one goes back to the first prompt's line."""
    wanted = " ".join(title.split()) or None
    return lambda session: msgspec.structs.replace(session, title=wanted)


def set_model(model: str | None) -> Change:
    """Choose who answers from now on."""
    return lambda session: msgspec.structs.replace(session, model=model or None)


def set_system(system: str | None) -> Change:
    """Set or clear the system prompt."""
    return lambda session: msgspec.structs.replace(session, system=system or None)


def set_params(params: Params) -> Change:
    """Replace the parameters."""
    return lambda session: msgspec.structs.replace(session, params=params)


def set_status(status: str) -> Change:
    """Move along the life cycle. Raises `UsageError` for a status that is none."""
    if status not in STATUSES:
        raise UsageError(f"There is no status {status!r}. Choose one of {', '.join(STATUSES)}.")
    return lambda session: msgspec.structs.replace(session, status=status)


def set_tags(tags: Iterable[str]) -> Change:
    """Replace all tags."""
    wanted = unique_tags(tags)
    return lambda session: session.with_meta(tags=wanted)


def add_tags(tags: Iterable[str]) -> Change:
    """Add tags that are not there yet."""
    added = tuple(tags)
    return lambda session: session.with_meta(tags=unique_tags((*session.meta.tags, *added)))


def remove_tags(tags: Iterable[str]) -> Change:
    """Remove tags, whatever their case."""
    gone = {tag.casefold() for tag in unique_tags(tags)}

    def change(session: Session) -> Session:
        return session.with_meta(
            tags=tuple(t for t in session.meta.tags if t.casefold() not in gone)
        )

    return change


def rename_tag(old: str, new: str) -> Change:
    """Call a tag otherwise, whatever its case, in its place; where `new` is there as well, the two
    become one."""
    (wanted,) = unique_tags((new,)) or ("",)
    if not wanted:
        raise UsageError("A tag needs a name.")
    names = {tag.casefold() for tag in unique_tags((old,))}

    def change(session: Session) -> Session:
        tags = session.meta.tags
        if not any(tag.casefold() in names for tag in tags):
            return session
        merged = {*names, wanted.casefold()}
        return session.with_meta(
            tags=tuple(dict.fromkeys(wanted if t.casefold() in merged else t for t in tags))
        )

    return change


def set_project(project: str | None) -> Change:
    """Set or clear the project."""
    return lambda session: session.with_meta(project=(project or "").strip() or None)


def set_notes(notes: str | None) -> Change:
    """Set or clear the notes."""
    return lambda session: session.with_meta(notes=notes or None)


def set_meta(key: str, value: Any) -> Change:
    """Set any key of `meta`; the named ones go to their own fields. None unsets."""
    match key:
        case "title":
            return retitle(str(value or ""))
        case "tags":
            return set_tags(_tags_in(value))
        case "project":
            return set_project(None if value is None else str(value))
        case "notes":
            return set_notes(None if value is None else str(value))
        case "status" if isinstance(value, str) and value in STATUSES:
            return set_status(value)

    def change(session: Session) -> Session:
        others = {name: old for name, old in session.meta.extra.items() if name != key}
        return session.with_meta(extra=others if value is None else {**others, key: value})

    return change


def _tags_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.split(",")
    if value is None or isinstance(value, list | tuple):
        return [str(tag) for tag in value or ()]
    return [str(value)]

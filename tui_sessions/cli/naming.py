"""`rename`, `tag`, `untag`, `meta`, `status`: what people say about sessions."""

from __future__ import annotations

from typing import Any

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.options import SIGNED, Command
from tui_sessions.errors import NotFoundError, UsageError
from tui_sessions.model import edits
from tui_sessions.model.session import STATUSES, Change, Session
from tui_sessions.model.tags import split_tags
from tui_sessions.model.text import clean_line


@click.command(
    "rename",
    cls=Command,
    examples="""
tui-sessions rename k3v9 "OAuth 2.0 guide"
tui-sessions rename k3v9 --file oauth-guide
""",
)
@click.argument("session", metavar="S")
@click.argument("title", metavar="[TITLE]", nargs=-1)
@click.option("--file", "file_name", metavar="NAME", help="A new name for the file.")
@click.pass_obj
def rename_command(call: Call, session: str, title: tuple[str, ...], file_name: str | None) -> None:
    """Give the session S another title, or with --file its file another name (never over another
    file)."""
    if not title and not file_name:
        raise UsageError("Say the new title, or --file and the new name of the file.")
    library = call.library
    session_id = library.resolve(session)
    if file_name:
        call.console.line(str(library.rename_file(session_id, file_name)))
    if title:
        changed = library.update(session_id, edits.retitle(" ".join(title)))
        call.console.tell(f"{session_id} is now called {clean_line(changed.shown_title)}.")


@click.command("tag", cls=Command, examples="tui-sessions tag k3v9 python oauth")
@click.argument("session", metavar="S")
@click.argument("tags", metavar="TAG...", nargs=-1, required=True)
@click.pass_obj
def tag_command(call: Call, session: str, tags: tuple[str, ...]) -> None:
    """Put tags on the session S."""
    _tell_tags(call, call.library.update(_id(call, session), edits.add_tags(_split(tags))))


@click.command("untag", cls=Command, examples="tui-sessions untag k3v9 draft")
@click.argument("session", metavar="S")
@click.argument("tags", metavar="TAG...", nargs=-1, required=True)
@click.pass_obj
def untag_command(call: Call, session: str, tags: tuple[str, ...]) -> None:
    """Take tags off the session S."""
    session_id = _id(call, session)
    wanted = _split(tags)
    there = {tag.casefold() for tag in call.library.load(session_id).meta.tags}
    missing = [tag for tag in wanted if tag.casefold() not in there]
    if len(missing) == len(wanted):
        raise NotFoundError(f"{session_id} has no tag {', '.join(missing)}.")
    _tell_tags(call, call.library.update(session_id, edits.remove_tags(wanted)))


@click.command(
    "meta",
    cls=Command,
    context_settings=SIGNED,
    examples="""
tui-sessions meta k3v9
tui-sessions meta k3v9 project backend-service
tui-sessions meta k3v9 priority 3
tui-sessions meta k3v9 --unset priority
""",
)
@click.argument("session", metavar="S")
@click.argument("key", metavar="[KEY", required=False)
@click.argument("value", metavar="[VALUE]]", required=False)
@click.option("--unset", metavar="KEY", multiple=True, help="Take the key away.")
@click.option("--format", type=click.Choice(("text", "json")), default="text")
@click.pass_obj
def meta_command(
    call: Call,
    session: str,
    key: str | None,
    value: str | None,
    unset: tuple[str, ...],
    format: str,
) -> None:
    """Show what is kept about the session S, one KEY of it, or set KEY to VALUE: a number, true,
    false, null or JSON where it reads as that, else text."""
    if key is not None and key.startswith("-"):
        raise UsageError(f"There is no option {key}. See: tui-sessions meta --help")
    library = call.library
    session_id = _id(call, session)
    for name in unset:
        _require(_shown_meta(library.load(session_id)), name, session_id)
        # A session always has a status.
        gone = edits.set_status("active") if name == "status" else edits.set_meta(name, None)
        library.update(session_id, gone)
    if key is not None and value is not None:
        library.update(session_id, _setting(key, value))
        call.console.tell(f"{key} is set.")
    elif key is not None:
        values = _shown_meta(library.load(session_id))
        call.console.line(_text(values[_require(values, key, session_id)]))
    elif not unset:
        _print_meta(call, library.load(session_id), format)


@click.command(
    "status",
    cls=Command,
    examples="""
tui-sessions status k3v9 completed
tui-sessions status k3v9 h2c7 archived
""",
)
@click.argument("sessions", metavar="S...", nargs=-1, required=True)
@click.argument("status", metavar="|".join(STATUSES))
@click.pass_obj
def status_command(call: Call, sessions: tuple[str, ...], status: str) -> None:
    """Mark sessions active, paused, completed or archived."""
    change = edits.set_status(status.lower())
    for session_id in [_id(call, session) for session in sessions]:
        call.library.update(session_id, change)
        call.console.tell(f"{session_id} is {status.lower()}.")


def _id(call: Call, session: str) -> str:
    return call.library.resolve(session)


def _split(tags: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(tag for text in tags for tag in split_tags(text))
    if not found:
        raise UsageError("Say at least one tag that is more than spaces and commas.")
    return found


def _tell_tags(call: Call, session: Session) -> None:
    shown = ", ".join(session.meta.tags) or "none"
    call.console.tell(f"Tags of {session.id}: {shown}.")


def _shown_meta(session: Session) -> dict[str, Any]:
    """What `meta` shows, under the names that it takes."""
    meta = session.meta
    shown: dict[str, Any] = {
        "title": session.shown_title,
        "tags": list(meta.tags),
        "project": meta.project,
        "status": session.status,
    }
    if meta.notes is not None:
        shown["notes"] = meta.notes
    return {**{k: v for k, v in meta.extra.items() if k not in shown}, **shown}


def _require(values: dict[str, Any], key: str, session_id: str) -> str:
    if key in values:
        return key
    raise NotFoundError(f"{session_id} has no {key!r}. It has: {', '.join(values)}.")


def _print_meta(call: Call, session: Session, format: str) -> None:
    values = _shown_meta(session)
    if format == "json":
        import json

        call.console.line(json.dumps(values, indent=2, ensure_ascii=False))
        return
    first = ("title", "tags", "project", "status")
    for key in (*first, *(name for name in values if name not in first)):
        label = clean_line(key)
        call.console.line(f"{label[:1].upper()}{label[1:]}: {_text(values[key])}".rstrip())


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return " ".join(value.splitlines()) if "\n" in value else value
        case list() if all(isinstance(item, str) for item in value):
            return ", ".join(value)
    import json

    return json.dumps(value, ensure_ascii=False)


def _setting(key: str, text: str) -> Change:
    """The change that sets `key`. Raises `UsageError` for a status that is none."""
    if key == "status":
        return edits.set_status(text.lower())
    return edits.set_meta(key, _parsed(key, text))


def _parsed(key: str, text: str) -> Any:
    """The value as JSON where it is more than a word; titles and projects stay text, and tags are
    words with commas or a list of words."""
    if key in ("title", "project", "notes"):
        return text
    from tui_sessions.cli.json_value import json_value

    try:
        value = json_value(text)
    except ValueError:
        return text
    is_list_of_words = isinstance(value, list) and all(isinstance(word, str) for word in value)
    return text if key == "tags" and not is_list_of_words else value

"""`rename`, `meta`: what a session is called, and what is kept about it."""

from __future__ import annotations

from typing import Any

import click

from tui_sessions.cli.bulk import Deed, editing, run_deed
from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import Choice, choice_from, long_choice_options
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.options import SIGNED, Command
from tui_sessions.errors import NotFoundError, UsageError
from tui_sessions.model import edits
from tui_sessions.model.session import Change, Session
from tui_sessions.model.text import clean_line

_META_EXAMPLES = """
tui-sessions meta k3v9
tui-sessions meta k3v9 project backend-service
tui-sessions meta k3v9 priority 3
tui-sessions meta k3v9 --unset priority
tui-sessions meta k3v9 h2c7 --put priority=3 --put sprint=12
tui-sessions meta --tag urgent priority 1 --yes
"""


@click.command(
    "rename",
    cls=Command,
    examples="""
tui-sessions rename k3v9 "OAuth 2.0 guide"
tui-sessions rename k3v9 --file oauth-guide
tui-sessions rename k3v9 --auto
""",
)
@click.argument("session", metavar="S", shell_complete=complete_sessions)
@click.argument("title", metavar="[TITLE]", nargs=-1)
@click.option("--file", "file_name", metavar="NAME", help="A new name for the file.")
@click.option("--auto", "is_automatic", is_flag=True, help="A title by a model; it costs a call.")
@click.pass_obj
def rename_command(
    call: Call, session: str, title: tuple[str, ...], file_name: str | None, is_automatic: bool
) -> int:
    """Give the session S another title, or with --file its file another name (never over another
    file)."""
    if is_automatic:
        if title or file_name:
            raise UsageError("--auto finds the title: leave TITLE and --file out.")
        from tui_sessions.cli.automatic import rename_automatically

        return rename_automatically(call, session)
    if not title and not file_name:
        raise UsageError("Say the new title, or --file and the new name of the file.")
    library = call.library
    session_id = library.resolve(session)
    if file_name:
        call.console.line(str(library.history.rename_file(session_id, file_name)))
    if not title:
        return 0
    label = f"title of “{clean_line(library.row(session_id).title)}”"
    outcome = library.history.edit((session_id,), edits.retitle(" ".join(title)), label)
    for problem in outcome.problems:
        call.console.say(problem)
    if outcome.done:
        shown = clean_line(library.row(session_id).title)
        call.console.tell(f"{session_id} is now called {shown}.")
    return outcome.exit_code


@click.command("meta", cls=Command, context_settings=SIGNED, examples=_META_EXAMPLES)
@click.argument("words", metavar="[S] [KEY [VALUE]]", nargs=-1, shell_complete=complete_sessions)
@click.option(
    "--put", metavar="KEY=VALUE", multiple=True, help="Set a key of many sessions; repeatable."
)
@click.option("--unset", metavar="KEY", multiple=True, help="Take the key away; repeatable.")
@click.option("--format", type=click.Choice(("text", "json")), default="text")
@long_choice_options
@click.pass_obj
def meta_command(
    call: Call,
    /,
    words: tuple[str, ...],
    put: tuple[str, ...],
    unset: tuple[str, ...],
    format: str,
    **given: Any,
) -> int:
    """Show what is kept about the session S, one KEY of it, or set KEY to VALUE: a number, true,
    false, null or JSON where it reads as that, else text. With --put or --unset every word is a
    session; with filters the words are KEY and VALUE."""
    for word in words[:2]:
        if word.startswith("--"):
            raise UsageError(f"There is no option {word}. See: tui-sessions meta --help")
    choice = choice_from(call, given)
    if put or unset:
        changes = [*_settings(put), *(_unsetting(key) for key in unset)]
        if not choice.is_by_filter:
            _require_keys(call, words, unset)
        names = ", ".join([*(pair.partition("=")[0] for pair in put), *unset])
        return _change(call, choice, words, names, changes)
    if choice.is_by_filter:
        if len(words) != 2:
            raise UsageError("Say a key and its value, or --put KEY=VALUE, or --unset KEY.")
        return _change(call, choice, (), words[0], [_setting(*words)])
    if len(words) == 3:
        return _change(call, choice, words[:1], words[1], [_setting(*words[1:])])
    return _show_meta(call, words, format)


def _show_meta(call: Call, words: tuple[str, ...], format: str) -> int:
    if not 1 <= len(words) <= 2:
        raise UsageError("Say a session, and perhaps a key and its value; or --put, or --unset.")
    session_id = _id(call, words[0])
    session = call.library.load(session_id)
    if len(words) == 1:
        _print_meta(call, session, format)
        return 0
    values = _shown_meta(session)
    call.console.line(_text(values[_require(values, words[1], session_id)]))
    return 0


def _change(
    call: Call, choice: Choice, sessions: tuple[str, ...], names: str, changes: list[Change]
) -> int:
    def change(session: Session) -> Session:
        for part in changes:
            session = part(session)
        return session

    shown = clean_line(names)
    deed = Deed(
        question=lambda what: f"Change {shown} of {what}?",
        done=f"with {shown} changed",
        told=lambda ids: f"{shown} is set." if len(ids) == 1 else "",
        noun=shown,
        work=editing(call, change),
    )
    return run_deed(call, choice, sessions, deed)


def _require_keys(call: Call, sessions: tuple[str, ...], keys: tuple[str, ...]) -> None:
    """A key that one session does not have is most likely mistyped."""
    if len(sessions) == 1 and keys:
        session_id = _id(call, sessions[0])
        values = _shown_meta(call.library.load(session_id))
        for key in keys:
            _require(values, key, session_id)


def _unsetting(key: str) -> Change:
    # A session always has a status.
    return edits.set_status("active") if key == "status" else edits.set_meta(key, None)


def _settings(pairs: tuple[str, ...]) -> list[Change]:
    changes = []
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise UsageError(f"--put takes KEY=VALUE, not {pair!r}.")
        changes.append(_setting(key, value))
    return changes


def _id(call: Call, session: str) -> str:
    return call.library.resolve(session)


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

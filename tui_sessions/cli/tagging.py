"""`tag`, `untag`, `tags`: tags on sessions, and the tags themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from tui_sessions.cli.bulk import Deed, editing, run_deed
from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import Choice, choice_from, choice_options, refresh_option
from tui_sessions.cli.completing import complete_sessions, complete_tags
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command, CommandGroup, format_option
from tui_sessions.cli.progress import progress, stoppable
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import ConflictError, NotFoundError, UsageError
from tui_sessions.model import edits
from tui_sessions.model.display import shown_number
from tui_sessions.model.session import Change, Session
from tui_sessions.model.tags import split_tags
from tui_sessions.model.text import clean_line

_TAG_EXAMPLES = """
tui-sessions tag k3v9 python oauth
tui-sessions tag k3v9 h2c7 --add review,urgent
tui-sessions tag --project docs --since 7d review
tui-sessions tag --tag draft --add review --dry-run
tui-sessions tag k3v9 --auto
"""
_UNTAG_EXAMPLES = """
tui-sessions untag k3v9 draft
tui-sessions untag k3v9 h2c7 --remove draft
tui-sessions untag --status completed draft --yes
"""


@click.command("tag", cls=Command, examples=_TAG_EXAMPLES)
@click.argument("words", metavar="[S] TAG...", nargs=-1, shell_complete=complete_sessions)
@click.option(
    "--add",
    "tag_lists",
    metavar="TAG,TAG",
    multiple=True,
    help="The tags, where several sessions are named; repeatable.",
    shell_complete=complete_tags,
)
@click.option("--auto", "is_automatic", is_flag=True, help="Tags by a model; it costs a call.")
@choice_options
@click.pass_obj
def tag_command(
    call: Call,
    /,
    words: tuple[str, ...],
    tag_lists: tuple[str, ...],
    is_automatic: bool,
    **given: Any,
) -> int:
    """Put tags on the session S, on several with --add (then every word is a session), or on those
    that the filters choose (then every word is a tag)."""
    choice = choice_from(call, given)
    if is_automatic:
        if choice.is_by_filter or tag_lists:
            raise UsageError("--auto takes one session and no tags: tui-sessions tag S --auto")
        from tui_sessions.cli.automatic import tag_automatically

        return tag_automatically(call, words, is_sure=choice.is_sure)
    sessions, tags = _split_words(choice, words, tag_lists, "--add")
    names = clean_line(", ".join(tags))
    change = edits.add_tags(tags)
    deed = _deed(call, lambda what: f"Put {names} on {what}?", f"tagged {names}", change)
    return run_deed(call, choice, sessions, deed)


@click.command("untag", cls=Command, examples=_UNTAG_EXAMPLES)
@click.argument("words", metavar="[S] TAG...", nargs=-1, shell_complete=complete_sessions)
@click.option(
    "--remove",
    "tag_lists",
    metavar="TAG,TAG",
    multiple=True,
    help="The tags, where several sessions are named; repeatable.",
    shell_complete=complete_tags,
)
@choice_options
@click.pass_obj
def untag_command(
    call: Call, /, words: tuple[str, ...], tag_lists: tuple[str, ...], **given: Any
) -> int:
    """Take tags off the session S, off several with --remove (then every word is a session), or off
    those that the filters choose (then every word is a tag)."""
    choice = choice_from(call, given)
    sessions, tags = _split_words(choice, words, tag_lists, "--remove")
    if len(sessions) == 1:
        _require(call, sessions[0], tags)
    names = clean_line(", ".join(tags))
    change = edits.remove_tags(tags)
    deed = _deed(call, lambda what: f"Take {names} off {what}?", f"without {names}", change)
    return run_deed(call, choice, sessions, deed)


@click.group("tags", cls=CommandGroup, invoke_without_command=True)
@refresh_option
@format_option
@click.pass_context
def tags_command(context: click.Context, format: str | None) -> int | None:
    """The tags in use; alone it lists them."""
    if context.invoked_subcommand is not None:
        return None
    return _print_tags(context.ensure_object(Call), format)


@tags_command.command("list", cls=Command, examples="tui-sessions tags list --format json")
@refresh_option
@format_option
@click.pass_obj
def tags_list_command(call: Call, format: str | None) -> int:
    """List the tags with the number of sessions that have them, the most used first."""
    return _print_tags(call, format)


@tags_command.command("rename", cls=Command, examples="tui-sessions tags rename py python")
@click.argument("old", shell_complete=complete_tags)
@click.argument("new")
@click.pass_obj
def tags_rename_command(call: Call, old: str, new: str) -> int:
    """Call the tag OLD otherwise, on every session that has it."""
    old, name = _one_tag(old), _one_tag(new)
    taken = {tag.casefold(): tag for tag, _ in call.library.tags()}.get(name.casefold())
    if taken is not None and name.casefold() != old.casefold():
        raise ConflictError(
            f"There is a tag {clean_line(taken)} already. Put the two together: "
            f"tui-sessions tags merge {clean_line(old)} {clean_line(taken)}"
        )
    return _rename(call, (old,), name)


@tags_command.command("merge", cls=Command, examples="tui-sessions tags merge py python3 python")
@click.argument("tags", metavar="TAG...", nargs=-1, required=True, shell_complete=complete_tags)
@click.argument("into", metavar="INTO", shell_complete=complete_tags)
@click.pass_obj
def tags_merge_command(call: Call, tags: tuple[str, ...], into: str) -> int:
    """Put INTO in the place of each TAG, on every session that has one."""
    return _rename(call, _tidied(tags), _one_tag(into))


def _split_words(
    choice: Choice, words: tuple[str, ...], tag_lists: tuple[str, ...], option: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sessions and the tags that the words mean. Raises `UsageError`."""
    if tag_lists:
        return words, _tidied(tag_lists)
    if choice.is_by_filter:
        return (), _tidied(words)
    if len(words) < 2:
        raise UsageError(f"Say a session and its tags, or several sessions and {option} TAG.")
    return words[:1], _tidied(words[1:])


def _tidied(tags: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(tag for text in tags for tag in split_tags(text)))
    if not found:
        raise UsageError("Say at least one tag that is more than spaces and commas.")
    return found


def _one_tag(text: str) -> str:
    tags = _tidied((text,))
    if len(tags) > 1:
        raise UsageError(f"{text!r} is more than one tag. Say one, without a comma.")
    return tags[0]


def _deed(call: Call, question: Callable[[str], str], done: str, change: Change) -> Deed:
    def told(ids: tuple[str, ...]) -> str:
        if len(ids) != 1:
            return ""
        (session_id,) = ids
        shown = ", ".join(map(clean_line, call.library.row(session_id).tags)) or "none"
        return f"Tags of {session_id}: {shown}."

    return Deed(
        question=question,
        done=done,
        told=told,
        noun="tags",
        work=editing(call, change),
    )


def _require(call: Call, session: str, tags: tuple[str, ...]) -> None:
    """A tag that is not there is most likely mistyped."""
    session_id = call.library.resolve(session)
    there = {tag.casefold() for tag in call.library.row(session_id).tags}
    if not any(tag.casefold() in there for tag in tags):
        raise NotFoundError(f"{session_id} has no tag {clean_line(', '.join(tags))}.")


def _rename(call: Call, old: tuple[str, ...], new: str) -> int:
    from tui_sessions.model.query import Query, Term
    from tui_sessions.model.term import folded

    library = call.library
    in_use = {folded(tag) for tag, _ in library.tags()}
    for tag in old:
        if folded(tag) not in in_use:
            raise NotFoundError(f"No session has the tag {clean_line(tag)}.")
    ids = library.ids(Query((tuple(Term("tag", folded(tag)) for tag in old),)))

    def change(session: Session) -> Session:
        for tag in old:
            session = edits.rename_tag(tag, new)(session)
        return session

    label = f"tag {', '.join(old)} → {new} on {shown_number(len(ids), 'session')}"
    with progress(call.console, "Renaming") as report, stoppable() as stop:
        outcome = library.history.edit(ids, change, label, progress=report, stop=stop)
    for problem in outcome.problems:
        call.console.say(problem)
    call.console.say(
        f"{clean_line(new)} is on {shown_number(outcome.done, 'session')} "
        f"in place of {clean_line(', '.join(old))}. Take it back: tui-sessions undo"
    )
    return outcome.exit_code


def _print_tags(call: Call, format: str | None) -> int:
    tags = call.library.tags()
    if tags or format in ("json", "csv"):
        print_listing(call.console, _listing(), tags, format)
    call.console.flush()
    if not tags:
        call.console.say("No session has a tag. Put one on: tui-sessions tag S TAG")
        return 1
    call.console.say(f"{shown_number(len(tags), 'tag')}.")
    return 0


def _listing() -> Listing[tuple[str, int]]:
    columns: tuple[Column[tuple[str, int]], ...] = (
        Column(Heading("TAG", is_flexible=True), lambda tag: tag[0]),
        Column(Heading("SESSIONS", is_number=True), lambda tag: f"{tag[1]:,}", lambda t: str(t[1])),
    )
    return Listing(columns, lambda tag: {"tag": tag[0], "sessions": tag[1]}, lambda tag: tag[0])

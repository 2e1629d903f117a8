"""`new` and `branch`: sessions that are made without a prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.model_option import chosen_model
from tui_sessions.cli.options import Command
from tui_sessions.cli.spending import budget_option, own_budget
from tui_sessions.errors import UsageError
from tui_sessions.model.display import shown_number
from tui_sessions.model.session import Session
from tui_sessions.model.tags import split_tags, unique_tags
from tui_sessions.model.text import clean_line

_NEW_EXAMPLES = """
tui-sessions new --title "Bug investigation"
tui-sessions new --title "API" --tags go,rest --provider anthropic --model claude-sonnet-4-5
tui-sessions new --title "Plan" --metadata '{"project": "myapp", "priority": "high"}' --no-activate
tui-sessions new --id learn-rust --system "You are a patient teacher."
"""
_BRANCH_EXAMPLES = """
tui-sessions branch k3v9
tui-sessions branch k3v9 --at 3 --title "Try PKCE"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options of `new`."""

    title: str | None
    tags: tuple[str, ...]
    provider: str | None
    model: str | None
    system: str | None
    metadata: str | None
    session_id: str | None
    name: str | None
    folder: str
    no_activate: bool
    budget: str | None


@click.command("new", cls=Command, examples=_NEW_EXAMPLES)
@click.option("--title", metavar="TEXT", help="Without it: the first line of the first prompt.")
@click.option("--tags", "--tag", metavar="TAG,TAG", multiple=True, help="Its tags; repeatable.")
@click.option("--provider", metavar="NAME", help="Who answers, for a model without a /.")
@click.option("--model", metavar="MODEL", help="provider/name, or the name with --provider.")
@click.option("--system", metavar="TEXT", help="The system prompt.")
@click.option("--metadata", metavar="JSON", help="An object with further keys.")
@click.option("--id", "session_id", metavar="ID", help="An id of your own.")
@click.option("--name", metavar="NAME", help="The file's name.")
@click.option("--folder", metavar="FOLDER", default="", help="A folder below the library.")
@budget_option
@click.option("--no-activate", is_flag=True, help="Say nothing about opening it.")
@click.pass_obj
def new_command(call: Call, /, **given: Any) -> None:
    """Make an empty session and print its id."""
    wanted = Wanted(**given)
    meta = {**_metadata(wanted.metadata), **own_budget(wanted.budget)}
    tags = [tag for text in wanted.tags for tag in split_tags(text)]
    tags += meta.pop("tags", ())
    if wanted.title:
        meta.pop("title", None)
    made = call.services.new_session(
        title=wanted.title,
        model=chosen_model(call, wanted.model, wanted.provider),
        system=wanted.system,
        tags=unique_tags(tags),
        meta=meta,
        session_id=wanted.session_id,
        name=wanted.name,
        folder=wanted.folder,
    )
    call.library.history.created(made.id, f"new session “{clean_line(made.shown_title)}”")
    call.console.line(made.id)
    _tell_made(call, made)
    if not wanted.no_activate:
        call.console.tell(f"Open it: tui-sessions {made.id}")


@click.command("branch", cls=Command, examples=_BRANCH_EXAMPLES)
@click.argument("session", metavar="S", shell_complete=complete_sessions)
@click.option(
    "--at", "turn", type=click.IntRange(min=0), metavar="TURN", help="Share so many turns."
)
@click.option("--title", metavar="TEXT", help="The title of the branch.")
@click.pass_obj
def branch_command(call: Call, session: str, turn: int | None, title: str | None) -> None:
    """Make a session that shares the turns of S up to TURN (all of them without it), and print its
    id. What the shared turns cost stays counted in S."""
    library = call.library
    parent = library.load(library.resolve(session))
    there = len(parent.turns)
    if turn is not None and turn > there:
        raise UsageError(
            f"The session has {shown_number(there, 'turn')}, so it cannot be branched after {turn}."
        )
    made = library.history.branch(parent.id, there if turn is None else turn, title)
    call.console.line(made.id)
    _tell_made(call, made)
    call.console.tell(f"Open it: tui-sessions {made.id}")


def _tell_made(call: Call, session: Session) -> None:
    tell = call.console.tell
    tell(f"Title: {clean_line(session.shown_title)}")
    tell(f"File: {call.library.path(session.id)}")
    tell(f"Model: {session.model or '?'}")
    if session.meta.tags:
        tell(f"Tags: {', '.join(session.meta.tags)}")
    tell(f"Status: {session.status}")


def _metadata(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    from tui_sessions.cli.json_value import json_value

    try:
        found = json_value(text)
    except ValueError as error:
        raise UsageError(f"--metadata is no JSON: {error}.") from error
    if not isinstance(found, dict):
        raise UsageError('--metadata takes a JSON object like {"project": "myapp"}.')
    tags = found.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise UsageError('The tags in --metadata are a list of words like ["go", "rest"].')
    return found

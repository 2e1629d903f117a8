"""`promote`, `detach`, `merge`, `extract`: what can be done to branches, and with a part of a session."""

from __future__ import annotations

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.options import Command
from tui_sessions.model.display import shown_number
from tui_sessions.model.text import clean_line

_UNDO = "tui-sessions undo takes it back."


@click.command("promote", cls=Command, examples="tui-sessions promote k3v9")
@click.argument("session", metavar="S", shell_complete=complete_sessions)
@click.pass_obj
def promote_command(call: Call, session: str) -> None:
    """Give the branch S its parent's place: the turns that they share, and what these cost, are its own
    then, and the parent is a branch of it."""
    library = call.library
    session_id = library.resolve(session)
    former = library.branching.promote(session_id)
    title = clean_line(library.row(session_id).title)
    call.console.tell(f"“{title}” has its place now; “{clean_line(former.title)}” is its branch.")
    call.console.tell(_UNDO)


@click.command("detach", cls=Command, examples="tui-sessions detach k3v9")
@click.argument("session", metavar="S", shell_complete=complete_sessions)
@click.pass_obj
def detach_command(call: Call, session: str) -> None:
    """Make the branch S a session of its own. What its shared turns cost stays counted where it was paid."""
    library = call.library
    session_id = library.resolve(session)
    library.branching.detach(session_id)
    title = clean_line(library.row(session_id).title)
    call.console.tell(f"“{title}” is a session of its own now. {_UNDO}")


@click.command("merge", cls=Command, examples="tui-sessions merge k3v9")
@click.argument("session", metavar="S", shell_complete=complete_sessions)
@click.pass_obj
def merge_command(call: Call, session: str) -> None:
    """Put copies of the own turns of the branch S at the end of its parent. They stay in the branch, and
    are counted there."""
    library = call.library
    session_id = library.resolve(session)
    count = library.branching.unmerged(session_id)
    parent = library.branching.merge(session_id)
    turns, title = shown_number(count, "turn"), clean_line(parent.title)
    call.console.tell(f"{turns} put at the end of “{title}”. {_UNDO}")


_EXTRACT_EXAMPLES = """
tui-sessions extract k3v9 3-7
tui-sessions extract k3v9 2 --title "Only the answer"
"""


@click.command("extract", cls=Command, examples=_EXTRACT_EXAMPLES)
@click.argument("session", metavar="S", shell_complete=complete_sessions)
@click.argument("turns", metavar="FROM-TO")
@click.option("--title", metavar="TEXT", default="", help="The title of the new session.")
@click.pass_obj
def extract_command(call: Call, session: str, turns: str, title: str) -> None:
    """Make a session of some turns of S, counted from 1, and print its id. What they cost stays counted
    in S, which stays as it is."""
    from tui_sessions.model.branches import numbers_in

    library = call.library
    session_id = library.resolve(session)
    first, last = numbers_in(turns, library.row(session_id).turns)
    made = library.branching.extract(session_id, first, last, title)
    call.console.line(made.id)
    call.console.tell(f"Title: {clean_line(made.shown_title)}")
    call.console.tell(f"File: {library.path(made.id)}")
    call.console.tell(f"Open it: tui-sessions {made.id}")

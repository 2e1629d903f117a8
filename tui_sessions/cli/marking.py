"""`status`, `pin`, `unpin`, `star`, `unstar`: marks on sessions, one or many."""

from __future__ import annotations

from typing import Any

import click

from tui_sessions.cli.bulk import Deed, editing, run_deed
from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import choice_from, choice_options
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.options import Command
from tui_sessions.model import edits
from tui_sessions.model.session import STATUSES, Change

_STATUS_EXAMPLES = """
tui-sessions status k3v9 completed
tui-sessions status k3v9 h2c7 archived
tui-sessions status --tag done --until 2026-01-01 archived --yes
"""


@click.command("status", cls=Command, examples=_STATUS_EXAMPLES)
@click.argument("sessions", metavar="S...", nargs=-1, shell_complete=complete_sessions)
@click.argument("wanted", metavar="|".join(STATUSES))
@choice_options
@click.pass_obj
def status_command(call: Call, /, sessions: tuple[str, ...], wanted: str, **given: Any) -> int:
    """Mark the named sessions, or those that the filters choose, active, paused, completed or
    archived."""
    name = wanted.lower()
    return _marked(call, sessions, given, "status", name, edits.set_status(name))


@click.command(
    "pin",
    cls=Command,
    examples="""
tui-sessions pin k3v9
tui-sessions pin --tag important --yes
""",
)
@click.argument("sessions", metavar="S...", nargs=-1, shell_complete=complete_sessions)
@choice_options
@click.pass_obj
def pin_command(call: Call, /, sessions: tuple[str, ...], **given: Any) -> int:
    """Pin sessions: they stand at the top of the tree."""
    return _marked(call, sessions, given, "pin", "pinned", edits.set_meta("pinned", True))


@click.command("unpin", cls=Command, examples="tui-sessions unpin k3v9")
@click.argument("sessions", metavar="S...", nargs=-1, shell_complete=complete_sessions)
@choice_options
@click.pass_obj
def unpin_command(call: Call, /, sessions: tuple[str, ...], **given: Any) -> int:
    """Pin sessions no longer."""
    return _marked(call, sessions, given, "pin", "not pinned", edits.set_meta("pinned", None))


@click.command("star", cls=Command, examples="tui-sessions star k3v9 h2c7")
@click.argument("sessions", metavar="S...", nargs=-1, shell_complete=complete_sessions)
@choice_options
@click.pass_obj
def star_command(call: Call, /, sessions: tuple[str, ...], **given: Any) -> int:
    """Put a star on sessions: is:starred finds them."""
    return _marked(call, sessions, given, "star", "starred", edits.set_meta("starred", True))


@click.command(
    "unstar",
    cls=Command,
    examples="""
tui-sessions unstar k3v9
tui-sessions unstar -q is:starred --yes
""",
)
@click.argument("sessions", metavar="S...", nargs=-1, shell_complete=complete_sessions)
@choice_options
@click.pass_obj
def unstar_command(call: Call, /, sessions: tuple[str, ...], **given: Any) -> int:
    """Take the star off sessions."""
    return _marked(call, sessions, given, "star", "not starred", edits.set_meta("starred", None))


def _marked(
    call: Call,
    sessions: tuple[str, ...],
    given: dict[str, Any],
    noun: str,
    name: str,
    change: Change,
) -> int:
    deed = Deed(
        question=lambda what: f"Mark {what} {name}?",
        done=name,
        told=lambda ids: f"{ids[0]} is {name}." if len(ids) == 1 else "",
        noun=noun,
        work=editing(call, change),
    )
    return run_deed(call, choice_from(call, given), sessions, deed)

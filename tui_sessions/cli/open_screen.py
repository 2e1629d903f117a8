"""`tui-sessions [open] [S] [-r]`: the screen. The only command that imports it."""

from __future__ import annotations

import gc

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.group import nearest_command
from tui_sessions.cli.options import Command
from tui_sessions.errors import AmbiguousError, NotFoundError, UsageError

_EXAMPLES = """
tui-sessions
tui-sessions open session_20240108_143022.json
tui-sessions open -r
"""


@click.command("open", cls=Command, examples=_EXAMPLES)
@click.argument("session", metavar="[S]", required=False, shell_complete=complete_sessions)
@click.option("-r", "--resume", is_flag=True, help="Open the session that was used last.")
@click.pass_obj
def open_command(call: Call, session: str | None, resume: bool) -> int:
    """Open the screen, at the session S if one is named: its id, the beginning of it, its file or
    @last."""
    if session is not None and resume:
        raise UsageError("Name a session or say -r, not both.")
    session_id = _found(call, session) if session is not None else None
    if resume:
        session_id = call.services.library.resolve("@last")
    if not call.console.is_terminal:
        raise UsageError(
            "The screen needs a terminal. For a pipe there are: tui-sessions ask, list, show, export."
        )
    if not call.console.is_watched:
        raise UsageError("The screen is drawn on standard error: do not send that elsewhere.")

    # Nothing dies while the screen is built; it switches the collector on after the first paint.
    gc.disable()
    try:
        from tui_sessions.tui.app import run

        say = call.console.say
        code = run(call.services, session_ref=session_id, resume=resume, tell=say)
    finally:
        # Also where it never came to that: whoever called may go on for long.
        gc.enable()
    return code if isinstance(code, int) else 0


def _found(call: Call, session: str) -> str:
    try:
        # Not `call.library`: what a crash left is for the screen to put back, and to tell.
        return call.services.library.resolve(session)
    except AmbiguousError:
        raise
    except NotFoundError as error:
        if call.implied_word is None:
            raise
        near = nearest_command(session)
        hint = f"Did you mean {near}?" if near else "See: tui-sessions --help, tui-sessions list."
        raise UsageError(f"There is no command and no session {session!r}. {hint}") from error

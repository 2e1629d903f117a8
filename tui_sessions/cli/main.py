"""The command line's entry: runs a command and turns every error into a sentence and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.console import Console, unwritten
from tui_sessions.cli.group import nearest_command, program
from tui_sessions.errors import StoreError, TuiSessionsError

INTERRUPTED = 130
WRONG_USAGE = 2
UNEXPECTED = 1
_DEBUG_VARIABLES = ("TUI_SESSIONS_DEBUG", "LLM_DEBUG")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program with `argv` (without its name) and gives the exit code."""
    call = Call()
    problem: Exception | None = None
    try:
        code = _run(call, list(sys.argv[1:] if argv is None else argv))
        call.console.flush()
    except (KeyboardInterrupt, click.exceptions.Abort):
        call.console.say("Interrupted.")
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - one of the two tops (STYLE.md)
        problem = error
        code = _answered(call, error)
    call.close(problem)
    return code


def _answered(call: Call, error: Exception) -> int:
    match error:
        case BrokenPipeError():
            _forget_output()
            return 0
        case OSError(errno=errno.ENOSPC | errno.EFBIG | errno.EDQUOT, filename=None):
            # Help and completion are click's to print.
            return _told(call.console, str(unwritten(error)), StoreError.exit_code)
        case click.exceptions.NoArgsIsHelpError():
            return _told(call.console, _missing_word(error), WRONG_USAGE)
        case TuiSessionsError():
            return _told(call.console, str(error), error.exit_code)
        case click.ClickException():
            return _told(call.console, _usage_sentence(call, error), WRONG_USAGE)
    return _told(call.console, _unexpected(call, error), UNEXPECTED)


def _run(call: Call, args: list[str]) -> int:
    if "_TUI_SESSIONS_COMPLETE" in os.environ:
        program().main(args, prog_name="tui-sessions", obj=call)
    command = program()
    try:
        with command.make_context("tui-sessions", args, obj=call) as context:
            result = command.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    return result if isinstance(result, int) else 0


def _told(console: Console, sentence: str, code: int) -> int:
    """Says it after what was printed before it. A reader who has gone must not hide it."""
    try:
        console.flush()
    except (BrokenPipeError, StoreError):
        _forget_output()
    console.say(f"tui-sessions: {sentence}")
    return code


def _usage_sentence(call: Call, error: click.ClickException) -> str:
    word = call.implied_word
    near = nearest_command(word) if word else None
    if near is not None:
        return f"There is no command {word!r}. Did you mean {near}?"
    sentence = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "tui-sessions"
    end = "" if sentence.endswith("?") else "."
    return f"{sentence}{end}{_hint(error, path)} See: {path} --help"


def _hint(error: click.ClickException, path: str) -> str:
    """`-draft` at the beginning of a query reads as an option."""
    context = getattr(error, "ctx", None)
    takes_query = context is not None and any(p.name == "query" for p in context.command.params)
    if not takes_query or not isinstance(error, click.NoSuchOption):
        return ""
    return f" A query that begins with - stands after the options and --, like: {path} -- '-draft'."


def _missing_word(error: click.exceptions.NoArgsIsHelpError) -> str:
    """A group of commands was named without one of them."""
    path, group = error.ctx.command_path, error.ctx.command
    names = ", ".join(group.commands) if isinstance(group, click.Group) else ""
    return f"Say which: {path} takes one of {names}. See: {path} --help"


def _unexpected(call: Call, error: Exception) -> str:
    """The details go to the log: they are for a report, not for the screen. The error's own words go nowhere:
    they may hold a key, or what was being worked on."""
    import traceback

    from tui_sessions.config.crash import keep_details

    if any(os.environ.get(name, "") not in ("", "0") for name in _DEBUG_VARIABLES):
        call.console.say(traceback.format_exc().rstrip())
    kept = keep_details(error)
    where = f"The details are in {kept}." if kept else "Set TUI_SESSIONS_DEBUG=1 to see more."
    return f"Something went wrong that should not have ({type(error).__name__}). {where}"


def _forget_output() -> None:
    """Nobody reads on (`| head`): what is left goes nowhere, and the interpreter's own flush at its
    end has nothing to complain about."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass

"""The command `tui-sessions`: finds commands in the table and imports only the one that is used."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.options import HELP_NAMES, everywhere_options, write_examples
from tui_sessions.cli.table import BY_NAME, COMMANDS, OPEN

_EXAMPLES = """
tui-sessions                          open the screen
tui-sessions ask "Why is the sky blue?"
git diff | tui-sessions ask -s review "What is wrong here?"
tui-sessions list --since 7d --tag python
tui-sessions search '"jwt auth" model:gpt -draft'
tui-sessions k3v                      open the session whose id begins so
"""
_WITH_VALUE = ("--dir", "--config", "--set")
_ENDS = ("--help", "-h", "--version")


class Program(click.Group):
    """A group whose commands are the table's; a first word that is none goes to `open`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the table's order."""
        return [entry.name for entry in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        entry = BY_NAME.get(cmd_name)
        if entry is None:
            return None
        module = import_module(f"tui_sessions.cli.{entry.module}")
        command: click.Command = getattr(module, entry.attribute)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts `open` before a first word that names no command, and where there is no word."""
        place = _first_word(args)
        if ctx.resilient_parsing and place == len(args):
            place = None  # The shell asks what may stand here.
        if place is not None and (place == len(args) or args[place] not in BY_NAME):
            word = args[place] if place < len(args) else ""
            ctx.ensure_object(Call).implied_word = None if word.startswith("-") else word or None
            args = [*args[:place], OPEN, *args[place:]]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands, out of the table; options; and sessions, which open without a command."""
        commands = [
            CompletionItem(entry.name, help=entry.help)
            for entry in COMMANDS
            if entry.name.startswith(incomplete)
        ]
        options = click.Command.shell_complete(self, ctx, incomplete)
        sessions = complete_sessions(ctx, self, incomplete) if incomplete else []
        return [*commands, *options, *sessions]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.help) for entry in COMMANDS])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples."""
        write_examples(formatter, _EXAMPLES)


def nearest_command(word: str) -> str | None:
    """The command that `word` may be meant for."""
    near = get_close_matches(word, BY_NAME, n=1, cutoff=0.7)
    return near[0] if near else None


def program() -> Program:
    """The whole command, options and all."""
    return Program(
        name="tui-sessions",
        params=[
            *everywhere_options(),
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_print_version,
                help="Print the version.",
            ),
        ],
        help="Chat with language models in a workspace where every conversation is a JSON file.",
        context_settings=HELP_NAMES,
        subcommand_metavar="[COMMAND | SESSION] …",
        no_args_is_help=False,
    )


def _first_word(args: list[str]) -> int | None:
    """Where the command's name stands or should stand; None where only help or version is asked."""
    place = 0
    while place < len(args):
        word = args[place]
        if word in _ENDS:
            return None
        if word in _WITH_VALUE:
            place += 2
        elif word.startswith(tuple(f"{name}=" for name in _WITH_VALUE)):
            place += 1
        else:
            return place
    # A value that is missing is the parser's to tell.
    return place if place == len(args) else None


def _print_version(ctx: click.Context, _: click.Parameter, value: Any) -> None:
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("tui-sessions")
    except PackageNotFoundError:
        found = "(not installed)"
    ctx.ensure_object(Call).console.line(f"tui-sessions {found}")
    ctx.exit()

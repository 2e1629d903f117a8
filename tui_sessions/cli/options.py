"""Options that several commands share, and the command class that shows examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_folders, complete_tags
from tui_sessions.cli.records import FORMATS

if TYPE_CHECKING:
    from tui_sessions.model.query import Query

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[[Function], Function]

HELP_NAMES: dict[str, Any] = {"help_option_names": ["-h", "--help"]}
SIGNED: dict[str, Any] = {**HELP_NAMES, "ignore_unknown_options": True}
"""For commands that take a number: `-5` is one, no option."""


class Command(click.Command):
    """A command whose help ends with examples, and which takes --dir, --config and --set."""

    def __init__(self, *arguments: Any, examples: str = "", **options: Any) -> None:
        options.setdefault("context_settings", HELP_NAMES)
        super().__init__(*arguments, **options)
        self.examples = examples
        self.params += everywhere_options()

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, as they stand."""
        write_examples(formatter, self.examples)


class CommandGroup(click.Group):
    """A command with commands below it: the examples of all of them, and their whole sentences."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("context_settings", HELP_NAMES)
        super().__init__(*arguments, **options)
        self.params += everywhere_options()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first sentence of each command."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, command.get_short_help_str(200)) for name, command in self.commands.items()]
            )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples of its commands."""
        examples = [c.examples.strip() for c in self.commands.values() if isinstance(c, Command)]
        write_examples(formatter, "\n".join(examples))


def write_examples(formatter: click.HelpFormatter, examples: str) -> None:
    """A section of help with a line for each example."""
    with formatter.section("Examples"):
        for line in examples.strip().splitlines():
            formatter.write(f"  {line.strip()}\n")


def everywhere_options() -> list[click.Parameter]:
    """--dir, --config, --set: they count before and after the command's name."""
    return [
        click.Option(["--dir"], metavar="DIR", help="Where the sessions are.", **_kept(_keep_dir)),
        click.Option(
            ["--config"], metavar="FILE", help="The configuration file.", **_kept(_keep_config)
        ),
        click.Option(
            ["--set"],
            metavar="KEY=VALUE",
            multiple=True,
            help="Set a key of the configuration for this call.",
            **_kept(_keep_settings),
        ),
    ]


def _kept(callback: Callable[[click.Context, click.Parameter, Any], None]) -> dict[str, Any]:
    return {"callback": callback, "expose_value": False}


def _keep_dir(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(Call).dir = _named("--dir", value)


def _keep_config(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(Call).config = _named("--config", value)


def _named(option: str, value: str) -> str:
    from tui_sessions.errors import UsageError

    if not value.strip():
        # Most likely a shell variable that is not set: another library must not stand in for it.
        raise UsageError(f"{option} is empty. Name a path, or leave the option out.")
    return value


def _keep_settings(ctx: click.Context, _: click.Parameter, value: tuple[str, ...]) -> None:
    ctx.ensure_object(Call).settings.extend(value)


def format_option(function: Function) -> Function:
    """--format of listings."""
    return click.option(
        "--format",
        type=click.Choice(FORMATS),
        help="How to list; without it a table on a terminal, tab-separated in a pipe.",
    )(function)


_FILTERS: tuple[Decorator[Any], ...] = (
    click.option("--model", metavar="TEXT", help="The model contains this."),
    click.option("--provider", metavar="NAME", help="The provider."),
    click.option(
        "--tag",
        "tags",
        metavar="TAG",
        multiple=True,
        help="Has this tag; repeatable.",
        shell_complete=complete_tags,
    ),
    click.option("--project", metavar="TEXT", help="The project contains this."),
    click.option("--meta", metavar="K=V", multiple=True, help="The key of meta contains V."),
    click.option("--status", metavar="STATUS", help="active, paused, completed or archived."),
    click.option(
        "--folder",
        metavar="FOLDER",
        help="In this folder or below.",
        shell_complete=complete_folders,
    ),
    click.option("--since", metavar="DATE", help="Begun since: 2026-01-31, today, 7d, 2w, 3mo."),
    click.option("--until", metavar="DATE", help="Begun until the end of that day."),
    click.option(
        "--min-turns", metavar="N", type=click.IntRange(min=0), help="At least so many turns."
    ),
    click.option(
        "--max-turns", metavar="N", type=click.IntRange(min=0), help="At most so many turns."
    ),
    click.option("--min-cost", metavar="DOLLARS", help="Costs at least this."),
    click.option("--max-cost", metavar="DOLLARS", help="Costs at most this."),
    click.option("--system-contains", metavar="TEXT", help="The system prompt contains this."),
    click.option("--title", "--search", "title", metavar="TEXT", help="The title contains this."),
    click.option("--text", metavar="TEXT", help="The conversation contains this."),
)


def filter_options(function: Function) -> Function:
    """The filters, gathered by `filters_from`."""
    for option in reversed(_FILTERS):
        function = option(function)
    return function


def filters_from(call: Call, given: dict[str, Any], *, words: str = "") -> Query:
    """The query out of the options' values and of words in its language. Raises `UsageError`."""
    from tui_sessions.cli.filters import query_of

    return query_of(given, words, call.now())

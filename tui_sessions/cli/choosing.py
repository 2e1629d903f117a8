"""Which sessions a command is meant for: those that are named, or those that the filters choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.options import filter_options, filters_from
from tui_sessions.cli.progress import progress
from tui_sessions.errors import NotFoundError, QueryError, UsageError

if TYPE_CHECKING:
    from tui_sessions.model.query import Query

Function = TypeVar("Function", bound=Callable[..., Any])
_CONTEXT = 40
"""Characters of a long query that are shown before a mistake in it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the options of a command for many sessions say."""

    query: Query
    is_all: bool
    is_sure: bool
    is_dry: bool

    @property
    def is_by_filter(self) -> bool:
        """Whether the sessions are not named but chosen."""
        return self.is_all or not self.query.is_empty


def choice_options(function: Function) -> Function:
    """--query, --all, the filters, --yes and --dry-run; gathered by `choice_from`."""
    return _with_choice(function, is_short=True)


def long_choice_options(function: Function) -> Function:
    """The same without -q and -y, for a command with words like `-5`: those letters would be taken out
    of `-Infinity`."""
    return _with_choice(function, is_short=False)


def _with_choice(function: Function, *, is_short: bool) -> Function:
    query, yes = (["-q"], ["-y"]) if is_short else ([], [])
    options = (
        click.option(
            *query,
            "--query",
            "query_text",
            metavar="QUERY",
            help="Filters as one string: 'tag:x is:pinned -draft'.",
        ),
        click.option("--all", "is_all", is_flag=True, help="Every session."),
        click.option(*yes, "--yes", "is_sure", is_flag=True, help="Do not ask."),
        click.option("--dry-run", "is_dry", is_flag=True, help="Only list what would be changed."),
    )
    function = filter_options(function)
    for option in reversed(options):
        function = option(function)
    return function


def choice_from(call: Call, given: dict[str, Any]) -> Choice:
    """The choice out of the options' values. Raises `UsageError`."""
    return Choice(
        query=query_from(call, given, given["query_text"] or ""),
        is_all=given["is_all"],
        is_sure=given["is_sure"],
        is_dry=given["is_dry"],
    )


def refresh_option(function: Function) -> Function:
    """--no-refresh: the answer comes from the index as it stands."""
    return click.option(
        "--no-refresh",
        is_flag=True,
        expose_value=False,
        callback=_keep_refresh,
        help="Answer from the index as it stands, without looking at the directory.",
    )(function)


def _keep_refresh(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Call).is_refreshed = False


def query_from(call: Call, given: dict[str, Any], words: str) -> Query:
    """The filters and `words` as one query. Raises `UsageError` that points at the mistake."""
    try:
        return filters_from(call, given, words=words)
    except QueryError as error:
        raise UsageError(_pointed(error, words)) from error


def chosen_ids(call: Call, choice: Choice, sessions: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of the sessions that are named or chosen, each once.

    Raises `UsageError` where both or neither is said, `NotFoundError` where none is meant.
    """
    if sessions and choice.is_by_filter:
        raise UsageError("Name the sessions, or choose them by filters or --all, not both.")
    library = call.library
    if sessions:
        return tuple(dict.fromkeys(library.resolve(session) for session in sessions))
    if not choice.is_by_filter:
        raise UsageError("Say which sessions: their ids, filters, or --all.")
    index_texts(call, choice.query)
    found = library.ids(choice.query)
    if not found:
        raise NotFoundError("No session matches, so nothing was changed.")
    return found


def index_texts(call: Call, query: Query) -> None:
    """Brings the full text up to date where `query` looks in conversations."""
    if not query.has_text or not call.is_refreshed:
        return
    library = call.library
    with progress(call.console, "Reading the conversations") as report:
        library.index_texts(report)
    call.tell_problem(library)


def _pointed(error: QueryError, words: str) -> str:
    """The sentence, the query below it, and a caret below the place."""
    from tui_sessions.cli.layout import cell_width

    first = max(0, error.start - _CONTEXT)
    before = ("…" if first else "") + _in_line(words[first : error.start])
    wrong = _in_line(words[error.start : error.end])
    after = _in_line(words[error.end : error.end + _CONTEXT])
    more = "…" if len(words) > error.end + _CONTEXT else ""
    carets = "^" * max(1, cell_width(wrong))
    return f"{error}\n  {before}{wrong}{after}{more}\n  {' ' * cell_width(before)}{carets}"


def _in_line(text: str) -> str:
    from tui_sessions.model.text import clean

    return clean(text).replace("\n", " ").replace("\t", " ")

"""`search`: words in the conversations, the best sessions first, with what stands round the words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import index_texts, query_from, refresh_option
from tui_sessions.cli.options import Command, filter_options, format_option
from tui_sessions.cli.session_rows import SORTS, nothing_found
from tui_sessions.errors import NotFoundError, UsageError
from tui_sessions.model.display import shown_number
from tui_sessions.model.text import clean_line

if TYPE_CHECKING:
    from tui_sessions.model.found import Findings, FoundSession
    from tui_sessions.model.query import Query

BEST = "best"
_SESSIONS = 10
_HITS = 3
_EXAMPLES = """
tui-sessions search jwt
tui-sessions search '"refresh token" OR jwt -draft'
tui-sessions search 'decor*' --tag python --since 3mo
tui-sessions search 'role:user cost:>0.05 timeout' --hits 1
tui-sessions search jwt --format json | jq '.[].hits[].excerpt'
tui-sessions search jwt --export jwt.md
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The options that say how much is shown, and where."""

    limit: int | None
    is_all: bool
    hits: int
    sort: str
    reverse: bool
    file: str | None
    file_format: str | None
    is_forced: bool


@click.command("search", cls=Command, examples=_EXAMPLES)
@click.argument("query", nargs=-1)
@click.option(
    "-n", "--limit", type=click.IntRange(min=1), help=f"How many sessions; {_SESSIONS} without it."
)
@click.option("-a", "--all", "is_all", is_flag=True, help="All sessions that are found.")
@click.option(
    "--hits",
    type=click.IntRange(min=1, max=100),
    default=_HITS,
    help=f"How many hits of each session; {_HITS} without it.",
)
@click.option(
    "--sort",
    type=click.Choice((BEST, *SORTS)),
    default=BEST,
    help="Best, newest or biggest first, titles A-Z.",
)
@click.option("--reverse", is_flag=True, help="The other way round.")
@click.option(
    "--export",
    "file",
    metavar="FILE|DIR|-",
    help="Write what is found there, all of it without --limit, as `export` does.",
)
@click.option("--as", "file_format", metavar="FORMAT", help="Of the file; else as FILE ends.")
@click.option("--force", "is_forced", is_flag=True, help="Write over FILE if it exists.")
@filter_options
@refresh_option
@format_option
@click.pass_obj
def search_command(call: Call, /, query: tuple[str, ...], format: str | None, **given: Any) -> int:
    """Search the conversations, titles, tags and notes. QUERY: words that must all be there,
    "a phrase", begin*, a OR b, -not, and every filter, like tag:x, role:user, cost:>0.05. The titles
    and prompts count for more. How much was found goes to standard error."""
    wanted = _Wanted(**{name: given.pop(name) for name in _Wanted.__slots__})
    words = " ".join(query)
    asked = query_from(call, given, words).over_text()
    if not any(term.key == "text" and not term.is_negated for term in asked.terms):
        raise UsageError(
            "Say what to search for, like: tui-sessions search jwt. To list sessions by filters "
            "alone: tui-sessions list"
        )
    index_texts(call, asked)
    findings = _findings(call, asked)
    found = _in_order(call, findings, wanted)
    if wanted.file is not None and found:
        return _export(call, found, wanted)
    _print(call, found, asked, wanted, format)
    return _told(call, findings, found, asked, words)


def _findings(call: Call, query: Query) -> Findings:
    from tui_sessions.cli.progress import progress
    from tui_sessions.model.found import Findings

    findings = Findings()
    with progress(call.console, "Searching") as report:
        for batch in call.library.search(query):
            findings.add(batch)
            if report is not None:
                report(batch.done, batch.total)
    return findings


def _in_order(call: Call, findings: Findings, wanted: _Wanted) -> tuple[FoundSession, ...]:
    """As many as are wanted, as they are to be sorted."""
    no_limit = wanted.is_all or (wanted.file is not None and wanted.limit is None)
    limit = findings.sessions if no_limit else wanted.limit or _SESSIONS
    if wanted.sort == BEST:
        found = findings.top(findings.sessions if wanted.reverse else limit)
        return (found[::-1] if wanted.reverse else found)[:limit]
    order = call.library.ids(sort=wanted.sort, reverse=wanted.reverse)
    in_order = (findings.session(session_id) for session_id in order)
    return tuple(islice((session for session in in_order if session is not None), limit))


def _print(
    call: Call,
    found: tuple[FoundSession, ...],
    query: Query,
    wanted: _Wanted,
    format: str | None,
) -> None:
    from tui_sessions.cli.found_sessions import print_found

    if found or format in ("json", "csv"):
        print_found(call, found, query, format, hits=wanted.hits)
    call.console.flush()


def _export(call: Call, found: tuple[FoundSession, ...], wanted: _Wanted) -> int:
    from tui_sessions.cli.exports import format_for, loaded, write_out

    format = format_for(call, wanted.file_format, wanted.file)
    sessions, _ = loaded(call, [session.session_id for session in found])
    if not sessions:
        raise NotFoundError("What was found is gone by now, so nothing was exported.")
    write_out(call, sessions, format, wanted.file, force=wanted.is_forced)
    return 0


def _told(
    call: Call, findings: Findings, found: tuple[FoundSession, ...], query: Query, words: str
) -> int:
    """How much there is, or what to try; the exit code."""
    say = call.console.say
    if findings.is_partial:
        done, total = call.library.texts_progress()
        say(f"Only {done:,} of {total:,} conversations are in the index yet, so there may be more.")
    if not findings.sessions:
        say(_nothing(call, query, words))
        return 1
    more = (
        "" if len(found) >= findings.sessions else f", {len(found):,} shown: --all shows the others"
    )
    say(
        f"{shown_number(findings.hits, 'hit')} in {shown_number(findings.sessions, 'session')}{more}."
    )
    return 0


def _nothing(call: Call, query: Query, words: str) -> str:
    if not call.library.count():
        return nothing_found(call)
    what = f"Nothing is found for {clean_line(words)}." if words else "Nothing is found."
    tries = []
    if len(query.groups) > 1:
        tries.append("fewer words or filters")
    if not any(term.is_prefix for term in query.terms):
        tries.append("the beginning of a word with *")
    tries.append("OR between words")
    return f"{what} Try {', '.join(tries[:-1])}{' or ' if tries[:-1] else ''}{tries[-1]}."

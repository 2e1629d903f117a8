"""`show`: what is known about one session, and what was said in it."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.layout import Heading, cut, table_lines
from tui_sessions.cli.options import Command
from tui_sessions.errors import UsageError
from tui_sessions.model.attachment import about, attachments_of, typed_text, with_attachments
from tui_sessions.model.display import shown_count, shown_duration
from tui_sessions.model.message import Message, Part
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.turn import Turn

_EXCERPT = 800
"""Characters of a message in a summary."""
_EXAMPLES = """
tui-sessions show @last
tui-sessions show k3v9 --summary
tui-sessions show k3v9 --skip 10 --limit 10
tui-sessions show k3v9 --format markdown | less
"""


@click.command("show", cls=Command, examples=_EXAMPLES)
@click.argument("session", metavar="S", shell_complete=complete_sessions)
@click.option("--summary", is_flag=True, help="First and last exchange, and the cost by turn.")
@click.option("--skip", type=click.IntRange(min=0), default=0, help="Leave out so many messages.")
@click.option("--limit", type=click.IntRange(min=0), help="Show at most so many messages.")
@click.option(
    "--format", type=click.Choice(("text", "markdown", "json")), default="text", show_default=True
)
@click.pass_obj
def show_command(
    call: Call, session: str, summary: bool, skip: int, limit: int | None, format: str
) -> None:
    """Show the session S: what is known about it, then its messages."""
    library = call.library
    session_id = library.resolve(session)
    whole = library.load(session_id)
    library.audit.record("open", session_id)
    part = sliced(whole, skip, limit)
    for problem in whole.problems:
        call.console.say(f"Note: {problem}")
    if format != "text":
        if summary:
            raise UsageError("--summary is text; leave out --format.")
        from tui_sessions.exchange.registry import exporter

        call.console.write_bytes(exporter(format).export([part]))
        return
    _print_box(call, whole, str(library.path(session_id)))
    if summary:
        _print_summary(call, whole)
    else:
        _print_turns(call, list(enumerate(part.turns, 1)), len(whole.turns))


def sliced(session: Session, skip: int, limit: int | None) -> Session:
    """The session with `limit` messages after the first `skip`; turns with none are left out, but
    for their place: numbers stay true."""
    if not skip and limit is None:
        return session
    end = None if limit is None else skip + limit
    turns, place = [], 0
    for turn in session.turns:
        wanted = turn.messages[max(skip - place, 0) : None if end is None else max(end - place, 0)]
        place += len(turn.messages)
        turns.append(msgspec.structs.replace(turn, messages=wanted))
    return msgspec.structs.replace(session, turns=tuple(turns))


def _print_box(call: Call, session: Session, path: str) -> None:
    from tui_sessions.exchange.facts import session_facts, title_of

    lines = [f"{label}: {value}" for label, value in session_facts(session)]
    messages = sum(len(turn.messages) for turn in session.turns)
    lines.insert(1, f"File: {clean_line(path)}")
    lines.append(f"Messages: {messages}")
    attached = sum(len(attachments_of(m)) for turn in session.turns for m in turn.messages)
    if attached:
        lines.append(f"Attachments: {attached}")
    if session.system:
        lines.append(f"System: {clean_line(session.system)}")
    if session.meta.notes:
        lines.append(f"Notes: {clean_line(session.meta.notes)}")
    title = title_of(session)
    if not call.console.is_terminal:
        call.console.line(f"Title: {title}")
        for line in lines:
            call.console.line(line)
        return
    _print_frame(call, title, lines)


def _print_frame(call: Call, title: str, lines: Sequence[str]) -> None:
    width = min(call.console.width, 100)
    head = cut(title, width - 6)
    call.console.heading(f"── {head} " + "─" * max(width - len(head) - 4, 0))
    for line in lines:
        call.console.line(cut(line, width))
    call.console.aside("─" * width)


def _print_turns(call: Call, turns: Sequence[tuple[int, Turn]], total: int) -> None:
    from tui_sessions.exchange.text import turn_lines

    shown = [(number, turn) for number, turn in turns if turn.messages]
    for number, turn in shown:
        call.console.line()
        for line in turn_lines(number, turn, missing=lambda part: _is_missing(call, part)):
            call.console.line(line)
    if not total:
        call.console.tell("Nothing was said yet.")


def _is_missing(call: Call, part: Part) -> bool:
    """Whether an attachment of ours is not here: its session came from another library."""
    sha256 = about(part).sha256
    return sha256 is not None and not call.library.attachments.has(sha256)


def _print_summary(call: Call, session: Session) -> None:
    if not session.turns:
        call.console.tell("Nothing was said yet.")
        return
    last = len(session.turns)
    call.console.line()
    call.console.heading("First exchange")
    _print_turns(call, [(1, _excerpt(session.turns[0]))], last)
    if last > 1:
        call.console.line()
        call.console.heading("Last exchange")
        _print_turns(call, [(last, _excerpt(session.turns[-1]))], last)
    call.console.line()
    for line in _cost_lines(session):
        call.console.line(line)


def _excerpt(turn: Turn) -> Turn:
    messages = tuple(
        msgspec.structs.replace(message, reasoning=None, content=_cut_content(message))
        for message in turn.messages
    )
    return msgspec.structs.replace(turn, messages=messages)


def _cut_content(message: Message) -> str | tuple[Part, ...]:
    text = typed_text(message)
    cut_text = text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"
    named = tuple(
        msgspec.structs.replace(part, text=None) for part in attachments_of(message)
    )  # What was extracted from one stands in the text already.
    return with_attachments(cut_text, named)


def _cost_lines(session: Session) -> list[str]:
    from tui_sessions.exchange.facts import shown_cost_of, usage_of

    headings = [Heading(text, is_number=True) for text in ("TURN", "IN", "OUT", "COST", "TIME")]
    rows = []
    for number, turn in enumerate(session.turns, 1):
        usage = usage_of(turn)
        rows.append(
            (
                str(number),
                shown_count(usage.prompt_tokens if usage else None),
                shown_count(usage.completion_tokens if usage else None),
                shown_cost_of(turn) + (" (parent)" if turn.inherited else ""),
                shown_duration(turn.latency_ms),
            )
        )
    return table_lines(headings, rows, 100)

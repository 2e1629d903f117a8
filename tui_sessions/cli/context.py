"""`context`: how much of a session goes along with its next prompt; show it message by message, set it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import SIGNED, Command, format_option
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import UsageError
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line

if TYPE_CHECKING:
    from tui_sessions.model.context_view import ContextRow, ContextView

_EXAMPLES = """
tui-sessions context k3v9
tui-sessions context k3v9 10
tui-sessions context k3v9 +5
tui-sessions context k3v9 8000 tokens
tui-sessions context k3v9 all
tui-sessions context k3v9 --messages
"""
_TEXT_CELLS = 60


@click.command("context", cls=Command, context_settings=SIGNED, examples=_EXAMPLES)
@click.argument("session", metavar="S", shell_complete=complete_sessions)
@click.argument("words", metavar="[N | N tokens | all]", nargs=-1)
@click.option(
    "--messages", is_flag=True, help="Every message with its tokens, and why it is left out."
)
@format_option
@click.pass_obj
def context_command(
    call: Call, session: str, words: tuple[str, ...], messages: bool, format: str | None
) -> int:
    """Show how many earlier pairs of messages go along with the next prompt of S, or set it to N
    (+N: so many more; 0 or all: all; N tokens: as many as so many tokens take)."""
    library = call.library
    found = library.load(library.resolve(session))
    if format is not None and not messages:
        raise UsageError("--format goes with --messages.")
    if words:
        code = _set(call, found, " ".join(words))
        if code:
            return code
        found = library.load(found.id)
    if messages:
        _print_messages(call, found, format)
    else:
        _print_sum(call, found)
    return 0


def _set(call: Call, session: Session, words: str) -> int:
    from tui_sessions.model.context_limit import set_window, window_from

    window = window_from(words, session.params)
    label = f"context of “{clean_line(session.shown_title)}”"
    outcome = call.library.history.edit((session.id,), set_window(window), label)
    if outcome.problems:
        call.console.say("\n".join(outcome.problems))
    return outcome.exit_code if outcome.problems else 0


def _print_sum(call: Call, session: Session) -> None:
    from tui_sessions.engine.context import pairs_sent
    from tui_sessions.model.context_limit import context_limit

    used, there = pairs_sent(session)
    window, tokens = session.params.context_window, context_limit(session.params)
    limit = f"a window of {window}" if window else "no window: all are sent"
    if tokens is not None:
        view = _view(call, session)
        used, limit = view.sent_pairs, f"at most {tokens:,} tokens"
    call.console.line(f"{used}/{window}" if window and tokens is None else f"{used}/{there}")
    call.console.tell(f"{used} of {there} earlier pairs go along ({limit}).")


def _print_messages(call: Call, session: Session, format: str | None) -> None:
    view = _view(call, session)
    so_far = dict(zip(map(id, view.rows), view.cumulated(), strict=True))
    print_listing(call.console, _listing(view, so_far), view.rows, format)
    call.console.flush()
    call.console.tell(f"{view.words}. {view.window_words}")


def _view(call: Call, session: Session) -> ContextView:
    from tui_sessions.engine.limits import plans
    from tui_sessions.engine.looking import is_trimming, look

    services = call.services
    model = session.model or services.default_model()
    services.prices.context_tokens(model)
    trimming = is_trimming(services.config.chat.when_full)
    return look(plans(session, "", [model])[0], services.context, is_trimming=trimming)


def _listing(view: ContextView, so_far: dict[int, int]) -> Listing[ContextRow]:
    from tui_sessions.model.context_view import shown_role, shown_tokens

    def share(row: ContextRow) -> str:
        size = view.limit or view.size
        if not view.is_sent(row) or not size:
            return ""
        return f"{so_far[id(row)] / size:.0%}".replace("%", " %")

    columns: tuple[Column[ContextRow], ...] = (
        Column(Heading("WHO"), shown_role),
        Column(Heading("TOKENS", is_number=True), shown_tokens, lambda row: str(round(row.tokens))),
        Column(Heading("FULL", is_number=True), share),
        Column(Heading("LEFT OUT"), view.why_not),
        Column(Heading("TEXT", is_flexible=True), lambda row: row.text[:_TEXT_CELLS]),
    )

    def record(row: ContextRow) -> dict[str, Any]:
        return {
            "turn": row.number,
            "turn_id": row.turn_id or None,
            "role": row.role,
            "tokens": round(row.tokens),
            "is_counted": row.is_counted,
            "is_sent": view.is_sent(row),
            "left_out": view.why_not(row) or None,
            "tokens_so_far": so_far[id(row)],
            "context_tokens": view.size,
            "files": list(row.files),
            "text": row.text,
        }

    return Listing(columns, record, lambda row: row.turn_id)

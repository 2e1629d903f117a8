"""Sessions as CSV: one row for each message, for spreadsheets and data tools."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from tui_sessions.exchange.facts import cost_of, title_of, usage_of
from tui_sessions.model.message import Message
from tui_sessions.model.money import dollars
from tui_sessions.model.persona_name import persona_of
from tui_sessions.model.session import Session
from tui_sessions.model.times import format_time
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

suffix = ".csv"
label = "CSV"

COLUMNS = (
    *("session_id", "title", "turn", "message", "role", "model", "persona", "timestamp"),
    *("content", "reasoning"),
    *("prompt_tokens", "completion_tokens", "total_tokens"),
    *("cost_usd", "latency_ms", "finish", "inherited"),
)
_FORMULA = re.compile(
    "[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*[=+@＝＋－＠-]|[\t\r\n]"
)
"""What a spreadsheet may run at the start of a cell, behind whatever it does not show."""
_FORMULA_LINE = re.compile(
    r"(?:(?<=\n)|(?<=[^\r\n]\r))(?=\r(?!\n)|[\t ]*(?:[=@＝＠]|[+＋－-](?![\s+－-])))"
)
"""The same on a further line, for readers that do not know quotes; the dashes of lists stay."""


def export(sessions: Sequence[Session]) -> bytes:
    """A head line, then a row for each message. The figures of a turn stand in its last row only, so
    that a column can be added up; `?` there is unknown."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for session in sessions:
        writer.writerows(map(safe_cell, row) for row in _rows(session))
    return text.getvalue().encode("utf-8", "replace")


def safe_cell(value: object) -> object:
    """The cell with a quote before text that a spreadsheet would run as a formula."""
    if not isinstance(value, str):
        return value
    if "\n" in value or "\r" in value:
        value = _FORMULA_LINE.sub("'", value)
    return "'" + value if _FORMULA.match(value) else value


def _rows(session: Session) -> Iterator[tuple[object, ...]]:
    title = title_of(session)
    count = 0
    for number, turn in enumerate(session.turns, 1):
        for index, message in enumerate(turn.messages):
            count += 1
            is_last = index == len(turn.messages) - 1
            figures = _figures(turn) if is_last else ("",) * 7
            yield (session.id, title, number, count, *_said(message), *figures)


def _said(message: Message) -> tuple[object, ...]:
    moment = "" if message.timestamp is None else format_time(message.timestamp)
    return (
        message.role,
        message.model or "",
        persona_of(message),
        moment,
        message.text,
        message.reasoning or "",
    )


def _figures(turn: Turn) -> tuple[object, ...]:
    usage = usage_of(turn) or Usage()
    cost = cost_of(turn)
    values: tuple[object, ...] = (
        usage.prompt_tokens,
        usage.completion_tokens,
        usage.total,
        None if cost is None else f"{dollars(cost):.9f}".rstrip("0").rstrip("."),
        turn.latency_ms,
        turn.finish,
    )
    known = tuple("?" if value is None else value for value in values)
    return (*known, "yes" if turn.inherited else "no")

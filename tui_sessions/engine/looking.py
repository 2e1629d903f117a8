"""What the next prompt would send, message by message: the same reckoning as the estimate's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from tui_sessions.engine.context import answered, said
from tui_sessions.engine.estimate import (
    CHARACTERS_A_TOKEN,
    COUNTED_OF_A_SESSION,
    MESSAGE_TOKENS,
    TRUSTED,
    attachment_tokens,
    of_planned,
    tokens_of,
)
from tui_sessions.engine.limits import Planned
from tui_sessions.engine.room import TRIM, Context, pairs_within
from tui_sessions.model.attachment import about, attachments_of
from tui_sessions.model.context_limit import context_limit
from tui_sessions.model.context_view import ContextRow, ContextView
from tui_sessions.model.message import Message, Part
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn

EXCERPT = 300


def look(plan: Planned, context: Context, *, is_trimming: bool = False) -> ContextView:
    """What goes along with the prompt of `plan`. Reads no file. `is_trimming`: what does not fit into the
    model's context is left out."""
    session = plan.session
    size, limit = context.size(plan.model, session.params), context_limit(session.params)
    everything = _with_window(plan, None)
    limits = [limit] if limit is not None else []
    if is_trimming and size is not None:
        limits.append(size)
    estimate = of_planned(everything)
    window = session.params.context_window or 0
    return ContextView(
        model=plan.model,
        rows=_calibrated(tuple(_rows(plan)), estimate.prompt_tokens),
        pairs=len(answered(session.turns)),
        window=max(0, window),
        most=pairs_within(everything, min(limits)) if limits else None,
        size=size,
        limit=limit,
        answer_tokens=estimate.completion_tokens,
    )


def is_trimming(when_full: str) -> bool:
    """Whether `chat.when_full` says so."""
    return when_full == TRIM


def _with_window(plan: Planned, window: int | None) -> Planned:
    params = msgspec.structs.replace(plan.session.params, context_window=window)
    session = msgspec.structs.replace(plan.session, params=params)
    return msgspec.structs.replace(plan, session=session)


def _rows(plan: Planned) -> Iterator[ContextRow]:
    session = plan.session
    if session.system:
        tokens = tokens_of(session.system) + MESSAGE_TOKENS
        yield ContextRow(role="system", tokens=tokens, text=session.system[:EXCERPT])
    yield from _turn_rows(session)
    prompt = plan.turn.prompt
    if prompt is not None and (prompt.text or attachments_of(prompt)):
        yield _row(prompt, _tokens(prompt), role="prompt")


def _turn_rows(session: Session) -> Iterator[ContextRow]:
    going = answered(session.turns)
    pair_of = {turn.id: len(going) - at for at, turn in enumerate(going)}
    is_long = _length(going) > COUNTED_OF_A_SESSION
    for number, turn in enumerate(session.turns, 1):
        counted = _counted(turn)
        sent = {id(message) for message in said(turn)}
        for place, message in enumerate(turn.messages):
            if id(message) not in sent:
                continue
            is_counted = counted is not None and message is turn.answer
            tokens = counted if is_counted else _quick(message) if is_long else _tokens(message)
            yield _row(
                message,
                float(tokens or 0),
                is_counted=is_counted,
                number=number,
                turn_id=turn.id,
                place=place,
                pair=pair_of.get(turn.id),
                is_left_out=turn.id not in pair_of,
            )


def _row(message: Message, tokens: float, *, role: str = "", **more: Any) -> ContextRow:
    files = tuple(about(part).shown_name for part in attachments_of(message))
    text = message.text[:EXCERPT]
    return ContextRow(role=role or message.role, tokens=tokens, text=text, files=files, **more)


def _counted(turn: Turn) -> int | None:
    """What a server counted of the answer as it is sent again, without its thinking."""
    usage = turn.inherited_usage if turn.inherited else turn.usage
    if usage is None or usage.completion_tokens is None or not turn.answer:
        return None
    visible = usage.completion_tokens - (usage.reasoning_tokens or 0)
    # A count that is far from the text is of something else: of an attempt that failed before it.
    guessed = len(turn.answer.text) / CHARACTERS_A_TOKEN
    return visible + MESSAGE_TOKENS if 0 < visible <= 4 * guessed + 50 else None


def _calibrated(rows: tuple[ContextRow, ...], total: int) -> tuple[ContextRow, ...]:
    """So that all together are what the next prompt is expected to be: the estimated ones stretched, or, where
    what is counted does not go with that, all of them."""
    sent = [row for row in rows if not row.is_left_out]
    counted = sum(row.tokens for row in sent if row.is_counted)
    guessed = sum(row.tokens for row in sent if not row.is_counted)
    off = (total - counted) / guessed if guessed else 1.0
    replace = msgspec.structs.replace
    if TRUSTED[0] <= off <= TRUSTED[1]:
        return tuple(
            row if row.is_counted else replace(row, tokens=row.tokens * off) for row in rows
        )
    off = total / ((counted + guessed) or 1)
    return tuple(replace(row, tokens=row.tokens * off, is_counted=False) for row in rows)


def _tokens(message: Message) -> float:
    return tokens_of(message.text) + MESSAGE_TOKENS + _files(attachments_of(message))


def _quick(message: Message) -> float:
    """Of a long session, where each message is only a little of the whole."""
    text = len(message.text) / CHARACTERS_A_TOKEN
    return text + MESSAGE_TOKENS + _files(attachments_of(message))


def _files(parts: Sequence[Part]) -> int:
    return sum(map(attachment_tokens, parts))


def _length(turns: Sequence[Turn]) -> int:
    return sum(len(message.text) for turn in turns for message in said(turn))

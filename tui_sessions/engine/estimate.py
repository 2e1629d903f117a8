"""What the next turn would use, before it is sent. Pure.

The last answer's own count is the base where it is known; what came since, and everything where nothing is
known, is counted by characters, each script with its own share of a token. Tried against the counts of servers
in recorded answers: tests/engine/test_estimate.py holds how far off it may be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import msgspec

from tui_sessions.engine.context import answered, said, within
from tui_sessions.model.attachment import about, attachments_of
from tui_sessions.model.message import Message, Part
from tui_sessions.model.mime import PDF, is_text
from tui_sessions.model.money import nanousd
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

ANSWER_TOKENS = 400
"""An answer, where the session has none yet."""
ANSWERS_LOOKED_AT = 20
MESSAGE_TOKENS = 4
"""Role and ends of a message, as OpenAI's cookbook counts them."""
IMAGE_TOKENS = 1_000
"""A picture of about a megapixel; vendors count 250 to 1,600."""
BYTES_A_TOKEN = 4
PDF_BYTES_A_TOKEN = 40
"""A page is some 100 kB and some 2,500 tokens; scanned ones are larger and no dearer."""
SAMPLED = 40_000
"""Characters of a longer text that are looked at."""
_SAMPLES = 40
COUNTED_OF_A_SESSION = 200_000
"""Characters of a longer session that are looked at, about."""
TRUSTED = (0.5, 2.0)
"""A server's count that is further off than this counts something else: a continued answer was sent twice,
tools came along."""

_RATES = (
    (re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]"), 0.8),
    (re.compile("[\u0370-\u052f]"), 0.36),
    (re.compile("[\u0590-\u08ff]"), 0.45),
    (re.compile("[\u0900-\u109f\u1780-\u17ff]"), 0.55),
    (re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]"), 1.5),
)
"""Tokens a character, by script; vocabularies of today are nearer to each other than to this."""
_NUMBERS = re.compile(r"\d{1,3}")
_MARKS = re.compile(r"[!-/:-@\[-`{-~]+")
_WORDS = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_LINE_ENDS = re.compile(r"\n\s*")
_COMMON = 6
"""Letters of a word up to which it is nearly always one token; each further piece is so long, too."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens of one turn that is still to be sent."""

    prompt_tokens: int
    completion_tokens: int

    @property
    def total(self) -> int:
        """What the context would hold afterwards."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def usage(self) -> Usage:
        """For the price."""
        return Usage(prompt_tokens=self.prompt_tokens, completion_tokens=self.completion_tokens)


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What a session brings to its next turn, whatever is written in it."""

    tokens: int = 0
    answer_tokens: int = ANSWER_TOKENS


def earlier(session: Session, *, is_answering: bool = False) -> Earlier:
    """What goes along with the next prompt, and how long answers are here; `is_answering`: the last turn will
    have its answer by then. Of a long session only parts are looked at, all over it."""
    turns = answered(session.turns)
    sent = within(turns, session.params.context_window)
    system = tokens_of(session.system) + MESSAGE_TOKENS if session.system else 0
    tokens = system + _turns_tokens(sent)
    measured = _usage(turns[-1]) if turns else None
    if measured is not None and measured.prompt_tokens and measured.completion_tokens is not None:
        before = within(turns[:-1], session.params.context_window)
        prompt = turns[-1].prompt
        guessed = system + _turns_tokens(before)
        guessed += _message_tokens(prompt) if prompt else 0
        off = measured.prompt_tokens / max(1, guessed)
        if len(sent) == len(turns) and TRUSTED[0] <= off <= TRUSTED[1]:
            tokens = measured.prompt_tokens + _visible(measured) + MESSAGE_TOKENS
        else:
            tokens = round(tokens * min(max(off, TRUSTED[0]), TRUSTED[1]))
    answer = _mean_answer(turns)
    if is_answering and session.turns and session.turns[-1] not in turns[-1:]:
        tokens += sum(map(_message_tokens, said(session.turns[-1]))) + answer
    return Earlier(tokens=tokens, answer_tokens=answer)


def next_turn(before: Earlier, text: str, attachments: Sequence[Part] = ()) -> Estimate:
    """What sending `text` with these files would use."""
    own = tokens_of(text) + MESSAGE_TOKENS + sum(map(attachment_tokens, attachments))
    return Estimate(prompt_tokens=before.tokens + own, completion_tokens=before.answer_tokens)


def attachment_tokens(part: Part) -> int:
    """What a file adds: text by its bytes, a picture or a document by and large."""
    known = about(part)
    mime, size = known.mime or "", known.size or 0
    if is_text(mime):
        return -(-size // BYTES_A_TOKEN) + MESSAGE_TOKENS
    if mime == PDF:
        return max(500, size // PDF_BYTES_A_TOKEN)
    return IMAGE_TOKENS


def tokens_of(text: str) -> int:
    """About how many tokens a text has; of a long one, parts all over it are looked at."""
    if len(text) <= SAMPLED:
        return round(_tokens(text))
    step, size = len(text) // _SAMPLES, SAMPLED // _SAMPLES
    parts = [text[at : at + size] for at in range(0, step * _SAMPLES, step)]
    return round(sum(map(_tokens, parts)) * len(text) / sum(map(len, parts)))


def _tokens(text: str) -> float:
    tokens = 0.0
    if not text.isascii():
        for pattern, rate in _RATES:
            tokens += len(pattern.findall(text)) * rate
    for word in _WORDS.findall(text):
        tokens += 1 + max(0, len(word) - 1) // _COMMON * 0.6
    tokens += len(_NUMBERS.findall(text))
    tokens += sum((len(mark) + 1) / 2 for mark in _MARKS.findall(text)) * 0.9
    return tokens + len(_LINE_ENDS.findall(text)) * 0.9


def budget(session: Session) -> int | None:
    """What the session may cost, in nano-dollars (`meta.budget`, dollars); None where nobody said, or
    not as an amount."""
    value = session.meta.extra.get("budget")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value).strip().removeprefix("$"))
    except InvalidOperation:
        return None
    return nanousd(amount) if amount.is_finite() and amount >= 0 else None


def _turns_tokens(turns: Sequence[Turn]) -> int:
    """Tokens of what is sent of these turns."""
    sizes = [sum(len(message.text) for message in said(turn)) for turn in turns]
    whole = sum(sizes)
    step = whole // COUNTED_OF_A_SESSION + 1
    looked_at = sum(sizes[::step])
    tokens = sum(sum(map(_message_tokens, said(turn))) for turn in turns[::step])
    return round(tokens * whole / looked_at) if looked_at else tokens


def _message_tokens(message: Message) -> int:
    files = sum(map(attachment_tokens, attachments_of(message)))
    return tokens_of(message.text) + MESSAGE_TOKENS + files


def _usage(turn: Turn) -> Usage | None:
    return turn.inherited_usage if turn.inherited else turn.usage


def _visible(usage: Usage) -> int:
    """The answer without the thinking, which is not sent again."""
    return max(0, (usage.completion_tokens or 0) - (usage.reasoning_tokens or 0))


def _mean_answer(turns: Sequence[Turn]) -> int:
    """Thinking included: it is paid for."""
    usages = [_usage(turn) for turn in turns[-ANSWERS_LOOKED_AT:]]
    counts = [u.completion_tokens for u in usages if u is not None and u.completion_tokens]
    if not counts:
        texts = [turn.answer.text for turn in turns[-ANSWERS_LOOKED_AT:] if turn.answer]
        counts = [tokens_of(text) for text in texts]
    return round(sum(counts) / len(counts)) if counts else ANSWER_TOKENS

"""What the next turn would use, before it is sent. Pure.

The last answer's own count is the base where it is known; what came since, and everything where nothing is
known, is counted by words and characters, each script with its own share of a token. How far that is off is measured
against vocabularies by `python -m benchmarks.estimate` (benchmarks/ESTIMATE.md); tests/engine/test_estimate.py holds
how far off it may be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf, log

import msgspec

from tui_sessions.engine.answer import SENT_PAIRS
from tui_sessions.engine.context import NO_PAIRS, answered, before_prompt, said, within
from tui_sessions.engine.limits import Planned
from tui_sessions.model.attachment import about, attachments_of
from tui_sessions.model.message import Message, Part
from tui_sessions.model.mime import PDF, is_text
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
BYTES_A_TOKEN = CHARACTERS_A_TOKEN = 4
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
TOLD_NOTHING = 0.25
"""No vocabulary makes so few tokens of a text."""
NEARLY = 1.2
"""A count that is further above this may have been of more than goes along now."""

_RATES = (
    # On top of its word: such words are cut into more pieces.
    ("[\u00c0-\u024f]", 0.45),
    ("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]", 0.8),
    ("[\u0370-\u052f]", 0.36),
    ("[\u0590-\u08ff]", 0.45),
    ("[\u0900-\u109f\u1780-\u17ff]", 0.55),
    ("[\u2190-\u2bff\U0001f000-\U0001faff]", 1.5),
)
"""Tokens a character, by script; vocabularies of today are nearer to each other than to this. Compiled at their
first use, which the first paint does not wait for."""
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
        pairs = _sent_pairs(turns[-1])
        off = _off(turns, measured.prompt_tokens, pairs, session.params.context_window, system)
        if len(sent) == len(turns) and pairs is None and TRUSTED[0] <= off <= TRUSTED[1]:
            tokens = measured.prompt_tokens + _visible(measured) + MESSAGE_TOKENS
        else:
            tokens = round(tokens * _stretched(off))
    answer = _mean_answer(turns)
    if is_answering and session.turns and session.turns[-1] not in turns[-1:]:
        tokens += sum(map(_message_tokens, said(session.turns[-1]))) + answer
    return Earlier(tokens=tokens, answer_tokens=answer)


def _stretched(off: float) -> float:
    """A count of next to nothing was of less than goes along now, in a window that is wider since; to believe
    half of it would let a context overflow."""
    return 1.0 if off < TOLD_NOTHING else min(max(off, TRUSTED[0]), TRUSTED[1])


def _off(
    turns: list[Turn], counted: int, pairs: int | None, window: int | None, system: int
) -> float:
    """How many times as many tokens as we count the server counted for the last turn."""
    prompt = turns[-1].prompt
    own = system + (_message_tokens(prompt) if prompt else 0)

    def off_within(window: int | None) -> float:
        return counted / max(1, own + _turns_tokens(within(turns[:-1], window)))

    if pairs is not None:
        return off_within(pairs)
    off = off_within(window)
    # The window may be newer than the answer: then more went along than it says, and not each token
    # counted for several.
    if off > NEARLY and len(within(turns[:-1], window)) < len(turns) - 1:
        return min(off, off_within(None), key=lambda one: abs(log(one)) if one else inf)
    return off


def next_turn(before: Earlier, text: str, attachments: Sequence[Part] = ()) -> Estimate:
    """What sending `text` with these files would use."""
    own = tokens_of(text) + MESSAGE_TOKENS + sum(map(attachment_tokens, attachments))
    return Estimate(prompt_tokens=before.tokens + own, completion_tokens=before.answer_tokens)


def of_planned(plan: Planned) -> Estimate:
    """What an answer that is asked for would use: the turns before its prompt go along, and of a continued
    answer what it has said."""
    session, turn = plan.session, plan.turn
    before = before_prompt(session, turn)
    prompt = turn.prompt
    text, parts = (prompt.text, attachments_of(prompt)) if prompt is not None else ("", ())
    found = next_turn(earlier(msgspec.structs.replace(session, turns=before)), text, parts)
    if not plan.is_rest or turn.answer is None:
        return found
    said_tokens = _message_tokens(turn.answer)
    return msgspec.structs.replace(found, prompt_tokens=found.prompt_tokens + said_tokens)


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
            tokens += len(re.findall(pattern, text)) * rate
    for word in _WORDS.findall(text):
        tokens += 1 + max(0, len(word) - 1) // _COMMON * 0.6
    tokens += len(_NUMBERS.findall(text))
    tokens += sum((len(mark) + 1) / 2 for mark in _MARKS.findall(text)) * 0.9
    return tokens + len(_LINE_ENDS.findall(text)) * 0.9


def budget(session: Session) -> int | None:
    """What the session may cost at most, in nano-dollars (`meta.budget`, dollars); None where nobody said,
    or not as an amount."""
    from tui_sessions.model.budget import own_budget  # most sessions have none

    own = own_budget(session)
    return None if own is None else own.hard


def weight(turn: Turn) -> int:
    """How much of a session a turn is, as sent again: characters, and files at what they count for. Quick, to
    share out what is known of the whole."""
    files = sum(attachment_tokens(part) for m in said(turn) for part in attachments_of(m))
    return sum(len(m.text) for m in said(turn)) + CHARACTERS_A_TOKEN * (files + MESSAGE_TOKENS)


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


def _sent_pairs(turn: Turn) -> int | None:
    """The window that the turn was asked with where there was no room for more; None: it had room."""
    noted = turn.answer.extra.get(SENT_PAIRS) if turn.answer else None
    # A session file may say anything there.
    if not isinstance(noted, int) or isinstance(noted, bool) or noted < 0:
        return None
    return noted or NO_PAIRS


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

"""What the next prompt would send, message by message, as a value: for the screen and the command line."""

from __future__ import annotations

from itertools import accumulate

import msgspec

from tui_sessions.model.display import UNKNOWN, shown_count, shown_number, shown_short_count
from tui_sessions.model.text import clean_line

OUTSIDE = "outside the window"
UNANSWERED = "no answer: not sent again"
NO_ROOM = "no room"


class ContextRow(msgspec.Struct, frozen=True, kw_only=True):
    """One message."""

    role: str
    """`system`, `user`, `assistant`, `prompt` (what is being typed)."""
    tokens: float = 0
    is_counted: bool = False
    """Whether a server counted them; else they are estimated."""
    number: int | None = None
    """Of its turn, from 1."""
    turn_id: str = ""
    place: int = 0
    """Of the message in its turn."""
    pair: int | None = None
    """Of the pairs that can go along, from 1, the latest first; None: it goes with none of them."""
    is_left_out: bool = False
    """Whether it is sent in no case: a prompt that was never answered."""
    text: str = ""
    """Its beginning."""
    files: tuple[str, ...] = ()


class ContextView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that could go along, oldest first, with how much of it does."""

    model: str
    rows: tuple[ContextRow, ...]
    pairs: int
    """How many pairs there are."""
    window: int = 0
    """How many pairs are to go along; 0: all."""
    most: int | None = None
    """How many pairs have room where that is limited; None: it is not."""
    size: int | None = None
    """What the model takes at most; None: unknown."""
    limit: int | None = None
    """What this session may send at most, in tokens; None: nobody limited it."""
    answer_tokens: int = 0
    """What an answer is expected to need on top."""

    @property
    def sent_pairs(self) -> int:
        """How many pairs go along."""
        wanted = self.pairs if not self.window else min(self.window, self.pairs)
        return wanted if self.most is None else min(wanted, self.most)

    def is_sent(self, row: ContextRow) -> bool:
        """Whether a message goes along."""
        return not row.is_left_out and (row.pair is None or row.pair <= self.sent_pairs)

    def why_not(self, row: ContextRow) -> str:
        """Why a message does not go along; "" where it does."""
        if self.is_sent(row):
            return ""
        if row.is_left_out or row.pair is None:
            return UNANSWERED
        return OUTSIDE if self.window and row.pair > self.window else NO_ROOM

    def cumulated(self) -> list[int]:
        """After each message, the tokens of all that goes along up to it."""
        tokens = (row.tokens if self.is_sent(row) else 0.0 for row in self.rows)
        return [round(total) for total in accumulate(tokens)]

    @property
    def total(self) -> int:
        """The tokens of all that goes along."""
        return round(sum(row.tokens for row in self.rows if self.is_sent(row)))

    @property
    def words(self) -> str:
        """`≈ 12.3k of 32k tokens (38 %) · 5 of 40 pairs`."""
        size = self.size if self.limit is None else min(self.limit, self.size or self.limit)
        of = f" of {shown_short_count(size)}" if size else f" of {UNKNOWN}"
        share = f" ({self.total / size:.0%})".replace("%", " %") if size else ""
        pairs = f"{shown_count(self.sent_pairs)} of {shown_number(self.pairs, 'pair')}"
        return f"≈ {shown_short_count(self.total)}{of} tokens{share} · {pairs}"

    @property
    def window_words(self) -> str:
        """How much is to go along, in a sentence."""
        if self.limit is not None:
            return f"This session sends at most {shown_count(self.limit)} tokens."
        if not self.window:
            return "No window is set: all earlier pairs go along."
        return f"The window is the last {shown_number(self.window, 'pair')}."


def shown_role(row: ContextRow) -> str:
    """Who says it, and in which turn."""
    who = {"user": "you", "assistant": "answer", "system": "system", "prompt": "typed now"}
    name = who.get(row.role, clean_line(row.role))
    return f"{row.number:,} {name}" if row.number is not None else name


def shown_tokens(row: ContextRow) -> str:
    """`1.2k` where a server counted it, `≈ 1.2k` where it is estimated."""
    return f"{'' if row.is_counted else '≈ '}{shown_short_count(round(row.tokens))}"

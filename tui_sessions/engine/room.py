"""Whether a conversation fits into its model's context, and what of it goes along where it does not.

The file never changes: only what is sent. A session's own limit in tokens (`params.context_tokens`) holds always;
the model's own is asked about, or trimmed to, as `chat.when_full` says. Nothing is loaded here: a size that is not
at hand is not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.engine.context import NO_PAIRS, answered, before_prompt, within
from tui_sessions.engine.estimate import of_planned, weight
from tui_sessions.engine.limits import Planned
from tui_sessions.errors import ContextError
from tui_sessions.model.context_limit import context_limit
from tui_sessions.model.display import shown_count, shown_number, shown_short_count
from tui_sessions.model.session import Params
from tui_sessions.model.text import clean_line
from tui_sessions.model.turn import Turn

if TYPE_CHECKING:
    from tui_sessions.providers.prices import Prices

ASK, TRIM, SEND = "ask", "trim", "send"


class Context:
    """The limit that a model's context is."""

    name = "context"

    def __init__(self, prices: Callable[[], Prices], when_full: Callable[[], str]) -> None:
        self._prices = prices
        self._when_full = when_full

    def size(self, model: str, params: Params) -> int | None:
        """How many tokens a model takes at most, as far as that is at hand."""
        own = params.extra.get("num_ctx") if model.startswith("ollama/") else None
        if isinstance(own, int) and not isinstance(own, bool) and own > 0:
            return own
        return self._prices().context_at_hand(model)

    def fitted(self, plan: Planned, *, is_trimmed: bool = False) -> Planned:
        """`plan` with as many of the earlier pairs as are to be sent: within the session's own limit, and
        within the model's where that is the policy or is asked for this once."""
        limits = [context_limit(plan.session.params)]
        if is_trimmed or self._when_full() == TRIM:
            limits.append(self.size(plan.model, plan.session.params))
        known = [limit for limit in limits if limit is not None]
        if not known:
            return plan
        fitted = _with_pairs(plan, pairs_within(plan, min(known)))
        while fitted is not plan and of_planned(fitted).total > min(known):
            fewer = len(sent_pairs(fitted)) * 9 // 10  # The shares are only nearly right.
            if fewer == len(sent_pairs(fitted)):
                break
            fitted = _with_pairs(plan, fewer)
        return fitted

    def check(self, planned: Sequence[Planned]) -> None:
        """Raises `ContextError` where one of the answers would not fit any more."""
        if self._when_full() == SEND:
            return
        full: list[tuple[int, ContextError]] = []
        for plan in planned:
            size = self.size(plan.model, plan.session.params)
            needed = 0 if size is None else of_planned(plan).total
            if size is not None and needed > size:
                pairs = pairs_within(plan, size)
                reason, there = _sentence(plan, needed, size), len(sent_pairs(plan))
                full.append((pairs, ContextError(reason, pairs=pairs, there=there)))
        if full:
            raise min(full, key=lambda one: one[0])[1]


def pairs_within(plan: Planned, tokens: int) -> int:
    """How many of the earlier pairs fit into so many tokens with the prompt and an answer, the latest first."""
    pairs = sent_pairs(plan)
    whole = of_planned(plan)
    if whole.total <= tokens or not pairs:
        return len(pairs)
    # The whole is calibrated by what servers counted; each pair has its share of that.
    weights = [weight(pair) for pair in pairs]
    alone = of_planned(_with_pairs(plan, 0)).total
    a_piece = (whole.total - alone) / (sum(weights) or 1)
    room = tokens - alone
    fitting = (total * a_piece <= room for total in accumulate(reversed(weights)))
    return next((n for n, fits in enumerate(fitting) if not fits), len(pairs))


def sent_pairs(plan: Planned) -> list[Turn]:
    """The earlier turns that go along as the plan stands."""
    before = answered(before_prompt(plan.session, plan.turn))
    return within(before, plan.session.params.context_window)


def _with_pairs(plan: Planned, pairs: int) -> Planned:
    if pairs >= len(sent_pairs(plan)):
        return plan
    params = msgspec.structs.replace(plan.session.params, context_window=pairs or NO_PAIRS)
    session = msgspec.structs.replace(plan.session, params=params)
    return msgspec.structs.replace(plan, session=session)


def _sentence(plan: Planned, needed: int, size: int) -> str:
    model = clean_line(plan.model)
    there = len(sent_pairs(plan))
    if not there:
        return (
            f"The prompt alone needs about {shown_short_count(needed)} tokens with its answer, and {model} "
            f"takes {shown_count(size)}."
        )
    return (
        f"With {shown_number(there, 'earlier pair')} this needs about {shown_short_count(needed)} tokens, and "
        f"{model} takes {shown_count(size)}."
    )

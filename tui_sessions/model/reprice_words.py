"""A repricing in words: the same on the screen and on the command line."""

from __future__ import annotations

from tui_sessions.model.display import shown_number, shown_priced, shown_sessions
from tui_sessions.model.reprice import Reckoning

MOST_REASONS = 8
NOTHING = "None of these can be priced now. Prices of your own go into prices.toml."
KNOWN, SAME = "Every answer has a known cost.", "Every cost is what it would be."
"""What is said where there is nothing to show; the second where all were to be reckoned anew."""


def left_words(found: Reckoning) -> list[str]:
    """Why some stay unknown, a line each."""
    lines = [f"{count:,} unknown: {why}" for why, count in found.left[:MOST_REASONS]]
    rest = found.left[MOST_REASONS:]
    if rest:
        lines.append(f"{sum(count for _, count in rest):,} unknown for other reasons")
    return lines


def sum_words(found: Reckoning) -> str:
    """`12 answers in 3 sessions: 12 unpriced → $1.23`."""
    if not found.session_ids:
        return NOTHING
    what = f"{shown_number(found.priced, 'answer')} in {shown_sessions(len(found.session_ids))}"
    return f"{what}: {shown_priced(found.before)} → {shown_priced(found.after)}"

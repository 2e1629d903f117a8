"""Where the prices of a session came from, in words: the same on the screen, in `show` and in exports."""

from __future__ import annotations

from tui_sessions.model.charges import counted
from tui_sessions.model.display import UNKNOWN
from tui_sessions.model.money import Price
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line

MOST_SOURCES = 3


def shown_source(price: Price | None) -> str:
    """`genai-prices 0.2.3 of 2026-11-10`, `openrouter of 2026-11-20`, `demo (free)`; `?` where nobody knows."""
    if price is None or not price.source:
        return UNKNOWN
    day = f" of {clean_line(price.date)}" if price.date else ""
    return f"{clean_line(price.source)}{day}"


def shown_sources(session: Session) -> str:
    """The sources of a session's own prices, the latest first; "" where it has none."""
    found: dict[str, None] = {}
    for turn in reversed(session.turns):
        for one in reversed(counted(turn)):
            price = one.figures.price if one.figures is not None else None
            if price is not None and price.source:
                found.setdefault(shown_source(price))
        if len(found) > MOST_SOURCES:
            break
    shown = list(found)
    more = ["others"] if len(shown) > MOST_SOURCES else []
    return ", ".join((*shown[:MOST_SOURCES], *more))

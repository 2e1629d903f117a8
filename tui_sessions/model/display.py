"""Numbers and times as people read them: the same words on the screen and on the command line."""

from __future__ import annotations

import math
from datetime import datetime

from tui_sessions.model.money import NANO, Cost

UNKNOWN = "?"
SMALLEST_SHOWN = NANO // 10_000


def shown_amount(nanousd: int) -> str:
    """Dollars, with four digits below a dime: `$0`, `$0.0034`, `$1.20`."""
    if nanousd == 0:
        return "$0"
    value = nanousd / NANO
    if abs(nanousd) < SMALLEST_SHOWN:
        return "<$0.0001"
    return f"${value:.4f}" if abs(value) < 0.1 else f"${value:,.2f}"


def shown_cost(cost: Cost | int | None) -> str:
    """A cost; `?` where none of it is known, `≥` before one that is known in part."""
    if cost is None:
        return UNKNOWN
    if isinstance(cost, int):
        return shown_amount(cost)
    if cost.unknown and not cost.known:
        return UNKNOWN
    if not cost.unknown:
        return shown_amount(cost.nanousd)
    return "≥" + shown_amount(cost.nanousd if cost.nanousd >= SMALLEST_SHOWN else 0)


def shown_priced(cost: Cost) -> str:
    """A sum with what it does not hold: `$1.23`, `$1.23 + 3 unpriced`, `3 unpriced`; never $0 for what is
    unknown. Where there is no room for that, `shown_cost` is shorter."""
    if not cost.unknown:
        return shown_amount(cost.nanousd)
    unpriced = f"{cost.unknown:,} unpriced"
    return unpriced if not cost.known else f"{shown_amount(cost.nanousd)} + {unpriced}"


def shown_count(number: int | None) -> str:
    """A count with separators, `?` where unknown."""
    return UNKNOWN if number is None else f"{number:,}"


def shown_number(number: int, noun: str) -> str:
    """A count with what is counted: `1 turn`, `2 turns`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def shown_share(share: float) -> str:
    """A share in percent, as many as are worth telling: `62 %`, `<1 %`, `over 999 %`."""
    if 0 < share < 0.01:
        return "<1 %"
    return f"{share * 100:.0f} %" if share < 10 else "over 999 %"


def shown_short_count(number: int | None) -> str:
    """A count in at most five characters: `950`, `1.2k`, `3.4M`."""
    if number is None:
        return UNKNOWN
    for limit, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if number >= limit:
            value = number / limit
            return f"{value:.1f}{unit}" if value < 100 else f"{value:.0f}{unit}"
    return str(number)


def shown_duration(milliseconds: float | None) -> str:
    """`310 ms`, `1.4 s`, `2 min 5 s`, `3 h 10 min`."""
    if milliseconds is None or math.isinf(milliseconds):  # of absurd times
        return UNKNOWN
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def shown_wait(reason: str, wait_s: float, *, is_short: bool = False) -> str:
    """Why nothing comes yet, and when a server is asked again; `is_short`: the seconds first."""
    seconds = math.ceil(wait_s)
    shown = f"{seconds} s" if seconds < 60 else shown_duration(seconds * 1000)
    again = f"Again in {shown}." if seconds > 0 else "Asking again …"
    return f"{again} {reason}" if is_short else f"{reason} {again}"


def shown_time(moment: datetime | None) -> str:
    """Local date and time to the minute."""
    return UNKNOWN if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M")


def shown_age(moment: datetime | None, now: datetime) -> str:
    """At most six characters: `now`, `5m`, `3h`, `2d`, `14 Mar`, `2024`."""
    if moment is None:
        return UNKNOWN
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{seconds // 60:.0f}m"
    if seconds < 86400:
        return f"{seconds // 3600:.0f}h"
    if seconds < 7 * 86400:
        return f"{seconds // 86400:.0f}d"
    local = moment.astimezone()
    if local.year == now.astimezone().year:
        return f"{local.day} {local:%b}"
    return f"{local:%Y}"


def shown_size(size: int) -> str:
    """Bytes as people read them: `950 B`, `1.2 MB`."""
    if size < 1000:
        return f"{size} B"
    value = float(size)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.95:
            return f"{value:.1f} {unit}"
    return f"{value / 1000:,.1f} TB"


def shown_sessions(count: int) -> str:
    """`1 session`, `2,000 sessions`."""
    return f"{shown_count(count)} session{'s' * (count != 1)}"

"""How often something is done, as people write it."""

from __future__ import annotations

import re
from datetime import timedelta

_EVERY = re.compile(r"(?P<number>\d{1,4})\s*(?P<unit>min|h|d|w)")
_UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def every(text: str) -> timedelta | None:
    """How often backups are to be made: `12h`, `1d`, `2w`; None for nothing or `never`. ValueError."""
    wanted = text.strip().lower()
    if wanted in ("", "0", "off", "never"):
        return None
    found = _EVERY.fullmatch(wanted)
    if found is None or not int(found["number"]):
        raise ValueError(text)
    return int(found["number"]) * _UNITS[found["unit"]]

"""JSON that a person writes on the command line: only what every other program reads as well."""

from __future__ import annotations

import json
import math
from typing import Any


def json_value(text: str) -> Any:
    """The value that `text` is as JSON. Raises `ValueError`, also for NaN and numbers without end,
    which JSON does not have and other readers of the file would stumble over."""
    try:
        return json.loads(text, parse_constant=_refused, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _refused(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refused(text)

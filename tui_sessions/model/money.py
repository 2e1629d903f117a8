"""Money: integers of nano-dollars in the program, dollars in files, rounded only for the eye."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

NANO = 1_000_000_000
MILLION = 1_000_000
"""Tokens that prices are told for."""
_EXACT_BELOW = 1_000_000
"""Dollars up to which a float is precise to less than half a nano-dollar, product included."""


def nanousd(dollars: float | Decimal | str) -> int:
    """Dollars as integer nano-dollars, to the last one."""
    if isinstance(dollars, float) and abs(dollars) < _EXACT_BELOW:
        return round(dollars * NANO)
    return int((Decimal(str(dollars)) * NANO).to_integral_value())


def dollars(nano: int) -> float:
    """Nano-dollars as the dollars of a file, with as many digits as needed."""
    return float(Decimal(nano) / NANO)


class Cost(msgspec.Struct, frozen=True):
    """A sum of costs of which some may be unknown; unknown is never counted as zero."""

    nanousd: int = 0
    known: int = 0
    """How many of the summed costs were known."""
    unknown: int = 0

    def plus(self, other: Cost) -> Cost:
        """Both sums together."""
        return Cost(
            self.nanousd + other.nanousd, self.known + other.known, self.unknown + other.unknown
        )

    @staticmethod
    def total(costs: Iterable[int | None]) -> Cost:
        """The sum of `costs` (nano-dollars)."""
        amount = known = unknown = 0
        for cost in costs:
            if cost is None:
                unknown += 1
            else:
                amount += cost
                known += 1
        return Cost(amount, known, unknown)


def known_dollars(cost: Cost) -> float | None:
    """Dollars for programs; None where none of it is known."""
    return None if cost.unknown and not cost.known else dollars(cost.nanousd)


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """Where a cost came from: nano-dollars per million tokens, source and day."""

    source: str | None = None
    date: str | None = None
    input_per_mtok: int | None = None
    output_per_mtok: int | None = None
    extra: dict[str, object] = {}

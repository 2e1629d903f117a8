"""The user's own prices: `prices.toml`, a table for each model, or several with the days since when they hold.

["openai/my-model"]              # or ["work/*"]: every model of a server
input_per_mtok = 0.15            # dollars for a million tokens
output_per_mtok = 0.60

[["openai/other-model"]]         # a price that changed
input_per_mtok = 2
output_per_mtok = 8
[["openai/other-model"]]
since = 2026-09-01
input_per_mtok = 1
output_per_mtok = 4
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from tui_sessions.errors import ConfigError
from tui_sessions.model.money import MILLION, Price, nanousd
from tui_sessions.model.usage import Usage

OWN_SOURCE = "prices.toml"
EVERY = "*"
"""Stands for every model of a provider."""


class OwnPrice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of `prices.toml`: dollars for a million tokens."""

    input_per_mtok: float
    output_per_mtok: float
    cached_per_mtok: float | None = None
    """Tokens read from the cache; absent: as input."""
    cache_write_per_mtok: float | None = None
    """Tokens written to the cache; absent: as input."""
    since: date | None = None
    """The first day on which it holds; absent: always."""
    date: str | None = None
    """Of which day it is, to be shown; absent: `since`."""
    context_tokens: int | None = None

    def cost(self, usage: Usage | None) -> tuple[int | None, Price | None]:
        """Nano-dollars and the price; both None where the counts are unknown."""
        if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
            return None, None
        cached = min(usage.cached_tokens or 0, usage.prompt_tokens)
        written = min(usage.cache_write_tokens or 0, usage.prompt_tokens - cached)
        parts = (
            (usage.prompt_tokens - cached - written, self.input_per_mtok),
            (cached, _else(self.cached_per_mtok, self.input_per_mtok)),
            (written, _else(self.cache_write_per_mtok, self.input_per_mtok)),
            (usage.completion_tokens, self.output_per_mtok),
        )
        total = sum((Decimal(tokens) * Decimal(str(price)) for tokens, price in parts), Decimal(0))
        price = Price(
            source=OWN_SOURCE,
            date=self.date or (self.since.isoformat() if self.since else None),
            input_per_mtok=nanousd(self.input_per_mtok),
            output_per_mtok=nanousd(self.output_per_mtok),
        )
        return nanousd(total / MILLION), price


class OwnPrices:
    """What a `prices.toml` says. Read once."""

    def __init__(self, by_model: Mapping[str, tuple[OwnPrice, ...]]) -> None:
        self._by_model = by_model
        """Of each model the oldest first."""

    def price(self, model: str, at: date) -> OwnPrice | None:
        """What holds for a model (`provider/name`) on a day; one for all its provider's models comes after
        one for itself."""
        for name in (model, f"{model.partition('/')[0]}/{EVERY}"):
            past = [p for p in self._by_model.get(name, ()) if p.since is None or p.since <= at]
            if past:
                return past[-1]
        return None


def read_own_prices(path: Path | None) -> OwnPrices:
    """The prices of a file; none where it is not there. Raises `ConfigError`."""
    if path is None:
        return OwnPrices({})
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return OwnPrices({})
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path} cannot be read: {error}. Correct it or move it away.") from error
    found = {}
    for model, tables in document.items():
        every = tables if isinstance(tables, list) else [tables]
        prices = [_read(path, model, table) for table in every]
        found[model] = tuple(sorted(prices, key=lambda price: price.since or date.min))
    return OwnPrices(found)


def _read(path: Path, model: str, table: Any) -> OwnPrice:
    if isinstance(table, dict) and isinstance(table.get("date"), date):
        table = {**table, "date": table["date"].isoformat()}  # written without quotes
    try:
        price = msgspec.convert(table, OwnPrice)
        _check(price)
    except (msgspec.ValidationError, ValueError) as error:
        raise ConfigError(
            f'{path}: ["{model}"] is wrong: {error}. It needs input_per_mtok and output_per_mtok in dollars.'
        ) from error
    return price


def _check(price: OwnPrice) -> None:
    for name, value in msgspec.structs.asdict(price).items():
        if isinstance(value, int | float) and not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} is {value}, which is no price")


def _else(price: float | None, other: float) -> float:
    return other if price is None else price

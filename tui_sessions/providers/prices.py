"""What an answer costs: the user's own `prices.toml` first, then the table of genai-prices, else
unknown.

Blocking, and the first call loads a large table: call it in a thread. It never goes to the network:
the table that is installed counts, and nothing here starts its updater.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from tui_sessions.config.schema import Config
from tui_sessions.errors import ConfigError, ProviderError
from tui_sessions.model.money import NANO, Price, nanousd
from tui_sessions.model.usage import Usage
from tui_sessions.providers.context_sizes import ContextSizes

MILLION = 1_000_000
DEMO_SOURCE = "demo (free)"
LOCAL_SOURCE = "local"

_CLOUD_MODEL = ("-cloud", ":cloud")
"""How Ollama marks models that it passes on to its cloud."""


class OwnPrice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of `prices.toml`: `["openai/my-model"]`, dollars for a million tokens."""

    input_per_mtok: float
    output_per_mtok: float
    cached_per_mtok: float | None = None
    """Tokens read from the cache; absent: as input."""
    cache_write_per_mtok: float | None = None
    date: str | None = None
    context_tokens: int | None = None


class Prices:
    """Costs and context sizes by model (`provider/name`)."""

    def __init__(
        self,
        own: Path | None,
        *,
        elsewhere: Mapping[str, str] | None = None,
        sizes: Path | None = None,
    ) -> None:
        """`elsewhere`: base URLs by provider that are not the vendor's own, whose prices are not
        the vendor's either. `sizes`: the file that keeps context sizes."""
        self._sizes = ContextSizes(sizes)
        self._path = own
        self._elsewhere = dict(elsewhere or {})
        self._own: dict[str, OwnPrice] | None = None

    def cost(
        self, model: str, usage: Usage | None, at: datetime
    ) -> tuple[int | None, Price | None]:
        """Nano-dollars and the price they came from; both None where unknown. Raises `ConfigError`
        for a
        `prices.toml` that cannot be read."""
        own = self._own_prices().get(model)
        if own is not None:
            return _own_cost(own, usage)
        provider, _, name = model.partition("/")
        if provider == "demo":
            return 0, Price(source=DEMO_SOURCE, input_per_mtok=0, output_per_mtok=0)
        if provider == "ollama":
            if self._is_remote(name):
                return None, None
            return 0, Price(source=LOCAL_SOURCE, input_per_mtok=0, output_per_mtok=0)
        return self._table_cost(provider, name, usage, at)

    def is_ready(self, model: str) -> bool:
        """Whether `cost` answers without loading the table."""
        provider = model.partition("/")[0]
        return provider in ("demo", "ollama") or "genai_prices.data_snapshot" in sys.modules

    def context_tokens(self, model: str) -> int | None:
        """How many tokens the model takes at most, as far as a table knows."""
        own = self._own_prices().get(model)
        if own is not None and own.context_tokens is not None:
            return own.context_tokens
        provider, _, name = model.partition("/")
        where = self._elsewhere.get(provider, "")
        return self._sizes.size(f"{model} {where}".rstrip(), lambda: self._size(provider, name))

    def _size(self, provider: str, name: str) -> int | None:
        entry = self._entry(provider, name)
        size = None if entry is None else entry[1].context_window
        return size if isinstance(size, int) else None

    def _is_remote(self, name: str) -> bool:
        return name.endswith(_CLOUD_MODEL) or "ollama" in self._elsewhere

    def _own_prices(self) -> dict[str, OwnPrice]:
        if self._own is None:
            self._own = _read_own(self._path)
        return self._own

    def _entry(self, provider: str, name: str) -> tuple[Any, Any] | None:
        """genai-prices' provider and model."""
        if provider in ("demo", "ollama", "") or not name:
            return None
        from genai_prices.data_snapshot import (
            get_snapshot,
        )  # 300 ms; not for who only asks the demo

        url = self._elsewhere.get(provider)
        try:
            if url is not None:
                return get_snapshot().find_provider_model(name, None, None, url)
            return get_snapshot().find_provider_model(name, None, provider, None)
        except LookupError:
            return None

    def _table_cost(
        self, provider: str, name: str, usage: Usage | None, at: datetime
    ) -> tuple[int | None, Price | None]:
        entry = self._entry(provider, name)
        if entry is None or usage is None:
            return None, None
        if usage.prompt_tokens is None or usage.completion_tokens is None:
            return None, None
        import genai_prices

        counted = genai_prices.Usage(
            input_tokens=usage.prompt_tokens,
            output_tokens=usage.completion_tokens,
            cache_read_tokens=usage.cached_tokens or None,
            cache_write_tokens=usage.cache_write_tokens or None,
        )
        vendor, found = entry
        try:
            priced = found.calc_price(counted, vendor, genai_request_timestamp=at)
        except ValueError:  # counts that contradict each other, such as more cached than sent
            return None, None
        price = Price(
            source=f"genai-prices {genai_prices.__version__}",
            date=_price_date(found, at),
            input_per_mtok=_per_mtok(priced.model_price.input_mtok, usage.prompt_tokens),
            output_per_mtok=_per_mtok(priced.model_price.output_mtok, usage.prompt_tokens),
        )
        return nanousd(priced.total_price), price


def elsewhere(
    config: Config, environ: Mapping[str, str], base_url: str | None = None
) -> dict[str, str]:
    """The base URLs that are not the vendors' own, for `Prices`."""
    from tui_sessions.providers.endpoint import endpoint, ollama_base

    asked = {
        "openai": (config.providers.openai.base_url, "OPENAI_BASE_URL", "api.openai.com"),
        "anthropic": (
            config.providers.anthropic.base_url,
            "ANTHROPIC_BASE_URL",
            "api.anthropic.com",
        ),
    }
    found = {}
    for name, (configured, variable, vendor) in asked.items():
        url = base_url or environ.get(variable, "").strip() or configured
        if url and _hostname(url) != vendor:
            found[name] = url
    ollama = base_url or environ.get("OLLAMA_HOST", "").strip() or config.providers.ollama.base_url
    try:
        if not endpoint(ollama_base(ollama)).is_private:
            found["ollama"] = ollama
    except ProviderError:
        found["ollama"] = ollama
    return found


def _hostname(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""


def _own_cost(own: OwnPrice, usage: Usage | None) -> tuple[int | None, Price | None]:
    if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None, None
    cached = min(usage.cached_tokens or 0, usage.prompt_tokens)
    written = min(usage.cache_write_tokens or 0, usage.prompt_tokens - cached)
    parts = (
        (usage.prompt_tokens - cached - written, own.input_per_mtok),
        (cached, own.input_per_mtok if own.cached_per_mtok is None else own.cached_per_mtok),
        (written, own.cache_write_per_mtok or own.input_per_mtok),
        (usage.completion_tokens, own.output_per_mtok),
    )
    total = sum((Decimal(tokens) * Decimal(str(price)) for tokens, price in parts), Decimal(0))
    price = Price(
        source="prices.toml",
        date=own.date,
        input_per_mtok=nanousd(own.input_per_mtok),
        output_per_mtok=nanousd(own.output_per_mtok),
    )
    return nanousd(total / MILLION), price


def _read_own(path: Path | None) -> dict[str, OwnPrice]:
    if path is None:
        return {}
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}. Correct it or move it away.") from error
    prices = {}
    for model, table in document.items():
        try:
            prices[model] = msgspec.convert(table, OwnPrice)
        except msgspec.ValidationError as error:
            raise ConfigError(
                f'{path}: ["{model}"] is wrong: {error}. It needs input_per_mtok and output_per_mtok in dollars.'
            ) from error
    return prices


def _per_mtok(price: Any, prompt_tokens: int) -> int | None:
    """A price of the table in nano-dollars; where it rises with the prompt's length, the step that
    counted."""
    if price is None:
        return None
    steps = getattr(price, "tiers", None)
    if steps is None:
        return int(Decimal(str(price)) * NANO)
    reached = [step.price for step in steps if prompt_tokens > step.start]
    return int((reached[-1] if reached else price.base) * NANO)


def _price_date(model: Any, at: datetime) -> str | None:
    """Since when the price stands, where the table tells: it has no date of its own."""
    if not isinstance(model.prices, list):
        return None
    starts = [getattr(entry.constraint, "start_date", None) for entry in model.prices]
    past = [start for start in starts if start is not None and start <= at.date()]
    return max(past).isoformat() if past else None

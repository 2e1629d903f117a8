"""What an answer costs: the user's own `prices.toml` first, then the table of genai-prices, else
unknown.

Blocking, and the first call loads a large table: call it in a thread. It never goes to the network:
the table that is installed counts, and nothing here starts its updater.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from tui_sessions.config.schema import Config
from tui_sessions.errors import ConfigError, ProviderError
from tui_sessions.model.money import MILLION, NANO, Price, nanousd
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import ModelInfo
from tui_sessions.providers.context_sizes import ContextSizes, table_stamp
from tui_sessions.providers.own_prices import OwnPrice, OwnPrices, read_own_prices
from tui_sessions.providers.price_table import entry, source, table_day

DEMO_SOURCE = "demo (free)"
LOCAL_SOURCE = "local"
DEMO_CONTEXT = 32_000
"""What the demonstration takes, so that its end can be seen."""
LOCAL = ("ollama", "lmstudio", "llamacpp", "vllm")
"""Programs that answer on the user's own machine, where that is where they are."""

CLOUD_MODEL = ("-cloud", ":cloud")
"""How Ollama marks models that it passes on to its cloud."""


class Listed(msgspec.Struct, frozen=True):
    """A model as its server's own list told it, and the day of that."""

    model: ModelInfo
    day: str


class Prices:
    """Costs and context sizes by model (`provider/name`)."""

    def __init__(
        self,
        own: Path | None,
        *,
        elsewhere: Mapping[str, str] | None = None,
        sizes: Path | None = None,
        listed: Callable[[str], Listed | None] = lambda model: None,
    ) -> None:
        """`elsewhere`: base URLs by provider that are not the vendor's own, whose prices are not
        the vendor's either. `sizes`: the file that keeps context sizes. `listed` gives what a server's
        own list tells, for a model that no table knows."""
        self._listed = listed
        self._sizes = ContextSizes(sizes)
        self._path = own
        self._elsewhere = dict(elsewhere or {})
        self._own: OwnPrices | None = None
        self._own_stamp = ""

    def cost(
        self, model: str, usage: Usage | None, at: datetime
    ) -> tuple[int | None, Price | None]:
        """Nano-dollars and the price they came from, as it was at the time `at`; both None where unknown.
        Raises `ConfigError` for a `prices.toml` that cannot be read."""
        own = self._own_price(model, at)
        if own is not None:
            return own.cost(usage)
        provider, _, name = model.partition("/")
        if provider == "demo":
            return 0, Price(source=DEMO_SOURCE, input_per_mtok=0, output_per_mtok=0)
        if provider in LOCAL:
            if self._is_remote(provider, name):
                return None, None
            return 0, Price(source=LOCAL_SOURCE, input_per_mtok=0, output_per_mtok=0)
        found = self._table_cost(provider, name, usage, at)
        return found if found[0] is not None else self._listed_cost(model, usage)

    def _listed_cost(self, model: str, usage: Usage | None) -> tuple[int | None, Price | None]:
        """By the prices of the server's own list, which tells none for what comes from a cache."""
        listed = self._listed(model)
        if listed is None or usage is None or usage.cached_tokens or usage.cache_write_tokens:
            return None, None
        sent, said = usage.prompt_tokens, usage.completion_tokens
        each, every = listed.model.input_per_mtok, listed.model.output_per_mtok
        if sent is None or said is None or each is None or every is None:
            return None, None
        price = Price(
            source=f"{model.partition('/')[0]}'s list",
            date=listed.day,
            input_per_mtok=each,
            output_per_mtok=every,
        )
        return round(Decimal(sent * each + said * every) / MILLION), price

    def is_ready(self, model: str) -> bool:
        """Whether `cost` answers without loading the table."""
        provider = model.partition("/")[0]
        return provider in ("demo", *LOCAL) or "genai_prices.data_snapshot" in sys.modules

    def context_tokens(self, model: str) -> int | None:
        """How many tokens the model takes at most, as far as a table or the model's server tells."""
        own = self._own_price(model, datetime.now(UTC))
        if own is not None and own.context_tokens is not None:
            return own.context_tokens
        provider, _, name = model.partition("/")
        if provider == "demo":
            return DEMO_CONTEXT
        where = self._elsewhere.get(provider, "")
        size = self._sizes.size(f"{model} {where}".rstrip(), lambda: self._size(provider, name))
        if size is not None:
            return size
        listed = self._listed(model)
        return None if listed is None else listed.model.context_tokens

    def context_at_hand(self, model: str) -> int | None:
        """The same, None also where the large table would have to be loaded for it; unknown where the user's own
        file cannot be read."""
        where = self._elsewhere.get(model.partition("/")[0], "")
        try:
            own = self._own_price(model, datetime.now(UTC))
            is_own = own is not None and own.context_tokens is not None
            if is_own or self.is_ready(model) or self._sizes.has(f"{model} {where}".rstrip()):
                return self.context_tokens(model)
        except ConfigError:
            pass
        return None

    def known(self, model: str, at: datetime) -> tuple[int | None, Price | None]:
        """Context size and price of a model as far as a table has them: for lists, so nothing is kept. Raises
        `ConfigError`."""
        price = self.cost(model, Usage(prompt_tokens=1, completion_tokens=1), at)[1]
        own = self._own_price(model, at)
        if own is not None and own.context_tokens is not None:
            return own.context_tokens, price
        provider, _, name = model.partition("/")
        if provider == "demo":
            return DEMO_CONTEXT, price
        return self._size(provider, name), price

    @property
    def stamp(self) -> str:
        """Tells the tables that answer here from others, without loading the large one: what was looked up
        holds as long as this does. Raises `ConfigError`."""
        self._read_own()
        return f"{table_stamp()} {self._own_stamp} {sorted(self._elsewhere.items())}"

    def _size(self, provider: str, name: str) -> int | None:
        entry = self._entry(provider, name)
        size = None if entry is None else entry[1].context_window
        return size if isinstance(size, int) else None

    def _is_remote(self, provider: str, name: str) -> bool:
        is_of_cloud = provider == "ollama" and name.endswith(CLOUD_MODEL)
        return is_of_cloud or provider in self._elsewhere

    def _own_price(self, model: str, at: datetime) -> OwnPrice | None:
        return self._read_own().price(model, at.date())

    def _read_own(self) -> OwnPrices:
        """Again where the file was changed: prices are added when they are missed."""
        stamp = _file_stamp(self._path)
        if self._own is None or stamp != self._own_stamp:
            self._own = read_own_prices(self._path)
            self._own_stamp = stamp
        return self._own

    def _entry(self, provider: str, name: str) -> tuple[Any, Any] | None:
        """genai-prices' provider and model."""
        if provider == "demo" or provider in LOCAL:
            return None
        return entry(provider, name, self._elsewhere.get(provider))

    def _table_cost(
        self, provider: str, name: str, usage: Usage | None, at: datetime
    ) -> tuple[int | None, Price | None]:
        entry = self._entry(provider, name)
        if entry is None or usage is None:
            return None, None
        if usage.prompt_tokens is None or usage.completion_tokens is None:
            return None, None
        import genai_prices

        vendor, found = entry
        try:
            counted = genai_prices.Usage(
                input_tokens=usage.prompt_tokens,
                output_tokens=usage.completion_tokens,
                cache_read_tokens=usage.cached_tokens or None,
                cache_write_tokens=usage.cache_write_tokens or None,
                output_reasoning_tokens=usage.reasoning_tokens or None,
            )
            priced = found.calc_price(counted, vendor, genai_request_timestamp=at)
        except (ValueError, ArithmeticError):  # counts below zero, or more cached than sent
            return None, None
        price = Price(
            source=source(),
            date=table_day(datetime.now(UTC).date()),
            input_per_mtok=_per_mtok(priced.model_price.input_mtok, usage.prompt_tokens),
            output_per_mtok=_per_mtok(priced.model_price.output_mtok, usage.prompt_tokens),
        )
        return nanousd(priced.total_price), price


def elsewhere(
    config: Config, environ: Mapping[str, str], base_url: str | None = None
) -> dict[str, str]:
    """The base URLs that are not the vendors' own, for `Prices`."""
    from tui_sessions.providers.discovery import key_state
    from tui_sessions.providers.presets import KNOWN
    from tui_sessions.providers.setup import Setup

    found = {}
    for name in dict.fromkeys((*KNOWN, *config.endpoints)):
        asked = Setup(name=name, config=config, environ=environ, base_url=base_url or "")
        state = key_state(asked)
        if name in LOCAL:
            is_elsewhere = not _is_private(state.base_url)
        else:
            is_elsewhere = bool(state.base_url) and (state.is_elsewhere or name not in KNOWN)
        if is_elsewhere:
            found[name] = state.base_url
    return found


def _is_private(url: str) -> bool:
    from tui_sessions.providers.endpoint import endpoint

    try:
        return endpoint(url).is_private
    except ProviderError:
        return False


def _file_stamp(path: Path | None) -> str:
    try:
        status = path.stat() if path is not None else None
    except OSError:
        return ""
    return "" if status is None else f"{status.st_mtime_ns} {status.st_size}"


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

"""The models of every provider, kept in the cache directory so that a list is there at once.

The servers are asked again when a list is older than a day, or when somebody wants it. What they do not tell
(prices, context sizes) comes from the tables beside; that is kept as well, because the table of prices takes
300 ms to load.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from tui_sessions.config.private import alone, read_private, write_private
from tui_sessions.config.schema import Config
from tui_sessions.errors import ProviderError, TuiSessionsError
from tui_sessions.model.known_model import KnownModel
from tui_sessions.providers.base import Checks, ModelInfo
from tui_sessions.providers.endpoint import endpoint, ollama_base
from tui_sessions.providers.local_servers import PASSED_ON
from tui_sessions.providers.own_prices import OWN_SOURCE
from tui_sessions.providers.prices import CLOUD_MODEL, Listed, Prices
from tui_sessions.providers.registry import Providers
from tui_sessions.providers.setup import Setup

KEPT_FOR = timedelta(days=1)
KEPT_FOR_LOCAL = timedelta(minutes=1)
"""A server at home is asked cheaply, and its models come and go with one command."""
MOST_MODELS = 20_000
"""Of one list; what a server sends is not trusted to be reasonable."""


class _List(msgspec.Struct, frozen=True, kw_only=True):
    asked_at: datetime
    base_url: str = ""
    models: tuple[ModelInfo, ...] = ()


class _Beside(msgspec.Struct, frozen=True, array_like=True):
    """What the tables say of a model."""

    context_tokens: int | None = None
    input_per_mtok: int | None = None
    output_per_mtok: int | None = None
    source: str = ""


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    lists: dict[str, _List] = {}
    stamp: str = ""
    """Which tables `beside` was read from."""
    beside: dict[str, _Beside] = {}


class ModelLists:
    """What is known of the providers' models. `known` may be asked in any thread."""

    def __init__(
        self,
        providers: Providers,
        prices: Prices,
        config: Callable[[], Config],
        *,
        file: Path | None,
        now: Callable[[], datetime],
    ) -> None:
        """`file` keeps the lists."""
        self._providers = providers
        self._prices = prices
        self._config = config
        self._file = file
        self._now = now
        self._lock = threading.Lock()
        self._saving = threading.Lock()
        self._is_read = False
        self._kept = _Kept()
        self._problems: dict[str, str] = {}

    def known(self, names: Iterable[str] | None = None) -> tuple[KnownModel, ...]:
        """The models of these providers, else of all that are set up, as they are kept: at once, without a
        network and without the table of prices."""
        wanted = self._providers.set_up() if names is None else names
        return tuple(model for name in wanted for model in self._of(name))

    def find(self, model: str) -> KnownModel | None:
        """What is known of `provider/name`; None where no list has it."""
        provider, _, name = model.partition("/")
        return next((known for known in self._of(provider) if known.name == name), None)

    def told(self, model: str) -> Listed | None:
        """What the server's own list says of `provider/name`, and nothing else does."""
        provider, _, name = model.partition("/")
        kept = self._list(provider)
        found = next((known for known in kept.models if known.name == name), None) if kept else None
        if kept is None or found is None:
            return None
        return Listed(found, kept.asked_at.date().isoformat())

    def asked_at(self, name: str) -> datetime | None:
        """When a provider gave the list that is kept; None where it never did."""
        kept = self._list(name)
        return kept.asked_at if kept is not None else None

    def due(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the providers whose list is missing or old."""
        now = self._now()
        return tuple(name for name in names if self._is_due(name, now))

    def is_at_home(self, name: str) -> bool:
        """Whether it is asked without leaving this machine or its private network."""
        base_url = self._base_url(name)
        return name == "demo" or _is_private(base_url)

    def problem(self, name: str) -> str:
        """Why a provider gave no list when it was asked last; "" where it did, or was not asked."""
        return self._problems.get(name, "")

    async def ask(self, name: str) -> None:
        """Asks a provider for its list. Raises `ProviderError`, `ConfigError`; what was known stays then."""
        import asyncio

        self._problems.pop(name, None)
        try:
            models = await self._providers.get(name).models()
        except TuiSessionsError as error:
            self._problems[name] = str(error)
            raise
        usable = tuple(filter(_is_storable, models[:MOST_MODELS]))
        taken = _List(asked_at=self._now(), base_url=self._base_url(name), models=usable)
        await asyncio.to_thread(self._take, name, taken)

    async def check(self, name: str) -> None:
        """Asks a provider for its list, and whether it takes the key where the list is for everybody. Raises
        `ProviderError`."""
        await self.ask(name)
        provider = self._providers.get(name)
        if isinstance(provider, Checks):
            await provider.check()

    def is_absent(self, name: str, problem: TuiSessionsError) -> bool:
        """Whether the problem is only that nothing runs where nobody said that something does: Ollama's
        usual place."""
        return (
            name == "ollama"
            and isinstance(problem, ProviderError)
            and problem.kind == "network"
            and self._base_url(name) == ollama_base("")
        )

    def complete(self) -> bool:
        """Looks up in the tables what was not looked up before; whether anything was. Loads the table of
        prices: for a thread. Raises `ConfigError` for a table of the user's own that cannot be read."""
        now = self._now()
        # Prices begin and end on days: what was looked up yesterday may be another one today.
        kept, stamp = self._read(), f"{self._prices.stamp} {now.date()}"
        known = kept.beside if kept.stamp == stamp else {}
        models = (model for name in self._providers.names for model in self._of(name))
        missing = [model.id for model in models if model.id not in known]
        if not missing and kept.stamp == stamp:
            return False
        found = {model: self._look_up(model, now) for model in missing}
        with self._lock:
            self._kept = msgspec.structs.replace(self._kept, stamp=stamp, beside=known | found)
        self._save()
        return True

    # what is known

    def _of(self, name: str) -> Sequence[KnownModel]:
        kept, listed = self._read(), self._list(name)
        models = {model.name: model for model in (listed.models if listed is not None else ())}
        own = Setup(name=name, config=self._config(), environ={}).own.models
        for chosen in own:
            models.setdefault(chosen, ModelInfo(name=chosen))
        is_local = name not in PASSED_ON and _is_private(self._base_url(name))
        return [
            _joined(name, model, kept.beside.get(f"{name}/{model.name}", _NOTHING), is_local)
            for model in models.values()
        ]

    def _list(self, name: str) -> _List | None:
        """The list of that provider, where it is of the server that is asked now."""
        kept = self._read().lists.get(name)
        return kept if kept is not None and kept.base_url == self._base_url(name) else None

    def _is_due(self, name: str, now: datetime) -> bool:
        kept = self._list(name)
        if kept is None:
            return True
        limit = KEPT_FOR_LOCAL if _is_private(kept.base_url) else KEPT_FOR
        return not timedelta(0) <= now - kept.asked_at < limit

    def _base_url(self, name: str) -> str:
        try:
            return self._providers.source(name).base_url
        except ProviderError:
            return ""

    def _look_up(self, model: str, now: datetime) -> _Beside:
        size, price = self._prices.known(model, now)
        if price is None:
            return _Beside(size)
        return _Beside(size, price.input_per_mtok, price.output_per_mtok, price.source or "")

    # the file

    def _read(self) -> _Kept:
        with self._lock:
            if not self._is_read:
                self._is_read = True
                self._kept = self._from_file()
            return self._kept

    def _from_file(self) -> _Kept:
        if self._file is None:
            return _Kept()
        try:
            kept = msgspec.json.decode(read_private(self._file), type=_Kept)
            for listed in kept.lists.values():
                if listed.asked_at.tzinfo is None:
                    return _Kept()
                listed.asked_at.astimezone(UTC)  # not at the calendar's ends
        except (OSError, ArithmeticError, TypeError, ValueError, RecursionError):
            return _Kept()  # they are asked again
        return kept

    def _take(self, name: str, taken: _List) -> None:
        self._read()
        with self._lock:
            self._kept = msgspec.structs.replace(
                self._kept, lists={**self._kept.lists, name: taken}
            )
        self._save()

    def _save(self) -> None:
        """Writes what is known; a newer list that another program wrote meanwhile stays."""
        if self._file is None:
            return
        with self._saving, alone(self._file):
            there = self._from_file()
            with self._lock:
                lists = dict(self._kept.lists)
                for name, other in there.lists.items():
                    if name not in lists or lists[name].asked_at < other.asked_at:
                        lists[name] = other
                self._kept = kept = msgspec.structs.replace(self._kept, lists=lists)
            with suppress(OSError):  # they are asked again the next time
                write_private(self._file, msgspec.json.encode(kept))


_NOTHING = _Beside()


def _joined(provider: str, model: ModelInfo, beside: _Beside, is_local: bool) -> KnownModel:
    """The user's own prices first, then what the server tells, then the table."""
    tells = model.input_per_mtok is not None and model.output_per_mtok is not None
    is_own = beside.source == OWN_SOURCE
    if tells and not is_own:
        into, out, source = model.input_per_mtok, model.output_per_mtok, provider
    else:
        into, out, source = beside.input_per_mtok, beside.output_per_mtok, beside.source
    sizes = (model.context_tokens, beside.context_tokens)
    context, other = sizes[::-1] if is_own else sizes
    return KnownModel(
        provider=provider,
        name=model.name,
        title=model.title or "",
        context_tokens=other if context is None else context,
        output_tokens=model.output_tokens,
        input_per_mtok=into,
        output_per_mtok=out,
        price_source=source,
        sees_images=model.sees_images,
        thinks=model.thinks,
        is_local=is_local and not model.name.endswith(CLOUD_MODEL),
    )


def _is_storable(model: ModelInfo) -> bool:
    """Whether it can be kept. A name with half a character in it could not be asked for either."""
    try:
        msgspec.json.encode(model)
    except (ValueError, OverflowError):
        return False
    return True


def _is_private(base_url: str) -> bool:
    try:
        return bool(base_url) and endpoint(base_url).is_private
    except ProviderError:
        return False

"""The providers by name. Imports none of them, and nothing heavy, until one is asked for.

A new provider is one module with `build(setup)` and one line in `MODULES`.
"""

from __future__ import annotations

import difflib
import importlib
import re
import threading
from collections.abc import Mapping

from tui_sessions.config.schema import Config
from tui_sessions.errors import ProviderError
from tui_sessions.model.text import clean_line
from tui_sessions.providers.base import Provider
from tui_sessions.providers.discovery import found_models, ollama_is_there
from tui_sessions.providers.setup import Setup

__all__ = [
    "MODULES",
    "Providers",
    "found_models",
    "full_model",
    "ollama_is_there",
    "split_model",
]

MODULES = {
    "openai": "tui_sessions.providers.openai",
    "anthropic": "tui_sessions.providers.anthropic",
    "ollama": "tui_sessions.providers.ollama",
    "demo": "tui_sessions.providers.demo",
}

_BARE = (
    ("openai", re.compile(r"(?:chat)?gpt-|o\d", re.IGNORECASE)),
    ("anthropic", re.compile(r"claude-", re.IGNORECASE)),
)


class Providers:
    """The providers of one program; each is imported and built at its first use."""

    names = tuple(MODULES)

    def __init__(
        self,
        config: Config,
        environ: Mapping[str, str],
        *,
        base_urls: Mapping[str, str] | None = None,
    ) -> None:
        self._config = config
        self._environ = environ
        self._base_urls = dict(base_urls or {})
        self._built: dict[str, Provider] = {}
        self._building = threading.Lock()
        """One may be made ready in a thread while it is asked."""
        self._former: list[Provider] = []
        """Built from a configuration that holds no longer; one of them may be answering still."""

    def get(self, name: str) -> Provider:
        """The provider of that name. Raises `ProviderError` for an unknown one or a base URL that
        is refused."""
        with self._building:
            if name not in self._built:
                self._built[name] = self._build(name)
            return self._built[name]

    def configure(self, config: Config) -> None:
        """Builds from `config` from now on; what is being answered goes on as it began."""
        self._config = config
        self._former += self._built.values()
        self._built = {}

    async def aclose(self) -> None:
        """Closes all connections; the providers are built anew if asked for again."""
        built, self._built, self._former = [*self._former, *self._built.values()], {}, []
        for provider in built:
            await provider.aclose()

    def _build(self, name: str) -> Provider:
        module = MODULES.get(name)
        if module is None:
            raise _unknown(name)
        setup = Setup(
            name=name,
            config=self._config,
            environ=self._environ,
            base_url=self._base_urls.get(name) or self._base_urls.get("", ""),
        )
        provider: Provider = importlib.import_module(module).build(setup)
        return provider


def split_model(model: str) -> tuple[str, str]:
    """Provider and name of a model; a bare name only where it can belong to one vendor. Raises
    `ProviderError`."""
    provider, slash, name = model.strip().partition("/")
    if slash and provider and name:
        return provider.lower() if provider.lower() in MODULES else provider, name
    bare = provider if not slash else ""
    if bare == "demo":
        return "demo", "demo"
    for vendor, pattern in _BARE:
        if pattern.match(bare):
            return vendor, bare
    raise ProviderError(
        f"{clean_line(model)!r} names no model: write provider/name, such as openai/gpt-4o-mini "
        "or demo/demo.",
        kind="model",
    )


def full_model(model: str) -> str:
    """`provider/name` of a model that somebody here can be asked for. Raises `ProviderError`."""
    provider, name = split_model(model)
    if provider not in MODULES:
        raise _unknown(provider)
    return f"{provider}/{name}"


def _unknown(name: str) -> ProviderError:
    near = difflib.get_close_matches(name.lower(), MODULES, n=1, cutoff=0.7)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(MODULES)}."
    return ProviderError(f"There is no provider {clean_line(name)!r}. {hint}", kind="model")

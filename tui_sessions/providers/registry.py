"""The providers by name: fixed ones, presets, servers of one's own. Imports none of them, and nothing heavy,
until one is asked for.

A new kind of server is one module with `build(setup)` and one line in `KINDS`; a new vendor that speaks a known
language is one entry in `presets.py`.
"""

from __future__ import annotations

import difflib
import importlib
import re
import threading
from collections.abc import Iterable, Mapping

from tui_sessions.config.schema import Config
from tui_sessions.errors import ProviderError
from tui_sessions.model.text import clean_line
from tui_sessions.providers.base import Provider
from tui_sessions.providers.discovery import KeyState, found_models, key_state
from tui_sessions.providers.presets import KNOWN
from tui_sessions.providers.setup import Setup

__all__ = [
    "KINDS",
    "KeyState",
    "Providers",
    "found_models",
    "full_model",
    "split_model",
]

KINDS = {
    "openai": "tui_sessions.providers.openai",
    "anthropic": "tui_sessions.providers.anthropic",
    "gemini": "tui_sessions.providers.gemini",
    "azure": "tui_sessions.providers.azure",
    "bedrock": "tui_sessions.providers.bedrock",
    "ollama": "tui_sessions.providers.ollama",
    "demo": "tui_sessions.providers.demo",
}
"""Languages, and who speaks them."""

_BARE = (
    ("openai", re.compile(r"(?:chat)?gpt-(?!oss)|o\d", re.IGNORECASE)),
    ("anthropic", re.compile(r"claude-", re.IGNORECASE)),
    ("gemini", re.compile(r"gemini-", re.IGNORECASE)),
    ("xai", re.compile(r"grok-", re.IGNORECASE)),
)


class Providers:
    """The providers of one program; each is imported and built at its first use."""

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

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody who can be named: those that are known, then the servers of this configuration."""
        return tuple(dict.fromkeys((*KNOWN, *self._config.endpoints)))

    def get(self, name: str) -> Provider:
        """The provider of that name. Raises `ProviderError` for an unknown one or a base URL that
        is refused."""
        with self._building:
            if name not in self._built:
                self._built[name] = self._build(name)
            return self._built[name]

    def set_up(self) -> tuple[str, ...]:
        """Those that could answer without more: whose key, or the place of whose key, is known; local
        servers that are configured; Ollama and the demonstration. No network, no command, no keyring."""
        override = self._base_urls.get("", "")
        states = (key_state(self._setup(name, with_override=False)) for name in self.names)
        found = [state.name for state in states if state.is_ready and _is_meant(state)]
        # What `--base-url` names is asked as OpenAI unless a model says otherwise.
        return tuple(found if not override or "openai" in found else ("openai", *found))

    def source(self, name: str) -> KeyState:
        """How a provider stands: its key, its address, what is missing. Raises `ProviderError` for an
        unknown one."""
        self._check(name)
        return key_state(self._setup(name))

    def full_model(self, model: str) -> str:
        """See `full_model`; the servers of this configuration count as well."""
        return full_model(model, self.names)

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
        self._check(name)
        setup = self._setup(name)
        provider: Provider = importlib.import_module(KINDS[setup.kind]).build(setup)
        return provider

    def _check(self, name: str) -> None:
        if name not in self.names:
            raise _unknown(name, self.names)

    def _setup(self, name: str, *, with_override: bool = True) -> Setup:
        override = self._base_urls.get("", "") if with_override else ""
        return Setup(
            name=name,
            config=self._config,
            environ=self._environ,
            base_url=self._base_urls.get(name) or override,
        )


def split_model(model: str) -> tuple[str, str]:
    """Provider and name of a model; a bare name only where it can belong to one vendor. Raises
    `ProviderError`."""
    provider, slash, name = model.strip().partition("/")
    if slash and provider and name:
        return provider.lower(), name
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


def full_model(model: str, names: Iterable[str] = KNOWN) -> str:
    """`provider/name` of a model that one of `names` can be asked for. Raises `ProviderError`."""
    provider, name = split_model(model)
    if provider not in names:
        raise _unknown(provider, names)
    return f"{provider}/{name}"


def _is_meant(state: KeyState) -> bool:
    """Whether somebody wants it here: not every program for one's own machine runs."""
    preset = KNOWN.get(state.name)
    is_everywhere = state.kind in ("ollama", "demo")
    return is_everywhere or preset is None or not preset.is_local or state.is_configured


def _unknown(name: str, names: Iterable[str]) -> ProviderError:
    names = tuple(names)
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.7)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(names)}."
    return ProviderError(
        f"There is no provider {clean_line(name)!r}. {hint} A server of your own is a table "
        "[providers.NAME] with a base_url.",
        kind="model",
    )

"""Who could answer here: whose key is found, which servers are configured. Light enough to ask at every start:
runs no command, asks no keyring, goes to no network."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from tui_sessions.config.schema import BedrockConfig, Config
from tui_sessions.errors import ProviderError
from tui_sessions.providers.endpoint import endpoint, ollama_base
from tui_sessions.providers.presets import KNOWN, REGION_VARIABLES
from tui_sessions.providers.setup import Setup

REFUSED = "correct its address: config check says how"

_DEFAULTS = Config()
_CLOUD_OF_OLLAMA = "ollama.com"


class KeyState(msgspec.Struct, frozen=True, kw_only=True):
    """How a provider stands, as far as can be told without asking anybody."""

    name: str
    title: str
    """Its name for people."""
    kind: str
    base_url: str
    """Where it is asked; "" where nobody said, and for the demonstration."""
    has_key: bool
    """Whether a key was found, or a place that should have it."""
    source: str
    """The place of the key: a variable, the setting of a command, the keyring; without a key what to set, also
    where a variable is named for a server that may need none; else ""."""
    needs_key: bool
    is_elsewhere: bool
    """Whether `base_url` is not the vendor's own address."""
    is_configured: bool
    """Whether the configuration or an address speaks of it."""
    why: str = ""
    """What is missing, as the end of a sentence: "set GROQ_API_KEY"; "" where nothing is."""

    @property
    def is_ready(self) -> bool:
        """Whether it could answer without more."""
        return not self.why


def key_state(setup: Setup) -> KeyState:
    """How the provider of `setup` stands."""
    preset = setup.preset
    chosen = setup.chosen_url(preset.url_variable if preset else "")
    keys = setup.key_source(preset.key_variables if preset else ())
    base_url = chosen or (preset.base_url if preset else "")
    is_elsewhere = bool(chosen) and _host(chosen) != _host(preset.base_url if preset else "")
    needs_key = _needs_key(setup, base_url, is_elsewhere=is_elsewhere)
    names_key = needs_key or bool(setup.own.api_key_variable.strip())
    address = ollama_base(base_url) if setup.kind == "ollama" else base_url
    state = KeyState(
        name=setup.name,
        title=preset.title if preset else setup.name,
        kind=setup.kind,
        base_url=_shown(address),
        has_key=bool(keys.place),
        source=keys.place or (keys.lacking if names_key else ""),
        needs_key=needs_key,
        is_elsewhere=is_elsewhere,
        is_configured=setup.name in setup.config.endpoints or bool(chosen),
    )
    why = REFUSED if address and _is_refused(address) else _lack(setup, state)
    return msgspec.structs.replace(state, why=why)


def found_models(environ: Mapping[str, str], config: Config = _DEFAULTS) -> tuple[str, ...]:
    """A sensible first model for each vendor whose key is there, and the first that the configuration names
    for a server of its own: what those have, nobody can guess."""
    found = []
    for name in dict.fromkeys((*KNOWN, *config.endpoints)):
        setup = Setup(name=name, config=config, environ=environ)
        state, preset = key_state(setup), setup.preset
        if not state.is_ready or state.kind in ("ollama", "demo"):
            continue
        if preset and preset.first_model and not state.is_elsewhere:
            found.append(f"{name}/{preset.first_model}")
        elif setup.own.models:
            found.append(f"{name}/{setup.own.models[0]}")
    return tuple(found)


def _needs_key(setup: Setup, base_url: str, *, is_elsewhere: bool) -> bool:
    if setup.kind == "ollama":
        return _host(ollama_base(base_url)) == _CLOUD_OF_OLLAMA
    if setup.name in ("azure", "bedrock"):
        return not _has_profile(setup)
    preset = setup.preset
    return bool(preset and preset.key_variables and not preset.is_local and not is_elsewhere)


def _lack(setup: Setup, state: KeyState) -> str:
    if setup.name == "azure" and not state.base_url:
        return (
            "set AZURE_OPENAI_ENDPOINT, or providers.azure.base_url, to the address of the resource"
        )
    if state.needs_key and not state.has_key:
        return f"set {state.source}"
    if setup.name == "bedrock" and not (state.base_url or _region(setup) or _has_profile(setup)):
        return "set AWS_REGION or providers.bedrock.region"
    if setup.name not in KNOWN and not state.base_url:
        return f"set providers.{setup.name}.base_url"
    return ""


def _has_profile(setup: Setup) -> bool:
    return isinstance(setup.own, BedrockConfig) and bool(setup.own.profile)


def _region(setup: Setup) -> bool:
    configured = isinstance(setup.own, BedrockConfig) and bool(setup.own.region)
    return configured or any(setup.environ.get(name, "").strip() for name in REGION_VARIABLES)


def _shown(url: str) -> str:
    """The address without what may be secret in it, a user's name and a query: those are refused anyway."""
    whole, _, _ = url.partition("#")
    bare, _, _ = whole.partition("?")
    scheme, separator, rest = bare.rpartition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"


def _is_refused(url: str) -> bool:
    try:
        endpoint(url)
    except ProviderError:
        return True
    return False


def _host(url: str) -> str:
    try:
        return urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""

"""What a provider is built from. Loads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui_sessions.config.headers import header
from tui_sessions.config.schema import Config, ProviderConfig
from tui_sessions.providers.keys import KeySource
from tui_sessions.providers.presets import KNOWN, VENDORS, Preset


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The surroundings of a provider."""

    name: str
    config: Config
    environ: Mapping[str, str]
    base_url: str = ""
    """`--base-url`; empty: from the environment, the configuration, or the vendor's own."""

    @property
    def own(self) -> ProviderConfig:
        """The provider's own table of the configuration."""
        found = self.config.endpoints.get(self.name)
        if found is None:
            found = getattr(self.config.providers, self.name, None)
        return found if isinstance(found, ProviderConfig) else ProviderConfig()

    @property
    def preset(self) -> Preset | None:
        """What is known of a provider of that name; None for a server of one's own."""
        return KNOWN.get(self.name)

    @property
    def kind(self) -> str:
        """The language that is spoken: a key of `registry.KINDS`."""
        if self.name in VENDORS:
            return VENDORS[self.name].kind
        own = self.config.endpoints.get(self.name)
        return own.kind if own else "openai"

    def chosen_url(self, variable: str = "") -> str:
        """The base URL that somebody asked for, by option, by environment `variable` or by
        configuration; else "". The variable of a vendor says nothing about other servers of its kind."""
        if self.name not in VENDORS:
            variable = self.preset.url_variable if self.preset else ""
        found = self.environ.get(variable, "").strip() if variable else ""
        return self.base_url or found or self.own.base_url

    def key_variables(self, usual: tuple[str, ...]) -> tuple[str, ...]:
        """The variables that may hold the key, where `usual` are those of the kind's vendor: a server of
        one's own gets no vendor's key, and one that is named in the configuration stands for itself."""
        if self.own.api_key_variable.strip():
            return (self.own.api_key_variable.strip(),)
        if self.name in VENDORS:
            return usual
        return self.preset.key_variables if self.preset else ()

    def key_source(self, usual: tuple[str, ...]) -> KeySource:
        """Where the key is looked for; `usual` as for `key_variables`."""
        variables = self.key_variables(usual)
        advised = self.preset.key_to_set if self.preset else ""
        return KeySource(
            self.environ,
            variables,
            self.own.api_key_command,
            setting=f"providers.{self.name}.api_key_command",
            keyring_user=self.name if self.own.api_key_keyring else "",
            advised=advised if advised in variables else "",
        )

    @property
    def private(self) -> tuple[str, ...]:
        """What the user's own headers say: it may be a secret."""
        return tuple(header(text)[1] for text in self.own.headers)

    @property
    def headers(self) -> Mapping[str, str]:
        """Further headers of every request."""
        found = dict(self.preset.headers) if self.preset else {}
        for text in self.own.headers:
            name, value = header(text)
            found[name.lower()] = value
        return found

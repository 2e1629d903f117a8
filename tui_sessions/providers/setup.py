"""What a provider is built from. Loads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui_sessions.config.schema import Config, ProviderConfig


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
        found = getattr(self.config.providers, self.name, None)
        return found if isinstance(found, ProviderConfig) else ProviderConfig()

    def chosen_url(self, variable: str) -> str:
        """The base URL that somebody asked for, by option, by environment `variable` or by
        configuration; else ""."""
        return self.base_url or self.environ.get(variable, "").strip() or self.own.base_url

"""The providers that a configuration may name: the fixed ones, the presets, and servers of one's own.

Knows names only; what a preset is stands in `providers/presets.py`.
"""

from __future__ import annotations

import re

from tui_sessions.config.schema import ProvidersConfig

PRESETS = (
    "meta",
    "openrouter",
    "groq",
    "mistral",
    "deepseek",
    "xai",
    "together",
    "lmstudio",
    "llamacpp",
    "vllm",
    "litellm",
)
"""Known by name: a table `[providers.groq]` needs nothing in it."""

FIXED = ProvidersConfig.__struct_fields__
"""Those with a table of their own in the schema."""

PROVIDERS_TABLE = "providers"

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def is_endpoint_name(name: str) -> bool:
    """Whether `[providers.<name>]` may be a preset or a server of one's own."""
    return bool(_NAME.fullmatch(name)) and name not in FIXED


def endpoint_name(key: str) -> str:
    """The name in a dotted key such as `providers.groq.base_url` or `providers.groq`; "" where it is
    none."""
    table, _, rest = key.partition(".")
    name = rest.partition(".")[0]
    return name if table == PROVIDERS_TABLE and is_endpoint_name(name) else ""

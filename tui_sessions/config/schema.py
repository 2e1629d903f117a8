"""Every key of the configuration, with its type and default. `config.example.toml` mirrors this."""

from __future__ import annotations

from typing import Annotated

import msgspec

_DAY_S = 86_400.0

Seconds = Annotated[float, msgspec.Meta(gt=0, le=_DAY_S)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**31)]
Bytes = Annotated[int, msgspec.Meta(gt=0, le=2**40)]
Rate = Annotated[float, msgspec.Meta(ge=0, le=1e9)]


class LibraryConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the sessions live."""

    dir: str = ""
    """Empty: the user's data directory."""


class ChatConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a new session starts with."""

    model: str = ""
    """`provider/name`; empty: the last one used, else what is found (keys, Ollama), else the demo."""
    system: str = ""
    context_window: Count = 0
    """How many earlier pairs of messages are sent; 0: all."""


class NetworkConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Patience and bounds towards servers."""

    connect_timeout_s: Seconds = 10.0
    header_timeout_s: Seconds = 60.0
    idle_timeout_s: Seconds = 300.0
    retries: Count = 2
    max_retry_wait_s: Seconds = 120.0
    max_error_bytes: Bytes = 65_536
    max_line_bytes: Bytes = 33_554_432
    max_answer_bytes: Bytes = 134_217_728
    """As sent: a word comes with a hundred bytes around it."""
    max_answer_chars: Bytes = 16_777_216
    """The text alone, which is kept in memory and in the session's file."""


class ProviderConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One provider; empty: its own default."""

    base_url: str = ""
    api_key_command: str = ""
    """A command whose first line of output is the key."""
    max_tokens: Count = 0
    """0: the provider's default."""


class AnthropicConfig(ProviderConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Anthropic, whose interface has dated versions."""

    api_version: str = ""
    """The `anthropic-version` that is asked for."""


class DemoConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The built-in demonstration."""

    words_per_s: Rate = 40.0
    """0: at full speed."""


class ProvidersConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who answers."""

    openai: ProviderConfig = ProviderConfig()
    anthropic: AnthropicConfig = AnthropicConfig()
    ollama: ProviderConfig = ProviderConfig()
    demo: DemoConfig = DemoConfig()


class ScreenConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the screen looks and feels."""

    theme: str = ""
    """Empty: the one last chosen, else `ink`."""
    enter_sends: bool = True
    """False: enter makes a new line and shift+enter or ctrl+j sends."""
    mouse: bool = True
    calm: bool = False
    """For screen readers and quiet eyes: one column, no boxes, no motion, the terminal's own cursor."""


class ExportConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the export dialog proposes until one was chosen."""

    format: str = "markdown"
    dir: str = ""
    """Empty: the current directory."""


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole configuration."""

    debug: bool = False
    library: LibraryConfig = LibraryConfig()
    chat: ChatConfig = ChatConfig()
    network: NetworkConfig = NetworkConfig()
    providers: ProvidersConfig = ProvidersConfig()
    screen: ScreenConfig = ScreenConfig()
    export: ExportConfig = ExportConfig()
    keys: dict[str, str] = {}
    """Binding id to keys, several with commas: `"session.new" = "ctrl+n,f3"`."""

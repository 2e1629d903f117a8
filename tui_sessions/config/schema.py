"""Every key of the configuration, with its type and default. `config.example.toml` mirrors this."""

from __future__ import annotations

from typing import Annotated, Literal

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
    when_full: Literal["ask", "trim", "send"] = "ask"
    """What is done with a prompt that would overflow the model's context: `ask`, `trim` (leave the oldest
    pairs out), `send` (as it is)."""


class AutomaticConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a model does unasked after the first answer of a session. It costs money: off unless asked."""

    titles: bool = False
    tags: bool = False
    model: str = ""
    """`provider/name`, a cheap one; nothing is done without."""


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
    api_key_variable: str = ""
    """The variable of the environment that holds the key; empty: the provider's usual ones."""
    api_key_keyring: bool = False
    """The key is in the system's keyring (the extra `keyring`; `providers key NAME` puts it there)."""
    allow_plain_http: bool = False
    """Send the key without encryption to a host that is not local."""
    max_tokens: Count = 0
    """0: the provider's default."""
    headers: tuple[str, ...] = ()
    """Further headers, each `Name: value`. Never a key."""
    models: tuple[str, ...] = ()
    """Names to offer besides those that the server lists, such as Azure's deployments."""


class OpenAIConfig(ProviderConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A server of OpenAI's kind."""

    api: Literal["", "chat", "responses"] = ""
    """`chat` or `responses`; empty: as the model needs it."""


class AnthropicConfig(ProviderConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Anthropic, whose interface has dated versions."""

    api_version: str = ""
    """The `anthropic-version` that is asked for."""


class GeminiConfig(ProviderConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Google Gemini."""

    api_version: str = ""
    """`v1beta` (empty) or `v1`."""


class AzureConfig(OpenAIConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Azure OpenAI: `base_url` is the resource's endpoint, a model is a deployment."""

    api_version: str = ""
    """Empty: the interface v1; a date such as 2024-10-21: the dated one."""


class BedrockConfig(ProviderConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Amazon Bedrock."""

    region: str = ""
    """Empty: AWS_REGION, AWS_DEFAULT_REGION."""
    profile: str = ""
    """A profile of the AWS configuration, to sign with (the extra `bedrock`); empty: the bearer key."""
    api: Literal["", "converse", "openai"] = ""
    """`converse` (empty) or `openai`."""


class EndpointConfig(OpenAIConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A preset (groq, openrouter, …) or a server of one's own: a table `[providers.NAME]` of any other
    name; its models are asked as `NAME/model`."""

    kind: Literal["openai", "anthropic", "gemini", "ollama"] = "openai"
    """`openai`, `anthropic`, `gemini`, `ollama`: the language it speaks."""


class DemoConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The built-in demonstration."""

    words_per_s: Rate = 40.0
    """0: at full speed."""


class ProvidersConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who answers."""

    openai: OpenAIConfig = OpenAIConfig()
    anthropic: AnthropicConfig = AnthropicConfig()
    gemini: GeminiConfig = GeminiConfig()
    azure: AzureConfig = AzureConfig()
    bedrock: BedrockConfig = BedrockConfig()
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


class UpkeepConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the library is rid of by itself: asked about the first time, and never what is pinned, starred,
    open or being answered."""

    trash_days: Count = 30
    """So long the trash keeps what was deleted; 0: until it is emptied."""
    expire_days: Count = 0
    """Sessions that were not used for so long are old; 0: none ever is."""
    expire_to: Literal["archive", "trash"] = "archive"
    """Where old ones go: `archive` or `trash`."""
    idle_minutes: Count = 0
    """Active sessions that were not used for so long become paused; 0: never."""
    max_active: Count = 0
    """At most so many stay active, the least recently used become paused; 0: any number."""


class BackupsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Backups that the screen makes by itself at a quiet time."""

    every: str = ""
    """How often: `12h`, `1d`, `2w`; empty: never."""
    keep: Count = 7
    """So many of those that were made by themselves stay; 0: all."""
    dir: str = ""
    """Empty: `backups` beside the user's sessions."""
    kind: Literal["tar", "folder"] = "tar"
    """`tar` (an archive) or `folder` (in which what did not change takes no room)."""


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole configuration."""

    debug: bool = False
    audit: bool = False
    """Keep a log of who opened, changed and exported what, without any text."""
    library: LibraryConfig = LibraryConfig()
    chat: ChatConfig = ChatConfig()
    automatic: AutomaticConfig = AutomaticConfig()
    network: NetworkConfig = NetworkConfig()
    providers: ProvidersConfig = ProvidersConfig()
    endpoints: dict[str, EndpointConfig] = {}
    """Presets and servers of one's own, by name; written as `[providers.NAME]`."""
    budgets: dict[str, str] = {}
    """What may be spent, and where: `"month" = "100"`, `"tag:research/month" = "20, soft 15"`; `model.budget`
    reads it."""
    screen: ScreenConfig = ScreenConfig()
    export: ExportConfig = ExportConfig()
    upkeep: UpkeepConfig = UpkeepConfig()
    backups: BackupsConfig = BackupsConfig()
    keys: dict[str, str] = {}
    """Binding id to keys, several with commas: `"session.new" = "ctrl+n,f3"`."""

"""The providers that are known by name, as data: where they are, which variables hold their keys, and in
what they differ from OpenAI. Loads nothing.

From the pages of each vendor, as of November 2026; the differences that were seen on a wire or stand in an
SDK are told in the module of the kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One provider."""

    title: str
    """Its name for people."""
    kind: str = "openai"
    """The language it speaks: a key of `registry.KINDS`."""
    base_url: str = ""
    """Its own address; empty where only the user knows it."""
    key_variables: tuple[str, ...] = ()
    """Where its key is looked for, the first that is set."""
    key_to_set: str = ""
    """The one of them to advise; empty: the first."""
    url_variable: str = ""
    """The variable that names another address."""
    is_local: bool = False
    """A program for one's own machine: needs no key there, and is asked only where it is configured."""
    first_model: str = ""
    """A current, cheap one to begin with; genai-prices 0.2.3 knows it."""
    token_limit: str = "max_tokens"
    """The name of the limit of an answer: the old one, which most servers know, or
    `max_completion_tokens`, which reasoning models of OpenAI insist on."""
    asks_for_usage: bool = True
    """Whether `stream_options` are sent, without which many servers count nothing."""
    headers: tuple[tuple[str, str], ...] = ()
    refused: tuple[str, ...] = ()
    """Parameters that it does not take, as people set them."""
    speaks_responses: bool = False
    """Whether its Responses interface takes all that OpenAI's does: `store`, summaries of the thinking."""
    key_path: str = ""
    """The page that only a right key opens, where everybody may read the list of models."""

    @property
    def host(self) -> str:
        """The host of its own address."""
        return urlsplit(self.base_url).hostname or ""


REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""Where Amazon's own programs look for a region, the first that is set."""

VENDORS = {
    "openai": Preset(
        title="OpenAI",
        base_url="https://api.openai.com/v1",
        key_variables=("OPENAI_API_KEY",),
        url_variable="OPENAI_BASE_URL",
        first_model="gpt-6-luna",
        token_limit="max_completion_tokens",
        speaks_responses=True,
    ),
    "anthropic": Preset(
        title="Anthropic",
        kind="anthropic",
        base_url="https://api.anthropic.com/v1",
        key_variables=("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
        url_variable="ANTHROPIC_BASE_URL",
        first_model="claude-haiku-5-5",
    ),
    "gemini": Preset(
        title="Google Gemini",
        kind="gemini",
        base_url="https://generativelanguage.googleapis.com",
        key_variables=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        key_to_set="GEMINI_API_KEY",
        url_variable="GOOGLE_GEMINI_BASE_URL",
        first_model="gemini-3.5-flash-lite",
    ),
    "azure": Preset(
        title="Azure OpenAI",
        kind="azure",
        key_variables=("AZURE_OPENAI_AD_TOKEN", "AZURE_OPENAI_API_KEY"),
        key_to_set="AZURE_OPENAI_API_KEY",
        url_variable="AZURE_OPENAI_ENDPOINT",
        token_limit="max_completion_tokens",
        speaks_responses=True,
    ),
    "bedrock": Preset(
        title="Amazon Bedrock",
        kind="bedrock",
        key_variables=("AWS_BEARER_TOKEN_BEDROCK",),
        url_variable="AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    ),
    "ollama": Preset(
        title="Ollama",
        kind="ollama",
        base_url="http://127.0.0.1:11434",
        key_variables=("OLLAMA_API_KEY",),
        url_variable="OLLAMA_HOST",
        is_local=True,
    ),
    "demo": Preset(title="Demonstration", kind="demo"),
}
"""Those with a table of their own in the configuration."""

PRESETS = {
    "meta": Preset(
        title="Meta",
        base_url="https://api.meta.ai/v1",
        key_variables=("MODEL_API_KEY", "META_API_KEY", "META_MODEL_API_KEY"),
        url_variable="META_API_BASE",
        first_model="muse-spark-1.3",
        token_limit="max_completion_tokens",
        refused=("stop",),
        speaks_responses=True,
    ),
    "openrouter": Preset(
        title="OpenRouter",
        base_url="https://openrouter.ai/api/v1",
        key_variables=("OPENROUTER_API_KEY",),
        first_model="openai/gpt-6-luna",
        key_path="/key",
        headers=(("x-title", "tui-sessions"),),
    ),
    "groq": Preset(
        title="Groq",
        base_url="https://api.groq.com/openai/v1",
        key_variables=("GROQ_API_KEY",),
        first_model="openai/gpt-oss-20b",
        token_limit="max_completion_tokens",
    ),
    "mistral": Preset(
        title="Mistral",
        base_url="https://api.mistral.ai/v1",
        key_variables=("MISTRAL_API_KEY",),
        first_model="mistral-small-latest",
        asks_for_usage=False,
    ),
    "deepseek": Preset(
        title="DeepSeek",
        base_url="https://api.deepseek.com/v1",
        key_variables=("DEEPSEEK_API_KEY",),
        first_model="deepseek-v4-flash",
    ),
    "xai": Preset(
        title="xAI",
        base_url="https://api.x.ai/v1",
        key_variables=("XAI_API_KEY",),
        first_model="grok-4.5",
        token_limit="max_completion_tokens",
    ),
    "together": Preset(
        title="Together",
        base_url="https://api.together.xyz/v1",
        key_variables=("TOGETHER_API_KEY",),
        first_model="openai/gpt-oss-120b",
    ),
    "lmstudio": Preset(title="LM Studio", base_url="http://localhost:1234/v1", is_local=True),
    "llamacpp": Preset(title="llama.cpp", base_url="http://localhost:8080/v1", is_local=True),
    "vllm": Preset(
        title="vLLM",
        base_url="http://localhost:8000/v1",
        key_variables=("VLLM_API_KEY",),
        is_local=True,
    ),
    "litellm": Preset(
        title="LiteLLM",
        base_url="http://localhost:4000/v1",
        key_variables=("LITELLM_API_KEY",),
        is_local=True,
    ),
}
"""Those whose table in the configuration, if there is one, needs nothing in it."""

KNOWN = VENDORS | PRESETS

AZURE_HOSTS = (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com")


def preset_at(hostname: str) -> Preset:
    """What is known of whoever serves at that host, whatever it is called here; nothing of a host that
    nobody knows, or that is a machine of one's own."""
    if hostname.endswith(AZURE_HOSTS):
        return VENDORS["azure"]
    for preset in KNOWN.values():
        if preset.host == hostname and not preset.is_local:
            return preset
    return Preset(title=hostname)

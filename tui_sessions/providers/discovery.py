"""Who could answer here: keys in the environment, an Ollama on its port. Light enough to ask at
every start."""

from __future__ import annotations

from collections.abc import Mapping

from tui_sessions.config.schema import Config
from tui_sessions.errors import ProviderError
from tui_sessions.providers.endpoint import endpoint, ollama_base

OPENAI_MODEL = "openai/gpt-6-luna"
ANTHROPIC_MODEL = "anthropic/claude-haiku-5-5"
"""Current and cheap in November 2026; genai-prices 0.2.3 knows both."""

PROBE_LIMIT_S = 0.3

_DEFAULTS = Config()


def found_models(environ: Mapping[str, str], config: Config = _DEFAULTS) -> tuple[str, ...]:
    """A sensible first model for each vendor whose key is there; a server elsewhere has models
    nobody can guess."""
    providers = config.providers
    candidates = (
        (OPENAI_MODEL, ("OPENAI_API_KEY",), "OPENAI_BASE_URL", providers.openai),
        (
            ANTHROPIC_MODEL,
            ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
            "ANTHROPIC_BASE_URL",
            providers.anthropic,
        ),
    )
    return tuple(
        model
        for model, variables, url_variable, own in candidates
        if (own.api_key_command or any(environ.get(name, "").strip() for name in variables))
        and not environ.get(url_variable, "").strip()
        and not own.base_url
    )


async def ollama_is_there(
    environ: Mapping[str, str],
    config: Config = _DEFAULTS,
    *,
    limit_s: float = PROBE_LIMIT_S,
) -> bool:
    """Whether an Ollama answers at its usual port, or where `OLLAMA_HOST` says, within
    `limit_s`."""
    import asyncio  # a command that lists files must not load it

    chosen = environ.get("OLLAMA_HOST", "").strip() or config.providers.ollama.base_url
    try:
        where = endpoint(ollama_base(chosen))
        async with asyncio.timeout(limit_s):
            return b"200" in await _first_line(where.url, is_secure=where.is_secure)
    except (ProviderError, OSError, ValueError, TimeoutError):
        return False


async def _first_line(url: str, *, is_secure: bool) -> bytes:
    """The status line for the version page: enough to tell a server from nothing, without an HTTP
    client."""
    import asyncio
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port or (443 if is_secure else 80), ssl=is_secure or None
    )
    try:
        path = f"{parts.path}/api/version"
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode())
        await writer.drain()
        return await reader.readline()
    finally:
        writer.close()

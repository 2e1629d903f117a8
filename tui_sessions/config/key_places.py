"""Where a provider's key is looked for, as far as the configuration says so. Never a key itself."""

from __future__ import annotations

from pathlib import Path

from tui_sessions.config.edit import read_config, with_value, without_value, write_config


def look_in_keyring(path: Path, provider: str, *, is_there: bool) -> None:
    """Says in the user's own file that the key of a provider is in the system's keyring, or no longer; the
    rest of the file stays as it is. Raises `ConfigError`, `StoreError`."""
    key = f"providers.{provider}.api_key_keyring"
    text = read_config(path)
    after = with_value(text, key, True) if is_there else without_value(text, key)
    if after != text:
        write_config(path, after)

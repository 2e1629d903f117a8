"""Further headers as a person writes them, `Name: value`: which are taken. A value may be a secret, so
no error holds one."""

from __future__ import annotations

import re

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_KEYS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "x-api-key",
        "api-key",
        "apikey",
        "x-goog-api-key",
        "x-amz-security-token",
        "ocp-apim-subscription-key",
        "cookie",
    }
)
_OURS = frozenset(
    {
        "host",
        "content-length",
        "content-type",
        "content-encoding",
        "accept-encoding",
        "transfer-encoding",
        "connection",
        "te",
        "trailer",
        "upgrade",
        "expect",
    }
)
"""What the client says itself."""


def header(text: str) -> tuple[str, str]:
    """Name and value; ValueError with the end of a sentence, which holds nothing of the value."""
    name, colon, value = (part.strip() for part in text.partition(":"))
    if not colon or not _NAME.fullmatch(name) or not value:
        raise ValueError(
            'must be a list of texts like "X-Title: my notes", a name and a value each'
        )
    if name.lower() in _KEYS:
        raise ValueError(
            f"may not hold {name.lower()}: a key comes from the environment (api_key_variable), from "
            "api_key_command, or from the keyring (api_key_keyring)"
        )
    if name.lower() in _OURS:
        raise ValueError(f"may not hold {name.lower()}, which is set with every request")
    if not (value.isascii() and value.isprintable()):
        raise ValueError(f"holds a letter in {name} that cannot stand in a header")
    return name, value

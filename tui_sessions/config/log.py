"""The debug log: a file in the state directory, only when debugging is on, never on the screen.

No module writes a prompt, an answer or a key into it; what looks like a key all the same, in the
message of a foreign library for one, is blotted out here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path

from tui_sessions.config.private import append_private

_LOGGERS = ("tui_sessions", "httpx", "asyncio")
_MAX_BYTES = 5_000_000
_BLOT = "[secret]"
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW", re.IGNORECASE)
_SHORTEST_SECRET = 8
_SECRETS = re.compile(
    r"""
    (?P<before> (?: api[-_]?key | authorization | [-_]token | secret | password | passwd )
        ["']? \s* [:=] \s* (?: bearer \s+ | basic \s+ )? ["']? | \b bearer \s+ | [?&] key= )
      [^\s"',;&)}\]]+
    | (?P<scheme> [a-z][a-z0-9+.-]* :// ) [^\s/@]+ : [^\s/@]+ (?= @ )
    | \b (?: sk | pk | gsk | xai | ghp | gho | hf | pplx | r8 ) [-_] [A-Za-z0-9_-]{8,}
    | \b AIza [A-Za-z0-9_-]{20,}
    | \b (?: AKIA | ASIA ) [A-Z0-9]{12,}
    | \b eyJ [A-Za-z0-9_-]{10,} \. [A-Za-z0-9_.-]+
    """,
    re.VERBOSE | re.IGNORECASE,
)


def set_up_log(log_file: Path, environ: Mapping[str, str]) -> logging.Handler | None:
    """Starts the log, at most `_MAX_BYTES` of it kept from before; the handler to close at the
    end, or None where the disk refuses. The keys in `environ` are blotted out wherever they stand."""
    try:
        if log_file.exists() and log_file.stat().st_size > _MAX_BYTES:
            log_file.replace(log_file.with_name(log_file.name + ".old"))
        append_private(log_file, b"")
        handler = logging.FileHandler(log_file, encoding="utf-8", errors="backslashreplace")
    except OSError:
        return None
    handler.setFormatter(_Redacting(secrets_in(environ)))
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.DEBUG if name == "tui_sessions" else logging.INFO)
        logger.addHandler(handler)
        # The root logger may have a handler that writes to the screen.
        logger.propagate = False
    return handler


def close_log(handler: logging.Handler) -> None:
    """Ends the log that `set_up_log` began."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.removeHandler(handler)
        logger.propagate = True
    handler.close()


def secrets_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The values of variables that are named like secrets, the longest first."""
    values = {
        value
        for name, value in environ.items()
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST_SECRET
    }
    return tuple(sorted(values, key=len, reverse=True))


def redacted(text: str, secrets: tuple[str, ...] = ()) -> str:
    """`text` with `secrets`, and whatever looks like a key, a token or a password, blotted out."""
    for secret in secrets:
        text = text.replace(secret, _BLOT)
    return _SECRETS.sub(_blotted, text)


def _blotted(match: re.Match[str]) -> str:
    return f"{match['before'] or match['scheme'] or ''}{_BLOT}"


class _Redacting(logging.Formatter):
    """Formats the whole record, traceback included, and only then looks for secrets."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record), self._secrets)

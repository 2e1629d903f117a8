"""The debug log: a file in the state directory, only when debugging is on, never on the screen.

No module writes a prompt, an answer or a key into it. The messages of errors may quote what was being worked
on, so that of an error only its kind and the places in the code are kept. What looks like a key all the
same, in the message of a foreign library for one, is blotted out here.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import stat
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tui_sessions.config.private import append_private
from tui_sessions.model.text import clean

_LOGGERS = ("tui_sessions", "httpx", "asyncio")
_MAX_BYTES = 5_000_000
_LONGEST = 200
"""Characters of what another library says."""
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
        handler = _PrivateLog(log_file)
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


def traced(error: BaseException) -> str:
    """Where an error came from, and those that led to it: kinds of errors and places in the code, without
    a word that may stand in their messages."""
    parts: list[str] = []
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        frames = traceback.extract_tb(at.__traceback__)
        places = [f"  {frame.filename}:{frame.lineno} {frame.name}\n" for frame in frames]
        parts.append(f"{_kind(at)}\n{''.join(places)}")
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return "Traceback, without messages:\n" + "because of:\n".join(parts)


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    code = getattr(error, "errno", None) if isinstance(error, OSError) else None
    return f"{name} {errno.errorcode.get(code, code)}" if isinstance(code, int) else name


class _PrivateLog(logging.Handler):
    """Adds lines to a file of the owner's alone, and puts it aside when it has grown large."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._make_room()
        append_private(path, b"")

    def emit(self, record: logging.LogRecord) -> None:
        """One record. A disk that refuses is no reason to end anything."""
        with suppress(OSError, ValueError, TypeError):
            line = self.format(record) + "\n"
            self._make_room()
            append_private(self._path, line.encode("utf-8", "backslashreplace"))

    def _make_room(self) -> None:
        with suppress(FileNotFoundError):
            status = os.stat(self._path, follow_symlinks=False)
            if stat.S_ISREG(status.st_mode) and status.st_size > _MAX_BYTES:
                self._path.replace(self._path.with_name(self._path.name + ".old"))


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
        # A log is read on terminals.
        return clean(redacted(super().format(record), self._secrets))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """What other libraries say behind the first line, and about their objects, may quote anything."""
        if not record.name.startswith("tui_sessions"):
            record.message = record.message.partition("\n")[0].partition("<")[0][:_LONGEST]
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        """The kind of error and its places, without its message."""
        return traced(ei[1]) if ei[1] is not None else ""

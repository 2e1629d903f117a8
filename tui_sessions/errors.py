"""Every error a person can meet, and the exit code the command line gives for it.

TuiSessionsError                 1
├── NotFoundError                1   no such session, tag, model, file
│   └── AmbiguousError           1   a prefix that fits several sessions
├── UsageError                   2   wrong words on the command line
│   ├── QueryError               2   a mistake in a filter, with its place
│   └── ConfigError              2   a wrong key or value in the configuration
├── DamagedFileError             3   a file that cannot be read as a session
│   └── NewerFormatError         3   written by a newer version: opens read-only
├── StoreError                   3   the disk or the directory refuses
├── ProviderError                4   the server, the key, the network, the answer
├── ContextError                 4   the conversation would overflow the model's context
├── BudgetError                  5   over a limit the user set
└── ConflictError                6   exists already, is locked, or is being answered
    └── AnsweredElsewhereError   6   another program is answering the session
"""

from __future__ import annotations


class TuiSessionsError(Exception):
    """What happened, to which thing, and what to do, in one sentence. Never holds a secret."""

    exit_code = 1


class NotFoundError(TuiSessionsError):
    """Nothing is there under that name."""


class AmbiguousError(NotFoundError):
    """A short name fits several things; the message lists them."""


class UsageError(TuiSessionsError):
    """The request itself is wrong."""

    exit_code = 2


class QueryError(UsageError):
    """A mistake in a filter: the characters from `start` to `end` of its text."""

    def __init__(self, message: str, *, start: int, end: int, suggestion: str = "") -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.suggestion = suggestion
        """What to put there; "" where nothing is near."""


class ConfigError(UsageError):
    """A configuration file, environment variable or `--set` holds a wrong key or value."""


class DamagedFileError(TuiSessionsError):
    """The bytes of a file are not a session; the file stays as it is."""

    exit_code = 3


class NewerFormatError(DamagedFileError):
    """The file was written by a newer version and is read-only here."""


class StoreError(TuiSessionsError):
    """The disk or directory refused; the message says which path and why."""

    exit_code = 3


class ProviderError(TuiSessionsError):
    """No answer, or not a whole one."""

    exit_code = 4

    def __init__(
        self,
        message: str,
        *,
        kind: str = "server",
        status: int | None = None,
        retry_after_s: float | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        """`auth` `model` `limit` `quota` `attachment` `context` `filter` `request` `server` `network` `timeout` `cut` `protocol`."""
        self.status = status
        self.retry_after_s = retry_after_s
        self.retryable = retryable


class ContextError(TuiSessionsError):
    """The conversation with its next prompt would overflow the model's context."""

    exit_code = 4

    def __init__(self, message: str, *, pairs: int, there: int = 0) -> None:
        super().__init__(message)
        self.pairs = pairs
        """How many earlier pairs would fit."""
        self.there = there
        """How many would go along."""


class BudgetError(TuiSessionsError):
    """The next prompt would pass a limit that the user set."""

    exit_code = 5

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason or message
        """The message without what can be done."""


class ConflictError(TuiSessionsError):
    """Something else is there or holds it."""

    exit_code = 6


class AnsweredElsewhereError(ConflictError):
    """Another program is answering the session: it ends by itself."""

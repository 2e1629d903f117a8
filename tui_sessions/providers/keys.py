"""Keys: from the environment, else from a command that the user configured. Never from or into a
file of ours."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import msgspec

from tui_sessions.errors import ProviderError

COMMAND_TIMEOUT_S = 30.0
"""Time enough for a password manager to ask its own question."""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key, or None, and where it came from or could be put. Its `repr` does not show it."""

    secret: str | None
    source: str
    """A word for messages: `OPENAI_API_KEY`."""

    def __repr__(self) -> str:
        return f"Key(from {self.source}, {'set' if self.secret else 'not set'})"


class KeySource:
    """Finds a provider's key; the command is run at first need, and once."""

    def __init__(
        self,
        environ: Mapping[str, str],
        variables: tuple[str, ...],
        command: str = "",
        *,
        setting: str = "api_key_command",
        timeout_s: float = COMMAND_TIMEOUT_S,
    ) -> None:
        self._environ = environ
        self._variables = variables
        self._command = command.strip()
        self._setting = setting
        self._timeout_s = timeout_s
        self._from_command: Key | None = None
        self._lock = threading.Lock()

    @property
    def runs_command(self) -> bool:
        """Whether `find` may take long: then call it in a thread."""
        return bool(self._command) and self._from_command is None and not self._named_variable()

    def find(self) -> Key:
        """The key. Raises `ProviderError` where the command fails or the key cannot be one."""
        variable = self._named_variable()
        if variable:
            return _checked(self._environ[variable], variable)
        if not self._command:
            return Key(secret=None, source=self._variables[0] if self._variables else self._setting)
        with self._lock:
            if self._from_command is None:
                self._from_command = _checked(self._run(), self._setting)
            return self._from_command

    def _named_variable(self) -> str:
        return next((name for name in self._variables if self._environ.get(name, "").strip()), "")

    def _run(self) -> str:
        import shlex  # these three only where a command is configured
        import subprocess

        try:
            done = subprocess.run(
                shlex.split(self._command),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._timeout_s,
                env=dict(self._environ),
                check=False,
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise self._failed(_reason(error)) from None
        lines = done.stdout.decode("utf-8", "replace").splitlines()
        if done.returncode:
            raise self._failed(f"it ended with code {done.returncode}")
        if not lines or not lines[0].strip():
            raise self._failed("it printed nothing")
        return lines[0]

    def _failed(self, why: str) -> ProviderError:
        # Neither the command's words nor its output: both may hold a secret.
        return ProviderError(
            f"The command of {self._setting} gave no key: {why}. Run it in a terminal to see more.",
            kind="auth",
        )


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "the program was not found"
    if isinstance(error, OSError):
        return error.strerror or "it could not be started"
    return "its quotes do not match" if isinstance(error, ValueError) else "it took too long"


def _checked(text: str, source: str) -> Key:
    secret = text.strip()
    if not all(0x21 <= ord(char) < 0x7F for char in secret):
        raise ProviderError(
            f"The key from {source} holds a space, a line break or a letter that no key has: set "
            "it again.",
            kind="auth",
        )
    return Key(secret=secret, source=source)

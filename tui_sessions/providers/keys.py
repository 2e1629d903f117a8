"""Keys: from the environment, else from a command that the user configured, else from the system's
keyring. Never from or into a file of ours."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tui_sessions.errors import ProviderError

KEYRING_SERVICE = "tui-sessions"
"""What entries of the keyring are for; their user is the provider's name."""
MOST_PRINTED = 65_536
"""Bytes of a command's output that are read."""
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
    """Finds a provider's key; the command is run, and the keyring asked, at first need, and once."""

    def __init__(
        self,
        environ: Mapping[str, str],
        variables: tuple[str, ...],
        command: str = "",
        *,
        setting: str = "api_key_command",
        keyring_user: str = "",
        advised: str = "",
        timeout_s: float = COMMAND_TIMEOUT_S,
    ) -> None:
        """`setting` is the name of the command's key in the configuration; `keyring_user` is whose entry
        of the keyring is asked, "" for none; `advised` the variable to name where there is no key."""
        self._environ = environ
        self._variables = variables
        self._command = command.strip()
        self._setting = setting
        self._keyring_user = keyring_user
        self._advised = advised
        self._timeout_s = timeout_s
        self._found: Key | None = None
        self._lock = threading.Lock()

    @property
    def runs_command(self) -> bool:
        """Whether `find` may take long: then call it in a thread."""
        return self._found is None and self.place not in ("", self._named_variable())

    @property
    def place(self) -> str:
        """Where `find` would look, in a word: a variable that is set, the command's setting, the keyring;
        "" where nobody said. Nothing is run and no keyring asked."""
        if self._named_variable():
            return self._named_variable()
        if self._command:
            return self._setting
        return "the keyring" if self._keyring_user else ""

    @property
    def lacking(self) -> str:
        """What to set where there is no key."""
        return self._advised or (self._variables[0] if self._variables else self._setting)

    def find(self) -> Key:
        """The key. Raises `ProviderError` where the command or the keyring fails or the key cannot be
        one."""
        variable = self._named_variable()
        if variable:
            return _checked(self._environ[variable], variable)
        if not self._command and not self._keyring_user:
            return Key(secret=None, source=self.lacking)
        with self._lock:
            if self._found is None:
                self._found = self._asked()
            return self._found

    def forget(self) -> None:
        """Ask the command or the keyring again: some keys last an hour."""
        with self._lock:
            self._found = None

    def _asked(self) -> Key:
        if self._command:
            return _checked(self._run(), self._setting)
        secret = stored_key(self._keyring_user)
        if not secret:
            name = self._keyring_user
            raise ProviderError(
                f"The keyring holds no key for {name}: `tui-sessions providers key {name}` puts it "
                "there.",
                kind="auth",
            )
        return _checked(secret, "the keyring")

    def _named_variable(self) -> str:
        return next((name for name in self._variables if self._environ.get(name, "").strip()), "")

    def _run(self) -> str:
        import shlex  # these three only where a command is configured
        import subprocess

        try:
            running = subprocess.Popen(
                shlex.split(self._command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=dict(self._environ),
            )
        except (OSError, ValueError) as error:
            raise self._failed(_reason(error)) from None
        due = time.monotonic() + self._timeout_s
        timer = threading.Timer(self._timeout_s, running.kill)
        timer.start()
        try:
            with running:
                # Only so much, because there are commands that print without end.
                printed = running.stdout.read(MOST_PRINTED) if running.stdout else b""
                if len(printed) == MOST_PRINTED:
                    running.kill()
        finally:
            timer.cancel()
        lines = printed.decode("utf-8", "replace").splitlines()
        if running.returncode and time.monotonic() >= due:
            raise self._failed("it took too long")
        if len(printed) == MOST_PRINTED:
            raise self._failed("it printed far too much")
        if running.returncode:
            raise self._failed(f"it ended with code {running.returncode}")
        if not lines or not lines[0].strip():
            raise self._failed("it printed nothing")
        return lines[0]

    def _failed(self, why: str) -> ProviderError:
        # Neither the command's words nor its output: both may hold a secret.
        return ProviderError(
            f"The command of {self._setting} gave no key: {why}. Run it in a terminal to see more.",
            kind="auth",
        )


def stored_key(name: str) -> str:
    """The key of a provider in the system's keyring; "" where there is none. Raises `ProviderError`."""
    return str(_keyring(lambda keyring: keyring.get_password(KEYRING_SERVICE, name)) or "")


def store_key(name: str, secret: str) -> None:
    """Puts a provider's key into the system's keyring, over one that is there. Raises `ProviderError`, also
    for what cannot be a key."""
    found = _checked(secret, "what was typed").secret
    if not found:
        raise ProviderError(f"There was no key to keep for {name}.", kind="auth")
    _keyring(lambda keyring: keyring.set_password(KEYRING_SERVICE, name, found))


def forget_key(name: str) -> bool:
    """Takes a provider's key out of the keyring; whether there was one. Raises `ProviderError`."""
    if not stored_key(name):
        return False
    _keyring(lambda keyring: keyring.delete_password(KEYRING_SERVICE, name))
    return True


def _keyring(ask: Callable[[Any], Any]) -> Any:
    """What the keyring says. Raises `ProviderError`, which holds none of its words: they could hold the
    key."""
    try:
        import keyring  # an extra, and slow to load
        import keyring.errors
    except ImportError:
        raise ProviderError(
            "The system's keyring cannot be asked: install tui-sessions with the extra keyring "
            "(pip install 'tui-sessions[keyring]').",
            kind="auth",
        ) from None
    try:
        return ask(keyring)
    except keyring.errors.NoKeyringError:
        why = "there is none on this system; use an environment variable or api_key_command"
    except keyring.errors.KeyringLocked:
        why = "it is locked; unlock it and try again"
    except (keyring.errors.KeyringError, OSError, RuntimeError) as error:
        why = f"it failed ({type(error).__name__})"
    raise ProviderError(f"The keyring gave nothing: {why}.", kind="auth")


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "the program was not found"
    if isinstance(error, OSError):
        return error.strerror or "it could not be started"
    return "its quotes do not match"


def _checked(text: str, source: str) -> Key:
    secret = text.strip()
    if not all(0x21 <= ord(char) < 0x7F for char in secret):
        raise ProviderError(
            f"The key from {source} holds a space, a line break or a letter that no key has: set "
            "it again.",
            kind="auth",
        )
    return Key(secret=secret, source=source)

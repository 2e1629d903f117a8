"""The fields of the details form as values: how each is read, shown, understood and changed.

Knows nothing of the screen; texts are shown clean, and one that nobody touched is never written back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from tui_sessions.errors import UsageError
from tui_sessions.model import edits
from tui_sessions.model.context_limit import Window, context_limit, set_window, window_from
from tui_sessions.model.session import STATUSES, Change, Params, Session
from tui_sessions.model.tags import split_tags
from tui_sessions.model.text import clean, clean_line

OWN_KEYS = frozenset({"title", "tags", "project", "notes", "status"})
"""Keys of `meta` that have a field of their own and no row among the further keys."""
SWITCHES = ("pinned", "starred")
"""Keys of `meta` that share one field where they are true or false; any other value is a further key."""
SWITCH_WORDS = ("", "pinned", "starred", "pinned, starred")
MAX_TEMPERATURE = 2.0
"""The highest that any of the providers takes (OpenAI 2, Anthropic 1, Ollama unbounded but useless)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a session. `understood` raises `UsageError` with one sentence."""

    key: str
    label: str
    read: Callable[[Session], Any]
    shown: Callable[[Any], str]
    understood: Callable[[str], Any]
    change: Callable[[Any, Any], Change]
    """The edit that turns the first value (as it was) into the second."""
    hint: str = ""
    """Shown in an empty field."""
    is_long: bool = False

    def is_moved(self, session: Session, before: Any, after: Any) -> bool:
        """Whether a text of several lines is by now neither what it was when writing began nor what was
        written: somebody else wrote one, and neither is to take the other's place."""
        return self.is_long and self.read(session) not in (before, after)


def shown_text(value: object) -> str:
    """A one-line text as a field shows it."""
    return clean_line(str(value)) if value else ""


def shown_long(value: object) -> str:
    """A text of several lines as a field shows it."""
    return clean(str(value)) if value else ""


def shown_number(value: object) -> str:
    """A number, nothing where it is not set."""
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def shown_json(value: object) -> str:
    """A value of `meta`: bare text where it reads back as that text, else JSON."""
    if isinstance(value, str):
        text = clean_line(value)
        is_plain = bool(text) and understood_json(text) == text
        return text if is_plain else json.dumps(text, ensure_ascii=False)
    return clean_line(json.dumps(value, ensure_ascii=False, default=str))


def understood_json(text: str) -> Any:
    """What a person means by `text`: a number, true, false, null, JSON, else the text itself."""
    text = text.strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    # JSON has no NaN or infinity, and integers past 64 bits do not survive other readers.
    fits = not isinstance(value, int | float) or abs(value) < 2**63
    return value if fits else text


def key_and_value(text: str) -> tuple[str, Any]:
    """The key and value of `key: value` (or `key = value`)."""
    at = min((i for i in (text.find(":"), text.find("=")) if i > 0), default=-1)
    key, value = text[:at].strip(), text[at + 1 :].strip()
    if at < 0 or not key or not value:
        raise UsageError("Write a key and a value, for example importance: high.")
    return key, understood_json(value)


def _temperature(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= MAX_TEMPERATURE:
        raise UsageError("The temperature is a number from 0 to 2.")
    return value


def _whole(text: str, at_least: int, sentence: str) -> int | None:
    text = text.strip().replace("_", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) >= at_least):
        raise UsageError(sentence)
    return int(text)


def _max_tokens(text: str) -> int | None:
    return _whole(text, 1, "The most tokens of an answer is a whole number from 1.")


def _window(session: Session) -> Window | None:
    tokens, pairs = context_limit(session.params), session.params.context_window
    if tokens is not None:
        return Window(tokens=tokens)
    return Window(pairs=pairs) if pairs else None


def _shown_window(value: Any) -> str:
    if value is None:
        return ""
    return str(value.pairs) if value.tokens is None else f"{value.tokens:,} tokens"


def _understood_window(text: str) -> Window | None:
    window = window_from(text, Params()) if text else None
    return None if window == Window() else window


def _status(text: str) -> str:
    if text not in STATUSES:
        raise UsageError(f"The status is one of {', '.join(STATUSES)}.")
    return text


def _param(name: str) -> Callable[[Any, Any], Change]:
    def change(_before: Any, after: Any) -> Change:
        # Only this parameter: the others may have changed on disk since.
        return lambda session: edits.set_params(
            msgspec.structs.replace(session.params, **{name: after})
        )(session)

    return change


def _tags_change(before: tuple[str, ...], after: tuple[str, ...]) -> Change:
    """Adds and removes what differs, so that a tag given meanwhile by another program stays."""

    def change(session: Session) -> Session:
        if session.meta.tags == before:
            return edits.set_tags(after)(session)
        removed = edits.remove_tags(tag for tag in before if tag not in after)(session)
        return edits.add_tags(tag for tag in after if tag not in before)(removed)

    return change


def _switched_on(session: Session) -> str:
    return ", ".join(key for key in SWITCHES if session.meta.extra.get(key) is True)


def _switches_change(before: str, after: str) -> Change:
    """Turns what differs, and nothing else."""
    turned = {key: key in after for key in SWITCHES if (key in before) != (key in after)}

    def change(session: Session) -> Session:
        for key, is_on in turned.items():
            session = edits.set_meta(key, True if is_on else None)(session)
        return session

    return change


def _titled(session: Session) -> object:
    return session.title or session.meta.extra.get("title") or None


TITLE = Field(
    "title", "title", _titled, shown_text, shown_text, lambda _, new: edits.retitle(new or "")
)
TAGS = Field(
    "tags", "tags", lambda s: s.meta.tags, lambda tags: ", ".join(map(clean_line, tags)),
    split_tags, _tags_change, "add a tag",
)  # fmt: skip
PROJECT = Field(
    "project", "project", lambda s: s.meta.project, shown_text, lambda text: text.strip() or None,
    lambda _, new: edits.set_project(new), "none",
)  # fmt: skip
STATUS = Field(
    "status", "status", lambda s: s.status, shown_text, _status,
    lambda _, new: edits.set_status(new) if new in STATUSES else _as_it_was(new),
)  # fmt: skip
AT_HAND = Field("at hand", "at hand", _switched_on, shown_text, lambda text: text, _switches_change)
SYSTEM = Field(
    "system", "system prompt", lambda s: s.system, shown_long, lambda text: text.strip() or None,
    lambda _, new: edits.set_system(new), "none", is_long=True,
)  # fmt: skip
NOTES = Field(
    "notes", "notes", lambda s: s.meta.notes, shown_long, lambda text: text.strip() or None,
    lambda _, new: edits.set_notes(new), "none", is_long=True,
)  # fmt: skip
TEMPERATURE = Field(
    "params.temperature", "temperature", lambda s: s.params.temperature, shown_number,
    _temperature, _param("temperature"), "default",
)  # fmt: skip
MAX_TOKENS = Field(
    "params.max_tokens", "max tokens", lambda s: s.params.max_tokens, shown_number,
    _max_tokens, _param("max_tokens"), "default",
)  # fmt: skip
CONTEXT_WINDOW = Field(
    "params.context_window", "context", _window, _shown_window,
    _understood_window, lambda _, new: set_window(new or Window()), "all pairs",
)  # fmt: skip


def meta_field(key: str) -> Field:
    """The field of a further key of `meta`; emptied, it removes the key."""
    return Field(
        f"meta.{key}",
        clean_line(key),
        lambda session: session.meta.extra.get(key),
        lambda value: "" if value is None else shown_json(value),
        lambda text: understood_json(text) if text.strip() else None,
        lambda _, new: edits.set_meta(key, new),
        "empty",
    )


def _as_it_was(status: str) -> Change:
    """A word for a status that another program wrote, brought back by an undo."""
    return lambda session: msgspec.structs.replace(session, status=status)

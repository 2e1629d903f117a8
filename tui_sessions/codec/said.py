"""Messages and their parts out of foreign JSON."""

from __future__ import annotations

from typing import Any

from tui_sessions.codec.fields import Known, kind_of, moment, text, understood, word
from tui_sessions.errors import DamagedFileError
from tui_sessions.model.message import Message, Part


def check_message(raw: dict[str, Any], place: str) -> None:
    """Raises `DamagedFileError` that names the place where `raw` has not the structure of a message."""
    if "role" not in raw:
        raise DamagedFileError(f"{place}.role is missing.")
    if not isinstance(raw["role"], str):
        raise DamagedFileError(f"{place}.role is {kind_of(raw['role'])}, not text.")
    content = raw.get("content")
    if content is not None and not isinstance(content, str | list):
        raise DamagedFileError(
            f"{place}.content is {kind_of(content)}, neither text nor a list of parts."
        )


def message_of(raw: dict[str, Any], problems: list[str]) -> Message:
    """The message of a checked object; `content` is None where a part of it is none."""
    fields = understood(raw, _MESSAGE, problems)
    fields.setdefault("content", None)
    return Message(**fields)


def _content(value: Any, problems: list[str]) -> str | tuple[Part, ...] | None:
    if isinstance(value, str):
        return value
    if any(not isinstance(part, dict | str) for part in value):
        return None
    return tuple(_part(part, problems) for part in value)


def _part(raw: dict[str, Any] | str, problems: list[str]) -> Part:
    if isinstance(raw, str):
        return Part(kind="text", text=raw)
    fields = understood(raw, _PART, problems)
    fields.setdefault("kind", "text" if "text" in fields else "part")
    return Part(**fields)


_PART = {"type": Known("kind", text, "text"), "text": Known("text", text, "text")}
_MESSAGE = {
    "role": Known("role", word, "text"),
    "content": Known("content", _content, "text or a list of parts"),
    "timestamp": Known("timestamp", moment, "a time"),
    "model": Known("model", word, "text"),
    "reasoning": Known("reasoning", text, "text"),
}

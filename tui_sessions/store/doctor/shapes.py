"""In which shape a session file is written: ours, another one that is read, or several sessions in one file."""

from __future__ import annotations

from typing import Any

import msgspec

from tui_sessions.codec.foreign import BOM, parsed
from tui_sessions.errors import DamagedFileError
from tui_sessions.model.session import FORMAT

_OURS = b'{\n  "format": %d,' % FORMAT
_BUNDLES = ("sessions", "conversations", "chats")


class _Shape(msgspec.Struct):
    id: msgspec.Raw = msgspec.Raw()
    format: msgspec.Raw = msgspec.Raw()
    turns: msgspec.Raw = msgspec.Raw()


_decoder = msgspec.json.Decoder(_Shape)


def other_shape(data: bytes) -> str:
    """How a session file that can be read differs from one of ours, in a few words; "" where it does not."""
    if data.startswith(_OURS):
        return ""
    try:
        shape = _decoder.decode(data.removeprefix(BOM))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return "another program wrote it"
    if bytes(shape.turns) in (b"", b"null"):
        return "its messages stand in one list"
    if not bytes(shape.format):
        return "it states no format"
    if bytes(shape.format) != b"%d" % FORMAT:
        return "it is of an older format" if bytes(shape.format).isdigit() else "its format is odd"
    return "" if bytes(shape.id) else "it states no id"


def bundled(data: bytes) -> list[dict[str, Any]]:
    """The sessions of a file that holds several of them, as plain objects; none where it is not such a file."""
    try:
        value = parsed(data)
    except DamagedFileError:
        return []
    if isinstance(value, dict) and "turns" not in value and "messages" not in value:
        value = next((value[k] for k in _BUNDLES if isinstance(value.get(k), list)), None)
    if not isinstance(value, list) or not value:
        return []
    return value if all(_is_session(item) for item in value) else []


def _is_session(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("turns", value.get("messages")), list)

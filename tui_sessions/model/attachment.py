"""What is attached to messages: parts that name a file of the library by the hash of its bytes. Pure.

A part of ours is `{"type": "image"|"file", "name", "mime", "sha256", "size"}`; files of other programs hold
parts of many shapes, with their bytes inside. Both are named here; only ours have their bytes in the library.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from tui_sessions.model.display import shown_size
from tui_sessions.model.message import Message, Part
from tui_sessions.model.text import clean_line

KINDS = frozenset(
    ("image", "image_url", "input_image", "file", "input_file", "document", "audio", "video")
)
"""Kinds of parts that were attached; others (`thinking`, `tool_use`, …) a model wrote."""
MOST_BYTES = 50_000_000
"""The largest file that is attached; no provider takes more in one request."""
SHOWN_DIGITS = 12
"""So much of a hash is shown."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAMES = ("name", "filename", "file_name", "title")
_TYPES = ("mime", "mime_type", "media_type", "mimeType")
_DATA = ("data", "file_data", "url", "image_url", "base64")
_NESTED = ("file", "source", "image_url", "input_audio")
_DATA_URL = re.compile(r"data:(?P<mime>[^;,]*)(?:;[^,]*)?;base64,", re.IGNORECASE)


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a part says of its file. Parts of other programs may lack any of it."""

    name: str = ""
    """Raw; "" where it has none."""
    mime: str | None = None
    sha256: str | None = None
    """Where its bytes lie in the library; None for a part of another program."""
    size: int | None = None

    @property
    def shown_name(self) -> str:
        """The name on one clean line, or a word for it."""
        return clean_line(self.name) or "a file without a name"


def attachment(*, name: str, mime: str, sha256: str, size: int) -> Part:
    """The part for a file that lies in the library."""
    kind = "image" if mime.startswith("image/") else "file"
    # Names of files need not be UTF-8; what is on disk and on the wire has to be.
    name = name.encode("utf-8", "replace").decode()
    return Part(kind=kind, extra={"name": name, "mime": mime, "sha256": sha256, "size": size})


def is_attached(part: Part) -> bool:
    """Whether `part` is an attachment, of whatever program."""
    return part.kind in KINDS


def attachments_of(message: Message) -> tuple[Part, ...]:
    """The attachments of a message, those of other programs among them."""
    return tuple(filter(is_attached, _parts(message)))


def with_attachments(text: str, parts: tuple[Part, ...]) -> str | tuple[Part, ...]:
    """The content of a message: plain text where nothing is attached."""
    if not parts:
        return text
    return (Part(kind="text", text=text), *parts) if text else parts


def typed_text(message: Message) -> str:
    """What was typed, without the names of attachments that `Message.text` has (raw)."""
    if isinstance(message.content, str):
        return message.content
    return "\n\n".join(text for text, part in blocks(message) if part is None)


def written_text(message: Message) -> str:
    """The texts of a message alone (raw), as they are edited: nothing that only names a part."""
    if isinstance(message.content, str):
        return message.content
    return "\n\n".join(part.text for part in _parts(message) if part.text is not None)


def textless_parts(message: Message) -> tuple[Part, ...]:
    """The parts of a message without its texts: what stays when `written_text` is written anew."""
    return tuple(
        msgspec.structs.replace(part, text=None)
        for part in _parts(message)
        if part.text is None or is_attached(part)
    )


def blocks(message: Message) -> Iterator[tuple[str, Part | None]]:
    """The content in its order: each text alone, and each attachment with its facts as its text."""
    if not isinstance(message.content, tuple):
        yield message.text, None
    for part in _parts(message):
        if part.text is not None or not is_attached(part):
            yield part.shown, None
        if is_attached(part):
            yield shown_attachment(part), part


def about(part: Part) -> About:
    """What `part` says of its file, whatever its shape."""
    fields = list(_objects(part))
    sha256, size = part.extra.get("sha256"), part.extra.get("size")
    is_ours = isinstance(sha256, str) and _SHA256.fullmatch(sha256)
    is_size = isinstance(size, int) and not isinstance(size, bool) and size >= 0
    return About(
        name=_text(fields, _NAMES) or "",
        mime=_text(fields, _TYPES) or _mime_of_data(fields),
        sha256=sha256 if is_ours else None,
        size=size if is_size else None,
    )


def shown_attachment(part: Part) -> str:
    """Name, type, size and hash on one clean line, as far as they are known."""
    found = about(part)
    facts = [found.shown_name]
    if found.mime:
        facts.append(clean_line(found.mime))
    if found.size is not None:
        facts.append(shown_size(found.size))
    if found.sha256:
        facts.append(f"sha256 {found.sha256[:SHOWN_DIGITS]}")
    return ", ".join(facts)


def inline_bytes(part: Part) -> bytes | None:
    """The bytes that a part of another program holds inside (base64); None where it has none."""
    for fields in _objects(part):
        for key in _DATA:
            value = fields.get(key)
            if isinstance(value, str) and (data := _decoded(value, key)) is not None:
                return data
    return None


def _parts(message: Message) -> tuple[Part, ...]:
    return message.content if isinstance(message.content, tuple) else ()


def _objects(part: Part) -> Iterator[dict[str, Any]]:
    """The part's own fields, then those of the objects in it where programs put them."""
    yield part.extra
    for key in _NESTED:
        nested = part.extra.get(key)
        if isinstance(nested, dict):
            yield nested


def _text(objects: list[dict[str, Any]], keys: tuple[str, ...]) -> str | None:
    values = (fields.get(key) for fields in objects for key in keys)
    return next((value for value in values if isinstance(value, str) and value), None)


def _mime_of_data(objects: list[dict[str, Any]]) -> str | None:
    for fields in objects:
        for key in _DATA:
            value = fields.get(key)
            found = _DATA_URL.match(value) if isinstance(value, str) else None
            if found is not None and found["mime"]:
                return found["mime"].lower()
    return None


def _decoded(value: str, key: str) -> bytes | None:
    url = _DATA_URL.match(value)
    if url is None and (value.startswith("data:") or key in ("url", "image_url")):
        return None  # an address elsewhere, which is never fetched
    try:
        return base64.b64decode(value[url.end() :] if url else value, validate=True) or None
    except (binascii.Error, ValueError):
        return None

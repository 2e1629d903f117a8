"""One utterance in a turn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a message's content; `extra` holds what the kind brings (name, sha256, url, …)."""

    kind: str
    text: str | None = None
    extra: dict[str, Any] = {}

    @property
    def shown(self) -> str:
        """The text, or the part named in brackets."""
        if self.text is not None:
            return self.text
        name = self.extra.get("name") or self.extra.get("filename") or ""
        return f"[{self.kind}: {name}]" if name else f"[{self.kind}]"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said: `content` is text, or parts, or None where a file says null."""

    role: str
    content: str | tuple[Part, ...] | None
    timestamp: datetime | None = None
    model: str | None = None
    reasoning: str | None = None
    extra: dict[str, Any] = {}

    @property
    def text(self) -> str:
        """The content as one text (raw, not cleaned)."""
        if isinstance(self.content, str):
            return self.content
        return "\n\n".join(part.shown for part in self.content or ())

"""Tokens that a prompt and its answer used. None is unknown, which is not zero."""

from __future__ import annotations

from typing import Any

import msgspec

COUNTED = (
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Token counts; `prompt_tokens` includes cached ones, `completion_tokens` includes reasoning."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    extra: dict[str, Any] = {}

    @property
    def total(self) -> int | None:
        """All tokens, added up where the file gives no total."""
        if self.total_tokens is not None:
            return self.total_tokens
        if self.prompt_tokens is None or self.completion_tokens is None:
            return None
        return self.prompt_tokens + self.completion_tokens

    def plus(self, other: Usage | None, *, sign: int = 1) -> Usage:
        """Field by field; a count unknown on both sides stays unknown. Not every server states the sum of
        both counts, so that it is derived before it is added."""
        if other is None:
            return self
        sums: dict[str, int | None] = {}
        for name in COUNTED:
            ours, theirs = getattr(self, name), getattr(other, name)
            if name == "total_tokens":
                ours, theirs = self.total, other.total
            unknown = theirs is None or (ours is None and sign < 0)
            sums[name] = ours if unknown else (ours or 0) + sign * theirs
        return msgspec.structs.replace(self, **sums)

"""Requests of unknown cost behind an answer whose own cost is known. Several requests may make one answer (it
was continued, an attempt before it failed after it was charged), and their sum must not look whole."""

from __future__ import annotations

from dataclasses import dataclass

from tui_sessions.model.usage import Usage


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that went into an answer."""

    is_priced: bool
    is_counted: bool
    """Whether what was sent and what came are both counted, so that a price can be found later."""


def asked(cost: int | None, usage: Usage | None, *, has_text: bool) -> Asked | None:
    """None where nothing was said and nothing counted: such a request costs nothing."""
    if cost is None and not has_text and (usage is None or not used_anything(usage)):
        return None
    is_counted = usage is not None and None not in (usage.prompt_tokens, usage.completion_tokens)
    return Asked(cost is not None, is_counted and usage is not None and used_anything(usage))


def used_anything(usage: Usage) -> bool:
    """Whether any count is known and more than zero."""
    return bool(usage.prompt_tokens or usage.completion_tokens or usage.total_tokens)


def hidden(one: Asked | None, other: Asked | None) -> int:
    """How many of two requests that become one answer are unknown without the answer's telling.

    Where both are unknown so is the answer's cost, which tells of one; and of both, where their counts
    together make a price later."""
    if one is None or other is None:
        return 0
    if one.is_priced or other.is_priced:
        return int(not (one.is_priced and other.is_priced))
    return int(not (one.is_counted and other.is_counted))

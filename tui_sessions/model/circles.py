"""Circles among parents, which files edited by hand can make. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)


def openers(parents: Mapping[Key, Key], order: Callable[[Key], Any]) -> set[Key]:
    """Of every circle that leads from child to parent and round again, the first by `order`: without its
    parent the circle is open."""
    found: set[Key] = set()
    safe: set[Key] = set()
    for start in parents:
        walked: dict[Key, None] = {}
        at = start
        while at in parents and at not in safe and at not in walked:
            walked[at] = None
            at = parents[at]
        if at in walked:
            circle = list(walked)[list(walked).index(at) :]
            found.add(min(circle, key=order))
        safe |= walked.keys()
    return found

"""`<think>…</think>` at the very start of an answer, as many local servers send it, told apart from
the answer. Pure."""

from __future__ import annotations

from tui_sessions.providers.base import Event, Reasoning, Text

_OPEN, _CLOSE = "<think>", "</think>"


class ThinkingSplitter:
    """Pieces of an answer into `Text` and `Reasoning`; the tags may be cut anywhere between
    pieces."""

    def __init__(self) -> None:
        self._state = self._at_start
        self._held = ""

    def feed(self, piece: str) -> list[Event]:
        """What `piece` makes certain; what could still become a tag is held back."""
        self._held += piece
        events: list[Event] = []
        while True:
            state = self._state
            events += state()
            if self._state == state:
                return events

    def end(self) -> list[Event]:
        """What was held back: nothing follows that could complete a tag."""
        held, self._held = self._held, ""
        if not held:
            return []
        return [Reasoning(held)] if self._state == self._inside else [Text(held)]

    def _at_start(self) -> list[Event]:
        begun = self._held.lstrip()
        if begun.startswith(_OPEN):
            self._held = begun[len(_OPEN) :]
            self._state = self._opened
        elif not _OPEN.startswith(begun):
            self._state = self._through
        return []

    def _opened(self) -> list[Event]:
        self._held = self._held.lstrip("\n")
        if self._held:
            self._state = self._inside
        return []

    def _inside(self) -> list[Event]:
        thought, tag, rest = self._held.partition(_CLOSE)
        if tag:
            self._held = rest
            self._state = self._after
        else:
            kept = _overlap(thought, _CLOSE)
            thought, self._held = thought[: len(thought) - kept], thought[len(thought) - kept :]
        return [Reasoning(thought)] if thought else []

    def _after(self) -> list[Event]:
        self._held = self._held.lstrip()
        if self._held:
            self._state = self._through
        return []

    def _through(self) -> list[Event]:
        text, self._held = self._held, ""
        return [Text(text)] if text else []


def _overlap(text: str, tag: str) -> int:
    """How many characters at the end of `text` could begin `tag`."""
    return next(
        (n for n in range(min(len(text), len(tag) - 1), 0, -1) if tag.startswith(text[-n:])), 0
    )

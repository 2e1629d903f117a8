"""The objects of one JSON array as they come: how Gemini answers where `alt=sse` got lost on the way. Pure.

Checked against `tests/data/providers/gemini-json-array.json`, cut at every byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui_sessions.providers.sse import ServerMessage, too_long

_TELLING = re.compile(rb'[{}\[\]"\\]')
_AFTER_ESCAPE = re.compile(rb'["\\]')


class JsonArrayReader:
    """Each object of the outermost array is one message. What is no object is passed over."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max = max_line_bytes
        self._held = bytearray()
        self._at = 0
        """How far `_held` was looked at."""
        self._begin = -1
        """Where the object that is open begins; -1: none is."""
        self._depth = 0
        self._in_text = False

    def feed(self, chunk: bytes) -> Iterator[ServerMessage]:
        """The objects that `chunk` completes. Raises `ProviderError` once one is too long."""
        self._held += chunk
        while (found := self._next()) is not None:
            yield ServerMessage("", found.decode("utf-8", "replace"))
        if len(self._held) > self._max:
            raise too_long(self._max)

    def end(self) -> Iterator[ServerMessage]:
        """Half an object is none."""
        return iter(())

    def _next(self) -> bytes | None:
        """The next whole object; None where more must come."""
        while (mark := self._mark()) is not None:
            match self._held[mark : mark + 1]:
                case b"{" | b"[":
                    self._depth += 1
                    if self._depth == 2:
                        self._begin = mark
                case b"}" | b"]":
                    self._depth -= 1
                    if self._depth == 1 and self._begin >= 0:
                        return self._taken(mark + 1)
        if self._begin < 0:
            self._drop(self._at)
        return None

    def _mark(self) -> int | None:
        """Where the next bracket stands that is in no text."""
        while True:
            pattern = _AFTER_ESCAPE if self._in_text else _TELLING
            found = pattern.search(self._held, self._at)
            if found is None:
                self._at = len(self._held)
                return None
            mark = found.start()
            if self._in_text and found[0] == b"\\":
                if mark + 1 == len(self._held):
                    self._at = mark  # what it escapes is still to come
                    return None
                self._at = mark + 2
                continue
            self._at = mark + 1
            if found[0] == b'"':
                self._in_text = not self._in_text
            elif found[0] != b"\\":
                return mark

    def _taken(self, stop: int) -> bytes:
        found = bytes(self._held[self._begin : stop])
        self._begin = -1
        self._drop(stop)
        return found

    def _drop(self, stop: int) -> None:
        del self._held[:stop]
        self._at -= stop

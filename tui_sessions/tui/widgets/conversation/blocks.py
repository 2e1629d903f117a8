"""A message's text into blocks: at once, or piece by piece with what is finished parsed only once.

A fence at the first column always begins a top-level block, whatever stands before it. So texts are cut
there first: a fence of a megabyte never goes through the Markdown parser, and one that is still open
only takes lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tui_sessions.tui.widgets.conversation.markdown import (
    Block,
    Code,
    Items,
    Plain,
    Quote,
    block_starts,
    is_too_much,
    parsed,
)

_OPENING = re.compile(r"^(?:(`{3,})([^`\n]*)|(~{3,})([^\n]*))$", re.MULTILINE)
_CLOSING = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*$", re.MULTILINE)
DEFINES = re.compile(r"^[ \t>*+\-\d.)]*\[[^\]]+\]:", re.MULTILINE)
"""A link definition, also inside quotes and lists; not the `list[str]:` of code."""
MAX_TAIL = 32_000
"""Characters of one unfinished block that are parsed again with every frame; what is beyond is shown
plain until the end."""


@dataclass(slots=True)
class OpenFence:
    """A fence whose end has not come."""

    mark: str
    language: str
    lines: list[str] = field(default_factory=list)

    def is_closed_by(self, line: str) -> bool:
        """Whether `line` is its end."""
        found = _CLOSING.match(line)
        return found is not None and found[1].startswith(self.mark)

    def may_close(self, line: str) -> bool:
        """Whether `line` may become its end."""
        return not line.strip(" " + self.mark[0])

    def block(self, *more: str) -> Code:
        """The code that came, with `more` lines."""
        return Code("\n".join((*self.lines, *more)), self.language)


def blocks_of(text: str) -> tuple[Block, ...]:
    """The blocks of a whole message (clean text)."""
    env: dict[str, Any] = {}
    chunks = list(_chunks(text))
    if DEFINES.search(text):
        # Links may be defined after they are used, and on the other side of a fence.
        for chunk in chunks:
            if isinstance(chunk, str):
                parsed(chunk, env)
    blocks: list[Block] = []
    for chunk in chunks:
        blocks.extend(parsed(chunk, env) if isinstance(chunk, str) else (chunk,))
    return tuple(blocks)


def codes_of(text: str) -> list[Code]:
    """The code blocks of a message (clean text), those in lists and quotes too, in order."""
    return [code for block in blocks_of(text) for code in _codes(block)]


def _codes(block: Block) -> list[Code]:
    match block:
        case Code():
            return [block]
        case Quote(blocks):
            return [code for inner in blocks for code in _codes(inner)]
        case Items(items):
            return [code for item in items for inner in item.blocks for code in _codes(inner)]
        case _:
            return []


def _chunks(text: str) -> Iterator[str | Code]:
    """Stretches of prose, and the fences between them."""
    at = 0
    while (opening := _OPENING.search(text, at)) is not None:
        if opening.start() > at:
            yield text[at : opening.start()]
        fence = _fence(opening)
        start = min(opening.end() + 1, len(text))
        closing = _end_of(fence, text, start)
        stop = len(text) if closing is None else closing.start()
        yield Code(text[start:stop].removesuffix("\n"), fence.language)
        at = stop if closing is None else min(closing.end() + 1, len(text))
    if at < len(text):
        yield text[at:]


def _fence(opening: re.Match[str]) -> OpenFence:
    words = (opening[2] or opening[4] or "").split()
    return OpenFence(opening[1] or opening[3], words[0] if words else "")


def _end_of(fence: OpenFence, text: str, start: int) -> re.Match[str] | None:
    for closing in _CLOSING.finditer(text, start):
        if closing[1].startswith(fence.mark):
            return closing
    return None


class GrowingText:
    """A text that arrives in pieces, as blocks. `finish` gives what `blocks_of` gives for all of it."""

    def __init__(self) -> None:
        self.settled: list[Block] = []
        """Finished blocks: nothing that comes changes them before `finish`."""
        self.tail: tuple[Block, ...] = ()
        """The unfinished rest, read as if it ended here."""
        self.fence: OpenFence | None = None
        """The fence that is open, then there is no tail."""
        self._pieces: list[str] = []
        self._rest = ""
        self._env: dict[str, Any] = {}
        self._stretch: list[str] = []
        """The finished prose since the last fence."""
        self._has_too_much = False

    @property
    def text(self) -> str:
        """All that came."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    @property
    def partial(self) -> str:
        """The last line of an open fence, which may go on."""
        return self._rest

    def feed(self, text: str) -> None:
        """Take a piece (clean)."""
        self._pieces.append(text)
        self._rest += text
        if "\n" in text:
            while self._settle():
                pass
        if self.fence is None and len(self._rest) > MAX_TAIL:
            self._give_up()
        self.tail = parsed(self._rest, dict(self._env)) if self.fence is None else ()

    def finish(self) -> tuple[Block, ...]:
        """All blocks; nothing more comes."""
        text = self.text
        self._end_stretch(self._rest if self.fence is None else "")
        if self._has_too_much or self._is_rough() or DEFINES.search(text):
            return blocks_of(text)
        rest: tuple[Block, ...]
        if self.fence is None:
            rest = blocks_of(self._rest)
        elif self.fence.is_closed_by(self._rest):
            rest = (self.fence.block(),)
        else:
            rest = (self.fence.block(*([self._rest] if self._rest else [])),)
        return (*self.settled, *rest)

    def _is_rough(self) -> bool:
        return any(isinstance(block, Plain) for block in (*self.settled, *self.tail))

    def _settle(self) -> bool:
        """Move what is finished out of the rest. True when there may be more of it."""
        whole = self._rest.rfind("\n") + 1
        if not whole:
            return False
        if self.fence is not None:
            return self._settle_fence(self.fence, whole)
        opening = _OPENING.search(self._rest, 0, whole)
        if opening is not None:
            self._settle_prose(opening.start())
            self._end_stretch()
            self.fence = _fence(opening)
            self._rest = self._rest[opening.end() - opening.start() + 1 :]
            return True
        # Whole lines only: the first letters of a line may promise another block than its end does.
        starts = block_starts(self._rest[:whole])
        if len(starts) > 1:
            self._settle_prose(_offset(self._rest, starts[-1]))
        return False

    def _settle_fence(self, fence: OpenFence, whole: int) -> bool:
        lines = self._rest[: whole - 1].split("\n")
        for index, line in enumerate(lines):
            if fence.is_closed_by(line):
                fence.lines.extend(lines[:index])
                self.settled.append(fence.block())
                self.fence = None
                self._rest = "\n".join((*lines[index + 1 :], self._rest[whole:]))
                return True
        fence.lines.extend(lines)
        self._rest = self._rest[whole:]
        return False

    def _end_stretch(self, rest: str = "") -> None:
        """Prose is read as a whole up to the next fence, where it is not too much."""
        self._has_too_much |= is_too_much("".join((*self._stretch, rest)))
        self._stretch.clear()

    def _settle_prose(self, stop: int) -> None:
        self._stretch.append(self._rest[:stop])
        self.settled.extend(parsed(self._rest[:stop], self._env))
        self._rest = self._rest[stop:]

    def _give_up(self) -> None:
        """Show an endless block plain, so that the cost of a frame stays bounded."""
        cut = max(self._rest.rfind("\n"), self._rest.rfind(" ")) + 1 or len(self._rest)
        self.settled.append(Plain(self._rest[:cut].rstrip("\n")))
        self._rest = self._rest[cut:]


def _offset(text: str, line: int) -> int:
    """Where the line numbered `line` begins in `text`."""
    at = 0
    for _ in range(line):
        at = text.index("\n", at) + 1
    return at

"""A reader of JSON that goes on behind what is damaged: cuts, flipped bits, zeros, missing brackets, torn texts.

What it gives are the values that stand there, in order, nested as well as can be told. Values that are whole are
read by the standard library; between them this feels its way from one key to the next. Pure, never raises, and
does not recurse, however deep the brackets go.
"""

from __future__ import annotations

import json
import re
from typing import Any

MAX_DEPTH = 40
"""What is nested deeper is left out."""
_WHOLE_DEPTH = 8
"""Down to here an object is tried as a whole."""
_KEY_LENGTH = 200

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR = re.compile(
    r"(?:true|false|null|NaN|-?Infinity|-?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,4})?)(?![\w.])"
)
_SPACE = re.compile(r"[ \t\r\n]*")
_NOISE = re.compile(r'(?:\\.|[^"\\{}\[\],:])+|\\', re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][\w-]{0,60}")
_FIRST_KEY = re.compile(r'\{\s*"([A-Za-z_]\w{0,60})"\s*:')
_RESUME = re.compile(
    r'(?<!\\)"\s*,\s*"[A-Za-z_]\w{0,60}"\s*:'  # the end of a text, then a key
    r'|(?<!\\)"\s*\}\s*(?:[,\]}]|$)'  # the end of a text, then that of its object
    r'|,\s*"[A-Za-z_]\w{0,60}"\s*:'  # the same without the quote
    r'|\{\s*"[A-Za-z_]\w{0,60}"\s*:'  # an object that begins
)
"""Where a text that is torn has ended at the latest."""
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_BEGINS_IN_LIST = frozenset({"role", "content", "messages", "id", "message"})
"""Keys with which an object in a list begins: where no value was awaited, the one before it has lost its end."""
_OF_TURN = frozenset(
    [
        "messages",
        "usage",
        "latency_ms",
        "first_token_ms",
        "cost_estimate",
        "price",
        "finish",
        "error",
        "alternatives",
    ]
)
_OF_SESSION = frozenset(
    ["turns", "usage_totals", "meta", "params", "parent", "status", "updated_at", "format"]
)

_LISTS = ("turns", "messages", "alternatives")
"""Keys whose values are lists."""

_decoder = json.JSONDecoder(strict=False)


class Thing(dict[str, Any]):
    """An object of the text."""

    def __init__(self) -> None:
        super().__init__()
        self.is_torn = False
        """Whether something in it was damaged."""
        self.loose: list[Any] = []
        """Values that have lost their keys."""


class _Frame:
    """A bracket that is open."""

    __slots__ = ("key", "parts", "thing")

    def __init__(self, thing: Thing | None) -> None:
        self.thing = thing
        """None for a list."""
        self.parts: list[Any] = []
        self.key: str | None = None
        """The key whose value is awaited."""

    @property
    def value(self) -> Any:
        return self.parts if self.thing is None else self.thing

    def add(self, value: Any) -> None:
        if self.thing is None:
            self.parts.append(value)
        elif self.key is not None:
            self.thing[self.key] = value
            self.key = None
        else:
            self.thing.loose.append(value)
            self.thing.is_torn = True


def read(text: str) -> list[Any]:
    """The values of `text`, outermost ones in order; objects that had to be pieced together are `Thing`s."""
    return _Reader(text).values()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._roots: list[Any] = []
        self._open: list[_Frame] = []
        self._deep = 0
        """Brackets that are open below `MAX_DEPTH`."""

    def values(self) -> list[Any]:
        text, end = self._text, len(self._text)
        while True:
            self._place = self._after_space(self._place)
            if self._place >= end:
                break
            self._step(text[self._place])
        if self._open:
            for frame in self._open:
                self._tear(frame)
        return self._roots

    def _step(self, char: str) -> None:
        match char:
            case "{":
                self._object_begins()
            case "[":
                self._place += 1
                self._push(_Frame(None))
            case "}" | "]":
                self._place += 1
                if self._deep:
                    self._deep -= 1
                else:
                    self._close(is_object=char == "}")
            case "," | ":":
                self._place += 1
                if char == "," and not self._deep and self._open and self._open[-1].key is not None:
                    self._tear(self._open[-1])
                    self._open[-1].key = None
            case '"':
                self._string()
            case _:
                self._bare()

    # ---- objects and lists

    def _object_begins(self) -> None:
        first = _FIRST_KEY.match(self._text, self._place)
        name = first[1] if first else ""
        if self._deep and name in _BEGINS_IN_LIST:
            self._open.clear()
            self._deep = 0
        top = self._open[-1] if self._open else None
        if not self._deep and top is not None and top.thing is not None and top.key is None:
            self._tear(top)
            if name in _BEGINS_IN_LIST and any(frame.thing is None for frame in self._open):
                while self._open[-1].thing is not None:
                    self._open.pop()
        if not self._deep and top is not None and top.key in _LISTS:
            self._tear(top)
            self._push(_Frame(None))  # Its bracket is lost.
        if not self._deep and len(self._open) < _WHOLE_DEPTH and self._whole_object():
            return
        self._place += 1
        self._push(_Frame(Thing()))

    def _whole_object(self) -> bool:
        """Reads the object here where nothing of it is damaged."""
        try:
            value, end = _decoder.raw_decode(self._text, self._place)
        except (ValueError, RecursionError):
            return False
        self._add(value)
        self._place = end
        return True

    def _push(self, frame: _Frame) -> None:
        if len(self._open) < MAX_DEPTH:
            self._add(frame.value)
            self._open.append(frame)
        else:
            self._deep += 1

    def _add(self, value: Any) -> None:
        if self._open:
            self._open[-1].add(value)
        else:
            self._roots.append(value)

    def _close(self, *, is_object: bool) -> None:
        if not any((frame.thing is not None) == is_object for frame in self._open):
            return  # It closes nothing that is known.
        while True:
            frame = self._open.pop()
            if frame.key is not None:
                self._tear(frame)
            if (frame.thing is not None) == is_object:
                return
            self._tear(frame)

    def _tear(self, frame: _Frame) -> None:
        if frame.thing is not None:
            frame.thing.is_torn = True

    # ---- texts

    def _string(self) -> None:
        found = _STRING.match(self._text, self._place)
        if self._deep:
            self._place = found.end() if found else self._place + 1
            return
        top = self._open[-1] if self._open else None
        is_value = top is not None and (top.thing is None or top.key is not None)
        if found is None:
            if top is not None and top.key is not None:
                self._torn_text()
            else:
                self._place += 1
            return
        after = self._after_space(found.end())
        next_char = self._text[after : after + 1]
        if next_char == ":" and self._is_key(found, is_value=is_value, is_in_list=bool(top)):
            self._key_found(_text_of(found[0])[0], after + 1)
        elif next_char in ("", ",", "}", "]") and top is not None:
            said, is_whole = _text_of(found[0])
            if not is_whole or "\0" in said:
                self._tear(top)
            top.add(said)
            self._place = found.end()
        elif top is not None and top.key is not None:
            self._torn_text()
        else:
            if top is not None:
                self._tear(top)
            self._place += 1  # A quote that has lost the other one.

    def _is_key(self, found: re.Match[str], *, is_value: bool, is_in_list: bool) -> bool:
        length = found.end() - found.start() - 2
        if _NAME.fullmatch(found[0], 1, len(found[0]) - 1):
            return True
        return length <= _KEY_LENGTH and is_in_list and not is_value

    def _key_found(self, key: str, place: int) -> None:
        self._place = place
        top = self._open[-1] if self._open else None
        if top is not None and top.thing is None:
            top = self._object_of(key)
        if top is None or top.thing is None:
            thing = Thing()
            thing.is_torn = True
            self._push(_Frame(thing))
            top = self._open[-1]
        elif key in top.thing:
            top = self._next_sibling(top)
        elif top.key is not None:
            self._tear(top)
        top.key = key

    def _object_of(self, key: str) -> _Frame | None:
        """The open object that a key met in a list belongs to; None for one that has lost its beginning."""
        if key not in _OF_TURN and key not in _OF_SESSION:
            return None
        holder = next((f for f in reversed(self._open) if f.thing is not None), None)
        if holder is None or holder.thing is None or key in holder.thing:
            return None
        while self._open[-1] is not holder:
            self._open.pop()
        self._tear(holder)
        return holder

    def _next_sibling(self, top: _Frame) -> _Frame:
        """A key that is there already: between the two, the end of one object and the beginning of the next are
        lost."""
        self._tear(top)
        self._open.pop()
        thing = Thing()
        thing.is_torn = True
        self._push(_Frame(thing))
        return self._open[-1]

    def _torn_text(self) -> None:
        """A text whose end is lost goes on to where something else begins."""
        start = self._place + (self._text[self._place] == '"')
        resume = _RESUME.search(self._text, start)
        end = resume.start() if resume else len(self._text)
        top = self._open[-1]
        self._tear(top)
        top.add(_unescaped(self._text[start:end].rstrip("\0")))
        self._place = end + 1 if resume and resume[0].startswith('"') else end

    def _bare(self) -> None:
        if self._deep:
            self._noise()
            return
        found = _SCALAR.match(self._text, self._place)
        top = self._open[-1] if self._open else None
        if found is not None and top is not None and (top.thing is None or top.key is not None):
            top.add(_scalar_of(found[0]))
            self._place = found.end()
            return
        if top is not None:
            self._tear(top)
            if top.key is not None:
                self._torn_text()
                return
        self._noise()

    def _noise(self) -> None:
        noise = _NOISE.match(self._text, self._place)
        self._place = noise.end() if noise else self._place + 1

    def _after_space(self, place: int) -> int:
        found = _SPACE.match(self._text, place)
        return found.end() if found else place


def _text_of(token: str) -> tuple[str, bool]:
    """The text of a token in quotes, and whether it was whole."""
    try:
        said = json.loads(token, strict=False)
    except ValueError:
        return _unescaped(token[1:-1]), False
    return said, True


def _unescaped(raw: str) -> str:
    def plain(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        return _ESCAPED.get(match[2], match[2])

    return _joined(_ESCAPE.sub(plain, raw))


def _joined(text: str) -> str:
    """Halves of one character that stand beside each other as that character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _scalar_of(token: str) -> Any:
    try:
        return json.loads(token)
    except ValueError:
        return None

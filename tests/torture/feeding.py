"""Hostile text into every place that takes text: values are made from the annotations of what asks for them."""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import inspect
import types
import typing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

NOW = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
ROWS = 3
"""So long is every list."""
_DEEPEST = 9
_SHORT_FROM = 4
"""From this depth on a list is of one, from `_DEEPEST` on of none."""
_PLAIN: dict[Any, Any] = {
    int: 2, float: 1.5, bool: True, datetime: NOW, date: NOW.date(), timedelta: timedelta(hours=1),
    type(None): None, Any: "x", object: "x",
}  # fmt: skip
_LISTS = (
    list, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection,
    collections.abc.Iterator, collections.abc.MutableSequence,
)  # fmt: skip
_SETS = (set, frozenset, collections.abc.Set)
_MAPS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


def made(what: type[Any], text: str, **given: Any) -> Any:
    """A `what` with `text` in all that it takes, but for what is `given`."""
    hints = _hints(what.__init__)
    arguments: dict[str, Any] = {}
    for name, parameter in inspect.signature(what).parameters.items():
        is_rest = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if is_rest or (parameter.default is not parameter.empty and name in _KEPT):
            continue
        hint = hints.get(name, Any)
        arguments[name] = given[name] if name in given else fed(hint, text)
    positional = [
        arguments.pop(name)
        for name, parameter in inspect.signature(what).parameters.items()
        if name in arguments and parameter.kind == parameter.POSITIONAL_ONLY
    ]
    return what(*positional, **{**arguments, **given})


_KEPT = frozenset(("name", "id", "classes", "disabled"))
"""Of widgets: no text from elsewhere."""


def fed(hint: Any, text: str, depth: int = 0) -> Any:
    """A value of the type `hint`, with `text` wherever it holds text."""
    if hint is str or isinstance(hint, str | TypeVar):
        return text
    if hint in _PLAIN:
        return _PLAIN[hint]
    if hint is bytes:
        return text.encode("utf-8", "replace")
    if hint is Path:
        return Path("/") / (text.replace("\x00", "")[:200] or "x")
    origin, inner = get_origin(hint), get_args(hint)
    if origin is not None:
        return _of_many(origin, inner, text, depth + 1)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    if isinstance(hint, type):
        return _of_class(hint, text, depth + 1)
    return text


def _of_many(origin: Any, inner: tuple[Any, ...], text: str, depth: int) -> Any:
    if origin is typing.Literal:
        return inner[0]
    if origin in (typing.Union, types.UnionType):
        return fed(next(kind for kind in inner if kind is not type(None)), text, depth)
    if origin in (typing.Annotated, typing.ClassVar):
        return fed(inner[0], text, depth)
    if origin is type:
        return inner[0]
    if origin is collections.abc.Callable:
        result = inner[-1]
        return lambda *args, **named: fed(result, text, depth)
    count = 0 if depth > _DEEPEST else 1 if depth > _SHORT_FROM else ROWS
    if origin is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(fed(inner[0], text, depth) for _ in range(count))
        return tuple(fed(kind, text, depth) for kind in inner)
    if origin in _LISTS:
        return [fed(inner[0], text, depth) for _ in range(count)]
    if origin in _SETS:
        return frozenset((fed(inner[0], text, depth),))
    if origin in _MAPS:
        return {fed(inner[0], text, depth): fed(inner[1], text, depth)} if count else {}
    return _of_class(origin, text, depth)


def _of_class(kind: type[Any], text: str, depth: int) -> Any:
    hints = _hints(kind)
    if issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        values = {field.name: fed(hints.get(field.name, str), text, depth) for field in fields}
        return kind(**values)
    if dataclasses.is_dataclass(kind):
        fields_of = [field for field in dataclasses.fields(kind) if field.init]
        return kind(**{f.name: fed(hints.get(f.name, str), text, depth) for f in fields_of})
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return kind(*(fed(hints[name], text, depth) for name in kind._fields))
    return Stub(kind, text, depth)


class Stub:
    """Answers what a protocol asks with hostile text, and does nothing."""

    def __init__(self, kind: type[Any], text: str, depth: int) -> None:
        self._kind, self._text, self._depth = kind, text, depth
        self._known: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._known:
            self._known[name] = self._made(name)
        return self._known[name]

    def _made(self, name: str) -> Any:
        member = inspect.getattr_static(self._kind, name, None)
        hints = _hints(self._kind)
        if isinstance(member, property):
            return fed(_hints(member.fget).get("return", str), self._text, self._depth)
        if name in hints:
            return fed(hints[name], self._text, self._depth)
        if member is None:
            raise AttributeError(name)
        result = _hints(member).get("return", str)

        def answer(*args: Any, **named: Any) -> Any:
            return fed(result, self._text, self._depth)

        if inspect.iscoroutinefunction(member):

            async def later(*args: Any, **named: Any) -> Any:
                return answer()

            return later
        return answer


def _hints(of: Any) -> dict[str, Any]:
    """The annotations, those that are imported for the type checker only left as words."""
    try:
        return get_type_hints(of)
    except (NameError, TypeError):
        raw = dict(getattr(of, "__annotations__", {}))
        names = dict(vars(inspect.getmodule(of) or object))
        found: dict[str, Any] = {}
        for name, hint in raw.items():
            try:
                found[name] = eval(hint, names) if isinstance(hint, str) else hint
            except (NameError, TypeError, SyntaxError, AttributeError):
                found[name] = Any
        return found

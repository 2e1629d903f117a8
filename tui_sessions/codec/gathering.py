"""Turns and messages out of values that once were a session, whatever they hang on now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tui_sessions.codec.tolerant import MAX_DEPTH, Thing

DAMAGED = "damaged"
"""In a message: something in it, or beside it, could not be read."""
_LOOSE = "salvaged"
"""In an object: what stood in it without its key."""
_ROLES = frozenset(
    ["user", "assistant", "system", "developer", "tool", "function", "human", "model", "ai", "bot"]
)
_OF_MESSAGE = frozenset(
    ["role", "content", "timestamp", "model", "reasoning", "id", "name", "persona"]
)
_OF_TURN = frozenset(
    ["usage", "latency_ms", "first_token_ms", "cost_estimate", "price", "finish", "alternatives"]
)
_OF_HEADER = frozenset(
    [
        "id",
        "format",
        "title",
        "model",
        "system",
        "created_at",
        "updated_at",
        "status",
        "parent",
        "params",
        "usage_totals",
        "meta",
        "metadata",
        "provider",
        "housekeeping",
    ]
)
_SESSION_ALONE = _OF_HEADER - {"id", "model", "status"}
_NOT_WITHIN = frozenset(
    ["meta", "metadata", "params", "usage_totals", "housekeeping", "usage", "price", "parent"]
)
"""Values in which nobody speaks."""


class Piece(NamedTuple):
    """Messages that belong together."""

    fields: dict[str, Any] | None
    """What else is known of the turn; None for messages that are to be put into turns yet."""
    messages: list[dict[str, Any]]


class Gathered(NamedTuple):
    """What was found."""

    header: dict[str, Any]
    pieces: list[Piece]
    broken: int
    """Values in the place of messages that are none."""


def gathered(values: list[Any]) -> Gathered:
    """Turns and messages in `values`, in their order."""
    found = Gathered({}, [], 0)
    broken = 0
    waiting: list[tuple[str, Any]] = [("", value) for value in reversed(values)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, list):
            if _is_talk(key, value):
                messages, bad = _messages(value)
                broken += bad
                found.pieces.extend(Piece(None, [message]) for message in messages)
                waiting += _strays(value)
            else:
                waiting += ((key, item) for item in reversed(value))
        elif isinstance(value, dict):
            broken += _object(key, value, found, waiting)
    return Gathered(found.header, found.pieces, broken)


def _object(
    key: str, value: dict[str, Any], found: Gathered, waiting: list[tuple[str, Any]]
) -> int:
    """Takes what an object is, and leaves in `waiting` what in it is still to be looked at."""
    if _is_message(value):
        found.pieces.append(Piece(None, _messages([value])[0]))
        waiting += _within(value)
        return 0
    talk = _talk_of(value)
    is_header = bool(_SESSION_ALONE & value.keys()) or "turns" in value
    if is_header:
        for name in _header_keys(value):
            found.header.setdefault(name, _plain(value[name]))
    if talk and not is_header and (key or _OF_TURN & value.keys()):
        messages, bad = _messages(value[talk])
        found.pieces.append(Piece(_fields(value, talk), messages))
        waiting += [*_strays(value[talk]), *_within(value)]
        return bad
    inner = [(name, item) for name, item in value.items() if _may_speak(name, item)]
    inner += (("", item) for item in _loose(value))
    waiting += reversed(inner)
    return 0


def roles_in(found: Gathered) -> int:
    """How many objects that name a role were taken."""
    return _roles([[piece.fields, piece.messages] for piece in found.pieces])


def _roles(value: Any) -> int:
    if isinstance(value, dict):
        return ("role" in value) + sum(map(_roles, value.values()))
    return sum(map(_roles, value)) if isinstance(value, list) else 0


def united(ours: Gathered, theirs: Gathered) -> Gathered:
    """Both sides of a merge: what only the other one has stands where it stood there."""
    shared = {_as_text(piece) for piece in theirs.pieces}
    known: dict[str, int] = {}
    for number, piece in enumerate(ours.pieces):
        known.setdefault(_as_text(piece), number)
    # For each place of ours: the next one that is not ours alone.
    behind_own = list(range(len(ours.pieces) + 1))
    for number in reversed(range(len(ours.pieces))):
        if _as_text(ours.pieces[number]) not in shared:
            behind_own[number] = behind_own[number + 1]
    added: list[list[Piece]] = [[] for _ in behind_own]
    place = 0
    for piece in theirs.pieces:
        text = _as_text(piece)
        if text in known:
            place = known[text] + 1
        else:
            place = behind_own[place]
            added[place].append(piece)
    pieces = [*added[0]]
    for piece, others in zip(ours.pieces, added[1:], strict=True):
        pieces += (piece, *others)
    header = {**theirs.header, **ours.header}
    return Gathered(header, pieces, max(ours.broken, theirs.broken))


def _as_text(piece: Piece) -> str:
    """What two pieces have in common that are the same: comparing each with each would take for ever."""
    return repr(piece)


def without_doubles(pieces: Iterable[Piece]) -> list[Piece]:
    """Each turn once: a file may hold a part of itself twice."""
    kept: list[Piece] = []
    places: dict[tuple[str, str], list[int]] = {}
    for piece in pieces:
        mark, is_torn = _mark(piece), _is_torn(piece)
        whole, torn, same = (mark, "whole"), (mark, "torn"), (mark, repr(_said(piece)))
        # Only a torn one can be a part of another; thousands may bear one time.
        near = (torn, whole) if is_torn else (same, torn)
        for place in (place for key in near for place in places.get(key, ())) if mark else ():
            better = _better(kept[place], piece)
            if better is not None:
                kept[place] = better
                break
        else:
            for key in (same, torn if is_torn else whole):
                places.setdefault(key, []).append(len(kept))
            kept.append(piece)
    return kept


def _mark(piece: Piece) -> str:
    """What two copies of a turn, or of a message that stands alone, have in common; "" where nothing tells."""
    if piece.fields is not None:
        stated = piece.fields.get("id")
        if isinstance(stated, str | int) and stated:
            return f"turn {stated}"
    times = [str(message.get("timestamp") or "") for message in piece.messages]
    return f"time {times}" if piece.messages and all(times) else ""


def _better(one: Piece, other: Piece) -> Piece | None:
    """The one that holds all that the other holds; None where each has something of its own."""
    if one.fields is None and other.fields is not None:
        one, other = other, one
    said, told = _said(one), _said(other)
    if said == told:
        return one if not _is_torn(one) or _is_torn(other) else other
    if _is_begun_by(said, told) and _is_torn(other):
        return one
    if _is_begun_by(told, said) and _is_torn(one):
        return other
    return None


def _said(piece: Piece) -> list[tuple[Any, Any]]:
    return [(message["role"], message["content"]) for message in piece.messages]


def _is_begun_by(whole: list[tuple[Any, Any]], part: list[tuple[Any, Any]]) -> bool:
    """Whether `part` is a beginning of `whole`, its last text perhaps cut."""
    if len(part) > len(whole):
        return False
    for place, ((role, content), (whole_role, whole_content)) in enumerate(
        zip(part, whole, strict=False)
    ):
        if (role, content) == (whole_role, whole_content):
            continue
        is_last = place == len(part) - 1
        if not is_last or not isinstance(content, str) or not isinstance(whole_content, str):
            return content is None and is_last
        return whole_content.startswith(content.rstrip("�"))
    return True


def _is_torn(piece: Piece) -> bool:
    is_torn = piece.fields is not None and DAMAGED in piece.fields
    return is_torn or any(DAMAGED in message for message in piece.messages)


# ---- messages


def _is_talk(key: str, items: list[Any]) -> bool:
    """Whether a list is one of messages."""
    if key == "messages" and any(isinstance(item, dict) for item in items):
        return True
    return any(isinstance(item, dict) and _is_message(item) for item in items)


def _talk_of(value: dict[str, Any]) -> str:
    """The key of the messages in an object; "" where it has none."""
    for name, item in value.items():
        if (
            name not in ("turns", "alternatives")
            and isinstance(item, list)
            and _is_talk(name, item)
        ):
            return name
    return ""


def _is_message(value: dict[str, Any]) -> bool:
    role = value.get("role")
    if isinstance(value.get("messages"), list) and _is_talk("messages", value["messages"]):
        return False
    if isinstance(role, str):
        return "content" in value or bool(_loose(value)) or (_torn(value) and role in _ROLES)
    return _torn(value) and isinstance(value.get("content"), str) and "text" not in value


def _messages(items: list[Any]) -> tuple[list[dict[str, Any]], int]:
    """The messages of a list, and how many things in it are none."""
    found: list[dict[str, Any]] = []
    bad = 0
    for item in items:
        if isinstance(item, dict) and _talk_of(item):
            continue  # A turn that has come here by a bracket that is missing.
        message = _message(item, found[-1]["role"] if found else "") if item else None
        if message is None:
            bad += 1
        else:
            found.append(message)
    return found, bad


def _message(value: Any, before: str) -> dict[str, Any] | None:
    """None for what is no message."""
    if not isinstance(value, dict):
        return None
    message = {key: _plain(item) for key, item in value.items()}
    loose = list(_loose(value))
    role, content = message.get("role"), message.get("content")
    is_damaged = _torn(value)
    if not isinstance(role, str):
        message["role"] = "assistant" if before == "user" else "user"
        is_damaged = True
    if "content" not in message or not isinstance(content, str | list | None):
        message["content"], is_damaged = _text_in(message, loose), True
        if message["content"] is None and "role" not in value:
            return None
    elif isinstance(content, list) and any(not isinstance(part, dict | str) for part in content):
        message["content"] = [part for part in content if isinstance(part, dict | str)]
        is_damaged = True
    left = [_plain(item) for item in loose if item is not None]
    if left:
        message[_LOOSE] = left
    if is_damaged:
        message[DAMAGED] = True
    return message


def _text_in(message: dict[str, Any], loose: list[Any]) -> str | None:
    """The text of a message whose key is damaged: the longest that no other key claims."""
    content = message.pop("content", None)
    if isinstance(content, dict) and isinstance(content.get("text"), str):
        return str(content["text"])
    if content is not None:
        message["content_found"] = content
    keys = [k for k, v in message.items() if isinstance(v, str) and k not in _OF_MESSAGE]
    texts = [item for item in loose if isinstance(item, str)]
    if texts:
        text = max(texts, key=len)
        loose.remove(text)
        return text
    return str(message.pop(max(keys, key=lambda k: len(message[k])))) if keys else None


# ---- what was pieced together


def _torn(value: Any) -> bool:
    return isinstance(value, Thing) and value.is_torn


def _loose(value: Any) -> list[Any]:
    return value.loose if isinstance(value, Thing) else []


def _fields(value: dict[str, Any], talk: str) -> dict[str, Any]:
    """What a turn says besides its messages; where it is torn, only what can be told to be its own."""
    is_torn = _torn(value)
    fields: dict[str, Any] = {}
    for key, item in value.items():
        if key == "alternatives" and isinstance(item, list):
            fields[key] = [_plain(o) for o in item if isinstance(o, dict) and "message" in o]
        elif key not in (talk, "messages") and (
            not is_torn or key in _OF_TURN or not isinstance(item, dict | list)
        ):
            fields[key] = _plain(item)
    if is_torn:
        fields[DAMAGED] = True
    return fields


def _strays(items: list[Any]) -> list[tuple[str, Any]]:
    """What has come among messages by a bracket that is missing: turns, and anything in what is torn."""
    found: list[tuple[str, Any]] = []
    for item in reversed(items):
        if isinstance(item, dict) and not _is_message(item) and _talk_of(item):
            found.append(("turns", item))
        else:
            found += _within(item)
    return found


def _within(value: Any) -> list[tuple[str, Any]]:
    """The same in what was pieced together itself, the last first."""
    found: list[tuple[str, Any]] = []
    if not isinstance(value, Thing):
        return found
    for key, item in (*value.items(), *(("", item) for item in _loose(value))):
        if key == "alternatives" and isinstance(item, list):
            found += [("turns", other) for other in item if _is_stray(other)]
        elif key not in ("messages", "content") and _may_speak(key, item):
            found.append((key, item))
    return found[::-1]


def _may_speak(key: str, value: Any) -> bool:
    """Whether messages may be in it. Into what was pieced together they may have come by mistake."""
    if not isinstance(value, dict | list):
        return False
    return key not in _NOT_WITHIN or isinstance(value, Thing)


def _is_stray(value: Any) -> bool:
    return isinstance(value, dict) and "message" not in value


def _header_keys(value: dict[str, Any]) -> Iterator[str]:
    for key, item in value.items():
        if key in ("turns", "messages"):
            continue
        if key in _OF_HEADER or not (_torn(value) or isinstance(item, list)):
            yield key


def _plain(value: Any, depth: int = 0) -> Any:
    """The value as any reader gives it; what is nested too deeply is left out."""
    if isinstance(value, dict):
        if depth > MAX_DEPTH:
            return None
        plain = {str(key): _plain(item, depth + 1) for key, item in value.items()}
        if loose := [_plain(item, depth + 1) for item in _loose(value)]:
            plain[_LOOSE] = loose
        if _torn(value) and depth == 0:
            plain[DAMAGED] = True
        return plain
    if isinstance(value, list):
        return None if depth > MAX_DEPTH else [_plain(item, depth + 1) for item in value]
    return value

"""The end of a long session file, to be shown while all of it is still being read.

Only for files as we write them: every turn begins with an id of its own, so that a turn here has the same
id as in the whole, and what is done to it is done to that one. The rest is skipped, not decoded.
"""

from __future__ import annotations

import re

import msgspec

from tui_sessions.codec.decode import session_of
from tui_sessions.codec.foreign import BOM
from tui_sessions.errors import DamagedFileError
from tui_sessions.model.session import Session

TURNS = 60
"""How many turns the end has."""
_STATED_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*"([\w.:-]{1,100})"', re.ASCII)
_ABSENT = msgspec.Raw()


class _File(msgspec.Struct):
    turns: list[msgspec.Raw]
    id: msgspec.Raw = _ABSENT
    format: msgspec.Raw = _ABSENT
    title: msgspec.Raw = _ABSENT
    model: msgspec.Raw = _ABSENT
    created_at: msgspec.Raw = _ABSENT
    updated_at: msgspec.Raw = _ABSENT
    status: msgspec.Raw = _ABSENT
    parent: msgspec.Raw = _ABSENT
    params: msgspec.Raw = _ABSENT
    meta: msgspec.Raw = _ABSENT


_decoder = msgspec.json.Decoder(_File)
_HEADER = tuple(name for name in _File.__struct_fields__ if name != "turns")


def ending(data: bytes) -> Session | None:
    """The session with its last turns alone, without system prompt and sums; None where it is short, or
    has to be read as a whole."""
    try:
        file = _decoder.decode(data.removeprefix(BOM))
        if len(file.turns) <= 2 * TURNS or not _have_ids(file.turns):
            return None
        header = {name: bytes(getattr(file, name)) for name in _HEADER}
        raw = {name: msgspec.json.decode(value) for name, value in header.items() if value}
        raw["turns"] = [msgspec.json.decode(turn) for turn in file.turns[-TURNS:]]
        found = session_of(raw, fallback_id="")
    except (msgspec.DecodeError, UnicodeError, RecursionError, DamagedFileError):
        return None
    return msgspec.structs.replace(found, problems=())


def _have_ids(turns: list[msgspec.Raw]) -> bool:
    """Whether each turn states an id that no other has."""
    ids = set()
    for turn in turns:
        stated = _STATED_ID.match(turn)
        if stated is None:
            return False
        ids.add(stated[1])
    return len(ids) == len(turns)

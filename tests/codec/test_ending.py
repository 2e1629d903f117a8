"""The end of a long file, and files that are read turn by turn: the same as the whole at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_codec_properties import values

from tui_sessions.codec import decode as decoding
from tui_sessions.codec.decode import decode
from tui_sessions.codec.encode import encode
from tui_sessions.codec.ending import TURNS, ending
from tui_sessions.errors import DamagedFileError
from tui_sessions.model.message import Message
from tui_sessions.model.session import Meta, Session
from tui_sessions.model.turn import Turn


def long_session(turns: int = 3 * TURNS, **fields: Any) -> Session:
    said = [Message(role="user", content=f"prompt {number}") for number in range(turns)]
    made = tuple(Turn(id=f"t{number}", messages=(one,)) for number, one in enumerate(said))
    return Session(id="s1", turns=made, **fields)


def written(**fields: Any) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(encode(long_session()))
    return {**raw, **fields}


def test_the_end_has_the_last_turns_and_what_is_said_of_the_session() -> None:
    whole = long_session(title="Long", model="m/x", system="Be brief.", meta=Meta(tags=("a",)))
    found = ending(encode(whole))
    assert found is not None
    assert found.turns == whole.turns[-TURNS:]
    assert (found.id, found.title, found.model, found.meta) == ("s1", "Long", "m/x", whole.meta)
    assert found.system is None, "it would stand above the first of these turns"


def test_a_short_session_has_no_end_of_its_own() -> None:
    assert ending(encode(long_session(2 * TURNS))) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda turns: turns[3].pop("id"),
        lambda turns: turns[3].update(id="t9"),
        lambda turns: turns[3].update(id=3),
        lambda turns: turns[3].update(id="with \\ and ż"),
        lambda turns: turns.__setitem__(-1, {"id": "last", "messages": "none"}),
        lambda turns: turns.__setitem__(3, "none"),
    ],
    ids=["no id", "one twice", "no text", "escaped", "damaged", "no object"],
)
def test_where_a_turn_could_be_taken_for_another_the_whole_is_waited_for(spoil: Any) -> None:
    raw = written()
    spoil(raw["turns"])
    assert ending(json.dumps(raw).encode()) is None


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b'{"turns":5}', b'{"messages":[]}', b"\xff", encode(long_session())[:-9]],
)
def test_what_is_no_session_of_ours_has_no_end(data: bytes) -> None:
    assert ending(data) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values)
def test_turn_by_turn_a_file_says_what_it_says_at_once(
    monkeypatch: pytest.MonkeyPatch, value: Any
) -> None:
    for raw in (value, {"turns": [value]}, {"turns": value}, written(title=value, x=value)):
        data = json.dumps(raw).encode("utf-8", "surrogatepass")
        found = []
        for large in (0, len(data)):
            monkeypatch.setattr(decoding, "LARGE", large)
            try:
                found.append(decode(data, fallback_id="f"))
            except DamagedFileError as problem:
                found.append(str(problem))
        assert found[0] == found[1]


def test_a_late_turn_that_is_no_utf8_damages_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LARGE", 0)
    data = encode(long_session()).replace(b"prompt 170", b"prompt \xff")
    with pytest.raises(DamagedFileError, match="not UTF-8"):
        decode(data, fallback_id="f")


@given(st.sampled_from(["user", "assistant"]))
def test_words_that_repeat_are_kept_once(role: str) -> None:
    raw = {"turns": [{"messages": [{"role": role, "content": "a"}] * 2}] * 2}
    session = decode(json.dumps(raw).encode(), fallback_id="f")
    assert len({id(message.role) for turn in session.turns for message in turn.messages}) == 1

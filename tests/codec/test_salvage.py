"""What can be read of damaged files: whole turns with all that is known of them, parts of texts, both sides."""

from __future__ import annotations

import gzip
import json

import pytest

from tui_sessions.codec import gathering
from tui_sessions.codec.encode import encode
from tui_sessions.codec.gathering import DAMAGED
from tui_sessions.codec.salvage import Salvaged, salvage, told
from tui_sessions.model.message import Message
from tui_sessions.model.session import Meta, Session
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage


def turn(name: str, *texts: str) -> Turn:
    said = tuple(
        Message(role="assistant" if place % 2 else "user", content=text)
        for place, text in enumerate(texts)
    )
    return Turn(
        id=name, messages=said, usage=Usage(prompt_tokens=1, completion_tokens=2, total_tokens=3)
    )


SESSION = Session(
    id="soup",
    title="Soup",
    model="openai/gpt-4o",
    turns=(turn("t1", "one", "two"), turn("t2", "three", "four"), turn("t3", "five", "six")),
    meta=Meta(tags=("dinner",), notes="salt"),
)
DATA = encode(SESSION)


def texts(found: Salvaged) -> list[str]:
    assert found.session is not None
    return [message.text for turn in found.session.turns for message in turn.messages]


def test_a_sound_file_is_all_there() -> None:
    found = salvage(DATA)
    assert (found.session, found.kept, found.torn, found.lost, found.reasons) == (
        SESSION,
        6,
        0,
        0,
        (),
    )


def test_of_a_file_cut_off_the_turns_before_stay_as_they_were() -> None:
    found = salvage(DATA[: DATA.index(b"our")])
    assert found.session is not None
    assert found.session.turns[0] == SESSION.turns[0]
    assert (found.session.id, found.session.title, found.session.model) == (
        "soup",
        "Soup",
        "openai/gpt-4o",
    )
    assert texts(found) == ["one", "two", "three", "f"]
    assert DAMAGED in found.session.turns[1].messages[1].extra
    assert (found.kept, found.torn, found.lost) == (4, 1, 0)
    assert "cut off" in found.reasons[0]
    assert told(found) == "4 messages can be read, 1 of them in part"


def test_a_quote_that_is_lost_costs_one_message() -> None:
    found = salvage(DATA.replace(b'"three"', b'"three#'))
    assert [text for text in texts(found) if not text.startswith("three")] == [
        "one",
        "two",
        "four",
        "five",
        "six",
    ]
    assert found.session is not None
    assert found.session.turns[2] == SESSION.turns[2]
    assert found.session.meta == SESSION.meta


def test_a_bracket_that_is_lost_costs_nothing() -> None:
    for bracket in (b"{", b"}", b"[", b"]"):
        places = [place for place in range(len(DATA)) if DATA[place : place + 1] == bracket]
        for place in places:
            assert set(texts(salvage(DATA[:place] + DATA[place + 1 :]))) == {
                "one",
                "two",
                "three",
                "four",
                "five",
                "six",
            }


def test_packed_data_in_thousands_of_parts_is_read_to_its_end() -> None:
    half = len(DATA) // 2
    padding = b"\0" * 40_000
    parts = (DATA[:half], *[b" "] * 2_000, DATA[half:])
    data = padding.join((gzip.compress(parts[0]), b"".join(map(gzip.compress, parts[1:]))))
    assert texts(salvage(data[:-9])) == texts(salvage(DATA))


def test_both_sides_of_a_merge_are_kept() -> None:
    ours = b'      "content": "five of ours"'
    theirs = b'      "content": "five of theirs"'
    line = next(line for line in DATA.splitlines() if b'"five"' in line)
    merged = DATA.replace(
        line + b"\n", b"<<<<<<< HEAD\n" + ours + b"\n=======\n" + theirs + b"\n>>>>>>> laptop\n"
    )
    found = salvage(merged)
    assert texts(found)[:5] == ["one", "two", "three", "four", "five of ours"]
    assert "five of theirs" in texts(found)
    assert "merge" in found.reasons[0]


def test_what_each_side_of_a_merge_added_stands_where_it_stood_there() -> None:
    def piece(name: str) -> gathering.Piece:
        return gathering.Piece({"id": name}, [])

    def side(names: str) -> gathering.Gathered:
        return gathering.Gathered({}, [piece(name) for name in names], 0)

    def united(ours: str, theirs: str) -> str:
        return "".join(
            piece.fields["id"]
            for piece in gathering.united(side(ours), side(theirs)).pieces
            if piece.fields
        )

    assert united("abc", "axbyc") == "axbyc"
    assert united("abXc", "abYc") == "abXYc"
    assert united("XYc", "ZcW") == "XYZcW"
    assert united("", "ab") == united("ab", "") == united("ab", "ab") == "ab"


def test_a_part_that_stands_there_twice_is_there_once() -> None:
    assert texts(salvage(DATA + DATA)) == texts(salvage(DATA))


def test_thousands_of_messages_of_one_moment_are_not_compared_each_with_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = "2024-01-01T00:00:00Z"
    said = [{"role": "user", "content": f"{n}", "timestamp": moment} for n in range(500)]
    compared = 0
    better = gathering._better

    def counted(one: gathering.Piece, other: gathering.Piece) -> gathering.Piece | None:
        nonlocal compared
        compared += 1
        return better(one, other)

    monkeypatch.setattr(gathering, "_better", counted)
    data = json.dumps({"messages": [*said, *said]}).encode()[:-4]
    assert salvage(data).kept == len(said)
    assert len(said) <= compared < 5 * len(said)


def test_other_answers_of_a_turn_stay_in_it() -> None:
    other = Alternative(message=Message(role="assistant", content="another"), finish="stop")
    with_other = Session(
        id="s",
        turns=(
            Turn(id="t", messages=SESSION.turns[0].messages, alternatives=(other,)),
            SESSION.turns[1],
        ),
    )
    data = encode(with_other)
    found = salvage(data[: data.index(b'"four"')])
    assert found.session is not None
    assert found.session.turns[0] == with_other.turns[0]


def test_what_a_message_quotes_is_no_message() -> None:
    quoting = '{"role": "user", "content": "not me"}'
    data = encode(Session(id="s", turns=(turn("t1", quoting, "yes"), turn("t2", "a", "b"))))
    for place in range(0, len(data), 7):
        assert "not me" not in texts_or_none(data[:place] + b"\0" + data[place + 1 :])


def texts_or_none(data: bytes) -> list[str]:
    found = salvage(data)
    return [] if found.session is None else texts(found)


def test_what_unpacks_of_a_cut_archive_is_read() -> None:
    long = encode(
        Session(
            id="s",
            turns=tuple(turn(f"t{n}", f"prompt {n}", f"answer {n} " * 9) for n in range(200)),
        )
    )
    packed = gzip.compress(long)
    found = salvage(packed[: len(packed) * 3 // 4])
    assert found.kept > 200
    assert "gzip" in found.reasons[0]


def test_other_encodings_are_read_and_named() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"):
        found = salvage(DATA.decode().encode(encoding))
        assert texts(found) == ["one", "two", "three", "four", "five", "six"]
        assert "not in UTF-8" in found.reasons[0]
    latin = (
        encode(Session(id="s", turns=(turn("t", "Grüße", "aus Köln"),))).decode().encode("latin-1")
    )
    assert texts(salvage(latin)) == ["Grüße", "aus Köln"]


def test_a_text_that_has_lost_its_key_is_found() -> None:
    assert texts(salvage(DATA.replace(b'"content": "three"', b'"con#ent: "three"'))) == [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
    ]


def test_who_spoke_is_told_by_the_place_where_the_role_is_lost() -> None:
    document = json.loads(DATA)
    for message in document["turns"][1]["messages"]:
        del message["role"]
    found = salvage(json.dumps(document).encode())
    assert found.session is not None
    roles = [message.role for message in found.session.turns[1].messages]
    assert roles == ["user", "assistant"]
    assert all(DAMAGED in message.extra for message in found.session.turns[1].messages)


def test_where_nothing_can_be_read_there_is_no_session() -> None:
    for data in (
        b"",
        b"null",
        b"[]",
        b"\0" * 99,
        b"\x89PNG\r\n",
        b'{"turns": []',
        b"[" * 100_000,
        b"{" * 100_000,
    ):
        found = salvage(data)
        assert found.session is None, data[:20]
        assert found.reasons
        assert told(found) == "nothing of a conversation can be read"

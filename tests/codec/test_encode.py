"""How a session stands in its file."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from tui_sessions.codec.decode import decode
from tui_sessions.codec.encode import encode
from tui_sessions.model.message import Message
from tui_sessions.model.money import Price
from tui_sessions.model.session import Meta, Params, Parent, Session
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage

WHEN = datetime(2024, 1, 8, 14, 30, 22, 123456, UTC)


def test_keys_stand_in_the_order_of_the_design() -> None:
    answer = Message(
        role="assistant", content="b", timestamp=WHEN, model="m", reasoning="r", extra={"z": 1}
    )
    everything = Session(
        id="s",
        title="t",
        model="m",
        system="y",
        created_at=WHEN,
        updated_at=WHEN,
        parent=Parent(id="p", turn=1),
        params=Params(temperature=0.3, max_tokens=1, context_window=2),
        turns=(
            Turn(
                id="t",
                messages=(answer,),
                usage=Usage(prompt_tokens=1),
                latency_ms=1.0,
                first_token_ms=1.0,
                cost=1,
                price=Price(source="s", date="d", input_per_mtok=1, output_per_mtok=1),
                finish="error",
                error="e",
                alternatives=(Alternative(message=answer),),
                inherited=True,
                inherited_usage=Usage(),
                inherited_cost=1,
                extra={"unknown": 1},
            ),
        ),
        usage_totals=Usage(),
        meta=Meta(tags=("a",), project="p", notes="n", extra={"more": 1}),
        extra={"other": 1},
    )
    tree = json.loads(encode(everything))
    assert " ".join(tree) == (
        "format id title model system created_at updated_at status parent params turns "
        "usage_totals meta other"
    )
    assert " ".join(tree["turns"][0]) == (
        "id messages usage latency_ms first_token_ms cost_estimate price finish error "
        "alternatives inherited inherited_usage inherited_cost unknown"
    )
    assert " ".join(tree["turns"][0]["messages"][0]) == "role content timestamp model reasoning z"
    assert " ".join(tree["meta"]) == "tags project notes more"
    assert " ".join(tree["params"]) == "temperature max_tokens context_window"
    assert " ".join(tree["turns"][0]["price"]) == "source date input_per_mtok output_per_mtok"


def test_a_file_is_indented_by_two_in_utf8_with_a_newline_at_the_end() -> None:
    data = encode(Session(id="a", title="größe 日本"))
    assert data.startswith(b'{\n  "format": 1,\n  "id": "a",\n')
    assert data.endswith(b"}\n")
    assert "größe 日本".encode() in data


def test_what_is_unknown_or_empty_is_not_written() -> None:
    tree = json.loads(encode(Session(id="a", turns=(Turn(id="t"),))))
    assert tree == {
        "format": 1,
        "id": "a",
        "status": "active",
        "turns": [{"id": "t", "messages": []}],
    }


def test_money_is_dollars_in_the_file() -> None:
    data = encode(Session(id="a", turns=(Turn(id="t", cost=3_400_000),)))
    assert b'"cost_estimate": 0.0034' in data


def test_empty_content_is_written_as_null() -> None:
    data = encode(
        Session(id="a", turns=(Turn(id="t", messages=(Message(role="user", content=None),)),))
    )
    assert b'"content": null' in data


def test_lone_surrogates_are_written_as_escapes_and_come_back() -> None:
    said = Message(role="user", content="half \ud83d of a face", extra={"\udcff": "\ud800"})
    original = Session(id="a", turns=(Turn(id="t", messages=(said,)),))
    data = encode(original)
    assert b"half \\ud83d of a face" in data
    assert decode(data, fallback_id="x") == original


def test_numbers_that_json_does_not_know_are_written_as_they_came() -> None:
    data = b'{"turns": [], "odd": [NaN, -Infinity, 123456789012345678901234567890, 1.0]}'
    written = encode(decode(data, fallback_id="x"))
    odd = json.loads(written)["odd"]
    assert repr(odd) == "[nan, -inf, 123456789012345678901234567890, 1.0]"

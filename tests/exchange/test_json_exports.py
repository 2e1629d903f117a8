"""JSON in the program's own form and in the flat form."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from tui_sessions.codec.decode import decode
from tui_sessions.codec.encode import encode
from tui_sessions.exchange.registry import exporter
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn


def exported(format: str, *sessions: Session) -> Any:
    return json.loads(exporter(format).export(sessions))


def test_one_session_is_its_file(talk: Session) -> None:
    assert exporter("json").export([talk]) == encode(talk)


def test_several_sessions_are_a_list_of_files(talk: Session) -> None:
    bundle = exported("json", talk, talk)
    assert len(bundle["sessions"]) == 2
    again = decode(json.dumps(bundle["sessions"][1]).encode(), fallback_id="x")
    assert again.turns == talk.turns


def test_the_flat_form_has_the_agreed_keys_first(talk: Session) -> None:
    found = exported("json-b", talk)
    assert found["id"] == "k3v9x2m7q0ab"
    assert found["provider"] == "openai"
    assert found["model"] == "gpt-4o-mini"
    assert found["created_at"] == "2024-01-08T14:30:22Z"
    assert found["metadata"]["tags"] == ["python", "oop"]
    assert found["metadata"]["project"] == "docs"
    assert found["metadata"]["priority"] == 3
    assert [m["role"] for m in found["messages"]] == ["user", "assistant", "user", "assistant"]
    assert found["messages"][0]["timestamp"] == "2024-01-08T14:30:22Z"


def test_the_flat_form_says_figures_with_the_answer_and_null_for_unknown(talk: Session) -> None:
    messages = exported("json-b", talk)["messages"]
    assert "usage" not in messages[0]
    assert messages[1]["usage"]["total_tokens"] == 212
    assert messages[1]["cost_estimate"] == 0.0034
    assert messages[3]["usage"] is None
    assert messages[3]["cost_estimate"] is None


def test_several_flat_sessions_are_a_list(talk: Session) -> None:
    assert [s["id"] for s in exported("json-b", talk, talk)["sessions"]] == ["k3v9x2m7q0ab"] * 2


def test_a_model_without_provider_has_none(talk: Session) -> None:
    bare = msgspec.structs.replace(talk, model="gpt-4", turns=(Turn(id="empty"),))
    found = exported("json-b", bare)
    assert (found["provider"], found["model"], found["messages"]) == (None, "gpt-4", [])


def test_odd_line_ends_in_texts_come_through_an_export_of_several() -> None:
    said = "one\x85two\u2028three\u2029four\x0bfive\nsix"
    turn = Turn(id="t", messages=(Message(role="user", content=said),))
    both = [Session(id=name, turns=(turn,)) for name in ("a", "b")]
    document = json.loads(exporter("json").export(both))
    assert [s["turns"][0]["messages"][0]["content"] for s in document["sessions"]] == [said, said]

"""What files of ours and of others mean, and what is kept of what is not understood."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tui_sessions.codec.decode import decode
from tui_sessions.codec.encode import encode
from tui_sessions.errors import DamagedFileError
from tui_sessions.model.edits import add_tags, retitle
from tui_sessions.model.ids import ID_LENGTH
from tui_sessions.model.session import Session

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture
def in_helsinki(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Helsinki")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def session(value: object) -> Session:
    return decode(json.dumps(value).encode(), fallback_id="fallback")


def written(session: Session) -> Any:
    return json.loads(encode(session))


def test_a_file_of_guide_a_opens_with_all_it_says(in_helsinki: None) -> None:
    got = decode((DATA / "guide_a.json").read_bytes(), fallback_id="from-the-path")
    assert got.id == "from-the-path"
    assert got.model == "openai/gpt-4o-mini"
    assert got.system == "You are a patient gardener"
    assert got.created_at == datetime(2024, 1, 8, 12, 30, 22, 123456, UTC)
    assert [turn.prompt.text for turn in got.turns if turn.prompt] == [
        "When do I plant garlic?\nI live by the sea.",
        "How deep?",
    ]
    assert got.turns[0].cost == 3_400_000
    assert got.turns[1].cost is None
    assert got.turns[0].latency_ms == 1450.2
    assert got.totals.total == 451
    assert got.meta.tags == ("garden", "autumn")
    assert got.meta.project == "allotment"
    assert got.meta.extra == {"user_id": "default", "session_type": "chat", "importance": "high"}
    assert got.shown_title == "When do I plant garlic?"
    assert got.problems == ()


def test_a_file_of_guide_b_opens_as_turns() -> None:
    got = decode((DATA / "guide_b.json").read_bytes(), fallback_id="x")
    assert got.id == "abc123def456"
    assert got.title == "Sourdough"
    assert got.model == "anthropic/claude-3-5-sonnet-20241022"
    assert got.system == "Answer like a baker."
    assert [[message.role for message in turn.messages] for turn in got.turns] == [
        ["user", "assistant"],
        ["user", "assistant"],
    ]
    assert got.turns[0].messages[1].extra == {"tokens": 5}
    assert got.turns[1].messages[0].timestamp == datetime(2024, 1, 15, 10, 35, 20, tzinfo=UTC)
    assert got.meta.tags == ("bread", "rye")
    assert got.meta.extra == {"priority": "high", "archived": True}


def test_a_file_of_guide_b_is_ours_after_its_first_save() -> None:
    got = decode((DATA / "guide_b.json").read_bytes(), fallback_id="x")
    saved = written(got)
    assert "messages" not in saved
    assert "metadata" not in saved
    assert "provider" not in saved
    assert decode(encode(got), fallback_id="x") == got


@pytest.mark.parametrize(
    ("roles", "turns"),
    [
        (["user", "user", "assistant"], [["user"], ["user", "assistant"]]),
        (["assistant", "user"], [["assistant"], ["user"]]),
        (["user", "assistant", "tool", "assistant"], [["user", "assistant", "tool", "assistant"]]),
        (["developer", "user", "assistant"], [["developer", "user", "assistant"]]),
        ([], []),
    ],
)
def test_flat_messages_are_grouped_by_prompt(roles: list[str], turns: list[list[str]]) -> None:
    got = session({"messages": [{"role": role, "content": role} for role in roles]})
    assert [[message.role for message in turn.messages] for turn in got.turns] == turns


def test_a_system_message_with_more_to_it_stays_a_message() -> None:
    got = session({"messages": [{"role": "system", "content": "Be brief", "cache": True}]})
    assert got.system is None
    assert got.turns[0].messages[0].extra == {"cache": True}


def test_a_flat_model_that_names_its_provider_is_left_alone() -> None:
    got = session({"messages": [], "provider": "openai", "model": "openai/gpt-4o"})
    assert got.model == "openai/gpt-4o"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ([], "The file holds a list, not one session."),
        ("x", "The file holds text, not one session."),
        ({}, "It holds neither turns nor messages, so it is not a session."),
        ({"sessions": []}, "It holds neither turns nor messages, so it is not a session."),
        ({"turns": "x"}, "turns is text, not a list."),
        ({"turns": None}, "turns is null, not a list."),
        ({"turns": {}}, "turns is an object, not a list."),
        ({"turns": [{}, 3]}, "turns[1] is a number, not an object."),
        ({"turns": [{"messages": "x"}]}, "turns[0].messages is text, not a list."),
        ({"turns": [{"messages": [None]}]}, "turns[0].messages[0] is null, not an object."),
        ({"turns": [{"messages": [{}]}]}, "turns[0].messages[0].role is missing."),
        (
            {"turns": [{"messages": [{"role": True}]}]},
            "turns[0].messages[0].role is true or false, not text.",
        ),
        (
            {"turns": [{"messages": [{"role": "user", "content": 5}]}]},
            "turns[0].messages[0].content is a number, neither text nor a list of parts.",
        ),
        ({"turns": [], "format": "1"}, "format is text, not a whole number."),
        ({"turns": [], "format": True}, "format is true or false, not a whole number."),
        ({"messages": "x"}, "messages is text, not a list."),
        ({"messages": [3]}, "messages[0] is a number, not an object."),
        ({"messages": [{"content": ""}]}, "messages[0].role is missing."),
    ],
)
def test_a_wrong_structure_is_damage_and_its_place_is_named(value: object, sentence: str) -> None:
    with pytest.raises(DamagedFileError) as caught:
        session(value)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": 5}, "title is a number, not text; it is kept as it is."),
        ({"status": []}, "status is a list, not text; it is kept as it is."),
        ({"created_at": "soon"}, "created_at is text, not a time; it is kept as it is."),
        ({"parent": "abc"}, "parent is text, not an object with an id; it is kept as it is."),
        (
            {"parent": {"id": "a", "turn": "2"}},
            "parent.turn is text, not a whole number; it is kept as it is.",
        ),
        ({"params": []}, "params is a list, not an object; it is kept as it is."),
        (
            {"params": {"temperature": "hot"}},
            "params.temperature is text, not a number; it is kept as it is.",
        ),
        ({"meta": "x"}, "meta is text, not an object; it is kept as it is."),
        (
            {"meta": {"tags": {"a": 1}}},
            "meta.tags is an object, not a list of tags; it is kept as it is.",
        ),
        (
            {"usage_totals": {"total_tokens": 1.5}},
            "usage_totals.total_tokens is a number, not a whole number; it is kept as it is.",
        ),
    ],
)
def test_a_value_of_a_wrong_type_is_unknown_said_and_written_back(
    fields: dict[str, Any], problem: str
) -> None:
    got = session({"turns": [], **fields})
    assert got.problems == (problem,)
    assert written(got).items() >= fields.items()
    assert decode(encode(got), fallback_id="fallback") == got


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"latency_ms": "1"}, "turns[0].latency_ms is text, not a number; it is kept as it is."),
        (
            {"cost_estimate": "$1"},
            "turns[0].cost_estimate is text, not an amount of dollars; it is kept as it is.",
        ),
        ({"usage": 7}, "turns[0].usage is a number, not an object; it is kept as it is."),
        (
            {"usage": {"prompt_tokens": "7"}},
            "turns[0].usage.prompt_tokens is text, not a whole number; it is kept as it is.",
        ),
        (
            {"inherited": 1},
            "turns[0].inherited is a number, not true or false; it is kept as it is.",
        ),
        (
            {"alternatives": [{"message": {"role": "assistant"}}, {}]},
            "turns[0].alternatives is a list, not a list of answers; it is kept as it is.",
        ),
        (
            {"messages": [{"role": "user", "content": ["a", 3]}]},
            (
                "turns[0].messages[0].content is a list, not text or a list of parts; "
                "it is kept as it is."
            ),
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": 3, "text": "a"}]}]},
            "turns[0].messages[0].content.type is a number, not text; it is kept as it is.",
        ),
    ],
)
def test_a_turn_keeps_what_is_of_a_wrong_type(fields: dict[str, Any], problem: str) -> None:
    got = session({"turns": [{"id": "t", **fields}]})
    assert got.problems == (problem,)
    assert written(got)["turns"][0].items() >= fields.items()
    assert decode(encode(got), fallback_id="fallback") == got


def test_a_raw_value_is_written_until_the_field_is_set() -> None:
    got = session({"turns": [], "title": 5, "meta": {"tags": [["x"]]}})
    assert written(got)["title"] == 5
    assert written(retitle("Five")(got))["title"] == "Five"
    assert written(add_tags(["new"])(got))["meta"]["tags"] == ["new"]


@pytest.mark.parametrize(
    ("raw", "tags"),
    [
        ("python, web ,python", ("python", "web")),
        (["a", "a b"], ("a", "a b")),
        (["v2", 2024, 1.5], ("v2", "2024", "1.5")),
        ([], ()),
        (None, ()),
    ],
)
def test_tags_come_as_a_list_or_as_one_text(raw: object, tags: tuple[str, ...]) -> None:
    assert session({"turns": [], "meta": {"tags": raw}}).meta.tags == tags


@pytest.mark.parametrize("raw", [1704717022, 1704717022000, "2024-01-08T12:30:22Z"])
def test_times_come_as_text_or_numbers(raw: object) -> None:
    got = session({"turns": [], "created_at": raw})
    assert got.created_at == datetime(2024, 1, 8, 12, 30, 22, tzinfo=UTC)


def test_content_parts_are_read_and_written_back() -> None:
    content = [{"type": "text", "text": "look"}, {"type": "image", "sha256": "ab", "name": "a.png"}]
    got = session({"turns": [{"messages": [{"role": "user", "content": content}]}]})
    assert got.turns[0].messages[0].text == "look\n\n[image: a.png]"
    assert written(got)["turns"][0]["messages"][0]["content"] == content


def test_a_turn_without_an_id_gets_one_that_stays_whatever_comes_before_it() -> None:
    one = {"messages": [{"role": "user", "content": "one"}]}
    two = {"messages": [{"role": "user", "content": "two"}]}
    (first,) = session({"turns": [one]}).turns
    again = session({"turns": [two, one]}).turns
    assert len(first.id) == ID_LENGTH
    assert again[1].id == first.id
    assert again[0].id != first.id


def test_equal_turns_without_ids_get_different_ones() -> None:
    turns = [{"messages": [{"role": "user", "content": "again"}]}] * 3
    got = session({"turns": turns})
    assert len({turn.id for turn in got.turns}) == 3
    assert got.turns == session({"turns": turns}).turns
    assert got.problems == ()


def test_an_id_used_twice_is_kept_by_the_first_turn() -> None:
    got = session({"turns": [{"id": "a", "messages": []}, {"id": "a", "x": 1}, {"id": 7}]})
    ids = [turn.id for turn in got.turns]
    assert ids[0] == "a"
    assert ids[1] != "a"
    assert ids[2] == "7"
    assert "turns[1].id is used twice" in got.problems[0]


@pytest.mark.parametrize("raw", ["../../etc/passwd", "a b", "", [], 1.5, "x" * 65])
def test_an_id_that_cannot_be_one_is_replaced(raw: object) -> None:
    got = session({"turns": [], "id": raw})
    assert got.id == "fallback"
    assert got.problems == ("id cannot be used as one; fallback stands for it.",)


@pytest.mark.parametrize(("raw", "is_read_only"), [(1, False), (0, False), (1.5, True), (2, True)])
def test_a_newer_format_is_read_only(raw: object, is_read_only: bool) -> None:
    assert session({"turns": [], "format": raw}).is_read_only is is_read_only


def test_a_newer_format_keeps_its_number() -> None:
    assert written(session({"turns": [], "format": 7}))["format"] == 7

"""The row of a file, read without its messages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui_sessions.codec import header
from tui_sessions.codec.header import read
from tui_sessions.errors import DamagedFileError
from tui_sessions.model.results import SessionRow

DATA = Path(__file__).parent.parent / "data"
THEN = datetime(2026, 1, 2, tzinfo=UTC)


def row(value: object) -> SessionRow:
    return read(
        json.dumps(value).encode(), fallback_id="x", path="w/a.json", size=7, modified_at=THEN
    ).row


def prompt(text: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": text}]}


def test_a_row_says_what_a_list_shows() -> None:
    got = row(json.loads((DATA / "guide_a.json").read_text()))
    assert (got.title, got.turns, got.messages) == ("When do I plant garlic?", 2, 4)
    assert (got.prompt_tokens, got.completion_tokens, got.tokens) == (255, 196, 451)
    assert (got.cost.nanousd, got.cost.known, got.cost.unknown) == (3_400_000, 1, 1)
    assert got.mean_latency_ms == 1000.0
    assert (got.tags, got.project) == (("garden", "autumn"), "allotment")
    assert (got.folder, got.size, got.updated_at) == ("w", 7, THEN)


def test_a_well_formed_file_is_not_decoded_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header, "decode", None)
    assert row(json.loads((DATA / "guide_a.json").read_text())).turns == 2


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ({"title": "Named", "turns": [prompt("x")]}, "Named"),
        ({"meta": {"title": "Old name"}, "turns": [prompt("x")]}, "Old name"),
        ({"title": " ", "turns": [prompt("  \n"), prompt("# Second\nline")]}, "Second"),
        ({"title": "Untitled", "turns": [prompt("x")]}, "Untitled"),
        ({"turns": []}, "Untitled"),
    ],
)
def test_the_title_is_given_or_comes_from_the_first_prompt(value: object, title: str) -> None:
    assert row(value).title == title


def test_damage_inside_a_message_is_seen_in_lists() -> None:
    said = b'{"turns": [{"messages": [{"role": "user", "content": %s}]}], "title": "t"}'
    for content, words in ((b'"\xff"', "not UTF-8"), (b"5", r"content is a number")):
        with pytest.raises(DamagedFileError, match=words):
            read(said % content, fallback_id="x", path="a", size=1, modified_at=THEN)


def test_inherited_turns_cost_nothing_in_a_branch() -> None:
    turns = [
        {"messages": [], "inherited": True, "cost_estimate": 1.0, "latency_ms": 9.0},
        {"messages": [], "cost_estimate": 2.0, "latency_ms": 3.0, "finish": "interrupted"},
    ]
    got = row({"turns": turns, "parent": {"id": "p", "turn": 1}})
    assert (got.cost.nanousd, got.mean_latency_ms) == (2_000_000_000, 3.0)
    assert (got.parent_id, got.parent_turn, got.is_cut) == ("p", 1, True)

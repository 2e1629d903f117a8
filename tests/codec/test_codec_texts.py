"""The texts of a session file without the rest of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.codec.decode import decode
from tui_sessions.codec.texts import read_texts, texts_of
from tui_sessions.errors import DamagedFileError

CONTENTS = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.lists(
        st.one_of(st.text(max_size=4), st.just({"type": "image", "name": "cat.png"})), max_size=2
    ),
)
MESSAGES = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system", "tool", "model", "developer"])},
    optional={"content": CONTENTS},
)
ODD = st.sampled_from([None, 3, "text", ["list"], {"a": 1}])
TURNS = st.fixed_dictionaries(
    {"messages": st.lists(MESSAGES, max_size=4)},
    optional={
        "alternatives": st.one_of(
            ODD, st.lists(st.fixed_dictionaries({"message": st.one_of(ODD, MESSAGES)}), max_size=2)
        )
    },
)
FILES = st.fixed_dictionaries(
    {"turns": st.lists(TURNS, max_size=3)},
    optional={
        "title": st.one_of(ODD, st.text(max_size=5)),
        "updated_at": st.sampled_from([None, 3, "2026-03-01T12:00:00+00:00", "never"]),
        "meta": st.one_of(
            ODD,
            st.fixed_dictionaries(
                {}, optional=dict.fromkeys(("tags", "notes", "title", "project"), ODD)
            ),
        ),
    },
)


def data(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


@given(FILES)
def test_both_ways_of_reading_agree(file: dict[str, Any]) -> None:
    raw = json.dumps(file).encode()
    assert read_texts(raw) == texts_of(decode(raw, fallback_id=""))


def test_who_said_what_is_told_apart() -> None:
    messages = [
        {"role": "system", "content": "be kind"},
        {"role": "user", "content": "why?"},
        {"role": "tool", "content": "42"},
        {"role": "assistant", "content": "because"},
    ]
    other = {"message": {"role": "assistant", "content": "who knows"}}
    texts = read_texts(data(turns=[{"messages": messages, "alternatives": [other]}]))
    assert texts.turns == (("why?", "because\n\nwho knows", "be kind", "42"),)


def test_title_tags_and_notes_belong_to_it() -> None:
    texts = read_texts(
        data(
            turns=[],
            updated_at="2026-03-01T12:00:00+00:00",
            meta={"title": "Named", "tags": "a, b", "notes": "mine"},
        )
    )
    assert (texts.title, texts.tags, texts.notes) == ("Named", ("a", "b"), "mine")
    assert texts.updated_at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_flat_files_and_parts_are_read_as_well() -> None:
    parts = [{"type": "text", "text": "look"}, {"type": "image", "name": "cat.png"}]
    texts = read_texts(data(messages=[{"role": "user", "content": parts}]))
    assert texts.turns == (("look\n\n[image: cat.png]", "", "", ""),)


def test_a_damaged_file_says_so() -> None:
    with pytest.raises(DamagedFileError):
        read_texts(b'{"turns": [')

"""How a session of a backup stands to the one here; and nothing of either is ever lost by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.errors import AmbiguousError, NotFoundError
from tui_sessions.model.backup_words import brought_words, chosen, preview_words
from tui_sessions.model.backups import ComingLine, Relation, beside, relation
from tui_sessions.model.every import every
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn

AT = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    ids = draw(st.lists(st.sampled_from("abcd"), unique=True))
    turns = tuple(
        Turn(id=one, messages=(Message(role="user", content=draw(st.sampled_from("xy"))),))
        for one in ids
    )
    return Session(
        id="s",
        turns=turns,
        title=draw(st.sampled_from((None, "T"))),
        updated_at=draw(st.sampled_from((None, AT, AT + timedelta(days=1)))),
    )


@given(sessions(), sessions())
def test_only_what_holds_all_that_is_here_takes_its_place(here: Session, backed: Session) -> None:
    found = relation(here, backed)
    if found in ("newer", "same"):
        assert all(turn in backed.turns for turn in here.turns)
        assert here.title == backed.title
    if found in ("older", "same"):
        assert all(turn in here.turns for turn in backed.turns)


@given(sessions(), sessions())
def test_what_comes_beside_holds_all_that_was_backed_up(here: Session, backed: Session) -> None:
    new = beside(backed, here, new_id="n")
    texts = [[message.text for message in turn.messages] for turn in new.turns]
    assert texts == [[message.text for message in turn.messages] for turn in backed.turns]
    assert new.id == "n"
    if new.parent is not None:
        shared = new.parent.turn
        assert all(turn.inherited for turn in new.turns[:shared])


def line(id: str, title: str, place: str, relation: Relation = "new") -> ComingLine:
    return ComingLine(path=place, place=place, id=id, title=title, relation=relation)


def test_sessions_are_chosen_by_id_file_or_title() -> None:
    lines = [
        line("abc1", "Soup of the day", "work/soup.json"),
        line("abd2", "Stew", "stew.json.gz"),
        line("x", "Soup", "other.json"),
    ]
    for ref, place in (
        ("abc1", "work/soup.json"),
        ("abd", "stew.json.gz"),
        ("stew", "stew.json.gz"),
        ("soup.json", "work/soup.json"),
        ("soup", "work/soup.json"),
        ("SOUP", "other.json"),
        ("of the day", "work/soup.json"),
    ):
        assert chosen(lines, [ref]) == {place}, ref
    with pytest.raises(AmbiguousError, match="2 sessions"):
        chosen(lines, ["ab"])
    with pytest.raises(NotFoundError, match="--dry-run"):
        chosen(lines, ["bread"])


def test_the_sums_are_told() -> None:
    lines = [line("a", "A", "a"), line("b", "B", "b", "same"), line("c", "C", "c", "same")]
    assert preview_words(lines) == "3 sessions: 1 missing here, 2 the same here."
    assert preview_words(lines[1:]) == "2 sessions, all the same here."
    assert preview_words(lines, frozenset("a")) == "1 session: 1 missing here."
    assert preview_words([]) == "No sessions."
    assert brought_words(0, 0, 0) == "Nothing came back."
    assert brought_words(2, 1, 0) == ("2 sessions came back; 1 session took the backup's state.")


def test_how_often_is_read_as_people_write_it() -> None:
    assert every("12h") == timedelta(hours=12)
    assert every(" 1D ") == timedelta(days=1)
    assert every("2w") == timedelta(weeks=2)
    assert every("30min") == timedelta(minutes=30)
    assert every("") is None
    assert every("never") is None
    for wrong in ("1", "d", "0d", "1.5d", "-1d", "1 month", "99999d"):
        with pytest.raises(ValueError, match=r"^"):
            every(wrong)

"""Two states of one session brought together: nothing that either said is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from tui_sessions.model.merging import conflict_branch, deletions, merge
from tui_sessions.model.message import Message
from tui_sessions.model.session import Meta, Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def turn(name: str, answer: str | None = "because", *, at: int = 0, **more: Any) -> Turn:
    moment = START + timedelta(minutes=at)
    said = [Message(role="user", content=f"{name}?", timestamp=moment)]
    if answer is not None:
        said.append(Message(role="assistant", content=answer, timestamp=moment, model="a/b"))
        more = {"usage": Usage(prompt_tokens=3, completion_tokens=4), "finish": "stop", **more}
    return Turn(id=name, messages=tuple(said), **more)


def session(*turns: Turn, **fields: Any) -> Session:
    return Session(id="s", **fields).with_turns(turns)


def ids(found: Session | None) -> list[str]:
    return [] if found is None else [turn.id for turn in found.turns]


A, B, C, D = (turn(name, at=at) for at, name in enumerate("ABCD"))


def test_what_was_written_once_more_is_no_news() -> None:
    ours = session(A, B)
    later = msgspec.structs.replace(ours, updated_at=START)
    assert merge(ours, later).session is later
    assert merge(ours, later).conflict is None


def test_turns_that_another_added_are_taken_over() -> None:
    found = merge(session(A), session(A, B), [session()])
    assert ids(found.session) == ["A", "B"]
    assert found.conflict is None


def test_new_turns_of_both_stay_in_order_of_time() -> None:
    first, second = turn("X", at=5), turn("Y", at=6)
    found = merge(session(A, second), session(A, first), [session(A)])
    assert ids(found.session) == ["A", "X", "Y"]
    assert found.conflict is None


def test_an_older_state_with_a_new_turn_gets_what_came_since() -> None:
    new = turn("N", at=9)
    found = merge(session(A, B, C), session(A, new), [session(A, B), session(A)])
    assert ids(found.session) == ["A", "B", "C", "N"]
    assert found.conflict is None


def test_an_answer_that_is_older_there_stays_ours() -> None:
    asked = turn("B", None, at=1)
    found = merge(session(A, B), session(A, asked, C), [session(A, asked), session(A)])
    assert found.session.turns == (A, B, C)
    assert found.conflict is None


def test_an_older_state_stays_and_ours_is_a_branch() -> None:
    found = merge(session(A, B, C), session(A), [session(A, B), session(A)])
    assert ids(found.session) == ["A"]
    assert ids(found.conflict) == ["A", "B", "C"]
    assert found.lines == ("2 turns missing there",)


def test_turns_cut_out_by_hand_stay_out_and_ours_is_a_branch() -> None:
    found = merge(session(A, B, C), session(A, C), [session(A, B)])
    assert ids(found.session) == ["A", "C"]
    assert ids(found.conflict) == ["A", "B", "C"]


def test_turns_cut_out_and_one_added_keep_ours_as_a_branch() -> None:
    found = merge(session(A, B, C), session(A, C, D), [session(A, B)])
    assert ids(found.session) == ["A", "C", "D"]
    assert ids(found.conflict) == ["A", "B", "C"]


def test_an_edit_of_the_last_answer_is_taken_over() -> None:
    asked = turn("B", None, at=1)
    edited = turn("B", "another word", at=1)
    found = merge(session(A, B), session(A, edited), [session(A, asked), session(A)])
    assert found.session.turns == (A, edited)
    assert found.conflict is None


def test_an_edit_of_what_we_edited_last_is_taken_over() -> None:
    was = turn("B", "one two three four", at=1)
    ours, theirs = turn("B", "one six three five", at=1), turn("B", "one six three nine", at=1)
    found = merge(session(A, ours), session(A, theirs), [session(A, was)])
    assert found.session.turns == (A, theirs)
    assert found.conflict is None


def test_a_turn_that_both_changed_stays_theirs_and_ours_is_a_branch() -> None:
    ours = turn("B", "ours", at=1, latency_ms=7)
    theirs = turn("B", "theirs", at=1)
    found = merge(session(A, ours), session(A, theirs, C), [session(A, B), session(A)])
    assert found.session.turns == (A, theirs, C)
    assert found.conflict == session(A, ours)
    assert found.lines == ("1 turn changed on both sides",)


def test_a_turn_that_we_deleted_does_not_come_back_with_another_ones_turn() -> None:
    found = merge(session(A, C), session(A, B, C, D), [session(A, B, C)])
    assert ids(found.session) == ["A", "C", "D"]
    assert found.conflict is None


def test_a_turn_that_we_deleted_and_another_changed_comes_back() -> None:
    changed = turn("B", "worth keeping", at=1)
    found = merge(session(A, C), session(A, changed, C), [session(A, B, C)])
    assert found.session.turns == (A, changed, C)


def test_what_another_program_left_out_was_not_deleted_by_us() -> None:
    states = [(session(A, B), True), (session(A), False), (session(A, C), True)]
    assert deletions(states) == frozenset()
    states = [(session(A, B), True), (session(A), True), (session(A, C), True)]
    assert deletions(states) == {"B"}


def test_fields_that_one_side_changed_are_as_that_side_has_them() -> None:
    before = session(A, title="old", meta=Meta(tags=("x", "y"), notes="n"))
    ours = session(A, title="ours", meta=Meta(tags=("x", "y", "mine"), notes="n"))
    theirs = session(A, B, title="old", meta=Meta(tags=("y", "theirs"), notes="theirs"))
    found = merge(ours, theirs, [before]).session
    assert (found.title, found.meta.notes) == ("ours", "theirs")
    assert found.meta.tags == ("y", "theirs", "mine")
    assert ids(found) == ["A", "B"]


def test_notes_that_both_changed_stay_theirs_and_ours_is_a_branch() -> None:
    before = session(A, meta=Meta(notes="n"))
    ours = session(A, meta=Meta(notes="ours"))
    found = merge(ours, session(A, B, meta=Meta(notes="theirs")), [before])
    assert found.session.meta.notes == "theirs"
    assert found.conflict is ours
    assert found.lines == ("meta.notes was changed on both sides",)


def test_calls_that_both_noted_are_all_kept() -> None:
    def noted(*kinds: str) -> dict[str, Any]:
        return {"housekeeping": [{"kind": kind} for kind in kinds]}

    found = merge(
        session(A, extra=noted("a", "b")), session(A, extra=noted("a", "c")), [session(A)]
    )
    assert found.session.extra == noted("a", "c", "b")
    assert found.conflict is None


def test_a_conflict_is_a_branch_that_counts_no_money_twice() -> None:
    paid = msgspec.structs.replace(A, cost=5)
    own = msgspec.structs.replace(C, cost=7)
    ours, kept = session(paid, own, title="Soup"), session(paid, B)
    branch = conflict_branch(ours, kept, new_id="new", now=START)
    assert branch.parent is not None
    assert (branch.parent.id, branch.parent.turn, branch.id) == ("s", 1, "new")
    assert [turn.inherited for turn in branch.turns] == [True, False]
    assert branch.cost.nanousd == 7
    assert (branch.title or "").startswith("conflict Soup 2026-03-01")
    assert branch.totals.prompt_tokens == 3


# properties

WORDS = st.sampled_from(["red", "green", "blue", "black", "white"])
IDS = st.sampled_from(list("abcdefg"))


KINDS = st.sampled_from(["add", "edit", "drop", "notes"])
EDITS = st.lists(st.tuples(KINDS, IDS, WORDS), max_size=5)


def edited(state: Session, what: str, turn_id: str, text: str, at: int) -> Session:
    if what == "notes":
        return state.with_meta(notes=text)
    there = state.turn(turn_id)
    if what == "add" and there is None:
        return state.with_turn(turn(turn_id, text, at=at))
    if what == "edit" and there is not None:
        return state.with_turn(turn(turn_id, text, at=at))
    if what == "drop":
        return state.with_turns(tuple(turn for turn in state.turns if turn.id != turn_id))
    return state


def texts(*states: Session | None) -> set[str]:
    found: set[str] = set()
    for state in states:
        if state is not None:
            found.add(state.meta.notes or "")
            found |= {message.text for turn in state.turns for message in turn.messages}
    return found - {""}


@given(st.data())
def test_no_text_of_either_is_missing_from_file_branch_and_versions(data: st.DataObject) -> None:
    states = [session(*(turn(name, f"first {name}", at=n) for n, name in enumerate("abc")))]
    for at, (what, name, word) in enumerate(data.draw(EDITS)):
        states.append(edited(states[-1], what, name, f"ours-{word}-{at}", 10 + 2 * at))
    began = theirs = data.draw(st.sampled_from(states))
    for at, (what, name, word) in enumerate(data.draw(EDITS)):
        name = name.upper() if what == "add" else name  # Ids are random.
        theirs = edited(theirs, what, name, f"theirs-{word}-{at}", 11 + 2 * at)
    ours, olders = states[-1], states[-2::-1]
    # Where both took the same turn out, theirs looks as if it had been made of ours.
    assume(not set(ids(began)) - set(ids(theirs)) - set(ids(ours)))
    found = merge(ours, theirs, olders)
    # Versions hold ours and what it was before, until five more came.
    assert texts(theirs) <= texts(found.session, found.conflict, *olders)
    for one in ours.turns:
        # What the other program edited as we have it stays in the version alone.
        is_taken_over = began.turn(one.id) == one
        assert is_taken_over or texts(session(one)) <= texts(found.session, found.conflict)
    is_taken_over = began.meta.notes == ours.meta.notes
    notes = {ours.meta.notes or ""} - {""}
    assert is_taken_over or notes <= texts(found.session, found.conflict)
    if not found.conflict:
        gone = set(ids(ours)) - set(ids(found.session))
        assert not gone, "a turn of ours is nowhere but in a version"
    assert len(set(ids(found.session))) == len(found.session.turns)
    # Once more it is the same.
    again = merge(found.session, found.session, [ours, *olders])
    assert again.session == found.session
    assert again.conflict is None
    # What was merged, seen by who has theirs as the former state, is what it is.
    if found.session is not theirs and found.conflict is None:
        back = merge(found.session, theirs, [theirs, ours, *olders])
        assert set(ids(back.session)) | set(ids(back.conflict)) >= set(ids(found.session))


@given(st.data())
def test_what_our_programs_deleted_comes_back_only_where_another_wrote_it_anew(
    data: st.DataObject,
) -> None:
    first = session(*(turn(name, f"first {name}", at=n) for n, name in enumerate("abcd")))
    doomed = data.draw(st.sampled_from("abcd"))
    ours = edited(first, "drop", doomed, "", 0)
    theirs = edited(first, "add", "g", "theirs", 20)
    found = merge(ours, theirs, [first])
    assert doomed not in ids(found.session)
    assert "g" in ids(found.session)

"""What an edit changed is found, taken back and made again, also on a session that moved on."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from shelves import session, turn

from tui_sessions.model.edits import add_tags, retitle, set_meta, set_notes, set_tags
from tui_sessions.model.session import Session
from tui_sessions.model.usage import Usage
from tui_sessions.store.history.changes import Edited, Swap, line_of, read_line, reversed_change
from tui_sessions.store.history.differences import applied, difference


def edited(before: Session, after: Session) -> Edited:
    """The difference, by way of a line of a file."""
    found = difference(before, after)
    assert found is not None
    read = read_line(line_of(found))
    assert isinstance(read, Edited)
    return read


def taken_back(now: Session, edit: Edited) -> tuple[Session, tuple[str, ...]]:
    back = reversed_change(edit)
    assert isinstance(back, Edited)
    result = applied(now, back)
    return result.session, result.problems


def test_sessions_that_are_alike_differ_in_nothing() -> None:
    assert difference(session("a", turn("t")), session("a", turn("t"))) is None


def test_only_the_fields_that_changed_are_recorded() -> None:
    before = session("a", turn("t"), title="old", system="be brief")
    edit = edited(before, retitle("new")(before))
    assert edit.swaps == (Swap(("title",), ("old",), ("new",)),)
    assert not edit.has_turns


def test_turns_and_fields_that_came_since_stay() -> None:
    before = session("a", turn("t1"), title="old")
    edit = edited(before, retitle("new")(before))
    now = retitle("new")(session("a", turn("t1"), turn("t2"), title="old", system="later"))
    back, problems = taken_back(now, edit)
    assert (back.title, back.system, problems) == ("old", "later", ())
    assert [each.id for each in back.turns] == ["t1", "t2"]


def test_a_field_that_became_something_else_stays_and_is_named() -> None:
    before = session("a", title="old")
    edit = edited(before, retitle("new")(before))
    back, problems = taken_back(session("a", title="other"), edit)
    assert back.title == "other"
    assert problems == ("The field title of 'other' changed since; it stays as it is.",)


def test_what_never_happened_is_passed_over_in_silence() -> None:
    before = session("a", turn("t1"), turn("t2"), title="old")
    edit = edited(before, retitle("new")(before).with_turns(before.turns[:1]))
    assert taken_back(before, edit) == (before, ())


def test_tags_that_came_since_stay_and_those_of_the_edit_go() -> None:
    before = set_tags(["a", "b"])(session("s"))
    edit = edited(before, set_tags(["b", "c"])(before))
    now = add_tags(["later"])(set_tags(["b", "c"])(before))
    back, problems = taken_back(now, edit)
    assert back.meta.tags == ("b", "later", "a")
    assert problems == ()


def test_a_turn_comes_back_to_its_place() -> None:
    before = session("a", turn("t1"), turn("t2"), turn("t3"), turn("t4"))
    edit = edited(before, before.with_turns((before.turns[0], before.turns[3])))
    now = session("a", turn("t1"), turn("t4"), turn("t5"))
    back, _ = taken_back(now, edit)
    assert [each.id for each in back.turns] == ["t1", "t2", "t3", "t4", "t5"]
    assert back.turn("t2") == turn("t2")


def test_a_turn_whose_neighbour_is_gone_comes_back_at_the_end() -> None:
    before = session("a", turn("t1"), turn("t2"))
    edit = edited(before, before.with_turns(before.turns[:1]))
    back, _ = taken_back(session("a", turn("t9")), edit)
    assert [each.id for each in back.turns] == ["t9", "t2"]


def test_turns_that_changed_places_change_back() -> None:
    before = session("a", turn("t1"), turn("t2"), turn("t3"))
    after = before.with_turns((before.turns[2], before.turns[0], before.turns[1]))
    edit = edited(before, after)
    assert taken_back(after, edit) == (before, ())
    assert applied(before, edit).session.turns == after.turns


def test_a_changed_turn_goes_back_unless_it_changed_again() -> None:
    before = session("a", turn("t1", "why?"))
    edit = edited(before, before.with_turn(turn("t1", "how?")))
    assert taken_back(session("a", turn("t1", "how?")), edit)[0].turn("t1") == turn("t1", "why?")
    later = session("a", turn("t1", "when?"))
    back, problems = taken_back(later, edit)
    assert back == later
    assert problems == ("A turn of 'when?' changed since; it stays as it is.",)


def test_an_added_turn_that_was_answered_since_is_not_taken_away() -> None:
    before = session("a", turn("t1"))
    edit = edited(before, before.with_turn(turn("t2", answer=None)))
    now = session("a", turn("t1"), turn("t2", answer="meanwhile"))
    back, problems = taken_back(now, edit)
    assert len(back.turns) == 2
    assert len(problems) == 1


def test_stated_sums_come_back_exactly_or_follow_the_turns() -> None:
    paid = msgspec.structs.replace(turn("t2"), usage=Usage(prompt_tokens=5, total_tokens=5))
    stated = Usage(prompt_tokens=100, total_tokens=100)
    before = session("a", turn("t1"), paid, usage_totals=stated)
    after = before.with_turns(before.turns[:1])
    edit = edited(before, after)
    assert taken_back(after, edit)[0].usage_totals == stated
    unstated = session("a", turn("t1"), paid)
    assert taken_back(
        unstated.with_turns(unstated.turns[:1]), edited(unstated, unstated.with_turns(()))
    )[0].turns == (turn("t1"), paid)
    later = msgspec.structs.replace(paid, id="t3")
    back, _ = taken_back(after.with_turn(later), edit)
    assert back.usage_totals == Usage(prompt_tokens=105, total_tokens=105)


def test_one_is_not_true_and_nan_is_nan() -> None:
    before = set_meta("x", 1)(session("a"))
    after = set_meta("y", float("nan"))(set_meta("x", True)(before))
    edit = edited(before, after)
    back, problems = taken_back(after, edit)
    assert back.meta.extra == {"x": 1}
    assert back.meta.extra["x"] is not True
    assert problems == ()


def test_a_line_that_names_what_is_not_ours_to_change_changes_nothing() -> None:
    before = session("a", turn("t"))
    for path in ((), ("id",), ("turns",), ("format",), ("updated_at",)):
        assert applied(before, Edited("a", swaps=(Swap(path, ("a",), ("b",)),))).session == before


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=4,
)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    turns = draw(st.lists(st.sampled_from("abcdef"), unique=True))
    made = session("s", *(turn(each, draw(st.sampled_from(["x", "y"]))) for each in turns))
    made = msgspec.structs.replace(
        made,
        title=draw(st.none() | st.text(max_size=4)),
        status=draw(st.sampled_from(["active", "archived"])),
        extra=draw(st.dictionaries(st.sampled_from(["one", "two"]), VALUES)),
    )
    extra: dict[str, Any] = draw(st.dictionaries(st.sampled_from(["k", "\ud800"]), VALUES))
    made = made.with_meta(extra=extra, tags=tuple(draw(st.lists(st.sampled_from("pqr")))))
    return set_notes(draw(st.none() | st.text(max_size=3)))(made)


@given(sessions(), sessions())
def test_any_edit_goes_back_and_forth(before: Session, after: Session) -> None:
    found = difference(before, after)
    if found is None:
        assert before == after
        return
    edit = edited(before, after)
    back, problems = taken_back(after, edit)
    assert problems == ()
    assert difference(before, back) is None
    again = applied(back, edit)
    assert again.problems == ()
    assert difference(after, again.session) is None

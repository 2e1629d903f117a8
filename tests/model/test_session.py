"""Sessions as values: titles, totals, branches, edits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tui_sessions.errors import UsageError
from tui_sessions.model import edits
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session, branched, title_from
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def turn(number: int, **values) -> Turn:
    said = (
        Message(role="user", content=f"q{number}"),
        Message(role="assistant", content=f"a{number}"),
    )
    return Turn(
        id=f"t{number}", messages=said, usage=Usage(prompt_tokens=10, completion_tokens=5), **values
    )


def session(**values) -> Session:
    return Session(id="s", turns=(turn(1, cost=100), turn(2, cost=None)), **values)


def test_a_title_is_the_first_line_that_says_something():
    assert title_from("\n\n## Why *is* it so?\nmore") == "Why *is* it so?"
    assert len(title_from("word " * 100)) <= 80
    assert session().shown_title == "q1"
    assert Session(id="s").shown_title == "Untitled"


def test_stated_totals_move_by_what_is_added():
    stated = session(usage_totals=Usage(prompt_tokens=1000, completion_tokens=500))
    more = stated.with_turn(turn(3))
    assert (more.totals.prompt_tokens, more.totals.completion_tokens) == (1010, 505)


def test_a_branch_copies_turns_and_counts_their_cost_nowhere_twice():
    branch = branched(session(), 1, new_id="b", title="other", now=NOW)
    assert [t.id for t in branch.turns] == ["t1"]
    assert branch.turns[0].inherited
    assert branch.turns[0].inherited_cost == 100
    assert branch.cost.nanousd == 0
    assert branch.totals.prompt_tokens is None
    assert (branch.parent.id, branch.parent.turn) == ("s", 1)
    again = branched(branch, 1, new_id="c", title=None, now=NOW)
    assert again.turns[0].inherited_cost == 100


def test_a_cost_known_in_part_says_so():
    assert (session().cost.nanousd, session().cost.unknown) == (100, 1)


def test_edits_touch_their_own_field_only():
    before = session().with_meta(tags=("a",), extra={"importance": "high"})
    after = edits.add_tags(["b", "a"])(before)
    assert after.meta.tags == ("a", "b")
    assert after.meta.extra == {"importance": "high"}
    assert edits.remove_tags(["A"])(after).meta.tags == ("b",)
    assert edits.set_meta("importance", None)(after).meta.extra == {}
    assert edits.set_meta("tags", "x, y")(after).meta.tags == ("x", "y")
    assert edits.set_meta("title", "T")(after).title == "T"
    assert edits.retitle("  ")(after).title is None


def test_a_status_that_is_none_is_refused_with_those_that_are():
    with pytest.raises(UsageError, match="active, paused, completed, archived"):
        edits.set_status("done")

"""Promote, detach, extract, merge: no money is counted twice or lost."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from branch_shelves import asked_again, files_of, paid, stocked, sums, values

from tui_sessions.errors import NotFoundError, UsageError
from tui_sessions.model.answers import answers
from tui_sessions.model.branches import numbers_in
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Alternative
from tui_sessions.model.usage import Usage


def test_a_promoted_branch_counts_the_shared_turns_and_the_former_parent_does_not(
    tmp_path: Path,
) -> None:
    library = stocked(tmp_path)
    library.branching.promote("b")
    a, b = library.load("a"), library.load("b")
    assert b.parent is None
    assert a.parent is not None
    assert (a.parent.id, a.parent.turn) == ("b", 2)
    assert [turn.inherited for turn in b.turns] == [False, False, False]
    assert [turn.inherited for turn in a.turns] == [True, True, False, False, False]
    assert (b.cost.nanousd, a.cost.nanousd) == (7300, 1200)
    assert (b.totals.total_tokens, a.totals.total_tokens) == (7303, 1203)


def test_promoting_back_gives_what_was_before(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    before = values(library)
    library.branching.promote("b")
    library.branching.promote("a")
    assert values(library) == before


def test_a_promotion_is_no_use_of_a_session(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    used = {row.id: row.updated_at for row in library.rows()}
    library.branching.promote("b")
    assert {row.id: row.updated_at for row in library.rows()} == used
    library.history.undo()
    assert {row.id: row.updated_at for row in library.rows()} == used


def test_the_money_goes_as_it_stands_in_the_parent_now_and_the_words_stay(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.update("a", lambda now: now.with_turn(asked_again(now.turns[0], "since then", 50)))
    before = sums(library)
    library.branching.promote("b")
    first = library.load("b").turns[0]
    assert first.answer is not None
    assert first.answer.text == "because"
    assert (first.cost, [one.message.text for one in first.alternatives]) == (150, ["since then"])
    assert sums(library) == before


def test_an_answer_that_only_the_branch_has_keeps_standing_there(tmp_path: Path) -> None:
    library = stocked(tmp_path)

    def edited(now: Session) -> Session:
        first = now.turns[0].with_answer(Message(role="assistant", content="edited"))
        other = Alternative(
            message=Message(role="assistant", content="gone there"),
            usage=Usage(total_tokens=3),
            cost=9,
        )
        return now.with_turn(msgspec.structs.replace(first, alternatives=(other,)))

    library.update("b", edited)
    before = sums(library)
    library.branching.promote("b")
    first = library.load("b").turns[0]
    assert {one.message.text for one in answers(first)} == {"edited", "because", "gone there"}
    assert first.answer is not None
    assert first.answer.text == "edited"
    gone = next(one for one in first.alternatives if one.message.text == "gone there")
    assert gone.extra == {"inherited_usage": {"total_tokens": 3}, "inherited_cost": 9e-09}
    assert sums(library) == before


def test_siblings_and_grandparents_keep_what_they_share(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.branch("a", 1, new_id="early")
    library.branch("a", 4, new_id="late")
    library.branch("b", 3, new_id="below")
    untouched = {id: files_of(library) for id in ("early", "late", "below")}
    library.branching.promote("b")
    family = library.family("late")
    assert {path.id: (path.leaves, path.shared) for path in family.paths} == {
        "b": (None, 0),
        "below": ("b", 3),
        "a": ("b", 2),
        "late": ("a", 4),
        "early": ("b", 1),
    }
    for id in untouched:
        name = library.path(id).name
        assert files_of(library)[name] == untouched[id][name]
    library.branching.promote("late")
    family = library.family("a")
    assert [(path.id, path.leaves, path.shared) for path in family.paths][:1] == [("b", None, 0)]
    links = {path.id: (path.leaves, path.shared) for path in family.paths}
    assert links["late"] == ("b", 2)
    assert links["a"] == ("late", 4)


def test_a_branch_of_what_its_parent_inherited_takes_the_place_of_the_session_behind(
    tmp_path: Path,
) -> None:
    library = stocked(tmp_path)
    library.branch("b", 1, new_id="c")
    assert library.branching.promote("c").id == "a"
    links = {path.id: (path.leaves, path.shared) for path in library.family("a").paths}
    assert links == {"c": (None, 0), "a": ("c", 1), "b": ("a", 2)}


def test_turns_that_either_deleted_stay_where_they_are_counted(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.update("a", lambda now: now.with_turns(now.turns[1:]))
    library.update("b", lambda now: now.with_turns(now.turns[:1] + now.turns[2:]))
    before = sums(library)
    library.branching.promote("b")
    assert sums(library) == before
    assert [turn.id for turn in library.load("b").turns] == ["t1", "own"]


def test_a_detached_branch_still_does_not_count_what_it_inherited(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    before = sums(library)
    library.branching.detach("b")
    b = library.load("b")
    assert (b.parent, b.cost.nanousd) == (None, 7000)
    assert sums(library) == before
    with pytest.raises(NotFoundError, match="of its own already"):
        library.branching.detach("b")


def test_an_extract_has_its_turns_and_counts_none(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    before = sums(library)
    made = library.branching.extract("a", 2, 3)
    assert [turn.id for turn in made.turns] == ["t2", "t3"]
    assert made.parent is None
    assert made.title == "A · turns 2-3"
    assert made.extra["extracted_from"] == {"id": "a", "first": 2, "last": 3}
    assert (made.cost.nanousd, made.totals.total) == (0, None)
    assert sums(library) == before
    assert library.history.undo().label == "extract"
    assert not library.has(made.id)
    with pytest.raises(UsageError, match="no turns 4-9"):
        library.branching.extract("a", 4, 9)


def test_a_merge_puts_copies_at_the_end_of_the_parent_once(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    before, b = sums(library), library.path("b").read_bytes()
    assert library.branching.unmerged("b") == 1
    library.branching.merge("b")
    last = library.load("a").turns[-1]
    assert (last.id, last.inherited, last.inherited_cost) == ("own", True, 7000)
    assert last.extra["merged_from"] == {"id": "b", "turn": "own"}
    assert sums(library) == before
    assert library.path("b").read_bytes() == b
    with pytest.raises(UsageError, match="all turns of this branch already"):
        library.branching.merge("b")
    library.update("b", lambda now: now.with_turn(paid("own2")))
    library.branching.merge("b")
    assert [turn.id for turn in library.load("a").turns][-2:] == ["own", "own2"]


def test_a_merged_turn_gets_another_id_where_its_own_is_taken(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.update("a", lambda now: now.with_turn(paid("own")))
    library.branching.merge("b")
    ids = [turn.id for turn in library.load("a").turns]
    assert len(set(ids)) == len(ids) == 7


def test_what_has_no_parent_says_so(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    with pytest.raises(NotFoundError, match="“A” is no branch"):
        library.branching.promote("a")
    library.delete("a")
    with pytest.raises(NotFoundError, match="is not here any more"):
        library.branching.merge("b")
    with pytest.raises(NotFoundError):
        library.branching.detach("nobody")


def test_turns_are_named_by_number() -> None:
    assert [numbers_in(words, 9) for words in ("3", "3-7", " 3 – 7 ", "3-", "-3")] == [
        (3, 3),
        (3, 7),
        (3, 7),
        (3, 9),
        (1, 3),
    ]
    for words in ("", "-", "x", "0", "7-3", "3-10", "1-2-3", "9" * 30, "²"):
        with pytest.raises(UsageError):
            numbers_in(words, 9)

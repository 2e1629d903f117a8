"""Hits as they arrive, by session."""

from __future__ import annotations

from tui_sessions.model.found import MOST_HITS, Findings, Hit, SearchBatch, as_typed
from tui_sessions.model.query import parse_query


def hit(session_id: str, score: float, turn: int | None = 0) -> Hit:
    return Hit(session_id=session_id, turn=turn, place="answer", score=score)


def batch(
    *hits: Hit, found: int | None = None, done: int = 1, partial: bool = False
) -> SearchBatch:
    return SearchBatch(
        hits=hits,
        found=len(hits) if found is None else found,
        done=done,
        total=3,
        is_partial=partial,
    )


def test_hits_of_a_session_stand_together_best_first() -> None:
    findings = Findings([batch(hit("a", 1, 0), hit("b", 2)), batch(hit("a", 3, 5), done=2)])
    best = findings.top(10)
    assert [found.session_id for found in best] == ["a", "b"]
    assert [each.turn for each in best[0].hits] == [5, 0]
    assert (best[0].count, best[0].score) == (2, 3)
    assert (findings.sessions, findings.hits, findings.done, findings.total) == (2, 3, 2, 3)


def test_of_equals_the_newer_session_comes_first() -> None:
    findings = Findings([batch(hit("new", 1)), batch(hit("old", 1)), batch(hit("best", 2))])
    assert [found.session_id for found in findings.top(3)] == ["best", "new", "old"]
    assert [found.session_id for found in findings.top(1)] == ["best"]


def test_all_hits_are_counted_though_few_are_kept() -> None:
    many = [hit("a", score, score) for score in range(5 * MOST_HITS)]
    findings = Findings([batch(*many, found=9_000)])
    (found,) = findings.top(1)
    assert findings.hits == 9_000
    assert found.count == len(many)
    assert [each.turn for each in found.hits] == list(
        range(5 * MOST_HITS - 1, 4 * MOST_HITS - 1, -1)
    )


def test_it_says_when_more_may_come() -> None:
    findings = Findings([batch(done=1, partial=True)])
    assert findings.is_partial
    assert not findings.is_done
    findings.add(batch(done=3))
    assert findings.is_done


def test_a_session_can_be_asked_for() -> None:
    findings = Findings([batch(hit("a", 1))])
    assert findings.session("a") == findings.top(1)[0]
    assert findings.session("b") is None


def test_the_last_word_is_a_beginning_while_it_is_typed() -> None:
    assert as_typed(parse_query("one tw")) == parse_query("one tw*")
    assert as_typed(parse_query("修")) == parse_query("修*")
    assert as_typed(parse_query("a OR be")) == parse_query("a OR be*")


def test_what_is_no_word_being_typed_stays() -> None:
    for text in ("", "o", "one tag:py", "one -tw", '"one two"', "cost:>1"):
        assert as_typed(parse_query(text)) == parse_query(text)

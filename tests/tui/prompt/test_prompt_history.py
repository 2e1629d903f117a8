"""Walking through earlier prompts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.tui.widgets.prompt_history import PromptHistory


def test_back_and_forth_ends_at_what_was_being_typed() -> None:
    walk = PromptHistory(("one", "two"))
    assert walk.earlier("draft") == "two"
    assert walk.earlier("two") == "one"
    assert walk.earlier("one") is None
    assert walk.later("one") == "two"
    assert walk.later("two") == "draft"
    assert walk.later("draft") is None


def test_an_earlier_prompt_that_was_changed_keeps_the_change() -> None:
    walk = PromptHistory(("one", "two"))
    walk.earlier("")
    walk.earlier("two and more")
    assert walk.later("one") == "two and more"


def test_repeats_and_empty_prompts_are_passed_over() -> None:
    walk = PromptHistory(("one", "two", "two", " "))
    assert walk.earlier("") == "two"
    assert walk.earlier("two") == "one"


def test_a_new_entry_leaves_what_is_being_typed() -> None:
    walk = PromptHistory(("one",))
    walk.earlier("draft")
    other = walk.with_entries(("one", "two"))
    assert other.later("one") == "two"
    assert other.later("two") == "draft"


def test_entirely_other_entries_leave_what_is_being_typed() -> None:
    walk = PromptHistory(("one", "two"))
    walk.earlier("draft")
    other = walk.with_entries(("three",))
    assert other.later("two") == "draft"


def test_it_knows_whether_what_stands_there_is_an_earlier_prompt() -> None:
    walk = PromptHistory(("one",))
    assert not walk.shows("one")
    walk.earlier("")
    assert walk.shows("one")
    assert not walk.shows("one!")
    walk.restart()
    assert not walk.shows("one")


@given(st.lists(st.sampled_from(("up", "down", "type", "new")), max_size=40))
def test_nothing_that_was_typed_is_lost(steps: list[str]) -> None:
    entries = ["a", "b", "c"]
    texts, at = [*entries, "draft"], 3
    walk = PromptHistory(entries)
    for number, step in enumerate(steps):
        if step == "type":
            texts[at] += str(number)
        elif step == "new":
            entries.append(f"new{number}")
            texts.insert(-1, f"new{number}")
            at += at == len(texts) - 2
            walk = walk.with_entries(entries)
        else:
            found = walk.earlier(texts[at]) if step == "up" else walk.later(texts[at])
            to = at + (-1 if step == "up" else 1)
            assert found == (texts[to] if 0 <= to < len(texts) else None)
            at = at if found is None else to

"""Renaming a tag: in its place, whatever its case, never twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.errors import UsageError
from tui_sessions.model.edits import rename_tag
from tui_sessions.model.session import Session


def tagged(*tags: str) -> Session:
    return Session(id="a").with_meta(tags=tags)


@pytest.mark.parametrize(
    ("tags", "old", "new", "after"),
    [
        (("a", "py", "b"), "py", "python", ("a", "python", "b")),
        (("PY",), "py", "python", ("python",)),
        (("py", "x", "python"), "py", "python", ("python", "x")),
        (("Python", "x", "py"), "py", "python", ("python", "x")),
        (("py", "Py", "PY"), "py", "python", ("python",)),
        (("python",), "python", "Python", ("Python",)),
        (("x", "Python"), "py", "python", ("x", "Python")),
        (("py",), "py", " #two  words ", ("two words",)),
    ],
)
def test_a_tag_is_renamed_in_its_place_and_never_there_twice(
    tags: tuple[str, ...], old: str, new: str, after: tuple[str, ...]
) -> None:
    assert rename_tag(old, new)(tagged(*tags)).meta.tags == after


def test_a_session_without_the_tag_stays_the_very_same() -> None:
    session = tagged("x", "python", "python")
    assert rename_tag("py", "python")(session) is session


@pytest.mark.parametrize("name", ["", "  ", ",", "#"])
def test_a_tag_is_not_renamed_to_nothing(name: str) -> None:
    with pytest.raises(UsageError, match="needs a name"):
        rename_tag("py", name)


words = st.sampled_from(["a", "A", "b", "B", "c", "ß", "SS"])


@given(st.lists(words, unique=True), words, words)
def test_renaming_takes_no_other_tag_away(tags: list[str], old: str, new: str) -> None:
    after = rename_tag(old, new)(tagged(*tags)).meta.tags
    expected = {tag.casefold() for tag in tags}
    if old.casefold() in expected:
        expected = (expected - {old.casefold()}) | {new.casefold()}
    assert {tag.casefold() for tag in after} == expected
    others = [tag for tag in tags if tag.casefold() not in (old.casefold(), new.casefold())]
    assert [tag for tag in after if tag in others] == others

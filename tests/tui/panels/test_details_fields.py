"""How the fields of the details form read, show, understand and change."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.errors import UsageError
from tui_sessions.model.session import Params, Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets import fields

PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False, max_value=1e15, min_value=-1e15)
    | PRINTABLE.filter(lambda text: clean_line(text) == text)
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3), max_leaves=5)


@given(VALUES)
def test_a_value_shown_is_understood_as_the_same_value(value: object) -> None:
    assert fields.understood_json(fields.shown_json(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("true", True), ("false", False), ("0.5", 0.5), ("high", "high"), ('"3"', "3"),
     ("[1, 2]", [1, 2]), ("NaN", "NaN"), ("1e999", "1e999"), ("[" * 5000, "[" * 5000),
     ("9" * 30, "9" * 30)],
)  # fmt: skip
def test_what_a_person_writes_keeps_its_type(text: str, value: object) -> None:
    understood = fields.understood_json(text)
    assert understood == value
    assert type(understood) is type(value)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [(fields.TEMPERATURE, "hot"), (fields.TEMPERATURE, "2.5"), (fields.TEMPERATURE, "nan"),
     (fields.MAX_TOKENS, "0"), (fields.MAX_TOKENS, "1.5"), (fields.CONTEXT_WINDOW, "-1"),
     (fields.CONTEXT_WINDOW, "²"), (fields.STATUS, "lost")],
)  # fmt: skip
def test_a_wrong_value_gets_one_sentence(field: fields.Field, wrong: str) -> None:
    with pytest.raises(UsageError, match=r"^The [^.]*(\.\d[^.]*)?\.$"):
        field.understood(wrong)


def test_a_changed_parameter_leaves_the_others_as_they_are_on_disk() -> None:
    change = fields.TEMPERATURE.change(None, 0.5)
    on_disk = Session(id="a", params=Params(max_tokens=9, extra={"top_p": 1}))
    assert change(on_disk).params == Params(temperature=0.5, max_tokens=9, extra={"top_p": 1})


def test_a_tag_given_meanwhile_by_another_program_stays() -> None:
    change = fields.TAGS.change(("a", "b"), ("b", "c"))
    on_disk = Session(id="a").with_meta(tags=("a", "b", "theirs"))
    assert set(change(on_disk).meta.tags) == {"b", "c", "theirs"}


def test_tags_keep_the_order_they_were_given() -> None:
    change = fields.TAGS.change(("a", "b"), ("b", "c", "a"))
    assert change(Session(id="a").with_meta(tags=("a", "b"))).meta.tags == ("b", "c", "a")


def test_a_status_of_another_program_can_be_brought_back() -> None:
    change = fields.STATUS.change("paused", "on hold")
    assert change(Session(id="a", status="paused")).status == "on hold"


@pytest.mark.parametrize(
    ("line", "pair"),
    [("a: b", ("a", "b")), ("a=3", ("a", 3)), ("url: http://x", ("url", "http://x")),
     ("x=a:b", ("x", "a:b"))],
)  # fmt: skip
def test_a_key_and_its_value_are_told_apart_at_the_first_sign(
    line: str, pair: tuple[str, object]
) -> None:
    assert fields.key_and_value(line) == pair


@pytest.mark.parametrize("line", ["", "just words", ": b", "a:", "="])
def test_half_a_pair_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="key and a value"):
        fields.key_and_value(line)


def test_an_emptied_key_is_removed() -> None:
    field = fields.meta_field("importance")
    session = Session(id="a").with_meta(extra={"importance": 3, "x": 1})
    changed = field.change(3, field.understood("  "))(session)
    assert changed.meta.extra == {"x": 1}
    assert msgspec.structs.replace(changed, meta=session.meta) == session

"""How a known model is found and shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.known_model import KnownModel, shown_price, shown_window
from tui_sessions.model.money import NANO

SONNET = KnownModel(provider="anthropic", name="claude-sonnet-4-5", title="Claude Sonnet 4.5")


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("", True),
        ("sonnet", True),
        ("SONNET 4.5", True),
        ("anthropic/claude", True),
        ("sonnet opus", False),
    ],
)
def test_every_word_must_stand_in_its_names(words: str, fits: bool) -> None:
    assert SONNET.fits(words) is fits


@pytest.mark.parametrize(
    ("dollars", "shown"),
    [(None, "?"), (0, "0"), (15, "15"), (2.5, "2.50"), (0.15, "0.15"), (0.0375, "0.0375")],
)
def test_a_price_has_the_digits_that_it_needs(dollars: float | None, shown: str) -> None:
    assert shown_price(None if dollars is None else round(dollars * NANO)) == shown


@given(st.integers(min_value=1, max_value=10**15))
def test_a_price_that_is_not_zero_never_looks_like_zero(nanousd: int) -> None:
    assert float(shown_price(nanousd).replace(",", "")) > 0


@pytest.mark.parametrize(
    ("tokens", "shown"),
    [
        (None, "?"),
        (950, "950"),
        (8_192, "8k"),
        (128_000, "128k"),
        (131_072, "128k"),
        (200_000, "200k"),
        (1_048_576, "1M"),
        (1_050_000, "1.05M"),
    ],
)
def test_a_context_size_is_written_as_people_say_it(tokens: int | None, shown: str) -> None:
    assert shown_window(tokens) == shown


def test_marks_stand_in_places_of_their_own() -> None:
    only_thinks = KnownModel(provider="a", name="b", thinks=True)
    assert only_thinks.marks == "·∴·"
    assert only_thinks.abilities == ("thinking",)

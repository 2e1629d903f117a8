"""Bytes as people read them."""

from __future__ import annotations

import pytest

from tui_sessions.model.display import shown_size


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_940, "999.9 kB"),
        (999_960, "1.0 MB"),
        (1_234_567, "1.2 MB"),
        (2_500_000_000, "2.5 GB"),
        (7_000_000_000_000_000, "7,000.0 TB"),
    ],
)
def test_a_size_has_the_unit_that_makes_it_short(size: int, shown: str) -> None:
    assert shown_size(size) == shown

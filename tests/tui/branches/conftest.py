"""A library with a family in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from family_values import stock

from tui_sessions.wiring import Services


@pytest.fixture
def shelf(made_services: Callable[..., Services]) -> None:
    """`trunk` with three branches, before the screen is opened."""
    stock(made_services().library)

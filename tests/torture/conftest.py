"""Proofs at full size take hours: the bound on what hangs grows with them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from proof import is_whole

_HOURS_S = 6 * 3600
_HERE = Path(__file__).parent
# The languages of the servers stand with the tests of the providers.
sys.path.append(str(_HERE.parent / "providers"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if is_whole() and item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.timeout(_HOURS_S))

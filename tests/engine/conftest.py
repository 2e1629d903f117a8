"""The engine on a real library, with a provider that plays a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "library")

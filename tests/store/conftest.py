"""A library with one of everything, and a place for its backups. Who needs another one names it the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from backup_shelves import one_of_everything

from tui_sessions.store.library import Library


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return one_of_everything(tmp_path / "library")

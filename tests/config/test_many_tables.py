"""Very many tables of providers are read in one go, not once for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui_sessions.config import load as loading
from tui_sessions.config.load import load


def test_two_thousand_tables_are_looked_at_so_many_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, looked = tmp_path / "config.toml", []
    address = 'base_url = "http://127.0.0.1:1/v1"'
    file.write_text("\n".join(f"[providers.s{n}]\n{address}" for n in range(2_000)))
    found: Callable[[str], str] = loading.endpoint_name

    def counted(key: str) -> Any:
        looked.append(key)
        return found(key)

    monkeypatch.setattr(loading, "endpoint_name", counted)
    assert len(load(file, {}, ()).endpoints) == 2_000
    assert len(looked) <= 10 * 2_000

"""Context sizes that were looked up before need no table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_sessions.providers import context_sizes
from tui_sessions.providers.context_sizes import ContextSizes
from tui_sessions.providers.prices import Prices


def never() -> int | None:
    raise AssertionError("it was looked up")


@pytest.mark.parametrize("size", [128_000, None])
def test_what_was_found_once_is_kept_for_the_next_program(tmp_path: Path, size: int | None) -> None:
    file = tmp_path / "cache" / "sizes.json"
    assert ContextSizes(file).size("m/x", lambda: size) == size
    again = ContextSizes(file)
    assert again.size("m/x", never) == size
    assert again.size("m/y", lambda: 7) == 7


def test_another_table_is_asked_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "sizes.json"
    ContextSizes(file).size("m/x", lambda: 1)
    monkeypatch.setattr(context_sizes, "table_stamp", lambda: "another")
    assert ContextSizes(file).size("m/x", lambda: 2) == 2


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]", b"\xff", b'{"table": 5}'])
def test_a_spoilt_file_counts_as_none(tmp_path: Path, spoilt: bytes) -> None:
    file = tmp_path / "sizes.json"
    file.write_bytes(spoilt)
    assert ContextSizes(file).size("m/x", lambda: 5) == 5
    assert ContextSizes(file).size("m/x", never) == 5


def test_where_nothing_can_be_written_it_is_still_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert ContextSizes(tmp_path / "file" / "sizes.json").size("m/x", lambda: 5) == 5
    assert ContextSizes(None).size("m/x", lambda: 6) == 6


def test_it_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context_sizes, "_MOST", 3)
    sizes = ContextSizes(tmp_path / "sizes.json")
    for number in range(10):
        assert sizes.size(f"m/{number}", lambda number=number: number) == number  # type: ignore[misc]
    assert (tmp_path / "sizes.json").stat().st_size < 200


def test_the_same_name_elsewhere_is_another_model(tmp_path: Path) -> None:
    file = tmp_path / "sizes.json"
    here = Prices(None, sizes=file)
    there = Prices(None, elsewhere={"openai": "https://nobody.example"}, sizes=file)
    assert here.context_tokens("openai/gpt-4o") == 128_000
    assert there.context_tokens("openai/gpt-4o") != 128_000
    assert Prices(None, sizes=file).context_tokens("openai/gpt-4o") == 128_000

"""The context sizes of models as they were looked up before, kept in the cache directory.

The table of prices takes 300 ms and 16 MB to load: too much for who only opens a conversation. What was
kept counts as long as the installed table is the same file.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from tui_sessions.config.private import read_private, write_private

_MOST = 1_000
"""Models that are kept; then it begins anew."""


class _Kept(msgspec.Struct):
    table: str = ""
    sizes: dict[str, int | None] = {}


class ContextSizes:
    """Sizes by model. Without a file nothing is kept."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._kept: _Kept | None = None

    def size(self, model: str, look_up: Callable[[], int | None]) -> int | None:
        """The size that is kept for a model, else what `look_up` finds."""
        if self._file is None:
            return look_up()
        kept = self._known(self._file)
        if model not in kept.sizes:
            found = look_up()
            if len(kept.sizes) >= _MOST:
                kept.sizes.clear()
            kept.sizes[model] = found
            with suppress(OSError):  # it is looked up again the next time
                write_private(self._file, msgspec.json.encode(kept))
        return kept.sizes[model]

    def has(self, model: str) -> bool:
        """Whether the size of a model, or that nobody knows it, is kept."""
        return self._file is not None and model in self._known(self._file).sizes

    def _known(self, file: Path) -> _Kept:
        if self._kept is None:
            table = table_stamp()
            try:
                kept = msgspec.json.decode(read_private(file), type=_Kept)
            except (OSError, ValueError, RecursionError):
                kept = _Kept()
            self._kept = kept if kept.table == table else _Kept(table)
        return self._kept


def table_stamp() -> str:
    """Tells one installed table of prices from another, without loading it."""
    found = importlib.util.find_spec("genai_prices")
    if found is None or not found.submodule_search_locations:
        return ""
    try:
        status = (Path(found.submodule_search_locations[0]) / "data.py").stat()
    except OSError:
        return ""
    return f"{status.st_mtime_ns} {status.st_size}"

"""The lines of the tree as the widget reads them: asked by window, kept by page, found again after a refresh.

Pure logic: it knows neither Textual nor who answers.
"""

from __future__ import annotations

from typing import Protocol

from tui_sessions.model.results import DamagedLine, FolderLine, SessionLine, TreeLine

PAGE_LINES = 64
"""Lines asked at once: about one tall screen."""
KEPT_PAGES = 8
NEIGHBOURS = 16
"""How far from a line that is gone another one is looked for before its number decides."""


class TreeSource(Protocol):
    """Who knows the lines: a snapshot, so that counts and positions agree."""

    @property
    def count(self) -> int:
        """How many lines there are."""

    def window(self, start: int, stop: int) -> tuple[TreeLine, ...]:
        """The lines from `start` up to `stop`."""

    def position(self, key: str) -> int | None:
        """The number of the line of that key, None where it is not shown."""

    def find(self, text: str, after: int) -> int | None:
        """The number of the next line behind `after` whose title begins with `text`, else of the next
        one that has it inside; from the top again behind the last line. None where no title does."""


class NoLines:
    """A source without lines."""

    count = 0

    def window(self, start: int, stop: int) -> tuple[TreeLine, ...]:
        """No lines."""
        return ()

    def position(self, key: str) -> int | None:
        """Nowhere."""
        return None

    def find(self, text: str, after: int) -> int | None:
        """Nowhere."""
        return None


class Lines:
    """Single lines of a source, read a page at a time; the last few pages are kept."""

    def __init__(self, source: TreeSource) -> None:
        self.source = source
        self.count = source.count
        self._pages: dict[int, tuple[TreeLine, ...]] = {}

    def line(self, index: int) -> TreeLine | None:
        """The line of that number, None outside."""
        if not 0 <= index < self.count:
            return None
        number, offset = divmod(index, PAGE_LINES)
        page = self._pages.get(number)
        if page is None:
            page = self._read(number)
        return page[offset] if offset < len(page) else None

    def key(self, index: int) -> str | None:
        """The key of the line of that number."""
        line = self.line(index)
        return None if line is None else line.key

    def _read(self, number: int) -> tuple[TreeLine, ...]:
        while len(self._pages) >= KEPT_PAGES:
            del self._pages[next(iter(self._pages))]
        start = number * PAGE_LINES
        page = self.source.window(start, min(start + PAGE_LINES, self.count))
        self._pages[number] = page
        return page


def is_foldable(line: TreeLine) -> bool:
    """Whether something hangs below the line."""
    if isinstance(line, FolderLine):
        return line.kind != "trash"
    return isinstance(line, SessionLine) and line.branches > 0


def is_unfolded(line: TreeLine) -> bool:
    """Whether what hangs below the line is shown."""
    return is_foldable(line) and not isinstance(line, DamagedLine) and line.is_open


def parent_keys(line: TreeLine) -> tuple[str, ...]:
    """Keys of the lines that it may hang below, nearest first."""
    if line.depth == 0:
        return ()
    group, _, rest = line.key.partition(":")
    if isinstance(line, SessionLine) and group in ("pinned", "search"):
        # A session's id has no colon, the name of a search may.
        return (f"{group}:{rest.rpartition(':')[0]}",)
    path = line.path if isinstance(line, FolderLine) else line.row.path
    folder = f"folder:{path.rpartition('/')[0]}"
    if isinstance(line, SessionLine) and line.is_branch and line.row.parent_id:
        return (f"session:{line.row.parent_id}", folder)
    return (folder,)


def parent_position(lines: Lines, index: int) -> int | None:
    """The number of the line above that the line hangs below; no line between them is read."""
    line = lines.line(index)
    for key in () if line is None else parent_keys(line):
        position = lines.source.position(key)
        if position is not None and position < index:
            return position
    return None


def kept_position(old: Lines, index: int, new: Lines) -> int:
    """Where the line that was number `index` is now, or the nearest one where it is gone.

    Nearest: the folder or parent that was closed over it, else the next line that is still there,
    else the one before, further and further away, else the same number.
    """
    line = old.line(index)
    if line is None:
        return _clamped(index, new)
    found = new.source.position(line.key)
    if found is not None:
        return found
    folded = _folded_over(line, new)
    if folded is not None:
        return folded
    for distance in range(1, NEIGHBOURS + 1):
        for neighbour in (index + distance, index - distance):
            key = old.key(neighbour)
            found = None if key is None else new.source.position(key)
            if found is not None:
                return found
    return _clamped(index, new)


def _folded_over(line: TreeLine, new: Lines) -> int | None:
    for key in parent_keys(line):
        position = new.source.position(key)
        parent = None if position is None else new.line(position)
        if parent is not None and is_foldable(parent) and not is_unfolded(parent):
            return position
    return None


def _clamped(index: int, lines: Lines) -> int:
    return max(0, min(index, lines.count - 1))

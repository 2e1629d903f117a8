"""Lines for the tree out of thin air, and a source that remembers what it was asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from textual.app import App, ComposeResult
from textual.message import Message

from tui_sessions.model.money import Cost
from tui_sessions.model.results import FolderLine, SessionLine, SessionRow, TreeLine
from tui_sessions.tui.widgets.session_tree import SessionTree

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_OF_THE_LINE = ("is_branch", "is_open", "branches")


def session(name: str, depth: int = 0, *, folder: str = "", **facts: Any) -> SessionLine:
    """A session's line; `facts` go to the line or the row, wherever they belong."""
    line = {key: facts.pop(key) for key in _OF_THE_LINE if key in facts}
    row = {"title": name, "turns": 2, "cost": Cost(3_400_000, 2, 0)} | facts
    row.setdefault("updated_at", NOW - timedelta(hours=3))
    path = f"{folder}/{name}.json" if folder else f"{name}.json"
    return SessionLine(
        key=f"session:{name}", depth=depth, row=SessionRow(id=name, path=path, **row), **line
    )


def group(
    kind: str, depth: int = 0, *, name: str = "", is_open: bool = True, sessions: int | None = 3
) -> FolderLine:
    """The line of the pinned sessions, a saved search or the trash."""
    return FolderLine(
        key=f"{kind}:{name}", depth=depth, kind=kind, name=name or kind, path="",
        is_open=is_open, sessions=sessions,
    )  # fmt: skip


def folder(path: str, depth: int = 0, *, is_open: bool = True, sessions: int = 3) -> FolderLine:
    """A folder's line."""
    name = path.rpartition("/")[2]
    return FolderLine(
        key=f"folder:{path}", depth=depth, name=name, path=path, is_open=is_open, sessions=sessions
    )


class SpySource:
    """A source over a sequence that counts the lines it was asked for."""

    def __init__(self, lines: Iterable[TreeLine]) -> None:
        self.lines = tuple(lines)
        self.count = len(self.lines)
        self.places = {line.key: place for place, line in enumerate(self.lines)}
        self.asked = 0

    def window(self, start: int, stop: int) -> tuple[TreeLine, ...]:
        self.asked += stop - start
        return self.lines[start:stop]

    def position(self, key: str) -> int | None:
        return self.places.get(key)

    def find(self, text: str, after: int) -> int | None:
        titles = [
            (
                line.name if isinstance(line, FolderLine) else getattr(line.row, "title", "")
            ).casefold()
            for line in self.lines
        ]
        order = [(after + 1 + step) % self.count for step in range(self.count)]
        for fits in (str.startswith, str.__contains__):
            for place in order:
                if fits(titles[place], text.casefold()):
                    return place
        return None


class TreeApp(App[None]):
    """The tree alone, and what it posted."""

    CSS = "SessionTree { width: 30; height: 10; }"

    def __init__(self, lines: Sequence[TreeLine] = ()) -> None:
        super().__init__()
        self.lines = lines
        self.posted: list[Message] = []

    def compose(self) -> ComposeResult:
        yield SessionTree(now=lambda: NOW)

    def on_mount(self) -> None:
        self.tree.show(SpySource(self.lines))
        self.tree.focus()

    @property
    def tree(self) -> SessionTree:
        return self.query_one(SessionTree)

    def post_note(self, message: Message) -> None:
        self.posted.append(message)

    on_session_tree_opened = post_note
    on_session_tree_fold_toggled = post_note
    on_session_tree_highlighted = post_note
    on_session_tree_delete_requested = post_note
    on_session_tree_rename_requested = post_note
    on_session_tree_filter_requested = post_note
    on_session_tree_marks_changed = post_note
    on_session_tree_mark_below_requested = post_note
    on_session_tree_mark_all_requested = post_note
    on_session_tree_asked = post_note
    on_session_tree_trash_requested = post_note
    on_session_tree_typed_ahead = post_note

    def of(self, kind: type[Message]) -> list[Any]:
        """Messages of one kind, oldest first."""
        return [message for message in self.posted if isinstance(message, kind)]

    def rows(self) -> list[str]:
        """What stands on the screen, row by row."""
        return [self.tree.render_line(y).text for y in range(self.tree.size.height)]

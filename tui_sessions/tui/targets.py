"""Which sessions an action means: the marked ones, else the line under the cursor where the tree has the
focus, else the open session. Every key and command that works on several sessions asks here."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tui_sessions.errors import UsageError
from tui_sessions.model.query import Query, Term, parse_query
from tui_sessions.model.results import FolderLine, SessionLine, TreeLine
from tui_sessions.model.term import folded
from tui_sessions.model.text import clean_line
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.workspace import Workspace

SESSION = "session:"


class Targets(msgspec.Struct, frozen=True):
    """The sessions that are meant, in the order of the tree."""

    ids: tuple[str, ...] = ()
    """Empty: the draft that is looked at."""
    where: str = ""
    """The folder or search that they are in, where the cursor stands on one."""
    is_open: bool = False
    """Whether it is the session that is looked at, and nothing else."""

    @property
    def is_draft(self) -> bool:
        """Whether it is a session without a file."""
        return not self.ids

    def named(self, workspace: Workspace) -> str:
        """For a sentence: `“Title”`, `12 sessions`, `the 12 sessions in work`."""
        if len(self.ids) > 1:
            inside = f" in {self.where}" if self.where else ""
            return f"{'the ' if inside else ''}{len(self.ids):,} sessions{inside}"
        return f"“{title_of(workspace, *self.ids)}”"


def targets(stage: Stage) -> Targets:
    """What is meant now. Raises `UsageError` where the line under the cursor holds no session."""
    workspace, tree = stage.workspace, stage.sessions
    tree.end_range()
    if tree.marked and (marked := tuple(_still_there(workspace, tree.marked))):
        return Targets(marked)
    line = tree.cursor_line if tree.has_focus else None
    if line is None:
        return Targets(() if workspace.is_draft else (workspace.session.id,), is_open=True)
    return _of_line(workspace, line)


def _of_line(workspace: Workspace, line: TreeLine) -> Targets:
    if isinstance(line, SessionLine):
        session_id = line.row.id
        is_open = session_id == workspace.session.id and not workspace.is_draft
        return Targets((session_id,), is_open=is_open)
    where = clean_line(line.name) if isinstance(line, FolderLine) else ""
    if not where:
        raise UsageError("This file cannot be read as a session; it can only be deleted.")
    ids = ids_below(workspace, line.key)
    if not ids:
        raise UsageError(f"There is no session in {where}.")
    return Targets(ids, where)


def ids_below(workspace: Workspace, key: str) -> tuple[str, ...]:
    """The sessions in a folder, the pinned ones, or those of a saved search, as far as the filter of
    the tree lets them through."""
    query = below(workspace, key)
    if query is None:
        return ()
    library = workspace.library
    kind, _, path = key.partition(":")
    both = Query((*workspace.query.groups, *query.groups))
    if kind == "folder" and _has_twin(workspace, path):
        rows = library.rows(both, sort=workspace.sort)
        return tuple(row.id for row in rows if f"{row.folder}/".startswith(f"{path}/"))
    return library.ids(both, sort=workspace.sort)


def below(workspace: Workspace, key: str) -> Query | None:
    """What is in a folder or group, as a query; None for the trash, which holds no sessions."""
    kind, _, name = key.partition(":")
    match kind:
        case "folder":
            return Query.of(Term("folder", folded(name)))
        case "pinned":
            return Query.of(Term("is", "pinned"))
        case "search":
            return parse_query(workspace.library.searches.get(name).query).over_text()
    return None


def title_of(workspace: Workspace, session_id: str = "") -> str:
    """A title for a sentence or a step of the history."""
    if session_id and session_id != workspace.session.id:
        return clean_line(workspace.library.row(session_id).title)
    return clean_line(workspace.session.shown_title)


def _has_twin(workspace: Workspace, path: str) -> bool:
    """Whether a folder differs from it in case alone: the filter language does not tell them apart."""
    same = folded(path)
    return sum(folded(folder) == same for folder in workspace.library.folders()) > 1


def _still_there(workspace: Workspace, marked: frozenset[str]) -> Iterator[str]:
    for session_id in workspace.library.ids(Query(), sort=workspace.sort):
        if SESSION + session_id in marked:
            yield session_id

"""What the screen looks at: the open session or a draft, the tree's view, what is unread. No widget."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta

import msgspec

from tui_sessions.errors import ConflictError, NotFoundError, TuiSessionsError
from tui_sessions.model.money import Cost
from tui_sessions.model.query import Query, parse_query
from tui_sessions.model.results import SessionRow
from tui_sessions.model.session import Change, Session
from tui_sessions.model.text import clean_line
from tui_sessions.store.tree import Tree
from tui_sessions.tui.undo import UndoStack
from tui_sessions.wiring import Services


class Workspace:
    """Translates what people do into calls of the services, and remembers what is looked at."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.library = services.library
        self.session: Session = services.draft()
        self.is_draft = True
        self.folder = ""
        """Where a draft will be kept."""
        self.query = Query()
        self.sort = services.state.sort
        self.closed = frozenset(services.state.folded)
        self.unread: set[str] = set()
        self.undo = UndoStack()

    # what is looked at

    def open(self, session_id: str) -> Session:
        """Read a session and look at it. Raises what `Library.load` raises; the view stays then."""
        self.session = self._whole(self.library.load(session_id))
        self.is_draft = False
        self.unread.discard(session_id)
        return self.session

    def start_draft(self, *, folder: str = "", model: str | None = None) -> Session:
        """Look at a new session that gets its file with the first prompt."""
        self.session = self.services.draft(model=model)
        self.is_draft = True
        self.folder = folder
        return self.session

    def keep_draft(self, *, name: str | None = None) -> Session:
        """Give the draft its file, if it has none yet."""
        if self.is_draft:
            self.session = self.library.create(self.session, name=name, folder=self.folder)
            self.is_draft = False
        return self.session

    def reread(self) -> Session:
        """The open session as it stands on disk now; a draft where its file has gone."""
        if self.is_draft:
            return self.session
        try:
            self.session = self._whole(self.library.load(self.session.id))
        except NotFoundError:
            self.start_draft()
        except TuiSessionsError:
            self.session = self._whole(self.session)
            raise
        return self.session

    @property
    def draft_key(self) -> str:
        """Under which name an unsent prompt waits for the open session."""
        return "" if self.is_draft else self.session.id

    def _whole(self, session: Session) -> Session:
        """With the answer that the disk refused, if there is one: it is not to vanish from the screen."""
        return self.services.turns.with_unsaved(session)

    def _remember(self, **changes: object) -> None:
        self.services.remember(lambda state: msgspec.structs.replace(state, **changes))

    # edits

    def edit(
        self, session_id: str, change: Change, *, label: str, back: Change | None = None
    ) -> Session:
        """Apply a change, on disk or to the draft, and remember how to take it back."""
        if self.is_draft and session_id == self.session.id:
            before = self.session
            self.session = change(before)
            self.undo.push(label, lambda: self._restore_draft(before))
            return self.session
        before = self.library.load(session_id)
        after = self.library.update(session_id, change)
        if after != before:
            self.undo.push(label, lambda: self._take_back(session_id, back or _header_of(before)))
        if session_id == self.session.id:
            self.session = self._whole(after)
        return after

    def _take_back(self, session_id: str, back: Change) -> None:
        after = self.library.update(session_id, back)
        if session_id == self.session.id:
            self.session = self._whole(after)

    def _restore_draft(self, before: Session) -> None:
        if self.session.id == before.id and self.is_draft:
            self.session = before
            return
        # It was sent meanwhile: it has a file now, and a date that it did not have then.
        with suppress(NotFoundError):
            created = self.library.load(before.id).created_at
            self._take_back(
                before.id, _header_of(msgspec.structs.replace(before, created_at=created))
            )

    def delete(self, session_ids: Sequence[str], gone: list[str]) -> None:
        """Put sessions into the trash, with one undo for all of them. `gone` takes the ids as they go:
        where one refuses, those before it are in the trash and the error is raised."""
        entries: list[str] = []
        try:
            for session_id in session_ids:
                entries.append(self.library.delete(session_id).entry)
                gone.append(session_id)
        finally:
            if entries:
                what = "deletion" if len(entries) == 1 else f"deletion of {len(entries)} sessions"
                self.undo.push(what, lambda: self._bring_back(entries))

    def delete_damaged(self, path: str) -> None:
        """Put a damaged file into the trash as it is."""
        entry = self.library.delete_damaged(path).entry
        self.undo.push("deletion", lambda: self._bring_back([entry]))

    def _bring_back(self, entries: list[str]) -> None:
        while entries:
            self.library.undelete(entries[-1])
            entries.pop()

    def branch(self, session_id: str, turns: int, title: str | None) -> Session:
        """A branch of the first `turns` turns; taking it back puts it into the trash."""
        branch = self.library.branch(session_id, turns, title=title)
        self.undo.push("branch", lambda: self._unbranch(branch.id))
        return branch

    def _unbranch(self, session_id: str) -> None:
        if session_id in self.services.turns.running_ids():
            raise ConflictError("The branch is being answered. Stop the answer first.")
        self.library.delete(session_id)

    # the tree

    def tree(self) -> Tree:
        """The library as the tree shows it now."""
        return self.library.tree(self.query, sort=self.sort, closed=self.closed)

    def filter(self, text: str) -> None:
        """Show only what matches. Raises `UsageError`; the former filter stays then."""
        self.query = parse_query(text)

    def fold(self, key: str) -> None:
        """Open or close a folder or a session's branches."""
        self.closed ^= {key}
        self._remember(folded=tuple(sorted(self.closed)))

    def sort_by(self, sort: str) -> None:
        """Order the tree, now and next time."""
        self.sort = sort
        self._remember(sort=sort)

    # what panes and dialogs need to know

    def tags_in_use(self) -> tuple[str, ...]:
        """Every tag of the library, most used first."""
        return tuple(tag for tag, _ in self.library.tags()) if self.library.is_scanned else ()

    def projects_in_use(self) -> tuple[str, ...]:
        """Every project of the library, most used first."""
        if not self.library.is_scanned:
            return ()
        return tuple(project for project, _ in self.library.projects())

    def place(self) -> str:
        """Where the open session is kept, or will be; also where another program spoilt its file."""
        if self.is_draft:
            return "not saved yet: the first prompt makes the file"
        row = self._row()
        return row.path if row is not None else "its file cannot be read any more"

    def _row(self) -> SessionRow | None:
        try:
            return self.library.row(self.session.id)
        except TuiSessionsError:
            return None

    def open_folder(self) -> str:
        """The folder of the open session: where its branches and neighbours go."""
        if self.is_draft:
            return self.folder
        row = self._row()
        return row.folder if row is not None else ""

    def turns_up_to(self, turn_id: str | None) -> int:
        """How many turns a branch at `turn_id` shares; all where it is None."""
        ids = [turn.id for turn in self.session.turns]
        return ids.index(turn_id) + 1 if turn_id in ids else len(ids)

    def branch_title(self, session: Session) -> str:
        """A title for the next branch of `session`: its own with a number."""
        title = clean_line(session.shown_title)
        siblings = sum(row.parent_id == session.id for row in self.library.rows())
        return f"{title} · branch {siblings + 1}"

    def sums(self) -> tuple[tuple[str, Cost], ...]:
        """What was spent today, this month, and in the open session's folder, project and tags.

        Nothing before the library was read once: the first paint does not wait for that.
        """
        if not self.library.is_scanned:
            return ()
        session = self.session
        rows = self.library.rows()
        today, month = _beginnings(self.services.now())
        path = "" if self.is_draft else self.open_folder()
        spent: dict[str, Cost] = {}

        def add(name: str, cost: Cost) -> None:
            spent[name] = spent.get(name, Cost()).plus(cost)

        for row in rows:
            at = row.updated_at
            if at and today[0] <= at < today[1]:
                add("today", row.cost)
            if at and month[0] <= at < month[1]:
                add("this month", row.cost)
            if path and row.folder == path:
                add(f"{path}/", row.cost)
            if session.meta.project and row.project == session.meta.project:
                add(session.meta.project, row.cost)
            for tag in session.meta.tags:
                if tag in row.tags:
                    add(f"#{tag}", row.cost)
        return tuple(spent.items())


def _beginnings(now: datetime) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]]:
    """Today and this month where we are, each with its end, so that no row's time need be
    turned into a local one."""
    today = now.astimezone().date()
    first = today.replace(day=1)
    days = (today, today + timedelta(days=1), first, (first + timedelta(days=32)).replace(day=1))
    # Without a zone of its own a time is the local one, summer time and all.
    day, next_day, month, next_month = (datetime.combine(d, time.min).astimezone() for d in days)
    return (day, next_day), (month, next_month)


def _header_of(before: Session) -> Change:
    """Everything but the turns goes back to what it was; turns that came since stay."""
    return lambda now: msgspec.structs.replace(
        before, turns=now.turns, usage_totals=now.usage_totals
    )

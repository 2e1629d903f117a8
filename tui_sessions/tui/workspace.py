"""What the screen looks at: the open session or a draft, the tree's view, what is unread. No widget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.errors import DamagedFileError, NotFoundError, StoreError, TuiSessionsError
from tui_sessions.model.money import Cost
from tui_sessions.model.query import Query, parse_query
from tui_sessions.model.results import SessionRow
from tui_sessions.model.session import Change, Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import midnight
from tui_sessions.tui.coming import Coming
from tui_sessions.tui.draft_undo import DraftUndo
from tui_sessions.tui.held import HeldEdits, is_refusal
from tui_sessions.wiring import Services

if TYPE_CHECKING:
    from tui_sessions.store.tree.tree import Tree


LISTED = 1_000
"""Of so many sessions a list shows the rows; the others are asked for by what is typed."""


class Workspace:
    """Translates what people do into calls of the services, and remembers what is looked at."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.library = services.library
        self.library.answer_at_once()
        self._session = services.draft()
        self._coming: Coming | None = None
        self.when_whole: Callable[[str], None] = lambda trouble: None
        """Called when all of the open session is read; with what went wrong, if it is a draft now."""
        self.is_draft = True
        self.folder = ""
        """Where a draft will be kept."""
        self._path = ""
        """The file of the open session when it was last read."""
        self.query = Query()
        self.filter_text = ""
        self.sort = services.state.sort
        self.closed = frozenset(services.state.folded)
        self.unread: set[str] = set()
        self.draft_undo = DraftUndo()
        self.held = HeldEdits(self.library)
        """Edits that the disk refused."""
        self.when_held: Callable[[str], None] = lambda reason: None
        """Told why, when there is another one."""

    # what is looked at

    @property
    def session(self) -> Session:
        """The open session or the draft: always whole. Of one that is still being read, its end is
        `seen`; who asks for this waits."""
        if self._coming is not None:
            self._finish_reading(self._coming)
        return self._session

    @session.setter
    def session(self, session: Session) -> None:
        self._session, self._coming = session, None

    @property
    def seen(self) -> Session:
        """What can be shown at once: the open session, or its end while the rest is being read."""
        coming = self._coming
        return self._session if coming is None else coming.end

    @property
    def session_id(self) -> str:
        """The id of the open session or draft; waits for nothing."""
        return self.seen.id

    @property
    def is_whole(self) -> bool:
        """Whether all of the open session is read."""
        return self._coming is None

    def open_end(self, session_id: str, needed: str | None = None) -> Coming | None:
        """Look at a long session whose end alone is read by now; None where `open` does it all, also
        where a turn is `needed` that is not in the end. Whoever asks for `session` waits for the whole."""
        turns = self.services.turns
        if session_id in turns.running_ids() | turns.unsaved_ids():
            return None
        end = self.library.ending(session_id)
        if end is None or (needed is not None and end.session.turn(needed) is None):
            return None
        self._coming = Coming(end.session, end.whole)
        self._looks_at_file(session_id)
        return self._coming

    def _finish_reading(self, coming: Coming) -> None:
        trouble = ""
        try:
            session = self._whole(coming.whole())
        except TuiSessionsError as problem:
            trouble = str(problem)
        if self._coming is not coming:
            return
        if trouble:
            self.start_draft()
        else:
            self.session = session
        self.when_whole(trouble)

    def open(self, session_id: str) -> Session:
        """Read a session and look at it. Raises what `Library.load` raises; the view stays then."""
        self.session = self._whole(self.library.load(session_id))
        self._looks_at_file(session_id)
        return self.session

    def _looks_at_file(self, session_id: str) -> None:
        self.is_draft = False
        self._note_path()
        self.unread.discard(session_id)

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
            self._note_path()
        return self.session

    def reread(self) -> Session:
        """The open session as it stands on disk now; a draft where it was deleted.

        Raises `DamagedFileError` where another program spoilt or removed its file: what is known stays open.
        """
        if self.is_draft:
            return self.session
        try:
            self.session = self._whole(self.library.load(self.session.id))
        except NotFoundError as problem:
            self._refuse_spoilt(problem)
            self._refuse_removed(problem)
            self.start_draft()
        except TuiSessionsError as problem:
            self._refuse_spoilt(problem)
            self.session = self._whole(self.session)
            raise
        self._note_path()
        return self.session

    def show_as(self, session: Session) -> None:
        """Look at the open session as it was read just now."""
        self.session = self._whole(session)
        self._note_path()

    @property
    def last_path(self) -> str:
        """The file of the open session when it was last read, relative to the library."""
        return self._path

    def know_again(self) -> None:
        """Look at the open session as it is in its file by now. Raises what reading it raises; what is known
        stays then."""
        if not self.is_draft and self.is_whole:
            self.session = self._whole(self.library.load(self.session_id))

    def _refuse_spoilt(self, problem: TuiSessionsError) -> None:
        if any(row.path == self._path for row in self.library.damaged()):
            self.session = self._whole(self.session)
            raise DamagedFileError(
                f"{clean_line(self._path)} cannot be read as a session any more. "
                "What is shown is what it held."
            ) from problem

    def _refuse_removed(self, problem: TuiSessionsError) -> None:
        """What we delete lies in the trash; nobody asked us about what is nowhere."""
        is_ours = any(row.id == self.session.id for row in self.library.trash())
        if self.session.turns and not is_ours:
            self.session = self._whole(self.session)
            raise DamagedFileError(
                f"Another program removed {clean_line(self._path)}. What is shown is what it held."
            ) from problem

    def _note_path(self) -> None:
        row = None if self.is_draft else self._row()
        self._path = row.path if row is not None else self._path

    @property
    def draft_key(self) -> str:
        """Under which name an unsent prompt waits for the open session."""
        return "" if self.is_draft else self.session_id

    def _whole(self, session: Session) -> Session:
        """With the answers and edits that the disk refused: they are not to vanish from the screen."""
        return self.held.over(self.services.turns.with_unsaved(session))

    def _remember(self, **changes: object) -> None:
        self.services.remember(lambda state: msgspec.structs.replace(state, **changes))

    # edits

    def edit(self, session_id: str, change: Change, *, label: str, is_held: bool = True) -> Session:
        """Apply a change as one step of the history, or to the draft. Raises what refuses it; what the disk
        refuses is held, and made as soon as that is possible, unless it is not to be."""
        if self.is_draft and session_id == self.session.id:
            self.draft_undo.push(label, self.session, self.services.now())
            self.session = change(self.session)
            return self.session
        title = clean_line(self.library.row(session_id).title)
        step = f"{label} of “{title}”"
        try:
            outcome = self.library.history.edit((session_id,), change, step)
        except StoreError as problem:
            self._hold(session_id, change, step, problem, is_held=is_held)
            raise
        if outcome.problems:
            self._hold(session_id, change, step, outcome.error, is_held=is_held)
            raise StoreError(outcome.problems[0])
        after = self.library.load(session_id)
        if session_id == self.session.id:
            self.session = self._whole(after)
        return after

    def _hold(
        self,
        session_id: str,
        change: Change,
        step: str,
        error: TuiSessionsError | None,
        *,
        is_held: bool,
    ) -> None:
        if is_held and is_refusal(error) and self.held.hold(session_id, change, step):
            if session_id == self.session.id:
                self.session = change(self.session)
            self.when_held(str(error))

    def undo_draft(self) -> str | None:
        """Take back what was done last to a session before it had its file, where nothing is newer;
        what it was, or None."""
        if self.draft_undo.is_empty:
            return None
        newest = self.library.history.next_undo()
        last = self.draft_undo.last(newer_than=None if newest is None else newest.at)
        if last is None:
            return None
        label, before = last
        if self.is_draft and self.session.id == before.id:
            self.session = before
        elif not self._undo_sent(before):
            return None
        self.draft_undo.drop()
        return label

    def _undo_sent(self, before: Session) -> bool:
        """It was sent meanwhile: it has a file now, and a date that it did not have then."""
        try:
            created = self.library.load(before.id).created_at
        except NotFoundError:
            self.draft_undo.drop()
            return False
        header = msgspec.structs.replace(before, created_at=created)
        after = self.library.update(before.id, _header_of(header))
        if after.id == self.session.id:
            self.session = self._whole(after)
        return True

    @property
    def is_there(self) -> bool:
        """Whether the open session has a file that is listed."""
        return self._row() is not None

    def branch(self, session_id: str, turns: int, title: str | None) -> Session:
        """A branch of the first `turns` turns; undoing puts it into the trash."""
        return self.library.history.branch(session_id, turns, title=title)

    # the tree

    def tree(self) -> Tree:
        """The library as the tree shows it now."""
        return self.library.tree(self.query, sort=self.sort, closed=self.closed)

    def filter(self, text: str) -> None:
        """Show only what matches. Raises `UsageError`; the former filter stays then."""
        self.query = parse_query(text)
        self.filter_text = text.strip()

    def fold(self, key: str) -> None:
        """Open or close a folder or a session's branches."""
        self._fold(self.closed ^ {key})

    def follow_folder(self, path: str, new_path: str) -> None:
        """A folder has another name: what was folded in it stays so."""
        was, now = f"folder:{path}", f"folder:{new_path}"
        self._fold(
            frozenset(
                now + key.removeprefix(was) if key == was or key.startswith(f"{was}/") else key
                for key in self.closed
            )
        )

    def _fold(self, closed: frozenset[str]) -> None:
        self.closed = closed
        self._remember(folded=tuple(sorted(closed)))

    def sort_by(self, sort: str) -> None:
        """Order the tree, now and next time."""
        self.sort = sort
        self._remember(sort=sort)

    # what panes and dialogs need to know

    def sessions_named(self, text: str = "") -> tuple[SessionRow, ...]:
        """The sessions whose names hold each word of `text`, as many as a list may take, the last used
        first. May run in a thread."""
        return self.library.rows(Query.named(text), limit=LISTED)

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
            return self.library.row(self.session_id)
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
        return f"{title} · branch {self.library.branches(session.id) + 1}"

    def sums(self) -> tuple[tuple[str, Cost], ...]:
        """What was spent today, this month, and in the open session's folder, project and tags.

        Nothing before the library was read once: the first paint does not wait for that.
        """
        if not self.library.is_scanned:
            return ()
        spent, meta = self.library.statistics.spent, self.session.meta
        today, month = _beginnings(self.services.now())
        folder = "" if self.is_draft else self.open_folder()
        sums = [("today", spent(since=today)), ("this month", spent(since=month))]
        if folder:
            sums.append((f"{folder}/", spent(folder=folder)))
        if meta.project:
            sums.append((meta.project, spent(project=meta.project)))
        sums += [(f"#{tag}", spent(tag=tag)) for tag in meta.tags]
        return tuple((name, cost) for name, cost in sums if cost.known or cost.unknown)


def _beginnings(now: datetime) -> tuple[datetime, datetime]:
    """When today and this month began where we are."""
    today = now.astimezone().date()
    return midnight(today), midnight(today.replace(day=1))


def _header_of(before: Session) -> Change:
    """Everything but the turns goes back to what it was; turns that came since stay."""
    return lambda now: msgspec.structs.replace(
        before, turns=now.turns, usage_totals=now.usage_totals
    )

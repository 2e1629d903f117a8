"""The other paths of a session: hop to one, the map of all, promote, detach, extract, merge; and the marks at
the forks of the open session."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tui_sessions.errors import ConflictError, UsageError
from tui_sessions.model.branches import numbers_in
from tui_sessions.model.display import shown_number
from tui_sessions.model.family import Family, Fork
from tui_sessions.model.results import SessionRow
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.branch_reading import BranchReading
from tui_sessions.tui.targets import Targets

if TYPE_CHECKING:
    from tui_sessions.tui.desk import Desk
    from tui_sessions.tui.screens.branch_map import BranchMapScreen, Goal

R = TypeVar("R")
TITLE_SHOWN = 60
AT_ONCE_TURNS = 1_000
"""Of more turns the change is made in a thread."""
NO_BRANCH = "This is no branch: it is not even saved yet."


class Branches:
    """What keys and commands for branches do; also what the map asks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stage = desk.stage
        self.now = desk.stage.services.now
        self.branch_key = desk.stage.keys.shown("conversation.branch") or ":branch"
        self.reading = BranchReading(desk.stage.screen, desk.stage.workspace.library)
        self._map: BranchMapScreen | None = None
        self._members: tuple[str, ...] = ()
        """The sessions that the map showed last."""
        self._left: dict[tuple[str, int], str] = {}
        """Who was left at a fork, by the one that stands for its path there, and the fork."""

    @property
    def open_id(self) -> str:
        """The open session."""
        return self._stage.workspace.session_id

    def family(self) -> Family:
        """All that began as the same conversation as the open session; where that was deleted, those that
        are left."""
        library = self._stage.workspace.library
        for session_id in (self.open_id, *self._members):
            family = library.family(session_id)
            if any(path.row is not None for path in family.paths):
                self._members = tuple(path.id for path in family.paths if path.row is not None)
                return family
        return Family(paths=())

    # from path to path

    def hop(self, step: int) -> None:
        """Go to the next or former path at the fork nearest to the message that is looked at, to the turn
        where they part; round and round."""
        session = self._saved_session("There is no other path yet: send a prompt first.")
        turn = self._stage.workspace.turns_up_to(self._stage.conversation.current_turn_id) - 1
        family = self._stage.workspace.library.family(session.id)
        fork = family.fork_near(session.id, turn)
        if fork is None:
            self._stage.say(f"No other path leaves this session. {self.branch_key} branches here.")
            return
        target = self._target(family, fork, step)
        self._stage.open_session(target)
        there = self._stage.workspace.session
        if there.id != target:
            return  # It could not be opened, which was said.
        self._land(there, _place(session, there, fork.at))
        number = (fork.own + step) % len(fork.ids) + 1
        title = clean_line(there.shown_title)[:TITLE_SHOWN]
        self._stage.say(f"path {number} of {len(fork.ids)} · {title}")

    def _target(self, family: Family, fork: Fork, step: int) -> str:
        """The next path; of several that go on there as one, the one that was come from."""
        here, there = fork.ids[fork.own], fork.next_id(step)
        seen = next((one for one in family.forks(there) if one.at == fork.at), fork)
        for standing in set(seen.ids) - set(fork.ids):
            self._left[standing, fork.at] = here
        left = self._left.get((there, fork.at), there)
        again = next((one for one in family.forks(left) if one.at == fork.at), None)
        is_same = again is not None and here in again.ids
        return left if is_same else there

    def map(self) -> None:
        """All paths, drawn."""
        from tui_sessions.tui.screens.branch_map import BranchMapScreen

        self._saved_session("There is nothing to draw yet: send a prompt first.")
        if any(isinstance(screen, BranchMapScreen) for screen in self._stage.app.screen_stack):
            return
        turn = self._stage.workspace.turns_up_to(self._stage.conversation.current_turn_id)
        self._members = ()
        self.reading = BranchReading(self._stage.screen, self._stage.workspace.library)
        self._map = BranchMapScreen(self, turn=turn)
        self._stage.app.push_screen(self._map, self._chosen)

    def _chosen(self, goal: Goal | None) -> None:
        from tui_sessions.tui.searching import Landed

        self._map = None
        if goal is None:
            return
        if goal.session_id != self.open_id:
            self._stage.open_session(goal.session_id)
        session = self._stage.workspace.session
        if session.id == goal.session_id:
            self._land(session, goal.turn - 1)
            self._stage.screen.post_message(Landed())

    def _land(self, session: Session, place: int) -> None:
        place = min(place, len(session.turns) - 1)
        if place >= 0:
            turn_id = session.turns[place].id
            # Laid out first, where the pane is covered still.
            self._stage.screen.call_after_refresh(self._stage.conversation.go_to, turn_id)

    # changes

    def promote(self, session_id: str = "") -> None:
        """Give a branch the place of the path that it leaves. Raises what refuses it."""
        target = session_id or self._saved_session(NO_BRANCH).id
        branching = self._stage.workspace.library.branching
        parent = branching.parent(target)
        self._refuse_answering(target, parent.id)

        def promoted(former: SessionRow) -> None:
            self._changed()
            self._stage.say(
                f"“{self._title(target)}” has its place now; “{_short(former)}” is its branch. "
                f"{self._undoing} undoes."
            )

        self._do("promotion", (target, parent.id), lambda: branching.promote(target), promoted)

    def detach(self, session_id: str = "") -> None:
        """Make a branch a session of its own. Raises what refuses it."""
        target = session_id or self._saved_session(NO_BRANCH).id
        self._refuse_answering(target)
        self._stage.workspace.library.branching.detach(target)
        self._changed()
        self._stage.say(f"“{self._title(target)}” is a session of its own. {self._undoing} undoes.")

    def merge(self, session_id: str = "") -> None:
        """Ask, then put a branch's own turns at the end of the path that it leaves. Raises what refuses it."""
        target = session_id or self._saved_session(NO_BRANCH).id
        branching = self._stage.workspace.library.branching
        parent = branching.parent(target)
        self._refuse_answering(target, parent.id)
        self._do(
            "comparing",
            (target, parent.id),
            lambda: branching.unmerged(target),
            lambda count: self._ask_to_merge(target, parent, count),
        )

    def _ask_to_merge(self, session_id: str, parent: SessionRow, count: int) -> None:
        from tui_sessions.tui.screens.confirm import ConfirmDialog

        if not count:
            raise UsageError(f"“{_short(parent)}” has all turns of this branch already.")
        turns = shown_number(count, "turn")
        dialog = ConfirmDialog(
            f"Put {turns} of “{self._title(session_id)}” behind those of “{_short(parent)}”?",
            note=f"They are copied, and counted in the branch still. {self._undoing} undoes.",
            verb="merge",
        )

        def answered(yes: bool | None) -> None:
            if yes:
                self._stage.attempt(lambda: self._merge(session_id, parent, turns))

        self._stage.app.push_screen(dialog, answered)

    def _merge(self, session_id: str, parent: SessionRow, turns: str) -> None:
        self._refuse_answering(session_id, parent.id)

        def merged(into: SessionRow) -> None:
            self._changed()
            self._stage.say(f"{turns} put at the end of “{_short(into)}”. {self._undoing} undoes.")

        branching = self._stage.workspace.library.branching
        self._do("merge", (session_id, parent.id), lambda: branching.merge(session_id), merged)

    def _do(
        self, doing: str, ids: tuple[str, ...], work: Callable[[], R], then: Callable[[R], None]
    ) -> None:
        """At once, or in a thread where the sessions are long."""
        row = self._stage.workspace.library.row
        if sum(row(session_id).turns for session_id in ids) <= AT_ONCE_TURNS:
            then(work())
            return
        self._desk.jobs.run(doing, lambda _report, _stop: work(), then)
        if self._map is not None:
            self._stage.say(f"{doing.capitalize()} … these are long sessions.")

    def extract(self, words: str = "") -> None:
        """Make a new session of some turns, like `3-7`; without any, ask."""
        from tui_sessions.tui.screens.extract import ExtractDialog

        session = self._saved_session("There is nothing to extract yet: send a prompt first.")
        count = len(session.turns)
        if not count:
            raise UsageError("There is nothing to extract yet: send a prompt first.")
        if words:
            self._extract(session.id, words, count)
            return
        turn = self._stage.workspace.turns_up_to(self._stage.conversation.current_turn_id)

        def chosen(answer: str | None) -> None:
            if answer is not None:
                self._stage.attempt(lambda: self._extract(session.id, answer, count))

        self._stage.app.push_screen(ExtractDialog(str(turn), count=count), chosen)

    def _extract(self, session_id: str, words: str, count: int) -> None:
        first, last = numbers_in(words, count)
        turns = shown_number(last - first + 1, "turn")

        def extracted(made: Session) -> None:
            self._stage.show_tree()
            if self.open_id == session_id:
                self._stage.open_session(made.id)
                self._stage.say(f"{turns} copied here. The other session stays as it is.")
            else:
                self._stage.say(
                    f"{turns} copied to “{clean_line(made.shown_title)[:TITLE_SHOWN]}”."
                )

        branching = self._stage.workspace.library.branching
        self._do(
            "extraction",
            (session_id,),
            lambda: branching.extract(session_id, first, last),
            extracted,
        )

    # what else the map asks

    def act(self, name: str, session_id: str) -> None:
        """Do something with a session, or say why not."""
        deeds: dict[str, Callable[[], object]] = {
            "promote": lambda: self.promote(session_id),
            "detach": lambda: self.detach(session_id),
            "merge": lambda: self.merge(session_id),
            "delete": lambda: self._desk.bulk.delete(Targets((session_id,))),
            "rename": lambda: self._desk.filing.rename(session_id=session_id),
        }
        self._stage.attempt(deeds[name])

    def compare(self, one: str, other: str) -> None:
        """Two paths side by side."""
        self._stage.attempt(lambda: self._desk.comparing.branches(one, other))

    def undo(self) -> None:
        """Take the last change back."""
        self._stage.attempt(self._desk.taking_back.undo)
        self._changed()

    def redo(self) -> None:
        """Do it again."""
        self._stage.attempt(self._desk.taking_back.redo)
        self._changed()

    def help(self) -> None:
        """The drawing and the keys."""
        from tui_sessions.tui.help_keys import help_keys
        from tui_sessions.tui.screens.help import HelpDialog

        screen = self._stage.app.screen
        heading, _, text = (screen.HELP or "").partition("\n")
        keys = help_keys(screen, ())
        self._stage.app.push_screen(HelpDialog(f"Help · {heading.lstrip('# ')}", text, keys))

    # marks

    def show_forks(self) -> None:
        """Mark the turns of the open session at which other paths part; looked up aside."""
        workspace = self._stage.workspace
        session = workspace.session
        if self._map is not None and self._map.is_current:
            self._map.look_again()
        if session.parent is None and not workspace.library.branches(session.id):
            self._set_forks(session.id, {})
            return
        self._stage.screen.run_worker(
            lambda: self._look_up(session),
            thread=True,
            group="forks",
            exclusive=True,
            exit_on_error=False,
        )

    def _look_up(self, session: Session) -> None:
        forks = self._stage.workspace.library.family(session.id).forks(session.id)
        marks = fork_marks(session, forks)
        self._stage.screen.call_later(self._set_forks, session.id, marks)

    def _set_forks(self, session_id: str, marks: dict[str, int]) -> None:
        conversation = self._stage.conversation
        if self.open_id == session_id and conversation.forks != marks:
            conversation.forks = marks

    # how

    def _changed(self) -> None:
        self._stage.show_reread()
        self._stage.show_tree()
        if self._map is not None:
            self._map.look_again()

    def _saved_session(self, otherwise: str) -> Session:
        """The open session, where it has a file. Raises `UsageError`."""
        workspace = self._stage.workspace
        if workspace.is_draft:
            raise UsageError(otherwise)
        return workspace.session

    def _refuse_answering(self, *session_ids: str) -> None:
        turns = self._stage.services.turns
        for session_id in session_ids:
            turns.save_again(session_id)
            if session_id in turns.running_ids():
                raise ConflictError(
                    f"“{self._title(session_id)}” is being answered. Stop the answer first (esc)."
                )

    def _title(self, session_id: str) -> str:
        return _short(self._stage.workspace.library.row(session_id))

    @property
    def _undoing(self) -> str:
        return self._stage.keys.shown("session.undo") or ":undo"


def _short(row: SessionRow) -> str:
    return clean_line(row.title)[:TITLE_SHOWN]


def fork_marks(session: Session, forks: tuple[Fork, ...]) -> dict[str, int]:
    """How many other paths part at a turn, by the id of the turn: the first that differs, or the last there
    is."""
    marks: dict[str, int] = {}
    for fork in forks:
        place = fork.place(len(session.turns))
        if place >= 0:
            turn_id = session.turns[place].id
            marks[turn_id] = marks.get(turn_id, 0) + len(fork.ids) - 1
    return marks


def _place(before: Session, there: Session, at: int) -> int:
    """The turn of `there`, from 0, at which it parts from `before`: behind the last turn of the same id,
    wherever turns were deleted since."""
    ids = {turn.id: place for place, turn in enumerate(there.turns)}
    for turn in reversed(before.turns[:at]):
        if turn.id in ids:
            return ids[turn.id] + 1
    return at

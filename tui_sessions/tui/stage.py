"""What is shown where: the panes of the main screen, filled from the workspace. The parts that do
things (`talking`, `filing`, `choosing`, …) know the screen through this alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from textual.app import App
from textual.content import Content
from textual.screen import Screen

from tui_sessions.engine.context import context_used
from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.bound import BoundKeys
from tui_sessions.tui.filtering import WordsInUse
from tui_sessions.tui.unsent import Unsent
from tui_sessions.tui.widgets.conversation.widget import Conversation
from tui_sessions.tui.widgets.prompt import Prompt
from tui_sessions.tui.widgets.session_tree import SessionTree
from tui_sessions.tui.workspace import Workspace
from tui_sessions.wiring import Services

if TYPE_CHECKING:
    from tui_sessions.tui.widgets.costs import Costs
    from tui_sessions.tui.widgets.details import Details

Severity = Literal["information", "warning", "error"]
TITLE_SHOWN = 120
READING = "Reading the library …"
NO_SESSIONS = "No sessions yet. Write a prompt to start one."
NOTHING_MATCHES = "Nothing matches the filter."


class Stage:
    """The panes and what they show."""

    def __init__(self, screen: Screen[None], services: Services, keys: BoundKeys) -> None:
        self.screen = screen
        self.keys = keys
        self.services = services
        self.workspace = Workspace(services)
        self.sessions = screen.query_one(SessionTree)
        self.sessions.empty_text = READING
        self.conversation = screen.query_one(Conversation)
        self.prompt = screen.query_one(Prompt)
        self.unsent = Unsent(self.prompt, services.drafts)
        self.words = WordsInUse()
        self.details: Details | None = None
        self._costs: Costs | None = None
        self._context_sizes: dict[str, int | None] = {}
        self._tree_is_stale = False
        self._total = ""
        self._progress = ""
        self._typed = ""

    @property
    def app(self) -> App[object]:
        """To open dialogs, copy, suspend."""
        return self.screen.app

    def say(self, sentence: str, severity: Severity = "information") -> None:
        """One sentence in a corner; never markup."""
        self.screen.notify(clean_line(sentence), severity=severity, markup=False)

    def attempt(self, action: Callable[[], object]) -> bool:
        """Do it, or say in one sentence why not; whether it was done."""
        try:
            action()
        except TuiSessionsError as problem:
            self.say(str(problem), "error")
            return False
        return True

    def show_session(self, session: Session) -> None:
        """A session as it is now, in every pane."""
        workspace = self.workspace
        is_blank = workspace.is_draft and not session.turns
        self.conversation.show(None if is_blank else session)
        title = "New session" if workspace.is_draft and not session.title else session.shown_title
        self.conversation.border_title = Content(clean_line(title)[:TITLE_SHOWN])
        place = workspace.place()
        self.conversation.border_subtitle = Content(clean_line(place))
        self.prompt.border_title = Content(clean_line(session.model or "no model"))
        self._show_details()
        self.show_costs()
        self.show_states()

    def add_side(self, details: Details, costs: Costs) -> None:
        """The right column is there: fill it. It comes after the first paint, because a form of fifty
        widgets takes longer than all the rest."""
        self.details, self._costs = details, costs
        self._show_details()
        self.show_costs()

    def _show_details(self) -> None:
        workspace = self.workspace
        if self.details is not None:
            self.details.show(
                workspace.session,
                tags_in_use=workspace.tags_in_use(),
                projects_in_use=workspace.projects_in_use(),
                file=workspace.place(),
            )

    def show_costs(self) -> None:
        """Tokens and money of the open session."""
        session = self.workspace.session
        if self._costs is None:
            return
        self._costs.show(
            session,
            context_tokens=self._context_size(session.model) if session.turns else None,
            used_tokens=context_used(session),
            sums=self.workspace.sums(),
        )

    def _context_size(self, model: str | None) -> int | None:
        """The size of the model's context where it is known already; else it is looked up aside."""
        if model and model not in self._context_sizes:
            self._context_sizes[model] = None
            self.screen.run_worker(
                lambda: self._look_up(model), thread=True, group="context", exit_on_error=False
            )
        return self._context_sizes.get(model or "")

    def _look_up(self, model: str) -> None:
        size = self.services.prices.context_tokens(model)
        if size is not None:
            self._context_sizes[model] = size
            self.app.call_from_thread(self.show_costs)

    def show_tree(self) -> None:
        """The library anew, in its place: once, however many ask before the next frame."""
        if not self._tree_is_stale:
            self._tree_is_stale = True
            self.screen.call_after_refresh(self.show_tree_now)

    def show_tree_now(self) -> None:
        """The library anew, in its place."""
        self._tree_is_stale = False
        tree = self.workspace.tree()
        self.sessions.empty_text = NOTHING_MATCHES if self.workspace.query.terms else NO_SESSIONS
        self.sessions.show(tree)
        self._total = f"{tree.total:,}"
        self._show_counts()
        self.show_states()

    def show_progress(self, words: str) -> None:
        """How far the reading of the library is, below the tree; "" when it is done."""
        self._progress = words
        self._show_counts()

    def show_marks(self) -> None:
        """How many sessions are marked, below the tree."""
        self._show_counts()

    def show_typed(self, text: str | None, *, is_found: bool) -> None:
        """The letters that jump to a title; None: they are keys again."""
        fits = "" if is_found else " · no such title"
        self._typed = "" if text is None else f"' {clean_line(text)}{fits}"
        self._show_counts()

    @property
    def _marks(self) -> str:
        tree = self.sessions
        words = [f"{len(tree.marked):,} marked"] if tree.marked else []
        return " · ".join([*words, *(["range"] if tree.is_range else [])])

    def _show_counts(self) -> None:
        words = " · ".join(filter(None, (self._typed, self._marks, self._progress, self._total)))
        self.screen.query_one("#left").border_subtitle = Content(words)

    def show_states(self) -> None:
        """Who is being answered, unread, open."""
        workspace = self.workspace
        self.sessions.mark_states(
            answering=self.services.turns.running_ids(),
            unread=frozenset(workspace.unread),
            open_id=None if workspace.is_draft else workspace.session.id,
        )
        is_answering = workspace.session.id in self.services.turns.running_ids()
        stops = f"answering · {self.keys.shown('session.stop')} stops"
        self.prompt.border_subtitle = Content(stops if is_answering else "")

    def open_session(self, session_id: str) -> None:
        """Another session, with what has come of the answer that may be running."""
        before = self.workspace.draft_key
        try:
            session = self.workspace.open(session_id)
        except TuiSessionsError as problem:
            self.say(str(problem), "error")
            return
        self.unsent.leave(before)
        self.show_session(session)
        self.unsent.come(self.workspace.draft_key)
        self.catch_up()

    def show_reread(self) -> None:
        """The open session as it stands on disk; where it cannot be read, why, and what is known."""
        try:
            self.workspace.reread()
        except TuiSessionsError as problem:
            self.say(str(problem), "error")
        self.show_session(self.workspace.session)

    def open_draft(self, *, folder: str = "", model: str | None = None) -> None:
        """A new session, not on disk yet."""
        self.unsent.leave(self.workspace.draft_key)
        self.show_session(self.workspace.start_draft(folder=folder, model=model))
        self.unsent.come(self.workspace.draft_key)

    def catch_up(self) -> None:
        """What has come of the open session's answer so far."""
        so_far = self.services.turns.running(self.workspace.session.id)
        if so_far is None:
            return
        self.conversation.begin_answer(so_far.turn_id, so_far.model)
        if so_far.reasoning:
            self.conversation.append(so_far.turn_id, 0, so_far.reasoning, is_reasoning=True)
        if so_far.text:
            self.conversation.append(so_far.turn_id, 0, so_far.text)
        if so_far.waiting:
            self.conversation.set_waiting(so_far.turn_id, so_far.waiting)

    def library_changed(self, paths: frozenset[str] | None = None) -> None:
        """Another program, or an editor, wrote files (None: nobody knows which): show them. A running
        answer is left alone."""
        self.show_tree()
        workspace = self.workspace
        before = workspace.session
        if workspace.is_draft or self.services.turns.running(before.id) is not None:
            return
        if paths is not None and self._is_elsewhere(before.id, paths):
            return
        try:
            now = workspace.reread()
        except TuiSessionsError as problem:
            self.say(str(problem), "error")
        else:
            if workspace.is_draft:
                self.say(
                    "The open session was moved or deleted outside. This is a new one.", "warning"
                )
            if now != before:
                self.show_session(now)

    def _is_elsewhere(self, session_id: str, paths: frozenset[str]) -> bool:
        """Whether its file is there and none of these."""
        try:
            return self.workspace.library.row(session_id).path not in paths
        except TuiSessionsError:
            return False

    def put_prompt(self, text: str) -> None:
        """Text into the prompt, and the cursor there."""
        self.prompt.set_text(text)
        self.prompt.focus()

"""What is shown where: the panes of the main screen, filled from the workspace. The parts that do
things (`talking`, `filing`, `choosing`, …) know the screen through this alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from threading import get_ident
from typing import TYPE_CHECKING, Literal

from textual.app import App
from textual.content import Content
from textual.screen import Screen

from tui_sessions.engine.context import context_used
from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.display import shown_priced
from tui_sessions.model.session import Change, Session
from tui_sessions.model.text import brief_line, clean_line
from tui_sessions.tui.bound import BoundKeys
from tui_sessions.tui.coming import Coming
from tui_sessions.tui.filtering import WordsInUse
from tui_sessions.tui.session_status import session_status
from tui_sessions.tui.unsent import Unsent
from tui_sessions.tui.who_answers import answering, titled
from tui_sessions.tui.widgets.conversation.widget import Conversation
from tui_sessions.tui.widgets.prompt import Prompt
from tui_sessions.tui.widgets.session_tree import SessionTree
from tui_sessions.tui.workspace import Workspace
from tui_sessions.wiring import Services

if TYPE_CHECKING:
    from tui_sessions.model.budget import Standing
    from tui_sessions.tui.outside import Outside
    from tui_sessions.tui.widgets.costs import Costs
    from tui_sessions.tui.widgets.details import Details

Severity = Literal["information", "warning", "error"]
TITLE_SHOWN = 120
READING = "Reading the library …"
READING_REST = "reading the rest …"
NO_SESSIONS = "No sessions yet. Write a prompt to start one."
NOTHING_MATCHES = "Nothing matches the filter."


class Stage:
    """The panes and what they show."""

    def __init__(self, screen: Screen[None], services: Services, keys: BoundKeys) -> None:
        self.screen = screen
        self._thread = get_ident()
        self.keys = keys
        self.services = services
        self.workspace = Workspace(services)
        self.workspace.when_whole = self._show_whole
        self.sessions = screen.query_one(SessionTree)
        self.sessions.empty_text = READING
        self.conversation = screen.query_one(Conversation)
        self.conversation.pictures = self._picture
        self.prompt = screen.query_one(Prompt)
        self.unsent = Unsent(screen, self.prompt, services.drafts)
        self.when_shown: list[Callable[[], None]] = []
        """Called once a session is shown, another one or the same one after a change."""
        self.words = WordsInUse()
        self.details: Details | None = None
        self._costs: Costs | None = None
        self._context_sizes: dict[str, int | None] = {}
        self.when_tree_shown: list[Callable[[], None]] = []
        """Told when the library was shown anew."""
        self.standings: tuple[str, tuple[Standing, ...]] = ("", ())
        """The session for which it was added up, and what is spent of the budgets that concern it."""
        services.when_refused = lambda sentence: self.say(sentence, "warning")
        self._tree_is_stale = False
        self._total = ""
        self._progress = ""
        self._typed = ""
        self.came_from = ""
        """The session that was open before this one; empty where none was."""
        self.is_answered_elsewhere = False
        """Whether another program is answering the open session."""
        self.followed: str | None = None
        """The id of the arriving answer that the conversation shows; others that arrive are not shown there."""

    @property
    def app(self) -> App[object]:
        """To open dialogs, copy, suspend."""
        return self.screen.app

    def say(self, sentence: str, severity: Severity = "information") -> None:
        """One sentence in a corner; never markup."""
        self.screen.notify(brief_line(sentence, 1_000), severity=severity, markup=False)

    def _picture(self, sha256: str) -> bytes | None:
        """The bytes of an attached picture; None where they are not in this library, or spoilt."""
        try:
            return self.workspace.library.attachments.read(sha256)
        except TuiSessionsError:
            return None

    def attempt(self, action: Callable[[], object]) -> bool:
        """Do it, or say in one sentence why not; whether it was done."""
        try:
            action()
        except TuiSessionsError as problem:
            self.say(str(problem), "error")
            return False
        return True

    def edit(self, change: Change, label: str, session_id: str = "") -> bool:
        """Change a session, the open one where none is named, and show it; whether it was done."""
        workspace = self.workspace
        wanted = session_id or workspace.session.id
        is_done = self.attempt(lambda: workspace.edit(wanted, change, label=label))
        self.show_session(workspace.session)
        return is_done

    def show_session(self, session: Session) -> None:
        """A session as it is now, in every pane."""
        self.conversation.complete = None
        self._show_top(session)
        self._show_details()
        self.show_costs()
        self.show_states()
        for follow in self.when_shown:
            follow()

    def _show_top(self, session: Session) -> None:
        is_draft = self.workspace.is_draft
        self.conversation.show(None if is_draft and not session.turns else session)
        title = "New session" if is_draft and not session.title else session.shown_title
        shown = titled(session, clean_line(title)[:TITLE_SHOWN])
        self.conversation.border_title = Content(clean_line(shown))
        who = answering(session, lambda: self.services.personas.standing(session))
        self.prompt.border_title = Content(clean_line(who))

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
                workspace.seen,
                tags_in_use=workspace.tags_in_use(),
                projects_in_use=workspace.projects_in_use(),
                file=workspace.place(),
            )

    def show_costs(self) -> None:
        """Tokens and money of the open session: below the conversation, and in the pane of costs."""
        if not self.workspace.is_whole:
            self.conversation.border_subtitle = Content(READING_REST)
            if self._costs is not None:
                self._costs.show(None, note=READING_REST)
            return
        session, used = self.workspace.session, context_used(self.workspace.session)
        size = self._context_size(session.model) if session.turns else None
        said = session_status(session, used=used, size=size) or self.workspace.place()
        self.conversation.border_subtitle = Content(clean_line(said))
        if self._costs is not None:
            sums = self.workspace.sums()
            budgets = self.standings[1] if self.standings[0] == session.id else ()
            self._costs.show(
                session, context_tokens=size, used_tokens=used, sums=sums, budgets=budgets
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
        if tree.total_cost.nanousd or tree.total_cost.unknown:
            self._total += f" · {shown_priced(tree.total_cost)}"
        self._show_counts()
        self.show_states()
        for follow in self.when_tree_shown:
            follow()

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
            answering=self._answered_ids,
            unread=frozenset(workspace.unread),
            open_id=None if workspace.is_draft else workspace.session_id,
        )
        self.prompt.say_state(self._answering)

    @property
    def _answered_ids(self) -> frozenset[str]:
        own = self.services.turns.running_ids()
        return own | {self.workspace.session_id} if self.is_answered_elsewhere else own

    @property
    def _answering(self) -> str:
        count = len(self.services.turns.answer_ids(self.workspace.session_id))
        if count > 1:
            shows = self.keys.shown("conversation.answers")
            return f"{count} answers are coming" + (f" · {shows} shows them" if shows else "")
        if self.is_answered_elsewhere:
            return "answered in another window"
        return f"answering · {self.keys.shown('session.stop')} stops" if count else ""

    @property
    def is_following(self) -> bool:
        """Whether the conversation shows an answer of the open session that is still coming."""
        return self.followed in self.services.turns.answer_ids(self.workspace.session_id)

    def open_session(self, session_id: str) -> None:
        """Another session, with what has come of the answer that may be running."""
        before, left = self.workspace.draft_key, self.workspace.session_id
        try:
            left_at = self.conversation.remembered(session_id)
            coming = self.workspace.open_end(session_id, left_at)
            session = coming.end if coming is not None else self.workspace.open(session_id)
        except TuiSessionsError as problem:
            self.say(str(problem), "error")
            return
        if session_id != left:
            self.came_from = before
        self.unsent.leave(before)
        self.workspace.library.audit.record("open", session_id)
        if coming is None:
            self.show_session(session)
        else:
            self._show_end(coming)
        self.unsent.come(self.workspace.draft_key)
        if coming is None:
            self.catch_up()

    def _show_end(self, coming: Coming) -> None:
        """What is known of a long session, and all of it once that is read: after the first paint."""
        self._show_top(coming.end)
        self.conversation.complete = lambda: self.workspace.session
        self._show_details()
        self.show_costs()
        self.show_states()
        self.screen.call_after_refresh(self._read_whole, coming)

    def _read_whole(self, coming: Coming) -> None:
        def read() -> None:
            with suppress(TuiSessionsError):  # who takes it is told
                coming.whole()
            self.screen.call_later(self._take_whole)

        self.screen.run_worker(read, thread=True, group="whole", exit_on_error=False)

    def _take_whole(self) -> Session:
        return self.workspace.session

    def _show_whole(self, trouble: str) -> None:
        """All of the open session is read."""
        if get_ident() != self._thread:  # it was asked for in another one
            self.screen.call_later(self._show_whole, trouble)
            return
        if trouble:
            self.say(trouble, "error")
        self.show_session(self.workspace.session)

    def show_reread(self) -> None:
        """The open session as it stands on disk; where it cannot be read, why, and what is known."""
        try:
            self.workspace.reread()
        except TuiSessionsError as problem:
            self.say(str(problem), "error")
        self.show_session(self.workspace.session)

    def show_first_figures(self) -> None:
        """One of several answers is in the file while others come: know it and what it took. What is being
        read stays as it is, also where the file cannot be read now."""
        with suppress(TuiSessionsError):
            self.workspace.know_again()
        self.show_costs()

    def open_draft(self, *, folder: str = "", model: str | None = None) -> None:
        """A new session, not on disk yet."""
        self.unsent.leave(self.workspace.draft_key)
        self.show_session(self.workspace.start_draft(folder=folder, model=model))
        self.unsent.come(self.workspace.draft_key)

    def catch_up(self) -> None:
        """What has come of the open session's answer so far: of the first asked for where several come. Where
        one of them stands already, that is what is shown."""
        session, self.followed = self.workspace.session, None
        so_far = self.services.turns.running(session.id)
        turn = session.turn(so_far.turn_id) if so_far is not None else None
        is_answered = turn is not None and turn.answer is not None
        if so_far is None or (is_answered and not so_far.is_continued):
            return
        self.followed = so_far.answer_id
        self.conversation.begin_answer(so_far.turn_id, so_far.model)
        if so_far.reasoning:
            self.conversation.append(so_far.turn_id, 0, so_far.reasoning, is_reasoning=True)
        if so_far.text:
            self.conversation.append(so_far.turn_id, 0, so_far.text)
        if so_far.waiting:
            self.conversation.set_waiting(so_far.turn_id, so_far.waiting)

    @cached_property
    def outside(self) -> Outside:
        """What other programs do to the open session."""
        from tui_sessions.tui.outside import Outside  # nobody did anything before the first paint

        return Outside(self)

    def library_changed(self, paths: frozenset[str] | None = None) -> None:
        """Another program, or an editor, wrote files (None: nobody knows which): show them."""
        self.show_tree()
        self.outside.show(self.outside.look(paths))

    def prompt_used(self, text: str) -> None:
        """Keep a prompt as it was entered, to be walked back to."""
        prompts = self.services.prompts
        if not prompts.add(text) and prompts.problem:
            self.services.refused(
                f"The prompt is not remembered for the arrow keys: {prompts.problem}."
            )
        self.prompt.history = (*self.prompt.history, text)

    def put_prompt(self, text: str) -> None:
        """Text into the prompt, and the cursor there."""
        self.prompt.set_text(text)
        self.prompt.focus()

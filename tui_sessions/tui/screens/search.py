"""Search in all conversations: results as one types, the hit in its place beside them, enter goes there."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer

from tui_sessions.errors import QueryError
from tui_sessions.model.excerpts import marks_in, rarest_place
from tui_sessions.model.found import Hit, as_typed
from tui_sessions.model.query import parse_query
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.answered_once import AnsweredOnce
from tui_sessions.tui.search_owner import Kept, SearchOwner
from tui_sessions.tui.search_work import Lesson
from tui_sessions.tui.session_reading import ignored
from tui_sessions.tui.widgets.choice_list import ChoiceList
from tui_sessions.tui.widgets.conversation.landing import Place, Search
from tui_sessions.tui.widgets.conversation.widget import Conversation
from tui_sessions.tui.widgets.key_bar import KeyBar, show_keys
from tui_sessions.tui.widgets.search_box import SearchBox
from tui_sessions.tui.widgets.search_report import Report, nothing_found, status
from tui_sessions.tui.widgets.search_results import SearchResults

REST_S = 0.06
"""So long the cursor rests on a hit before its place is shown beside it."""
AGAIN_S = 3.0
"""So often it is looked once more while the index is not complete."""
KEYS = (
    ("search.land", "enter", "go there"),
    ("search.unfold", "→", "all of a session"),
    ("search.leave", "esc", "back"),
    ("search.save", "^s", "keep as folder"),
    ("search.export", "^e", "export"),
    ("search.complete", "tab", "complete"),
    ("search.help", "F1", "help"),
)
"""The line at the bottom: id of the binding, key by default, what it does."""


def _first(keys: str, action: str, what: str, name: str) -> Binding:
    # Before the line gets them: it would scroll.
    return Binding(keys, action, what, id=f"search.{name}", priority=True)


class SearchScreen(AnsweredOnce[Hit]):
    """The result is the hit to go to, None where it was left."""

    CSS_PATH = "search.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (15, "-tall")]  # noqa: RUF012
    AUTO_FOCUS = ""
    HELP = """\
## Search

Words are looked for in conversations, titles, tags and notes. All of them must be in one prompt with its
answer, or in what the session is called; the word that is being typed is a beginning. `"side by side"` a phrase, `auth*` a beginning, `-word` not,
`a OR b` either. `tag: model: provider: project: folder: status: title: system: role: meta.KEY:` narrow it
down, and so do `cost:>0.05 turns:3..10 tokens: since:7d until:2026-01-31 is:pinned has:code`.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        _first("enter", "land", "go there", "land"),
        _first("down,ctrl+n", "move(1)", "next hit", "down"),
        _first("up", "move(-1)", "former hit", "up"),
        _first("pagedown", "page(1)", "page down", "page_down"),
        _first("pageup", "page(-1)", "page up", "page_up"),
        _first("ctrl+home", "edge(-1)", "first hit", "first"),
        _first("ctrl+end", "edge(1)", "last hit", "last"),
        _first("right", "unfold", "all hits of the session", "unfold"),
        _first("tab", "complete", "complete the word", "complete"),
        _first("ctrl+s", "save", "keep the search as a smart folder", "save"),
        _first("ctrl+e", "export", "export what was found", "export"),
        _first("escape,ctrl+f", "leave", "back", "leave"),
        _first("f1", "help", "help", "help"),
    ]

    def __init__(self, owner: SearchOwner, words: str = "") -> None:
        super().__init__()
        self._owner = owner
        self._work = owner.work
        self._words = words
        """What to look for at once; "" for what was looked for last."""
        self._early = ""
        """Typed before there was a line to type in."""
        self._box = SearchBox(owner.complete, id="search_box")
        self._results = SearchResults(owner.now, id="search_results")
        self._starters = ChoiceList(("",))
        self._starters.id = "search_starters"
        self._preview = Conversation(id="search_conversation")
        self._preview.can_focus = False
        self._hit: Hit | None = None
        self._rest: Timer | None = None
        self._lands_soon = False
        """Enter was pressed before anything was found: the first hit is gone to."""
        self._search: Search | None = None
        """What the preview marks."""

    def compose(self) -> ComposeResult:
        """The line; below it what was found, and the place of a hit."""
        self._box.add_class("pane")
        yield self._box
        with Horizontal(id="search_below"):
            with Vertical(id="search_found"):
                yield self._results
                yield self._starters
            with Vertical(id="search_preview", classes="pane"):
                yield self._preview
        yield KeyBar(id="search_keys")

    def on_mount(self) -> None:
        """As it was left; what is typed already is not lost."""
        self._box.border_title = "Search in all conversations"
        work, kept = self._work, self._owner.kept
        work.on_report, work.on_lesson = self._show_report, self._show_lesson
        work.preview.on_session = self._show_session
        if kept is not None and not self._words and not self._early:
            self._box.begin(kept.text, is_former=True)
            self._results.restore(kept.standing)
            self._say(work.report)
            self._look(kept.text)
        else:
            self._box.begin(self._words + self._early, is_former=False)
            self._look(self._words + self._early)
        self.bindings_updated_signal.subscribe(self, lambda _: show_keys(self, KEYS))
        show_keys(self, KEYS)
        self.set_interval(AGAIN_S, self._look_again)

    def on_unmount(self) -> None:
        """Nobody looks any more; the search itself goes on."""
        work = self._work
        work.on_report, work.on_lesson, work.preview.on_session = ignored, ignored, ignored

    def on_key(self, event: events.Key) -> None:
        """What is typed before the line is there goes into it; later ones do not come here."""
        if not event.is_printable or not event.character:
            return
        event.stop()
        if self._box.is_ready:
            self._box.add(event.character)
        else:
            self._early += event.character

    def complete_anew(self) -> None:
        """More is known of what may stand in the line."""
        if self.is_current:
            self._box.look()

    # looking

    @on(SearchBox.Changed)
    def _changed(self, message: SearchBox.Changed) -> None:
        self._lands_soon = False
        self._look(message.text)

    def _look(self, text: str) -> None:
        """Look for it, unless it is wrong: then what was found stays."""
        try:
            query = parse_query(text, self._owner.now()).over_text()
        except QueryError as problem:
            self._box.complain(problem)
            return
        self._box.complain(None)
        is_blank = query.is_empty and not text.strip()
        self._starters.display = is_blank
        self._results.display = not is_blank
        if is_blank:
            self._show_starters()
        elif query.is_empty:
            self._box.say(Content("type on …"))
        else:
            self._work.search(text, query if text.endswith(" ") else as_typed(query))

    def _look_again(self) -> None:
        """More of the library may be in the index by now."""
        report = self._work.report
        if self.is_current and report.is_over and report.indexed is not None:
            self._work.search(report.text, report.query)

    def _show_starters(self) -> None:
        self._work.stop()
        self._results.forget()
        self._show_hit(None)
        starters = self._owner.starters()
        self._starters.show(starters)
        self._box.say(Content("type, or choose one of these"))

    def _show_report(self, report: Report) -> None:
        if not report.lines.count and not report.is_over:
            if not self._results.lines.count:
                self._say(report)
            return  # What was found before stays until there is something better.
        if not report.lines.count:
            self._results.say_empty(*nothing_found(report))
        self._results.show(report.lines, report.run)
        if self._search is None or self._search.query != report.text:
            self._search = None
            self._show_hit(self._results.current)
        self._say(report)
        if self._lands_soon and (report.lines.count or report.is_over):
            self._lands_soon = False
            self.action_land()

    def _say(self, report: Report) -> None:
        said = Content(status(report))
        if report.problem:
            # Behind what was found: a long one may be cut.
            said = Content.assemble(said, " · ", (clean_line(report.problem), "$text-warning"))
        self._box.say(said)

    # lines and preview

    @on(SearchResults.Wanted)
    def _wanted(self, message: SearchResults.Wanted) -> None:
        if message.run == self._work.report.run:
            self._work.want(message.session_ids, message.hits, self._results.excerpt_cells)

    def _show_lesson(self, lesson: Lesson) -> None:
        if lesson.width == self._results.excerpt_cells:
            self._results.learn(lesson.run, lesson.sessions, lesson.excerpts)
        else:
            self._results.learn(lesson.run, lesson.sessions, {})

    @on(SearchResults.Moved)
    def _moved(self, message: SearchResults.Moved) -> None:
        self._show_hit(message.hit)

    @on(SearchResults.Folded)
    def _folded(self, message: SearchResults.Folded) -> None:
        self._work.unfolded = message.unfolded

    def _show_hit(self, hit: Hit | None) -> None:
        self._hit = hit
        preview = self.query_one("#search_preview")
        if hit is None:
            preview.remove_class("-shown")
        elif self.has_class("-wide"):
            # Not for every hit that passes by: laying out a conversation would slow the typing.
            if self._rest is not None:
                self._rest.stop()
            self._rest = self.set_timer(REST_S, partial(self._work.preview.read, hit.session_id))

    def _show_session(self, session_id: str, session: Session | None, problem: str) -> None:
        hit, report = self._hit, self._work.report
        if hit is None or hit.session_id != session_id:
            return
        holder = self.query_one("#search_preview")
        holder.add_class("-shown")
        holder.border_title = Content(clean_line(session.shown_title) if session else "")
        if session is None:
            self._preview.empty_text = clean_line(problem)
            self._preview.show(None)
            return
        holder.border_subtitle = Content(clean_line(session.model or ""))
        self._preview.show(session)
        if self._search is None:
            query = report.query
            self._search = Search(
                report.text,
                lambda text: marks_in(text, query),
                lambda text: rarest_place(text, query),
            )
        place = self._owner.place(session, hit)
        # Laid out first: the pane may have come just now.
        self.call_after_refresh(self._go_to, place)

    def _go_to(self, place: Place | None) -> None:
        if self._search is not None:
            self._preview.land(self._search, place)
            if place is None:
                self._preview.scroll_home()

    # keys

    def action_move(self, step: int) -> None:
        """Another hit, while one types."""
        if self._starters.display:
            self._starters.move(step)
        else:
            self._box.leave()
            self._results.move(step)

    def action_page(self, step: int) -> None:
        """A page of them."""
        if self._starters.display:
            self._starters.move(step * max(1, self._starters.size.height - 1))
        else:
            self._box.leave()
            self._results.page(step)

    def action_edge(self, step: int) -> None:
        """The first or the last one."""
        if self._starters.display:
            self._starters.move(step * max(1, self._starters.total))
        else:
            self._box.leave()
            self._results.edge(step)

    def action_complete(self) -> None:
        """What is meant; where nothing is left to say, all hits of the session."""
        if not self._box.take():
            self._results.fold()

    def action_unfold(self) -> None:
        """All hits of the session, or the best ones; within the text, the next letter."""
        line = self.focused
        if self._box.is_at_end and self._results.display and self._results.fold():
            self._box.leave()
        elif line is not None:
            line.action_cursor_right()  # type: ignore[attr-defined]

    def action_land(self) -> None:
        """Go to the hit, in the main window; with nothing typed, look for what is proposed."""
        if self._starters.display:
            if self._starters.current is not None:
                self._box.put(self._starters.current)
            return
        if self._results.run != self._work.run:
            self._lands_soon = True
        elif (hit := self._results.current) is not None:
            self._leave(hit)

    @on(ChoiceList.Picked)
    def _start_with(self, message: ChoiceList.Picked) -> None:
        self._box.put(message.key)

    @on(SearchResults.Picked)
    def _picked(self, message: SearchResults.Picked) -> None:
        self._leave(message.hit)

    def action_leave(self) -> None:
        """Back to where one was; the search waits."""
        self._leave(None)

    def _leave(self, hit: Hit | None) -> None:
        self._owner.kept = Kept(self._box.text, self._results.standing)
        self.dismiss(hit)

    def action_save(self) -> None:
        """Keep the search as a smart folder."""
        self._owner.save(self._box.text.strip())

    def action_export(self) -> None:
        """Export what was found."""
        self._owner.export(self._work.report)

    def action_help(self) -> None:
        """The language and the keys."""
        self._owner.help()

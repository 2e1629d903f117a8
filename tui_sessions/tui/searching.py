"""Search on the screen: opens it, lands on what was chosen, and walks on from hit to hit across sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from textual.message import Message

from tui_sessions.model.excerpts import marks_in, rarest_place
from tui_sessions.model.found import Hit
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.exports import Exports
from tui_sessions.tui.filtering import completions, learn
from tui_sessions.tui.search_owner import Kept
from tui_sessions.tui.search_work import SearchWork
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.targets import Targets
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.conversation.landing import Place, Search
from tui_sessions.tui.widgets.filter_box import Completions
from tui_sessions.tui.widgets.result_lines import Group
from tui_sessions.tui.widgets.search_report import Report

EXAMPLES = (
    ("jwt auth", "both words"),
    ('"rate limit"', "side by side"),
    ("auth*", "words that begin so"),
    ("oauth OR pkce", "either"),
    ("decorator -draft", "without a word"),
    ("tag:python since:7d", "by tag, begun in the last week"),
    ("has:code model:gpt", "with code, by model"),
    ("cost:>0.05 turns:>=10", "by what it cost, by length"),
)


@dataclass
class Landed(Message):
    """A hit was gone to, in the conversation."""


class Walk:
    """All hits of a search in the order in which the reader walks through them: sessions as they were
    listed, messages as they were said."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.groups: tuple[Group, ...] = report.lines.groups
        self.number = 0
        """The session the reader is in, in the order of the list."""
        self._before = [0, *accumulate(group.hit_count for group in self.groups)]

    def hits(self, number: int) -> tuple[Hit, ...]:
        """The hits of a session that stand in messages, first ones first."""
        said = [hit for hit in self.groups[number].hits if hit.turn is not None]
        return tuple(sorted(said, key=lambda hit: (hit.turn, hit.place != "prompt")))

    def number_of(self, session_id: str) -> int | None:
        """Which session of the list it is."""
        numbers = (n for n, group in enumerate(self.groups) if group.session_id == session_id)
        return next(numbers, None)

    def search(self, number: int, session: Session) -> Search:
        """What the conversation needs to know to mark and count the hits of a session."""
        first, query = self._before[number] + 1, self.report.query
        numbers = {
            place[0]: first + order
            for order, hit in enumerate(self.hits(number))
            if (place := place_in(session, hit)) is not None
        }
        return Search(
            query=self.report.text,
            find=lambda text: marks_in(text, query),
            best=lambda text: rarest_place(text, query),
            numbers=numbers,
            first=first,
            total=max(self.report.hits, self._before[-1]),
        )


def place_in(session: Session, hit: Hit) -> Place | None:
    """The message of a hit: the id of its turn, and whether it is the prompt; None for title and notes, and
    for a turn that has gone."""
    if hit.turn is None or not 0 <= hit.turn < len(session.turns):
        return None
    return session.turns[hit.turn].id, hit.place == "prompt"


class Searching:
    """What the search keys do."""

    def __init__(self, stage: Stage, exports: Exports) -> None:
        self._stage = stage
        self._exports = exports
        self.work = SearchWork(stage.screen, stage.workspace.library)
        self.kept: Kept | None = None
        """What the search screen comes back with."""
        self.now = stage.services.now
        self._walk: Walk | None = None

    def open(self, words: str = "") -> None:
        """The search screen, with `words` or as it was left."""
        from tui_sessions.tui.screens.search import SearchScreen

        if not any(isinstance(screen, SearchScreen) for screen in self._stage.app.screen_stack):
            screen = SearchScreen(self, words)
            learn(self._stage, screen.complete_anew)
            self._stage.app.push_screen(screen, self._chosen)

    def _chosen(self, hit: Hit | None) -> None:
        report = self.work.report
        if hit is None:
            return
        self._stage.services.remember(lambda state: state.with_search(report.text))
        self._walk = Walk(report)
        number = self._walk.number_of(hit.session_id)
        if number is not None:
            self._land(self._walk, number, hit)

    def go_on(self, step: int) -> None:
        """The hits of this session are used up: on to the next one's, or back to the former one's."""
        walk = self._walk_by_now()
        if walk is None:
            return
        number = walk.number + step
        if not 0 <= number < len(walk.groups):
            which = "last" if step > 0 else "first"
            key = self._stage.keys.shown("session.search")
            self._stage.say(f"That was the {which} hit. {key} goes back to the search.")
            return
        hits = walk.hits(number)
        hit = hits[0 if step > 0 else -1] if hits else walk.groups[number].title_hit
        self._land(walk, number, hit, is_last=step < 0)

    def _walk_by_now(self) -> Walk | None:
        """With what the search has found since the reader went to a hit before it was over."""
        walk, report = self._walk, self.work.report
        if walk is None or report is walk.report or report.run != walk.report.run:
            return walk
        fresh = Walk(report)
        number = fresh.number_of(walk.groups[walk.number].session_id)
        if number is not None:
            fresh.number, self._walk = number, fresh
        return self._walk

    def _land(self, walk: Walk, number: int, hit: Hit | None, *, is_last: bool = False) -> None:
        stage, workspace = self._stage, self._stage.workspace
        session_id = walk.groups[number].session_id
        if workspace.is_draft or workspace.session.id != session_id:
            stage.open_session(session_id)
        if workspace.session.id != session_id:
            return  # It could not be opened, which was said.
        walk.number = number
        session = workspace.session
        if hit is None or hit.turn is None:
            # The title is what was found: its best message is still worth going to.
            hits = walk.hits(number)
            hit = hits[-1 if is_last else 0] if hits else hit
        place = place_in(session, hit) if hit is not None else None
        is_there = stage.conversation.land(walk.search(number, session), place, is_last=is_last)
        if not is_there or (place is None and hit is not None and hit.turn is not None):
            stage.say("That message is not there any more.", "warning")
        stage.screen.post_message(Landed())

    # what the search screen asks

    def place(self, session: Session, hit: Hit) -> Place | None:
        """Where in the session a hit stands."""
        return place_in(session, hit)

    def starters(self) -> Sequence[Choice]:
        """Recent searches, kept ones, and how to ask."""
        recent = self._stage.services.state.searches
        kept = self._stage.workspace.library.searches.all()
        return (
            *(Choice(text, text, ("",), "recent") for text in recent),
            *(
                Choice(search.query, search.name, (clean_line(search.query),), "smart folders")
                for search in kept
            ),
            *(Choice(text, text, (words,), "how to ask") for text, words in EXAMPLES),
        )

    def complete(self, text: str, cursor: int) -> Completions:
        """What may stand where the cursor is."""
        return completions(self._stage.words, text, cursor)

    def save(self, text: str) -> None:
        """Ask for a name, and keep the search as a smart folder of the tree."""
        from tui_sessions.tui.screens.keep_search import KeepSearchDialog

        if not text:
            self._stage.say("There is nothing to keep yet: type a search first.", "warning")
            return

        def named(name: str | None) -> None:
            if name is not None and self._stage.attempt(
                lambda: self._stage.workspace.library.searches.add(name, text)
            ):
                self._stage.say("It stands in the tree now, as a smart folder.")
                self._stage.show_tree()

        taken = [search.name for search in self._stage.workspace.library.searches.all()]
        self._stage.app.push_screen(KeepSearchDialog(text, taken), named)

    def export(self, report: Report) -> None:
        """Export the sessions that were found."""
        ids = tuple(group.session_id for group in report.lines.groups)
        if ids:
            self._exports.ask(Targets(ids))
        else:
            self._stage.say("There is nothing to export: nothing is found yet.", "warning")

    def help(self) -> None:
        """The language and the keys."""
        from tui_sessions.tui.help_keys import help_keys
        from tui_sessions.tui.screens.help import HelpDialog

        screen = self._stage.app.screen
        heading, _, text = (screen.HELP or "").partition("\n")
        keys = help_keys(screen, ())
        self._stage.app.push_screen(HelpDialog(f"Help · {heading.lstrip('# ')}", text, keys))

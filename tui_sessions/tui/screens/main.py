"""The main screen: it lays out the panes and brings every key and message to the part that answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from tui_sessions.errors import QueryError, TuiSessionsError
from tui_sessions.tui.actions import commands, complete_argument, run_command
from tui_sessions.tui.bound import BoundKeys
from tui_sessions.tui.bridge import Bridge, EngineNews
from tui_sessions.tui.desk import Desk
from tui_sessions.tui.filtering import completions, learn
from tui_sessions.tui.panes import Panes
from tui_sessions.tui.reading import find_keys, select_words
from tui_sessions.tui.screens.prompt_screen import PromptScreen
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets import prompt_messages
from tui_sessions.tui.widgets.conversation import requests
from tui_sessions.tui.widgets.conversation.select_keys import SelectKeys
from tui_sessions.tui.widgets.conversation.widget import Conversation
from tui_sessions.tui.widgets.conversation.words import HINTS
from tui_sessions.tui.widgets.filter_box import Completions, FilterBox
from tui_sessions.tui.widgets.find_box import FindPane
from tui_sessions.tui.widgets.key_bar import KeyBar
from tui_sessions.tui.widgets.prompt import Prompt
from tui_sessions.tui.widgets.prompt_area import PromptArea
from tui_sessions.tui.widgets.session_tree import SessionTree
from tui_sessions.tui.widgets.status_line import StatusLine
from tui_sessions.tui.widgets.typed_on import TypedOn, type_on
from tui_sessions.wiring import Services

if TYPE_CHECKING:
    from tui_sessions.tui.searching import Landed
    from tui_sessions.tui.widgets.asking_line import AskingLine
    from tui_sessions.tui.widgets.details import Details

TREE_AFTER_S = 0.06
SIDE_AFTER_S = 0.05
"""So long the first key has its chance before the tree is filled and the right column is made."""
QUEUE_AFTER_S = 0.5
"""So long after that it is looked whether prompts are left waiting from a former run."""

UPKEEP_AFTER_S = 20.0
"""By then what was to be read is read, and it is looked whether something is expired."""


def _first(key: str, action: str, what: str, id: str) -> Binding:
    return Binding(key, action, what, id=id, show=False, priority=True)


class MainScreen(PromptScreen):
    """Tree, conversation, prompt, details, costs."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-tiny"),
        (50, "-narrow"),
        (100, "-medium"),
        (140, "-wide"),
        (210, "-vast"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (15, "-tall")]  # noqa: RUF012
    HELP = """\
## Everywhere

Keys that go to a pane bring it where it is folded, and fold it where it has the focus.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "do('new')", "new", id="session.new"),
        Binding("ctrl+r", "do('resume')", "resume", id="session.resume"),
        Binding("ctrl+b", "do('branch')", "branch", id="session.branch"),
        Binding("ctrl+e", "do('export')", "export", id="session.export"),
        Binding("f4", "do('export-again')", "export again", id="session.export_again", show=False),
        Binding("ctrl+s", "do('save')", "save as", id="session.save", show=False),
        Binding("ctrl+t", "do('tag')", "tags", id="session.tags", show=False),
        Binding("f2", "do('rename')", "rename", id="session.rename", show=False),
        Binding("ctrl+l", "do('model')", "model", id="session.model"),
        Binding("u", "do('undo')", "undo", id="session.undo", show=False),
        Binding("U", "do('redo')", "redo", id="session.redo", show=False),
        Binding("escape", "escape", "stop, or to the prompt", id="session.stop", show=False),
        # Before the focused pane gets them, so that what is typed behind them meets the new one:
        # tests/tui/test_windows.py holds this.
        _first("ctrl+f", "search", "search", "session.search"),
        _first("f6", "pane('left')", "tree", "pane.tree"),
        _first("f7", "pane('middle')", "conversation", "pane.conversation"),
        _first("f8", "pane('details')", "details", "pane.details"),
        _first("f9", "pane('costs')", "costs", "pane.costs"),
        Binding("tab", "app.focus_next", "next pane", id="pane.next", show=False),
        Binding("shift+tab", "app.focus_previous", "former pane", id="pane.previous", show=False),
        Binding("f5", "do('stats')", "statistics", id="app.statistics", show=False),
        _first("alt+g", "notice", "to what is asked above the prompt", "app.notice"),
        Binding("f1,question_mark", "do('help')", "help", id="app.help", show=False),
    ]

    def __init__(self, services: Services, *, open_id: str | None = None) -> None:
        super().__init__()
        self._services = services
        self._open_at_start = open_id
        self._panes = Panes(self, services)

    def compose(self) -> ComposeResult:
        """Three columns and the line of keys."""
        self._keys = keys = self._bound_keys()
        with Horizontal(id="panes"):
            with Vertical(id="left", classes="pane"):
                earlier = self._services.state.filters
                yield FilterBox(id="filter-box", complete=self._completions, earlier=earlier)
                yield SessionTree(id="tree", now=self._services.now)
            with SelectKeys(id="middle"):
                conversation = Conversation(
                    id="conversation",
                    classes="pane",
                    hints={
                        name: keys.shown(f"conversation.{name}") or f":{name}" for name in HINTS
                    },
                )
                conversation.select_words = select_words(keys)
                yield FindPane(conversation, walk=find_keys(keys))
                yield StatusLine(id="busy")
                yield Prompt(
                    id="prompt",
                    classes="pane",
                    commands=commands(keys),
                    history=self._services.prompts.load(),
                    enter_sends=self._services.config.screen.enter_sends,
                )
            yield Vertical(id="right")
        yield KeyBar(id="keys")

    def _bound_keys(self) -> BoundKeys:
        owners = (type(self.app), MainScreen, Conversation, SelectKeys, PromptArea, SessionTree)
        return BoundKeys(self.app, self._services.config.keys, owners)

    def on_mount(self) -> None:
        """Show what is known at once; the library is read after the first paint."""
        self.desk = Desk(Stage(self, self._services, self._keys))
        Bridge(self._services.turns, self)
        stage = self.desk.stage
        self.query_one("#left").border_title = "Sessions"
        stage.prompt.complete_argument = lambda name, typed: complete_argument(
            self.desk, name, typed
        )
        self.connect_prompt()
        self.bindings_updated_signal.subscribe(self, lambda _: self._show_keys())
        self._panes.restore()
        stage.show_session(stage.workspace.session)
        if self._open_at_start is None:
            stage.unsent.come("")
        stage.prompt.focus()
        self.call_after_refresh(self.set_timer, TREE_AFTER_S, self._begin)
        self.watch(self.app, "app_focus", self._came_back, init=False)

    async def on_unmount(self) -> None:
        """Nothing reads the library behind a screen that is gone."""
        await self.desk.watching.aclose()

    def _came_back(self, has_focus: bool) -> None:
        if has_focus:
            self.desk.watching.look_if_old()

    def _begin(self) -> None:
        if self.desk.stage.workspace.library.is_scanned:
            self.desk.stage.show_tree_now()
        self.settle()
        self.desk.watching.begin()
        self.desk.elsewhere.begin()
        self.desk.look_for_models()
        self.set_timer(SIDE_AFTER_S, self._add_side)
        self.set_timer(QUEUE_AFTER_S, self.tell_queue)
        self.set_timer(UPKEEP_AFTER_S, lambda: self.desk.expiring.begin())
        if self._services.config.backups.every:
            self.set_timer(UPKEEP_AFTER_S, lambda: self.desk.backups_due.begin())

    def settle(self) -> None:
        """Opens the session that was asked for at the start, if it is not open yet: whoever types at once
        means that one."""
        wanted, self._open_at_start = self._open_at_start, None
        if wanted is not None:
            stage = self.desk.stage
            typed = stage.prompt.text
            stage.unsent.come("")
            stage.open_session(wanted)
            if typed:
                stage.prompt.set_text(stage.prompt.text + typed)

    async def _add_side(self) -> None:
        from tui_sessions.tui.widgets.costs import Costs  # these two would delay the first paint
        from tui_sessions.tui.widgets.details import Details

        model_key = self._keys.shown("session.model")
        details = Details(id="details", classes="pane", model_key=model_key)
        costs = Costs(id="costs", classes="pane")
        details.border_title, costs.border_title = "Details", "Cost"
        await self.query_one("#right").mount(details, costs)
        if details.children:  # None where the program was quit meanwhile.
            self.desk.stage.add_side(details, costs)

    # keys

    def action_do(self, name: str, argument: str = "") -> None:
        """Do what a key, a colon command or the palette names; what is wrong is said in one sentence."""
        self.run_named(name, argument)

    def run_named(self, name: str, argument: str) -> bool:
        """Whether it could be done."""
        self.settle()
        try:
            run_command(self.desk, name, argument)
        except TuiSessionsError as problem:
            self.desk.stage.say(str(problem), "error")
            return False
        return True

    def action_pane(self, name: str) -> None:
        """Go to a pane, bring it, or fold it."""
        self._panes.toggle(name)

    def action_search(self) -> None:
        """Search in all conversations."""
        self.desk.searching.open()

    @on(prompt_messages.EscapePressed)
    def action_escape(self) -> None:
        """Stop what runs over many sessions, or the answer; with none running, back to the prompt."""
        if not self.desk.jobs.stop() and not self.desk.talking.stop():
            self.desk.stage.prompt.focus()

    def on_descendant_focus(self) -> None:
        """What has the keys is seen."""
        self._panes.uncover()

    def _show_keys(self) -> None:
        if self.is_current:
            self.query_one(KeyBar).keys = self._panes.keys()

    def finish(self) -> str:
        """Keep what is typed in form and prompt; the program is about to end. Answers why the form could
        not be saved, "" where it is."""
        refused = self.desk.choosing.save_typed()
        self.desk.stage.unsent.leave(self.desk.stage.workspace.draft_key)
        return refused

    def action_notice(self) -> None:
        """To the line above the prompt that asks for something."""
        lines = [line for line in self.query("UnsavedLine, InterruptedLine") if line.display]
        if lines:
            # Again, and it goes to the next one, where there are two.
            here = next((n for n, line in enumerate(lines) if line.has_focus), -1)
            lines[(here + 1) % len(lines)].focus()

    def on_asking_line_answered(self, message: AskingLine.Answered) -> None:
        """By name, not by class: the line is there when it has something to ask."""
        match message.line, message.answer:
            case "unsaved", "again":
                self.run_named("save", "")
            case "unsaved", _:
                self.run_named("save-elsewhere", "")
            case _:
                self.run_named("interrupted", message.answer)

    # prompt and engine

    @on(EngineNews)
    def _news(self, message: EngineNews) -> None:
        for event in message.take():
            self.desk.hearing.hear(event)
            self.hear_queue(event)

    # tree

    @on(SessionTree.Opened)
    def _opened(self, message: SessionTree.Opened) -> None:
        self.desk.stage.open_session(message.session_id)
        self._panes.after_opening()

    @on(SessionTree.FoldToggled)
    def _fold(self, message: SessionTree.FoldToggled) -> None:
        self.desk.stage.workspace.fold(message.key)
        self.desk.stage.show_tree_now()

    @on(SessionTree.DeleteRequested)
    def _delete(self, message: SessionTree.DeleteRequested) -> None:
        self.desk.stage.attempt(lambda: self.desk.filing.delete_line(message.key))

    @on(SessionTree.RenameRequested)
    def _rename(self, message: SessionTree.RenameRequested) -> None:
        self.desk.stage.attempt(lambda: self.desk.filing.rename_line(message.key))

    @on(SessionTree.Asked)
    def _asked(self, message: SessionTree.Asked) -> None:
        self.run_named(message.name, "")

    @on(SessionTree.TrashRequested)
    def _trash(self) -> None:
        self.run_named("trash", "")

    @on(SessionTree.DamagedRequested)
    def _look_into(self, message: SessionTree.DamagedRequested) -> None:
        self.run_named("doctor", message.path)

    @on(SessionTree.MarkAllRequested)
    def _mark_all(self) -> None:
        self.desk.stage.attempt(self.desk.bulk.mark_all)

    @on(SessionTree.MarkBelowRequested)
    def _mark_below(self, message: SessionTree.MarkBelowRequested) -> None:
        self.desk.stage.attempt(lambda: self.desk.bulk.mark_below(message.key))

    @on(SessionTree.MarksChanged)
    def _marks(self) -> None:
        self.desk.stage.show_marks()
        self._show_keys()

    @on(SessionTree.TypedAhead)
    def _typed_ahead(self, message: SessionTree.TypedAhead) -> None:
        self.desk.stage.show_typed(message.text, is_found=message.is_found)

    @on(SessionTree.FilterRequested)
    def _filter_wanted(self) -> None:
        self.set_focus(self.query_one("#filter"))

    @on(TypedOn)
    def _typed_on(self, message: TypedOn) -> None:
        type_on(self.query_one("#filter", Input), message.text)

    @on(Input.Changed, "#filter")
    def _filter(self, message: Input.Changed) -> None:
        try:
            self.desk.stage.workspace.filter(message.value)
        except QueryError as problem:
            self.query_one(FilterBox).complain(problem)
        else:
            self.query_one(FilterBox).praise()
            self.desk.stage.show_tree_now()

    @on(FilterBox.Accepted)
    def _filtered(self, message: FilterBox.Accepted) -> None:
        self._services.remember(lambda state: state.with_filter(message.text))
        self.set_focus(self.desk.stage.sessions)

    @on(FilterBox.Left)
    def _unfiltered(self) -> None:
        self.set_focus(self.desk.stage.sessions)

    @on(FilterBox.Wanted)
    def _show_filtered(self, message: FilterBox.Wanted) -> None:
        self._panes.bring("left")
        self.query_one(FilterBox).put(message.text)
        self.set_focus(self.desk.stage.sessions)

    def _completions(self, text: str, cursor: int) -> Completions:
        return completions(self.desk.stage.words, text, cursor)

    @on(FilterBox.Entered)
    def _filter_entered(self) -> None:
        learn(self.desk.stage, self.query_one(FilterBox).look)

    # search

    @on(requests.HitsUsedUp)
    def _walk_on(self, message: requests.HitsUsedUp) -> None:
        self.desk.searching.go_on(message.step)

    def on_landed(self, _: Landed) -> None:
        """By name, not by class: importing the search would delay the first paint."""
        self._panes.after_landing()

    # details: by name, not by class, because importing the form would delay the first paint

    def on_details_edited(self, message: Details.Edited) -> None:
        """Save a field."""
        save = self.desk.choosing.save_field
        save(message.session_id, message.change, message.field, message.is_moved)

    def on_details_model_requested(self) -> None:
        """Choose who answers."""
        self.desk.choosing.model()

    def on_details_params_requested(self) -> None:
        """All parameters."""
        self.run_named("params", "")

    def on_costs_statistics_wanted(self) -> None:
        """By name as well: the statistics of the open session."""
        self.run_named("stats", "session")

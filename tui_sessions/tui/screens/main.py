"""The main screen: it lays out the panes and brings every key and message to the part that answers it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input

from tui_sessions.errors import TuiSessionsError, UsageError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.actions import commands, complete_argument, run_command
from tui_sessions.tui.bound import BoundKeys
from tui_sessions.tui.bridge import Bridge, EngineNews
from tui_sessions.tui.desk import Desk
from tui_sessions.tui.panes import Panes
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets import prompt_messages
from tui_sessions.tui.widgets.conversation import requests
from tui_sessions.tui.widgets.conversation.widget import Conversation
from tui_sessions.tui.widgets.conversation.words import HINTS
from tui_sessions.tui.widgets.costs import Costs
from tui_sessions.tui.widgets.details import Details
from tui_sessions.tui.widgets.key_bar import KeyBar
from tui_sessions.tui.widgets.prompt import Prompt
from tui_sessions.tui.widgets.prompt_area import PromptArea
from tui_sessions.tui.widgets.session_tree import SessionTree
from tui_sessions.wiring import Services


class MainScreen(Screen[None]):
    """Tree, conversation, prompt, details, costs."""

    CSS_PATH = "main.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (50, "-narrow"), (100, "-medium"), (140, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (15, "-tall")]  # noqa: RUF012
    HELP = "**F6** to **F9** go to a pane, or bring it; **ctrl+p** has everything by name."
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
        Binding("escape", "escape", "stop, or to the prompt", id="session.stop", show=False),
        Binding("ctrl+f", "search", "search", id="session.search", show=False),
        Binding("f6", "pane('left')", "tree", id="pane.tree", show=False),
        Binding("f7", "pane('middle')", "conversation", id="pane.conversation", show=False),
        Binding("f8", "pane('details')", "details", id="pane.details", show=False),
        Binding("f9", "pane('costs')", "costs", id="pane.costs", show=False),
        Binding("tab", "app.focus_next", "next pane", id="pane.next", show=False),
        Binding("shift+tab", "app.focus_previous", "former pane", id="pane.previous", show=False),
        Binding("f1,question_mark", "do('help')", "help", id="app.help", show=False),
    ]

    desk: Desk

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
                yield Input(id="filter", placeholder="/ filter", compact=True)
                yield SessionTree(id="tree", now=self._services.now)
            with Vertical(id="middle"):
                yield Conversation(
                    id="conversation",
                    classes="pane",
                    hints={
                        name: keys.shown(f"conversation.{name}") or f":{name}" for name in HINTS
                    },
                )
                yield Prompt(
                    id="prompt",
                    classes="pane",
                    commands=commands(keys),
                    history=self._services.prompts.load(),
                    enter_sends=self._services.config.screen.enter_sends,
                )
            with Vertical(id="right"):
                yield Details(id="details", classes="pane", model_key=keys.shown("session.model"))
                yield Costs(id="costs", classes="pane")
        yield KeyBar(id="keys")

    def _bound_keys(self) -> BoundKeys:
        owners = (type(self.app), MainScreen, Conversation, PromptArea, SessionTree)
        return BoundKeys(self.app, self._services.config.keys, owners)

    def on_mount(self) -> None:
        """Show what is known at once; the library is read after the first paint."""
        self.desk = Desk(Stage(self, self._services, self._keys))
        stage = self.desk.stage
        self.query_one("#left").border_title = "Sessions"
        self.query_one("#details").border_title = "Details"
        self.query_one("#costs").border_title = "Cost"
        stage.prompt.complete_argument = lambda name, typed: complete_argument(
            self.desk, name, typed
        )
        self.bindings_updated_signal.subscribe(self, lambda _: self._show_keys())
        self._panes.restore()
        stage.show_session(stage.workspace.session)
        stage.prompt.focus()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        Bridge(self._services.turns, self)
        if self._open_at_start is not None:
            self.desk.stage.open_session(self._open_at_start)
        self.desk.watching.begin()
        self.desk.choosing.look_for_ollama()

    # keys

    def action_do(self, name: str, argument: str = "") -> None:
        """Do what a key, a colon command or the palette names; what is wrong is said in one sentence."""
        self.run_named(name, argument)

    def run_named(self, name: str, argument: str) -> bool:
        """Whether it could be done."""
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
        """Bring the tree, and type into its filter."""
        self._panes.bring("left")
        self.query_one("#filter").focus()

    @on(prompt_messages.EscapePressed)
    def action_escape(self) -> None:
        """Stop the answer; with none running, back to the prompt."""
        if not self.desk.talking.stop():
            self.desk.stage.prompt.focus()

    def _show_keys(self) -> None:
        if self.is_current:
            self.query_one(KeyBar).keys = self._panes.keys()

    def finish(self) -> None:
        """Save what is typed in the form; the program is about to end."""
        self.desk.choosing.save_typed()

    # prompt and engine

    @on(prompt_messages.Sent)
    def _send(self, message: prompt_messages.Sent) -> None:
        if self.desk.talking.send(message.text):
            self.desk.stage.prompt.accept()

    @on(prompt_messages.CommandEntered)
    def _command(self, message: prompt_messages.CommandEntered) -> None:
        prompt = self.desk.stage.prompt
        text = prompt.text
        # Only what was typed is cleared: a command may have put other text there.
        if self.run_named(message.name, message.argument) and prompt.text == text:
            prompt.accept()

    @on(prompt_messages.EditorRequested)
    def _editor(self) -> None:
        self.desk.reading.edit_prompt()

    @on(prompt_messages.PasteTooLarge)
    def _too_large(self, message: prompt_messages.PasteTooLarge) -> None:
        sentence = f"{message.size:,} characters are too many to paste. Keep them in a file."
        self.desk.stage.say(sentence, "warning")

    @on(EngineNews)
    def _news(self, message: EngineNews) -> None:
        for event in message.take():
            self.desk.talking.hear(event)

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
        self.desk.filing.delete_keys(message.keys)

    @on(SessionTree.RenameRequested)
    def _rename(self, message: SessionTree.RenameRequested) -> None:
        self.desk.filing.rename_line(message.key)

    @on(SessionTree.FilterRequested)
    def _filter_wanted(self) -> None:
        self.query_one("#filter").focus()

    @on(Input.Changed, "#filter")
    def _filter(self, message: Input.Changed) -> None:
        try:
            self.desk.stage.workspace.filter(message.value)
        except UsageError as problem:
            self.query_one("#left").border_subtitle = Content(clean_line(str(problem)))
        else:
            self.desk.stage.show_tree_now()

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.desk.stage.sessions.focus()

    # conversation

    @on(Conversation.FindRequested)
    def _find(self) -> None:
        self.desk.reading.ask_find()

    @on(requests.BranchRequested)
    def _branch_here(self, message: requests.BranchRequested) -> None:
        self.desk.filing.branch_at(message.turn_id)

    @on(requests.RetryRequested)
    def _retry(self, message: requests.RetryRequested) -> None:
        self.desk.talking.retry(message.turn_id)

    @on(requests.ContinueRequested)
    def _continue(self, message: requests.ContinueRequested) -> None:
        self.desk.talking.resume(message.turn_id)

    @on(requests.AlternativeRequested)
    def _other_answer(self, message: requests.AlternativeRequested) -> None:
        self.desk.talking.step_answer(message.turn_id, message.step)

    @on(requests.EditRequested)
    def _edit_message(self, message: requests.EditRequested) -> None:
        self.desk.talking.edit_prompt(message.turn_id)

    @on(requests.DeleteRequested)
    def _delete_turn(self, message: requests.DeleteRequested) -> None:
        self.desk.talking.delete_turn(message.turn_id)

    @on(requests.CopyRequested)
    def _copy(self, message: requests.CopyRequested) -> None:
        self.desk.reading.copy(message.text, message.what)

    @on(requests.CodeChoice)
    def _choose_code(self, message: requests.CodeChoice) -> None:
        self.desk.reading.choose_code(message.blocks)

    @on(requests.LinkRequested)
    def _link(self, message: requests.LinkRequested) -> None:
        self.desk.reading.open_link(message.url)

    # details

    @on(Details.Edited)
    def _edited(self, message: Details.Edited) -> None:
        self.desk.choosing.save_field(message.session_id, message.change, message.field)

    @on(Details.ModelRequested)
    def _model(self) -> None:
        self.desk.choosing.model()

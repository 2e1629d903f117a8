"""The map of branches: every path of a conversation drawn, where they part, how long and how dear they are;
beside it the conversation under the cursor. Enter goes there."""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Protocol

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tui_sessions.model.display import shown_number, shown_priced, shown_time
from tui_sessions.model.family import Family, Path
from tui_sessions.model.money import Cost
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.tui.branch_reading import BranchReading, asked
from tui_sessions.tui.screens.answered_once import AnsweredOnce
from tui_sessions.tui.widgets.branch_graph import BranchGraph
from tui_sessions.tui.widgets.branch_lines import MARKED, OPEN_BAR
from tui_sessions.tui.widgets.branch_shape import EMPTY, END, GONE
from tui_sessions.tui.widgets.conversation.widget import Conversation
from tui_sessions.tui.widgets.key_bar import KeyBar, show_keys

REST_S = 0.08
"""So long the cursor rests on a line before its conversation is shown beside it."""
ALONE = "No other path yet. In the conversation, {key} on a message branches."
KEYS = (
    ("map.land", "enter", "go there"),
    ("map.leave", "esc", "back"),
    ("map.promote", "P", "promote"),
    ("map.merge", "M", "merge"),
    ("map.detach", "D", "detach"),
    ("map.mark", "space", "mark"),
    ("map.compare", "=", "compare"),
    ("map.delete", "del", "delete"),
    ("map.rename", "F2", "rename"),
    ("map.undo", "u", "undo"),
    ("map.help", "F1", "help"),
)
"""The line at the bottom: id of the binding, key by default, what it does."""


class Goal(NamedTuple):
    """Where to go: a session, and one of its turns, from 1; 0 where it has none."""

    session_id: str
    turn: int


class MapOwner(Protocol):
    """What the screen asks of whoever opens it. What changes something calls `show` afterwards."""

    now: Clock
    reading: BranchReading
    branch_key: str
    """What branches, in a conversation."""

    @property
    def open_id(self) -> str:
        """The session that is open behind the map."""

    def family(self) -> Family:
        """The family as it is now."""

    def act(self, name: str, session_id: str) -> None:
        """Does what `promote`, `detach`, `merge`, `delete`, `rename` say with a session."""

    def compare(self, one: str, other: str) -> None:
        """Shows two paths side by side."""

    def undo(self) -> None:
        """Takes the last change back."""

    def redo(self) -> None:
        """Does it again."""

    def help(self) -> None:
        """Explains the drawing and the keys."""


def _key(keys: str, action: str, what: str, name: str) -> Binding:
    return Binding(keys, action, what, id=f"map.{name}")


class BranchMapScreen(AnsweredOnce[Goal]):
    """The result is where to go, None where it was left."""

    CSS_PATH = "branch_map.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012
    HELP = f"""\
## Branches

A line is a session, from the turn at which it leaves the one above it; its length is its number of turns.
Behind it stand its title, the number and the words of its first own turn, how many turns it has of its own,
what they cost and when it was last used.

`{OPEN_BAR}` the open session · `{MARKED}` marked, to compare two · `{END}` the last turn · `{EMPTY}` no turn of its own yet ·
`{GONE}` deleted, or not here any more
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("enter", "land", "go there", "land"),
        _key("P", "act('promote')", "give it its parent's place", "promote"),
        _key("D", "act('detach')", "make it a session of its own", "detach"),
        _key("M", "act('merge')", "put its turns behind those of its parent", "merge"),
        _key("space", "mark", "mark, to compare two", "mark"),
        _key("equals_sign", "compare", "compare the two that are marked", "compare"),
        _key("delete", "act('delete')", "put into the trash", "delete"),
        _key("f2", "act('rename')", "rename", "rename"),
        _key("u", "undo", "undo", "undo"),
        _key("U", "redo", "redo", "redo"),
        _key("f1,question_mark", "help", "help", "help"),
        _key("escape,q,B", "leave", "back", "leave"),
    ]

    def __init__(self, owner: MapOwner, *, turn: int = 0) -> None:
        super().__init__()
        self._owner = owner
        self._family = owner.family()
        self._first_turn = turn
        self._graph = BranchGraph(owner.now, id="map_graph")
        self._facts = Static("", id="map_facts", markup=False)
        self._legend = Static("", id="map_legend", markup=False)
        self._preview = Conversation(id="map_conversation")
        self._preview.can_focus = False
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        """The drawing with what is known of the path under the cursor, the conversation beside it, the keys."""
        with Horizontal(id="map_below"):
            with Vertical(id="map_paths", classes="pane"):
                yield self._graph
                yield self._facts
                yield self._legend
            with Vertical(id="map_preview", classes="pane"):
                yield self._preview
        yield KeyBar(id="map_keys")

    def on_mount(self) -> None:
        """The cursor stands on the open session."""
        reading = self._owner.reading
        reading.on_words, reading.preview.on_session = self._graph.learn, self._show_session
        self._legend.update(
            f"{OPEN_BAR} open  {MARKED} marked  {END} last turn  {EMPTY} nothing of its own  {GONE} gone"
        )
        self._show_family(at=self._owner.open_id, turn=self._first_turn)
        self._graph.focus()
        self.bindings_updated_signal.subscribe(self, lambda _: show_keys(self, KEYS))
        show_keys(self, KEYS)

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._owner.reading.stop()

    def on_screen_resume(self) -> None:
        """A dialog was answered: what it was about may be another by now."""
        if self.is_mounted and self._graph.current is not None:
            self.look_again()

    def look_again(self) -> None:
        """Show the family as it is now; where nothing changed, nothing does."""
        family = self._owner.family()
        if not any(path.row is not None for path in family.paths):
            self.dismiss(None)  # The last of them was deleted.
        elif family != self._family:
            self._family = family
            self._owner.reading.preview.forget()
            self._show_family()

    def _show_family(self, *, at: str = "", turn: int | None = None) -> None:
        paths = [path for path in self._family.paths if path.row is not None]
        holder = self.query_one("#map_paths")
        first = next((path.row for path in paths if path.row is not None), None)
        title = clean_line(first.title) if first is not None else ""
        holder.border_title = Content(f"Branches of {title}" if len(paths) > 1 else title)
        rows = [path.row for path in paths if path.row is not None]
        cost = Cost()
        for row in rows:
            cost = cost.plus(row.cost)
        turns = sum(path.own_turns for path in paths)
        count = f"{len(paths):,}" + ("" if self._family.is_whole else " shown of more")
        noun = "path" if len(paths) == 1 else "paths"
        holder.border_subtitle = Content(
            f"{count} {noun} · {shown_number(turns, 'turn')} · {shown_priced(cost)}"
        )
        self._graph.show(self._family, self._owner.open_id, at=at, turn=turn)

    # the path under the cursor

    @on(BranchGraph.Moved)
    def _moved(self, message: BranchGraph.Moved) -> None:
        self._show_facts()
        if self._rest is not None:
            self._rest.stop()
        # Not for every path that passes by.
        self._rest = self.set_timer(REST_S, self._read)

    def _read(self) -> None:
        path = self._graph.current
        if path is not None and path.row is not None:
            self._owner.reading.preview.read(path.id)

    @on(BranchGraph.Wanted)
    def _wanted(self, message: BranchGraph.Wanted) -> None:
        paths = {path.id: path for path in self._family.paths}
        self._owner.reading.want(
            {id: paths[id].shared for id in message.session_ids if id in paths}
        )

    def _show_facts(self) -> None:
        path = self._graph.current
        if path is None or path.row is None:
            self._facts.update("")
            return
        self._facts.update(Content("\n").join((self._turn_facts(path), self._path_facts(path))))

    def _turn_facts(self, path: Path) -> Content:
        turn = self._graph.turn
        words = [f"turn {turn:,} of {path.turns:,}" if path.turns else "no turns yet"]
        others = [len(fork.ids) - 1 for fork in self._family.forks(path.id) if fork.at == turn]
        if others:
            words.append(f"{shown_number(sum(others), 'other path')} after it")
        session = self._owner.reading.preview.known(path.id)
        said = clean_line(asked(session, turn - 1)) if session is not None else ""
        return Content.assemble((" · ".join(words), "$text-muted"), "  ", said)

    def _path_facts(self, path: Path) -> Content:
        row = path.row
        assert row is not None
        if len(self._family.paths) == 1:
            return Content(ALONE.format(key=self._owner.branch_key)).stylize("$text-muted")
        words = [row.model or "no model", shown_time(row.updated_at), row.path]
        parent = self._family.parent(path.id)
        if parent is not None:
            title = parent.row.title if parent.row is not None else "what is not here any more"
            words.insert(0, f"leaves {title} after turn {path.shared:,}")
        return Content(clean_line(" · ".join(words))).stylize("$text-muted")

    def _show_session(self, session_id: str, session: Session | None, problem: str) -> None:
        path = self._graph.current
        if path is None or path.id != session_id:
            return
        self._show_facts()
        holder = self.query_one("#map_preview")
        if session is None:
            holder.border_title = Content("")
            self._preview.empty_text = clean_line(problem)
            self._preview.show(None)
            return
        turn = self._graph.turn
        holder.border_title = Content(clean_line(session.shown_title))
        holder.border_subtitle = Content(f"turn {turn:,}" if turn else "")
        self._preview.show(session)
        if 0 < turn <= len(session.turns):
            # Laid out first: the pane may have come just now.
            self.call_after_refresh(self._preview.go_to, session.turns[turn - 1].id)

    # keys

    @on(BranchGraph.Picked)
    def action_land(self) -> None:
        """Go to the path, at the turn under the cursor."""
        path = self._graph.current
        if path is not None and path.row is not None:
            self.dismiss(Goal(path.id, self._graph.turn))

    def action_act(self, name: str) -> None:
        """Do something with the path under the cursor."""
        path = self._graph.current
        if path is not None and path.row is not None:
            self._owner.act(name, path.id)

    def action_mark(self) -> None:
        """Mark the path, or no longer; the cursor goes on."""
        self._graph.toggle_mark()
        self._graph.action_move(1)

    def action_compare(self) -> None:
        """Compare the two that are marked; one alone with the path under the cursor."""
        path, marked = self._graph.current, self._graph.marked
        if path is not None and len(marked) == 1:
            marked = (*marked, path.id)
        if len(marked) == 2 and marked[0] != marked[1]:
            self._owner.compare(*marked)
        else:
            self.notify("Mark two paths first: space marks.", severity="warning", markup=False)

    def action_undo(self) -> None:
        """Take the last change back."""
        self._owner.undo()

    def action_redo(self) -> None:
        """Do it again."""
        self._owner.redo()

    def action_help(self) -> None:
        """Explain it."""
        self._owner.help()

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)

"""The line below the conversation in which one types what to find in it; shown only while finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from tui_sessions.model.display import shown_count
from tui_sessions.tui.widgets.conversation import requests
from tui_sessions.tui.widgets.conversation.widget import Conversation
from tui_sessions.tui.widgets.typed_on import TypedOn, type_on


class FindBox(Horizontal):
    """What is looked for, and which of the hits the window is at."""

    can_focus = False
    HELP = """\
## Find

What is typed is marked in the conversation at once; the window goes to the nearest place above.
**enter** goes back to the conversation, where `n` and `N` walk on; **esc** takes the marks away.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        # First: the line of text has these for itself, and does not need them.
        Binding("enter", "keep", "to the conversation", id="find.keep", priority=True),
        Binding("down", "step(1)", "next hit", id="find.next", priority=True),
        Binding("up", "step(-1)", "former hit", id="find.previous", priority=True),
        Binding("escape", "leave", "end finding", id="find.leave"),
    ]
    DEFAULT_CSS = """
    FindBox { height: 1; display: none; padding: 0 1; }
    FindBox.-shown { display: block; }
    FindBox > Static { width: auto; height: 1; color: $text-muted; text-wrap: nowrap; }
    FindBox > #find_label { width: 5; }
    FindBox > #find_count { margin-left: 2; }
    FindBox > Input, FindBox > Input:focus, FindBox > Input.-textual-compact { width: 1fr; height: 1; border: none; padding: 0; background: transparent; background-tint: transparent; }
    """

    @dataclass
    class Changed(Message):
        """Something else is looked for; "" for nothing."""

        query: str

    @dataclass
    class Stepped(Message):
        """The next hit is wanted, or with -1 the former."""

        step: int

    class Kept(Message):
        """Back to the conversation, with the marks."""

    class Left(Message):
        """Finding is over."""

    def __init__(self, *, walk: str = "", id: str | None = None) -> None:
        """`walk` names the keys that walk from hit to hit in the conversation."""
        super().__init__(id=id)
        self._line = Input(compact=True, select_on_focus=False, id="find_line")
        self._count = Static("", id="find_count", markup=False)
        self._walk = walk
        self._told = ("", 0, 0)

    def compose(self) -> ComposeResult:
        """A word, the line, the count."""
        yield Static("find", id="find_label", markup=False)
        yield self._line
        yield self._count

    def begin(self) -> None:
        """Comes, ready to type, what was looked for before as a proposal."""
        self.add_class("-shown")
        # Not `focus()`, which waits its turn: letters may be on their way.
        self.screen.set_focus(self._line)
        self._line.select_all()

    def type_on(self, text: str) -> None:
        """Letters that came before the line had the focus."""
        type_on(self._line, text)

    def end(self) -> None:
        """Goes, empty."""
        with self.prevent(Input.Changed):
            self._line.value = ""
        self.remove_class("-shown")

    def tell(self, query: str, number: int, hits: int) -> None:
        """Where the conversation is: at hit `number` of `hits` for `query`; "" for no query at all."""
        if query != self._line.value.strip() and not self._line.has_focus:
            with self.prevent(Input.Changed):
                self._line.value = query
        if query:
            self.add_class("-shown")
        elif not self._line.has_focus:
            self.remove_class("-shown")
        self._told = (query, number, hits)
        self._count.update(self._said(query, number, hits))

    def on_descendant_blur(self) -> None:
        """Left without a word, the line goes."""
        self.set_class(bool(self._line.value.strip()), "-shown")
        self._count.update(self._said(*self._told))

    def _said(self, query: str, number: int, hits: int) -> str:
        if not query:
            return ""
        where = f"{shown_count(number)} of {shown_count(hits)}" if hits else "not found"
        return (
            f"{where} · {self._walk}" if self._walk and hits and not self._line.has_focus else where
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Finds as one types."""
        event.stop()
        self.post_message(self.Changed(event.value.strip()))

    def action_keep(self) -> None:
        """Back to the conversation; with nothing typed, finding is over."""
        self.post_message(self.Kept() if self._line.value.strip() else self.Left())

    def action_step(self, step: int) -> None:
        """Another hit."""
        self.post_message(self.Stepped(step))

    def action_leave(self) -> None:
        """Finding is over."""
        self.post_message(self.Left())


class FindPane(Vertical):
    """The conversation, and below it the line to find in it."""

    can_focus = False
    DEFAULT_CSS = """
    FindPane { height: 1fr; }
    """

    def __init__(self, conversation: Conversation, *, walk: str = "") -> None:
        super().__init__()
        self._conversation = conversation
        self._box = FindBox(walk=walk, id="find")

    def compose(self) -> ComposeResult:
        """One above the other."""
        yield self._conversation
        yield self._box

    def on_conversation_find_requested(self, event: requests.FindRequested) -> None:
        """The line comes."""
        event.stop()
        self._box.begin()

    def on_typed_on(self, event: TypedOn) -> None:
        """What was typed before the line was there."""
        event.stop()
        self._box.type_on(event.text)

    def on_conversation_found(self, event: requests.Found) -> None:
        """Says where the window is."""
        event.stop()
        self._box.tell(event.query, event.number, event.hits)

    def on_find_box_changed(self, event: FindBox.Changed) -> None:
        """Finds."""
        event.stop()
        self._conversation.find(event.query)

    def on_find_box_stepped(self, event: FindBox.Stepped) -> None:
        """Walks on."""
        event.stop()
        if event.step > 0:
            self._conversation.find_next()
        else:
            self._conversation.find_previous()

    def on_find_box_kept(self, event: FindBox.Kept) -> None:
        """Back to the conversation."""
        event.stop()
        self._conversation.focus()

    def on_find_box_left(self, event: FindBox.Left) -> None:
        """Back to the conversation, without marks."""
        event.stop()
        self._box.end()
        self._conversation.find("")
        self._conversation.focus()

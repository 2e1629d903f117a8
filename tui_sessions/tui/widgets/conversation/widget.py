"""The conversation pane: keys, the mouse, the message cursor, and what they ask of the owner."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType

from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean
from tui_sessions.model.turn import Turn
from tui_sessions.tui.widgets.conversation import requests
from tui_sessions.tui.widgets.conversation.blocks import codes_of
from tui_sessions.tui.widgets.conversation.finding import Finding, Spot
from tui_sessions.tui.widgets.conversation.landing import LandingView
from tui_sessions.tui.widgets.conversation.layout import Anchor
from tui_sessions.tui.widgets.conversation.lines import Line
from tui_sessions.tui.widgets.conversation.slots import Key, live_number
from tui_sessions.tui.widgets.typed_on import KeysBehind

LINK_SCHEMES = ("http://", "https://", "mailto:")
WHEEL_ROWS = 3


def _key(
    keys: str,
    action: str,
    words: str,
    name: str,
    *,
    show: bool = False,
    help: str = "",
    first: bool = False,
) -> Binding:
    id = f"conversation.{name}"
    return Binding(keys, action, words, id=id, show=show, tooltip=help, priority=first)


class Conversation(LandingView, KeysBehind):
    """A session's messages, to read and to act on."""

    HELP = """\
## Conversation

Keys act on the message with the bright bar: the one that was gone to, else the last in view.
Editing a prompt goes to a branch from before it, so that the old words stay.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("j,down", "move(1)", "down", "down"),
        _key("k,up", "move(-1)", "up", "up"),
        _key("ctrl+d", "page(0.5)", "half page down", "half_down"),
        _key("ctrl+u", "page(-0.5)", "half page up", "half_up"),
        _key("pagedown", "page(1)", "page down", "page_down"),
        _key("pageup", "page(-1)", "page up", "page_up"),
        _key("g,home", "beginning", "beginning", "top"),
        _key("G,end", "end", "end", "end"),
        _key("right_curly_bracket,J", "message(1)", "next message", "next_message"),
        _key("left_curly_bracket,K", "message(-1)", "former message", "former_message"),
        _key("y", "copy", "copy", "copy", show=True, help="copy the message"),
        _key("c", "copy_code", "copy code", "copy_code", show=True, help="copy a code block"),
        _key("r", "retry", "retry", "retry", show=True, help="ask for another answer"),
        _key("R", "go_on", "continue", "continue", help="ask for the rest of a cut answer"),
        _key("right_square_bracket", "alternative(1)", "next answer", "next_answer"),
        _key("left_square_bracket", "alternative(-1)", "former answer", "former_answer"),
        _key("b", "branch", "branch", "branch", show=True, help="branch after the turn"),
        _key("e", "edit", "edit", "edit", show=True, help="edit the prompt, in a branch"),
        _key("delete", "delete", "delete", "delete", help="take the turn out"),
        _key("space", "fold", "fold", "fold", show=True, help="fold, or show the thinking"),
        _key(
            "slash", "find", "find", "find", show=True, help="find in the conversation", first=True
        ),
        _key("n", "find_next", "next hit", "find_next"),
        _key("N", "find_previous", "former hit", "find_previous"),
        _key("escape", "find_end", "end finding", "find_end"),
    ]

    FindRequested = requests.FindRequested
    Found = requests.Found
    CopyRequested = requests.CopyRequested
    CodeChoice = requests.CodeChoice
    BranchRequested = requests.BranchRequested
    RetryRequested = requests.RetryRequested
    ContinueRequested = requests.ContinueRequested
    AlternativeRequested = requests.AlternativeRequested
    EditRequested = requests.EditRequested
    DeleteRequested = requests.DeleteRequested
    LinkRequested = requests.LinkRequested

    _finding: Finding | None = None
    _found_from = Spot(0, 0)
    """Where the window ended when the query was begun."""

    @property
    def current_turn_id(self) -> str | None:
        """The turn that keys act on."""
        key = self._current()
        return key[0] or None if key else None

    @property
    def current_message(self) -> Message | None:
        """The message that keys act on."""
        key, turn, live = self._current(), self._turn(), self._layout.live
        if key is None or turn is None:
            return None
        if live is not None and live.turn_id == turn.id and key[1] == live_number(turn):
            return live.message
        return turn.messages[key[1]] if key[1] < len(turn.messages) else None

    def show(self, session: Session | None) -> None:
        """Show a session. The one that is shown keeps the reader's place, and follows if it was at its
        end; another is shown where it was left, or at its end."""
        shown = self._layout.session
        if self._finding and (session is None or shown is None or shown.id != session.id):
            self.find("")
        super().show(session)
        if session is not None and session is not shown:
            self._find_again(session)

    # finding

    def find(self, query: str) -> int:
        """Mark `query` wherever it is and go to the last hit above the end of the window; how many hits
        there are. An empty one ends finding.

        As a query is typed on, every letter begins where the first one did."""
        session = self._layout.session
        self._painter.forget()
        if not query.strip() or session is None:
            self._finding = None
            self._redraw()
            self._tell_found()
            return 0
        if self._finding is None or not self._is_typed_on(self._finding.query, query):
            last = self._window[-1] if self._window else Anchor(0, 0)
            self._found_from = Spot(last.slot, last.row + 1)
        self._finding = Finding(query, session)
        self._find(self._found_from, -1)
        return self._finding.hits

    @staticmethod
    def _is_typed_on(before: str, now: str) -> bool:
        return before != now and (before.startswith(now) or now.startswith(before))

    @property
    def query_found(self) -> str:
        """What is being found, "" for nothing."""
        return self._finding.query if self._finding else ""

    def find_next(self) -> None:
        """Go to the next hit."""
        self._find_from_hit(1)

    def find_previous(self) -> None:
        """Go to the former hit."""
        self._find_from_hit(-1)

    def _find_from_hit(self, step: int) -> None:
        if self._finding is not None:
            self._find(self._finding.at or Spot(*self._top), step)
            self._look_beyond(step)

    def _find(self, start: Spot, step: int) -> None:
        finding = self._finding
        found = finding.go(self._layout, start, step) if finding else None
        self._painter.forget()
        self._tell_found()
        if found is None:
            self._redraw()
            return
        self._chosen = self._key(found)
        if found in self._window:
            self._redraw()
        else:
            self._go(self._layout.moved(found, -(self._page.height // 3)))

    def _find_again(self, session: Session) -> None:
        """Turns came or went: look through what is there now."""
        if self._finding is not None:
            self._finding = self._finding.over(session)
            self._painter.forget()
            self._redraw()
            self._tell_found()

    def _tell_found(self) -> None:
        finding = self._finding
        if finding is None:
            self.post_message(self.Found("", 0, 0))
        else:
            self.post_message(self.Found(finding.query, finding.number, finding.hits))

    def _marked(self, line: Line, anchor: Anchor) -> Line:
        return line if self._finding is None else self._finding.marked(line, anchor)

    # the message cursor

    def _turn(self) -> Turn | None:
        key = self._current()
        slot = self._layout.slot_of(key[0]) if key else None
        return self._layout.turn(slot) if slot else None

    def _current(self) -> Key | None:
        if self._chosen is not None or not self._window:
            return self._chosen
        if self._follows:
            return self._key(self._window[-1])
        return self._mostly_seen()

    def _mostly_seen(self) -> Key:
        """The last message of which at least half is in view, or that fills half of the view."""
        seen = Counter(
            self._key(anchor)
            for anchor in self._window
            if self._layout.part(anchor)[0].kind != "gap"
        )
        for key in reversed(seen):
            slot = self._layout.slot_of(key[0])
            whole = len(self._layout.slot(slot).rows_of(key[1])) if slot is not None else 0
            if 2 * seen[key] >= min(whole, self._page.height):
                return key
        return max(seen, key=seen.__getitem__) if seen else self._key(self._window[-1])

    def _neighbour(self, key: Key, step: int) -> tuple[int, int] | None:
        """The slot and number of the message before or after one."""
        layout = self._layout
        number = layout.slot_of(key[0])
        if number is None:
            return None
        messages = layout.slot(number).messages()
        index = messages.index(key[1]) + step if key[1] in messages else 0
        if 0 <= index < len(messages):
            return number, messages[index]
        number += step
        while 0 <= number <= layout.last:
            messages = layout.slot(number).messages()
            if messages:
                return number, messages[0 if step > 0 else -1]
            number += step
        return None

    def _choose(self, slot: int, message: int) -> None:
        """Put the message cursor on a message, and its beginning into view."""
        rows = self._layout.slot(slot).rows_of(message)
        turn = self._layout.turn(slot)
        self._chosen = (turn.id if turn else "", message)
        if Anchor(slot, rows.start) in self._window and Anchor(slot, rows.stop - 1) in self._window:
            self._redraw()
        else:
            self._go(Anchor(slot, rows.start))

    # keys

    def action_move(self, rows: int) -> None:
        """Scroll by rows."""
        self._scroll_by(rows)

    def action_page(self, pages: float) -> None:
        """Scroll by pages; a whole one keeps two rows in sight."""
        height = self._page.height
        rows = max(1, height - 2) if abs(pages) == 1 else max(1, height // 2)
        self._scroll_by(rows if pages > 0 else -rows)

    def action_beginning(self) -> None:
        """Go to the first row."""
        self._chosen = None
        self._go(Anchor(0, 0))

    def action_end(self) -> None:
        """Go to the last row, and follow."""
        self.go_to_end()

    def action_message(self, step: int) -> None:
        """Go to the next or former message."""
        key = self._current()
        neighbour = self._neighbour(key, step) if key else None
        if neighbour is not None:
            self._choose(*neighbour)
        elif step > 0:
            self.go_to_end()
        else:
            self._go(Anchor(0, 0))

    def action_copy(self) -> None:
        """Copy the message's Markdown."""
        message = self.current_message
        if message is not None:
            named = {"user": "the prompt", "assistant": "the answer"}
            self.post_message(
                self.CopyRequested(clean(message.text), named.get(message.role, "the message"))
            )

    def action_copy_code(self) -> None:
        """Copy the message's code block, or let the owner ask which."""
        message = self.current_message
        codes = codes_of(clean(message.text)) if message else []
        if len(codes) == 1:
            self.post_message(self.CopyRequested(codes[0].text, "a code block"))
        elif codes:
            self.post_message(self.CodeChoice(tuple((code.language, code.text) for code in codes)))
        elif message:
            self.notify("This message has no code block.", markup=False)

    def action_retry(self) -> None:
        """Ask for another answer."""
        if (turn := self._turn()) is not None:
            self.post_message(self.RetryRequested(turn.id))

    def action_go_on(self) -> None:
        """Ask for the rest of a cut answer."""
        turn = self._turn()
        if turn is not None and turn.is_cut:
            self.post_message(self.ContinueRequested(turn.id))
        elif turn is not None:
            self.notify("This answer is whole: there is nothing to continue.", markup=False)

    def action_alternative(self, step: int) -> None:
        """Show another answer of the turn."""
        if (turn := self._turn()) is not None and turn.alternatives:
            self.post_message(self.AlternativeRequested(turn.id, step))

    def action_branch(self) -> None:
        """Branch after the message."""
        turn, message = self._turn(), self.current_message
        if turn is not None:
            after = message.role if message else "assistant"
            self.post_message(self.BranchRequested(turn.id, after))

    def action_edit(self) -> None:
        """Edit the turn's prompt."""
        if (turn := self._turn()) is not None and turn.prompt is not None:
            self.post_message(self.EditRequested(turn.id))

    def action_delete(self) -> None:
        """Delete the turn."""
        if (turn := self._turn()) is not None:
            self.post_message(self.DeleteRequested(turn.id))

    def action_find(self) -> None:
        """Ask what to look for."""
        self.await_line()
        self.post_message(self.FindRequested())

    def action_find_next(self) -> None:
        """Go to the next hit."""
        self.find_next()

    def action_find_previous(self) -> None:
        """Go to the former hit."""
        self.find_previous()

    def action_find_end(self) -> None:
        """Take the marks away; with none, the key is the screen's."""
        if self._finding is None:
            raise SkipAction
        self.find("")

    def action_fold(self) -> None:
        """Show the thinking of the message, fold the message, and back, in turn."""
        if (key := self._current()) is not None:
            self._chosen = key
            self._turn_fold(key)

    # mouse

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll."""
        event.prevent_default().stop()
        self._scroll_by(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll."""
        event.prevent_default().stop()
        self._scroll_by(-WHEEL_ROWS)

    def on_click(self, event: events.Click) -> None:
        """Open a link, unfold what is folded, or put the message cursor there."""
        offset = event.get_content_offset(self)
        if offset is None or not 0 <= offset.y < len(self._window):
            return
        url = event.style.meta.get("url")
        if isinstance(url, str) and url.lower().startswith(LINK_SCHEMES):
            self.post_message(self.LinkRequested(url))
            return
        if self._has_news_below and offset.y == self._page.height - 1:
            self.go_to_end()
            return
        anchor = self._window[offset.y]
        part, _ = self._layout.part(anchor)
        self._chosen = self._key(anchor)
        if part.kind in ("thinking", "rest") or anchor.slot == 0:
            self._turn_fold(self._chosen)
        else:
            self._redraw()

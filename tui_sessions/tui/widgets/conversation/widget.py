"""The conversation pane: keys, the mouse, and what they ask of the owner."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType

from tui_sessions.model.text import clean, hidden_in
from tui_sessions.tui.widgets.conversation import keys, requests
from tui_sessions.tui.widgets.conversation.blocks import codes_of
from tui_sessions.tui.widgets.conversation.selecting import SelectingView
from tui_sessions.tui.widgets.typed_on import KeysBehind

LINK_SCHEMES = ("http://", "https://", "mailto:")
WHEEL_ROWS = 3


class Conversation(SelectingView, KeysBehind):
    """A session's messages, to read and to act on."""

    HELP = """\
## Conversation

Keys act on the message with the bright bar: the one that was gone to, else the last in view.
Editing a prompt goes to a branch from before it, so that the old words stay.
"""
    BINDINGS: ClassVar[list[BindingType]] = keys.BINDINGS

    Asked = requests.Asked
    CopyRequested = requests.CopyRequested
    CodeChoice = requests.CodeChoice
    BranchRequested = requests.BranchRequested
    RetryRequested = requests.RetryRequested
    ContinueRequested = requests.ContinueRequested
    AlternativeRequested = requests.AlternativeRequested
    EditRequested = requests.EditRequested
    DeleteRequested = requests.DeleteRequested
    LinkRequested = requests.LinkRequested

    # keys

    def action_copy(self) -> None:
        """Copy the message's Markdown."""
        message = self.current_message
        if message is not None:
            named = {"user": "the prompt", "assistant": "the answer"}
            what, hidden = named.get(message.role, "the message"), hidden_in(message.text)
            self.post_message(self.CopyRequested(clean(message.text), what, hidden))

    def action_copy_code(self) -> None:
        """Copy the message's code block, or let the owner ask which."""
        message = self.current_message
        codes = codes_of(clean(message.text)) if message else []
        if len(codes) == 1:
            hidden = hidden_in(message.text) if message else 0
            self.post_message(self.CopyRequested(codes[0].text, "a code block", hidden))
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
        """Show another answer of the turn; where it has one only, go to another branch at the fork."""
        turn = self._turn()
        if turn is not None and turn.alternatives:
            self.post_message(self.AlternativeRequested(turn.id, step))
        elif turn is not None:
            self.action_ask("next-path" if step > 0 else "former-path")

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

    def action_ask(self, name: str) -> None:
        """Ask for what a named action does, with the message that keys act on."""
        self.post_message(self.Asked(name))

    def action_find(self) -> None:
        """Ask what to look for."""
        self.await_line()
        super().action_find()

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
        if self.took_click(event):
            return
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

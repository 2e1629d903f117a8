"""The editor inside the prompt: sends, completes, walks through history, and takes only text in.

It handles its keys itself, in the order in which they arrive: through bindings alone, a key such as enter
would be acted on after letters that were typed behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import TextArea

from tui_sessions.model.text import clean
from tui_sessions.tui.widgets import prompt_keys
from tui_sessions.tui.widgets import prompt_messages as messages
from tui_sessions.tui.widgets.completion import (
    CommandInfo,
    CompleteArgument,
    Completion,
    completions,
    is_command,
    message_of,
    split_command,
)
from tui_sessions.tui.widgets.completion_list import MOST_LINES, CompletionList
from tui_sessions.tui.widgets.prompt_history import PromptHistory

LARGEST_TEXT = 1_000_000
"""Characters; TextArea needs seconds for more."""
PLACEHOLDER = "Ask something, or : for a command"
_ALIASES = {"shift+\r": "shift+enter"}
"""xterm with modifyOtherKeys names it so; a binding cannot, as keys are stripped of white space."""
_TERMINAL_CODES = re.compile(
    "\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[@-Z\\\\^_])"
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def tidied(text: str) -> str:
    """`text` without terminal codes and controls, its line ends as LF; everything else as it came."""
    text = _TERMINAL_CODES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROLS.sub("", text)


class PromptArea(TextArea, inherit_bindings=False):
    """A TextArea that grows with its text; its messages are those of `Prompt`."""

    BINDINGS: ClassVar[list[BindingType]] = prompt_keys.BINDINGS

    DEFAULT_CSS = """
    PromptArea {
        height: auto;
        min-height: 2;
        max-height: 33vh;
        background: transparent;
        scrollbar-size-vertical: 1;
        & .text-area--placeholder { color: $text-muted; }
    }
    """

    def __init__(self, offers: CompletionList, *, placeholder: str = PLACEHOLDER) -> None:
        self.offers = offers
        self.commands: Sequence[CommandInfo] = ()
        self.complete_argument: CompleteArgument | None = None
        self.enter_sends = True
        self.history_walk = PromptHistory()
        self._closed_at: str | None = None
        """The text at which the list was closed; another text opens it again."""
        self._handed_over = ""
        super().__init__(
            compact=True,
            soft_wrap=True,
            highlight_cursor_line=False,
            placeholder=Content(clean(placeholder)),
        )
        # A blinking cursor wakes the program twice a second for nothing.
        self.cursor_blink = False
        self.match_cursor_bracket = False

    # ---- text

    def put(self, text: str) -> None:
        """Another text, as one step for undo, with the cursor at its end."""
        self.history.checkpoint()
        result = self.replace(
            tidied(text), (0, 0), self.document.end, maintain_selection_offset=False
        )
        self.move_cursor(result.end_location)
        self.history.checkpoint()

    def accept(self) -> None:
        """Take out what was handed over; what was typed behind it since stays."""
        text, self._handed_over = self._handed_over, ""
        if text and self.text.startswith(text):
            self.load_text(self.text[len(text) :])
            self.move_cursor(self.document.end)
        self.history_walk.restart()

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn: what no terminal may get is shown by a character of the same place."""
        return Text(_same_length(self.document.get_line(line_index)), end="", no_wrap=True)

    async def on_paste(self, event: events.Paste) -> None:
        """Take text in, without controls, unless it is too much."""
        event.stop()
        event.prevent_default()
        self._take_in(event.text)

    def action_paste(self) -> None:
        """The same for the clipboard of this program."""
        self._take_in(self.app.clipboard)

    def _take_in(self, text: str) -> None:
        if len(text) + len(self.text) > LARGEST_TEXT:
            self.post_message(messages.PasteTooLarge(len(text)))
            return
        if result := self._replace_via_keyboard(tidied(text), *self.selection):
            self.move_cursor(result.end_location)

    # ---- keys

    async def on_key(self, event: events.Key) -> None:
        """Act on bound keys in the order of typing, with whatever keymap is set."""
        if event.is_printable:
            return
        bound = self.screen.active_bindings.get(_ALIASES.get(event.key, event.key))
        is_ours = bound is not None and bound.node is self
        if is_ours and bound is not None and await self.app.run_action(bound.binding.action, self):
            event.stop()
            event.prevent_default()
        elif event.key == "enter":
            # Rebound or left free: TextArea would still make a line of it.
            event.prevent_default()

    def action_enter(self) -> None:
        """Complete, run a command, send; or a new line where enter is set to be that."""
        if self._takes_offer():
            self.take(self.offers.chosen)
        elif self.enter_sends or is_command(self.text):
            self._hand_over()
        else:
            self._new_line()

    def action_other_enter(self) -> None:
        """What enter does not do."""
        if self.enter_sends:
            self._new_line()
        else:
            self._hand_over()

    def action_editor(self) -> None:
        """Ask for the external editor."""
        self.post_message(messages.EditorRequested(self.text))

    def action_complete(self) -> None:
        """Take the chosen offer; without a list the key is somebody else's."""
        if not self.offers.is_shown:
            raise SkipAction
        self.take(self.offers.chosen)

    def action_escape(self) -> None:
        """Close the list, else tell."""
        if self.offers.is_shown:
            self._close_offers()
        else:
            self.post_message(messages.EscapePressed())

    def action_cursor_up(self, select: bool = False) -> None:
        """Up in the list, in the text, or on its first line to the prompt before."""
        if not select and self.offers.is_shown:
            self.offers.move(-1)
        elif select or not self._walk(-1):
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Down in the list, in the text, or on its last line to the prompt after."""
        if not select and self.offers.is_shown:
            self.offers.move(1)
        elif select or not self._walk(1):
            super().action_cursor_down(select)

    def action_cursor_text_start(self) -> None:
        """Go to the start of the text."""
        self.move_cursor((0, 0))

    def action_cursor_text_end(self) -> None:
        """Go to the end of the text."""
        self.move_cursor(self.document.end)

    def _new_line(self) -> None:
        self._replace_via_keyboard("\n", *self.selection)

    def _hand_over(self) -> None:
        text = self.text
        if text.strip() in ("", ":"):
            return
        self._handed_over = text
        if is_command(text):
            self.post_message(messages.CommandEntered(*split_command(text)))
        else:
            self.post_message(messages.Sent(message_of(text)))

    def _walk(self, direction: int) -> bool:
        """To another prompt; False where the key means the cursor."""
        cursor, text = self.cursor_location, self.text
        at_edge = (
            self.navigator.is_first_wrapped_line(cursor)
            if direction < 0
            else self.navigator.is_last_wrapped_line(cursor)
        )
        is_just_shown = cursor == self.document.end and self.history_walk.shows(text)
        if not (at_edge or is_just_shown):
            return False
        walk = self.history_walk
        found = walk.earlier(text) if direction < 0 else walk.later(text)
        if found is None:
            return False
        self.put(found)
        # A command out of the history must not catch the next step in its list.
        self._close_offers()
        return True

    # ---- completion

    def update_suggestion(self) -> None:
        """TextArea's hook after every change of the text: at once, so that the next key sees the list."""
        text = self.text if self.document.line_count == 1 else ""
        if text == self._closed_at:
            self._offer(())
            return
        self._closed_at = None
        column = self.cursor_location[1]
        self._offer(completions(text, column, self.commands, self.complete_argument))

    def _offer(self, offers: Sequence[Completion]) -> None:
        if offers or self.offers.is_shown:
            # All of the prompt stays within a third of the screen, its border counted.
            room = self.app.size.height // 3 - 2 - max(2, self.wrapped_document.height)
            self.offers.show(offers, max(2, min(MOST_LINES, room)))

    def _close_offers(self) -> None:
        self._closed_at = self.text
        self._offer(())

    def _takes_offer(self) -> bool:
        """Whether enter means the list: an unfinished name, or an argument that was gone to."""
        chosen = self.offers.chosen
        if chosen is None or chosen.is_typed(self.text):
            return False
        return chosen.is_command or self.offers.is_moved

    def take(self, offer: Completion | None) -> None:
        """Complete with an offer; the list stays open where an argument is to follow."""
        if offer is None:
            return
        self.put(offer.text)
        if not offer.is_command or not offer.text.endswith(" "):
            self._close_offers()


def _same_length(line: str) -> str:
    shown = clean(line)
    return shown if len(shown) == len(line) else "".join(map(clean, line))

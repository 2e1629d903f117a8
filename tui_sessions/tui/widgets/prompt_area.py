"""The editor inside the prompt: sends, completes, walks through history, and takes only text in.

It handles its keys itself, in the order in which they arrive: through bindings alone, a key such as enter
would be acted on after letters that were typed behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.content import Content

from tui_sessions.model.text import clean, hidden_in
from tui_sessions.tui.widgets import prompt_keys
from tui_sessions.tui.widgets import prompt_messages as messages
from tui_sessions.tui.widgets.completion import (
    CommandInfo,
    CompleteArgument,
    CompleteWord,
    Completion,
    completions,
    is_command,
    message_of,
    split_command,
    word_before,
)
from tui_sessions.tui.widgets.completion_list import MOST_LINES, CompletionList
from tui_sessions.tui.widgets.held_keys import HoldsKeys
from tui_sessions.tui.widgets.many_lines import ManyLines
from tui_sessions.tui.widgets.prompt_history import PromptHistory

LARGEST_TEXT = 1_000_000
"""Characters; TextArea needs seconds for more."""
LONGEST_PASTE = 20_000
"""Characters; a longer paste goes along as a file: nobody reads it in a few lines."""
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


class PromptArea(ManyLines, HoldsKeys, inherit_bindings=False):
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
        self.complete_word: CompleteWord | None = None
        self.are_files: Callable[[Sequence[str]], bool] | None = None
        """Whether these are paths of files, all of them; asked for what is pasted."""
        self.take_off_last: Callable[[], bool] | None = None
        self.put_back: Callable[[], bool] | None = None
        """Take the last file off the prompt, put back the one taken off last; whether there was one."""
        self.edits = 0
        """How often the text was changed."""
        self.enter_sends = True
        self.history_walk = PromptHistory()
        self._closed_at: tuple[int, str] | None = None
        """The line at which the list was closed; another text in it opens it again."""
        self._offered_at = (0, 0)
        """The cursor for which the offers are."""
        self._handed_over = ""
        self._most_height = MOST_LINES
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

    def fit(self, lines: int) -> None:
        """Take so many lines at most, the list above counted."""
        self._most_height = lines
        self.styles.max_height = max(2, lines - self.offers.lines)

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn: what no terminal may get is shown by a character of the same place."""
        return Text(_same_length(self.document.get_line(line_index)), end="", no_wrap=True)

    async def on_paste(self, event: events.Paste) -> None:
        """Take text in, without controls, unless it is too much."""
        if self.is_held(event):
            return
        event.stop()
        event.prevent_default()
        self._take_in(event.text)

    def action_paste(self) -> None:
        """The same for the clipboard of this program."""
        self._take_in(self.app.clipboard)

    def _take_in(self, text: str) -> None:
        if len(text) > LONGEST_PASTE:
            self.post_message(messages.AttachmentWanted(text=text))
            return
        if paths := self._files_in(text):
            self.post_message(messages.AttachmentWanted(paths))
            return
        if len(text) + len(self.text) > LARGEST_TEXT:
            self.post_message(messages.PasteTooLarge(len(text)))
            return
        text = tidied(text)
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)
        if hidden := hidden_in(text):
            what = "character that is" if hidden == 1 else "characters that are"
            self.notify(
                f"Pasted with {hidden:,} {what} not to be seen, shown as ·. What you send has them too.",
                severity="warning",
                markup=False,
            )

    def _files_in(self, text: str) -> tuple[str, ...]:
        """The files that a paste names, where it is nothing else: they were dragged here."""
        if self.are_files is None or is_command(self.text):
            return ()
        from tui_sessions.tui.widgets.pasted_paths import pasted_paths  # few paste files

        return next((paths for paths in pasted_paths(text) if self.are_files(paths)), ())

    # ---- keys

    async def on_key(self, event: events.Key) -> None:
        """Act on bound keys in the order of typing, with whatever keymap is set."""
        if self.is_held(event) or event.is_printable:
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

    def action_delete_left(self) -> None:
        """Delete a character; where none is left, the last file that goes along."""
        is_empty = not self.document.get_line(0) and self.document.line_count == 1
        if not is_empty:
            super().action_delete_left()
        elif self.take_off_last is not None:
            self.take_off_last()

    def action_undo(self) -> None:
        """Take the last change back: of the text, or a file taken off after it."""
        if self.put_back is None or not self.put_back():
            super().action_undo()

    def action_attach(self) -> None:
        """Choose files to go along."""
        self.post_message(messages.PickRequested())

    def action_edit_queued(self) -> None:
        """Get the last of the waiting prompts back."""
        self.post_message(messages.QueueRequested(is_edit=True))

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
            self.post_message(messages.NothingEntered())
            return
        self._handed_over = text
        if is_command(text):
            self.post_message(messages.CommandEntered(*split_command(text)))
        else:
            is_literal = text.startswith("::")
            self.post_message(messages.Sent(message_of(text), is_literal, written=text))
        self.hold_keys()

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
        self.edits += 1
        if self._line == self._closed_at:
            self._offer(())
            return
        self._closed_at = None
        self.offer_again()

    def offer_again(self) -> None:
        """Offer what completes the text as it stands: more may be known by now."""
        if self._closed_at is None:
            self._offer(self._found())

    def follow_cursor(self) -> None:
        """What was offered for a word is not offered anywhere else."""
        chosen = self.offers.chosen
        if chosen is not None and chosen.is_word and self.cursor_location != self._offered_at:
            self._offer(())

    @property
    def _line(self) -> tuple[int, str]:
        row = self.cursor_location[0]
        return row, self.document.get_line(row)

    def _found(self) -> Sequence[Completion]:
        (row, column), (_, line) = self.cursor_location, self._line
        if self.document.line_count == 1 and line[:1] == ":" and line[1:2] != ":":
            return completions(line, column, self.commands, self.complete_argument)
        word = word_before(line, column) if self.complete_word is not None else ""
        if not word or self.complete_word is None:
            return ()
        self._offered_at = (row, column)
        return self.complete_word(word, row == 0 and column == len(word))

    def _offer(self, offers: Sequence[Completion]) -> None:
        if offers or self.offers.is_shown:
            # All of the prompt stays within a third of the screen.
            room = self._most_height - max(2, self.wrapped_document.height)
            self.offers.show(offers, max(2, min(MOST_LINES, room)))
            self.fit(self._most_height)

    def _close_offers(self) -> None:
        self._closed_at = self._line
        self._offer(())

    def _takes_offer(self) -> bool:
        """Whether enter means the list: an unfinished name, or an argument or word that was gone to."""
        chosen = self.offers.chosen
        if chosen is None or (not chosen.is_word and chosen.is_typed(self.text)):
            return False
        return chosen.is_command or self.offers.is_moved

    def take(self, offer: Completion | None) -> None:
        """Complete with an offer; the list stays open where more is to follow."""
        if offer is None:
            return
        if offer.is_word:
            self._take_word(offer)
        else:
            self.put(offer.text)
        if not offer.goes_on:
            self._close_offers()

    def _take_word(self, offer: Completion) -> None:
        row, column = self._offered_at
        line = self.document.get_line(row)
        start = column - len(word_before(line, column))
        text = offer.text
        if offer.attaches:
            # In a sentence that speaks of the file its name stays; alone, the chip says it.
            text = offer.attaches.rpartition("/")[2] if start or row else ""
        if not text and line[column : column + 1] == " ":
            column += 1
        self.history.checkpoint()
        result = self.replace(
            text,
            (row, start),
            (row, column),
            maintain_selection_offset=False,
        )
        self.move_cursor(result.end_location)
        self.history.checkpoint()
        if offer.attaches:
            self.post_message(messages.AttachmentWanted((offer.attaches,)))


def _same_length(line: str) -> str:
    shown = clean(line)
    return shown if len(shown) == len(line) else "".join(map(clean, line))

"""The prompt: a message or a colon command being written, with the list of what completes it, the files
that go along, and the prompts that wait before it.

It posts what is to be done with the text; whoever takes the text calls `accept`, so that what could not be
sent stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import TextArea

from tui_sessions.model.message import Part
from tui_sessions.tui.widgets import prompt_messages
from tui_sessions.tui.widgets.completion import CommandInfo, CompleteArgument
from tui_sessions.tui.widgets.completion_list import CompletionList
from tui_sessions.tui.widgets.prompt_area import PLACEHOLDER, PromptArea

if TYPE_CHECKING:
    from tui_sessions.tui.widgets.chip_line import Chip, ChipLine
    from tui_sessions.tui.widgets.queued_lines import QueuedLines

WITH_FILES = "Write what to do with it, or backspace to take it off"
BIG_PROMPT = 9
"""Lines that a prompt has at most from which on two go to files and three to waiting prompts."""


class Prompt(Vertical, can_focus=False):
    """A text that grows to a third of the screen; `enter` sends it."""

    HELP = """\
## Prompt

- Up on the first line brings back earlier prompts, down on the last one the later ones
- `:` begins a command; `::` sends a text that begins with a colon
- Some terminals send `shift+enter` as plain enter; `ctrl+j` makes a new line in all of them
- `@` names a file to attach, at the start also a persona; `#` a tag; `/`, `./`, `../`, `~/` a path: `tab` takes
- Nothing but `#tags`: they are put on the session, and nothing is sent; `::` before `#` or `@` sends them as they are
- Files dragged here, and very long pastes, go along as attachments; backspace in an empty prompt takes the last one off
- While an answer comes, enter lets the prompt wait for its end
"""

    DEFAULT_CSS = """
    Prompt { height: auto; }
    """

    Sent = prompt_messages.Sent
    CommandEntered = prompt_messages.CommandEntered
    EditorRequested = prompt_messages.EditorRequested
    NothingEntered = prompt_messages.NothingEntered
    PasteTooLarge = prompt_messages.PasteTooLarge
    AttachmentWanted = prompt_messages.AttachmentWanted
    AttachmentsChanged = prompt_messages.AttachmentsChanged
    PickRequested = prompt_messages.PickRequested
    QueueRequested = prompt_messages.QueueRequested
    EscapePressed = prompt_messages.EscapePressed
    Edited = prompt_messages.Edited

    def __init__(
        self,
        *,
        commands: Sequence[CommandInfo] = (),
        complete_argument: CompleteArgument | None = None,
        history: Sequence[str] = (),
        enter_sends: bool = True,
        placeholder: str = PLACEHOLDER,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._offers = CompletionList()
        # Made when there is something to show: most sessions need neither, and the first paint waits.
        self._chips: ChipLine | None = None
        self._queued: QueuedLines | None = None
        self._placeholder = placeholder
        self._parts: tuple[Part, ...] = ()
        self._waiting: tuple[str, ...] = ()
        self._refusals: Mapping[str, str] = {}
        self._taken_off: list[tuple[int, Part, int]] = []
        """Place and part of each file that was taken off, and how often the text had been changed then."""
        self._state, self._estimate = "", Content("")
        self.area = PromptArea(self._offers, placeholder=placeholder)
        self.area.take_off_last = lambda: self.take_off(len(self._parts) - 1)
        self.area.put_back = self._put_back
        self.area.commands = commands
        self.area.complete_argument = complete_argument
        self.area.enter_sends = enter_sends
        self.history = tuple(history)

    def compose(self) -> ComposeResult:
        """The list above the text; what waits comes above it, files below it."""
        yield self._offers
        yield self.area

    # ---- what it is given

    @property
    def history(self) -> tuple[str, ...]:
        """Earlier prompts, oldest first."""
        return self._history

    @history.setter
    def history(self, entries: tuple[str, ...]) -> None:
        self._history = entries
        self.area.history_walk = self.area.history_walk.with_entries(entries)

    @property
    def commands(self) -> Sequence[CommandInfo]:
        """The colon commands that are offered; others can still be typed."""
        return self.area.commands

    @commands.setter
    def commands(self, commands: Sequence[CommandInfo]) -> None:
        self.area.commands = commands

    @property
    def complete_argument(self) -> CompleteArgument | None:
        """Who offers arguments of commands."""
        return self.area.complete_argument

    @complete_argument.setter
    def complete_argument(self, complete: CompleteArgument | None) -> None:
        self.area.complete_argument = complete

    @property
    def enter_sends(self) -> bool:
        """Whether enter sends and shift+enter begins a line, or the other way round."""
        return self.area.enter_sends

    @enter_sends.setter
    def enter_sends(self, enter_sends: bool) -> None:
        self.area.enter_sends = enter_sends

    # ---- what stands round the text

    def say_state(self, text: str) -> None:
        """What the session does just now, in the border."""
        self._state = text
        self._show_border()

    def show_estimate(self, text: str, style: str = "") -> None:
        """What sending would use, in the border; `style` is a colour of the theme."""
        self._estimate = Content.styled(text, style) if style else Content(text)
        self._show_border()

    def _show_border(self) -> None:
        parts = [part for part in (Content(self._state), self._estimate) if part.plain]
        self.border_subtitle = Content(" · ").join(parts)

    def show_queue(self, texts: Sequence[str], *, note: str = "", more: str = "") -> None:
        """The prompts that wait; `note` is why they do, where no answer runs."""
        if self._queued is None:
            if not texts:
                return
            from tui_sessions.tui.widgets.queued_lines import QueuedLines

            self._queued = QueuedLines()
            self.mount(self._queued, before=self._offers)
        self._queued.show(texts, note=note, more=more)
        self._fit()

    # ---- the files

    @property
    def attachments(self) -> tuple[Part, ...]:
        """The files that go along."""
        return self._parts

    @attachments.setter
    def attachments(self, parts: Sequence[Part]) -> None:
        if self._parts != tuple(parts):
            self._parts = tuple(parts)
            self._show_chips()
            self.post_message(self.AttachmentsChanged())

    @property
    def waiting(self) -> tuple[str, ...]:
        """Names of files that are about to go along."""
        return self._waiting

    @waiting.setter
    def waiting(self, names: Sequence[str]) -> None:
        self._waiting = tuple(names)
        self._show_chips()

    @property
    def refusals(self) -> Mapping[str, str]:
        """Why some file cannot be sent, by its hash."""
        return self._refusals

    @refusals.setter
    def refusals(self, reasons: Mapping[str, str]) -> None:
        if self._refusals != reasons:
            self._refusals = reasons
            self._show_chips()

    def take_off(self, index: int) -> bool:
        """Take one file off the prompt; undo puts it back. False where there is none."""
        if not 0 <= index < len(self._parts):
            return False
        self._taken_off.append((index, self._parts[index], self.area.edits))
        self.attachments = (*self._parts[:index], *self._parts[index + 1 :])
        return True

    def _put_back(self) -> bool:
        if not self._taken_off or self._taken_off[-1][2] != self.area.edits:
            self._taken_off.clear()
            return False
        index, part, _ = self._taken_off.pop()
        self.attachments = (*self._parts[:index], part, *self._parts[index:])
        return True

    def _show_chips(self) -> None:
        has_files = bool(self._parts or self._waiting)
        if self._chips is None:
            if not has_files:
                return
            from tui_sessions.tui.widgets.chip_line import ChipLine

            self._chips = ChipLine()
            self.mount(self._chips, before=self.area)
        self._chips.show(_chips(self._parts, self._waiting, self._refusals))
        self.area.placeholder = Content(WITH_FILES if has_files else self._placeholder)
        self._fit()

    def _fit(self) -> None:
        """All of it stays within a third of the screen; the text keeps two lines."""
        most = self.app.size.height // 3
        is_big = most >= BIG_PROMPT
        taken = self.gutter.height
        if self._chips is not None:
            self._chips.most_rows = 2 if is_big else 1
            taken += self._chips.rows
        if self._queued is not None:
            self._queued.most_lines = 3 if is_big else 1
            taken += len(self._queued.lines)
        self.area.fit(max(2, most - taken))

    def on_resize(self) -> None:
        """The room is another one."""
        self._fit()

    # ---- the text

    @property
    def text(self) -> str:
        """What is written."""
        return self.area.text

    @property
    def has_words(self) -> bool:
        """Whether anything is written."""
        return bool(self.text.strip())

    def set_text(self, text: str) -> None:
        """Write another text in its place; undo brings the old one back."""
        self.area.put(text)

    def accept(self, attachments: Sequence[Part] = ()) -> None:
        """What was sent or run was taken, with these files: clear it."""
        self.area.accept()
        self._taken_off.clear()
        self.attachments = [part for part in self._parts if part not in attachments]

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the text."""
        # At once, so that what is typed next is typed here.
        self.screen.set_focus(self.area, scroll_visible)
        return self

    @on(TextArea.Changed)
    def _changed(self, message: TextArea.Changed) -> None:
        message.stop()
        self.set_class(self.text.startswith(":"), "-command")
        self.post_message(self.Edited(self.text))

    @on(TextArea.SelectionChanged)
    def _moved(self, message: TextArea.SelectionChanged) -> None:
        message.stop()
        self.area.follow_cursor()

    # By name, not by class: these two are loaded when they are first shown.

    def on_chip_line_taken_off(self, message: ChipLine.TakenOff) -> None:
        """The cross of a file was clicked."""
        message.stop()
        self.take_off(message.index)
        self.focus()

    def on_queued_lines_clicked(self, message: QueuedLines.Clicked) -> None:
        """The waiting prompts were clicked."""
        message.stop()
        self.post_message(self.QueueRequested())

    @on(CompletionList.Clicked)
    def _clicked(self, message: CompletionList.Clicked) -> None:
        message.stop()
        self.area.take(message.completion)
        self.focus()


def _chips(
    parts: Sequence[Part], waiting: Sequence[str], refusals: Mapping[str, str]
) -> list[Chip]:
    from tui_sessions.model.attachment import about
    from tui_sessions.model.display import shown_size
    from tui_sessions.tui.widgets.chip_line import Chip

    chips = []
    for part in parts:
        known = about(part)
        size = "" if known.size is None else shown_size(known.size)
        chips.append(Chip(known.shown_name, size, refusals.get(known.sha256 or "", "")))
    return [*chips, *(Chip(name, "…", is_waiting=True) for name in waiting)]

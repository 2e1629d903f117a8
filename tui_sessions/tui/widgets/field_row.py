"""A field with its label and its editor: loads, checks, saves by itself, says what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from tui_sessions.errors import UsageError
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.field_editors import Editing, Settled, Typed, UndoWanted
from tui_sessions.tui.widgets.fields import Field

PAUSE_S = 0.8
"""A long text is saved after so much quiet."""


@dataclass(frozen=True, slots=True)
class Save:
    """A new value that is right, and whose it is: the form may show another session by now."""

    session_id: str
    before: Any
    after: Any
    ground: Any
    """What stood there when writing began, where another program changed it since."""


class FieldRow(Vertical):
    """One field; `value` is what the session holds as far as we know."""

    can_focus = False
    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    FieldRow { height: auto; width: 1fr; }
    FieldRow .field--line { height: auto; width: 1fr; }
    FieldRow .field--label { width: 12; height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; padding-right: 1; }
    FieldRow.-above .field--label { width: 1fr; padding: 0; }
    FieldRow .field--error { display: none; height: auto; color: $text-error; }
    FieldRow.-wrong .field--error { display: block; }
    """

    @dataclass
    class Ready(Message):
        """Something is to be saved: `drained` has it."""

        row: FieldRow

    @dataclass
    class UndoAsked(Message):
        """Undo was pressed where nothing is typed."""

        row: FieldRow

    def __init__(
        self,
        field: Field,
        editor: Editing,
        *,
        is_labelled: bool = True,
        is_above: bool = False,
        after: Iterable[Widget] = (),
    ) -> None:
        super().__init__(classes="-above" if is_above else None)
        self.field = field
        self.editor = editor
        self.value: Any = None
        self._ground: Any = None
        """The value when writing began: another program may have changed it since."""
        self.session_id = ""
        # Not in the message: one that is under way when the form goes away is lost.
        self._unsent: list[Save] = []
        self._is_labelled = is_labelled
        self._is_above = is_above
        self._after = tuple(after)
        self._error = Static("", classes="field--error", markup=False)
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        """The label before or above the editor, the sentence on what is wrong below."""
        label = Static(clean_line(self.field.label), classes="field--label", markup=False)
        if self._is_above or not self._is_labelled:
            if self._is_labelled:
                yield label
            yield self.editor
        else:
            with Horizontal(classes="field--line"):
                yield label
                yield self.editor
                yield from self._after
        yield self._error

    def load(self, value: Any) -> None:
        """Shows `value` as untouched, whatever stood there."""
        self._stop_pause()
        self.value = self._ground = value
        self._complain("")
        self.editor.load(self.field.shown(value))

    def show(self, session: Session) -> None:
        """Takes what `session` holds now; a text that is being typed stays if it is the same one."""
        value = self.field.read(session)
        is_same, self.session_id = session.id == self.session_id, session.id
        if not (is_same and self.editor.is_typed):
            self.load(value)
            return
        self.value = value
        self.editor.loaded = self.field.shown(value)
        if not self.editor.is_typed:
            self._ground = value
            self._complain("")

    def taken(self) -> tuple[Save, ...]:
        """What is to be saved, once: settles the field first."""
        self._take()
        return self.drained()

    def drained(self) -> tuple[Save, ...]:
        """What was settled before, once; what is being typed now stays."""
        unsent, self._unsent = tuple(self._unsent), []
        return unsent

    def flush(self) -> None:
        """Saves what is typed, if it is right."""
        self._take()
        if self._unsent:
            self.post_message(self.Ready(self))

    def draft(self) -> str | None:
        """What is typed and could not be saved."""
        return self.editor.text if self.editor.is_typed else None

    def resume_draft(self, text: str) -> None:
        """Puts back what could not be saved, with what is wrong with it."""
        self.editor.put(text)
        self._take()

    def refuse(self, sentence: str, value: Any) -> None:
        """Says why saving failed; what was typed stays, `value` is what the file still holds."""
        self.value = self._ground = value
        self.editor.loaded = self.field.shown(value)
        self._complain(sentence)

    @property
    def is_wrong(self) -> bool:
        """Whether a sentence stands under the field."""
        return self.has_class("-wrong")

    def on_typed(self, event: Typed) -> None:
        """A wrong value is told at once when it was told before; long texts save after a pause."""
        event.stop()
        if self.is_wrong:
            self._recheck()
        if self.field.is_long:
            self._stop_pause()
            self._pause = self.set_timer(PAUSE_S, self.flush, name="pause in typing")

    def on_settled(self, event: Settled) -> None:
        """Left or entered: save."""
        event.stop()
        self.flush()

    def on_undo_wanted(self, event: UndoWanted) -> None:
        """Hands the wish on with the field."""
        event.stop()
        self.post_message(self.UndoAsked(self))

    def _take(self) -> None:
        self._stop_pause()
        self._complain("")
        if not self.editor.is_typed:
            return
        try:
            after = self.field.understood(self.editor.text)
        except UsageError as error:
            self._complain(str(error))
            return
        before, self.value = self.value, after
        ground, self._ground = self._ground, after
        self.editor.settle()
        if before != after:
            self._unsent.append(Save(self.session_id, before, after, ground))

    def _recheck(self) -> None:
        try:
            self.field.understood(self.editor.text)
        except UsageError as error:
            self._complain(str(error))
        else:
            self._complain("")

    def _complain(self, sentence: str) -> None:
        self._error.update(clean_line(sentence))
        self.set_class(bool(sentence), "-wrong")

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

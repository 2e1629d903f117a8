"""The details pane: a form of what is known about the open session, which saves by itself.

Posts what changed as a `Change`; who saves it is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from tui_sessions.model.params import NAMED, summary
from tui_sessions.model.session import STATUSES, Change, Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets import fields
from tui_sessions.tui.widgets.facts import facts
from tui_sessions.tui.widgets.field_editors import ChoiceEditor, LineEditor, TextEditor
from tui_sessions.tui.widgets.field_row import FieldRow, Save
from tui_sessions.tui.widgets.meta_rows import MetaRows, NewKey
from tui_sessions.tui.widgets.model_line import ModelLine
from tui_sessions.tui.widgets.params_line import ParamsLine
from tui_sessions.tui.widgets.tag_field import TagEditor

UNDO_DEPTH = 50
AT_HAND_LABELS = ("–", *fields.SWITCH_WORDS[1:])
EMPTY = "No session is open.\nOpen one in the tree, or begin one."


def not_moved(_: Session) -> bool:
    """Nobody else wrote there, as far as it matters."""
    return False


class Details(VerticalScroll, can_focus=False):
    """Title, tags, project, status, model, system prompt, parameters, notes, any key, and facts."""

    HELP = """\
## Details

Everything here is saved by itself when you leave a field or press **enter**; a long text also
after a short pause. **ctrl+z** takes back typing, then the last saved change of that field.

- **tags**: a comma or enter adds one, backspace removes the last, right completes
- **further**: parameters that have no field here; **enter** lists all, as `:params` does
- **+ key: value**: any further key; numbers, true, false and JSON keep their type. Emptied, a key is removed
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "next_field", "Next field", id="details.next", show=False),
        Binding("up", "previous_field", "Previous field", id="details.previous", show=False),
        Binding("ctrl+z", "nothing", "Undo field", id="details.undo"),
    ]
    DEFAULT_CSS = """
    Details { height: 1fr; padding: 0 0 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    Details > #form { height: auto; }
    Details > #empty { height: auto; color: $text-muted; padding: 1 0; }
    Details #title LineEditor { text-style: bold; }
    Details .gap { margin-top: 1; }
    Details #facts { height: auto; color: $text-muted; margin: 1 0; }
    """

    @dataclass
    class Edited(Message):
        """A field was changed: `change` makes it so, `before` and `after` are its values."""

        session_id: str
        field: str
        change: Change
        before: object
        after: object
        is_moved: Callable[[Session], bool] = not_moved
        """Whether somebody else wrote there meanwhile, so that `change` is not to be made."""

    @dataclass
    class ModelRequested(Message):
        """Enter was pressed on the model."""

        session_id: str

    @dataclass
    class ParamsRequested(Message):
        """Enter was pressed on the further parameters."""

        session_id: str

    def __init__(
        self, *, model_key: str = "ctrl+l", id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.session: Session | None = None
        self._undo: dict[tuple[str, str], list[object]] = {}
        self._drafts: dict[tuple[str, str], str] = {}
        self._tags = TagEditor(fields.TAGS.hint)
        self._project = LineEditor(fields.PROJECT.hint)
        self._title = LineEditor("title")
        self._model = ModelLine(model_key)
        self._params = ParamsLine()
        self._meta = MetaRows()
        self._new_key = NewKey()
        self._facts = Static("", id="facts", markup=False)
        self._rows = self._fixed_rows()

    def compose(self) -> ComposeResult:
        """The form, hidden while no session is open."""
        yield Static(EMPTY, id="empty", markup=False)
        with Vertical(id="form"):
            title, tags, project, status, at_hand, *others = self._rows
            system, temperature, max_tokens, context, notes = others
            title.id = "title"
            project.add_class("gap")
            yield from (title, tags, project, status, at_hand, self._model)
            for row in (system, temperature, notes):
                row.add_class("gap")
            yield from (system, temperature, max_tokens, context, self._params, notes)
            self._meta.add_class("gap")
            yield self._meta
            yield self._new_key
            yield self._facts

    def on_mount(self) -> None:
        """Nothing is open at first."""
        self.query_one("#form").display = False
        self.can_focus = True

    def show(
        self,
        session: Session | None,
        *,
        tags_in_use: Sequence[str] = (),
        projects_in_use: Sequence[str] = (),
        file: str = "",
    ) -> None:
        """Shows `session`; given the same one again, what is being typed stays.

        Call it once the pane is mounted. `file` is the path to name among the facts."""
        self._tags.words = tags_in_use
        self._project.completion.words = projects_in_use
        is_same = session is not None and self.session is not None and (
            session.id == self.session.id
        )  # fmt: skip
        if not is_same:
            self._leave_session()
        self.session = session
        is_fixed = session is None or session.is_read_only
        self.can_focus = is_fixed
        self.query_one("#empty").display = session is None
        form = self.query_one("#form")
        form.display, form.disabled = session is not None, is_fixed
        if session is not None:
            self._fill(session)
            if not is_same:
                self._resume_drafts(session)
            self._facts.update(facts(session, file))

    def take_edits(self) -> tuple[Edited, ...]:
        """What is typed and not saved yet, once: for a program that is about to end."""
        if self.session is None:
            return ()
        edits = [self._edited(row, save) for row in self._every_row() for save in row.taken()]
        if (pair := self._new_key.taken()) is not None:
            edits.append(self._added(self.session.id, *pair))
        return tuple(edits)

    def flush(self) -> None:
        """Posts what is typed and not saved yet."""
        for edited in self.take_edits():
            self.post_message(edited)

    def refuse(self, field: str, sentence: str) -> None:
        """Saving `field` failed: says why under it and keeps what was typed."""
        row = next((row for row in self._every_row() if row.field.key == field), None)
        if row is not None and self.session is not None:
            row.refuse(sentence, row.field.read(self.session))

    def on_unmount(self) -> None:
        """Nothing typed is lost: our own queue is closed by now, so the parent is told."""
        home = self.parent
        for edited in self.take_edits():
            if isinstance(home, Widget):
                home.post_message(edited)

    def on_field_row_ready(self, event: FieldRow.Ready) -> None:
        """A field was left with a new value."""
        event.stop()
        for save in event.row.drained():
            self.post_message(self._edited(event.row, save))

    def on_field_row_undo_asked(self, event: FieldRow.UndoAsked) -> None:
        """Brings back the value the field had before its last save."""
        event.stop()
        row, key = event.row, event.row.field.key
        stack = self._undo.get((row.session_id, key), [])
        if stack:
            before, after = row.value, stack.pop()
            row.load(after)
            change = row.field.change(before, after)
            self.post_message(self.Edited(row.session_id, key, change, before, after))

    def on_new_key_added(self, event: NewKey.Added) -> None:
        """A further key was written."""
        event.stop()
        self.post_message(self._added(event.session_id, event.key, event.value))

    def on_model_line_requested(self, event: ModelLine.Requested) -> None:
        """Adds whose model it is."""
        event.stop()
        if self.session is not None:
            self.post_message(self.ModelRequested(self.session.id))

    def on_params_line_requested(self, event: ParamsLine.Requested) -> None:
        """Adds whose they are."""
        event.stop()
        if self.session is not None:
            self.post_message(self.ParamsRequested(self.session.id))

    def action_next_field(self) -> None:
        """Goes to the field below."""
        self._step(1)

    def action_previous_field(self) -> None:
        """Goes to the field above."""
        self._step(-1)

    def action_nothing(self) -> None:
        """The fields undo; this only names the key in the footer."""

    def _fixed_rows(self) -> tuple[FieldRow, ...]:
        def line(field: fields.Field) -> FieldRow:
            return FieldRow(field, LineEditor(field.hint))

        def above(field: fields.Field) -> FieldRow:
            return FieldRow(field, TextEditor(field.hint), is_above=True)

        return (
            FieldRow(fields.TITLE, self._title, is_labelled=False),
            FieldRow(fields.TAGS, self._tags, is_labelled=False),
            FieldRow(fields.PROJECT, self._project),
            FieldRow(fields.STATUS, ChoiceEditor(STATUSES)),
            FieldRow(fields.AT_HAND, ChoiceEditor(fields.SWITCH_WORDS, labels=AT_HAND_LABELS)),
            above(fields.SYSTEM),
            line(fields.TEMPERATURE),
            line(fields.MAX_TOKENS),
            line(fields.CONTEXT_WINDOW),
            above(fields.NOTES),
        )

    def _every_row(self) -> Iterator[FieldRow]:
        yield from self._rows
        yield from self._meta

    def _fill(self, session: Session) -> None:
        self._title.placeholder = clean_line(session.shown_title)
        self._model.model = session.model
        self._params.summary = summary(session.params, without=NAMED)
        self._new_key.session_id = session.id
        self._meta.show(session)
        for row in self._rows:
            row.show(session)

    def _resume_drafts(self, session: Session) -> None:
        for row in self._every_row():
            draft = self._drafts.pop((session.id, row.field.key), None)
            if draft is not None:
                row.resume_draft(draft)

    def _leave_session(self) -> None:
        """Saves what can be saved and keeps the rest until the session is opened again."""
        if self.session is None:
            return
        self.flush()
        for row in self._every_row():
            if (draft := row.draft()) is not None:
                self._drafts[self.session.id, row.field.key] = draft
        self._new_key.clear()

    def _edited(self, row: FieldRow, save: Save) -> Edited:
        key = row.field.key
        self._remember(save.session_id, key, save.before)
        field, after, ground = row.field, save.after, save.ground
        return self.Edited(
            save.session_id,
            key,
            field.change(ground, after),
            save.before,
            after,
            lambda session: field.is_moved(session, ground, after),
        )

    def _added(self, session_id: str, key: str, value: Any) -> Edited:
        field = fields.meta_field(key)
        is_open = self.session is not None and self.session.id == session_id
        before = field.read(self.session) if is_open and self.session else None
        self._remember(session_id, field.key, before)
        return self.Edited(session_id, field.key, field.change(before, value), before, value)

    def _remember(self, session_id: str, key: str, before: Any) -> None:
        stack = self._undo.setdefault((session_id, key), [])
        stack.append(before)
        del stack[:-UNDO_DEPTH]

    def _step(self, step: int) -> None:
        places = [widget for widget in self.screen.focus_chain if self in widget.ancestors]
        if self.screen.focused in places:
            at = places.index(self.screen.focused) + step
            if 0 <= at < len(places):
                # At once: `focus()` waits its turn, and quick steps would be lost.
                self.screen.set_focus(places[at])

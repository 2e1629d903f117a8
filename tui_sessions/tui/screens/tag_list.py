"""Every tag with its sessions counted: shown in the tree, renamed, merged, or taken off everywhere.

Knows names and numbers; what changes the sessions is the business of `Tags`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.worker import get_current_worker

from tui_sessions.errors import TuiSessionsError, UsageError
from tui_sessions.model.display import shown_count, shown_sessions
from tui_sessions.model.tags import tidy_tag
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.confirm import ConfirmDialog
from tui_sessions.tui.screens.dialog import LineDialog, PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices
from tui_sessions.tui.widgets.status_line import StatusLine

REPORT_EVERY_S = 0.1
"""Progress that is told more often is not read, and keeps the screen busy."""

Work = Callable[[Callable[[int, int], None], Callable[[], bool]], str]
"""Something that takes a while: told how to report how far it is and how to see that it is to end,
it answers with a sentence on what was done."""


class Tags(Protocol):
    """Where tags come from and what is done with them. `rename` and `remove` run in a thread and may
    raise a `TuiSessionsError`, which is shown."""

    def counted(self) -> Sequence[tuple[str, int]]:
        """Every tag with the number of its sessions."""

    def rename(self, tag: str, new: str) -> Work:
        """Calls it `new` everywhere."""

    def remove(self, tag: str) -> Work:
        """Takes it off everywhere."""

    def changed(self) -> None:
        """Called when something may have changed, to show the rest of the screen anew."""


class RenameTagDialog(LineDialog):
    """Asks for another name of a tag; says when there is such a tag already."""

    VERB = "rename"

    def __init__(self, tag: str, counts: Sequence[tuple[str, int]]) -> None:
        super().__init__(f"Rename the tag {clean_line(tag)}", tag)
        self._tag = tag
        self._counts = {name.casefold(): (name, count) for name, count in reversed(counts)}
        self.line.completion.words = [name for name, _ in counts if name != tag]

    def answer(self) -> str:
        """The name as it is to be written; of a tag in use, as that one is written."""
        name = tidy_tag(self.line.text)
        if not name:
            raise UsageError("A tag needs a name.")
        return self._other(name) or name

    def on_line(self, text: str) -> None:
        """How many sessions it is about, and what becomes of the tag of that name."""
        name = tidy_tag(text)
        count = self._counts[self._tag.casefold()][1]
        if other := self._other(name):
            there = shown_sessions(self._counts[name.casefold()][1])
            self.note(f"{other} is there already, in {there}. The two become one.")
        else:
            self.note(f"In {shown_sessions(count)}.")

    def _other(self, name: str) -> str:
        """The tag in use that is called so, "" where it would be the only one."""
        is_same = name.casefold() == self._tag.casefold()
        return "" if is_same else self._counts.get(name.casefold(), ("", 0))[0]


class TagListDialog(PickerDialog[str]):
    """The result is the tag of which to show the sessions."""

    VERB = "show its sessions"
    LEAVE = "back"
    KEYS = (("tags.rename", "F2", "rename"), ("tags.delete", "del", "take off"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "rename", "Rename everywhere, or merge", id="tags.rename", priority=True),
        # Before the filter, which would delete a letter that is not there.
        Binding("delete", "remove", "Take off everywhere", id="tags.delete", priority=True),
    ]

    def __init__(self, tags: Tags, *, undoing: str = "") -> None:
        choices = Choices(
            heads=("sessions",),
            placeholder="type a tag",
            empty="There are no tags yet. Leave with escape; :tag NAME gives the open session one.",
            noun=("tag", "tags"),
        )
        super().__init__("Tags", choices, ())
        self._tags = tags
        self._undoing = undoing
        self._counts: dict[str, int] = {}
        self._stop = Event()
        self._is_busy = False
        self._told = StatusLine(id="tags_told")

    def body(self) -> ComposeResult:
        """The list, and what was done."""
        yield self.choices
        yield self._told

    def fill(self) -> None:
        """The tags as they are now."""
        counted = tuple(self._tags.counted())
        self._counts = dict(counted)
        self.choices.show(
            [Choice(name, name, (shown_count(count),), tag=name) for name, count in counted]
        )

    def picked(self, key: str) -> str:
        """The tag."""
        if self._is_busy:
            raise UsageError("It is still being changed. Escape stops that.")
        return key

    def on_moved(self, key: str | None) -> None:
        """What was wrong was about another one."""
        self.complain("")

    def action_rename(self) -> None:
        """Asks for another name."""
        tag = self.choices.current
        if tag is None or self._is_busy:
            return
        dialog = RenameTagDialog(tag, tuple(self._counts.items()))
        self.app.push_screen(dialog, lambda new: self._named(tag, new))

    def _named(self, tag: str, new: str | None) -> None:
        if new is None or new == tag:
            return
        other = {name.casefold(): name for name in self._counts}.get(new.casefold())
        begin = partial(self._begin, self._tags.rename(tag, new))
        if other is None or new.casefold() == tag.casefold():
            begin()
            return
        question = f"Merge {clean_line(tag)} into {clean_line(new)}?"
        note = f"{shown_sessions(self._counts[tag])} will have {clean_line(new)} instead. {self._undoing}"
        self._ask(question, note, "merge", begin)

    def action_remove(self) -> None:
        """Asks, then takes the tag off."""
        tag = self.choices.current
        if tag is None or self._is_busy:
            return
        question = f"Take {clean_line(tag)} off {shown_sessions(self._counts[tag])}?"
        note = f"The sessions stay. {self._undoing}"
        self._ask(question, note, "take off", partial(self._begin, self._tags.remove(tag)))

    def _ask(self, question: str, note: str, verb: str, then: Callable[[], None]) -> None:
        dialog = ConfirmDialog(question, note=note, verb=verb)
        self.app.push_screen(dialog, lambda yes: then() if yes else None)

    # what takes a while

    def _begin(self, work: Work) -> None:
        self._is_busy = True
        self._stop.clear()
        self._told.say("Looking for the sessions …", key="esc stops")
        self.run_worker(
            partial(self._run, work), thread=True, group="tags", exclusive=True, exit_on_error=False
        )

    def _run(self, work: Work) -> None:
        worker = get_current_worker()
        reported = 0.0

        def report(done: int, total: int) -> None:
            nonlocal reported
            if time.monotonic() - reported > REPORT_EVERY_S and not worker.is_cancelled:
                reported = time.monotonic()
                self.app.call_from_thread(self._show_progress, done, total)

        try:
            sentence, kind = (
                work(report, lambda: self._stop.is_set() or worker.is_cancelled),
                "info",
            )
        except TuiSessionsError as problem:
            sentence, kind = str(problem), "error"
        if not worker.is_cancelled:
            self.app.call_from_thread(self._end, sentence, kind)

    def _show_progress(self, done: int, total: int) -> None:
        self._told.say(f"{shown_count(done)} of {shown_sessions(total)} …", key="esc stops")

    def _end(self, sentence: str, kind: str) -> None:
        self._is_busy = False
        self._told.say(sentence, kind=kind)
        self.fill()
        self._tags.changed()

    def action_cancel(self) -> None:
        """Stops what is being done; else leaves."""
        if self._is_busy:
            self._stop.set()
        else:
            self.dismiss(None)

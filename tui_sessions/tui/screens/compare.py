"""The answers to one prompt side by side: read them while they arrive, see where they differ, pick one."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from tui_sessions.engine.events import (
    AnswerSoFar,
    EngineEvent,
    SessionChanged,
    TextArrived,
    TurnEnded,
    TurnStarted,
    TurnWaiting,
)
from tui_sessions.model.comparisons import Verdict, verdict
from tui_sessions.model.display import shown_number, shown_wait
from tui_sessions.model.text import clean_line
from tui_sessions.tui.bridge import EngineNews
from tui_sessions.tui.candidates import Candidates
from tui_sessions.tui.screens.side_by_side import PATIENCE, Keys, SideBySide, key
from tui_sessions.tui.widgets.answer_column import Candidate

if TYPE_CHECKING:
    from tui_sessions.tui.compare_owner import CompareOwner

TICK_S = 0.5
"""So often the figures of what arrives are looked at."""


class CompareScreen(SideBySide[None]):
    """The answers of a turn; it is left with escape, and what arrives goes on."""

    HELP = """\
## Side by side

The answer that is picked stands in the conversation, and the choice is kept with its turn; the others stay
as alternatives. Leaving stops nothing. Of each figure the best is bright.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "pick(0)", "pick this answer", "pick"),
        key("1", "pick(1)", "pick answer 1, and so on to 9", "pick_1"),
        *(key(str(n), f"pick({n})", "", f"pick_{n}") for n in range(2, 10)),
        key("t", "even(True)", "a tie", "tie"),
        key("0", "even(False)", "none of them is any good", "none"),
        key("n", "note", "a note to the verdict", "note"),
        key("u", "undo", "take back", "undo"),
        key("r", "again", "ask this model again", "again"),
        key("plus", "add", "ask further models", "add"),
        key("e", "other_prompt", "ask this model with another prompt", "other_prompt"),
        key("s,ctrl+x", "stop", "stop this answer", "stop"),
    ]
    KEYS: ClassVar[Keys] = (
        ("compare.pick", "enter", "pick"),
        ("compare.pick_1", "1", "…9 pick"),
        ("compare.tie", "t", "tie"),
        ("compare.difference", "d", "difference"),
        ("compare.note", "n", "note"),
        ("compare.next", "→", "next"),
        ("compare.again", "r", "again"),
        ("compare.add", "+", "add"),
        ("compare.other_prompt", "e", "other prompt"),
        ("compare.stop", "s", "stop"),
        ("compare.together", "z", "together"),
        ("compare.single", "f", "one alone"),
        ("compare.help", "F1", "help"),
        ("compare.leave", "esc", "back"),
    )

    def __init__(self, owner: CompareOwner) -> None:
        super().__init__(owner.title, owner.prompt)
        self._owner = owner
        self._candidates = Candidates()
        self._verdict: Verdict | None = None
        self._differ_due = 0.0

    def on_mount(self) -> None:
        """As far as the answers are by now."""
        self._owner.begin(self, self.reload)
        self.reload()
        for event in self._owner.missed():
            if isinstance(event, TurnEnded):
                self._hear(event)
        self._candidates.arrange(self._owner.asked)
        self.show(self._candidates.entries)
        self.set_interval(TICK_S, self._tick)

    def on_unmount(self) -> None:
        """Nobody listens any more; the answers go on."""
        self._owner.end()

    # what is shown

    def reload(self) -> None:
        """The answers as they stand in the file now, and those that arrive."""
        turn = self._owner.turn()
        if turn is None:
            self.dismiss(None)
            return
        self._verdict = verdict(turn)
        self._candidates.load(turn, self._owner.running())
        self.show(self._candidates.entries)
        self._show_progress()

    def is_picked(self, entry: Candidate) -> bool:
        """Whether the verdict is for it."""
        known = self._verdict
        return known is not None and entry.answer is not None and known.is_for(entry.answer)

    def state(self) -> Iterable[str]:
        """How many there are, and what was thought of them."""
        running = sum(entry.is_running for entry in self._entries)
        yield shown_number(len(self._entries), "answer")
        if running:
            yield f"{running} arriving"
        if self._verdict is not None:
            said = {"tie": "a tie", "none": "none is any good"}.get(self._verdict.result)
            if said is not None:
                yield said
            if self._verdict.note:
                yield f"“{clean_line(self._verdict.note)}”"

    # what the engine reports

    @on(EngineNews)
    def _news(self, message: EngineNews) -> None:
        is_stale = False
        for event in message.take():
            if event.session_id == self._owner.session_id:
                is_stale |= self._hear(event)
        if is_stale:
            self.reload()

    def _hear(self, event: EngineEvent) -> bool:
        """Whether the session has to be read again."""
        if isinstance(event, SessionChanged):
            return True
        if getattr(event, "turn_id", None) != self._owner.turn_id:
            return False
        match event:
            case TextArrived():
                self._take(event)
            case TurnStarted():
                return True
            case TurnWaiting():
                self._candidates.wait(event.answer_id, shown_wait(event.reason, event.wait_s))
                self.show(self._candidates.entries)
            case TurnEnded() if event.outcome is not None:
                self._candidates.end(event.answer_id, event.outcome)
                self.show(self._candidates.entries)
        return False

    def _take(self, event: TextArrived) -> None:
        column = self._columns.get(event.answer_id)
        if column is None:
            return
        if column.candidate.waiting:
            self._candidates.wait(event.answer_id, "")
            self.show(self._candidates.entries)
        column.view.take(event.offset, event.text, is_reasoning=event.is_reasoning)
        self.plan_frame()

    def _tick(self) -> None:
        if any(entry.is_running for entry in self._entries):
            self._show_progress()
            if (began := perf_counter()) >= self._differ_due:
                self.differ()  # Of a megabyte that takes a second: keys come between.
                self._differ_due = began + (1 + PATIENCE) * (perf_counter() - began)

    def _show_progress(self) -> None:
        running = self._owner.running()
        self._count_down(running)
        for so_far in running:
            column = self._columns.get(so_far.answer_id)
            if column is not None:
                column.show_progress(so_far.first_token_ms, so_far.elapsed_ms)

    def _count_down(self, running: Iterable[AnswerSoFar]) -> None:
        shown = {entry.key: entry.waiting for entry in self._entries}
        for so_far in running:
            if so_far.waiting and so_far.wait_s is not None:
                words = shown_wait(so_far.waiting, so_far.wait_s)
                if shown.get(so_far.answer_id) not in (None, words):
                    self._candidates.wait(so_far.answer_id, words)
        if any(shown.get(entry.key) != entry.waiting for entry in self._candidates.entries):
            self.show(self._candidates.entries)

    # verdict

    def action_pick(self, number: int) -> None:
        """Pick the answer of that number, or the one that has the focus; picked already, go back."""
        if number > len(self._entries):
            self.notify(f"There is no answer {number}.", markup=False)
            return
        entry = self._entries[number - 1] if number else self.entry
        if entry is None or entry.answer is None:
            self.notify("It is still arriving: wait for its end, or stop it.", markup=False)
        elif entry.is_empty:
            self.notify("There is no answer here that could be picked.", markup=False)
        elif not number and self.is_picked(entry):
            self.dismiss(None)
        elif self._owner.pick(entry.answer):
            self._at = entry.key
            self.reload()

    def action_even(self, is_any_good: bool) -> None:
        """Keep that none is better than the others."""
        self._owner.even(is_any_good=is_any_good)
        self.reload()

    def action_note(self) -> None:
        """Write why."""
        self._owner.note()

    def action_undo(self) -> None:
        """Take back what was done last."""
        self._owner.undo()
        self.reload()

    # asking

    def action_again(self) -> None:
        """Ask the model of this answer once more, at once where that is waited for; one that failed makes
        room."""
        entry = self.entry
        if entry is not None and entry.waiting and self._owner.ask_at_once(entry.key):
            return
        if entry is None or not self._owner.ask((entry.model,)):
            return
        if entry.is_empty:
            self._candidates.drop(entry.key)
        self.reload()
        # It may stand outside the window.
        name = clean_line(entry.model)
        self.notify(f"{name} is asked again: answer {len(self._entries)}.", markup=False)

    def action_add(self) -> None:
        """Ask further models."""
        self._owner.add()

    def action_other_prompt(self) -> None:
        """Ask the model of this answer with another prompt, on a branch."""
        if self.entry is not None:
            self._owner.other_prompt(self.entry.model)

    def action_stop(self) -> None:
        """End this answer; what came is kept."""
        entry = self.entry
        if entry is not None and entry.is_running:
            self._owner.stop(entry.key)
        else:
            self.notify("This answer has ended.", markup=False)

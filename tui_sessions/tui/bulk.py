"""Marks, and what is done to one session or to many at once: tags, status, pin, star, trash.

Each is one step of the history. One session is changed at once, several in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from tui_sessions.errors import ConflictError, UsageError
from tui_sessions.model.display import shown_sessions
from tui_sessions.model.edits import add_tags, remove_tags, set_meta, set_status, set_tags
from tui_sessions.model.session import Change, Session
from tui_sessions.model.steps import Outcome
from tui_sessions.model.tags import split_tags
from tui_sessions.tui.jobs import IsStopped, Jobs, Report
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.targets import SESSION, Targets, ids_below, targets, title_of

MOST_TITLES = 6
"""So many are read out of the index for a question about all of them."""
MOST_COMPARED = 1000
"""Of more sessions the dialog does not look up which tags all of them have; it adds only."""
PROBLEMS_NAMED = 20
"""`Outcome` counts the rest in a sentence."""
Work = Callable[[str, Report, IsStopped], Outcome]
"""What is done to many sessions, from the name of the step on."""


class Bulk:
    """What keys and commands do to the sessions that are meant."""

    def __init__(self, stage: Stage, jobs: Jobs) -> None:
        self._stage = stage
        self._jobs = jobs

    # marks

    def mark_all(self) -> None:
        """Mark everything that matches the filter, folded or not; again: unmark it."""
        workspace = self._stage.workspace
        self._mark(workspace.library.ids(workspace.query))

    def mark_below(self, key: str) -> None:
        """Mark everything in a folder or group; again: unmark it."""
        self._mark(ids_below(self._stage.workspace, key))

    def _mark(self, ids: Sequence[str]) -> None:
        self._stage.sessions.toggle_marked(SESSION + session_id for session_id in ids)

    # tags, status, pin, star

    def tag(self, tags: str = "") -> None:
        """Add tags; without any, edit those that all have."""
        meant = targets(self._stage)
        if tags:
            self.edit(meant, add_tags(split_tags(tags)), "tags", "Tagged")
        else:
            self._ask_tags(meant)

    def _ask_tags(self, meant: Targets) -> None:
        from tui_sessions.tui.screens.tags import TagsDialog

        shared = () if len(meant.ids) > MOST_COMPARED else self._shared_tags(meant)
        dialog = TagsDialog(
            shared, in_use=self._stage.workspace.tags_in_use(), sessions=max(1, len(meant.ids))
        )

        def chosen(new: tuple[str, ...] | None) -> None:
            if new is None or new == shared:
                return
            # Of several, only what was added or removed here is changed: each keeps its others.
            change = set_tags(new) if len(meant.ids) < 2 else _retag(shared, new)
            self._stage.attempt(lambda: self.edit(meant, change, "tags", "Tagged"))

        self._stage.app.push_screen(dialog, chosen)

    def _shared_tags(self, meant: Targets) -> tuple[str, ...]:
        if meant.is_open:
            return self._stage.workspace.session.meta.tags
        row = self._stage.workspace.library.row
        first, *others = (row(session_id).tags for session_id in meant.ids)
        sets = [{tag.casefold() for tag in tags} for tags in others]
        return tuple(tag for tag in first if all(tag.casefold() in tags for tags in sets))

    def untag(self, tags: str) -> None:
        """Remove tags."""
        if not tags:
            raise UsageError(":untag needs the tags to remove, with commas between them.")
        self.edit(targets(self._stage), remove_tags(split_tags(tags)), "tags", "Untagged")

    def pin(self) -> None:
        """Keep at hand, on top of the tree; where all are pinned, no longer."""
        self._flag("pinned", "pin", ("Pinned", "Unpinned"))

    def star(self) -> None:
        """Mark with a star; where all have one, take it away."""
        self._flag("starred", "star", ("Starred", "Took the star from"))

    def _flag(self, key: str, label: str, done: tuple[str, str]) -> None:
        meant = targets(self._stage)
        is_on = all(meta.get(key) is True for meta in self._metas(meant))
        change = set_meta(key, None if is_on else True)
        if self.edit(meant, change, label, done[is_on]) and meant.is_open:
            self._stage.say(f"{done[is_on]} this session.")

    def _metas(self, meant: Targets) -> Iterator[dict[str, Any]]:
        workspace = self._stage.workspace
        if meant.is_open:
            yield workspace.session.meta.extra
            return
        for session_id in meant.ids:
            yield workspace.library.row(session_id).meta

    def status(self, status: str) -> None:
        """Move along the life cycle. Raises `UsageError` for a status that is none."""
        done = f"Status {status}:"
        meant = targets(self._stage)
        if self.edit(meant, set_status(status), "status", done) and meant.is_open:
            self._stage.say(f"Status: {status}.")

    def edit(self, meant: Targets, change: Change, label: str, done: str) -> bool:
        """Change the sessions, one step for all; False where that goes on in a thread, or nothing came
        of it. `done` begins the sentence that says how it went."""
        workspace = self._stage.workspace
        if meant.is_draft or len(meant.ids) == 1:
            session_id = meant.ids[0] if meant.ids else workspace.session.id
            is_done = self._stage.attempt(lambda: self._edit_one(session_id, change, label))
            if is_done and not meant.is_open:
                self._stage.say(f"{done} {meant.named(workspace)}.")
                self._drop_marks()
            self.show_changed()
            return is_done
        history = workspace.library.history
        self.run(
            meant,
            label,
            lambda step, report, stop: history.edit(
                meant.ids, change, step, progress=report, stop=stop
            ),
            done,
        )
        return False

    def _edit_one(self, session_id: str, change: Change, label: str) -> Session:
        return self._stage.workspace.edit(session_id, change, label=label)

    # trash

    def delete(self, meant: Targets) -> None:
        """Ask, then put sessions into the trash. What is being answered stays."""
        workspace = self._stage.workspace
        stays = ""
        if len(meant.ids) == 1:
            # One that is gone already is told, not asked about.
            workspace.library.row(meant.ids[0])
            stays = _branches_stay(workspace.library.branches(meant.ids[0]))
        if set(meant.ids) <= self._stage.services.turns.running_ids():
            raise ConflictError("It is being answered. Stop the answer first (esc).")
        self._jobs.check()
        question = f"Put {meant.named(workspace)} into the trash?"
        titles = [title_of(workspace, session_id) for session_id in meant.ids[:MOST_TITLES]]
        titles += [""] * (len(meant.ids) - len(titles))  # Only counted.
        self.ask(question, titles, lambda: self.delete_now(meant.ids), stays)

    def delete_now(self, session_ids: Sequence[str]) -> None:
        """Into the trash, without a question."""
        workspace = self._stage.workspace
        answering = self._stage.services.turns.running_ids()
        ids = tuple(session_id for session_id in session_ids if session_id not in answering)
        left = len(session_ids) - len(ids)

        def done(outcome: Outcome) -> None:
            self._leave_what_is_gone()
            what = "The session is" if outcome.done == 1 else f"{outcome.done:,} sessions are"
            note = f" {left:,} being answered stayed." if left else ""
            if outcome.done:
                self._stage.say(f"{what} in the trash. {self.undoing} brings back.{note}")
            self.tell_problems(outcome)

        if len(ids) == 1:
            self._stage.attempt(lambda: done(workspace.library.history.delete(ids)))
            self._drop_marks()
            self.show_changed()
            return
        history = workspace.library.history
        self.run(
            Targets(ids),
            "deletion",
            lambda _, report, stop: history.delete(ids, progress=report, stop=stop),
            "Deleted",
            done,
        )

    def ask(
        self, question: str, details: Sequence[str], then: Callable[[], None], stays: str = ""
    ) -> None:
        """Ask before something goes that can be brought back; `stays` says what does not go along."""
        from tui_sessions.tui.screens.confirm import ConfirmDialog

        note = f"{stays} {self.undoing} brings back what went.".strip()

        def answered(yes: bool | None) -> None:
            if yes:
                self._stage.attempt(then)

        self._stage.app.push_screen(ConfirmDialog(question, details=details, note=note), answered)

    @property
    def undoing(self) -> str:
        """How to undo from anywhere: the key types a letter where something is typed."""
        return f"{self._stage.keys.shown('session.undo')} in a list, or :undo,"

    def _leave_what_is_gone(self) -> None:
        workspace = self._stage.workspace
        if not workspace.is_draft and not workspace.is_there:
            self._stage.open_draft()

    # many

    def run(
        self,
        meant: Targets,
        label: str,
        work: Work,
        done: str,
        then: Callable[[Outcome], None] | None = None,
    ) -> None:
        """Do something to many sessions in a thread, and say in one sentence how it went."""
        step = f"{label} of {len(meant.ids):,} sessions"

        def ended(outcome: Outcome) -> None:
            self._drop_marks()
            if then is None:
                self.tell(outcome, done)
            else:
                then(outcome)
            self.show_changed()

        self._jobs.run(step, partial(work, step), ended)

    def tell(self, outcome: Outcome, done: str) -> None:
        """One sentence: how many, how many refused and why, whether it was stopped."""
        parts = [f"{done} {shown_sessions(outcome.done)}"]
        if outcome.problems:
            parts.append(f"{_refused(outcome)} refused: {outcome.problems[0]}")
        elif not outcome.done:
            parts = ["Nothing had to be changed"]
        if self._jobs.was_stopped:
            parts.append("stopped before the others")
        sentence = "; ".join(parts)
        self._stage.say(
            sentence if sentence.endswith(".") else f"{sentence}.",
            "warning" if outcome.problems else "information",
        )

    def tell_problems(self, outcome: Outcome) -> None:
        """What refused, where the rest is told already."""
        if outcome.problems:
            others = f" ({_refused(outcome)} refused.)" if len(outcome.problems) > 1 else ""
            self._stage.say(f"{outcome.problems[0]}{others}", "error")

    def show_changed(self) -> None:
        """Show tree and open session anew."""
        self._stage.show_reread()
        self._stage.show_tree()

    def _drop_marks(self) -> None:
        self._stage.sessions.set_marked(())


def _retag(before: Sequence[str], after: Sequence[str]) -> Change:
    gone, new = remove_tags(set(before) - set(after)), add_tags(after)
    return lambda session: new(gone(session))


def _refused(outcome: Outcome) -> str:
    count = len(outcome.problems)
    return f"{count}" if count <= PROBLEMS_NAMED else f"more than {PROBLEMS_NAMED}"


def _branches_stay(count: int) -> str:
    if not count:
        return ""
    return "Its branch stays." if count == 1 else f"Its {count:,} branches stay."

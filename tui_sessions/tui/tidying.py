"""`:cleanup`, `:archive`, `:compress`: looked at first, done in a thread, taken back with one undo."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tui_sessions.config.expiry import expiry
from tui_sessions.errors import ConflictError, UsageError
from tui_sessions.model.dates import parse_since
from tui_sessions.model.display import shown_number, shown_sessions, shown_size
from tui_sessions.model.results import SessionRow
from tui_sessions.model.steps import Outcome
from tui_sessions.model.text import clean_line
from tui_sessions.model.upkeep import Plan, Wanted, comes_back, is_in_archive
from tui_sessions.model.upkeep_words import NOTHING, plan_lines
from tui_sessions.tui.bulk import Bulk
from tui_sessions.tui.jobs import IsStopped, Jobs, Report
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.targets import Targets, targets

if TYPE_CHECKING:
    from tui_sessions.store.upkeep.upkeep import Upkeep

WORDS = ("empty", "expired", "archive", "delete")
FEW = 1
"""So many are not worth a question: undo brings them back."""
MOST_TITLES = 50


class Looked(NamedTuple):
    """What was found, and what its packing would free."""

    plan: Plan
    freed: int = 0


class _Deed(NamedTuple):
    """What can be done to the sessions that are meant."""

    question: str
    what: str
    """In the name of the step."""
    done: str
    is_for: Callable[[SessionRow], bool]
    otherwise: str
    """What is said where it is for none of them."""
    work: Callable[[tuple[str, ...], str, Report, IsStopped], Outcome]
    is_packing: bool


class _Meant(NamedTuple):
    """The sessions that are meant, and those of them that it is for."""

    all: Targets
    chosen: Targets
    size: int
    freed: int
    titles: tuple[str, ...]


class Tidying:
    """Tidies up what is meant, or what is due."""

    def __init__(self, stage: Stage, jobs: Jobs, bulk: Bulk) -> None:
        self._stage = stage
        self._jobs = jobs
        self._bulk = bulk

    @property
    def busy(self) -> frozenset[str]:
        """What is not touched: the open session, and those that are being answered."""
        workspace, turns = self._stage.workspace, self._stage.services.turns
        is_open = frozenset() if workspace.is_draft else frozenset({workspace.session_id})
        return turns.running_ids() | is_open

    # cleanup

    def cleanup(self, words: str = "") -> None:
        """Look for what is due, show it, do it when agreed. Raises `UsageError`, `ConflictError`."""
        wanted = self._wanted(words)
        self._jobs.check()
        self._jobs.run("looking for what is due", partial(self._look, wanted), self._ask)

    def _wanted(self, words: str) -> Wanted:
        said = words.casefold().split()
        services = self._stage.services
        config, now = services.config.upkeep, services.now()
        ages = [word for word in said if word not in WORDS]
        if len(ages) > 1 or {"archive", "delete"} <= set(said):
            raise UsageError(":cleanup takes an age (90d), archive or delete, empty, expired.")
        is_bare = not ages and not {"empty", "expired"} & set(said)
        wanted = expiry(config, now) if is_bare or "expired" in said else Wanted()
        replace = msgspec.structs.replace
        if is_bare or "empty" in said:
            wanted = replace(wanted, empty=True)
        if ages:
            wanted = replace(wanted, unused_since=parse_since(ages[0], now))
        goes = config.expire_to
        if "archive" in said or "delete" in said:
            goes = "archive" if "archive" in said else "trash"
        return replace(wanted, old_go_to=goes)

    def look(self, wanted: Wanted) -> Looked:
        """What is due, and what its packing would free. May run in a thread."""
        services = self._stage.services
        plan = self._upkeep.plan(wanted, now=services.now, busy=self.busy)
        packed = [row.id for due in plan.due if due.deed == "archive" for row in due.rows]
        return Looked(plan, self._upkeep.packing_frees(packed) if packed else 0)

    def _look(self, wanted: Wanted, _report: Report, _stop: IsStopped) -> Looked:
        return self.look(wanted)

    def _ask(self, found: Looked) -> None:
        if self._jobs.was_stopped:
            self._stage.say("Stopped. Nothing was changed.")
            return
        lines = plan_lines(*found)
        if not found.plan:
            self._stage.say(" ".join((NOTHING, *lines)))
            return
        rows = [row for due in found.plan.due for row in due.rows[:MOST_TITLES]]
        note = f"{self._bulk.undoing} brings it back"
        note += ", but not what leaves the trash." if found.plan.purged else "."
        self._confirm(
            "Tidy up?", lines, [row.title for row in rows], note, partial(self.do, found.plan)
        )

    def do(self, plan: Plan) -> None:
        """Do what is due. Raises `ConflictError` where something else is being done."""
        count = sum(due.count for due in plan.due)
        label = f"cleanup of {shown_sessions(count)}"

        def work(report: Report, stop: IsStopped) -> tuple[Outcome, int]:
            outcome = Outcome()
            if count:
                busy = self.busy
                outcome = self._upkeep.tidy(
                    plan, label, busy=lambda: busy, progress=report, stop=stop
                )
            return outcome, 0 if stop() else self._upkeep.purge(plan, progress=report)

        def ended(done: tuple[Outcome, int]) -> None:
            outcome, gone = done
            if count:
                self._bulk.tell(outcome, "Tidied away")
            if gone:
                self._stage.say(f"{shown_number(gone, 'file')} left the trash for good.")
            self._bulk.show_changed()

        self._jobs.run(label, work, ended)

    # archive, compress

    def archive(self, words: str = "") -> None:
        """Put the sessions that are meant into the archive; `back`: bring them back."""
        is_back = self._is_said(words, "back", ":archive")
        act = self._upkeep.bring_back if is_back else self._upkeep.archive
        self._look_at(
            self._meant(),
            _Deed(
                question="Bring {} back from the archive?"
                if is_back
                else "Put {} into the archive?",
                what="return" if is_back else "archiving",
                done="Brought back" if is_back else "Archived",
                is_for=comes_back if is_back else lambda row: not is_in_archive(row.path),
                otherwise="not in the archive" if is_back else "in the archive already",
                work=lambda ids, step, report, stop: act(ids, step, progress=report, stop=stop),
                is_packing=not is_back,
            ),
        )

    def compress(self, words: str = "") -> None:
        """Pack the files of the sessions that are meant; `unpack`: the other way round."""
        is_back = self._is_said(words, "unpack", ":compress")
        pack = partial(self._upkeep.compress, is_back=is_back)
        self._look_at(
            self._meant(),
            _Deed(
                question="Unpack the files of {}?" if is_back else "Pack the files of {}?",
                what="unpacking" if is_back else "packing",
                done="Unpacked" if is_back else "Packed",
                is_for=lambda row: row.path.endswith(".gz") == is_back,
                otherwise="not packed" if is_back else "packed already",
                work=lambda ids, step, report, stop: pack(ids, step, progress=report, stop=stop),
                is_packing=not is_back,
            ),
        )

    def _look_at(self, meant: Targets, deed: _Deed) -> None:
        """Find out which of them it is for and what comes of it: of many, in a thread."""

        def work(report: Report, stop: IsStopped) -> _Meant:
            return self._found(meant, deed, report, stop)

        if len(meant.ids) <= FEW:
            self._go(deed, work(_to_nobody, _never))
        else:
            self._jobs.run(
                f"looking at {shown_sessions(len(meant.ids))}", work, partial(self._go, deed)
            )

    def _found(self, meant: Targets, deed: _Deed, report: Report, stop: IsStopped) -> _Meant:
        rows: list[SessionRow] = []
        for count, session_id in enumerate(meant.ids, 1):
            if stop():
                break
            row = self._stage.workspace.library.row(session_id)
            if deed.is_for(row):
                rows.append(row)
            report(count, len(meant.ids))
        ids = tuple(row.id for row in rows)
        is_asked = len(ids) > FEW and deed.is_packing and not stop()
        return _Meant(
            all=meant,
            chosen=Targets(ids, meant.where),
            size=sum(row.size for row in rows),
            freed=self._upkeep.packing_frees(ids) if is_asked else 0,
            titles=tuple(clean_line(row.title) for row in rows[:MOST_TITLES]),
        )

    def _go(self, deed: _Deed, found: _Meant) -> None:
        stage, meant = self._stage, found.chosen
        if self._jobs.was_stopped and len(found.all.ids) > FEW:
            stage.say("Stopped. Nothing was changed.")
            return
        if not meant.ids:
            raise UsageError(f"{found.all.named(stage.workspace)}: {deed.otherwise}.")
        if set(meant.ids) & stage.services.turns.running_ids():
            raise ConflictError("It is being answered. Stop the answer first (esc).")
        if len(meant.ids) <= FEW:
            self._do_now(deed, meant)
            return

        def go() -> None:
            self._bulk.run(meant, deed.what, partial(deed.work, meant.ids), deed.done)

        lines = [f"They take {shown_size(found.size)}."]
        if deed.is_packing:
            freed = shown_size(found.freed)
            lines = [f"They take {shown_size(found.size)}; packing frees about {freed}."]
        titles = [*found.titles, *[""] * (len(meant.ids) - len(found.titles))]  # Only counted.
        note = f"{self._bulk.undoing} takes it back."
        self._confirm(deed.question.format(meant.named(stage.workspace)), lines, titles, note, go)

    def _do_now(self, deed: _Deed, meant: Targets) -> None:
        title = meant.named(self._stage.workspace)
        outcome = deed.work(meant.ids, f"{deed.what} of {title}", _to_nobody, _never)
        if outcome.done:
            self._stage.say(f"{deed.done}: {title}. {self._bulk.undoing} takes it back.")
        self._bulk.tell_problems(outcome)
        self._bulk.show_changed()

    def _meant(self) -> Targets:
        meant = targets(self._stage)
        if meant.is_draft:
            raise UsageError("This session has no file yet. Send a prompt first.")
        self._jobs.check()
        return meant

    def _is_said(self, words: str, word: str, command: str) -> bool:
        said = words.strip().casefold()
        if said not in ("", word):
            raise UsageError(f"{command} takes nothing, or {word}.")
        return said == word

    def _confirm(
        self,
        question: str,
        lines: list[str],
        titles: list[str],
        note: str,
        then: Callable[[], None],
    ) -> None:
        from tui_sessions.tui.screens.tidying import TidyDialog

        def answered(is_agreed: bool | None) -> None:
            if is_agreed:
                self._stage.attempt(then)

        dialog = TidyDialog(question, lines, titles=titles, note=note)
        self._stage.app.push_screen(dialog, answered)

    @property
    def _upkeep(self) -> Upkeep:
        return self._stage.workspace.library.upkeep


def _to_nobody(_done: int, _total: int) -> None:
    """What is done at once needs no progress."""


def _never() -> bool:
    return False

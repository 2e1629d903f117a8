"""The same action on many sessions: what is asked before, shown meanwhile and told afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import Choice, chosen_ids
from tui_sessions.cli.progress import Report, Stop, progress, stoppable
from tui_sessions.errors import UsageError
from tui_sessions.model.display import shown_number
from tui_sessions.model.text import clean_line

if TYPE_CHECKING:
    from tui_sessions.model.session import Change
    from tui_sessions.model.steps import Outcome

INTERRUPTED = 130
_SHOWN = 10
Work = Callable[[tuple[str, ...], str, Report | None, Stop], "Outcome"]
"""Of the ids, how the step is called in the history, what shows the progress, what may stop it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is to be done to sessions."""

    question: Callable[[str], str]
    """Of how the sessions are called in it: `Delete these 12 sessions?`"""
    done: str
    """What they are afterwards: `tagged review`."""
    noun: str
    """What the history calls it, before `of 12 sessions`."""
    where: str = ""
    """What the history says after that: `to work/api`."""
    work: Work
    told: Callable[[tuple[str, ...]], str] = lambda ids: ""
    """What is said of these where all went well; "" for how many they are."""
    is_asked_always: bool = False
    """Whether those that are named are asked about as well, and told about in a pipe as well."""


def run_deed(
    call: Call,
    choice: Choice,
    sessions: tuple[str, ...],
    deed: Deed,
    *,
    ids: tuple[str, ...] | None = None,
) -> int:
    """Does it to the sessions that are named or chosen, or to `ids`; the exit code."""
    is_by_filter = choice.is_by_filter or ids is not None
    ids = chosen_ids(call, choice, sessions) if ids is None else ids
    if choice.is_dry:
        return _print_dry(call, choice, ids, deed)
    is_question = deed.is_asked_always or (is_by_filter and len(ids) > 1)
    if is_question and not choice.is_sure and not _is_agreed(call, ids, deed):
        call.console.say("Nothing was changed.")
        return 1
    label = f"{deed.noun} of {_called(call, ids)} {deed.where}".rstrip()
    with progress(call.console, shown_number(len(ids), "session")) as report, stoppable() as stop:
        outcome = deed.work(ids, label, report, stop)
        is_stopped = stop()
    _tell(call, outcome, ids, deed, is_by_filter=is_by_filter, is_stopped=is_stopped)
    is_cut = is_stopped and outcome.done < len(ids)
    return INTERRUPTED if is_cut else outcome.exit_code


def editing(call: Call, change: Change) -> Work:
    """The work of applying `change` to each session."""

    def work(ids: tuple[str, ...], label: str, report: Report | None, stop: Stop) -> Outcome:
        return call.library.history.edit(ids, change, label, progress=report, stop=stop)

    return work


def _tell(
    call: Call,
    outcome: Outcome,
    ids: tuple[str, ...],
    deed: Deed,
    *,
    is_by_filter: bool,
    is_stopped: bool,
) -> None:
    for problem in outcome.problems:
        call.console.say(problem)
    is_whole = outcome.done == len(ids)
    say = call.console.say if is_by_filter or deed.is_asked_always else call.console.tell
    is_smooth = not outcome.problems and not is_stopped
    if is_smooth and (told := deed.told(ids)):
        say(told)
    elif outcome.done or len(ids) > 1:
        of = "" if is_whole else f" of {len(ids):,}"
        rest = "" if is_whole or not is_smooth else " The others were so already."
        back = " Take it back: tui-sessions undo" if outcome.done else ""
        call.console.say(f"{outcome.done:,}{of} {_noun(len(ids))} {deed.done}.{rest}{back}")


def _is_agreed(call: Call, ids: tuple[str, ...], deed: Deed) -> bool:
    if not call.console.can_ask:
        what = deed.question(shown_number(len(ids), "session")).rstrip("?")
        raise UsageError(f"Nobody can be asked here: add --yes. It was: {what}.")
    titles = [clean_line(call.library.row(session_id).title) for session_id in ids[:_SHOWN]]
    if len(ids) == 1:
        return call.console.confirm(deed.question(repr(titles[0])))
    more = [f"and {len(ids) - _SHOWN:,} more"] if len(ids) > _SHOWN else []
    listed = "\n".join(f"  {line}" for line in (*titles, *more))
    question = deed.question(f"these {len(ids):,} sessions")
    return call.console.confirm(f"{listed}\n{question}")


def _print_dry(call: Call, choice: Choice, ids: tuple[str, ...], deed: Deed) -> int:
    from tui_sessions.cli.records import print_listing
    from tui_sessions.cli.session_rows import session_listing

    if choice.is_by_filter:  # Perhaps thousands, so one question and not one for each.
        wanted = frozenset(ids)
        rows = [row for row in call.library.rows(choice.query) if row.id in wanted]
    else:
        rows = [call.library.row(session_id) for session_id in ids]
    print_listing(call.console, session_listing(), rows, None)
    call.console.flush()
    count = shown_number(len(ids), "session")
    call.console.say(f"{count} would be {deed.done}. Nothing was changed.")
    return 0


def _called(call: Call, ids: tuple[str, ...]) -> str:
    if len(ids) != 1:
        return shown_number(len(ids), "session")
    return f"“{clean_line(call.library.row(ids[0]).title)}”"


def _noun(count: int) -> str:
    return "session" if count == 1 else "sessions"

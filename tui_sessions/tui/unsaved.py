"""What is only in memory because the disk refused it: a line that stands until it is written, trying again by
itself, and a copy elsewhere for whoever does not want to wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.timer import Timer

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.edits import set_meta
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from tui_sessions.tui.widgets.asking_line import UnsavedLine

PAUSE_S = 3.0
"""Between two tries."""
_HURRY_S = 0.1
"""So long the screen stands still at most for other programs that write the same sessions."""
_FULL = (
    "The disk is full: the room that was held back was given up, so that this could be saved. "
    "Free some space."
)


class Unsaved:
    """Watches over the answers, the edits and the unsent texts that the disk refused."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._timer: Timer | None = None
        self._reason = ""
        self._line: UnsavedLine | None = None
        self._copies: list[Path] = []
        self._copied_texts: dict[str, str] = {}
        """What was typed in each session when the last copy was made."""
        stage.workspace.when_held = self.tell
        stage.unsent.when_refused = self.tell

    @property
    def is_waiting(self) -> bool:
        """Whether something is only in memory."""
        return bool(self._what())

    @property
    def reason(self) -> str:
        """Why it could not be written."""
        return self._reason

    def tell(self, reason: str) -> None:
        """Something could not be saved: say so until it is."""
        self._reason = reason
        self._say()

    def look(self) -> None:
        """Say it where something is in memory only, or the disk is so full that its reserve is gone."""
        if self._what() or self._stage.workspace.library.reserve.is_given_up:
            self._say()

    def try_again(self) -> bool:
        """Whether everything is saved now; says so where it was not before."""
        had = bool(self._what())
        problem = self._write()
        left = self._what()
        if left:
            self._say()
            return False
        if had:
            self._copies.clear()
            self._copied_texts.clear()
            # What was given up, because it has become impossible, is not saved.
            if problem:
                self._stage.say(problem, "error")
            else:
                self._stage.say("Everything is saved now.")
            self._stage.show_tree()
        if self._stage.workspace.library.reserve.is_given_up:
            self._keep_reserve()
            self._say()
        elif self._stage.services.drafts.problem:
            self._say()  # Only the forgetting of what was sent: nothing to be told, but to be tried.
        else:
            self._rest()
        return True

    def _write(self) -> str:
        """What refused some of it, in a sentence; "" where nothing did."""
        stage, reason = self._stage, ""
        for action in (stage.services.turns.save_again, stage.workspace.held.save):
            try:
                with stage.workspace.library.hurried(_HURRY_S):
                    action()
            except TuiSessionsError as problem:
                reason = str(problem)
        if not stage.services.drafts.write_again() and self._waiting:
            reason = f"{stage.services.drafts.problem}."
        self._reason = reason or self._reason
        return reason

    # elsewhere

    def whole(self) -> tuple[Session, ...]:
        """The sessions that are not written as they are known here, the open one first."""
        workspace, turns = self._stage.workspace, self._stage.services.turns
        ids = turns.uncopied_ids() | turns.unsaved_ids() | workspace.held.ids
        open_id, texts = workspace.session_id, self._texts
        ids |= {session_id for session_id, text in texts.items() if text}
        found = []
        for session_id in sorted(ids, key=lambda one: one != open_id):
            if not session_id:
                session: Session | None = self._stage.services.draft()
            elif session_id == open_id:
                # At the end of the program the screen is told no more that an answer has ended.
                session = turns.with_unsaved(workspace.session)
            else:
                session = turns.whole_unsaved(session_id)
                session = None if session is None else workspace.held.over(session)
            if session is None:
                continue
            if text := texts.get(session_id):
                session = set_meta("unsent_prompt", text)(session)
            found.append(session)
        return tuple(found)

    @property
    def _waiting(self) -> dict[str, str]:
        return self._stage.services.drafts.waiting

    @property
    def _texts(self) -> dict[str, str]:
        """What is typed and in memory only, by session id; "" is a new session that is not looked at."""
        workspace = self._stage.workspace
        texts = {session_id: text.strip() for session_id, text in self._waiting.items()}
        if workspace.draft_key in texts:
            del texts[workspace.draft_key]
            # It may have been gone on with.
            texts[workspace.session_id] = self._stage.prompt.text.strip()
        return texts

    def proposed(self) -> Path:
        """Where a copy could go: on another disk, where there is one."""
        sessions = self.whole() or (self._stage.workspace.session,)
        return self._stage.workspace.library.rescue.proposed(sessions[0])

    def save_elsewhere(
        self, text: str = "", *, then: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Write the whole session, with what could not be saved, to a file anywhere; without a path, ask
        for one. `then` follows where it was written. Raises why it cannot be."""
        if text:
            self._save_to(text)
            return
        from tui_sessions.tui.screens.save_elsewhere import SaveElsewhereDialog

        dialog = SaveElsewhereDialog(str(self.proposed()), self._write_copies)

        def written(paths: str | None) -> None:
            self._tell_copies(paths)
            if paths and then is not None:
                self._stage.app.call_later(then)

        self._stage.app.push_screen(dialog, written)

    def _save_to(self, text: str) -> None:
        self._tell_copies(self._write_copies(text))

    def _write_copies(self, text: str) -> str:
        """The paths, for people. Several sessions have their ids in the names of the further ones."""
        rescue = self._stage.workspace.library.rescue
        sessions = self.whole() or (self._stage.workspace.session,)
        path, texts = Path(text), self._texts
        written = [rescue.to_file(sessions[0], path)]
        self._note(sessions[0], written[0])
        for session in sessions[1:]:
            beside = written[0].with_name(f"{written[0].stem}-{session.id}.json")
            written.append(rescue.to_file(session, beside))
            self._note(session, written[-1])
        self._copied_texts = texts
        return ", ".join(clean_line(str(one)) for one in written)

    def _note(self, session: Session, path: Path) -> None:
        self._copies.append(path)
        self._stage.services.turns.copied(session.id, path)
        self._stage.workspace.held.copied(session.id)

    def _tell_copies(self, paths: str | None) -> None:
        if paths:
            self._stage.say(f"A copy with everything is in {paths}.")
            if self.is_waiting:
                self._say()

    def save_somewhere(self) -> str:
        """Nobody can be asked any more: copies of what is only in memory, where there is room. Where they
        are, or ""."""
        if not self._what(uncopied=True):
            return ""
        sessions = self.whole() or (self._stage.workspace.session,)
        for path in self._stage.workspace.library.rescue.proposals(sessions[0]):
            with suppress(TuiSessionsError):  # The next place may have room.
                return self._write_copies(str(path))
        return ""

    def unsafe(self) -> str:
        """What would be lost if the program ended now, in words; "" where nothing is."""
        return self._what(uncopied=True)

    # the line

    def _what(self, *, uncopied: bool = False) -> str:
        turns, workspace = self._stage.services.turns, self._stage.workspace
        answers = len(turns.uncopied_ids()) if uncopied else turns.unsaved_count()
        held = workspace.held.count(uncopied=uncopied)
        texts = self._texts
        if uncopied:
            texts = dict(texts.items() - self._copied_texts.items())
        elsewhere = len(texts.keys() - {workspace.session_id})
        words = [
            _counted(answers, "the answer", "answers"),
            _counted(held, "the change", "changes"),
            "what is typed in the prompt" if workspace.session_id in texts else "",
            _counted(elsewhere, "what is typed in another session", "unsent prompts elsewhere"),
        ]
        said = " and ".join(filter(None, words))
        return said[:1].upper() + said[1:]

    def _say(self) -> None:
        if self._timer is None:
            self._timer = self._stage.screen.set_interval(PAUSE_S, self.try_again)
        what = self._what()
        if not what:
            if self._stage.workspace.library.reserve.is_given_up:
                self._ask(_FULL, (), kind="warning")
            else:
                self._clear()
            return
        verb = "are" if what[0].isdigit() or " and " in what else "is"
        copies = ", ".join(clean_line(str(path)) for path in self._copies)
        said = f"{what} {verb} not saved: {self._reason}"
        said += f" A copy is in {copies}." if copies else ""
        offers = (("again", "try again"), ("elsewhere", "save elsewhere"))
        self._ask(said, offers, kind="error")

    def _ask(self, said: str, offers: tuple[tuple[str, str], ...], *, kind: str) -> None:
        from tui_sessions.tui.widgets.asking_line import UnsavedLine, way_here

        hint = way_here(self._stage.keys.shown) if offers else ""
        if self._line is None:
            self._line = UnsavedLine(id="unsaved")
            middle = self._stage.screen.query_one("#middle")
            middle.mount(self._line, before="#busy")
        self._line.ask(said, offers, kind=kind, key=hint)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._clear()

    def _clear(self) -> None:
        if self._line is not None:
            self._line.offers = ()
            if self._line.has_focus:
                self._stage.prompt.focus()
            self._line.clear()

    def _keep_reserve(self) -> None:
        keep = partial(self._stage.workspace.library.reserve.keep)
        self._stage.screen.run_worker(keep, thread=True, group="reserve", exit_on_error=False)


def _counted(count: int, one: str, many: str) -> str:
    if not count:
        return ""
    return one if count == 1 else f"{count:,} {many}"

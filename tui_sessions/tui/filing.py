"""Sessions as files on the screen: new, open, save, rename, branch, export, delete, undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from tui_sessions.errors import UsageError
from tui_sessions.model.edits import retitle
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.choosing import is_count
from tui_sessions.tui.stage import Stage


class Filing:
    """What the keys and commands for sessions do."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    # new, open, resume

    def new(self, title: str = "") -> None:
        """Look at a new session; it gets its file with the first prompt."""
        workspace = self._stage.workspace
        self._stage.open_draft(folder=workspace.open_folder(), model=workspace.session.model)
        if title:
            workspace.edit(workspace.session.id, retitle(title), label="title")
            self._stage.show_session(workspace.session)
        self._stage.prompt.focus()

    def open(self, ref: str) -> None:
        """Open a session by id, prefix, name or file. Raises `NotFoundError`, `AmbiguousError`."""
        if not ref:
            self.resume()
            return
        self._stage.open_session(self._stage.workspace.library.resolve(ref))

    def resume(self) -> None:
        """Choose a session and go on with it."""
        from tui_sessions.tui.screens.resume import ResumeDialog

        rows = self._stage.workspace.library.rows()
        self._stage.app.push_screen(ResumeDialog(rows, now=self._stage.services.now), self._resumed)

    def _resumed(self, session_id: str | None) -> None:
        if session_id is None:
            return
        self._stage.open_session(session_id)
        session = self._stage.workspace.session
        self._stage.say(resumed_sentence(session))

    # save, rename

    def save(self, name: str = "") -> None:
        """Give the file a name; everything else is saved already."""
        from tui_sessions.tui.screens.save import SaveDialog

        if name:
            self._save_as(name)
            return
        workspace = self._stage.workspace
        current = "" if workspace.is_draft else workspace.library.path(workspace.session.id).stem
        folder = str(workspace.library.root / workspace.folder)
        self._stage.app.push_screen(SaveDialog(current, folder), self._save_as)

    def _save_as(self, name: str | None) -> None:
        if name is not None:
            self._stage.attempt(lambda: self._rename_file(name))

    def _rename_file(self, name: str) -> None:
        workspace, turns = self._stage.workspace, self._stage.services.turns
        turns.save_again(workspace.session.id)
        if workspace.is_draft:
            session = workspace.keep_draft(name=name or None)
            path = workspace.library.path(session.id)
        elif name:
            session, old = workspace.session, workspace.library.path(workspace.session.id).stem
            path = workspace.library.rename_file(session.id, name)
            workspace.undo.push("file name", lambda: workspace.library.rename_file(session.id, old))
        else:
            path = workspace.library.path(workspace.session.id)
        self._stage.say(f"Saved to {path}")
        self._stage.show_session(workspace.session)
        self._stage.show_tree()

    def rename(self, title: str = "", session_id: str = "") -> None:
        """Change a title."""
        from tui_sessions.tui.screens.rename import RenameDialog

        workspace = self._stage.workspace
        target = session_id or workspace.session.id
        if title:
            self._edit_title(target, title)
            return
        is_open = target == workspace.session.id
        now = workspace.session.shown_title if is_open else workspace.library.row(target).title
        self._stage.app.push_screen(
            RenameDialog(now), lambda new: None if new is None else self._edit_title(target, new)
        )

    def rename_line(self, key: str) -> None:
        """Rename what a line of the tree shows."""
        if key.startswith("session:"):
            self._stage.attempt(lambda: self.rename(session_id=key.removeprefix("session:")))
        else:
            self._stage.say("Only sessions have titles.", "warning")

    def _edit_title(self, session_id: str, title: str) -> None:
        workspace = self._stage.workspace
        self._stage.attempt(
            lambda: workspace.edit(session_id, retitle(title), label="title") and None
        )
        self._stage.show_session(workspace.session)
        self._stage.show_tree()

    # branch

    def branch_at(self, turn_id: str | None) -> None:
        """Ask for a title, then go to a branch that ends with the turn."""
        from tui_sessions.tui.screens.branch import BranchDialog

        workspace = self._stage.workspace
        turns = workspace.turns_up_to(turn_id)
        if workspace.is_draft or turns == 0:
            self._stage.say("There is nothing to branch yet: send a prompt first.", "warning")
            return
        proposal = workspace.branch_title(workspace.session)
        dialog = BranchDialog(proposal, turns=turns, total=len(workspace.session.turns))
        self._stage.app.push_screen(
            dialog, lambda title: None if title is None else self.branch_now(turns, title)
        )

    def branch_now(self, turns: int, title: str) -> None:
        """Make the branch and open it."""
        workspace = self._stage.workspace

        def go() -> None:
            branch = workspace.branch(workspace.session.id, turns, title)
            self._stage.show_tree()
            self._stage.open_session(branch.id)
            self._stage.say(f"Branched after turn {turns}. The other path stays as it is.")
            self._stage.prompt.focus()

        self._stage.attempt(go)

    # delete, undo

    def delete(self, session_ids: Sequence[str]) -> None:
        """Ask, then put sessions into the trash."""
        if not session_ids:
            return
        library = self._stage.workspace.library
        titles = [clean_line(library.row(session_id).title) for session_id in session_ids]
        answering = [i for i in session_ids if i in self._stage.services.turns.running_ids()]
        if answering:
            self._stage.say("It is being answered. Stop the answer first (esc).", "warning")
            return
        what = f"“{titles[0]}”" if len(titles) == 1 else f"{len(titles)} sessions"
        question = f"Put {what} into the trash?"
        self._ask(question, titles, lambda: self.delete_now(session_ids))

    def _ask(self, question: str, details: Sequence[str], then: Callable[[], None]) -> None:
        from tui_sessions.tui.screens.confirm import ConfirmDialog

        note = f"{self._undoing} brings back what went."
        self._stage.app.push_screen(
            ConfirmDialog(question, details=details, note=note), lambda yes: then() if yes else None
        )

    @property
    def _undoing(self) -> str:
        """How to undo from anywhere: the key types a letter where something is typed."""
        return f"{self._stage.keys.shown('session.undo')} in a list, or :undo,"

    def delete_keys(self, keys: Sequence[str]) -> None:
        """Delete lines of the tree: sessions, or damaged files. A folder is not deleted with what is in it."""
        ids = [key.removeprefix("session:") for key in keys if key.startswith("session:")]
        damaged = [key.removeprefix("damaged:") for key in keys if key.startswith("damaged:")]
        if damaged:
            question = f"Put {clean_line(', '.join(damaged))} into the trash?"
            self._ask(question, damaged, lambda: self._delete_damaged(damaged))
        elif not ids:
            self._stage.say("A folder goes when the sessions in it are gone.", "warning")
        self._stage.attempt(lambda: self.delete(ids))

    def _delete_damaged(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._stage.attempt(partial(self._stage.workspace.delete_damaged, path))
        self._stage.show_tree()

    def delete_open(self) -> None:
        """Delete the open session, or drop the draft."""
        workspace = self._stage.workspace
        if workspace.is_draft:
            self.new()
        else:
            self.delete((workspace.session.id,))

    def delete_now(self, session_ids: Sequence[str]) -> None:
        """Into the trash, without a question."""
        workspace = self._stage.workspace
        gone: list[str] = []
        self._stage.attempt(lambda: workspace.delete(session_ids, gone))
        if workspace.session.id in gone:
            self._stage.open_draft()
        self._stage.show_tree()
        if gone:
            what = "The session is" if len(gone) == 1 else f"{len(gone)} sessions are"
            self._stage.say(f"{what} in the trash. {self._undoing} brings back.")

    def undo(self) -> None:
        """Take the last change back."""
        workspace = self._stage.workspace

        def go() -> None:
            label = workspace.undo.take_back()
            self._stage.say(f"Taken back: {label}." if label else "There is nothing to take back.")

        self._stage.attempt(go)
        self._stage.show_reread()
        self._stage.show_tree()

    def trash(self) -> None:
        """What was deleted; Enter takes one back."""
        from tui_sessions.tui.screens.trash import TrashDialog

        rows = self._stage.workspace.library.trash()
        self._stage.app.push_screen(TrashDialog(rows, now=self._stage.services.now), self._undelete)

    def _undelete(self, entry: str | None) -> None:
        if entry is None:
            return

        def go() -> None:
            session_id = self._stage.workspace.library.undelete(entry)
            self._stage.show_tree()
            self._stage.open_session(session_id)

        self._stage.attempt(go)

    # turns as a whole

    def clear(self, words: str = "") -> None:
        """Remove the turns, or all but the last N; what is removed lies in the trash as a copy."""
        keep = _kept(words)
        workspace = self._stage.workspace
        session = workspace.session
        if workspace.is_draft or len(session.turns) <= keep:
            self._stage.say("There is nothing to clear.")
            return
        if session.id in self._stage.services.turns.running_ids():
            self._stage.say("It is being answered. Stop the answer first (esc).", "warning")
            return

        def go() -> None:
            copy = msgspec.structs.replace(session, id=workspace.library.free_id())
            workspace.library.create(copy, folder=workspace.open_folder())
            workspace.library.delete(copy.id)
            workspace.edit(
                session.id,
                lambda now: msgspec.structs.replace(now, turns=now.turns[len(now.turns) - keep :]),
                label="clearing",
                back=_refill(session),
            )
            self._stage.show_session(workspace.session)
            gone = len(session.turns) - keep
            self._stage.say(
                f"{gone} turns are cleared; a whole copy is in the trash. :undo undoes."
            )

        self._stage.attempt(go)


def resumed_sentence(session: Session) -> str:
    """What a resumed session brings along: turns, tokens, cost."""
    from tui_sessions.model.display import shown_cost, shown_count

    tokens = shown_count(session.totals.total)
    return f"{len(session.turns)} turns, {tokens} tokens, {shown_cost(session.cost)} so far. No budget."


def _kept(words: str) -> int:
    parts = words.replace("=", " ").split()
    if not parts:
        return 0
    if len(parts) == 2 and parts[0] == "--keep-last" and is_count(parts[1]):
        return int(parts[1])
    raise UsageError(":clear removes all turns; :clear --keep-last 5 keeps the last five.")


def _refill(before: Session) -> Callable[[Session], Session]:
    def change(now: Session) -> Session:
        kept = {turn.id for turn in before.turns}
        new = tuple(turn for turn in now.turns if turn.id not in kept)
        return msgspec.structs.replace(now, turns=(*before.turns, *new))

    return change

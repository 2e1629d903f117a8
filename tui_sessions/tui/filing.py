"""Sessions as files on the screen: new, open, save, rename, branch, delete, clear."""

from __future__ import annotations

import msgspec

from tui_sessions.errors import UsageError
from tui_sessions.model.edits import retitle
from tui_sessions.model.results import SessionLine
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.bulk import Bulk
from tui_sessions.tui.choosing import is_count
from tui_sessions.tui.folders import Folders
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.targets import targets


class Filing:
    """What the keys and commands for sessions do."""

    def __init__(self, stage: Stage, bulk: Bulk, folders: Folders) -> None:
        self._stage = stage
        self._bulk = bulk
        self._folders = folders

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

        workspace = self._stage.workspace
        dialog = ResumeDialog(
            workspace.sessions_named(),
            now=self._stage.services.now,
            total=workspace.library.count(),
            find=workspace.sessions_named,
        )
        self._stage.app.push_screen(dialog, self._resumed)

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
            title = clean_line(session.shown_title)
            workspace.library.history.created(session.id, f"new session “{title}”")
            path = workspace.library.path(session.id)
        elif name:
            path = workspace.library.history.rename_file(workspace.session.id, name)
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
        kind, _, rest = key.partition(":")
        line = self._stage.sessions.cursor_line
        if isinstance(line, SessionLine):
            self.rename(session_id=line.row.id)
        elif kind == "folder":
            self._folders.rename(rest)
        elif kind == "search":
            self._folders.rename_search(rest)
        else:
            self._stage.say("This has no name that could be changed.", "warning")

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

    # delete

    def delete_line(self, key: str) -> None:
        """Delete what is marked, else what a line of the tree shows. Raises what refuses it."""
        tree = self._stage.sessions
        if tree.marked or isinstance(tree.cursor_line, SessionLine):
            self._bulk.delete(targets(self._stage))
            return
        kind, _, rest = key.partition(":")
        match kind:
            case "damaged":
                self._bulk.ask(
                    f"Put {clean_line(rest)} into the trash?", [rest], lambda: self._discard(rest)
                )
            case "folder":
                self._folders.delete(rest)
            case "search":
                self._folders.delete_search(rest)
            case "trash":
                self._stage.say("The trash is emptied when it is open: enter opens it.")
            case _:
                self._bulk.delete(targets(self._stage))

    def _discard(self, path: str) -> None:
        self._stage.workspace.library.history.delete_damaged(path)
        self._stage.show_tree()

    def delete_open(self) -> None:
        """Delete the sessions that are meant, or drop the draft."""
        meant = targets(self._stage)
        if meant.is_draft:
            self.new()
        else:
            self._bulk.delete(meant)

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
            )
            self._stage.show_session(workspace.session)
            gone = len(session.turns) - keep
            self._stage.say(
                f"{gone} turns are cleared; a whole copy is in the trash. :undo undoes."
            )

        self._stage.attempt(go)


def resumed_sentence(session: Session) -> str:
    """What a resumed session brings along: turns, tokens, cost."""
    from tui_sessions.model.display import shown_count, shown_priced

    tokens = shown_count(session.totals.total)
    return f"{len(session.turns)} turns, {tokens} tokens, {shown_priced(session.cost)} so far. No budget."


def _kept(words: str) -> int:
    parts = words.replace("=", " ").split()
    if not parts:
        return 0
    if len(parts) == 2 and parts[0] == "--keep-last" and is_count(parts[1]):
        return int(parts[1])
    raise UsageError(":clear removes all turns; :clear --keep-last 5 keeps the last five.")

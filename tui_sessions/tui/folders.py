"""Folders and saved searches on the screen: move into, make, rename, remove, save the filter."""

from __future__ import annotations

from tui_sessions.errors import UsageError
from tui_sessions.model.query import parse_query
from tui_sessions.model.text import clean_line
from tui_sessions.tui.bulk import Bulk
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.targets import SESSION, Targets, ids_below, targets

TOP = "/"
"""How the library's own folder is written."""


class Folders:
    """What keys and commands do to folders and smart folders."""

    def __init__(self, stage: Stage, bulk: Bulk) -> None:
        self._stage = stage
        self._bulk = bulk

    def offers(self) -> tuple[str, ...]:
        """Every folder, for lists and completion, the library's own first."""
        library = self._stage.workspace.library
        return (TOP, *library.folders()) if library.is_scanned else (TOP,)

    # move

    def move(self, folder: str = "") -> None:
        """Move the sessions that are meant to a folder, made where it is missing; without one, ask."""
        meant = targets(self._stage)
        if folder:
            self._move(meant, folder)
        else:
            self._ask_where(meant)

    def _ask_where(self, meant: Targets) -> None:
        from tui_sessions.tui.screens.move import MoveDialog

        dialog = MoveDialog(self.offers(), what=meant.named(self._stage.workspace))

        def chosen(folder: str | None) -> None:
            if folder is not None:
                self._stage.attempt(lambda: self._move(meant, folder))

        self._stage.app.push_screen(dialog, chosen)

    def _move(self, meant: Targets, written: str) -> None:
        workspace = self._stage.workspace
        folder = written.strip().strip("/")
        if meant.is_draft:
            workspace.folder = folder
            self._stage.say(f"The first prompt makes its file in {_shown(folder)}.")
            return
        history = workspace.library.history
        if len(meant.ids) > 1:
            self._bulk.run(
                meant,
                f"move to {_shown(folder)}",
                lambda _, report, stop: history.move(meant.ids, folder, progress=report, stop=stop),
                f"Moved to {_shown(folder)}:",
            )
            return
        outcome = history.move(meant.ids, folder)
        self._bulk.tell_problems(outcome)
        if not outcome.problems:
            self._stage.say(f"Moved to {_shown(folder)}: {meant.named(workspace)}.")
            self._stage.sessions.set_marked(())
        self._bulk.show_changed()
        self._go_to(SESSION + meant.ids[0])

    # folders

    def make(self, path: str = "") -> None:
        """Make a folder; without a name, ask for one."""
        if path:
            self._make(path)
            return
        from tui_sessions.tui.screens.folder import FolderDialog

        inside = self._folder_at_cursor()
        dialog = FolderDialog("New folder", f"{inside}/" if inside else "", verb="make it")

        def chosen(path: str | None) -> None:
            if path is not None:
                self._stage.attempt(lambda: self._make(path))

        self._stage.app.push_screen(dialog, chosen)

    def _make(self, path: str) -> None:
        path = path.strip().strip("/")
        self._stage.workspace.library.history.make_folder(path)
        self._stage.show_tree_now()
        self._go_to(f"folder:{path}")

    def _folder_at_cursor(self) -> str:
        tree, workspace = self._stage.sessions, self._stage.workspace
        key = tree.cursor_line.key if tree.has_focus and tree.cursor_line is not None else ""
        kind, _, rest = key.partition(":")
        if kind == "folder":
            return rest
        if kind == "session":
            return workspace.library.row(rest).folder
        return "" if tree.has_focus else workspace.open_folder()

    def rename(self, path: str) -> None:
        """Ask for another name, or place, of a folder."""
        from tui_sessions.tui.screens.folder import FolderDialog

        def chosen(new: str | None) -> None:
            if new is not None and new != path:
                self._stage.attempt(lambda: self._rename(path, new))

        self._stage.app.push_screen(FolderDialog("Rename the folder", path), chosen)

    def _rename(self, path: str, new: str) -> None:
        workspace = self._stage.workspace
        workspace.library.history.rename_folder(path, new)
        workspace.follow_folder(path, new)
        self._bulk.show_changed()
        self._go_to(f"folder:{new}")

    def delete(self, path: str) -> None:
        """Remove an empty folder; of another one, ask whether what is in it goes into the trash."""
        workspace = self._stage.workspace
        ids = ids_below(workspace, f"folder:{path}")
        if ids:
            self._bulk.delete(Targets(ids, clean_line(path)))
            return
        workspace.library.history.remove_folder(path)
        self._stage.say(f"The folder {clean_line(path)} is removed.")
        self._stage.show_tree()

    # saved searches

    def save_search(self, words: str) -> None:
        """Save a search under a name: `NAME QUERY`, or `NAME` for what the tree is filtered by.

        A name of several words stands in quotes.
        """
        name, query = _split(words)
        query = query or self._stage.workspace.filter_text
        if not name or not query:
            raise UsageError(
                ":save-search needs a name, and what to look for: :save-search Python tag:python"
                " (or filter the tree first)."
            )
        parse_query(query)  # A mistake is told now, not each time the tree is shown.
        self._stage.workspace.library.searches.add(name, query)
        self._stage.show_tree_now()
        self._go_to(f"search:{name}")
        self._stage.say(f"Saved as {clean_line(name)}. It stands in the tree.")

    def rename_search(self, name: str) -> None:
        """Ask for another name of a saved search."""
        from tui_sessions.tui.screens.dialog import LineDialog

        def chosen(new: str | None) -> None:
            if new:
                self._stage.attempt(lambda: self._rename_search(name, new))

        self._stage.app.push_screen(LineDialog("Rename the saved search", name), chosen)

    def _rename_search(self, name: str, new: str) -> None:
        self._stage.workspace.library.searches.rename(name, new)
        self._stage.show_tree_now()
        self._go_to(f"search:{new}")

    def delete_search(self, name: str) -> None:
        """Forget a saved search; the sessions stay."""
        gone = self._stage.workspace.library.searches.remove(name)
        quoted = f'"{gone.name}"' if " " in gone.name else gone.name
        self._stage.say(f"Forgotten. :save-search {quoted} {gone.query} brings it back.")
        self._stage.show_tree()

    def _go_to(self, key: str) -> None:
        if not self._stage.sessions.go_to(key):
            self._stage.screen.call_after_refresh(self._stage.sessions.go_to, key)


def _shown(folder: str) -> str:
    return clean_line(folder) if folder else "the top of the library"


def _split(words: str) -> tuple[str, str]:
    if words.startswith('"') and '"' in words[1:]:
        name, _, query = words[1:].partition('"')
        return name.strip(), query.strip()
    name, _, query = words.partition(" ")
    return name, query.strip()

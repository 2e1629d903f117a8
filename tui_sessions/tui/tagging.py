"""Tags of the whole library on the screen: listed, shown in the tree, renamed, merged, taken off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui_sessions.model.display import shown_sessions
from tui_sessions.model.edits import remove_tags, rename_tag
from tui_sessions.model.query import Query
from tui_sessions.model.session import Change
from tui_sessions.model.term import Term, folded
from tui_sessions.model.text import clean_line
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets.filter_box import FilterBox

if TYPE_CHECKING:
    from tui_sessions.tui.screens.tag_list import Work


class Tagging:
    """What the list of tags does with the library. Everything is one step of the history."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def open(self) -> None:
        """The list of tags."""
        from tui_sessions.tui.screens.tag_list import TagListDialog

        undoing = f"{self._stage.keys.shown('session.undo')} in a list, or :undo, takes it back."
        dialog = TagListDialog(self, undoing=undoing)
        self._stage.app.push_screen(dialog, self._chosen)

    def _chosen(self, tag: str | None) -> None:
        if tag is not None:
            self._stage.screen.post_message(FilterBox.Wanted(filter_for(tag)))

    def counted(self) -> Sequence[tuple[str, int]]:
        """Every tag with the number of its sessions, most used first."""
        library = self._stage.workspace.library
        return library.tags() if library.is_scanned else ()

    def rename(self, tag: str, new: str) -> Work:
        """Call it `new` everywhere."""
        done = f"{clean_line(tag)} is {clean_line(new)} now"
        label = f"tag {clean_line(tag)} renamed {clean_line(new)}"
        return self._everywhere(tag, rename_tag(tag, new), label, done)

    def remove(self, tag: str) -> Work:
        """Take it off everywhere."""
        done = f"{clean_line(tag)} is taken off"
        return self._everywhere(tag, remove_tags((tag,)), f"tag {clean_line(tag)} taken off", done)

    def changed(self) -> None:
        """Show tree and form anew."""
        self._stage.show_reread()
        self._stage.show_tree()

    def _everywhere(self, tag: str, change: Change, label: str, done: str) -> Work:
        library = self._stage.workspace.library

        def work(report: Callable[[int, int], None], stop: Callable[[], bool]) -> str:
            ids = library.ids(having(tag))
            outcome = library.history.edit(ids, change, label, progress=report, stop=stop)
            left = len(ids) - outcome.done - len(outcome.problems)
            sentence = f"{done} in {shown_sessions(outcome.done)}."
            if left:
                sentence += f" Stopped before {shown_sessions(left)}."
            if outcome.problems:
                number = shown_sessions(len(outcome.problems))
                sentence += f" {number} could not be changed: {outcome.problems[0]}"
            return sentence

        return work


def having(tag: str) -> Query:
    """The sessions with a tag."""
    return Query.of(Term("tag", folded(tag)))


def filter_for(tag: str) -> str:
    """What to type into the filter for the sessions with a tag."""
    name = clean_line(tag)
    is_word = name.replace("-", "").replace("_", "").isalnum()
    return f"tag:{name}" if is_word else f'tag:"{name}"'

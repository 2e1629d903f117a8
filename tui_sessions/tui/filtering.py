"""What may stand in a filter: the words of its language, and those in use in the library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.query_words import suggestions
from tui_sessions.tui.widgets.filter_box import Completions

if TYPE_CHECKING:
    from tui_sessions.store.library import Library
    from tui_sessions.tui.stage import Stage


@dataclass(slots=True)
class WordsInUse:
    """Words of the library as they were when last looked up, most used first.

    Counting them takes half a second in a library of 100,000 sessions: `learn` does it aside, when a
    filter is entered, and not with every letter."""

    tags: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    def read(self, library: Library) -> None:
        """Looks them up."""
        self.tags = tuple(tag for tag, _ in library.tags())
        self.models = tuple(model for model, _ in library.models())
        self.projects = tuple(project for project, _ in library.projects())
        self.folders = library.folders()


def completions(words: WordsInUse, text: str, cursor: int) -> Completions:
    """What may stand where the cursor is, the likeliest first."""
    found = suggestions(
        text,
        cursor,
        tags=words.tags,
        models=words.models,
        projects=words.projects,
        folders=words.folders,
    )
    if not found:
        return Completions(cursor, cursor)
    start, end = found[0].start, found[0].end
    fitting = (offer for offer in found if (offer.start, offer.end) == (start, end))
    return Completions(start, end, tuple(offer.text for offer in fitting))


def learn(stage: Stage, then: Callable[[], object]) -> None:
    """Looks up in a thread what is in use now; calls `then` once it is known."""
    library = stage.workspace.library
    if not library.is_scanned:
        return

    def work() -> None:
        try:
            stage.words.read(library)
        except TuiSessionsError:
            return  # The list of sessions says it, louder.
        if not get_current_worker().is_cancelled:
            stage.app.call_from_thread(then)

    stage.screen.run_worker(
        work, thread=True, group="words in use", exclusive=True, exit_on_error=False
    )

"""Sessions that are changed together: what one loses the other gets, so that half of it would be wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tui_sessions.errors import ConflictError, StoreError, TuiSessionsError
from tui_sessions.model.session import Change, Session
from tui_sessions.model.text import clean_line
from tui_sessions.store.history.changes import Edited, reversed_change
from tui_sessions.store.history.differences import applied, difference
from tui_sessions.store.history.steps import Part

if TYPE_CHECKING:
    from tui_sessions.store.library import Library

Changes = Callable[[tuple[Session, ...]], tuple[Session, ...]]
"""An edit of several sessions as a function of all of them as they stand."""


def edit_together(library: Library, ids: Sequence[str], change: Changes, part: Part) -> None:
    """Changes all of these sessions or none.

    Both ends of every change are on the disk before the first is made: after a crash between two files,
    taking the step back restores what was changed, and doing it again then does the whole. Raises
    `ConflictError` where another program changed one of them meanwhile, with nothing changed.
    """
    before = tuple(library.load(session_id) for session_id in ids)
    after = change(before)
    edits = [
        edited
        for one, other in zip(before, after, strict=True)
        if (edited := difference(one, other)) is not None
    ]
    whole = {one.id: (one, other) for one, other in zip(before, after, strict=True)}
    if edits:
        part.write(*edits)
    made: list[Edited] = []
    for edited in edits:
        try:
            library.update(edited.id, _exactly(edited, *whole[edited.id]))
        except TuiSessionsError as error:
            # The disk may have refused the very end of it only.
            maybe = [edited] if isinstance(error, StoreError) else []
            _take_back(library, [*made, *maybe], part, error)
            raise
        made.append(edited)


def _exactly(edited: Edited, before: Session | None = None, after: Session | None = None) -> Change:
    """The change as it was worked out, or none at all."""

    def change(session: Session) -> Session:
        if after is not None and session == before:
            return after  # Nobody wrote meanwhile: nothing is to be worked out again.
        result = applied(session, edited)
        if result.problems:
            name = clean_line(session.shown_title)
            raise ConflictError(
                f"{name!r} was changed at this moment. Nothing was done; try again."
            )
        return result.session

    return change


def _take_back(library: Library, made: list[Edited], part: Part, error: TuiSessionsError) -> None:
    """Undoes what is done of a change that cannot be finished; where that fails as well, the step stays,
    so that it can be undone later."""
    kept: list[Edited] = []
    for edited in reversed(made):
        try:
            library.update(edited.id, _exactly(_back(edited)))
        except TuiSessionsError:
            kept.append(edited)
    if not kept:
        return
    part.last = kept[-1]
    title = kept[-1].id
    with suppress(TuiSessionsError):
        title = clean_line(library.row(title).title)
    raise StoreError(
        f"Only half of it was done, to {title!r}: {error} Undo takes that half back."
    ) from error


def _back(edited: Edited) -> Edited:
    back = reversed_change(edited)
    assert isinstance(back, Edited)
    return back

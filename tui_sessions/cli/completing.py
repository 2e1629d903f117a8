"""What the shell offers after tab: sessions, tags, folders. Quick, and never an error in the prompt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from tui_sessions.cli.call import Call
from tui_sessions.errors import TuiSessionsError

if TYPE_CHECKING:
    from tui_sessions.store.library import Library

_MOST = 50
"""A shell with more to choose from asks whether to show them."""


def complete_sessions(ctx: click.Context, _: object, incomplete: str) -> list[CompletionItem]:
    """Ids that begin so, the newest first, with their titles where the shell shows them."""
    from tui_sessions.model.text import clean_line

    def items(library: Library) -> Iterable[CompletionItem]:
        for row in library.beginning(incomplete, limit=_MOST):
            yield CompletionItem(row.id, help=clean_line(row.title))

    return _offered(ctx, items)


def complete_tags(ctx: click.Context, _: object, incomplete: str) -> list[CompletionItem]:
    """Tags that begin so, the most used first; after a comma the next one."""
    from tui_sessions.model.display import shown_number

    before, comma, begun = incomplete.rpartition(",")

    def items(library: Library) -> Iterable[CompletionItem]:
        for tag, count in library.tags():
            if tag.casefold().startswith(begun.casefold()):
                yield CompletionItem(f"{before}{comma}{tag}", help=shown_number(count, "session"))

    return _offered(ctx, items)


def complete_folders(ctx: click.Context, _: object, incomplete: str) -> list[CompletionItem]:
    """Folders whose path begins so."""
    return _offered(
        ctx,
        lambda library: (
            CompletionItem(folder) for folder in library.folders() if folder.startswith(incomplete)
        ),
    )


def complete_personas(ctx: click.Context, _: object, incomplete: str) -> list[CompletionItem]:
    """Names of personas that begin so."""
    try:
        found = ctx.ensure_object(Call).services.personas.all()
    except TuiSessionsError:
        return []
    names = (CompletionItem(p.name, help=p.model) for p in found if p.name.startswith(incomplete))
    return [item for item in names if str(item.value).isprintable()]


def _offered(
    ctx: click.Context, items: Callable[[Library], Iterable[CompletionItem]]
) -> list[CompletionItem]:
    """The first of them that can be written in one word and shown on one line."""
    from itertools import islice

    call = ctx.ensure_object(Call)
    try:
        library = call.services.library
        library.answer_at_once()
        if not library.is_scanned:
            return []  # To read a whole library would take longer than anybody waits here.
        found = items(library)
        return list(islice((item for item in found if str(item.value).isprintable()), _MOST))
    except TuiSessionsError:
        return []

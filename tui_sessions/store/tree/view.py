"""The tree as it is asked for: what is pinned, saved searches, folders and sessions, the trash."""

from __future__ import annotations

from collections.abc import Sequence

from tui_sessions.errors import UsageError
from tui_sessions.model.query import Query, Term, parse_query
from tui_sessions.store.index.index import Index
from tui_sessions.store.searches import SavedSearches
from tui_sessions.store.trash import Trash
from tui_sessions.store.tree.forest import Forest
from tui_sessions.store.tree.layout import PINNED, SEARCH, Group, Layout
from tui_sessions.store.tree.tree import Tree

_IS_PINNED = Query.of(Term("is", "pinned"))


class View:
    """Puts together what the tree of a library shows."""

    def __init__(self, index: Index, searches: SavedSearches, trash: Trash) -> None:
        self._index = index
        self._forest = Forest(index)
        self._searches = searches
        self._trash = trash
        self._known: tuple[object, Sequence[int]] | None = None
        """What is pinned, as long as nothing changes."""

    def tree(self, query: Query, sort: str, closed: frozenset[str]) -> Tree:
        """The tree. Raises `UsageError` for an unknown sort."""
        ground = self._forest.ground(query, sort)
        if not query.is_empty:
            return Layout(self._index, ground, closed, is_filtered=True).tree((), 0)
        groups = [*self._pinned(sort), *self._saved(sort, closed)]
        layout = Layout(self._index, ground, closed, is_filtered=False)
        return layout.tree(groups, self._trash.count())

    def _pinned(self, sort: str) -> list[Group]:
        stamp = (self._index.stamp(), sort)
        if self._known is None or self._known[0] != stamp:
            self._known = (stamp, self._index.fids_in_order(_IS_PINNED, sort))
        fids = self._known[1]
        return [Group(PINNED, "pinned", "Pinned", fids=fids)] if fids else []

    def _saved(self, sort: str, opened: frozenset[str]) -> list[Group]:
        groups = []
        for search in self._searches.all():
            key = f"{SEARCH}{search.name}"
            fids = self._found(search.query, sort) if key in opened else None
            groups.append(Group(key, "search", search.name, search.query, fids))
        return groups

    def _found(self, text: str, sort: str) -> Sequence[int]:
        try:
            query = parse_query(text).over_text()
        except UsageError:
            return ()  # Another program, or a newer one of ours, wrote it.
        return self._index.fids_in_order(query, sort)

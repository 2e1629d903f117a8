"""The filter language as a value: what the tree's filter box, the search screen, `list` and `search` take.

`a b` both · `a OR b` either · `-a`, `NOT a` not · `"a phrase"` · `begin*` · `tag:x` and the other keys of
`query_keys` · `cost:>0.05` `turns:3..10` · `since:7d`.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from tui_sessions.errors import QueryError
from tui_sessions.model.query_keys import ROLES
from tui_sessions.model.query_parse import groups_of
from tui_sessions.model.results import DamagedRow, SessionRow
from tui_sessions.model.term import Term, folded

__all__ = ["Query", "QueryError", "Term", "parse_query"]


class Query(msgspec.Struct, frozen=True):
    """Every group must hold, and of a group at least one term; no groups match everything."""

    groups: tuple[tuple[Term, ...], ...] = ()

    @staticmethod
    def of(*terms: Term) -> Query:
        """All of these terms."""
        return Query(tuple((term,) for term in terms))

    @staticmethod
    def named(text: str) -> Query:
        """All sessions whose names hold each word of `text`, whatever signs stand in it."""
        return Query.of(*(Term("", folded(word)) for word in text.split()))

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms, whichever group they stand in."""
        return tuple(term for group in self.groups for term in group)

    @property
    def is_empty(self) -> bool:
        """Whether everything matches."""
        return not self.groups

    @property
    def has_text(self) -> bool:
        """Whether the conversations must be looked into."""
        return any(term.key == "text" for term in self.terms)

    @property
    def roles(self) -> frozenset[str]:
        """Whose messages `text` terms look into, by `role:`; empty means everybody's."""
        wanted = {term.value for term in self.terms if term.key == "role" and not term.is_negated}
        unwanted = {term.value for term in self.terms if term.key == "role" and term.is_negated}
        return frozenset((wanted or set(ROLES)) - unwanted) if wanted or unwanted else frozenset()

    def matches(self, row: SessionRow) -> bool:
        """Whether `row` meets it, as far as a row can tell: `text` and `role` are the index's to say."""
        return all(any(term.holds(row) for term in group) for group in self.groups)

    def matches_damaged(self, row: DamagedRow) -> bool:
        """Whether a file that is no session is meant too: by its path, folder, time or `is:damaged`."""
        return all(any(term.holds_damaged(row) for term in group) for group in self.groups)

    def over_text(self) -> Query:
        """The same with plain words looked for in the conversations, as `search` means them."""
        return Query(
            tuple(
                tuple(
                    term if term.key else msgspec.structs.replace(term, key="text")
                    for term in group
                )
                for group in self.groups
            )
        )

    def and_also(self, *terms: Term) -> Query:
        """This and all of `terms`."""
        return Query((*self.groups, *((term,) for term in terms)))


def parse_query(text: str, now: datetime | None = None) -> Query:
    """The query that `text` says. Dates like `7d` count from `now`. Raises `QueryError`."""
    return Query(groups_of(text, now))

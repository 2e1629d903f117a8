"""A query taken apart for searching texts: what must be said, what must not, what rows must hold. Pure.

Title, tags and notes belong to every turn: a turn is found when each group of the query holds in it or in
those, at least one in the turn itself, and nothing that is unwanted stands in either. With `role:` only what
was said counts.
"""

from __future__ import annotations

import msgspec

from tui_sessions.codec.texts import ROLES
from tui_sessions.model.query import Query, Term
from tui_sessions.model.words import words_of


class Group(msgspec.Struct, frozen=True):
    """Alternatives of which one must hold."""

    said: tuple[Term, ...]
    """Words that are looked for; at least one."""
    rows: tuple[Term, ...] = ()
    """Facts of the session that do as well."""
    unsaid: tuple[Term, ...] = ()
    """Words that stand nowhere in the session: does as well."""


class Wanted(msgspec.Struct, frozen=True):
    """What a search looks for."""

    groups: tuple[Group, ...]
    """All must hold. None: there is no word to look for, and rows alone decide."""
    unwanted: tuple[Term, ...]
    """Words that must not stand in what is found."""
    rows: Query
    """What the session must be, whatever was said in it."""
    roles: tuple[str, ...]
    """Who must have said it; empty is anybody, and the title as well."""
    is_void: bool = False
    """Words were asked for that are none, only signs: nothing can be found."""


def wanted(query: Query) -> Wanted:
    """`query` taken apart; its plain words are words of the conversation."""
    groups: list[Group] = []
    unwanted: list[Term] = []
    rows: list[tuple[Term, ...]] = []
    is_void = False
    for terms in query.over_text().groups:
        facts = tuple(term for term in terms if not term.is_of_text)
        texts = [term for term in terms if term.key == "text"]
        said = tuple(term for term in texts if not term.is_negated and words_of(term.value))
        unsaid = tuple(term for term in texts if term.is_negated and words_of(term.value))
        if said or (unsaid and (facts or len(unsaid) > 1)):
            groups.append(Group(said, facts, unsaid))
        elif unsaid:
            unwanted += unsaid
        elif facts:
            rows.append(facts)
        else:
            is_void = is_void or any(not term.is_negated for term in texts)
    roles = query.roles
    return Wanted(
        tuple(groups),
        tuple(unwanted),
        Query(tuple(rows)),
        tuple(role for role in ROLES if role in roles),
        is_void and not any(group.said for group in groups),
    )


class Asked:
    """What is asked of every table, in the language of FTS5."""

    def __init__(self, wanted: Wanted) -> None:
        said = tuple(term for group in wanted.groups for term in group.said)
        self.is_sayable = all(group.said for group in wanted.groups)
        """Whether one turn alone can meet every group."""
        self.each = [
            _without(wanted, f"({expression(group.said)})") if group.said else ""
            for group in wanted.groups
        ]
        """Each group by itself; "" where it has no words."""
        every = (f"({expression(group.said)})" for group in wanted.groups if group.said)
        self.everything = _without(wanted, " AND ".join(every))
        is_of_prompts = not wanted.roles or "user" in wanted.roles
        self.in_prompts = among(("user",), expression(said)) if said and is_of_prompts else ""
        """Any of the words in a prompt."""


def expression(terms: tuple[Term, ...]) -> str:
    """Any of `terms` in the language of FTS5, safe whatever they hold."""
    return " OR ".join(_phrase(term) for term in terms)


def among(columns: tuple[str, ...], expressed: str) -> str:
    """`expressed`, looked for in these columns only; in all where none is named."""
    return f"{{{' '.join(columns)}}} : ({expressed})" if columns else expressed


def _without(wanted: Wanted, positive: str) -> str:
    if wanted.unwanted:
        positive = f"({positive}) NOT ({expression(wanted.unwanted)})"
    return among(wanted.roles, positive)


def _phrase(term: Term) -> str:
    # Words hold letters and digits only, so nothing in quotes can be taken for an operator.
    return f'"{" ".join(words_of(term.value))}"{"*" if term.is_prefix else ""}'

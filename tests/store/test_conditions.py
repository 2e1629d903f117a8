"""The index's condition for a query picks exactly the rows that the query itself matches."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_sessions.model.money import Cost
from tui_sessions.model.query import Query, Term, parse_query
from tui_sessions.model.results import SessionRow
from tui_sessions.model.term import began, folded, micros, names_of
from tui_sessions.store.index import schema
from tui_sessions.store.index.conditions import condition

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TEXT = "text of the conversation"
SAID = {1: ("jwt",), 2: ("jwt", "pkce"), 3: ()}
"""What was said in the session whose fid leaves this remainder."""


def put(tables: sqlite3.Connection, fid: int, row: SessionRow) -> None:
    """A row into the tables, as the index holds it."""
    bits = (
        row.is_pinned, row.is_starred, row.parent_id is not None, row.is_cut, row.is_read_only,
        row.has_notes, row.has_code, row.has_attachment,
    )  # fmt: skip
    values = {
        "fid": fid, "path": row.path.encode("utf-8", "surrogatepass"), "folder": 0, "id": row.id,
        "stated": row.id, "parent": row.parent_id, "names": names_of(row),
        "title": folded(row.title), "model": folded(row.model or ""),
        "provider": folded(row.provider or ""), "project": folded(row.project or ""),
        "status": folded(row.status), "folder_key": folded(row.folder),
        "created": row.created_at and micros(row.created_at),
        "updated": row.updated_at and micros(row.updated_at), "began": began(row),
        "turns": row.turns, "messages": row.messages, "tokens": row.tokens,
        "cost": row.cost.nanousd, "cost_known": row.cost.known, "cost_unknown": row.cost.unknown,
        "flags": sum(bit << place for place, bit in enumerate(bits)),
    }  # fmt: skip
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    tables.execute(f"INSERT INTO sessions ({names}) VALUES ({marks})", list(values.values()))
    for tag in row.tags:
        tables.execute("INSERT OR IGNORE INTO tags VALUES (?, ?, '')", (folded(tag), fid))
    for key, value in row.meta.items():
        tables.execute("INSERT INTO meta VALUES (?, ?, ?)", (fid, folded(key), folded(str(value))))
    tables.execute("INSERT INTO facts VALUES (?, ?, x'')", (fid, folded(row.system or "")))


def tables_of(rows: list[SessionRow]) -> sqlite3.Connection:
    tables = sqlite3.connect(":memory:")
    for statement in schema.statements():
        # What no condition looks at is left out.
        tables.execute(re.sub("(?<!IS )NOT NULL", "", statement))
    for fid, row in enumerate(rows, 1):
        put(tables, fid, row)
    return tables


def said(fid: int) -> tuple[str, ...]:
    return SAID.get(fid % 4, ())


def picked(tables: sqlite3.Connection, query: Query) -> list[int]:
    """The fids that SQL picks."""

    def found(term: Term) -> Iterable[int]:
        fids = [fid for (fid,) in tables.execute("SELECT fid FROM sessions")]
        return [fid for fid in fids if term.value in said(fid)]

    sql, values = condition(query, found)
    found_rows = tables.execute(f"SELECT s.fid FROM sessions s WHERE {sql} ORDER BY 1", values)
    return [fid for (fid,) in found_rows]


def matched(rows: list[SessionRow], query: Query) -> list[int]:
    """The fids that the query itself matches, with what was said laid in."""

    def holds(term: Term, fid: int, row: SessionRow) -> bool:
        if term.key == "text":
            return (term.value in said(fid)) != term.is_negated
        return term.holds(row)

    return [
        fid
        for fid, row in enumerate(rows, 1)
        if all(any(holds(term, fid, row) for term in group) for group in query.groups)
    ]


WORDS = (
    "Python",
    "jwt",
    "naïve",
    "nai\u0308ve",
    "STRASSE",
    "straße",
    "a_b%",
    "b",
    "",
    "\x00x",
    "\udc80",
    "日本語",
)
"""Cases, accents in both forms, what LIKE and SQLite treat specially, half characters."""
word = st.sampled_from(WORDS) | st.text(max_size=4)
moment = (
    st.none()
    | st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)).map(
        lambda naive: naive.replace(tzinfo=UTC)
    )
    | st.integers(0, 9).map(lambda days: NOW - timedelta(days=days))
)
small = st.integers(0, 4)
cost = st.builds(Cost, small.map(lambda cents: cents * 10_000_000), small, st.integers(0, 1))
folder = st.sampled_from(["", "work/", "Work/api/", "workshop/", "work0/"])
row = st.builds(
    SessionRow,
    id=st.just("x"),
    path=st.builds(lambda folder, name: f"{folder}{name.replace('/', '')}.json", folder, word),
    title=word,
    model=st.none() | st.sampled_from(["openai/gpt-4o", "claude", "/", ""]),
    status=st.sampled_from(["active", "Archived", "done"]),
    created_at=moment,
    updated_at=moment,
    tags=st.lists(word, max_size=3).map(tuple),
    project=st.none() | word,
    system=st.none() | word,
    meta=st.dictionaries(
        st.sampled_from(["pinned", "starred", "Priority", "priority"]),
        st.booleans() | word,
        max_size=2,
    ),
    turns=small,
    tokens=st.none() | small,
    cost=cost,
    parent_id=st.none() | st.just("p"),
    is_cut=st.booleans(),
    is_read_only=st.booleans(),
    has_notes=st.booleans(),
    has_code=st.booleans(),
    has_attachment=st.booleans(),
)
TERMS = (
    "is:pinned", "is:starred", "is:branch", "is:damaged", "is:interrupted", "is:archived", "is:read-only",
    "has:code", "has:attachment", "has:notes", "has:tags", "has:project", "status:archived", "status:arch*",
    "status:done", "folder:work", "folder:/", "folder:WORK/api/", "folder:work*", "folder:*", "model:gpt",
    "model:*", "provider:open", "project:*", "title:*", "system:*", "tag:*", "tag:py*", "meta.priority:true",
    "meta.PRIORITY:*", "meta.gone:x", "meta.tags:b", "cost:>0.01", "cost:>=0.02", "cost:<0.02", "cost:<=0.02",
    "cost:0.01", "cost:0", "cost:0.01..0.03", "turns:>1", "turns:2", "turns:1..3", "turns:..2", "turns:3..",
    "tokens:>=2", "tokens:<2", "tokens:0", "tokens:1..2", "since:3d", "until:3d", "since:2026-11-18",
    "until:2026-11-18", "since:0001-01-04", "text:jwt", "text:pkce", "role:user",
)  # fmt: skip
own_term = st.builds(
    Term,
    st.sampled_from(
        ["", "tag", "title", "project", "system", "folder", "model", "provider", "meta.priority"]
    ),
    word.map(folded),
    is_negated=st.booleans(),
    is_prefix=st.booleans(),
)
written_term = st.builds(
    lambda sign, text: parse_query(sign + text, NOW).terms[0],
    st.sampled_from(["", "-"]),
    st.sampled_from(TERMS),
)
query = st.lists(
    st.lists(own_term | written_term, min_size=1, max_size=3).map(tuple), max_size=3
).map(lambda groups: Query(tuple(groups)))


@settings(max_examples=300, deadline=None)
@given(st.lists(row, max_size=8), st.lists(query, min_size=1, max_size=6))
def test_the_index_picks_what_the_query_matches(
    rows: list[SessionRow], queries: list[Query]
) -> None:
    tables = tables_of(rows)
    for wanted in queries:
        assert picked(tables, wanted) == matched(rows, wanted), wanted
    tables.close()


@pytest.mark.parametrize("text", TERMS)
def test_each_condition_turned_round_picks_all_the_others(text: str) -> None:
    rows = [
        SessionRow(id="a", path="a.json", title="A", created_at=NOW - timedelta(days=3), tokens=0),
        SessionRow(
            id="b", path="Work/api/b.json", title="B", model="openai/gpt-4o", status="archived",
            created_at=NOW, tags=("Python",), project="b", system="b", turns=2, tokens=2,
            meta={"pinned": True, "starred": True, "Priority": True}, cost=Cost(20_000_000, 1, 0),
            parent_id="a", is_cut=True, is_read_only=True, has_notes=True, has_code=True,
            has_attachment=True,
        ),
        SessionRow(id="c", path="c.json", title="C", cost=Cost(0, 0, 2), updated_at=NOW - timedelta(days=9)),
    ]  # fmt: skip
    tables = tables_of(rows)
    for wanted in (parse_query(text, NOW), parse_query(f"-{text}", NOW)):
        assert picked(tables, wanted) == matched(rows, wanted)
    tables.close()


def test_an_empty_query_is_no_condition() -> None:
    assert condition(Query(), lambda _: ()) == ("1", [])


def test_only_text_is_looked_up_and_once_for_each_term() -> None:
    asked: list[Any] = []
    wanted = parse_query('word text:a -text:"b c" role:user tag:x')
    condition(wanted, lambda term: asked.append(term.value) or ())
    assert asked == ["a", "b c"]


@pytest.mark.parametrize("begun", ["\U0010ffff", "a\U0010ffff", "\ud7ff", "z"])
def test_a_beginning_finds_its_followers_at_the_edges_of_unicode(begun: str) -> None:
    names = [begun, begun + "x", begun + "\U0010ffff", begun + "\ue000", "\ue000", "b", "{"]
    rows = [SessionRow(id="x", path="x.json", title="", tags=(name,)) for name in names]
    tables = tables_of(rows)
    wanted = Query.of(Term("tag", begun, is_prefix=True))
    assert picked(tables, wanted) == matched(rows, wanted) == [1, 2, 3, 4]
    tables.close()


def test_the_longest_query_is_not_too_deep_for_sqlite() -> None:
    rows = [SessionRow(id="x", path="x.json", title=" ".join(str(n) for n in range(1000)))]
    tables = tables_of(rows)
    for text in (" ".join(map(str, range(200))), " OR ".join(f"-{n}" for n in range(200))):
        assert picked(tables, parse_query(text)) == matched(rows, parse_query(text))
    tables.close()


def test_numbers_beyond_what_sqlite_counts_are_no_error() -> None:
    rows = [SessionRow(id="x", path="x.json", title="", turns=3)]
    tables = tables_of(rows)
    for op, number in ((">", 10**30), ("<", 10**30), (">", -(10**30))):
        wanted = Query.of(Term("turns", "", op=op, number=number))
        assert picked(tables, wanted) == matched(rows, wanted)
    tables.close()

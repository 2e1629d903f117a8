"""A query as a condition over the tables of the index (`s` is `sessions`): picks what `Query.matches` does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from tui_sessions.model.query import Query, Term
from tui_sessions.model.query_keys import META
from tui_sessions.store.index import schema

Found = Callable[[Term], Iterable[int]]
"""The files (`fid`) in whose text a term was found, whether it is negated or not."""
Condition = tuple[str, list[Any]]
"""SQL that is 0 or 1, never NULL, so that NOT can stand before it; and its parameters."""

_COLUMNS = {
    "model": "s.model",
    "provider": "s.provider",
    "project": "s.project",
    "title": "s.title",
}
"""Keys of which a part is enough."""
_MAX_WHOLE = 2**63 - 1
_LAST = "\U0010ffff"


def condition(query: Query, found: Found) -> Condition:
    """What stands after WHERE, with its parameters. `found` is asked for each `text` term only."""
    parts: list[str] = []
    values: list[Any] = []
    for group in query.groups:
        sql, given = _either([_signed(term, found) for term in group])
        parts.append(sql)
        values += given
    return " AND ".join(parts) or "1", values


def _either(conditions: list[Condition]) -> Condition:
    values = [value for _, given in conditions for value in given]
    return f"({' OR '.join(sql for sql, _ in conditions)})", values


def _signed(term: Term, found: Found) -> Condition:
    if term.key == "role":
        return "1", []  # It says where `text` terms look, which `found` knows.
    sql, values = _plain(term, found)
    return (f"NOT ({sql})", values) if term.is_negated else (sql, values)


def _plain(term: Term, found: Found) -> Condition:
    key, value = term.key, term.value
    if key.startswith(META):
        return (
            "s.fid IN (SELECT fid FROM meta WHERE key = ? AND instr(value, ?) > 0)",
            [key.removeprefix(META), value],
        )
    match key:
        case "text":
            fids = json.dumps(list(found(term)))
            return "s.fid IN (SELECT value FROM json_each(?))", [fids]
        case "":
            return "instr(s.names, ?) > 0", [value]
        case "tag":
            sql, values = _is_or_begins("tag", term)
            return f"s.fid IN (SELECT fid FROM tags WHERE {sql})", values
        case "folder":
            return _within(term)
        case "status":
            return _is_or_begins("s.status", term)
        case "is":
            return _is(value), []
        case "has":
            return _has(value), []
        case "since" | "until":
            sign = ">=" if key == "since" else "<"
            return f"s.began IS NOT NULL AND s.began {sign} ?", [_held(term.number or 0)]
        case "cost" | "turns" | "tokens":
            return _bounds(term)
        case "system":
            inside = "system <> '' AND instr(system, ?) > 0"
            return f"s.fid IN (SELECT fid FROM facts WHERE {inside})", [value]
    column = _COLUMNS[key]
    return f"{column} <> '' AND instr({column}, ?) > 0", [value]


def _is_or_begins(column: str, term: Term) -> Condition:
    return begins(column, term.value) if term.is_prefix else (f"{column} = ?", [term.value])


def begins(column: str, value: str) -> Condition:
    """As a range, which an index can answer: SQLite orders UTF-8 as Python orders characters."""
    after = _after(value)
    if after is None:
        return f"{column} >= ?", [value]
    return f"{column} >= ? AND {column} < ?", [value, after]


def _after(value: str) -> str | None:
    """The first text behind all that begin with `value`; None where there is none."""
    value = value.rstrip(_LAST)
    if not value:
        return None
    following = ord(value[-1]) + 1
    # Halves of surrogate pairs are no characters of UTF-8.
    return value[:-1] + chr(0xE000 if following == 0xD800 else following)


def _within(term: Term) -> Condition:
    if term.is_prefix:
        sql, values = begins("s.folder_key", term.value.lstrip("/"))
        return f"s.folder_key <> '' AND {sql}", values
    folder = term.value.strip("/")
    sql, values = begins("s.folder_key", folder + "/")
    return f"(s.folder_key = ? OR ({sql}))", [folder, *values]


def _is(flag: str) -> str:
    match flag:
        case "archived":
            return "s.status = 'archived'"
        case "damaged":
            return "0"
    bits = {
        "pinned": schema.PINNED,
        "starred": schema.STARRED,
        "branch": schema.BRANCH,
        "interrupted": schema.CUT,
        "read-only": schema.READ_ONLY,
    }
    return f"s.flags & {bits.get(flag, 0)} <> 0"


def _has(what: str) -> str:
    bits = {"notes": schema.NOTES, "code": schema.CODE, "attachment": schema.ATTACHMENT}
    match what:
        case "tags":
            return "s.fid IN (SELECT DISTINCT fid FROM tags)"
        case "project":
            return "s.project <> ''"
    return f"s.flags & {bits.get(what, 0)} <> 0"


def _bounds(term: Term) -> Condition:
    column = f"s.{term.key}"
    number = _held(term.number or 0)
    if term.op == "..":
        sql, values = f"{column} BETWEEN ? AND ?", [number, _held(term.top or 0)]
    else:
        op = term.op if term.op in (">", ">=", "<", "<=") else "="
        sql, values = f"{column} {op} ?", [number]
    if term.key == "tokens":
        return f"s.tokens IS NOT NULL AND {sql}", values
    if term.key == "cost":
        # A sum with unknown parts may be any amount more.
        known = (
            "(s.cost_unknown = 0 OR s.cost_known > 0)" if ">" in term.op else "s.cost_unknown = 0"
        )
        return f"{known} AND {sql}", values
    return sql, values


def _held(number: int) -> int:
    """As far as SQLite counts."""
    return max(-_MAX_WHOLE - 1, min(number, _MAX_WHOLE))

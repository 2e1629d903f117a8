"""A search in the indexed texts: heads first, then one table after the other, the newest first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import msgspec

from tui_sessions.model.found import Hit, SearchBatch
from tui_sessions.model.query import Query, Term
from tui_sessions.store.texts.database import said_table
from tui_sessions.store.texts.heads import MOST_HEADS, MOST_RANKED, Heads, Met
from tui_sessions.store.texts.shards import ROOM
from tui_sessions.store.texts.source import Source
from tui_sessions.store.texts.wanted import Asked, Wanted, among, expression

MOST_OF_A_PART = 500
"""Hits of one part that are handed out; all are counted."""
MOST_SESSIONS = 1_000
"""Sessions that are listed where no word is looked for."""
_WEIGHTS = "1.0, 2.0, 0.5, 0.5"
"""Of what the assistant, the user, instructions and tools said."""
_PROMPT_ONLY = "0.0, 1.0, 0.0, 0.0"
_COMMON = {"prompt": 2e-6, "answer": 1e-6}
"""Scores of what is not ranked; `bm25` itself gives no more to a word that half of the rows have."""
_Row = tuple[int, int, int]
"""Row, session and place of a turn."""


class Found(NamedTuple):
    """A hit as tables know it."""

    fid: int
    turn: int | None
    place: str
    score: float


class Searching:
    """One search over one connection."""

    def __init__(
        self, reading: sqlite3.Connection, source: Source, wanted: Wanted, *, is_partial: bool
    ) -> None:
        self._reading = reading
        self._source = source
        self._wanted = wanted
        self._is_partial = is_partial
        self._asked = Asked(wanted)
        self._shards = [
            number
            for (number,) in reading.execute(
                "SELECT number FROM shards WHERE live > 0 ORDER BY newest DESC, number DESC"
            )
        ]

    def batches(self) -> Iterator[SearchBatch]:
        """What each part holds. Raises `sqlite3.Error`; also where it was interrupted."""
        if self._wanted.is_void:
            yield self._batch([], 0, 1, 1)
            return
        if not self._wanted.groups:
            yield self._listed()
            return
        heads = Heads(self._reading, self._source, self._wanted, self._silent)
        met = heads.met()
        can_be_said = self._asked.is_sayable or bool(met.groups)
        shards = self._shards if can_be_said else []
        titled = [Found(fid, None, place, score) for fid, place, score in heads.hits(met)]
        # However many titles have it, what was said lately comes before all of them were told.
        later = [
            titled[first : first + MOST_RANKED]
            for first in range(MOST_OF_A_PART, len(titled), MOST_RANKED)
        ]
        total = 1 + len(shards) + len(later)
        first_of_all = titled[:MOST_OF_A_PART]
        yield self._batch(first_of_all, len(first_of_all), 1, total)
        helped = self._shards_of(met.groups)
        for done, number in enumerate(shards, 2):
            is_helped = helped is None or number in helped
            best, count = self._in_shard(number, met, is_helped=is_helped)
            yield self._batch(best, count, done, total)
        for done, rest in enumerate(later, 2 + len(shards)):
            yield self._batch(rest, len(rest), done, total)

    def holding(self, terms: tuple[Term, ...]) -> set[int]:
        """The sessions that have any of the words anywhere (with `role:`, from those roles)."""
        roles = self._wanted.roles
        expressed = among(roles, expression(terms))
        found = set() if roles else self._fids("heads", "SELECT rowid FROM heads", expressed)
        for number in self._shards:
            table = said_table(number)
            found |= self._fids(
                table,
                f"SELECT t.fid FROM {table} CROSS JOIN turns t ON t.rowid = {table}.rowid",
                expressed,
            )
        return found

    def _silent(self, terms: tuple[Term, ...]) -> set[int]:
        everyone = {fid for (fid,) in self._reading.execute("SELECT fid FROM sessions")}
        silent: set[int] = set()
        for term in terms:
            silent |= everyone - self.holding((term,))
        return silent

    def _listed(self) -> SearchBatch:
        """No word to look for: the sessions that match, newest first."""
        unwanted = self._wanted.unwanted
        refused = self.holding(unwanted) if unwanted else set()
        fids = [fid for fid in self._source.newest(self._wanted.rows) if fid not in refused]
        hits = [Found(fid, None, "title", 0.0) for fid in fids[:MOST_SESSIONS]]
        return self._batch(hits, len(fids), 1, 1)

    def _shards_of(self, fids: Collection[int]) -> set[int] | None:
        """The tables that have turns of these sessions; None where asking takes longer than knowing spares."""
        if len(fids) > MOST_HEADS:
            return None
        found = self._reading.execute(
            "SELECT DISTINCT rowid / ? FROM turns WHERE fid IN (SELECT value FROM json_each(?))",
            (ROOM, json.dumps(list(fids))),
        )
        return {number for (number,) in found}

    def _in_shard(self, number: int, met: Met, *, is_helped: bool) -> tuple[list[Found], int]:
        """The best hits of a table, and how many there are."""
        table = said_table(number)
        rows = self._turns(table, self._asked.everything) if self._asked.is_sayable else []
        prompts, scores = self._ranked(table, len(rows)) if rows else (set(), {})
        # Words that stand everywhere need no help from titles.
        if is_helped and len(rows) <= MOST_RANKED:
            helped = self._with_help(table, met, {rowid for rowid, _, _ in rows})
            if helped:
                rows += helped
                prompts |= self._prompts(table)
        if not met.is_open:
            rows = [row for row in rows if met.admits(row[1])]
        best = best_of(rows, prompts, scores)
        return [_found(row, prompts, scores) for row in best], len(rows)

    def _with_help(self, table: str, met: Met, known: set[int]) -> list[_Row]:
        """Turns that have some of the groups, of sessions whose heads have the others."""
        every = (1 << len(self._asked.each)) - 1
        said: dict[_Row, int] = {}
        for number, expressed in enumerate(self._asked.each):
            for row in self._turns(table, expressed) if expressed else ():
                if row[1] in met.groups and row[0] not in known:
                    said[row] = said.get(row, 0) | 1 << number
        return [row for row, groups in said.items() if groups | met.groups[row[1]] == every]

    def _ranked(self, table: str, count: int) -> tuple[set[int], dict[int, float]]:
        """The rows whose prompts have something of it, and how well rows fit.

        What is too common takes longest to be ranked, for nothing: only prompts come first then.
        """
        if count > MOST_RANKED:
            return self._prompts(table), {}
        rows = self._rows(
            f"SELECT rowid, -bm25({table}, {_WEIGHTS}), bm25({table}, {_PROMPT_ONLY}) "
            f"FROM {table} WHERE {table} MATCH ?",
            self._asked.everything,
        )
        prompts = {rowid for rowid, _, of_prompt in rows if of_prompt < 0}
        return prompts, {rowid: score for rowid, score, _ in rows}

    def _prompts(self, table: str) -> set[int]:
        """The rows whose prompts have any of the words."""
        if not self._asked.in_prompts:
            return set()
        sql = f"SELECT rowid FROM {table} WHERE {table} MATCH ?"
        return {rowid for (rowid,) in self._rows(sql, self._asked.in_prompts)}

    def _turns(self, table: str, expressed: str) -> list[_Row]:
        """Row, session and place of each turn that matches."""
        return self._rows(
            "SELECT t.rowid, t.fid, t.place "
            f"FROM {table} CROSS JOIN turns t ON t.rowid = {table}.rowid WHERE {table} MATCH ?",
            expressed,
        )

    def _fids(self, table: str, sql: str, expressed: str) -> set[int]:
        return {fid for (fid,) in self._rows(f"{sql} WHERE {table} MATCH ?", expressed)}

    def _rows(self, sql: str, expressed: str) -> list[Any]:
        try:
            return self._reading.execute(sql, (expressed,)).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []  # It decayed meanwhile; what lived in it went to the newest.
            raise

    def _batch(self, found: list[Found], count: int, done: int, total: int) -> SearchBatch:
        ids = self._source.ids_of({hit.fid for hit in found}) if found else {}
        hits = tuple(
            Hit(session_id=ids[hit.fid], turn=hit.turn, place=hit.place, score=hit.score)
            for hit in found
            if hit.fid in ids
        )
        return SearchBatch(
            hits=hits, found=count, done=done, total=total, is_partial=self._is_partial
        )


def best_of(rows: list[_Row], prompts: set[int], scores: dict[int, float]) -> list[_Row]:
    """The best hits, and of every session the best: no session that was found is left out."""
    if scores:
        rows.sort(key=lambda row: scores.get(row[0], 0.0), reverse=True)
    else:
        rows.sort(key=lambda row: row[0] not in prompts)
    best = rows[:MOST_OF_A_PART]
    shown = {row[1] for row in best}
    for row in rows[MOST_OF_A_PART:]:
        if row[1] not in shown:
            shown.add(row[1])
            best.append(row)
    return best


def _found(row: _Row, prompts: set[int], scores: dict[int, float]) -> Found:
    rowid, fid, turn = row
    place = "prompt" if rowid in prompts else "answer"
    return Found(fid, turn, place, scores.get(rowid, _COMMON[place]))


def holding_query(term: Term, roles: frozenset[str]) -> Query:
    """A query for a word alone, said by these roles."""
    said_by = tuple(Term("role", role) for role in sorted(roles))
    return Query(((msgspec.structs.replace(term, is_negated=False),), *((one,) for one in said_by)))

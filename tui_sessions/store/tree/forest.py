"""What the tree of a library is laid out from, kept until something changes."""

from __future__ import annotations

import json
import os
import sqlite3
from array import array
from collections.abc import Mapping, Sequence

from tui_sessions.model.circles import openers
from tui_sessions.model.money import NANO, Cost
from tui_sessions.model.query import Query
from tui_sessions.store.index import ordering, schema
from tui_sessions.store.index.index import Index
from tui_sessions.store.tree.layout import Ground
from tui_sessions.store.tree.tree import Sum

SUMMED_UP_TO = 20_000
"""Of more sessions than a filter leaves, folders do not tell the cost: adding takes longer than a key may."""
_SUMS = """
SELECT folder, count(*), sum(cost / 1000000000), sum(cost % 1000000000), sum(cost_known), sum(cost_unknown)
FROM sessions s WHERE {where} GROUP BY folder
"""
_PAIRS = """
SELECT parent.fid, child.fid, child.path
FROM sessions child INDEXED BY sessions_by_parent CROSS JOIN sessions parent
ON parent.id = child.parent AND parent.folder = child.folder AND parent.fid <> child.fid
WHERE child.parent IS NOT NULL ORDER BY child.{column} {way}, child.path
"""


class Forest:
    """Grounds by order, and those that a filter leaves of them."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._kept: dict[str, tuple[tuple[int, int], Ground]] = {}

    def ground(self, query: Query, sort: str) -> Ground:
        """Everything, or what matches. Raises `UsageError` for an unknown sort."""
        whole = self._whole(sort)
        matching = self._index.fids(query)
        return whole if matching is None else self._filtered(whole, matching, query)

    def _whole(self, sort: str) -> Ground:
        stamp = self._index.stamp()
        kept = self._kept.get(sort)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        ground = Ground(
            paths=self._index.ask(_paths),
            order=self._index.ask(lambda reading: ordering.by_folder(reading, sort)),
            below=self._index.ask(lambda reading: _below(reading, sort)),
            sums=self._index.ask(lambda reading: _sums(reading, "1", ())),
            damaged=self._index.damaged(),
        )
        self._kept = {sort: (stamp, ground)}
        return ground

    def _filtered(self, whole: Ground, matching: set[int], query: Query) -> Ground:
        order = {
            folder: fids
            for folder, all_of_it in whole.order.items()
            if (fids := array("q", [fid for fid in all_of_it if fid in matching]))
        }
        sums: Mapping[int, Sum]
        if len(matching) <= SUMMED_UP_TO:
            where, chosen = "s.fid IN (SELECT value FROM json_each(?))", json.dumps([*matching])
            sums = self._index.ask(lambda reading: _sums(reading, where, (chosen,)))
        else:
            sums = {folder: Sum(len(fids)) for folder, fids in order.items()}
        below = {
            parent: kept
            for parent, children in whole.below.items()
            if parent in matching and (kept := [fid for fid in children if fid in matching])
        }
        damaged = [row for row in whole.damaged if query.matches_damaged(row)]
        return Ground(whole.paths, order, below, sums, damaged, is_whole=False)


def _paths(reading: sqlite3.Connection) -> dict[int, str]:
    found = reading.execute("SELECT folder, path FROM folders")
    return {folder: os.fsdecode(path) for folder, path in found}


def _sums(reading: sqlite3.Connection, where: str, values: Sequence[object]) -> dict[int, Sum]:
    return {
        folder: Sum(count, Cost(dollars * NANO + nano, known, unknown))
        for folder, count, dollars, nano, known, unknown in reading.execute(
            _SUMS.format(where=where), values
        )
    }


def _below(reading: sqlite3.Connection, sort: str) -> dict[int, list[int]]:
    """The branches of each session, in order. One that lies in another folder is shown there."""
    column, way = ordering.column_of(sort), schema.direction(sort)
    pairs = reading.execute(_PAIRS.format(column=column, way=way)).fetchall()
    paths = {child: path for _, child, path in pairs}
    looped = openers({child: parent for parent, child, _ in pairs}, paths.__getitem__)
    below: dict[int, list[int]] = {}
    for parent, child, _ in pairs:
        if child not in looped:
            below.setdefault(parent, []).append(child)
    return below

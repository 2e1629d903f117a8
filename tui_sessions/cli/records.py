"""Listings in every format: a table on a terminal, tab-separated in a pipe, json, jsonl, csv, ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from tui_sessions.cli.console import Console
from tui_sessions.cli.layout import Heading, table_lines
from tui_sessions.model.text import clean_line

_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\ud800-\udfff]")
_CHUNK = 100_000
"""Characters that are written at once."""
FORMATS = ("table", "json", "jsonl", "csv", "ids")

Item = TypeVar("Item")


class Column(NamedTuple, Generic[Item]):
    """A column of a listing."""

    heading: Heading
    shown: Callable[[Item], str]
    """For people."""
    plain: Callable[[Item], str] | None = None
    """For programs (numbers without signs and separators); the shown text where None."""


class Listing(NamedTuple, Generic[Item]):
    """How items of one kind are listed."""

    columns: Sequence[Column[Item]]
    record: Callable[[Item], Mapping[str, Any]]
    """The item for json, jsonl and csv; None is unknown."""
    id: Callable[[Item], str]


def print_listing(
    console: Console, listing: Listing[Item], items: Sequence[Item], format: str | None
) -> None:
    """Writes `items`; without a format, as suits who reads."""
    match format:
        case "json":
            _print_json(console, (listing.record(item) for item in items))
        case "jsonl":
            for item in items:
                console.line(_json(listing.record(item)))
        case "csv":
            _print_csv(console, (listing.record(item) for item in items))
        case "ids":
            for item in items:
                console.line(listing.id(item))
        case "table":
            _print_table(console, listing, items)
        case _ if console.is_terminal:
            _print_table(console, listing, items)
        case _:
            _print_tabs(console, listing, items)


def _print_table(console: Console, listing: Listing[Item], items: Sequence[Item]) -> None:
    headings = [column.heading for column in listing.columns]
    rows = [[clean_line(column.shown(item)) for column in listing.columns] for item in items]
    width = console.width if console.is_terminal else 10_000
    head, *lines = table_lines(headings, rows, width)
    console.heading(head)
    for line in lines:
        console.line(line)


def _print_tabs(console: Console, listing: Listing[Item], items: Sequence[Item]) -> None:
    for item in items:
        cells = ((column.plain or column.shown)(item) for column in listing.columns)
        console.line("\t".join(" ".join(cell.split()) for cell in cells))


def _print_json(console: Console, records: Iterable[Mapping[str, Any]]) -> None:
    """As one array, written an element at a time: a whole library may be listed."""
    import json

    begin = "[\n  "
    for record in records:
        # No string holds a line end here: they are escaped.
        lines = json.dumps(record, indent=2, ensure_ascii=False).replace("\n", "\n  ")
        console.write(_escaped(begin + lines))
        begin = ",\n  "
    console.line("[]" if begin.startswith("[") else "\n]")


def print_object(console: Console, record: Mapping[str, Any]) -> None:
    """Writes one record as indented JSON."""
    import json

    console.line(_escaped(json.dumps(record, indent=2, ensure_ascii=False)))


def _json(record: Mapping[str, Any]) -> str:
    import json

    return _escaped(json.dumps(record, ensure_ascii=False))


def _escaped(text: str) -> str:
    """JSON leaves DEL, C1 controls and lone surrogates as they are; their escapes mean the same and
    pass through every terminal and encoding."""
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _print_csv(console: Console, records: Iterable[Mapping[str, Any]]) -> None:
    import csv
    import io

    from tui_sessions.exchange.csv_rows import safe_cell

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for index, record in enumerate(records):
        if index == 0:
            writer.writerow(record)
        writer.writerow([safe_cell(_csv_cell(value)) for value in record.values()])
        if text.tell() > _CHUNK:
            console.write(text.getvalue())
            text.seek(0)
            text.truncate()
    console.write(text.getvalue())


def _csv_cell(value: object) -> object:
    if value is None:
        return "?"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

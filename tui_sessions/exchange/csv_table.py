"""Records as CSV: a head line, then a row for each; what a spreadsheet would run as a formula is quoted."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from tui_sessions.exchange.csv_rows import safe_cell


def csv_table(records: Sequence[Mapping[str, Any]]) -> bytes:
    """The records, all of the same keys; `?` is unknown."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    if records:
        writer.writerow(records[0])
    for record in records:
        cells = ("?" if value is None else value for value in record.values())
        writer.writerow([safe_cell(cell) for cell in cells])
    return text.getvalue().encode("utf-8", "replace")

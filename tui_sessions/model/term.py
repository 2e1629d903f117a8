"""One condition of a filter, and whether a row meets it: pure, the measure for every quicker way."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

import msgspec

from tui_sessions.model.query_keys import META
from tui_sessions.model.results import DamagedRow, SessionRow

BETWEEN = "\x1f"
"""Stands between the names of a row, so that no word is found across two of them."""
_UNHOLDABLE = re.compile("[\x00\ud800-\udfff]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Term(msgspec.Struct, frozen=True):
    """One condition; an empty key means a word of the name: title, file, folder, tags, project, model."""

    key: str
    """"" a word of the name, "text" one of the conversation, else a key of the language or `meta.KEY`."""
    value: str
    """`folded`."""
    op: str = ""
    """For cost, turns and tokens: `>` `>=` `<` `<=` `=` `..` (from `number` to `top`, both included)."""
    number: int | None = None
    """Nano-dollars, how many, or microseconds since 1970 in UTC."""
    top: int | None = None
    is_negated: bool = False
    is_phrase: bool = False
    """Was in quotes."""
    is_prefix: bool = False
    """Ended with `*`."""

    @property
    def is_of_text(self) -> bool:
        """Whether a row alone cannot say: it is about what was said."""
        return self.key in ("text", "role")

    def holds(self, row: SessionRow) -> bool:
        """Whether `row` meets the condition; one about the conversation always seems met."""
        return self.is_of_text or _holds(self, row) != self.is_negated

    def holds_damaged(self, row: DamagedRow) -> bool:
        """Whether a file that is no session meets it: all that is known is its path and time."""
        return _holds_damaged(self, row) != self.is_negated


def folded(text: str) -> str:
    """`text` as it is compared: without case, accents in one form, and only what SQLite can hold."""
    plain = text.casefold()
    if plain.isascii():
        return plain.replace("\x00", "\ufffd")
    return _UNHOLDABLE.sub("\ufffd", normalize("NFC", plain))


def names_of(row: SessionRow) -> str:
    """What words look in: every name that a person may know the session by."""
    return folded(
        BETWEEN.join(
            (row.title, row.file_name, row.folder, row.project or "", row.model or "", *row.tags)
        )
    )


def micros(moment: datetime) -> int:
    """Microseconds since 1970, exact."""
    return (moment - _EPOCH) // _MICROSECOND


def began(row: SessionRow) -> int | None:
    """When it began, as `micros`: many programs write no date, then that of the file counts."""
    moment = row.created_at or row.updated_at
    return None if moment is None else micros(moment)


def _holds(term: Term, row: SessionRow) -> bool:
    key, value = term.key, term.value
    if key.startswith(META):
        wanted = key.removeprefix(META)
        return any(
            folded(name) == wanted and value in folded(str(held)) for name, held in row.meta.items()
        )
    match key:
        case "":
            return value in names_of(row)
        case "tag":
            return any(_is_or_begins(folded(tag), term) for tag in row.tags)
        case "folder":
            return _is_within(folded(row.folder), term)
        case "status":
            return _is_or_begins(folded(row.status), term)
        case "is":
            return _is(value, row)
        case "has":
            return _has(value, row)
        case "since" | "until":
            return _is_in_time(term, began(row))
        case "cost" | "turns" | "tokens":
            return _is_within_bounds(term, row)
    held = folded(getattr(row, key) or "")
    return held != "" and value in held


def _is_or_begins(text: str, term: Term) -> bool:
    return text.startswith(term.value) if term.is_prefix else text == term.value


def _is_within(folder: str, term: Term) -> bool:
    if term.is_prefix:
        return folder != "" and folder.startswith(term.value.lstrip("/"))
    wanted = term.value.strip("/")
    return folder == wanted or folder.startswith(wanted + "/")


def _is(flag: str, row: SessionRow) -> bool:
    match flag:
        case "pinned":
            return row.is_pinned
        case "starred":
            return row.is_starred
        case "branch":
            return row.parent_id is not None
        case "interrupted":
            return row.is_cut
        case "archived":
            return folded(row.status) == "archived"
        case "read-only":
            return row.is_read_only
    return False  # A row is never damaged.


def _has(what: str, row: SessionRow) -> bool:
    match what:
        case "code":
            return row.has_code
        case "attachment":
            return row.has_attachment
        case "notes":
            return row.has_notes
        case "tags":
            return bool(row.tags)
    return bool(row.project)


def _is_in_time(term: Term, moment: int | None) -> bool:
    if moment is None or term.number is None:
        return False
    return moment >= term.number if term.key == "since" else moment < term.number


def _is_within_bounds(term: Term, row: SessionRow) -> bool:
    match term.key:
        case "turns":
            return _is_bound_met(term, row.turns)
        case "tokens":
            return row.tokens is not None and _is_bound_met(term, row.tokens)
    cost = row.cost
    if cost.unknown and (not cost.known or term.op not in (">", ">=")):
        return False  # A sum with unknown parts may be any amount more.
    return _is_bound_met(term, cost.nanousd)


def _is_bound_met(term: Term, held: int) -> bool:
    number = term.number or 0
    match term.op:
        case ">":
            return held > number
        case ">=":
            return held >= number
        case "<":
            return held < number
        case "<=":
            return held <= number
        case "..":
            return number <= held <= (term.top or 0)
    return held == number


def _holds_damaged(term: Term, row: DamagedRow) -> bool:
    match term.key:
        case "":
            return term.value in folded(row.path)
        case "title":
            return term.value in folded(row.path.rpartition("/")[2])
        case "folder":
            return _is_within(folded(row.path.rpartition("/")[0]), term)
        case "is":
            return term.value == "damaged"
        case "since" | "until":
            return _is_in_time(term, None if row.updated_at is None else micros(row.updated_at))
    return False

"""What a search found, in every form: for people a heading for each session with the places below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui_sessions.cli.call import Call
from tui_sessions.cli.layout import GAP, Heading, cell_width, cut
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.cli.session_rows import began, record
from tui_sessions.errors import NotFoundError, TuiSessionsError
from tui_sessions.model.display import shown_number, shown_time
from tui_sessions.model.text import clean_line

if TYPE_CHECKING:
    from tui_sessions.model.excerpts import Excerpt
    from tui_sessions.model.found import FoundSession, Hit
    from tui_sessions.model.query import Query
    from tui_sessions.model.results import SessionRow

_WHO = {"prompt": "you", "answer": "assistant", "title": "title", "notes": "notes"}
_ROLES = {"prompt": "user", "answer": "assistant"}
_WIDTH = 160
"""Characters of an excerpt where no terminal bounds it."""
_TURN_CELLS = 5
_WHO_CELLS = max(map(len, _WHO.values()))
_LEAST_ROOM = 20


@dataclass(frozen=True, slots=True)
class _Place:
    """A hit with its session and what stands there."""

    row: SessionRow
    hit: Hit
    excerpt: Excerpt


def print_found(
    call: Call,
    found: tuple[FoundSession, ...],
    query: Query,
    format: str | None,
    *,
    hits: int,
) -> None:
    """Writes the sessions with up to `hits` places each; without a format, as suits who reads."""
    console = call.console
    match format:
        case "ids":
            for session in found:
                console.line(session.session_id)
        case "json" | "jsonl":
            rows = list(_records(call, found, query, hits))
            print_listing(
                console, Listing((), lambda row: row, lambda row: str(row["id"])), rows, format
            )
        case "table":
            _print_for_people(call, found, query, hits)
        case None if console.is_terminal:
            _print_for_people(call, found, query, hits)
        case _:
            places = [
                place for session in found for place in _places(call, session, query, hits, _WIDTH)
            ]
            print_listing(console, _listing(), places, format)


def _print_for_people(call: Call, found: tuple[FoundSession, ...], query: Query, hits: int) -> None:
    console = call.console
    width = console.width if console.is_terminal else _WIDTH
    room = max(_LEAST_ROOM, width - _TURN_CELLS - _WHO_CELLS - 2 * len(GAP))
    is_first = True
    for session in found:
        row = _row(call, session.session_id)
        if row is None:
            continue
        if not is_first:
            console.line()
        is_first = False
        console.heading(_heading(row, session, width))
        for place in _places(call, session, query, hits, room):
            turn = "" if place.hit.turn is None else str(place.hit.turn + 1)
            who = _WHO.get(place.hit.place, place.hit.place)
            start = f"{turn:>{_TURN_CELLS}}{GAP}{who:<{_WHO_CELLS}}{GAP}"
            console.pieces([(start, False), *_pieces(place.excerpt, room)])


def _heading(row: SessionRow, session: FoundSession, width: int) -> str:
    """One line; the title gives way where the terminal is narrow."""
    before = row.id
    after = GAP.join(
        (
            shown_time(began(row)),
            clean_line(row.model or "?"),
            shown_number(session.count, "hit"),
        )
    )
    room = max(_LEAST_ROOM, width - cell_width(before) - cell_width(after) - 2 * len(GAP))
    return cut(GAP.join((before, cut(clean_line(row.title), room), after)), width)


def _pieces(excerpt: Excerpt, room: int) -> Iterator[tuple[str, bool]]:
    """The text in pieces, those that were looked for marked; no wider than `room`."""
    text = cut(excerpt.text, room)
    at = 0
    for start, end in excerpt.marks:
        if start >= len(text):
            break
        yield text[at:start], False
        yield text[start:end], True
        at = end
    yield text[at:], False


def _places(
    call: Call, session: FoundSession, query: Query, hits: int, width: int
) -> Iterator[_Place]:
    row = _row(call, session.session_id)
    if row is None:
        return
    for hit in session.hits[:hits]:
        try:
            excerpt = call.library.excerpt(hit, query, width)
        except TuiSessionsError as error:
            # Gone or broken since it was indexed: no reason to lose the others.
            call.console.say(str(error))
            return
        yield _Place(row, hit, excerpt)


def _row(call: Call, session_id: str) -> SessionRow | None:
    try:
        return call.library.row(session_id)
    except NotFoundError:
        return None


def _records(
    call: Call, found: tuple[FoundSession, ...], query: Query, hits: int
) -> Iterator[dict[str, Any]]:
    for session in found:
        row = _row(call, session.session_id)
        if row is None:
            continue
        yield {
            **record(row),
            "score": _score(session.score),
            "hit_count": session.count,
            "hits": [
                {
                    "turn": _number(place.hit),
                    "place": place.hit.place,
                    "role": _role(place.hit),
                    "score": _score(place.hit.score),
                    "excerpt": place.excerpt.text,
                    "marks": [list(mark) for mark in place.excerpt.marks],
                }
                for place in _places(call, session, query, hits, _WIDTH)
            ],
        }


def _listing() -> Listing[_Place]:
    """A line for each place."""
    columns: tuple[Column[_Place], ...] = (
        Column(Heading("ID"), lambda place: place.row.id),
        Column(Heading("TURN"), lambda place: str(_number(place.hit) or "")),
        Column(Heading("ROLE"), lambda place: _role(place.hit)),
        Column(Heading("SCORE"), lambda place: f"{place.hit.score:.4g}"),
        Column(Heading("TITLE"), lambda place: place.row.title),
        Column(Heading("EXCERPT"), lambda place: place.excerpt.text),
    )
    return Listing(columns, _place_record, lambda place: place.row.id)


def _place_record(place: _Place) -> dict[str, Any]:
    return {
        "id": place.row.id,
        "turn": _number(place.hit),
        "role": _role(place.hit),
        "score": _score(place.hit.score),
        "title": place.row.title,
        "excerpt": place.excerpt.text,
    }


def _number(hit: Hit) -> int | None:
    """The turn as people count."""
    return None if hit.turn is None else hit.turn + 1


def _role(hit: Hit) -> str:
    return _ROLES.get(hit.place, hit.place)


def _score(score: float) -> float:
    return float(f"{score:.6g}")

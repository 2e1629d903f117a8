"""How `stats` prints: totals and small bars for people, records for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tui_sessions.cli.call import Call
from tui_sessions.cli.facts import print_facts
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.records import Column, Listing, print_listing, print_object
from tui_sessions.cli.session_rows import iso_time
from tui_sessions.errors import NotFoundError
from tui_sessions.model.display import (
    shown_amount,
    shown_count,
    shown_duration,
    shown_number,
    shown_priced,
)
from tui_sessions.model.money import dollars, known_dollars
from tui_sessions.model.session_facts import session_fact_words
from tui_sessions.model.session_statistics import SessionStatistics, session_statistics
from tui_sessions.model.statistics import Pace, Scope, Slice, Sum
from tui_sessions.model.statistics_records import (
    pace_record,
    slice_record,
    sum_record,
)
from tui_sessions.model.statistics_words import (
    mean_prompt_tokens,
    mean_session_tokens,
    shown_column,
    shown_error_rate,
    shown_key,
    shown_rate,
    shown_tokens,
    shown_unpriced,
)

_BAR_CELLS = 10
_TIMES = frozenset({"day", "week", "month", "hour", "weekday-hour"})
NOTHING = "Nothing was asked then, as far as the files tell."


def print_totals(call: Call, scope: Scope, top: int | None, format: str | None) -> int:
    """All of it, and on a terminal what it was spent on."""
    library, counts = call.library, call.library.statistics
    total = counts.total(scope)
    models, personas = counts.by("model", scope), counts.by("persona", scope)
    record = {
        **sum_record(total),
        "mean_tokens_per_session": mean_session_tokens(total),
        "mean_prompt_tokens": mean_prompt_tokens(total),
        "busiest_model": _busiest(models),
        "busiest_persona": _busiest(personas),
        **_in_library(call),
    }
    console = call.console
    if format == "json":
        print_object(console, record)
    elif format in ("jsonl", "csv"):
        print_listing(console, _facts_listing(), [record], format)
    else:
        print_facts(console, _total_facts(total, record), "text")
        if console.is_terminal and models:
            console.line()
            print_listing(
                console,
                _slice_listing(("model",), models[: top or 8], total),
                models[: top or 8],
                "table",
            )
    console.flush()
    if not total.answers:
        console.say(NOTHING if library.count() else "There are no sessions yet.")
        return 1
    return 0


def _in_library(call: Call) -> dict[str, int]:
    """What is there in all, whatever is asked."""
    from tui_sessions.model.query import Query, Term

    totals = call.library.totals()
    active = call.library.count(Query.of(Term("status", "active")))
    return {
        "library_sessions": totals.sessions,
        "library_active": active,
        "library_messages": totals.messages,
    }


def _busiest(slices: Sequence[Slice]) -> str | None:
    named = [slice for slice in slices if slice.key]
    return max(named, key=lambda slice: slice.sum.answers).key if named else None


def _total_facts(total: Sum, record: Mapping[str, Any]) -> dict[str, Any]:
    each, context = record["mean_tokens_per_session"], record["mean_prompt_tokens"]
    return {
        "cost": shown_priced(total.cost),
        "answers": total.answers,
        "sessions": total.sessions,
        "errors": total.errors,
        "tokens": shown_tokens(total),
        "prompt tokens": total.prompt_tokens,
        "completion tokens": total.completion_tokens,
        "cached tokens": total.cached_tokens or None,
        "reasoning tokens": total.reasoning_tokens or None,
        "tokens a session": each,
        "tokens a prompt": context,
        "busiest model": record["busiest_model"],
        "busiest persona": record["busiest_persona"],
        "in the library": ", ".join(
            (
                shown_number(record["library_sessions"], "session"),
                f"{record['library_active']:,} active",
                shown_number(record["library_messages"], "message"),
            )
        ),
    }


def _facts_listing() -> Listing[dict[str, Any]]:
    return Listing((), lambda record: record, lambda record: "")


# broken down


def print_slices(
    call: Call, scope: Scope, by: Sequence[str], top: int | None, format: str | None
) -> int:
    """A row for each key; with two dimensions, for each pair of keys."""
    counts = call.library.statistics
    total = counts.total(scope)
    pairs: Sequence[tuple[str, Slice]]
    if len(by) == 1:
        pairs = [("", slice) for slice in counts.by(by[0], scope)]
    else:
        pairs = counts.by_two(by[0], by[1], scope)
    if top is not None:
        pairs = _dearest(pairs, top)
    titles = _titles(call, by, pairs)
    listing = _pair_listing(call, by, pairs, total, titles)
    if pairs or format in ("json", "csv"):
        print_listing(call.console, listing, pairs, format)
    return _told(call, total, bool(pairs))


def _told(call: Call, total: Sum, is_any: bool) -> int:
    """The sum of all rows as a word; the exit code."""
    call.console.flush()
    if not is_any:
        call.console.say(NOTHING)
        return 1
    answers = shown_number(total.answers, "answer")
    call.console.say(f"{shown_priced(total.cost)} in all, for {answers}.")
    return 0


def _dearest(pairs: Sequence[tuple[str, Slice]], top: int) -> list[tuple[str, Slice]]:
    """The dearest, in the order they had."""
    kept = sorted(range(len(pairs)), key=lambda n: -pairs[n][1].sum.cost.nanousd)[:top]
    return [pairs[n] for n in sorted(kept)]


def _titles(call: Call, by: Sequence[str], pairs: Sequence[tuple[str, Slice]]) -> dict[str, str]:
    """How the sessions are called, where it goes by them."""
    if "session" not in by:
        return {}
    titles = {}
    for first, slice in pairs:
        for session_id in {first, slice.key}:
            try:
                titles[session_id] = call.library.row(session_id).title
            except NotFoundError:
                continue
    return titles


def _pair_listing(
    call: Call,
    by: Sequence[str],
    pairs: Sequence[tuple[str, Slice]],
    total: Sum,
    titles: Mapping[str, str],
) -> Listing[tuple[str, Slice]]:
    costs = shown_column([slice.sum.cost for _, slice in pairs])
    shown_costs = {id(slice): cost for (_, slice), cost in zip(pairs, costs, strict=True)}
    most = max((slice.sum.cost.nanousd for _, slice in pairs), default=0)

    def record(pair: tuple[str, Slice]) -> dict[str, Any]:
        first, slice = pair
        head = {by[0].replace("-", "_"): first} if len(by) > 1 else {}
        record = {**head, **slice_record(by[-1], slice)}
        if titles:
            session = first if len(by) > 1 and by[0] == "session" else slice.key
            record = {"title": titles.get(session), **record}
        return record

    columns: list[Column[tuple[str, Slice]]] = []
    for place, dimension in enumerate(by):
        columns += _key_columns(dimension, place, len(by), titles)
    columns += [
        Column(Heading("COST", is_number=True), lambda pair: shown_costs[id(pair[1])],
               lambda pair: _plain(known_dollars(pair[1].sum.cost))),
    ]  # fmt: skip
    if not call.console.is_terminal or any(slice.sum.cost.unknown for _, slice in pairs):
        columns.append(Column(
            Heading("UNPRICED", is_number=True), lambda pair: shown_unpriced(pair[1].sum.cost),
            lambda pair: str(pair[1].sum.cost.unknown)))  # fmt: skip
    if call.console.is_terminal:
        columns += [
            Column(Heading("", is_optional=True), lambda p: _bar(p[1].sum.cost.nanousd, most)),
        ]
    columns += [
        Column(Heading("ANSWERS", is_number=True), lambda pair: shown_count(pair[1].sum.answers),
               lambda pair: str(pair[1].sum.answers)),
        Column(Heading("SESSIONS", is_number=True, is_optional=True),
               lambda pair: shown_count(pair[1].sum.sessions),
               lambda pair: str(pair[1].sum.sessions)),
        Column(Heading("TOKENS", is_number=True), lambda pair: shown_tokens(pair[1].sum),
               lambda pair: _plain_tokens(pair[1].sum)),
    ]  # fmt: skip
    return Listing(columns, record, lambda pair: pair[1].key)


def _key_columns(
    dimension: str, place: int, places: int, titles: Mapping[str, str]
) -> Iterator[Column[tuple[str, Slice]]]:
    def key(pair: tuple[str, Slice]) -> str:
        return pair[0] if place == 0 and places > 1 else pair[1].key

    heading = Heading(dimension.upper(), is_flexible=True)
    yield Column(heading, lambda pair: shown_key(dimension, key(pair)), key)
    if dimension == "session":
        title = Heading("TITLE", is_flexible=True)
        yield Column(title, lambda pair: titles.get(key(pair), ""))


def _slice_listing(by: Sequence[str], slices: Sequence[Slice], total: Sum) -> Listing[Slice]:
    """Small: for below the totals."""
    costs = dict(zip(map(id, slices), shown_column([s.sum.cost for s in slices]), strict=True))
    most = max((slice.sum.cost.nanousd for slice in slices), default=0)
    unpriced = Column[Slice](
        Heading("UNPRICED", is_number=True), lambda s: shown_unpriced(s.sum.cost)
    )
    columns = (
        Column[Slice](Heading(by[0].upper(), is_flexible=True), lambda s: shown_key(by[0], s.key)),
        Column[Slice](Heading("COST", is_number=True), lambda s: costs[id(s)]),
        *([unpriced] if any(slice.sum.cost.unknown for slice in slices) else []),
        Column[Slice](Heading("", is_optional=True), lambda s: _bar(s.sum.cost.nanousd, most)),
        Column[Slice](Heading("ANSWERS", is_number=True), lambda s: shown_count(s.sum.answers)),
        Column[Slice](Heading("TOKENS", is_number=True), lambda s: shown_tokens(s.sum)),
    )
    return Listing(columns, lambda s: slice_record(by[0], s), lambda s: s.key)


def _plain_tokens(sum: Sum) -> str:
    return "?" if sum.answers and sum.unknown_tokens >= sum.answers else str(sum.tokens)


def _bar(part: int, most: int) -> str:
    cells = 0 if most <= 0 or part <= 0 else max(1, round(part / most * _BAR_CELLS))
    return "━" * cells


def _plain(number: float | None) -> str:
    return "?" if number is None else f"{number:.9f}".rstrip("0").rstrip(".") or "0"


# how quickly


def print_paces(call: Call, scope: Scope, by: str, top: int | None, format: str | None) -> int:
    """A row for each model, provider or persona, the most used first."""
    paces = call.library.statistics.paces(by, scope)[:top]
    columns = (
        Column[Pace](Heading(by.upper(), is_flexible=True), lambda p: shown_key(by, p.key),
                     lambda p: p.key),
        _milliseconds("MEDIAN", lambda p: p.median_ms),
        _milliseconds("P95", lambda p: p.p95_ms),
        _milliseconds("FIRST", lambda p: p.first_median_ms),
        _milliseconds("FIRST P95", lambda p: p.first_p95_ms, is_optional=True),
        Column[Pace](Heading("TOK/S", is_number=True), lambda p: shown_rate(p.rate_median),
                     lambda p: _plain(p.rate_median)),
        Column[Pace](Heading("TOK/S P95", is_number=True, is_optional=True),
                     lambda p: shown_rate(p.rate_p95), lambda p: _plain(p.rate_p95)),
        Column[Pace](Heading("ERRORS", is_number=True), lambda p: shown_error_rate(p.error_rate),
                     lambda p: str(p.errors)),
        Column[Pace](Heading("COST/1K", is_number=True), _shown_price,
                     lambda p: _plain(None if p.cost_per_ktok is None else dollars(p.cost_per_ktok))),
        Column[Pace](Heading("ANSWERS", is_number=True), lambda p: shown_count(p.answers),
                     lambda p: str(p.answers)),
    )  # fmt: skip
    listing = Listing(columns, lambda pace: pace_record(by, pace), lambda pace: pace.key)
    if paces or format in ("json", "csv"):
        print_listing(call.console, listing, paces, format)
    call.console.flush()
    if not paces:
        call.console.say(NOTHING)
    return 0 if paces else 1


def _milliseconds(heading: str, of: Any, *, is_optional: bool = False) -> Column[Pace]:
    return Column(
        Heading(heading, is_number=True, is_optional=is_optional),
        lambda pace: shown_duration(of(pace)),
        lambda pace: _plain(of(pace)),
    )


def _shown_price(pace: Pace) -> str:
    return "?" if pace.cost_per_ktok is None else shown_amount(pace.cost_per_ktok)


# one session


def print_session(call: Call, ref: str, format: str | None) -> int:
    """What one session's file counts."""
    library = call.library
    session_id = library.resolve(ref)
    updated = library.row(session_id).updated_at or datetime.fromtimestamp(0, UTC)
    found = session_statistics(library.load(session_id), updated)
    if format in ("json", "jsonl", "csv"):
        record = _session_record(found)
        if format == "json":
            print_object(call.console, record)
        else:
            flat = record if format == "jsonl" else _flat(record)
            print_listing(call.console, _facts_listing(), [flat], format)
        return 0
    facts: dict[str, Any] = dict(session_fact_words(found))
    for slice in found.by_model:
        facts[f"By {shown_key('model', slice.key)}"] = (
            f"{shown_number(slice.sum.answers, 'answer')}, {shown_priced(slice.sum.cost)}"
        )
    print_facts(call.console, facts, "text")
    return 0


def _session_record(found: SessionStatistics) -> dict[str, Any]:
    duration = found.duration_ms
    return {
        "session": found.session_id,
        "title": found.title,
        "messages": found.messages,
        "messages_by_role": dict(found.by_role),
        "turns": found.turns,
        "inherited_turns": found.inherited,
        "other_answers": found.alternatives,
        "files": found.files,
        **{name: value for name, value in sum_record(found.sum).items() if name != "sessions"},
        "mean_response_ms": found.mean_ms and round(found.mean_ms, 1),
        "median_response_ms": found.median_ms and round(found.median_ms, 1),
        "first_token_median_ms": found.first_token_ms and round(found.first_token_ms, 1),
        "duration_s": duration and round(duration / 1000, 3),
        "first_message": iso_time(found.first_at),
        "last_message": iso_time(found.last_at),
        "models": [slice_record("model", slice) for slice in found.by_model],
    }


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """For a row of CSV."""
    roles = ", ".join(f"{role}: {count}" for role, count in record["messages_by_role"].items())
    models = ", ".join(slice["model"] or "?" for slice in record["models"])
    return {**record, "messages_by_role": roles, "models": models}

"""Sums over the library: local calendars, odd files, medians."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from charged_shelves import ZONES, bars, charged
from shelves import opened, put

from tui_sessions.errors import UsageError
from tui_sessions.model.money import NANO, Cost
from tui_sessions.model.query import parse_query
from tui_sessions.model.statistics import DIMENSIONS, Scope, Sum
from tui_sessions.store.library import Library
from tui_sessions.store.statistics import Statistics

# ---- calendars


def test_days_are_as_long_as_summer_time_makes_them(tmp_path: Path) -> None:
    statistics = charged(
        tmp_path,
        "2026-03-28T22:59:59Z",  # the last second of Saturday
        "2026-03-28T23:00:00Z",  # Sunday midnight, before the clocks go forward
        "2026-03-29T21:59:59.999999Z",  # its last microsecond, in summer time
        "2026-03-29T22:00:00Z",
        "2026-10-24T22:00:00Z",
        "2026-10-25T22:59:59Z",  # 25 hours later it is still Sunday
        "2026-10-25T23:00:00Z",
    )
    assert bars(statistics, "day") == {
        "2026-03-28": 1,
        "2026-03-29": 2,
        "2026-03-30": 1,
        "2026-10-25": 2,
        "2026-10-26": 1,
    }
    assert bars(statistics, "week") == {"2026-W13": 3, "2026-W14": 1, "2026-W43": 2, "2026-W44": 1}
    assert bars(statistics, "month") == {"2026-03": 4, "2026-10": 3}
    assert bars(statistics, "hour") == {"00": 4, "23": 3}
    assert list(bars(statistics, "weekday-hour")) == ["0-00", "5-23", "6-00", "6-23"]


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_every_quarter_of_an_hour_of_a_year_falls_on_its_own_day(
    tmp_path: Path, zone: ZoneInfo
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [start + timedelta(minutes=15 * n) for n in range(0, 365 * 96, 7)]
    charged(tmp_path, *(f"{moment:%Y-%m-%dT%H:%M:%S}Z" for moment in moments))
    expected: dict[str, int] = {}
    for moment in moments:
        key = f"{moment.astimezone(zone):%Y-%m-%d}"
        expected[key] = expected.get(key, 0) + 1
    assert bars(Statistics(opened(tmp_path)._index, zone), "day") == expected


def test_the_ends_of_the_calendar_have_days_too(tmp_path: Path) -> None:
    statistics = charged(
        tmp_path, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1200-06-01T12:00:00Z"
    )
    assert list(bars(statistics, "day")) == ["0001-01-01", "1200-06-01", "9999-12-31"]
    assert statistics.total().cost.nanousd == 3 * NANO
    assert statistics.total(Scope(since=datetime(9999, 12, 31, tzinfo=UTC))).answers == 1


def test_weeks_belong_to_the_year_that_has_most_of_them(tmp_path: Path) -> None:
    statistics = charged(tmp_path, "2026-12-31T12:00:00Z", "2027-01-01T12:00:00Z")
    assert bars(statistics, "week") == {"2026-W53": 2}
    (amount,) = statistics.sessions("week", "2026-W53")
    assert amount.sum.answers == 2


def test_days_of_models_stand_in_order_of_time_with_the_dearest_first(tmp_path: Path) -> None:
    statistics = charged(tmp_path, "2026-01-02T12:00:00Z", "2026-01-01T12:00:00Z", model="m/cheap")
    turn = {"messages": [{"role": "user", "content": "x", "timestamp": "2026-01-01T12:00:00Z"}]}
    put(tmp_path, "b.json", id="b", model="m/dear", turns=[{**turn, "cost_estimate": 5}])
    found = statistics.by_two("day", "model")
    assert [(day, one.key, one.sum.cost.nanousd // NANO) for day, one in found] == [
        ("2026-01-01", "m/dear", 5),
        ("2026-01-01", "m/cheap", 1),
        ("2026-01-02", "m/cheap", 1),
    ]
    assert statistics.by_two("model", "day")[0][0] == "m/dear"
    assert len(statistics.by_two("day", "day")) == 2


# ---- what is odd


def test_the_sessions_behind_a_bar_are_found_by_its_key(tmp_path: Path) -> None:
    statistics = charged(tmp_path, "2026-01-02T12:00:00Z", title="Ay", meta={"tags": ["T"]})
    put(tmp_path, "b.json", id="b", turns=[{"messages": [], "cost_estimate": 9}], title="Bee")
    found = statistics.sessions("", "")
    assert [(one.session_id, one.title) for one in found] == [("b", "Bee"), ("a", "Ay")]
    assert [one.session_id for one in statistics.sessions("", "", limit=1)] == ["b"]
    assert [one.session_id for one in statistics.sessions("tag", "t")] == ["a"]
    assert [one.session_id for one in statistics.sessions("session", "b")] == ["b"]
    for dimension in DIMENSIONS:
        assert statistics.sessions(dimension, "no such") == ()


def test_a_dimension_that_there_is_not_is_refused_with_the_nearest(tmp_path: Path) -> None:
    statistics = charged(tmp_path)
    with pytest.raises(UsageError, match="Did you mean model"):
        statistics.by("modle")
    with pytest.raises(UsageError, match="Choose one of"):
        statistics.sessions("xyz", "red")
    with pytest.raises(UsageError, match="provider"):
        statistics.paces("day")


def test_an_empty_library_has_sums_of_nothing(tmp_path: Path) -> None:
    statistics = opened(tmp_path).statistics
    assert (statistics.total(), statistics.span(), statistics.paces()) == (Sum(), None, ())
    assert all(statistics.by(dimension) == () for dimension in DIMENSIONS)
    assert statistics.spent() == Cost()


def test_damaged_files_are_not_counted_and_odd_notes_break_nothing(tmp_path: Path) -> None:
    statistics = charged(tmp_path, "2026-01-02T12:00:00Z", housekeeping={"x": [1]})
    (tmp_path / "broken.json").write_text('{"turns": [')
    odd = {"messages": [], "cost_estimate": 2, "unpriced": "many", "deleted_cost_nanousd": [1]}
    put(tmp_path, "b.json", id="b", turns=[odd], model="x\ud800/y")
    assert statistics.total().cost == Cost(3 * NANO, 2, 0)
    assert len(statistics.by("provider")) == 2


def test_sums_beyond_what_sqlite_adds_up_are_exact(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 2**53, "total_tokens": 2**53}
    turn = {"messages": [], "cost_estimate": 4_000_000, "usage": usage}
    for number in range(3):
        put(tmp_path, f"{number}.json", id=f"s{number}", turns=[turn] * 800)
    statistics = opened(tmp_path).statistics
    total = statistics.total()
    assert (total.tokens, total.cost.nanousd) == (2400 * 2**53, 2400 * 4_000_000 * NANO)
    assert statistics.by("status")[0].sum == total
    assert statistics.spent() == total.cost


def test_an_answer_that_changes_without_its_row_is_seen(tmp_path: Path) -> None:
    def write(model: str) -> None:
        said = {"role": "assistant", "content": "x", "model": model}
        turn = {"messages": [said], "cost_estimate": 1}
        put(tmp_path, "a.json", id="a", updated_at="2026-01-01T00:00:00Z", turns=[turn])

    write("a/one")
    library = opened(tmp_path)
    assert bars(library.statistics, "model") == {"a/one": 1}
    before = library.rows()
    write("a/two")
    assert library.refresh()
    assert library.rows() == before
    assert bars(library.statistics, "model") == {"a/two": 1}


def test_an_index_on_disk_is_read_again_by_the_next_program(tmp_path: Path) -> None:
    charged(tmp_path / "l", "2026-01-02T12:00:00Z", model="a/one")
    for _ in range(2):
        library = Library.open(
            tmp_path / "l", now=lambda: datetime.now(UTC), cache=tmp_path / "cache"
        )
        assert bars(library.statistics, "model") == {"a/one": 1}
        assert library.statistics.span() == (datetime(2026, 1, 2, 12, tzinfo=UTC),) * 2
    (index,) = (tmp_path / "cache").glob("index-*.sqlite")
    index.write_bytes(b"garbage")
    library = Library.open(tmp_path / "l", now=lambda: datetime.now(UTC), cache=tmp_path / "cache")
    assert bars(library.statistics, "model") == {"a/one": 1}


def test_what_takes_long_lets_the_screen_go_on_reading(tmp_path: Path) -> None:
    charged(tmp_path / "l", "2026-01-02T12:00:00Z")
    library = Library.open(tmp_path / "l", now=lambda: datetime.now(UTC), cache=tmp_path / "cache")
    library.refresh()
    begun, gate = threading.Event(), threading.Event()

    def long(reading: sqlite3.Connection) -> int:
        begun.set()
        gate.wait(10)
        return reading.execute("SELECT count(*) FROM answers").fetchone()[0]

    with ThreadPoolExecutor(1) as pool:
        adding = pool.submit(library._index.ask_long, long)
        assert begun.wait(10)
        assert (len(library.rows()), library.statistics.spent().known) == (1, 1)
        assert not adding.done()
        gate.set()
        assert adding.result() == 1


# ---- paces


def paced(root: Path, *answers: tuple[float | None, float | None, int | None, str]) -> Statistics:
    turns = [
        {
            "messages": [{"role": "assistant", "content": "x"}],
            "usage": {"prompt_tokens": 0, "completion_tokens": tokens},
            "latency_ms": latency,
            "first_token_ms": first,
            "finish": finish,
            "cost_estimate": 0.001,
        }
        for latency, first, tokens, finish in answers
    ]
    put(root, "a.json", id="a", model="a/m", turns=turns)
    return opened(root).statistics


def test_medians_are_exact_and_the_slowest_of_twenty_is_told(tmp_path: Path) -> None:
    # A second and more to the whole answer, half of it to the first token; 100 tokens each.
    answers = [(1000.0 * n, 500.0 * n, 100, "stop") for n in range(1, 21)]
    (pace,) = paced(tmp_path, *answers).paces()
    assert (pace.key, pace.answers, pace.errors, pace.error_rate) == ("a/m", 20, 0, 0.0)
    assert (pace.median_ms, pace.p95_ms) == (10_500.0, 19_000.0)
    assert (pace.first_median_ms, pace.first_p95_ms) == (5250.0, 9500.0)
    rates = sorted(100 / (0.5 * n) for n in range(1, 21))
    assert pace.rate_median == pytest.approx(median(rates))
    assert pace.rate_p95 == pytest.approx(rates[1])
    assert pace.cost_per_ktok == 10_000_000


def test_how_soon_an_error_came_is_no_pace(tmp_path: Path) -> None:
    (pace,) = paced(tmp_path, (900.0, 100.0, 8, "stop"), (1.0, 1.0, 1, "error")).paces("provider")
    assert (pace.key, pace.answers, pace.errors, pace.error_rate) == ("a", 2, 1, 0.5)
    assert (pace.median_ms, pace.rate_median) == (900.0, 10.0)


def test_what_was_not_measured_is_unknown(tmp_path: Path) -> None:
    (pace,) = paced(tmp_path, (None, None, None, "stop"), (5.0, 5.0, 3, "stop")).paces("persona")
    assert (pace.key, pace.median_ms, pace.rate_median) == ("", 5.0, None)
    (pace,) = paced(tmp_path, (None, None, None, "stop")).paces()
    assert (pace.median_ms, pace.p95_ms, pace.cost_per_ktok) == (None, None, None)


def test_paces_are_of_the_answers_in_the_scope(tmp_path: Path) -> None:
    charged(tmp_path, "2026-01-01T12:00:00Z", "2026-01-01T12:01:00Z", model="a/m")
    since = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)
    statistics = opened(tmp_path).statistics
    assert [pace.answers for pace in statistics.paces(scope=Scope(since=since))] == [1]
    assert statistics.paces(scope=Scope(query=parse_query("tag:none"))) == ()

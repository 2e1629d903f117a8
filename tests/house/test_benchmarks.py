"""The benchmarks themselves: what they make and print. How fast anything is, is no test's business."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from argparse import ArgumentTypeError
from datetime import datetime
from pathlib import Path

import pyte
import pytest

from benchmarks import server
from benchmarks.__main__ import SCENARIOS, ids, sizes
from benchmarks.figure import Figure, growth
from benchmarks.floors import Fts
from benchmarks.grid import Grid
from benchmarks.indexed import indexed
from benchmarks.library import END_OF_SESSION, TURNS, kept, rare_word, write, write_long
from benchmarks.prose import PROBE, Prose, own_word
from benchmarks.report import report
from tui_sessions.store.library import Library
from tui_sessions.wiring import utc_now

ROOT = Path(__file__).resolve().parents[2]


def test_every_file_of_a_made_library_opens_as_a_session(tmp_path: Path) -> None:
    write(tmp_path / "made", 30, 3)
    library = Library.open(tmp_path / "made", now=utc_now)
    assert library.damaged() == ()
    loaded = [library.load(row.id) for row in library.rows()]
    assert [len(session.turns) for session in loaded] == [3] * 30
    assert all(session.problems == () for session in loaded)
    assert loaded[0].shown_title.startswith("Session 000029 ")


def test_a_long_session_ends_with_the_word_that_is_waited_for(tmp_path: Path) -> None:
    write_long(tmp_path / "long", (10, 2))
    rows = Library.open(tmp_path / "long", now=utc_now).rows()
    assert [row.title for row in rows] == ["Long 10", "Long 2"]
    assert f"{END_OF_SESSION} of Long 2." in (tmp_path / "long" / "long_2.json").read_text()


def test_the_same_seed_makes_the_same_library(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write(tmp_path / name, 3, 2)
    one, other = (
        [path.read_bytes() for path in sorted((tmp_path / name).rglob("*.json"))]
        for name in ("one", "other")
    )
    assert one == other


def test_a_rare_word_is_in_one_prompt_only(tmp_path: Path) -> None:
    write(tmp_path / "made", 8, 3)
    texts = [path.read_text() for path in (tmp_path / "made").rglob("*.json")]
    words = {rare_word(number, place) for number in range(8) for place in range(3)}
    assert len(words) == 24
    assert all(sum(text.count(f" {word}.") for text in texts) == 1 for word in words)


def test_own_words_are_as_many_as_numbers_and_no_common_ones() -> None:
    words = {own_word(number) for number in range(10_000)}
    prose = Prose(1)
    assert len(words) == 10_000
    assert words.isdisjoint(map(prose.word, range(8_000)))


def test_a_kept_library_is_made_once(tmp_path: Path) -> None:
    first = kept(tmp_path, 3)
    stamps = {path: path.stat().st_mtime_ns for path in first.rglob("*.json")}
    assert len(stamps) == 3
    assert kept(tmp_path, 3) == first
    assert {path: path.stat().st_mtime_ns for path in first.rglob("*.json")} == stamps
    assert [path.name for path in tmp_path.iterdir()] == [first.name]


def test_a_first_index_is_whole_and_says_what_it_took(tmp_path: Path) -> None:
    write(tmp_path / "made", 4, 2)
    took = indexed(tmp_path / "made", tmp_path / "caches")
    assert took.rows.cpu_s > 0
    assert took.texts.cpu_s > 0
    assert took.size > 0
    library = Library.open(tmp_path / "made", now=utc_now, cache=tmp_path / "caches")
    assert library.texts_progress() == (4, 4)


def test_the_floor_of_a_search_holds_every_turn(tmp_path: Path) -> None:
    root = kept(tmp_path, 2)
    fts = Fts(tmp_path / "fts.sqlite", root)
    texts = "".join(path.read_text() for path in root.rglob("*.json"))
    assert 0 < fts.text_bytes < len(texts.encode())
    assert fts.ms(rare_word(1, TURNS - 1)) > 0
    assert fts.size > 0


@pytest.mark.parametrize("count", [1, 50, 777])
def test_an_answer_has_as_many_words_as_asked_and_leaves_no_fence_open(count: int) -> None:
    answer = Prose(5).answer(count)
    assert count <= len(answer.split()) <= count + 1
    assert answer.count("```") % 2 == 0
    assert PROBE not in answer


def test_the_server_streams_the_answer_that_the_model_names() -> None:
    body = json.dumps({"model": "words-20-max", "stream": True}).encode()
    with server.running() as url:
        request = urllib.request.Request(f"{url}/chat/completions", data=body)
        with urllib.request.urlopen(request, timeout=30) as answer:
            lines = answer.read().decode().split("\n\n")
    assert lines[-2] == "data: [DONE]"
    events = [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]
    pieces = [choice["delta"].get("content", "") for e in events for choice in e["choices"]]
    said = "".join(pieces)
    assert said.startswith(server.BEGIN)
    assert said.endswith(server.END)
    assert events[-1]["usage"]["completion_tokens"] >= 20


def test_the_grid_shows_what_a_full_emulator_shows() -> None:
    output = (
        "\x1b[?1049h\x1b[2J\x1b[1;1Hfirst\r\nsecond\x1b[1;31m red\x1b[0m\x1b[2;3HXY\x1b[5;30Hto the edge"
        "\x1b[3;1H│ ▾ wide 漢字 │\x1b[3;4H!\x1b[4;1Hgone\x1b[4;2H\x1b[K\x1b[4;8H\x1b[Aup"
    )
    grid, screen = Grid(40, 6), pyte.Screen(40, 6)
    pyte.Stream(screen).feed(output)
    for cut in range(len(output)):
        list(grid.feed(output[cut]))
    assert grid.text.splitlines() == screen.display
    assert grid.is_alternate


def test_a_frame_counts_when_it_is_complete() -> None:
    grid = Grid(20, 2)
    assert list(grid.feed("\x1b[?2026hhalf")) == []
    assert len(list(grid.feed(" whole\x1b[?2026l\x1b[?2026hnext"))) == 1


def test_the_report_names_what_is_missed_and_how_it_grows() -> None:
    figures = [
        Figure("F2", "`list`, 10", "ms", (9.0, 12.0, 10.0), goal=5, series="`list`", size=10),
        Figure("F2", "`list`, 1,000", "ms", (1000.0,), floor=500.0, series="`list`", size=1000),
        Figure("F1", "start", "ms", (4.0, 30.0), ratio_goal=2, floor=20.0, held_to="worst"),
    ]
    text = report(figures, datetime(2026, 1, 2))
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in text.splitlines()
        if "|" in line
    ]
    assert rows[2][:5] == ["F1", "start: worst", "≤ 2 × floor", "30.0 ms", "30.0 ms"]
    assert [row[-1] for row in rows[2:5]] == ["yes", "**no**", ""]
    assert rows[-1] == ["F2", "`list`", "10: 10.0 ms · 1,000: 1000 ms", "1.00"]
    assert "2026-01-02" in text


def test_growth_needs_two_sizes() -> None:
    assert growth([Figure("F1", "one", "ms", (1.0,), size=10)]) is None


def test_the_goals_of_a_percentile_look_at_that_percentile() -> None:
    samples = tuple(float(number) for number in range(1, 101))
    assert Figure("F7", "echo", "ms", samples, goal=95, held_to="p95").is_met is True
    assert Figure("F7", "echo", "ms", samples, goal=94, held_to="p95").is_met is False
    assert Figure("F7", "echo", "ms", samples).is_met is None


def test_sizes_and_ids_are_read_as_people_write_them() -> None:
    assert sizes("10k,1k") == (1_000, 10_000)
    assert ids("f5, F7") == ("F5", "F7")
    with pytest.raises(ArgumentTypeError, match="F99"):
        ids("F99")


def test_help_names_every_figure_that_is_measured() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(name in ran.stdout for name, _ in SCENARIOS)

"""`tags` and `folder`: what sessions are sorted into, listed and changed everywhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

Put = Callable[..., Path]


@pytest.fixture
def tagged(put: Put) -> None:
    """Three sessions with the tags py (twice), Python, go."""
    for name, tags in {"a": ["py", "x"], "b": ["go", "py"], "c": ["Python"]}.items():
        put(f"{name}.json", id=name, title=name.upper(), turns=[], meta={"tags": tags})


def counts(run) -> dict[str, int]:
    return {line.split("\t")[0]: int(line.split("\t")[1]) for line in run("tags").lines}


@pytest.mark.usefixtures("tagged")
def test_tags_are_listed_with_their_number_the_most_used_first(run) -> None:
    assert run("tags").lines[0] == "py\t2"
    assert counts(run) == {"py": 2, "go": 1, "Python": 1, "x": 1}
    assert run("tags", "list", "--format", "ids").lines[0] == "py"
    assert run("tags", "--format", "json").json[0] == {"tag": "py", "sessions": 2}
    assert len(run("tags", "list", "--format", "jsonl").lines) == 4
    (first, *_) = csv.DictReader(io.StringIO(run("tags", "--format", "csv").out))
    assert first == {"tag": "py", "sessions": "2"}
    assert run("tags", "--format", "table").lines[0].split() == ["TAG", "SESSIONS"]


def test_no_tags_at_all_are_told(run) -> None:
    found = run("tags")
    assert (found.code, found.out) == (1, "")
    assert "tui-sessions tag" in found.err
    assert run("tags", "--format", "json").json == []


@pytest.mark.usefixtures("tagged")
def test_a_tag_is_renamed_everywhere_in_one_step(run) -> None:
    done = run("tags", "rename", "py", "#snake")
    assert done.code == 0
    assert "snake is on 2 sessions in place of py." in done.err
    assert counts(run) == {"snake": 2, "go": 1, "Python": 1, "x": 1}
    run("undo")
    assert counts(run)["py"] == 2


@pytest.mark.usefixtures("tagged")
def test_only_the_case_of_a_tag_may_change(run) -> None:
    assert run("tags", "rename", "python", "PYTHON").code == 0
    assert counts(run)["PYTHON"] == 1


@pytest.mark.usefixtures("tagged")
def test_a_tag_is_not_renamed_into_another_unasked(run) -> None:
    refused = run("tags", "rename", "py", "python")
    assert refused.code == 6
    assert "tui-sessions tags merge py Python" in refused.err
    assert counts(run)["py"] == 2


@pytest.mark.usefixtures("tagged")
def test_tags_are_merged_into_one(run) -> None:
    assert run("tags", "merge", "py", "go", "Python").code == 0
    assert counts(run) == {"Python": 3, "x": 1}
    assert run("meta", "b", "tags").out == "Python\n"
    run("undo")
    assert counts(run) == {"py": 2, "go": 1, "Python": 1, "x": 1}


@pytest.mark.usefixtures("tagged")
@pytest.mark.parametrize(
    ("args", "code", "sentence"),
    [
        (["rename", "nowhere", "x2"], 1, "No session has the tag nowhere."),
        (["rename", "py", " , "], 2, "at least one tag"),
        (["rename", "py", "a,b"], 2, "more than one tag"),
        (["merge", "py"], 2, "TAG..."),
        (["merge", "nowhere", "py"], 1, "nowhere"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_tag_is_told(run, args, code: int, sentence: str) -> None:
    refused = run("tags", *args)
    assert (refused.code, refused.out) == (code, "")
    assert sentence in refused.err


def test_folders_are_made_listed_renamed_and_removed(run, folder: Path, put: Put) -> None:
    put("work/a.json", id="a", title="A", turns=[])
    assert run("folder", "make", "work/api").code == 0
    assert (folder / "work" / "api").is_dir()
    assert run("folder").lines == ["work\t1", "work/api\t0"]
    assert run("folder", "list", "--format", "json").json[0] == {"folder": "work", "sessions": 1}
    assert run("folder", "rename", "work", "job").code == 0
    assert (folder / "job" / "a.json").exists()
    assert run("list", "--folder", "job", "--format", "ids").lines == ["a"]
    assert run("folder", "remove", "job").code != 0
    assert run("folder", "remove", "job/api").code == 0
    assert run("folder", "--format", "ids").lines == ["job"]


def test_a_library_without_folders_says_so(run) -> None:
    assert run("folder").code == 1
    assert run("folder", "make", "../out").code == 2
    assert run("folder", "rename", "nowhere", "x").code == 1

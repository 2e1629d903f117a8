"""The same change on many sessions: by name, by filter; asked, counted, told, taken back."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

Put = Callable[..., Path]


@pytest.fixture
def five(put: Put) -> None:
    """Five sessions: three of the project docs, tagged draft; two others."""
    for number in range(5):
        is_docs = number < 3
        put(
            f"s{number}.json",
            id=f"s{number}",
            title=f"Title {number}",
            created_at=f"2025-0{number + 1}-01T12:00:00+00:00",
            updated_at=f"2025-0{number + 1}-02T12:00:00+00:00",
            turns=[{"messages": [{"role": "user", "content": f"Question {number}"}]}],
            meta={"project": "docs", "tags": ["draft"]} if is_docs else {},
        )


@pytest.fixture
def having(run) -> Callable[..., list[str]]:
    """The ids of the sessions that a query finds, in order of their ids."""

    def found(*query: str) -> list[str]:
        return sorted(run("list", "--all", "--format", "ids", *query).lines)

    return found


DOCS = ["s0", "s1", "s2"]


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("args", "query"),
    [
        (["tag", "--project", "docs", "review"], "tag:review"),
        (["tag", "--project", "docs", "--add", "review,urgent"], "tag:urgent"),
        (["tag", "-q", "project:docs", "review"], "tag:review"),
        (["tag", "s0", "s1", "s2", "--add", "review"], "tag:review"),
        (["meta", "--project", "docs", "priority", "3"], "meta.priority:3"),
        (["meta", "s0", "s1", "s2", "--put", "a=1", "--put", "b=2"], "meta.b:2"),
        (["status", "--tag", "draft", "archived"], "status:archived"),
        (["pin", "--project", "docs"], "is:pinned"),
        (["star", "s0", "s1", "s2"], "is:starred"),
        (["move", "--project", "docs", "work/api"], "folder:work/api"),
        (["move", "s0", "s1", "s2", "--to", "work"], "folder:work"),
        (["move", "s0", "s1", "s2", "work"], "folder:work"),
    ],
    ids=" ".join,
)
def test_many_are_changed_and_one_undo_takes_it_back(run, having, args, query: str) -> None:
    done = run(*args, "--yes")
    assert done.code == 0, done.err
    assert having(query) == DOCS
    assert run("undo").code == 0
    assert having(query) == []


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("args", "query"),
    [
        (["untag", "--project", "docs", "draft"], "tag:draft"),
        (["untag", "s0", "s1", "s2", "--remove", "draft"], "tag:draft"),
        (["meta", "--tag", "draft", "--unset", "project"], "project:docs"),
        (["unpin", "--all"], "is:pinned"),
        (["unstar", "--all"], "is:starred"),
    ],
    ids=" ".join,
)
def test_what_many_have_is_taken_from_them(run, having, args, query: str) -> None:
    run("pin", "s0")
    run("star", "s0")
    assert having(query) != []
    assert run(*args, "--yes").code == 0
    assert having(query) == []


@pytest.mark.usefixtures("five")
def test_a_filter_that_finds_several_needs_yes_where_nobody_can_be_asked(run, having) -> None:
    refused = run("tag", "--project", "docs", "review", piped=b"")
    assert refused.code == 2
    assert "add --yes" in refused.err
    assert "Put review on 3 sessions" in refused.err
    assert having("tag:review") == []


@pytest.mark.usefixtures("five")
def test_one_found_or_several_named_are_not_asked_about(run, having) -> None:
    assert run("tag", "--title", "Title 4", "one", piped=b"").code == 0
    assert run("tag", "s0", "s1", "--add", "two", piped=b"").code == 0
    assert having("tag:one") == ["s4"]
    assert having("tag:two") == ["s0", "s1"]


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(("answer", "changed"), [("y\n", DOCS), ("n\n", []), ("", [])])
def test_on_a_terminal_the_question_names_what_is_meant(
    run, having, watched, answer: str, changed: list[str]
) -> None:
    watched("stderr")
    asked = run("status", "--project", "docs", "archived", typed=answer)
    assert "  Title 2\n" in asked.err
    assert "Mark these 3 sessions archived? [y/N]" in asked.err
    assert asked.code == (0 if changed else 1)
    assert having("status:archived") == changed


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    "args",
    [
        ["tag", "--project", "docs", "review"],
        ["delete", "--project", "docs"],
        ["move", "--project", "docs", "work"],
    ],
    ids=lambda args: args[0],
)
def test_a_dry_run_lists_and_changes_nothing(run, folder: Path, args: list[str]) -> None:
    before = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    dry = run(*args, "--dry-run")
    assert dry.code == 0
    assert sorted(line.split("\t")[0] for line in dry.lines) == DOCS
    assert "3 sessions would be" in dry.err
    assert {path.name: path.read_bytes() for path in folder.glob("*.json")} == before


@pytest.mark.usefixtures("five")
def test_nothing_is_changed_where_one_name_is_wrong(run, having) -> None:
    assert run("tag", "s0", "nowhere", "--add", "review").code == 1
    assert having("tag:review") == []


@pytest.mark.usefixtures("five")
def test_those_that_refuse_are_named_and_the_others_changed(run, having, put: Put) -> None:
    put("newer.json", format=99, id="newer", title="Newer", turns=[], meta={"project": "docs"})
    done = run("tag", "--project", "docs", "review", "--yes")
    assert done.code == 3
    assert "newer" in done.err.lower()
    assert "3 of 4 sessions tagged review." in done.err
    assert having("tag:review") == DOCS


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("args", "code", "sentence"),
    [
        (["tag", "s0"], 2, "Say a session and its tags"),
        (["tag", "--project", "docs"], 2, "Say at least one tag"),
        (["tag", "s0", "--add", "x", "--project", "docs"], 2, "not both"),
        (["tag", "--project", "nowhere", "x"], 1, "No session matches"),
        (["status", "archived"], 2, "Say which sessions"),
        (["status", "--all", "asleep"], 2, "Choose one of"),
        (["pin"], 2, "Say which sessions"),
        (["move", "s0"], 2, "the sessions and the folder"),
        (["move", "s0", "../out"], 2, "cannot be a folder"),
        (["meta", "s0", "--put", "priority"], 2, "KEY=VALUE"),
        (["meta", "--project", "docs", "priority"], 2, "Say a key and its value"),
        (["meta"], 2, "Say a session"),
        (["delete"], 2, "Say which sessions"),
        (["delete", "s0", "--older-than", "3d"], 2, "not both"),
        (["delete", "--older-than", "old"], 2, "is no date"),
        (["tag", "-q", "tagg:x", "y"], 2, "^^^^"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_meant_is_one_sentence(run, args, code: int, sentence: str) -> None:
    refused = run(*args)
    assert (refused.code, refused.out) == (code, "")
    assert sentence in refused.err
    assert "Traceback" not in refused.err


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize("top", ["/", ".", ""])
def test_the_top_of_the_library_is_a_folder_as_well(run, folder: Path, top: str) -> None:
    run("move", "s0", "work")
    assert (folder / "work" / "s0.json").exists()
    assert run("move", "s0", top).code == 0
    assert (folder / "s0.json").exists()


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("options", "left"),
    [
        (["--until", "2025-03-15"], ["s3", "s4"]),
        (["--older-than", "2025-03-15"], ["s3", "s4"]),
        (["--older-than", "1d"], []),
        (["--older-than", "1d", "--tag", "draft"], ["s3", "s4"]),
        (["--all"], []),
    ],
    ids=" ".join,
)
def test_sessions_are_deleted_by_date_age_or_all(run, having, options, left: list[str]) -> None:
    gone = run("delete", *options, "--yes")
    assert gone.code == 0, gone.err
    assert having() == left
    assert run("undo").code == 0
    assert having() == ["s0", "s1", "s2", "s3", "s4"]


@pytest.mark.usefixtures("five")
def test_what_was_used_lately_is_not_old_however_long_ago_it_began(run, having) -> None:
    assert run("ask", "-s", "s0", "--model", "demo/demo", "Still there?").code == 0
    run("delete", "--older-than", "1d", "--yes")
    assert having() == ["s0"]


@pytest.mark.usefixtures("five")
def test_deleting_asks_about_those_that_are_named_as_well(run, having) -> None:
    assert run("delete", "s0", piped=b"").code == 2
    assert run("delete", "s0", "--yes", "--confirm", piped=b"").code == 2
    assert run("delete", "s0", "--force", piped=b"").code == 0
    assert having() == ["s1", "s2", "s3", "s4"]


@pytest.mark.usefixtures("five")
def test_a_damaged_file_is_deleted_by_its_path_and_comes_back(run, folder: Path) -> None:
    broken = folder / "broken.json"
    broken.write_text("{nonsense")
    assert run("delete", "broken.json", piped=b"").code == 2
    assert run("delete", "broken.json", "--dry-run").code == 0
    assert run("delete", "broken.json", "s0", "--yes").code == 2
    assert broken.exists()
    assert run("delete", "broken.json", "--yes").code == 0
    assert not broken.exists()
    assert run("undo").code == 0
    assert broken.read_text() == "{nonsense"


@pytest.mark.usefixtures("five")
def test_ctrl_c_ends_between_two_sessions_and_says_how_far_it_came(
    run, having, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui_sessions.store.library import Library

    plain = Library.update

    def interrupted(self: Library, *args: object, **options: object) -> object:
        changed = plain(self, *args, **options)  # type: ignore[arg-type]
        signal.raise_signal(signal.SIGINT)
        return changed

    monkeypatch.setattr(Library, "update", interrupted)
    done = run("tag", "s0", "s1", "s2", "--add", "review")
    assert done.code == 130
    assert "1 of 3 sessions tagged review." in done.err
    assert having("tag:review") == ["s0"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("five")
def test_pins_are_kept_in_the_file(run, folder: Path) -> None:
    run("pin", "s0")
    assert json.loads((folder / "s0.json").read_text())["meta"]["pinned"] is True
    run("unpin", "s0")
    assert "pinned" not in json.loads((folder / "s0.json").read_text())["meta"]


def test_of_many_that_are_deleted_only_the_number_is_told(run, put: Put) -> None:
    for number in range(12):
        put(f"s{number}.json", id=f"s{number}", title="T", turns=[])
    gone = run("delete", "--all", "--yes")
    assert gone.code == 0
    assert gone.err == "12 sessions deleted. Take it back: tui-sessions undo\n"


@pytest.mark.usefixtures("five")
def test_those_that_were_so_already_are_told_apart(run, watched) -> None:
    done = run("tag", "--all", "draft", "--yes")
    assert (done.code, done.out) == (0, "")
    assert "2 of 5 sessions tagged draft. The others were so already." in done.err
    watched("stderr")
    again = run("tag", "s0", "draft")
    assert again.code == 0
    assert again.err == "Tags of s0: draft.\n"

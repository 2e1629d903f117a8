"""`promote`, `detach`, `merge`, `extract`."""

from __future__ import annotations

import pytest

PARENT = "k3v9x2m7q0ab"


@pytest.fixture
def branch(run, two: object) -> str:
    """A branch of the first turn, with one turn of its own."""
    made = run("branch", "k3v9", "--at", "1", "--title", "Another way").out.strip()
    run("ask", "-s", made, "what else?")
    return str(made)


def costs(run) -> dict[str, float]:
    """Of those sessions that know theirs."""
    rows = run("list", "--format", "json").json
    return {row["id"]: row["cost"] for row in rows if row["cost"] is not None}


def test_promoting_swaps_places_and_undo_swaps_back(run, watched, branch: str) -> None:
    before = costs(run)
    watched("stderr")
    told = run("promote", branch)
    assert (told.code, told.out) == (0, "")
    assert "“Another way” has its place now; “Python decorators” is its branch." in told.err
    after = costs(run)
    assert sum(after.values()) == pytest.approx(sum(before.values()))
    assert after[PARENT] == pytest.approx(0.0062)
    assert run("show", PARENT, "--format", "json").json["parent"] == {"id": branch, "turn": 1}
    assert run("undo").code == 0
    assert costs(run) == before


def test_detaching_forgets_the_parent_and_counts_nothing_twice(run, branch: str) -> None:
    before = costs(run)
    assert run("detach", branch).code == 0
    assert "parent" not in run("show", branch, "--format", "json").json
    assert costs(run) == before
    again = run("detach", branch)
    assert again.code == 1
    assert "is a session of its own already" in again.err


def test_merging_copies_the_branchs_own_turns(run, watched, branch: str) -> None:
    before = costs(run)
    watched("stderr")
    told = run("merge", branch)
    assert "1 turn put at the end of “Python decorators”." in told.err
    assert len(run("show", PARENT, "--format", "json").json["turns"]) == 3
    assert costs(run) == before
    assert "all turns of this branch already" in run("merge", branch).err


def test_extracting_prints_the_id_of_a_session_with_these_turns(run, branch: str) -> None:
    made = run("extract", "k3v9", "2", "--title", "Only that")
    shown = run("show", made.out.strip(), "--format", "json").json
    assert shown["title"] == "Only that"
    assert [turn["id"] for turn in shown["turns"]] == ["turn2"]
    assert costs(run)[made.out.strip()] == 0
    refused = run("extract", "k3v9", "2-9")
    assert refused.code == 2
    assert "There are no turns 2-9 here; the session has 2." in refused.err


def test_a_session_without_a_parent_cannot_be_promoted(run, branch: str) -> None:
    refused = run("promote", "k3v9")
    assert refused.code == 1
    assert "is no branch of another session" in refused.err

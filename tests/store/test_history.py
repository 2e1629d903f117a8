"""What people do to sessions can be taken back and done again, on the files as they stand then."""

from __future__ import annotations

from pathlib import Path

import pytest
from shelves import START, names, opened, put, session, stocked, titles, turn

from tui_sessions.errors import (
    ConflictError,
    NotFoundError,
    UsageError,
)
from tui_sessions.model.edits import add_tags, retitle, set_notes
from tui_sessions.model.session import Session

# edits


def test_an_edit_of_many_is_one_step_and_goes_back_and_forth(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    outcome = library.history.edit(["s0", "s1"], add_tags(["x"]), "tags of 2 sessions")
    assert (outcome.done, outcome.problems) == (2, ())
    assert outcome.step is not None
    assert (outcome.step.label, outcome.step.count) == ("tags of 2 sessions", 2)
    assert outcome.step.session_ids == ("s0", "s1")
    assert library.history.undo().is_undone
    assert library.tags() == ()
    assert not library.history.redo().is_undone
    assert library.tags() == (("x", 2),)


def test_one_that_refuses_does_not_keep_the_others(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    put(tmp_path, "newer.json", id="newer", format=9)
    library.refresh()
    outcome = library.history.edit(["s0", "gone", "newer", "s1"], retitle("n"), "titles")
    assert outcome.done == 2
    assert len(outcome.problems) == 2
    assert "no session 'gone'" in outcome.problems[0]
    assert "newer version" in outcome.problems[1]
    assert isinstance(outcome.error, NotFoundError)
    assert outcome.exit_code == NotFoundError.exit_code


def test_only_the_first_problems_are_told(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    outcome = library.history.edit([f"gone{n}" for n in range(50)], retitle("n"), "titles")
    assert len(outcome.problems) == 21
    assert outcome.problems[-1] == "And 30 more."
    assert outcome.step is None


def test_an_edit_that_changes_nothing_is_no_step(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    outcome = library.history.edit(["s0"], retitle("T0"), "title")
    assert (outcome.done, outcome.step) == (0, None)
    assert library.history.steps() == ()


def test_a_session_named_twice_is_changed_once(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    assert library.history.edit(["s0", "s0"], retitle("n"), "title").done == 1


def test_taking_back_leaves_what_others_did_since(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.history.edit(["s0"], retitle("mine"), "title")
    opened(tmp_path).update("s0", lambda s: s.with_turn(turn("t3")))
    opened(tmp_path).update("s0", add_tags(["theirs"]))
    library.history.undo()
    now = library.load("s0")
    assert now.title == "T0"
    assert [each.id for each in now.turns] == ["t1", "t2", "t3"]
    assert now.meta.tags == ("theirs",)


def test_what_became_something_else_since_stays_and_is_told(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.history.edit(["s0", "s1"], set_notes("mine"), "notes")
    opened(tmp_path).update("s0", set_notes("theirs"))
    row = library.history.undo()
    assert row.problems == ("The field meta.notes of 'T0' changed since; it stays as it is.",)
    assert library.load("s0").meta.notes == "theirs"
    assert library.load("s1").meta.notes is None


def test_deleted_turns_come_back(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    before = library.load("s0")
    library.history.edit(["s0"], lambda s: s.with_turns(s.turns[1:]), "deletion of a turn")
    assert len(library.load("s0").turns) == 1
    library.history.undo()
    assert library.load("s0").turns == before.turns


def test_an_error_of_ours_in_the_middle_leaves_a_step_that_can_be_taken_back(
    tmp_path: Path,
) -> None:
    library = stocked(tmp_path)

    def fails_at_the_last(current: Session) -> Session:
        if current.id == "s2":
            raise ZeroDivisionError
        return retitle("n")(current)

    with pytest.raises(ZeroDivisionError):
        library.history.edit(["s0", "s1", "s2"], fails_at_the_last, "titles")
    assert titles(library) == ["T2", "n", "n"]
    assert library.history.undo().label == "titles"
    assert titles(library) == ["T0", "T1", "T2"]


# deleting, restoring, moving, branching


def test_deletions_go_back_and_forth(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    assert library.history.delete(["s0", "s1"]).done == 2
    assert names(tmp_path) == {"f2.json"}
    entries = {row.entry for row in library.trash()}
    assert library.history.undo().label == "deletion of 2 sessions"
    assert names(tmp_path) == {"f0.json", "f1.json", "f2.json"}
    library.history.redo()
    assert names(tmp_path) == {"f2.json"}
    assert {row.entry for row in library.trash()} == entries


def test_what_is_done_to_one_session_is_called_by_its_title(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.history.move(["s0"], "work")
    library.history.delete(["s0"])
    library.history.restore([row.entry for row in library.trash()])
    labels = [step.label for step in library.history.steps()]
    assert labels == ["restoring of “T0”", "deletion of “T0”", "move of “T0”"]


def test_a_damaged_file_is_deleted_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    library = opened(tmp_path)
    library.history.delete_damaged("bad.json")
    assert names(tmp_path) == set()
    library.history.undo()
    assert [row.path for row in library.damaged()] == ["bad.json"]
    library.history.redo()
    assert library.damaged() == ()
    with pytest.raises(NotFoundError):
        library.history.delete_damaged("bad.json")


def test_what_was_emptied_from_the_trash_cannot_come_back_and_the_rest_does(
    tmp_path: Path,
) -> None:
    library = stocked(tmp_path)
    library.history.delete(["s0", "s1"])
    entry = next(row.entry for row in library.trash() if row.id == "s0")
    assert library.history.empty_trash(entries=[entry]) == 1
    row = library.history.undo()
    assert row.problems == ("'T0' is not in the trash any more, so it cannot come back.",)
    assert titles(library) == ["T1", "T2"]


def test_a_deletion_comes_back_beside_what_took_its_name_and_goes_again(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    library.history.delete(["s0"])
    library.create(session("s0", title="another"), name="f0")
    library.history.undo()
    assert titles(library) == ["T0", "another"]
    library.history.redo()
    assert titles(library) == ["another"]
    library.history.undo()
    assert titles(library) == ["T0", "another"]


def test_taking_out_of_the_trash_goes_back_and_forth(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.history.delete(["s0"])
    (row,) = library.trash()
    library.create(session("new"), name="f0")
    outcome = library.history.restore([row.entry, "no-such-entry"])
    assert (outcome.done, len(outcome.problems)) == (1, 1)
    assert library.row("s0").path == "f0_2.json"
    library.history.undo()
    assert [row.id for row in library.trash()] == ["s0"]
    library.history.redo()
    assert library.load("s0").title == "T0"


def test_moves_go_back_and_forth_and_take_their_folder_with_them(tmp_path: Path) -> None:
    library = stocked(tmp_path, 2)
    assert library.history.move(["s0", "s1"], "work/api").done == 2
    after = {"work", "work/api", "work/api/f0.json", "work/api/f1.json"}
    assert names(tmp_path) == after
    library.history.undo()
    assert names(tmp_path) == {"f0.json", "f1.json"}
    library.history.redo()
    assert names(tmp_path) == after


def test_a_folder_made_for_a_move_stays_when_something_else_lies_in_it(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    library.history.move(["s0"], "work")
    library.create(session("new"), name="new", folder="work")
    row = library.history.undo()
    assert row.problems == ("The folder work is not empty any more; it stays.",)
    assert names(tmp_path) == {"f0.json", "work", "work/new.json"}


def test_a_move_that_moves_nothing_leaves_no_folder(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    outcome = library.history.move(["gone"], "a/b")
    assert outcome.step is None
    assert names(tmp_path) == {"f0.json"}


def test_a_move_into_its_own_folder_is_no_step(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    assert library.history.move(["s0"], "").step is None


def test_a_taken_name_stops_one_move_and_one_way_back(tmp_path: Path) -> None:
    library = stocked(tmp_path, 2)
    put(tmp_path, "w/f0.json", id="there")
    library.refresh()
    outcome = library.history.move(["s0", "s1"], "w")
    assert outcome.done == 1
    assert "w/f0.json already" in outcome.problems[0]
    put(tmp_path, "f1.json", id="other")
    row = library.history.undo()
    assert "f1.json already" in row.problems[0]
    assert library.row("s1").path == "w/f1.json"


def test_a_session_that_was_moved_on_stays_there(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    library.history.move(["s0"], "a")
    library.move("s0", "b")
    row = library.history.undo()
    assert row.problems[0] == "'T0' was moved since, to b/f0.json; it stays there."


def test_a_move_back_restores_a_name_that_nobody_could_choose(tmp_path: Path) -> None:
    put(tmp_path, "#odd [name]/;x.json", id="a")
    library = opened(tmp_path)
    library.history.move(["a"], "w")
    library.history.undo()
    assert library.row("a").path == "#odd [name]/;x.json"


def test_a_file_name_goes_back_and_forth(tmp_path: Path) -> None:
    library = stocked(tmp_path, 2)
    assert library.history.rename_file("s0", "better") == tmp_path / "better.json"
    library.history.undo()
    assert library.row("s0").path == "f0.json"
    library.history.redo()
    assert library.row("s0").path == "better.json"
    with pytest.raises(ConflictError):
        library.history.rename_file("s0", "f1")
    assert len(library.history.steps()) == 1


def test_a_branch_taken_back_lies_in_the_trash_and_comes_again(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    branch = library.history.branch("s0", 1, "try")
    assert [each.id for each in branch.turns] == ["t1"]
    library.history.undo()
    assert titles(library) == ["T0"]
    assert [row.id for row in library.trash()] == [branch.id]
    library.history.redo()
    assert library.load(branch.id).title == "try"
    with pytest.raises(UsageError):
        library.history.branch("s0", 99)


def test_a_branch_with_new_turns_goes_to_the_trash_and_that_is_said(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    branch = library.history.branch("s0", 1, "try")
    library.update(branch.id, lambda s: s.with_turn(turn("new")))
    row = library.history.undo()
    assert row.problems == ("'try' had new turns; it lies in the trash with them.",)
    library.history.redo()
    assert len(library.load(branch.id).turns) == 2


def test_a_session_made_by_hand_can_be_taken_back(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    assert library.history.created("s0", "new session") is not None
    assert library.history.undo().label == "new session"
    assert library.rows() == ()


# stopping, the trash


def test_a_stopped_edit_keeps_what_was_done_and_takes_that_back(tmp_path: Path) -> None:
    library = stocked(tmp_path, 30)
    seen: list[tuple[int, int]] = []
    outcome = library.history.edit(
        [f"s{n}" for n in range(30)],
        add_tags(["x"]),
        "tags",
        progress=lambda done, total: seen.append((done, total)),
        stop=lambda: len(seen) >= 10,
    )
    assert 10 <= outcome.done < 30
    assert seen == [(n, 30) for n in range(1, outcome.done + 1)]
    assert library.tags() == (("x", outcome.done),)
    library.history.undo()
    assert library.tags() == ()


def test_a_stopped_undo_is_finished_by_the_next(tmp_path: Path) -> None:
    library = stocked(tmp_path, 30)
    library.history.edit([f"s{n}" for n in range(30)], add_tags(["x"]), "tags")
    seen: list[int] = []
    row = library.history.undo(
        progress=lambda done, _: seen.append(done), stop=lambda: len(seen) >= 5
    )
    assert not row.is_undone
    left = dict(library.tags())["x"]
    assert 0 < left < 30
    assert library.history.undo().is_undone
    assert library.tags() == ()


def test_the_trash_is_emptied_for_good_and_only_of_what_was_meant(tmp_path: Path) -> None:
    log = tmp_path / "audit"
    library = opened(tmp_path / "library", audit=log)
    rows = []
    for number in range(4):
        library.create(session(f"s{number}", title=f"T{number}"))
        rows.append(library.delete(f"s{number}"))
    assert library.history.empty_trash(before=START) == 0
    assert library.history.empty_trash(before=rows[1].deleted_at) == 1
    assert [row.id for row in library.trash()] == ["s3", "s2", "s1"]
    assert library.history.empty_trash(entries=[rows[2].entry, "../../audit", "gone"]) == 1
    assert library.history.empty_trash(before=START, entries=[rows[3].entry]) == 0
    seen: list[tuple[int, int]] = []
    assert library.history.empty_trash(progress=lambda *at: seen.append(at)) == 2
    assert seen == [(1, 2), (2, 2)]
    assert library.trash() == ()
    assert list((tmp_path / "library" / ".tui-sessions" / "trash").iterdir()) == []
    assert log.read_text().count('"purge"') == 4


def test_emptying_follows_no_link_out_of_the_library(tmp_path: Path) -> None:
    library = stocked(tmp_path / "library", 1)
    library.delete("s0")
    trash = tmp_path / "library" / ".tui-sessions" / "trash"
    trash.rename(tmp_path / "elsewhere")
    trash.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="symbolic link"):
        library.history.empty_trash()
    assert len(list((tmp_path / "elsewhere").iterdir())) == 2


def test_a_deleted_link_is_emptied_and_its_target_is_not(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("keep")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "link.json").symlink_to(target)
    library = opened(tmp_path / "library")
    library.history.delete_damaged("link.json")
    assert library.history.empty_trash() == 1
    assert target.read_text() == "keep"

"""What a crash cut off is put back, noted, and kept or dropped by whoever reads it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from shelves import opened, session, turn

from tui_sessions.errors import StoreError
from tui_sessions.model.dropping import drop, found_cut, is_standing
from tui_sessions.store import files
from tui_sessions.store.journal import line
from tui_sessions.store.library import Library

BEGUN = {"session": "a", "turn": "t", "at": "2026-01-02T00:00:00.000000+00:00", "model": "openai/m"}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = opened(tmp_path)
    library.create(session("a", turn("t", answer=None), title="Soup"))
    return library


def left_behind(library: Library, *lines: bytes, name: str = "1-dead") -> Path:
    folder = library.root / ".tui-sessions" / "journal"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.journal"
    path.write_bytes(b"".join(lines))
    return path


def cut_off(library: Library, *pieces: str, **head: str) -> None:
    left_behind(library, line(BEGUN | head), *(line({"t": piece}) for piece in pieces))
    assert library.recover() == ("a",)


def test_a_cut_answer_waits_until_somebody_decides(library: Library) -> None:
    cut_off(library, "Because", " it")
    (cut,) = library.interrupted.waiting()
    assert (cut.session_id, cut.turn_id, cut.characters) == ("a", "t", 10)
    assert library.interrupted.in_session(library.load("a")) == (cut,)
    assert is_standing(library.load("a"), cut)
    library.interrupted.decided([cut])
    assert library.interrupted.waiting() == ()
    assert not library.has_interrupted
    assert library.load("a").turns[0].answer.text == "Because it"


def test_dropping_takes_out_what_came_and_undo_brings_it_back(library: Library) -> None:
    cut_off(library, "Because")
    (cut,) = library.interrupted.waiting()
    library.history.edit(["a"], drop(cut), "dropping")
    (got,) = library.load("a").turns
    assert (got.answer, got.finish) == (None, None)
    library.history.undo()
    assert library.load("a").turns[0].answer.text == "Because"
    assert found_cut(library.load("a"), cut) is not None


def test_dropping_the_rest_of_an_answer_leaves_its_beginning(library: Library) -> None:
    begun = msgspec.structs.replace(turn("t", answer="Because"), finish="length")
    library.update("a", lambda now: now.with_turn(begun))
    cut_off(library, "Because", " it rains", continues="yes")
    (cut,) = library.interrupted.waiting()
    assert cut.before == len("Because")
    library.update("a", drop(cut))
    (got,) = library.load("a").turns
    assert (got.answer.text, got.finish) == ("Because", "length")


def test_dropping_one_of_several_answers_leaves_the_others(library: Library) -> None:
    standing = msgspec.structs.replace(turn("t", answer="Standing."), finish="stop")
    library.update("a", lambda now: now.with_turn(standing))
    cut_off(library, "Because")
    (cut,) = library.interrupted.waiting()
    assert not is_standing(library.load("a"), cut)
    library.update("a", drop(cut))
    (got,) = library.load("a").turns
    assert (got.answer.text, got.alternatives) == ("Standing.", ())


def test_an_answer_that_was_asked_for_again_waits_for_nobody(library: Library) -> None:
    cut_off(library, "Because")
    library.update("a", lambda now: now.with_turn(turn("t", answer="Whole.")))
    assert library.interrupted.waiting() == ()


def test_a_journal_of_a_session_in_the_trash_is_put_into_it_there(library: Library) -> None:
    library.delete("a")
    path = left_behind(library, line(BEGUN), line({"t": "Because"}))
    library.recover()
    assert not path.exists()
    library.undelete("a")
    assert library.load("a").turns[0].answer.text == "Because"


@pytest.mark.parametrize(
    "lines",
    [
        (line(BEGUN | {"session": "gone"}), line({"t": "Because"})),
        (line(BEGUN | {"turn": "gone"}), line({"t": "Because"})),
        (b"torn {head\n", line({"t": "Because"})),
    ],
)
def test_a_journal_without_a_place_is_offered_and_becomes_a_session(
    library: Library, lines: tuple[bytes, ...]
) -> None:
    left_behind(library, *lines)
    library.recover()
    (one,) = library.interrupted.aside()
    assert one.words == "Because"
    kept = library.interrupted.keep_aside(one.name)
    assert kept.title == "Because (recovered)"
    assert library.load(kept.session_id).turns[0].answer.text == "Because"
    assert library.interrupted.aside() == ()


def test_what_stands_behind_a_torn_line_is_not_thrown_away(library: Library) -> None:
    left_behind(library, line(BEGUN), line({"t": "A"}), b"00000000 {}\n", line({"t": "B"}))
    library.recover()
    assert library.load("a").turns[0].answer.text == "A"
    (one,) = library.interrupted.aside()
    assert one.words == "AB"


def test_a_dropped_journal_is_in_the_trash(library: Library) -> None:
    left_behind(library, line(BEGUN | {"session": "gone"}), line({"t": "Because"}))
    library.recover()
    (one,) = library.interrupted.aside()
    session_id = library.interrupted.drop_aside(one.name)
    assert [row.id for row in library.trash()] == [session_id]
    assert library.interrupted.aside() == ()
    library.history.undo()
    assert library.load(session_id).turns[0].answer.text == "Because"


def test_notes_that_cannot_be_read_stop_nothing(library: Library) -> None:
    cut_off(library, "Because")
    (library.root / ".tui-sessions" / "interrupted.json").write_text("{ no list")
    assert library.interrupted.waiting() == ()
    assert library.recover() == ()


def test_notes_that_cannot_be_read_just_now_are_not_written_over(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(library, "Because")
    (cut,) = library.interrupted.waiting()
    read = files.read

    def refused(path: Path) -> files.Content:
        if Path(path).name == "interrupted.json":
            raise StoreError("Cannot read it: the disk has an error.")
        return read(path)

    with monkeypatch.context() as patched:
        patched.setattr(files, "read", refused)
        assert library.interrupted.waiting() == ()
        with pytest.raises(StoreError):
            library.interrupted.decided([cut])
    assert library.interrupted.waiting() == (cut,)


def test_what_another_program_noted_meanwhile_stays(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.create(session("b", turn("t", answer=None), title="Stew"))
    cut_off(library, "Because")
    (cut,) = library.interrupted.waiting()
    other = opened(library.root)
    left_behind(library, line(BEGUN | {"session": "b"}), line({"t": "It is so"}), name="2-dead")
    held = library.interrupted._locks.held_as

    def late(name: str, *, busy: str) -> object:
        monkeypatch.undo()
        other.recover()
        return held(name, busy=busy)

    monkeypatch.setattr(library.interrupted._locks, "held_as", late)
    library.interrupted.decided([cut])
    (left,) = library.interrupted.waiting()
    assert left.session_id == "b"

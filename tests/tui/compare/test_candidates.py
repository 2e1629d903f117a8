"""The answers that are compared keep their places, whatever is known first: the file or the engine's word."""

from __future__ import annotations

from compare_host import answer, turn_of

from tui_sessions.engine.events import AnswerSoFar
from tui_sessions.tui.candidates import Candidates, place_of


def arriving(id: str, model: str = "demo/live", text: str = "", **more) -> AnswerSoFar:
    return AnswerSoFar(session_id="s1", turn_id="t1", answer_id=id, model=model, text=text, **more)


def models(candidates: Candidates) -> list[str]:
    return [entry.model for entry in candidates.entries]


def test_saved_answers_come_in_order_of_time_and_those_that_arrive_behind_them() -> None:
    candidates = Candidates()
    candidates.load(turn_of(answer(2), answer(1)), [arriving("a")])
    assert models(candidates) == ["demo/m1", "demo/m2", "demo/live"]


def test_an_answer_that_is_read_before_its_end_is_told_is_there_once() -> None:
    candidates = Candidates()
    candidates.load(turn_of(answer(1)), [arriving("a"), arriving("b", "demo/other")])
    done = answer(2, model="demo/live")
    candidates.load(turn_of(answer(1), done), [arriving("b", "demo/other")])
    candidates.end("a", done)
    assert models(candidates) == ["demo/m1", "demo/live", "demo/other"]
    assert [entry.is_running for entry in candidates.entries] == [False, False, True]


def test_the_rest_of_an_answer_takes_the_place_of_its_beginning() -> None:
    candidates = Candidates()
    begun = answer(1, "half", model="demo/live", finish="cancelled")
    so_far = arriving("a", text="half and", is_continued=True)
    candidates.load(turn_of(begun, answer(2)), [so_far])
    assert models(candidates) == ["demo/m2", "demo/live"]


def test_they_stand_as_they_were_asked_however_soon_each_has_ended() -> None:
    candidates = Candidates()
    asked = [arriving(id, f"demo/{id}") for id in ("slow", "wordless", "m2", "again")]
    again = [answer(1, model="demo/again"), answer(3, model="demo/again")]
    candidates.load(turn_of(again[0], answer(2), again[1]), asked[:1])
    candidates.end("wordless", answer(4, " ", model="demo/wordless", finish="error"))
    candidates.arrange(asked)
    assert models(candidates) == [
        "demo/again",
        "demo/slow",
        "demo/wordless",
        "demo/m2",
        "demo/again",
    ]


def test_one_that_was_deleted_goes_and_one_that_was_edited_stays() -> None:
    candidates = Candidates()
    candidates.load(turn_of(answer(1), answer(2)), [])
    keys = [entry.key for entry in candidates.entries]
    candidates.load(turn_of(answer(2, "edited since")), [])
    assert [entry.key for entry in candidates.entries] == keys[1:]
    assert candidates.entries[0].answer is not None
    assert candidates.entries[0].answer.message.text == "edited since"


def test_one_that_failed_without_a_word_stays_until_it_is_dropped() -> None:
    candidates = Candidates()
    turn = turn_of(answer(1))
    candidates.load(turn, [arriving("a")])
    failed = answer(2, " ", finish="error", error="No.")
    candidates.end("a", failed)
    candidates.load(turn, [])
    assert len(candidates.entries) == 2
    candidates.drop("a")
    candidates.load(turn, [])
    assert models(candidates) == ["demo/m1"]


def test_the_only_answer_that_failed_is_told_of_by_the_turn() -> None:
    candidates = Candidates()
    candidates.load(turn_of(answer(1, " ", finish="error", error="No key.")), [])
    (entry,) = candidates.entries
    assert entry.answer is not None
    assert entry.answer.error == "No key."


def test_the_place_of_an_answer_is_that_among_all_answers() -> None:
    turn = turn_of(answer(1), answer(2), answer(3))
    assert [place_of(answer(number), turn) for number in (3, 1, 9)] == [2, 0, None]

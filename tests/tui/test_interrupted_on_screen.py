"""An answer that a crash cut off is kept, continued or dropped with one key."""

from __future__ import annotations

import pytest
from other_program import OtherProgram

from tui_sessions.wiring import Services


@pytest.fixture
def crashed(made_services):
    """A library in which a program died in mid-answer; the id of the session."""

    def crash(title: str = "Soup", session_id: str = "soup") -> str:
        services: Services = made_services()
        session = services.new_session(title=title, session_id=session_id)
        program = OtherProgram(services.library.root, session.id)
        program.say("Half of an answer")
        program.kill()
        return session.id

    return crash


def last(user):
    return user.library.load("soup").turns[-1]


async def to_the_line(user):
    await user.see("A crash cut this answer off; 17 characters of it are here.")
    await user.press("alt+g")


async def test_what_came_is_kept_with_one_key(workspace, crashed):
    async with workspace(open_id=crashed()) as user:
        await to_the_line(user)
        await user.press("k")
        await user.see_no("A crash cut")
        assert last(user).answer.text == "Half of an answer"
        assert user.library.interrupted.waiting() == ()
        assert user.stage.prompt.area.has_focus


async def test_one_step_back_from_the_prompt_leads_to_the_line_and_enter_keeps(workspace, crashed):
    async with workspace(open_id=crashed()) as user:
        await user.see("shift+tab or alt+g goes here")
        await user.press("shift+tab")
        await user.press("enter")
        await user.see_no("A crash cut")
        assert last(user).answer.text == "Half of an answer"
        assert user.stage.prompt.area.has_focus


async def test_the_rest_is_asked_for_with_one_key(workspace, crashed):
    async with workspace(open_id=crashed()) as user:
        user.screen.run_named("model", "demo/demo")
        await to_the_line(user)
        user.library.update(
            "soup", lambda now: now.with_turn(_of_model(now.turns[-1], "demo/demo"))
        )
        await user.press("c")
        await user.answered()
        assert last(user).answer.text.startswith("Half of an answer")
        assert last(user).finish == "stop"
        await user.see_no("A crash cut")


def _of_model(turn, model):
    import msgspec

    return turn.with_answer(msgspec.structs.replace(turn.answer, model=model))


async def test_what_came_is_dropped_and_undo_brings_it_back(workspace, crashed):
    async with workspace(open_id=crashed()) as user:
        await to_the_line(user)
        await user.press("d")
        await user.see("The cut answer is dropped")
        assert last(user).answer is None
        user.screen.run_named("undo", "")
        await user.until(lambda: last(user).answer is not None, "the answer back")


async def test_nothing_is_decided_by_keys_that_go_to_the_prompt(workspace, crashed):
    async with workspace(open_id=crashed()) as user:
        await user.see("A crash cut this answer off")
        await user.type("kcd")
        assert user.stage.prompt.text == "kcd"
        assert len(user.library.interrupted.waiting()) == 1


async def test_several_are_listed_and_decided_there(workspace, crashed):
    crashed()
    crashed("Stew", "stew")
    async with workspace() as user:
        await user.see("2 answers were cut off by a crash")
        await user.command(":interrupted")
        await user.see("Soup", "Stew", "17 characters kept")
        await user.press("f3")
        await user.until(lambda: len(user.library.interrupted.waiting()) == 1, "one kept")
        await user.press("delete")
        await user.until(lambda: not user.library.interrupted.waiting(), "one dropped")
        await user.see("Nothing waits for a decision any more.")


async def test_a_list_of_none_says_so(workspace):
    async with workspace() as user:
        await user.command(":interrupted")
        await user.see("No answer was cut off by a crash")


async def test_a_journal_of_a_deleted_session_is_offered(workspace, crashed, made_services):
    crashed()
    library = made_services().library
    library.path("soup").unlink()
    async with workspace() as user:
        await user.see("1 answer was cut off by a crash")
        await user.command(":interrupted")
        await user.see("without a session")
        await user.press("enter")
        await user.see("Half of an answer (recovered)")

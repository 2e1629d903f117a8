"""A session that another program answers is not asked a second time, and its text follows here."""

from __future__ import annotations

import pytest
from other_program import OtherProgram

from tui_sessions.errors import AnsweredElsewhereError


@pytest.fixture
def other():
    opened: list[OtherProgram] = []

    def begin(user, session_id=None):
        session_id = session_id or user.stage.workspace.session.id
        opened.append(OtherProgram(user.library.root, session_id))
        return opened[-1]

    yield begin
    for program in opened:
        program.close()


async def asked_once(user):
    await user.ask("First")
    await user.answered()
    return user.stage.workspace.session.id


async def test_its_text_comes_here_as_it_is_written(workspace, other):
    async with workspace() as user:
        await asked_once(user)
        program = other(user)
        await user.see("answered in another window")
        program.say("From afar")
        await user.see("From afar")
        assert "no answer" not in user.text()
        program.say(" and on")
        await user.see("From afar and on")
        program.end()
        await user.see_no("answered in another window")
        await user.until(lambda: len(user.stage.workspace.session.turns) == 2, "the turn")
        await user.see("From afar and on")


async def test_asking_there_is_refused_in_a_sentence(workspace, other):
    async with workspace() as user:
        session_id = await asked_once(user)
        other(user)
        await user.see("answered in another window")
        user.app.screen.desk.talking.retry_last()
        await user.see("being answered in another window")
        with pytest.raises(AnsweredElsewhereError):
            user.app.services.turns.start(session_id, "mine")
        assert not user.app.services.turns.running_ids()


async def test_a_prompt_waits_and_is_sent_at_its_end(workspace, other):
    async with workspace() as user:
        session_id = await asked_once(user)
        program = other(user)
        await user.see("answered in another window")
        await user.ask("Mine")
        assert [queued.text for queued in user.app.services.queue.waiting(session_id)] == ["Mine"]
        program.say("Theirs first")
        program.end()
        await user.until(lambda: len(user.library.load(session_id).turns) == 3, "the prompt sent")
        await user.answered()
        texts = [turn.prompt.text for turn in user.library.load(session_id).turns]
        assert texts == ["First", "Theirs", "Mine"]


async def test_the_answer_of_a_program_that_is_killed_is_taken_over(workspace, other):
    async with workspace() as user:
        session_id = await asked_once(user)
        program = other(user)
        program.say("Half of it")
        await user.see("Half of it")
        program.kill()
        await user.see("The other window was closed in mid-answer", "interrupted")
        turn = user.library.load(session_id).turns[-1]
        assert (turn.answer.text, turn.finish) == ("Half of it", "interrupted")
        await user.see("keep", "continue", "drop")


async def test_looking_away_and_back_shows_it_again(workspace, other):
    async with workspace() as user:
        session_id = await asked_once(user)
        program = other(user)
        program.say("From afar")
        await user.see("From afar")
        await user.press("ctrl+n")
        await user.see_no("answered in another window")
        user.stage.open_session(session_id)
        await user.see("From afar", "answered in another window")
        program.end()
        await user.see_no("answered in another window")

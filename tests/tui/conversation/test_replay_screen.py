"""Watching a session being written once more."""

from __future__ import annotations


async def asked(user, *prompts):
    for number, prompt in enumerate(prompts, 1):
        await user.ask(prompt)
        await user.until(
            lambda number=number: sum(t.finish == "stop" for t in turns(user)) == number, prompt
        )


def turns(user):
    return user.stage.workspace.session.turns


async def test_a_replay_is_stepped_through_and_left_at_a_turn(workspace):
    async with workspace((120, 30)) as user:
        await asked(user, "alpha question", "beta question")
        before = user.stage.workspace.session
        await user.command(":replay 0.1")
        await user.see("Replay · alpha question", "of 2 turns", "0.1×")
        await user.press("space")
        await user.see("paused")
        assert "beta question" not in user.text()
        await user.press("G")
        await user.see("2 of 2 turns", "at the end")
        await user.press("left")
        await user.see("beta question")
        await user.press("left")
        await user.see("1 of 2 turns")
        await user.press("enter")
        assert user.stage.conversation.current_turn_id == turns(user)[0].id
        assert user.stage.workspace.session == before


async def test_a_fast_replay_ends_with_what_the_session_shows(workspace):
    async with workspace((120, 30)) as user:
        await asked(user, "alpha question")
        last = [line for line in turns(user)[0].answer.text.splitlines() if line.strip()][-1]
        await user.command(":replay 1000")
        await user.see("at the end", " ".join(last.split()[:3]).strip("*`"))
        await user.press("escape")
        assert user.stage.prompt.area.has_focus


async def test_in_a_small_window_it_still_says_how_to_pause_and_how_to_leave(workspace):
    async with workspace((80, 24)) as user:
        await asked(user, "alpha question")
        await user.command(":replay 0.1")
        await user.see("space pause, go on", "esc leave")


async def test_a_speed_that_is_none_is_refused(workspace):
    async with workspace((120, 30)) as user:
        await user.command(":replay fast")
        await user.see("nothing to replay")
        await asked(user, "alpha question")
        await user.command(":replay fast")
        await user.see(":replay takes a speed")

"""What is said in the corner: one thing at a time, but no warning is talked over."""

from __future__ import annotations


def said(user) -> list[str]:
    return [str(note.message) for note in user.app._notifications]


async def test_a_new_sentence_takes_the_place_of_the_former(workspace):
    async with workspace((80, 24)) as user:
        user.stage.say("The first thing.")
        await user.see("The first thing.")
        user.stage.say("The second thing.")
        await user.see("The second thing.")
        assert said(user) == ["The second thing."]


async def test_a_warning_stays_beside_what_is_said_after_it(workspace):
    async with workspace((80, 24)) as user:
        user.stage.say("The disk is nearly full.", "warning")
        await user.see("The disk is nearly full.")
        user.stage.say("The session is saved.")
        await user.see("The session is saved.")
        assert said(user) == ["The disk is nearly full.", "The session is saved."]

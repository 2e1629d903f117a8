"""`:reprice` shows what it would do, does it, and :undo takes it back."""

from __future__ import annotations

from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

USED = Usage(prompt_tokens=1_000_000, completion_tokens=100_000)


def session(session_id: str, model: str) -> Session:
    said = (Message(role="user", content="hi"), Message(role="assistant", content="Hello."))
    return Session(
        id=session_id,
        title=session_id,
        model=model,
        turns=(Turn(id="t", messages=said, usage=USED),),
    )


async def opened(user) -> None:
    user.library.create(session("known", "openai/gpt-4o-mini"))
    user.library.create(session("strange", "work/x"))
    user.stage.open_session("known")
    await user.see("Hello.")


def cost(user, session_id: str) -> int | None:
    return user.library.load(session_id).turns[0].cost


async def test_the_open_session_is_repriced_after_a_look(workspace) -> None:
    async with workspace() as user:
        await opened(user)
        await user.command(":reprice")
        await user.see("openai/gpt-4o-mini", "1 unpriced → $0.21")
        assert cost(user, "known") is None
        await user.press("enter")
        await user.see("Repriced 1 session")
        assert cost(user, "known") == 210_000_000
        await user.command(":undo")
        await user.until(lambda: cost(user, "known") is None)


async def test_all_tells_what_stays_unknown_and_escape_leaves_everything(workspace) -> None:
    async with workspace() as user:
        await opened(user)
        await user.command(":reprice all")
        await user.see("no price for work/x", "2 unpriced → $0.21 + 1 unpriced")
        await user.press("escape")
        await user.see_no("no price for work/x")
        assert cost(user, "known") is None


async def test_where_nothing_can_be_done_it_says_so(workspace) -> None:
    async with workspace() as user:
        await user.command(":reprice")
        await user.see("This session has no answer yet.")
        user.stage.put_prompt("")
        await user.command(":reprice every")
        await user.see(":reprice takes all")
        user.stage.put_prompt("")
        user.library.create(session("strange", "work/x"))
        user.stage.open_session("strange")
        await user.see("Hello.")
        await user.command(":reprice")
        await user.see("None of these can be priced now")
        await user.press("enter")
        await user.see_no("None of these can be priced now")

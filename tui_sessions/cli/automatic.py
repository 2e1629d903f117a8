"""Titles and tags by a model: `rename --auto`, `tag --auto`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_sessions.cli.call import Call
from tui_sessions.errors import UsageError
from tui_sessions.model.display import shown_cost
from tui_sessions.model.text import clean_line

if TYPE_CHECKING:
    from tui_sessions.engine.automatic import Proposal


def rename_automatically(call: Call, session: str) -> int:
    """Give the session the title that a model proposes."""
    session_id = call.library.resolve(session)
    proposal = _proposed(call, session_id, is_title=True)
    call.services.automatic.set_title(session_id, proposal)
    call.console.tell(f"{session_id} is now called {clean_line(proposal.title)}.")
    return 0


def tag_automatically(call: Call, words: tuple[str, ...], *, is_sure: bool) -> int:
    """Put the tags on a session that a model proposes, once they are agreed to."""
    if len(words) != 1:
        raise UsageError("--auto takes one session and no tags: tui-sessions tag S --auto")
    if not is_sure and not call.console.can_ask:
        raise UsageError("To put tags on unseen, add --yes.")
    session_id = call.library.resolve(words[0])
    proposal = _proposed(call, session_id, is_title=False)
    names = clean_line(", ".join(proposal.tags))
    if not is_sure and not call.console.confirm(f"Put {names} on {session_id}?"):
        call.console.say("Nothing was changed but for what the call cost.")
        return 1
    call.services.automatic.add_tags(session_id, proposal)
    shown = clean_line(", ".join(call.library.row(session_id).tags))
    call.console.tell(f"Tags of {session_id}: {shown}.")
    return 0


def _proposed(call: Call, session_id: str, *, is_title: bool) -> Proposal:
    import asyncio

    services = call.services
    if not services.config.automatic.model:
        model = clean_line(call.library.load(session_id).model or "?")
        call.console.tell(f"automatic.model is not set: the session's own model {model} is asked.")

    async def ask() -> Proposal:
        try:
            return await services.automatic.propose(session_id, title=is_title, tags=not is_title)
        finally:
            await services.aclose()

    proposal = asyncio.run(ask())
    what = proposal.title if is_title else ", ".join(proposal.tags)
    call.console.say(
        f"{clean_line(what)} · {clean_line(proposal.model)} · {shown_cost(proposal.cost)}"
    )
    return proposal

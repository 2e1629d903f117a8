"""Titles and tags by a model: after the first whole answer of a session where that is configured, or when asked.

Beside the turns, never in their way: nothing waits for it, and a failure is a line in the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.config.schema import AutomaticConfig
from tui_sessions.engine.events import EngineEvent, SessionChanged, TurnEnded
from tui_sessions.engine.limits import Limit, Planned, check
from tui_sessions.errors import ProviderError, TuiSessionsError, UsageError
from tui_sessions.model.edits import add_tags, retitle, set_tags
from tui_sessions.model.housekeeping import Call, calls, with_call
from tui_sessions.model.ids import new_id
from tui_sessions.model.message import Message
from tui_sessions.model.naming import MOST_TOKENS, SYSTEM, question, understood
from tui_sessions.model.session import Change, Params, Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import ChatMessage, Counted, Finished, Request, Text
from tui_sessions.providers.registry import Providers, split_model

if TYPE_CHECKING:
    from tui_sessions.providers.prices import Prices
    from tui_sessions.store.library import Library

MOST_ANSWER = 20_000
"""Characters; what goes on for longer is no title."""
_log = logging.getLogger(__name__)


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a model would call a session."""

    title: str = ""
    tags: tuple[str, ...] = ()
    model: str
    cost: int | None = None
    """Nano-dollars; None is unknown."""


class Automatic:
    """Asks for titles and tags, notes what that cost, and sets them."""

    def __init__(
        self,
        library: Library,
        providers: Providers,
        prices: Prices,
        *,
        now: Clock,
        config: Callable[[], AutomaticConfig],
        announce: Callable[[EngineEvent], None] = lambda event: None,
        limits: Sequence[Limit] = (),
    ) -> None:
        self._library = library
        self._providers = providers
        self._prices = prices
        self._now = now
        self._config = config
        self._announce = announce
        self._limits = limits
        self._tried: set[str] = set()
        """Sessions that had their turn in this program: once, however it went."""
        self._tasks: set[asyncio.Task[None]] = set()

    # unasked

    def hear(self, event: EngineEvent) -> None:
        """An event of the engine: the end of a first whole answer begins the work. Needs a running loop."""
        config = self._config()
        if not config.model or not (config.titles or config.tags):
            return
        if not isinstance(event, TurnEnded) or not event.is_last or event.save_error:
            return
        if event.finish != "stop" or event.session_id in self._tried:
            return
        self._tried.add(event.session_id)
        task = asyncio.create_task(
            self._name(event.session_id, config), name=f"automatic {event.session_id}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait(self) -> None:
        """Until nothing is being named."""
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def aclose(self) -> None:
        """Ends what runs; a call that is broken off leaves the session as it was."""
        for task in self._tasks:
            task.cancel()
        await self.wait()

    # by hand

    async def propose(
        self, session_id: str, *, title: bool, tags: bool, model: str | None = None
    ) -> Proposal:
        """Ask for a title and tags; what the call cost is noted in the session, nothing else is changed.

        Raises `UsageError` where nothing was said yet, `BudgetError`, `ProviderError`, also for an answer
        that says neither, `StoreError` where the cost could not be noted.
        """
        session = self._library.load(session_id)
        full = model or self._config().model or session.model
        if not full:
            raise ProviderError("No model is chosen for titles and tags.", kind="model")
        known = [tag for tag, _ in self._library.tags()] if tags else []
        asked = question(session, title=title, tags=tags, known_tags=known)
        if not asked:
            raise UsageError("Nothing was said in this session yet.")
        proposal = await self._ask(session, full, asked, "title" if title else "tags")
        if not (proposal.title if title else proposal.tags):
            what = "title" if title else "tags"
            raise ProviderError(f"{clean_line(full)} gave no {what}.", kind="answer")
        return proposal

    def set_title(self, session_id: str, proposal: Proposal) -> None:
        """Call the session so, as a step of the history."""
        self._edit(session_id, retitle(proposal.title), "title")

    def add_tags(self, session_id: str, proposal: Proposal) -> None:
        """Put the tags on, as a step of the history."""
        self._edit(session_id, add_tags(proposal.tags), "tags")

    async def _name(self, session_id: str, config: AutomaticConfig) -> None:
        try:
            session = await asyncio.to_thread(self._library.load, session_id)
            title = config.titles and not _is_titled(session)
            tags = config.tags and not session.meta.tags
            if not (title or tags) or not _is_first(session) or calls(session):
                return
            proposal = await self.propose(session_id, title=title, tags=tags)
            self._edit(session_id, _unless_named(proposal), "automatic title and tags")
        except (TuiSessionsError, OSError) as problem:
            _log.warning("no automatic title for %s: %s", session_id, type(problem).__name__)

    # one call

    async def _ask(self, session: Session, model: str, asked: str, kind: str) -> Proposal:
        provider_name, name = split_model(model)
        params = Params(max_tokens=MOST_TOKENS)
        self._check(session, model, asked, params)
        request = Request(
            model=name, messages=(ChatMessage("user", asked),), system=SYSTEM, params=params
        )
        heard = _Heard()
        try:
            stream = self._providers.get(provider_name).stream(request)
            async with contextlib.aclosing(stream) as events:  # type: ignore[type-var]
                async for event in events:
                    heard.take(event)
        finally:
            # No await here: a call that was broken off, or failed after it was counted, was paid for, too.
            if heard.is_broken and (heard.usage is not None or heard.charged is not None):
                self._note(session.id, self._call(kind, model, heard, heard.charged))
        cost = heard.charged
        try:
            if cost is None:
                cost = await asyncio.to_thread(self._priced, model, heard.usage)
        finally:
            # Whoever leaves while the table of prices is loaded has paid all the same.
            self._note(session.id, self._call(kind, model, heard, cost))
        named = understood(heard.text)
        return Proposal(title=named.title, tags=named.tags, model=model, cost=cost)

    def _priced(self, model: str, usage: Usage | None) -> int | None:
        """By the tables; unknown where the user's own price file cannot be read."""
        with contextlib.suppress(TuiSessionsError):
            return self._prices.cost(model, usage, self._now())[0]
        return None

    def _call(self, kind: str, model: str, heard: _Heard, cost: int | None) -> Call:
        return Call(kind=kind, model=model, timestamp=self._now(), usage=heard.usage, cost=cost)

    def _check(self, session: Session, model: str, asked: str, params: Params) -> None:
        """Raises `BudgetError` where the call would pass a limit."""
        message = Message(role="user", content=asked, timestamp=self._now())
        heard = msgspec.structs.replace(session, system=SYSTEM, params=params)
        turn = Turn(id=new_id(), messages=(message,))
        check(self._limits, [Planned(session=heard, turn=turn, model=model)], ("context",))

    def _note(self, session_id: str, call: Call) -> None:
        self._library.update(session_id, with_call(call))
        self._announce(SessionChanged(session_id=session_id))

    def _edit(self, session_id: str, change: Change, what: str) -> None:
        title = clean_line(self._library.row(session_id).title)
        outcome = self._library.history.edit((session_id,), change, f"{what} of “{title}”")
        for problem in outcome.problems:
            raise UsageError(problem)
        self._announce(SessionChanged(session_id=session_id))


class _Heard:
    """An answer while it comes."""

    def __init__(self) -> None:
        self.text = ""
        self.usage: Usage | None = None
        self.charged: int | None = None
        self.is_broken = True

    def take(self, event: object) -> None:
        """A piece, a count, or the end. Raises `ProviderError` for one that goes on and on."""
        match event:
            case Text(text):
                self.text += text
                if len(self.text) > MOST_ANSWER:
                    raise ProviderError("The answer is far too long for a title.", kind="answer")
            case Counted():
                self.usage, self.charged = event.usage, event.cost
            case Finished():
                self.usage = self.usage if event.usage is None else event.usage
                self.charged = self.charged if event.cost is None else event.cost
                self.is_broken = False


def _is_titled(session: Session) -> bool:
    return bool(session.title or session.meta.extra.get("title"))


def _is_first(session: Session) -> bool:
    """Whether the session has one whole answer of its own and no more."""
    own = [turn for turn in session.turns if not turn.inherited]
    return len(own) == len(session.turns) and sum(turn.finish == "stop" for turn in own) == 1


def _unless_named(proposal: Proposal) -> Change:
    """Title and tags, where nobody gave any meanwhile."""

    def change(session: Session) -> Session:
        if proposal.title and not _is_titled(session):
            session = retitle(proposal.title)(session)
        if proposal.tags and not session.meta.tags:
            session = set_tags(proposal.tags)(session)
        return session

    return change

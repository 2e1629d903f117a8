"""The screen with several answers over a turn that changes as it is told, and words for sitting in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from textual.app import App
from textual.message_pump import MessagePump

from tui_sessions.engine.events import (
    AnswerSoFar,
    EngineEvent,
    SessionChanged,
    TextArrived,
    TurnEnded,
    TurnStarted,
    TurnWaiting,
)
from tui_sessions.model.answers import answers, finish_answer
from tui_sessions.model.comparisons import call_even, choose
from tui_sessions.model.message import Message
from tui_sessions.model.session import Change, Session
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage
from tui_sessions.tui.bridge import EngineNews
from tui_sessions.tui.candidates import place_of
from tui_sessions.tui.screens.compare import CompareScreen
from tui_sessions.tui.theme import variable_defaults

PATIENCE_S = 20
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def answer(
    number: int, text: str = "", *, model: str = "", finish: str = "stop", **more: Any
) -> Alternative:
    """A finished answer whose text names its number unless given; a blank is no word at all."""
    said = Message(
        role="assistant",
        content=text.strip(" ") if text else f"This is what answer {number} says.",
        model=model or f"demo/m{number}",
        timestamp=NOON + timedelta(seconds=number),
        reasoning=more.pop("reasoning", None),
    )
    figures: dict[str, Any] = {
        "usage": Usage(completion_tokens=100 * number),
        "latency_ms": 1000.0 * number,
        "first_token_ms": 100.0 * number,
        "cost": 1_000_000 * number,
    }
    return Alternative(message=said, finish=finish, **{**figures, **more})


def turn_of(*given: Alternative, prompt: str = "Which is better?") -> Turn:
    """A turn with these answers; the last one stands."""
    asked = Message(role="user", content=prompt, timestamp=NOON)
    session = Session(id="s1", turns=(Turn(id="t1", messages=(asked,)),))
    for outcome in given:
        session = finish_answer("t1", outcome)(session)
    return session.turns[0]


class Owner:
    """What the screen asks of whoever opens it, and what it told."""

    session_id, turn_id = "s1", "t1"
    asked: tuple[AnswerSoFar, ...] = ()

    def __init__(self, turn: Turn | None, title: str = "A session") -> None:
        self.session = Session(id="s1", turns=(turn,) if turn is not None else ())
        self.title = title
        self.prompt = turn.prompt.text if turn is not None and turn.prompt else ""
        self.arriving: dict[str, AnswerSoFar] = {}
        self.told: list[tuple[Any, ...]] = []
        self.reload: Callable[[], None] = lambda: None
        self.screen: MessagePump | None = None
        self.before_the_screen: tuple[EngineEvent, ...] = ()
        self._before: list[Session] = []

    # what the screen asks

    def begin(self, screen: MessagePump, reload: Callable[[], None]) -> None:
        self.screen, self.reload = screen, reload

    def end(self) -> None:
        self.screen = None

    def missed(self) -> tuple[EngineEvent, ...]:
        return self.before_the_screen

    def turn(self) -> Turn | None:
        return self.session.turn("t1")

    def running(self) -> tuple[AnswerSoFar, ...]:
        return tuple(self.arriving.values())

    def pick(self, answer: Alternative) -> bool:
        turn = self.turn()
        index = place_of(answer, turn) if turn is not None else None
        self.told.append(("pick", index))
        return index is not None and self._change(choose("t1", index, NOON))

    def even(self, *, is_any_good: bool) -> None:
        self.told.append(("even", is_any_good))
        self._change(call_even("t1", NOON, is_any_good=is_any_good))

    def note(self) -> None:
        self.told.append(("note",))

    def undo(self) -> None:
        self.told.append(("undo",))
        self.session = self._before.pop()

    def stop(self, answer_id: str) -> None:
        self.told.append(("stop", answer_id))

    def ask(self, models: tuple[str, ...]) -> bool:
        self.told.append(("ask", models))
        return True

    def add(self) -> None:
        self.told.append(("add",))

    def other_prompt(self, model: str) -> None:
        self.told.append(("other prompt", model))

    def _change(self, change: Change) -> bool:
        self._before.append(self.session)
        self.session = change(self.session)
        return True

    # what the engine does

    def tell(self, *events: EngineEvent) -> None:
        if self.screen is not None:
            self.screen.post_message(EngineNews(lambda: list(events)))

    def begins(self, id: str, model: str = "demo/live") -> None:
        self.arriving[id] = AnswerSoFar(
            session_id="s1", turn_id="t1", answer_id=id, model=model, elapsed_ms=0.0
        )
        self.tell(TurnStarted(session_id="s1", turn_id="t1", answer_id=id, model=model))

    def says(self, id: str, text: str, *, is_reasoning: bool = False) -> None:
        so_far = self.arriving[id]
        kind = "reasoning" if is_reasoning else "text"
        known = getattr(so_far, kind)
        values: dict[str, Any] = {name: getattr(so_far, name) for name in so_far.__struct_fields__}
        values |= {kind: known + text, "first_token_ms": 310.0, "elapsed_ms": 2000.0}
        self.arriving[id] = AnswerSoFar(**values)
        self.tell(
            TextArrived(
                session_id="s1",
                turn_id="t1",
                answer_id=id,
                offset=len(known),
                text=text,
                is_reasoning=is_reasoning,
            )
        )

    def waits(self, id: str, reason: str) -> None:
        self.tell(
            TurnWaiting(
                session_id="s1", turn_id="t1", answer_id=id, reason=reason, wait_s=3, attempt=1
            )
        )

    def ends(self, id: str, outcome: Alternative, *, is_read_first: bool = False) -> None:
        del self.arriving[id]
        self._change(finish_answer("t1", outcome))
        ended = TurnEnded(
            session_id="s1",
            turn_id="t1",
            answer_id=id,
            finish=outcome.finish or "stop",
            outcome=outcome,
        )
        changed = SessionChanged(session_id="s1")
        self.tell(*((changed, ended) if is_read_first else (ended, changed)))

    @property
    def chosen(self) -> str:
        turn = self.turn()
        assert turn is not None
        assert turn.answer is not None
        return turn.answer.text

    @property
    def count(self) -> int:
        turn = self.turn()
        return len(answers(turn)) if turn is not None else 0


class CompareHost(App[None]):
    """Shows the screen."""

    def __init__(self, owner: Owner) -> None:
        super().__init__()
        self.owner = owner
        self.left = 0

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def on_mount(self) -> None:
        self.push_screen(CompareScreen(self.owner), self._left)

    def _left(self, _: object) -> None:
        self.left += 1

    def text(self) -> str:
        strips = self.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


class Judge:
    """Somebody who compares."""

    def __init__(self, app: CompareHost, pilot: Any) -> None:
        self.app = app
        self.owner = app.owner
        self.pilot = pilot

    @property
    def screen(self) -> CompareScreen:
        screen = self.app.screen
        assert isinstance(screen, CompareScreen)
        return screen

    @property
    def at(self) -> str:
        """The model of the answer that has the focus."""
        entry = self.screen.entry
        return entry.model if entry is not None else ""

    def text(self) -> str:
        return self.app.text()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():
                    await self.pilot.pause(0.01)
        except TimeoutError:
            raise AssertionError(f"never came: {what}\n{self.text()}") from None

    async def see(self, *texts: str) -> None:
        for text in texts:
            await self.until(lambda text=text: text in self.text(), repr(text))

    async def see_no(self, text: str) -> None:
        await self.until(lambda: text not in self.text(), f"no {text!r}")


@asynccontextmanager
async def comparing(
    turn: Turn | None, size: tuple[int, int] = (160, 48), **more: Any
) -> AsyncIterator[Judge]:
    """The screen, open on a turn."""
    app = CompareHost(Owner(turn, **more))
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        await pilot.pause()
        yield Judge(app, pilot)

"""Runs one turn for `ask`: prints the answer as it arrives, tells how it ended, stops on Ctrl+C."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from tui_sessions.cli.call import Call
from tui_sessions.cli.console import Console
from tui_sessions.cli.fitting import fitting
from tui_sessions.cli.spending import tell_budgets
from tui_sessions.cli.waiting import Countdown
from tui_sessions.engine.events import (
    AnswerRescued,
    EngineEvent,
    TextArrived,
    TurnEnded,
    TurnStarted,
    TurnWaiting,
)
from tui_sessions.errors import AnsweredElsewhereError, ConfigError, ProviderError, StoreError
from tui_sessions.exchange.facts import turn_facts
from tui_sessions.model.display import shown_cost, shown_count, shown_number, shown_priced
from tui_sessions.model.housekeeping import calls
from tui_sessions.model.message import Part
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona

LOOK_S = 0.1
"""How often it is looked whether another program has ended its answer."""
STILL_S = 600.0
"""So long nothing may come of it before it is no longer waited for."""
NAMING_S = 15.0
"""So long a title may take after the answer; ctrl+c ends that sooner."""
_ENDS = {
    "length": "The answer was cut at the length limit.",
    "pause": "The server paused the answer before its end.",
    "filter": "The provider's filter stopped the answer.",
    "tool": "The answer stopped to call a tool, which is not done here.",
    "interrupted": "The answer was interrupted.",
}


def answer(
    call: Call,
    session: Session,
    prompt: str,
    *,
    model: str | None,
    attachments: tuple[Part, ...] = (),
    persona: Persona | None = None,
    is_id_wanted: bool = False,
    is_raw: bool = False,
    allow: tuple[str, ...] = (),
) -> int:
    """Sends `prompt` in `session`, to `model` or the session's own, and prints the answer, or the
    session's id once all is saved. `allow` names limits that do not hold. Gives the exit code; raises `ProviderError`, `StoreError`."""
    _tell_before(call, session, model)
    fits = fitting(call, session, prompt, model=model, attachments=attachments, persona=persona)
    printer = Printer(call.console, is_silent=is_id_wanted, is_raw=is_raw)
    start = partial(
        call.services.turns.start,
        session.id,
        prompt,
        model=model,
        attachments=attachments,
        persona=persona,
        allow=(*allow, *fits),
    )
    return _answered(call, session, start, printer, is_id_wanted=is_id_wanted)


def go_on(call: Call, session: Session, turn_id: str) -> int:
    """Prints the rest of a cut answer as it comes. Gives the exit code; raises as `answer` does."""
    printer = Printer(call.console, is_silent=False)
    start = partial(call.services.turns.resume, session.id, turn_id)
    return _answered(call, session, start, printer)


def _answered(
    call: Call,
    session: Session,
    start: Callable[[], str],
    printer: Printer,
    *,
    is_id_wanted: bool = False,
) -> int:
    turn_id = asyncio.run(_run(call, session.id, start, printer))
    printer.end()
    if is_id_wanted:
        call.console.line(session.id)
        call.console.flush()
    if printer.ended is not None and not printer.ended.error:
        _tell_after(call, session.id, turn_id)
    _tell_wrong_prices(call)
    return _outcome(call, session, printer)


class Printer:
    """Listens to the turn. It never raises: a reader who goes away must not break the engine."""

    def __init__(self, console: Console, *, is_silent: bool, is_raw: bool = False) -> None:
        self.ended: TurnEnded | None = None
        self.interrupted_by = 0
        """The signal that ended the answer; 0 where none did."""
        self.trouble: Exception | None = None
        """Why nothing can be printed any more: the reader has gone, the disk is full."""
        self._console = console
        self._countdown = Countdown(console)
        self._is_silent = is_silent
        self._is_raw = is_raw
        self._held = ""
        self._last = "\n"

    def take(self, event: EngineEvent) -> None:
        """An event of the engine."""
        match event:
            case TextArrived():
                self._countdown.end()
                if not event.is_reasoning:
                    self._print(event.text)
            case TurnWaiting():
                self._countdown.begin(event)
            case TurnStarted(left_out=pairs) if pairs:
                self._console.tell(f"The oldest {shown_number(pairs, 'pair')} did not go along.")
            case AnswerRescued(sentence=sentence):
                self._console.say(sentence)
            case TurnEnded():
                self._countdown.end()
                self.ended = event

    def end(self) -> None:
        """The rest of the text, and a line end where the answer has none."""
        self._print("", is_end=True)
        if self._last != "\n":
            self._print("\n", is_end=True)

    def _print(self, text: str, *, is_end: bool = False) -> None:
        text = self._held + text
        # Half a CR LF would be shown as two line ends.
        self._held = "\r" if text.endswith("\r") and not is_end else ""
        text = text.removesuffix("\r") if self._held else text
        if not text or self._is_silent or self.trouble is not None:
            return
        try:
            (self._console.write_raw if self._is_raw else self._console.write)(text)
            self._console.flush()
        except (BrokenPipeError, StoreError) as error:
            self.trouble = error
        self._last = text[-1]


async def _run(call: Call, session_id: str, start: Callable[[], str], printer: Printer) -> str:
    turns = call.services.turns

    def listen(event: EngineEvent) -> None:
        printer.take(event)
        if printer.trouble is not None:
            turns.stop(session_id)

    def interrupt(number: int) -> None:
        printer.interrupted_by = number
        turns.stop(session_id)

    turns.subscribe(listen)
    # Who reads the answer does not wait for a title; a script would wait for its next line, and gets none.
    call.services.names_sessions = call.console.is_terminal
    try:
        turn_id = await _started(call, session_id, start)
        with _interrupts(interrupt):
            await turns.wait(session_id)
        printer.end()
        if "automatic" in call.services.__dict__:
            await _finish_naming(call, session_id)
        return turn_id
    finally:
        await call.services.aclose()


async def _started(call: Call, session_id: str, start: Callable[[], str]) -> str:
    """Begin once no other program answers the session. Raises `AnsweredElsewhereError` where nothing comes of
    that answer any more, and what `start` raises."""
    while True:
        try:
            return start()
        except AnsweredElsewhereError:
            await _answered_elsewhere(call, session_id)


async def _answered_elsewhere(call: Call, session_id: str) -> None:
    others, grown = call.library.elsewhere, time.monotonic()
    call.console.say(
        "Another program is answering this session; waiting for its end (ctrl+c leaves)."
    )
    followed = [others.follow(answer) for answer in others.answering(session_id)]
    while others.answering(session_id):
        if any(journal.news() for journal in followed):
            grown = time.monotonic()
        if time.monotonic() - grown > STILL_S:
            raise AnsweredElsewhereError(
                "Another program is answering this session, and nothing comes of it any more. "
                "Nothing was sent; end that program, and ask again."
            )
        await asyncio.sleep(LOOK_S)
    call.recover()


async def _finish_naming(call: Call, session_id: str) -> None:
    """The title and tags of a session that are being found, while a person reads the answer."""
    naming = asyncio.create_task(call.services.automatic.wait())
    with _interrupts(lambda _: naming.cancel()):
        await asyncio.wait([naming], timeout=NAMING_S)
    naming.cancel()
    session = call.library.load(session_id)
    if (noted := calls(session)) and len(session.turns) == 1:
        words = [session.shown_title, *(f"#{tag}" for tag in session.meta.tags)]
        words.append(shown_cost(noted[-1].cost))
        call.console.tell(" · ".join(map(clean_line, words)))


@contextlib.contextmanager
def _interrupts(stop: Callable[[int], object]) -> Iterator[None]:
    """The first Ctrl+C (or hang-up) calls `stop` with its number in place of breaking off; a second one breaks
    off."""
    loop = asyncio.get_running_loop()
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

    def stopped(number: int) -> None:
        release()
        stop(number)

    def release() -> None:
        for name in names:
            with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
                loop.remove_signal_handler(getattr(signal, name))

    for name in names:
        # Not on Windows, and not outside the main thread.
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
            number = getattr(signal, name)
            loop.add_signal_handler(number, stopped, int(number))
    try:
        yield
    finally:
        release()


def _tell_before(call: Call, session: Session, model: str | None) -> None:
    tell = call.console.tell
    tell(f"{call.library.path(session.id)} · {model or session.model or '?'}")
    if session.turns:
        tokens, cost = shown_count(session.totals.total), shown_priced(session.cost)
        tell(f"{shown_number(len(session.turns), 'earlier turn')}, {tokens} tokens, {cost}")
    tell_budgets(call, session, model)


def _tell_after(call: Call, session_id: str, turn_id: str) -> None:
    if not call.console.is_watched:
        return
    turn = call.library.load(session_id).turn(turn_id)
    if turn is not None:
        call.console.tell(" · ".join(turn_facts(turn)))


def _tell_wrong_prices(call: Call) -> None:
    """A slip in the user's own prices never stops an answer, and leaves its cost unknown."""
    if os.path.exists(call.services.paths.prices_file):
        try:
            _ = call.services.prices.stamp
        except ConfigError as problem:
            call.console.say(str(problem))


def _outcome(call: Call, session: Session, printer: Printer) -> int:
    ended = printer.ended
    if ended is not None and ended.save_error:
        raise StoreError(f"The answer could not be saved. {ended.save_error}")
    if printer.interrupted_by:
        waited = f" {ended.error}" if ended is not None and ended.error else ""
        call.console.say(f"Stopped. What had arrived is saved.{waited}")
        return 128 + printer.interrupted_by
    if printer.trouble is not None:
        raise printer.trouble
    if ended is None or ended.error:
        sentence = (ended and ended.error) or "The answer broke off."
        raise ProviderError(
            f"{sentence} What was said is kept in session {session.id}.", kind="cut"
        )
    if ended.finish in _ENDS:
        call.console.say(_ENDS[ended.finish])
    return 0

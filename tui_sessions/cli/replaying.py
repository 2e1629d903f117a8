"""`replay`: a session printed as it was written, at its pace or faster."""

from __future__ import annotations

import time
from collections.abc import Callable

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.console import Console
from tui_sessions.cli.options import Command
from tui_sessions.model.replay import Moment, Replay
from tui_sessions.model.text import clean_line
from tui_sessions.model.turn import Turn

FRAME_S = 1 / 12


@click.command(
    "replay",
    cls=Command,
    examples="""
tui-sessions replay k3v9
tui-sessions replay k3v9 --speed 8
tui-sessions replay @last --from 3
""",
)
@click.argument("session", metavar="S", shell_complete=complete_sessions)
@click.option("--speed", type=click.FloatRange(0.1, 1000), default=1.0, show_default=True,
              help="So many times as fast as it was.")  # fmt: skip
@click.option(
    "--from", "first", type=click.IntRange(min=1), default=1, help="Begin with this turn."
)
@click.pass_obj
def replay_command(call: Call, session: str, speed: float, first: int) -> int:
    """Print the session S as it was written: long pauses are shortened, ctrl+c ends it. Where nobody
    watches (in a pipe), everything is printed at once."""
    library = call.library
    shown = library.load(library.resolve(session))
    library.audit.record("open", shown.id)
    replay = Replay(shown)
    if first > max(1, len(replay.session.turns)):
        call.console.say(f"There are only {len(replay.session.turns)} turns.")
        return 1
    begin = replay.beginning_of(first - 1) if replay.session.turns else 0.0
    run(replay, call.console, begin=begin, speed=speed, is_timed=call.console.is_terminal)
    return 0


def run(
    replay: Replay,
    console: Console,
    *,
    begin: float,
    speed: float,
    is_timed: bool,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Print what is said from the second `begin` on, so many times as fast."""
    started = clock()
    printed = _Printed(console, replay, replay.at(begin))
    while True:
        now = begin + (clock() - started) * speed if is_timed else replay.seconds
        printed.bring_to(replay.at(now))
        if now >= replay.seconds:
            break
        pause(FRAME_S)


class _Printed:
    """What stands there already."""

    def __init__(self, console: Console, replay: Replay, at: Moment) -> None:
        self._console = console
        self._turns = replay.session.turns
        self._turn = at.turns
        self._is_asked = False
        self._said = 0
        self._thought = 0

    def bring_to(self, moment: Moment) -> None:
        """Print what came since."""
        while self._turn < moment.turns:
            turn = self._turns[self._turn]
            answer = turn.answer
            self._answer(turn, len(answer.reasoning or "") if answer else 0,
                         len(answer.text) if answer else 0)  # fmt: skip
            self._console.line("\n")
            self._turn, self._is_asked, self._said, self._thought = self._turn + 1, False, 0, 0
        if moment.is_answering:
            self._answer(self._turns[moment.turns], moment.thought, moment.said)
        self._console.flush()

    def _answer(self, turn: Turn, thought: int, said: int) -> None:
        answer = turn.answer
        if not self._is_asked:
            self._is_asked = True
            self._console.heading("you")
            self._console.line((turn.prompt.text if turn.prompt else "") + "\n")
            if answer is not None:
                model = clean_line(answer.model or "").rpartition("/")[2]
                self._console.heading(f"assistant · {model}" if model else "assistant")
        if answer is None:
            return
        if thought > self._thought:
            self._console.write((answer.reasoning or "")[self._thought : thought])
            self._thought = thought
        if said > self._said:
            if not self._said and self._thought:
                self._console.line("\n")
            self._console.write(answer.text[self._said : said])
            self._said = said

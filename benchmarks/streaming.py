"""F5, F6 and F7: answers as they arrive through HTTP, and typing meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from random import Random

from benchmarks.figure import Figure
from benchmarks.prose import PROBE
from benchmarks.rig import Rig
from benchmarks.server import BEGIN, END
from benchmarks.terminal import Terminal

_WORDS = {2_000: 0.3, 20_000: 1.5}
"""CPU seconds by words."""
_FENCE, _FENCE_S = 1_000_000, 3.0
_RATE, _RATED_WORDS = 100, 2_000
_ENDLESS_WORDS = 200_000
_BUSY_PERCENT = 20
_PART_S = 8
_ECHO_MS, _WORST_ECHO_MS = 50, 120
_LONGEST_S = 180


def warm_up(rig: Rig) -> None:
    """One answer that is not counted: afterwards the bytecode of the whole way stands on the disk."""
    _answer_s(rig, "words-50-max")


def full_speed(rig: Rig) -> Iterator[Figure]:
    """F5: processor time of a whole answer as fast as the server can, until the screen is quiet."""
    for words, limit in _WORDS.items():
        yield Figure(
            "F5",
            f"{words:,} words at full speed",
            "CPU s",
            tuple(_answer_s(rig, f"words-{words}-max") for _ in range(rig.runs)),
            goal=limit,
            series="an answer at full speed",
            size=words,
        )
    yield Figure(
        "F5",
        "a code fence of 1 MB",
        "CPU s",
        (_answer_s(rig, f"fence-{_FENCE}-max"),),
        goal=_FENCE_S,
    )


def _answer_s(rig: Rig, model: str) -> float:
    with _asking(rig, model) as terminal:
        before = terminal.cpu_s()
        terminal.press("enter")
        terminal.see(END, _LONGEST_S)
        terminal.settle(0.4)
        return terminal.cpu_s() - before


def paced(rig: Rig) -> Iterator[Figure]:
    """F6 and F7: at the pace of a server, first typing, then only watching."""
    with _asking(rig, f"words-{_RATED_WORDS}-{_RATE}") as terminal:
        terminal.press("enter")
        terminal.see(BEGIN)
        terminal.rest(1)
        echoes = _echoes_ms(terminal, seconds=_PART_S)
        before = terminal.cpu_s()
        terminal.rest(_PART_S)
        busy = 100 * (terminal.cpu_s() - before) / _PART_S
    yield Figure("F6", f"{_RATE} tokens/s", "% of a core", (busy,), goal=_BUSY_PERCENT)
    yield from _echo_figures(f"key echo at {_RATE} tokens/s", echoes)


def echo_at_full_speed(rig: Rig) -> Iterator[Figure]:
    """F7: typing while a very long answer arrives as fast as the server can."""
    echoes: list[float] = []
    for _ in range(rig.runs):
        with _asking(rig, f"words-{_ENDLESS_WORDS}-max") as terminal:
            terminal.press("enter")
            echoes += _echoes_ms(terminal, seconds=_LONGEST_S)
    yield from _echo_figures("key echo at full speed", echoes)


def _echo_figures(what: str, echoes: list[float]) -> Iterator[Figure]:
    samples = tuple(echoes)
    if not samples:
        return
    yield Figure("F7", what, "ms", samples)
    yield Figure("F7", what, "ms", samples, goal=_ECHO_MS, held_to="p95")
    yield Figure("F7", what, "ms", samples, goal=_WORST_ECHO_MS, held_to="worst")


def _echoes_ms(terminal: Terminal, seconds: float) -> list[float]:
    """Type a letter now and then until the answer ends; how long each took to show."""
    random = Random(1)
    echoes: list[float] = []
    began = terminal.at
    while terminal.at < began + seconds and END not in terminal.text:
        wanted = terminal.text.count(PROBE) + 1
        pressed = terminal.press(PROBE)
        shown = terminal.until(partial(_has, wanted))
        echoes.append(1000 * (shown - pressed))
        terminal.rest(random.uniform(0.03, 0.12))
    return echoes


def _has(probes: int, text: str) -> bool:
    return text.count(PROBE) >= probes


def _asking(rig: Rig, model: str) -> Terminal:
    """The program with a prompt typed and not sent."""
    terminal = rig.ready(rig.empty(), CHAT_MODEL=f"openai/{model}")
    terminal.press("go")
    terminal.settle(0.5)
    return terminal

"""Hostile text on every screen: nothing of it reaches the terminal as a command, and nothing of it is markup.

The screens are listed by what the package defines: a new one is fed from its annotations without a word here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hostile import AFTER, BEFORE, CASES, LARGE, WORST, Case
from hostile_screens import (
    BASES,
    BENIGN,
    GIVEN,
    VISITED,
    Bare,
    drawn,
    opened,
    rows,
    screens,
    wrong_with,
)
from proof import is_whole, tell

ALONE = sorted(screens().keys() - VISITED.keys() - BASES.keys())
TOGETHER = Case(
    "the worst together",
    f"[/x] {WORST} Z{chr(0x301) * 99} \U0001f468\u200d\U0001f469 a\u200db \u3164 [@click=app.quit]z[/] [/x]",
)
"""What has ever gone wrong on a screen, in one line."""
OTHERS = 2
"""So many further cases has each screen in `make test`, every screen others."""
SHORT = 400
"""Characters of a case that are put into a name; larger ones have tests of their own."""


def cases_for(name: str) -> Iterator[Case]:
    """All of them at full size, else the worst ones and a few others, different ones for every screen."""
    if is_whole():
        yield TOGETHER
        yield from (case for case in CASES if case.name not in LARGE)
        return
    yield TOGETHER
    small = [case for case in CASES if case.name not in LARGE]
    start = OTHERS * ALONE.index(name)
    yield from (small[(start + step) % len(small)] for step in range(OTHERS))


def test_every_screen_is_known_to_this_test() -> None:
    """A screen is fed from its annotations. One that needs the whole program behind it belongs into
    VISITED with the command that opens it, a mere base into BASES, one whose values hang together into GIVEN."""
    known = {*VISITED, *BASES, *GIVEN}
    assert known <= screens().keys(), "hostile_screens.py names what is no more"
    for name in ALONE:
        opened(name, BENIGN)


@pytest.mark.parametrize("name", ALONE)
async def test_no_screen_lets_hostile_text_through(name: str) -> None:
    app = Bare()
    count = 0
    async with app.run_test(size=(100, 34)) as pilot:
        app.push_screen(opened(name, BENIGN))
        await pilot.pause()
        benign = drawn(app)
        assert BEFORE in "".join(rows(app)), f"{name} shows nothing of what it is given"
        app.pop_screen()
        for case in cases_for(name):
            app.push_screen(opened(name, f"{BEFORE} {case.valid[:SHORT]} {AFTER}"))
            await pilot.pause()
            await pilot.press("down")
            await pilot.pause()
            if case is TOGETHER:
                text = " ".join(" ".join(rows(app)).split())
                assert "[/x]" in text or "quiet [" in text, f"{name} takes it for markup"
            assert wrong_with(app, benign) == [], f"{name}, {case.name}"
            count += 1
            if len(app.screen_stack) > 1:
                app.pop_screen()
            await pilot.pause()
    tell("S1", "screens", f"1 screens, {count} looks: 0 let through")

"""Hostile text in every widget and line by itself: every case alone, the largest too."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hostile import AFTER, BEFORE, CASES, LARGE, WORST
from hostile_judge import look, offences
from hostile_library import small_cases
from hostile_screens import BENIGN, Bare, broken_rows, drawn, rows
from proof import is_whole, tell
from rich.cells import cell_len
from rich.text import Text
from textual.app import App, ComposeResult
from textual.content import Content
from textual.filter import LineFilter
from textual.widget import Widget
from textual.widgets import DataTable, Input, Label, OptionList, Static, TextArea, Tree

from tui_sessions import errors
from tui_sessions.config.crash import keep_details
from tui_sessions.config.log import close_log, set_up_log
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.text import brief_line, clean, clean_line
from tui_sessions.model.turn import Turn
from tui_sessions.tui.sanitise import SANITISE
from tui_sessions.tui.widgets.asking_line import AskingLine
from tui_sessions.tui.widgets.chip_line import Chip, ChipLine
from tui_sessions.tui.widgets.conversation.widget import Conversation
from tui_sessions.tui.widgets.queued_lines import QueuedLines
from tui_sessions.tui.widgets.text_lines import fitted, wrapped


def _asking(text: str) -> Widget:
    line = AskingLine()
    line.ask(text, (("keep", "keep it"),), key=text)
    return line


def _queued(text: str) -> Widget:
    lines = QueuedLines()
    lines.show([text, text], note=text, more=text)
    return lines


def _chips(text: str) -> Widget:
    line = ChipLine()
    line.show([Chip(name=text, about=text, problem=text)])
    return line


def _conversation(text: str) -> Widget:
    pane = Conversation()
    asked, said = (Message(role=role, content=text) for role in ("user", "assistant"))
    turn = Turn(id="t", messages=(asked, said), finish="error", error=text[:10_000])
    pane.show(Session(id="s", title=text[:400], turns=(turn,)))
    return pane


ALONE: dict[str, Callable[[str], Widget]] = {
    "AskingLine": _asking,
    "QueuedLines": _queued,
    "ChipLine": _chips,
    "Conversation": _conversation,
}
"""Widgets that stand on no screen of the walk (`test_hostile_visit`), and those that take texts of any size."""


class Shelf(Bare):
    """Shows one widget."""

    def __init__(self, make: Callable[[str], Widget], text: str) -> None:
        super().__init__()
        self._make, self._text = make, text

    def compose(self) -> ComposeResult:
        yield self._make(self._text)


@pytest.mark.parametrize("name", ALONE)
async def test_no_widget_lets_hostile_text_through(name: str) -> None:
    async with Shelf(ALONE[name], BENIGN).run_test(size=(90, 30)) as pilot:
        await pilot.pause()
        benign = drawn(pilot.app)
        assert BEFORE in "".join(rows(pilot.app))
    every = CASES if name == "Conversation" else small_cases()
    chosen = (
        every
        if is_whole()
        else [case for case in every if case.name in LARGE or _is_some(case.name)]
    )
    for case in chosen:
        async with Shelf(ALONE[name], f"{BEFORE} {case.valid} {AFTER}").run_test(
            size=(90, 30)
        ) as pilot:
            await pilot.pause()
            assert offences(drawn(pilot.app), benign) == [], case.name
            assert list(broken_rows(pilot.app)) == [], case.name
    tell("S1", "widgets", f"1 widgets, {len(chosen)} looks: 0 let through")


def _is_some(name: str) -> bool:
    return name in {
        "all at once",
        "family pictures",
        "zero width",
        "entities of controls",
        "markup that acts",
    }


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_door_lets_no_case_through(case: str) -> None:
    for shown in (clean(case.valid), clean_line(case.valid), brief_line(case.valid)):
        found = look(shown.encode())
        assert found.offences == found.kinds == frozenset()
    assert len(brief_line(case.valid)) <= 401
    for width in (1, 7, 80):
        assert cell_len(fitted(case.valid, width)) == width
        if case.name not in LARGE:
            assert all(
                cell_len(line) <= max(width, 2) for line in wrapped(case.valid[:2_000], width)
            )


# Textual itself


TEXTUAL: dict[str, Callable[[str], Widget]] = {
    "Static": lambda text: Static(Content(text)),
    "Label": lambda text: Label(text, markup=False),
    "Input": lambda text: Input(text, placeholder=text),
    "TextArea": lambda text: TextArea(text),
    "OptionList": lambda text: OptionList(text, markup=False),
    "Tree": lambda text: Tree(Text(text)),
    "DataTable": lambda text: _table(text),
    "border": lambda text: _bordered(text),
}


def _table(text: str) -> Widget:
    table: DataTable[Any] = DataTable()
    table.add_column(Content(text), width=60)  # type: ignore[arg-type]
    table.add_row(Content(text))
    return table


def _bordered(text: str) -> Widget:
    box = Static("quiet")
    box.border_title = box.border_subtitle = Content(text)  # type: ignore[assignment]
    box.styles.border = ("round", "white")
    return box


class Filtered(Shelf):
    """With the filter of the program."""

    def get_line_filters(self) -> list[LineFilter]:
        return [*super().get_line_filters(), SANITISE]


@pytest.mark.parametrize("name", TEXTUAL)
async def test_the_filter_stands_behind_every_widget_of_textual(name: str) -> None:
    """Textual calls filters internal. When this fails, a new version draws past `App.get_line_filters`."""
    text = f"{BEFORE} {WORST}\U0001f468\u200d\U0001f469 Z{chr(0x301) * 50} {AFTER}"
    async with Filtered(TEXTUAL[name], BENIGN).run_test(size=(90, 12)) as pilot:
        await pilot.pause()
        benign = drawn(pilot.app)
    async with Filtered(TEXTUAL[name], text).run_test(size=(90, 12)) as pilot:
        await pilot.pause()
        assert offences(drawn(pilot.app), benign) == []
    async with Shelf(TEXTUAL[name], text).run_test(size=(90, 12)) as pilot:
        await pilot.pause()
        assert offences(drawn(pilot.app), benign) != [], (
            "nothing to filter: this test proves nothing"
        )


async def test_a_notice_is_neither_markup_nor_a_command() -> None:
    class Telling(App[None]):
        def get_line_filters(self) -> list[LineFilter]:
            return [*super().get_line_filters(), SANITISE]

    async with Telling().run_test(size=(90, 30), notifications=True) as pilot:
        pilot.app.notify(BENIGN, title=BENIGN, markup=False)
        await pilot.pause()
        benign = drawn(pilot.app)
        for case in small_cases()[::4]:
            pilot.app.clear_notifications()
            pilot.app.notify(f"{BEFORE} {case.valid[:300]}", title=case.valid[:80], markup=False)
            await pilot.pause()
            assert offences(drawn(pilot.app), benign) == [], case.name


# what is written down


def test_the_log_and_the_crash_report_hold_no_command(tmp_path: Path) -> None:
    path = tmp_path / "debug.log"
    handler = set_up_log(path, {})
    assert handler is not None
    logger = logging.getLogger("tui_sessions.hostile")
    for case in small_cases():
        logger.debug("said %s", case.valid)
        logger.warning(case.valid.replace("%", "%%"))
    close_log(handler)
    found = look(path.read_bytes())
    assert found.kinds == frozenset()
    for case in small_cases()[::8]:
        kept = keep_details(ValueError(case.valid))
        assert kept is not None
    assert look(kept.read_bytes().replace(b"Traceback", b"")).kinds == frozenset()


def test_every_error_is_said_clean() -> None:
    """The two places that say errors clean them: `Stage.say` and the console; no class prints itself."""
    for name in dir(errors):
        kind = getattr(errors, name)
        if isinstance(kind, type) and issubclass(kind, errors.TuiSessionsError):
            assert kind.__str__ in (Exception.__str__, BaseException.__str__), name

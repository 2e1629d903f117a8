"""The last gate before the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.content import Content
from textual.widgets import Static

from tui_sessions.model.text import UNSAFE
from tui_sessions.tui.sanitise import SANITISE

BLACK = Color.parse("black")
DANGEROUS = [
    *("\x00", "\x07", "\x08", "\x0b", "\x0c", "\r", "\x0e", "\x0f", "\x1b", "\x7f"),
    *("\x80", "\x85", "\x90", "\x9b", "\x9c", "\x9d", "\x9f"),
    *("\u061c", "\u200b", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"),
    *("\u00ad", "\u2060", "\ufeff", "\ufff9", "\ud800", "\udfff", "\U000e0041"),
]
JOINING = "\u200d\ufe0f" + "".join(map(chr, range(0x1F3FB, 0x1F400)))


def passed(text: str) -> str:
    """What is left of a text."""
    return "".join(segment.text for segment in SANITISE.apply([Segment(text)], BLACK))


@pytest.mark.parametrize("char", DANGEROUS, ids=lambda char: f"U+{ord(char):04X}")
def test_what_could_command_the_terminal_is_gone(char: str) -> None:
    assert passed(f"a{char}b").replace(" ", "") == "ab"


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "tab\tand\nline",
        "ünïcödé 漢字 עברית",
        "👩 and ❤",
        "a\u00a0b ⑂●▾",
        "क्षत्रिय می\u200cخواهم",
    ],
)
def test_what_is_harmless_stays_and_is_not_even_copied(text: str) -> None:
    segments = [Segment(text, Style(bold=True))]
    assert SANITISE.apply(segments, BLACK) is segments


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("👩\u200d💻|", "👩|"),
        ("👨\u200d👩\u200d👧|", "👨|"),
        ("❤\ufe0f|", "❤ |"),
        ("👍🏽|", "👍|"),
        ("1\ufe0f\u20e3|", "1 |"),
        ("x\ufe0f|", "x\ufe0f|"),
    ],
)
def test_a_picture_is_as_wide_as_it_was_measured_on_every_terminal(text: str, shown: str) -> None:
    assert passed(text) == shown
    assert sum(map(cell_len, shown)) == cell_len(text)


@given(st.text(st.characters(exclude_categories=(), exclude_characters=JOINING), max_size=40))
def test_nothing_unsafe_is_left_and_the_width_stays(text: str) -> None:
    left = passed(text)
    assert not UNSAFE.search(left)
    assert sum(map(cell_len, left)) == sum(map(cell_len, text))


def test_styles_and_textuals_own_control_codes_stay() -> None:
    home = Control.home().segment
    segments = SANITISE.apply([home, Segment("a\x1bb", Style(bold=True)), Segment("c")], BLACK)
    assert segments == [home, Segment("ab", Style(bold=True)), Segment("c")]


def test_an_unsafe_address_is_no_link() -> None:
    unsafe = Style(link="https://x\x1b]52;c;aGk=\x07", bold=True)
    ((text, style, _),) = SANITISE.apply([Segment("here", unsafe)], BLACK)
    assert text == "here"
    assert style is not None
    assert style.link is None
    assert style.bold


async def test_a_widget_of_textual_cannot_send_an_escape_sequence() -> None:
    from textual.app import App, ComposeResult
    from textual.filter import LineFilter

    class Small(App[None]):
        def get_line_filters(self) -> list[LineFilter]:
            return [*super().get_line_filters(), SANITISE]

        def compose(self) -> ComposeResult:
            yield Static(Content("a\x1b]52;c;aGk=\x07b\x9b2J\u202ec"))

    app = Small()
    async with app.run_test(size=(40, 5)):
        (line, *_) = app.screen.query_one(Static).render_lines(app.screen.region)
        assert line.text.rstrip() == "a]52;c;aGk=b2Jc"

"""Colours of tags: the same every day, and readable on whatever they stand."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tui_sessions.config.paths import shipped
from tui_sessions.tui.theme import read_theme
from tui_sessions.tui.widgets.tag_colours import HUES, LEAST_CONTRAST, contrast, tag_colour

TAGS = ["python", "auth", "api", "ci", "bug", "haskell", "travel", "sql", "perf", "rust", "京都"]
SHIPPED = {path.stem: read_theme(path) for path in shipped("themes").glob("*.toml")}
THEMES = SHIPPED | {
    name: theme for name, theme in BUILTIN_THEMES.items() if not name.startswith("ansi")
}

colours = st.builds(Color, *[st.integers(0, 255)] * 3)


def grounds(theme: Theme) -> list[Color]:
    """Behind everything, behind dialogs, and both under the words of the field, also with the focus."""
    found = theme.to_color_system().generate()
    plain = [Color.parse(found[name]) for name in ("background", "surface")]
    text = Color.parse(found["foreground"])
    return [*plain, *(g.blend(text, 0.12) for g in plain), *(g.blend(text, 0.23) for g in plain)]


@pytest.mark.parametrize("name", THEMES)
def test_tags_can_be_read_in_every_theme(name: str) -> None:
    for ground in grounds(THEMES[name]):
        for tag in TAGS:
            assert contrast(tag_colour(tag, ground), ground) >= LEAST_CONTRAST


@given(st.text(), colours)
def test_any_tag_can_be_read_on_any_ground(tag: str, ground: Color) -> None:
    assert contrast(tag_colour(tag, ground), ground) >= LEAST_CONTRAST


def test_the_theme_with_high_contrast_has_it_for_tags_as_well() -> None:
    for ground in grounds(SHIPPED["night"])[:2]:
        assert min(contrast(tag_colour(tag, ground), ground) for tag in TAGS) >= 7


def test_case_does_not_change_the_colour() -> None:
    ground = Color.parse("#101010")
    assert tag_colour("Python", ground) == tag_colour("pYTHON", ground)


def test_many_tags_use_all_hues() -> None:
    ground = Color.parse("#101010")
    assert len({tag_colour(f"tag{number}", ground) for number in range(100)}) == len(HUES)


def test_the_colour_is_the_same_in_the_next_run() -> None:
    code = (
        "from textual.color import Color\n"
        "from tui_sessions.tui.widgets.tag_colours import tag_colour\n"
        "print(tag_colour('python', Color.parse('#13151a')).hex)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == tag_colour("python", Color.parse("#13151a")).hex

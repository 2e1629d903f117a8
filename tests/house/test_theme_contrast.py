"""Our themes can be read: 4.5 : 1 for every text on everything it may stand on (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import pytest
from textual.color import Color

from tui_sessions.config.paths import shipped
from tui_sessions.tui.theme import read_theme

TEXT_CONTRAST = 4.5
GRAPHIC_CONTRAST = 3.0
"""For what is no text but has to be seen: the focused border, the bars (WCAG 2.2, 1.4.11)."""

THEMES = sorted(path.stem for path in shipped("themes").glob("*.toml"))
TEXTS = (
    *(
        "foreground",
        "text-muted",
        "text-disabled",
        "muted",
        "foreground-muted",
        "primary",
        "secondary",
        "accent",
    ),
    *("success", "warning", "error", "text-primary", "text-secondary", "text-accent"),
    *("text-success", "text-warning", "text-error", "link-color", "footer-foreground"),
    *("footer-key-foreground", "footer-description-foreground"),
    *(f"markdown-h{level}-color" for level in range(1, 7)),
)
SYNTAX = tuple(
    f"syntax-{name}"
    for name in [
        "comment",
        "keyword",
        "string",
        "number",
        "function",
        "type",
        "name",
        "operator",
        "error",
    ]
)
GROUNDS = ("background", "surface", "panel", "code-background")
ON_A_CURSOR = ("foreground", "muted", "success", "warning", "error")
CURSORS = ("block-cursor-background", "block-cursor-blurred-background", "block-hover-background")
SELECTIONS = ("input-selection-background", "screen-selection-background")
PAIRS = (
    *((text, ground) for text in TEXTS + SYNTAX for ground in GROUNDS),
    *((text, ground) for text in ON_A_CURSOR for ground in CURSORS),
    *(("foreground", ground) for ground in SELECTIONS),
    *(("match-foreground", ground) for ground in ("match-background",)),
    *((f"text-{name}", f"{name}-muted") for name in ("success", "warning", "error", "primary")),
    *(("input-cursor-foreground", ground) for ground in ("input-cursor-background",)),
)
GRAPHICS = tuple(
    (colour, ground)
    for colour in ("border", "border-focus", "user", "assistant", "primary")
    for ground in GROUNDS
)


def colours(name: str) -> dict[str, str]:
    """Every colour of a theme as the screen will use it."""
    return read_theme(shipped("themes") / f"{name}.toml").to_color_system().generate() | (
        read_theme(shipped("themes") / f"{name}.toml").variables
    )


def too_weak(
    found: dict[str, str], pairs: tuple[tuple[str, str], ...], least: float
) -> dict[str, float]:
    ratios = {f"{text} on {ground}": contrast(found[text], found[ground]) for text, ground in pairs}
    return {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parsed = Color.parse(colour)
    assert parsed.a == 1.0, f"{colour} lets through what is behind it"
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parsed.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_there_are_two_dark_and_two_light_themes_at_least() -> None:
    is_dark = [read_theme(shipped("themes") / f"{name}.toml").dark for name in THEMES]
    assert is_dark.count(True) >= 2
    assert is_dark.count(False) >= 2


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read_wherever_it_stands(name: str) -> None:
    assert too_weak(colours(name), PAIRS, TEXT_CONTRAST) == {}


@pytest.mark.parametrize("name", THEMES)
def test_focus_and_bars_can_be_seen(name: str) -> None:
    assert too_weak(colours(name), GRAPHICS, GRAPHIC_CONTRAST) == {}


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_is_dark_or_light_as_it_says(name: str) -> None:
    theme = read_theme(shipped("themes") / f"{name}.toml")
    assert theme.background is not None
    assert theme.foreground is not None
    assert (luminance(theme.background) < luminance(theme.foreground)) is theme.dark


@pytest.mark.parametrize("name", THEMES)
def test_quiet_borders_stay_behind_the_focused_one(name: str) -> None:
    found = colours(name)
    quiet = contrast(found["border-blurred"], found["background"])
    assert 1.2 < quiet < contrast(found["border"], found["background"])


def test_the_theme_with_high_contrast_has_it() -> None:
    assert too_weak(colours("night"), PAIRS, 7.0) == {}

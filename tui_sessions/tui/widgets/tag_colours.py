"""A colour for each tag, told by its name: the same one every day, wherever the tag is shown.

The hue comes from the name, the lightness from the ground, so that every theme, also a user's own,
gets colours that can be read on it.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, radians, sin
from zlib import crc32

from textual.color import BLACK, WHITE, Color, Lab, lab_to_rgb

LEAST_CONTRAST = 4.5
"""For text, WCAG 2.2, 1.4.3."""
HUES = (20, 55, 90, 135, 185, 235, 280, 325)
"""Angles in CIE Lab, far enough apart to be told from each other."""
CHROMA = 34
"""Strong enough to have a hue, weak enough to stay behind the text."""
ON_DARK, ON_LIGHT = 72, 40
"""Where the lightness begins; it moves away from the ground until the text can be read."""
STEP = 2


def tag_colour(tag: str, ground: Color | None) -> Color:
    """The colour of a tag on `ground`, which must let nothing through; None is the terminal's own, taken
    for black."""
    return _readable(HUES[_number(tag) % len(HUES)], ground or BLACK)


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _number(tag: str) -> int:
    # Not `hash()`: that one is another in every run of Python.
    return crc32(tag.casefold().encode("utf-8", "replace"))


@lru_cache(maxsize=1024)
def _readable(hue: int, ground: Color) -> Color:
    is_dark = contrast(WHITE, ground) > contrast(BLACK, ground)
    lightness, step = (ON_DARK, STEP) if is_dark else (ON_LIGHT, -STEP)
    while 0 < lightness < 100:
        colour = _of_hue(hue, lightness)
        if contrast(colour, ground) >= LEAST_CONTRAST:
            return colour
        lightness += step
    # One of the two can be read on any ground: even on the worst grey it reaches 4.56.
    return WHITE if is_dark else BLACK


def _of_hue(hue: int, lightness: float) -> Color:
    angle = radians(hue)
    return lab_to_rgb(Lab(lightness, CHROMA * cos(angle), CHROMA * sin(angle))).clamped


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

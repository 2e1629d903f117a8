"""Looks into styles: the one place where a line of the conversation gets its colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_sessions.tui.widgets.conversation.lines import (
    BOLD,
    ITALIC,
    STRIKE,
    UNDERLINE,
    Line,
    Look,
    line_cells,
)

PREFIX = "conversation--"
NAMES = (
    *("text", "muted", "you", "assistant", "code", "link", "maths"),
    *("heading1", "heading2", "heading3", "heading4", "heading5", "heading6"),
    *("note", "tip", "important", "warning", "caution"),
    *("image", "quote", "marker", "done", "open", "grid", "head", "error", "surface", "label"),
    *("comment", "keyword", "string", "number", "function", "type", "deleted", "inserted"),
    *("bar-user", "bar-assistant", "bar-other", "bar-current", "match", "match-current", "below"),
    *("selected", "caret"),
)
COMPONENTS = {f"{PREFIX}{name}" for name in NAMES}

CSS = """
ConversationView {
    background: $background;
    color: $foreground;
    overflow-x: hidden;
    overflow-y: scroll;
    scrollbar-size-vertical: 1;
    & > .conversation--muted { color: $muted; }
    & > .conversation--you { color: $foreground; text-style: bold; }
    & > .conversation--assistant { color: $foreground; text-style: bold; }
    & > .conversation--heading1 { text-style: bold underline; }
    & > .conversation--heading2 { text-style: bold; }
    & > .conversation--heading3 { text-style: bold italic; }
    & > .conversation--heading4 { text-style: italic; }
    & > .conversation--heading5 { color: $muted; text-style: bold; }
    & > .conversation--heading6 { color: $muted; }
    & > .conversation--maths { text-style: italic; }
    & > .conversation--note { color: $text-primary; }
    & > .conversation--tip { color: $text-success; }
    & > .conversation--important { color: $text-secondary; }
    & > .conversation--caution { color: $text-error; }
    & > .conversation--code { color: $text-accent; background: $code-background; }
    & > .conversation--link { text-style: underline; }
    & > .conversation--image { color: $foreground; }
    & > .conversation--quote { color: $muted; }
    & > .conversation--marker { color: $muted; }
    & > .conversation--done { color: $text-success; }
    & > .conversation--open { color: $foreground; }
    & > .conversation--head { color: $muted; }
    & > .conversation--grid { color: $border-blurred; }
    & > .conversation--warning { color: $text-warning; }
    & > .conversation--error { color: $text-error; }
    & > .conversation--surface { background: $code-background; }
    & > .conversation--label { color: $muted; background: $code-background; }
    & > .conversation--comment { color: $syntax-comment; background: $code-background; text-style: italic; }
    & > .conversation--keyword { color: $syntax-keyword; background: $code-background; }
    & > .conversation--string { color: $syntax-string; background: $code-background; }
    & > .conversation--number { color: $syntax-number; background: $code-background; }
    & > .conversation--function { color: $syntax-function; background: $code-background; }
    & > .conversation--type { color: $syntax-type; background: $code-background; }
    & > .conversation--deleted { color: $text-error; background: $code-background; }
    & > .conversation--inserted { color: $text-success; background: $code-background; }
    & > .conversation--bar-user { color: $user; }
    & > .conversation--bar-assistant { color: $assistant; }
    & > .conversation--bar-other { color: $border-blurred; }
    & > .conversation--bar-current { color: $primary; }
    & > .conversation--match { color: $match-foreground; background: $match-background; }
    & > .conversation--match-current { color: $background; background: $primary; }
    & > .conversation--selected {
        color: $input-selection-foreground;
        background: $input-selection-background;
    }
    & > .conversation--caret { color: $background; background: $primary; }
    &:nocolor > .conversation--selected { text-style: reverse; }
    &:nocolor > .conversation--caret { text-style: bold underline; }
    & > .conversation--below { color: $background; background: $primary; }
}
"""
BAR, CURRENT_BAR = "▎", "▌"
MARGIN = 2
"""The bar and a column of air; a column of air on the right besides."""


class Palette:
    """The styles of all looks under one theme."""

    def __init__(self, component: Callable[[str], Style]) -> None:
        self._base: Mapping[str, Style] = {name: component(f"{PREFIX}{name}") for name in NAMES}
        self._styles: dict[Look, Style] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Palette) and self._base == other._base

    __hash__ = None  # type: ignore[assignment]

    def style(self, look: Look) -> Style:
        """The style of a look."""
        found = self._styles.get(look)
        if found is None:
            found = self._base.get(look.name, self._base["text"]) + _marked(look)
            if len(self._styles) > 5_000:
                self._styles.clear()
            self._styles[look] = found
        return found

    def strip(self, line: Line, bar: str, width: int, *, is_current: bool) -> Strip:
        """`line` behind its bar (`user`, `assistant`, `other`, or none), exactly `width` cells wide."""
        text = self.style(Look())
        segments = [self._bar(bar, is_current=is_current), Segment(" ", text)]
        segments += [Segment(part, self.style(look)) for part, look in line]
        cells = MARGIN + line_cells(line)
        if cells < width:
            segments.append(Segment(" " * (width - cells), text))
            cells = width
        strip = Strip(segments, cells)
        return strip if cells == width else strip.adjust_cell_length(width, text)

    def _bar(self, bar: str, *, is_current: bool) -> Segment:
        if not bar:
            return Segment(" ", self.style(Look()))
        if is_current:
            return Segment(CURRENT_BAR, self.style(Look("bar-current")))
        name = bar if bar in ("user", "assistant") else "other"
        return Segment(BAR, self.style(Look(f"bar-{name}")))


def _marked(look: Look) -> Style:
    """What a look adds to the style of its name. An address is only remembered, for a click."""
    marks = look.marks
    return Style(
        color=_colour(look.ink),
        bgcolor=_colour(look.paper),
        bold=True if marks & BOLD else None,
        italic=True if marks & ITALIC else None,
        strike=True if marks & STRIKE else None,
        underline=True if marks & UNDERLINE else None,
        meta={"url": look.url} if look.url else None,
    )


def _colour(rgb: int | None) -> Color | None:
    return None if rgb is None else Color.from_rgb(rgb >> 16, rgb >> 8 & 255, rgb & 255)

"""Syntax highlighting with Pygments: code into lines of runs. Imported lexers stay loaded."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from tui_sessions.tui.widgets.conversation.lines import BOLD, ITALIC, Line, Look, Run

if TYPE_CHECKING:
    from pygments.lexer import Lexer

HIGHLIGHT_WHOLE = 12_000
"""Characters up to which a block is highlighted as a whole (2.6 ms a 1,000); longer ones line by line."""
HIGHLIGHT_LINE = 1_000
"""Characters of a line that is highlighted by itself; longer ones stay plain."""
SURFACE = Look("surface")
_LOOKS = {
    "Comment": Look("comment"),
    "Comment.Preproc": Look("keyword"),
    "Keyword": Look("keyword"),
    "Keyword.Constant": Look("number"),
    "Keyword.Type": Look("type"),
    "Name.Attribute": Look("function"),
    "Name.Builtin": Look("type"),
    "Name.Builtin.Pseudo": Look("keyword"),
    "Name.Class": Look("type"),
    "Name.Constant": Look("number"),
    "Name.Decorator": Look("function"),
    "Name.Entity": Look("number"),
    "Name.Exception": Look("type"),
    "Name.Function": Look("function"),
    "Name.Label": Look("keyword"),
    "Name.Namespace": Look("type"),
    "Name.Tag": Look("keyword"),
    "Literal.Number": Look("number"),
    "Literal.String": Look("string"),
    "Literal.String.Escape": Look("number"),
    "Literal.String.Interpol": Look("number"),
    "Operator.Word": Look("keyword"),
    "Generic.Deleted": Look("deleted"),
    "Generic.Inserted": Look("inserted"),
    "Generic.Heading": Look("keyword", BOLD),
    "Generic.Subheading": Look("keyword"),
    "Generic.Strong": Look("surface", BOLD),
    "Generic.Emph": Look("surface", ITALIC),
    "Generic.Prompt": Look("comment"),
    "Generic.Output": Look("surface"),
    "Generic.Error": Look("deleted"),
}


@lru_cache(maxsize=128)
def highlighted(code: str, language: str) -> tuple[Line, ...]:
    """The lines of `code`; plain where the language is unknown. The text is never changed."""
    plain = code.split("\n")
    lexer = _lexer(language) if language else None
    if lexer is None:
        return tuple(((line, SURFACE),) if line else () for line in plain)
    lines = _lines(lexer, code)[: len(plain)]
    return tuple(
        lines[index]
        if index < len(lines) and "".join(text for text, _ in lines[index]) == line
        else ((line, SURFACE),)
        for index, line in enumerate(plain)
    )


def highlighted_line(line: str, language: str) -> Line:
    """One line of a block too long to be read as a whole."""
    return highlighted(line, language)[0] if len(line) <= HIGHLIGHT_LINE else ((line, SURFACE),)


def _lines(lexer: Lexer, code: str) -> list[Line]:
    lines: list[Line] = []
    line: list[Run] = []
    for kind, text in lexer.get_tokens(code):
        look = _look(kind)
        first, *others = text.split("\n")
        if first:
            line.append((first, look))
        for other in others:
            lines.append(tuple(line))
            line = [(other, look)] if other else []
    lines.append(tuple(line))
    return lines


@cache
def _look(kind: Any) -> Look:
    """The look of a Pygments token type: its own, or that of the nearest type above it."""
    parts = str(kind).removeprefix("Token").lstrip(".").split(".")
    for length in range(len(parts), 0, -1):
        look = _LOOKS.get(".".join(parts[:length]))
        if look is not None:
            return look
    return SURFACE


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    # Imported when the first code is seen: 27 ms that the first paint does not wait for.
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer: Lexer = get_lexer_by_name(language, stripnl=False, ensurenl=True)
        return lexer
    except ClassNotFound:
        return None

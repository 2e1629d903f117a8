"""Markdown text into blocks. Pure: text in, values out; knows no width and no colour.

GitHub's dialect, with what a chat needs: raw HTML is literal, single line ends are kept, footnotes and
maths stay readable, link definitions are shown, and no text is ever dropped.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from tui_sessions.model.text import clean, clean_line
from tui_sessions.tui.widgets.conversation.inline import inline_runs
from tui_sessions.tui.widgets.conversation.lines import BOLD, MUTED, TEXT, Line, Look

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

MAX_NESTING = 40
"""Deeper than any real text; the parser drops what is below its limit, so such text is shown plain."""
MAX_MARKDOWN = 400_000
"""Characters of one stretch of prose that are read as Markdown; longer ones are shown plain."""
MAX_BRACKETS = 3_000
"""Opening brackets in one stretch of prose: the parser takes the square of the unmatched ones (50,000
of them cost 3 s)."""
_MAX_FORMULA = 4_000
_TASK = re.compile(r"\[([ xX])\](?:\s|$)")

Env = MutableMapping[str, Any]
"""Link definitions seen so far, as markdown-it keeps them."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Flowing text; a `\\n` in it is a line end to keep."""

    runs: Line


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6."""

    level: int
    runs: Line


@dataclass(frozen=True, slots=True)
class Code:
    """A fence or an indented block."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted blocks."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list; `done` is None where it is no task."""

    blocks: tuple[Block, ...]
    done: bool | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """A list; `start` is its first number, None for bullets."""

    items: tuple[Item, ...]
    start: int | None
    is_tight: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the first is the head; `aligns` holds `left`, `right` or `center` by column."""

    rows: tuple[tuple[Line, ...], ...]
    aligns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Text shown as it stands."""

    text: str
    look: Look = TEXT


Block = Paragraph | Heading | Code | Quote | Items | Table | Rule | Plain


def parsed(text: str, env: Env) -> tuple[Block, ...]:
    """The blocks of `text` (clean); link definitions are read from and added to `env`."""
    if is_too_much(text):
        return (Plain(text),)
    tokens = _parser().parse(text, env)
    if any(token.level >= MAX_NESTING - 1 for token in tokens):
        return (Plain(text),)
    return _blocks(tokens)


def is_too_much(text: str) -> bool:
    """Whether `text` is shown plain because reading it as Markdown would take too long."""
    return len(text) > MAX_MARKDOWN or text.count("[") > MAX_BRACKETS


def block_starts(text: str) -> list[int]:
    """The lines (counted from 0) on which the top-level blocks of `text` begin."""
    tokens = _outliner().parse(text, {})
    return [
        token.map[0] for token in tokens if token.level == 0 and token.map and token.nesting >= 0
    ]


@cache
def _parser() -> MarkdownIt:
    # Imported when the first message is drawn: 45 ms that the first paint does not wait for.
    from markdown_it import MarkdownIt

    options = {"html": False, "linkify": False, "maxNesting": MAX_NESTING}
    markdown = MarkdownIt("gfm-like", options)
    markdown.core.ruler.disable(["linkify"])
    markdown.inline.ruler.disable(["linkify"])
    markdown.block.ruler.at("reference", _definition)
    markdown.inline.ruler.before("escape", "formula", _formula)
    return markdown


@cache
def _outliner() -> MarkdownIt:
    """The same parser without the inline work."""
    _parser()
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("gfm-like", {"html": False, "linkify": False, "maxNesting": MAX_NESTING})
    markdown.core.ruler.enableOnly(["normalize", "block"])
    markdown.block.ruler.at("reference", _definition)
    return markdown


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A link definition, kept as text besides: `[error]: disk full` must not vanish. A footnote's
    text (`[^1]: …`) is no definition."""
    from markdown_it.rules_block import reference

    first = state.bMarks[start] + state.tShift[start]
    if state.src.startswith("[^", first) or not reference(state, start, end, silent):
        return False
    if not silent:
        token = state.push("definition", "", 0)
        token.map = [start, state.line]
        token.content = state.getLines(start, state.line, state.blkIndent, False)
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    r"""`\(…\)`, `\[…\]` and `$$…$$`, kept as they stand: no emphasis, no escapes inside."""
    opening = state.src[state.pos : state.pos + 2]
    closing = {r"\(": r"\)", r"\[": r"\]", "$$": "$$"}.get(opening)
    if closing is None:
        return False
    inside = state.pos + 2
    end = state.src.find(closing, inside, min(state.posMax, inside + _MAX_FORMULA))
    if end <= inside:
        return False
    if not silent:
        state.push("formula", "", 0).content = state.src[state.pos : end + 2]
    state.pos = end + 2
    return True


def _blocks(tokens: Sequence[Token]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    index = 0
    while index < len(tokens):
        stop = _closing(tokens, index)
        blocks.append(_block(tokens[index : stop + 1]))
        index = stop + 1
    return tuple(blocks)


def _closing(tokens: Sequence[Token], index: int) -> int:
    """Where the block that begins at `index` ends."""
    depth = 0
    for at in range(index, len(tokens)):
        depth += tokens[at].nesting
        if depth == 0:
            return at
    return len(tokens) - 1


def _block(tokens: Sequence[Token]) -> Block:
    """The block that `tokens` make up, from its opening to its closing."""
    first = tokens[0]
    match first.type:
        case "paragraph_open":
            return Paragraph(_runs(tokens, TEXT))
        case "heading_open":
            level = int(first.tag[1:])
            return Heading(level, _runs(tokens, Look(f"heading{min(level, 3)}")))
        case "fence" | "code_block":
            words = clean_line(first.info).split()
            return Code(first.content.removesuffix("\n"), words[0] if words else "")
        case "blockquote_open":
            return Quote(_blocks(tokens[1:-1]))
        case "bullet_list_open" | "ordered_list_open":
            return _items(tokens)
        case "table_open":
            return _table(tokens)
        case "hr":
            return Rule()
        case "definition":
            return Plain(clean(first.content), MUTED)
        case _:
            return Plain(clean("".join(token.content for token in tokens)))


def _runs(tokens: Sequence[Token], base: Look) -> Line:
    children = next((token.children for token in tokens if token.type == "inline"), None)
    return inline_runs(children or (), base)


def _items(tokens: Sequence[Token]) -> Items:
    first = tokens[0]
    items = []
    index = 1
    while index < len(tokens) - 1:
        stop = _closing(tokens, index)
        items.append(_item(_blocks(tokens[index + 1 : stop])))
        index = stop + 1
    start = None if first.type == "bullet_list_open" else int(first.attrs.get("start", 1))
    is_tight = all(token.hidden for token in tokens if _is_own_paragraph(token, first.level))
    return Items(tuple(items), start, is_tight)


def _is_own_paragraph(token: Token, level: int) -> bool:
    return token.type == "paragraph_open" and token.level == level + 2


def _item(blocks: tuple[Block, ...]) -> Item:
    """The item; `[ ]` or `[x]` before its text makes it a task."""
    if not blocks or not isinstance(blocks[0], Paragraph) or not blocks[0].runs:
        return Item(blocks)
    (text, look), *others = blocks[0].runs
    found = _TASK.match(text) if look == TEXT else None
    if found is None:
        return Item(blocks)
    runs = ((text[found.end() :], look), *others)
    return Item((Paragraph(runs), *blocks[1:]), found[1] != " ")


def _table(tokens: Sequence[Token]) -> Table:
    rows: list[tuple[Line, ...]] = []
    cells: list[Line] = []
    aligns: list[str] = []
    look = TEXT
    for token in tokens:
        match token.type:
            case "th_open":
                look = Look(marks=BOLD)
                aligns.append(str(token.attrs.get("style", "")).rpartition(":")[2] or "left")
            case "td_open":
                look = TEXT
            case "inline":
                cells.append(inline_runs(token.children or (), look))
            case "tr_close":
                rows.append(tuple(cells))
                cells = []
    return Table(tuple(rows), tuple(aligns))

"""Markdown text into blocks. Pure: text in, values out; knows no width and no colour.

Single line ends are kept, and no text is ever dropped. `dialect` has the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.model.text import clean, clean_line
from tui_sessions.tui.widgets.conversation.dialect import (
    MAX_NESTING,
    PICTURE,
    Env,
    footnote_number,
    outliner,
    parser,
)
from tui_sessions.tui.widgets.conversation.inline import inline_runs, with_links
from tui_sessions.tui.widgets.conversation.lines import BOLD, MUTED, TEXT, Line, Look

if TYPE_CHECKING:
    from markdown_it.token import Token

MAX_MARKDOWN = 400_000
"""Characters of one stretch of prose that are read as Markdown; longer ones are shown plain."""
MAX_BRACKETS = 3_000
"""Opening brackets in one stretch of prose: the parser takes the square of the unmatched ones (50,000
of them cost 3 s)."""
_MAX_FOOTNOTES = 3
"""Footnotes in footnotes."""
_TASK = re.compile(r"\[([ xX])\](?:\s|$)")
_BREAK = re.compile(r" *<br */?> *", re.IGNORECASE)
_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n|$)", re.IGNORECASE)


class Paragraph(msgspec.Struct, frozen=True):
    """Flowing text; a `\\n` in it is a line end to keep."""

    runs: Line


class Heading(msgspec.Struct, frozen=True):
    """A heading of level 1 to 6."""

    level: int
    runs: Line


class Code(msgspec.Struct, frozen=True):
    """A fence or an indented block."""

    text: str
    language: str = ""


class Quote(msgspec.Struct, frozen=True):
    """Quoted blocks; `alert` is `note` `tip` `important` `warning` or `caution` where they are one."""

    blocks: tuple[Block, ...]
    alert: str = ""


class Item(msgspec.Struct, frozen=True):
    """One item of a list; `done` is None where it is no task."""

    blocks: tuple[Block, ...]
    done: bool | None = None


class Items(msgspec.Struct, frozen=True):
    """A list; `start` is its first number, None for bullets."""

    items: tuple[Item, ...]
    start: int | None
    is_tight: bool


class Table(msgspec.Struct, frozen=True):
    """Rows of cells, the first is the head; `aligns` holds `left`, `right` or `center` by column."""

    rows: tuple[tuple[Line, ...], ...]
    aligns: tuple[str, ...]


class Rule(msgspec.Struct, frozen=True):
    """A line across."""


class Plain(msgspec.Struct, frozen=True):
    """Text shown as it stands."""

    text: str
    look: Look = TEXT


class Maths(msgspec.Struct, frozen=True):
    """A formula on lines of its own, as LaTeX."""

    source: str


class Footnote(msgspec.Struct, frozen=True):
    """What a raised number stands for."""

    number: str
    blocks: tuple[Block, ...]


class Definition(msgspec.Struct, frozen=True):
    """Where links of a name lead, as it was written."""

    runs: Line


class Picture(msgspec.Struct, frozen=True):
    """A picture that the text itself contains, as a `data:` address."""

    name: str
    url: str


Block = (
    Paragraph
    | Heading
    | Code
    | Quote
    | Items
    | Table
    | Rule
    | Plain
    | Maths
    | Footnote
    | Definition
    | Picture
)


def parsed(text: str, env: Env) -> tuple[Block, ...]:
    """The blocks of `text` (clean); link definitions and footnotes are read from and added to `env`."""
    if is_too_much(text):
        return tuple(_without_pictures(text, env))
    tokens = parser().parse(text, env)
    if any(token.level >= MAX_NESTING - 1 for token in tokens):
        return (Plain(text),)
    return _blocks(tokens, env)


def _without_pictures(text: str, env: Env) -> Iterator[Block]:
    """The blocks of a text that is too long; the pictures in it, which may be most of it, are none the less."""
    at = 0
    for found in PICTURE.finditer(text):
        yield from _part(text[at : found.start()], env)
        yield Picture(clean_line(found[1]), found[2])
        at = found.end()
    yield from _part(text[at:], env)


def _part(text: str, env: Env) -> tuple[Block, ...]:
    if not text.strip("\n"):
        return ()
    return (Plain(text.strip("\n")),) if is_too_much(text) else parsed(text, env)


def is_too_much(text: str) -> bool:
    """Whether `text` is shown plain because reading it as Markdown would take too long."""
    return len(text) > MAX_MARKDOWN or text.count("[") > MAX_BRACKETS


def block_starts(text: str) -> list[int]:
    """The lines (counted from 0) on which the top-level blocks of `text` begin."""
    tokens = outliner().parse(text, {})
    return [
        token.map[0] for token in tokens if token.level == 0 and token.map and token.nesting >= 0
    ]


def _blocks(tokens: Sequence[Token], env: Env) -> tuple[Block, ...]:
    blocks: list[Block] = []
    index = 0
    while index < len(tokens):
        stop = _closing(tokens, index)
        blocks.append(_block(tokens[index : stop + 1], env))
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


def _block(tokens: Sequence[Token], env: Env) -> Block:
    """The block that `tokens` make up, from its opening to its closing."""
    first = tokens[0]
    match first.type:
        case "paragraph_open":
            return Paragraph(_runs(tokens, TEXT))
        case "heading_open":
            level = int(first.tag[1:])
            return Heading(level, _runs(tokens, Look(f"heading{level}")))
        case "fence" | "code_block":
            words = clean_line(first.info).split()
            return Code(first.content.removesuffix("\n"), words[0] if words else "")
        case "blockquote_open":
            return _quote(_blocks(tokens[1:-1], env))
        case "bullet_list_open" | "ordered_list_open":
            return _items(tokens, env)
        case "table_open":
            return _table(tokens)
        case "hr":
            return Rule()
        case "definition":
            return Definition(tuple(with_links(clean(first.content), MUTED)))
        case "maths":
            return Maths(clean(first.content))
        case "picture":
            return Picture(clean_line(first.info), first.content)
        case "footnote":
            return _footnote(first, env)
        case _:
            return Plain(clean("".join(token.content for token in tokens)))


def _runs(tokens: Sequence[Token], base: Look) -> Line:
    children = next((token.children for token in tokens if token.type == "inline"), None)
    return inline_runs(children or (), base)


def _quote(blocks: tuple[Block, ...]) -> Quote:
    """The quote; `[!NOTE]` alone on its first line makes it an alert."""
    if not blocks or not isinstance(blocks[0], Paragraph) or not blocks[0].runs:
        return Quote(blocks)
    (text, look), *others = blocks[0].runs
    found = _ALERT.match(text) if look == TEXT else None
    if found is None or (found.end() == len(text) and others and not text.endswith("\n")):
        return Quote(blocks)
    rest = ((text[found.end() :], look), *others) if found.end() < len(text) else tuple(others)
    first = (Paragraph(rest),) if rest else ()
    return Quote((*first, *blocks[1:]), found[1].lower())


def _footnote(token: Token, env: Env) -> Footnote:
    depth = env.get("depth", 0)
    number = footnote_number(env, token.info) or token.info
    if depth >= _MAX_FOOTNOTES:
        return Footnote(number, (Plain(clean(token.content)),))
    env["depth"] = depth + 1
    blocks = parsed(token.content, env)
    env["depth"] = depth
    return Footnote(number, blocks)


def _items(tokens: Sequence[Token], env: Env) -> Items:
    first = tokens[0]
    items = []
    index = 1
    while index < len(tokens) - 1:
        stop = _closing(tokens, index)
        items.append(_item(_blocks(tokens[index + 1 : stop], env)))
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
                cells.append(_cell(inline_runs(token.children or (), look)))
            case "tr_close":
                rows.append(tuple(cells))
                cells = []
    return Table(tuple(rows), tuple(aligns))


def _cell(runs: Line) -> Line:
    """A cell has no other way to break a line than `<br>`: there it is one."""
    return tuple(
        (text if look.name == "code" else _BREAK.sub("\n", text), look) for text, look in runs
    )

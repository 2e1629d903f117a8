r"""The Markdown parser for the dialect that is spoken here: GitHub's, with maths and footnotes.

Raw HTML is literal, link definitions stay in the text. Every rule of ours decides by the whole lines that
it has seen, so that a text that arrives in pieces becomes the blocks that it is as a whole.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.ruler import RuleOptionsType
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

Env = MutableMapping[str, Any]
"""Link definitions and footnotes seen so far, as markdown-it keeps them."""

MAX_NESTING = 40
"""Deeper than any real text; the parser drops what is below its limit, so such text is shown plain."""
_MAX_FORMULA = 4_000
_CLOSINGS = {r"\(": r"\)", r"\[": r"\]", "$$": "$$"}
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,60})\]")
PICTURE = re.compile(
    r"^!\[([^\]\n]*)\]\((data:image/[\w.+-]+;base64,[A-Za-z0-9+/=]*)\)[ \t]*$", re.MULTILINE
)
"""A picture that is written out, alone on a line."""
_FOOTNOTES = "footnotes"

_COMMAND = re.compile(r"\\[A-Za-z]{2,}")
_PATTERN = re.compile(r"\[\^?\w-\w|\^\[|\.[*+]|\(\?|^\{")
"""Regular expressions and `${names}`."""
_ENDING = re.compile(r"(?:th|st|nd|rd|s)\b")
"""What may touch a formula: the $n$th of them."""
_SIGNS = re.compile(r"[\^_={}<>+*/|±×·÷≤≥≠≈∈∑∫√∞→-]|\\")
_STRONG = re.compile(r"[\^_={}∑∫√≤≥≠≈]")
_WORD = re.compile(r"[A-Za-z]{3,}")
_BARE = re.compile(r"-?[0-9.,]*[A-Za-zα-ωΑ-Ω]{0,2}'*(?:\([^()]{1,16}\))?!?%?")
_UNENDED = tuple("=+-/<>^_\\,;:")


@cache
def parser() -> MarkdownIt:
    """The parser; imported when the first message is drawn: 45 ms that the first paint does not wait for."""
    markdown = _bare()
    markdown.core.ruler.disable(["linkify"])
    markdown.inline.ruler.disable(["linkify"])
    markdown.inline.ruler.before("escape", "formula", _formula)
    markdown.inline.ruler.before("link", "footnote", _footnote_mark)
    return markdown


@cache
def outliner() -> MarkdownIt:
    """The same parser without the inline work."""
    markdown = _bare()
    markdown.core.ruler.enableOnly(["normalize", "block"])
    return markdown


def _bare() -> MarkdownIt:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("gfm-like", {"html": False, "linkify": False, "maxNesting": MAX_NESTING})
    blocks = markdown.block.ruler
    blocks.at("reference", _definition)
    interrupting: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    blocks.before("fence", "ours", _ours, interrupting)
    return markdown


def footnote_number(env: Env, label: str) -> str | None:
    """The number of a footnote; None where nothing of that name is defined. A number stays what the
    author wrote, names take the numbers that are left in their order."""
    labels = env.get(_FOOTNOTES, {})
    if label not in labels:
        return None
    if label.isdecimal():
        return label
    named = [name for name in labels if not name.isdecimal()]
    free = (n for n in range(1, len(labels) + 1_000) if str(n) not in labels)
    return next(str(n) for name, n in zip(named, free, strict=False) if name == label)


def is_surely_maths(text: str) -> bool:
    """Whether what stands between two dollars is a formula and no prices, variables or prose."""
    if not text or "`" in text or "://" in text or "\n\n" in text:
        return False
    if _COMMAND.search(text):
        return True
    if _WORD.search(text) or _PATTERN.search(text) or text.endswith(_UNENDED):
        return False
    return bool(_BARE.fullmatch(text) or _SIGNS.search(text))


def _is_displayed(text: str) -> bool:
    r"""Whether what stands between `\[` and `\]` is a formula: `\[1-3\]` is not."""
    return is_surely_maths(text) and bool(_COMMAND.search(text) or _STRONG.search(text))


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A link definition, kept as text besides: `[error]: disk full` must not vanish."""
    from markdown_it.rules_block import reference

    first = state.bMarks[start] + state.tShift[start]
    if state.src.startswith("[^", first) or not reference(state, start, end, silent):
        return False
    if not silent:
        token = state.push("definition", "", 0)
        token.map = [start, state.line]
        token.content = state.getLines(start, state.line, state.blkIndent, False)
    return True


def _maths(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    r"""`$$ … $$` and `\[ … \]` that begin a line and end one. Without its end before a blank line it is
    a paragraph: what arrives later must not take back what other blocks were made of."""
    first = _line(state, start)
    closing, rest = _CLOSINGS[first[:2]], first[2:]
    if closing in rest:
        inside, _, after = rest.partition(closing)
        is_whole = after.strip() in ("", ".", ",", ";")
        if not is_whole or not (
            inside.strip() if closing == "$$" else _is_displayed(inside.strip())
        ):
            return False
        if not silent:
            _push_maths(state, start, start + 1, inside.strip() + after.strip())
        return True
    if rest.strip() and not _COMMAND.search(rest):
        return False
    if not silent:
        _maths_lines(state, start, end, closing)
    return True


def _maths_lines(state: StateBlock, start: int, end: int, closing: str) -> None:
    """A formula over several lines, or the paragraph of one without an end."""
    for line in range(start + 1, end):
        if (
            state.isEmpty(line)
            or state.sCount[line] < state.blkIndent
            or PICTURE.match(_line(state, line))
        ):
            end = line
            break
        inside, found, after = _line(state, line).rpartition(closing)
        if found and after.strip() in ("", ".", ",", ";"):
            middle = state.getLines(start, line, state.blkIndent, False).strip()[2:]
            text = f"{middle}\n{inside}".strip()
            if text:
                _push_maths(state, start, line + 1, text + after.strip())
                return
    token = state.push("paragraph_open", "p", 1)
    token.map = [start, end]
    token = state.push("inline", "", 0)
    token.content = state.getLines(start, end, state.blkIndent, False).strip()
    token.map, token.children = [start, end], []
    state.push("paragraph_close", "p", -1)
    state.line = end


def _push_maths(state: StateBlock, start: int, end: int, text: str) -> None:
    token = state.push("maths", "", 0)
    token.content, token.map = text, [start, end]
    state.line = end


def _picture(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A picture that is written out (`data:`), alone on a line."""
    found = PICTURE.match(_line(state, start))
    if found is None:
        return False
    if not silent:
        token = state.push("picture", "", 0)
        token.content, token.info, token.map = found[2], found[1], [start, start + 1]
        state.line = start + 1
    return True


def _footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`[^1]: …` with the lines that go on with it."""
    first = _line(state, start)
    found = _FOOTNOTE.match(first)
    if found is None or not first.startswith(":", found.end()):
        return False
    if silent:
        return True
    state.env.setdefault(_FOOTNOTES, {}).setdefault(found[1])
    line = _end_of_footnote(state, start, end)
    rest = state.getLines(start + 1, line, state.blkIndent + 4, False) if line > start + 1 else ""
    token = state.push("footnote", "", 0)
    token.content = f"{first[found.end() + 1 :].strip()}\n{rest}".strip("\n")
    token.info, token.map = found[1], [start, line]
    state.line = line
    return True


def _end_of_footnote(state: StateBlock, start: int, end: int) -> int:
    """The line after its last one: it goes on with lines of its paragraph, and with indented ones."""
    interrupting = state.md.block.ruler.getRules("paragraph")
    line, is_after_blank = start + 1, False
    stop = line
    while line < end:
        if state.isEmpty(line):
            is_after_blank = True
        elif state.sCount[line] >= state.blkIndent + 4:
            is_after_blank, stop = False, line + 1
        elif (
            is_after_blank
            or state.sCount[line] < state.blkIndent
            or any(rule(state, line, end, True) for rule in interrupting)
        ):
            break
        else:
            stop = line + 1
        line += 1
    return stop


_RULES = {"$$": _maths, r"\[": _maths, "![": _picture, "[^": _footnote}


def _ours(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Our blocks, by what a line begins with. One rule, since every rule is asked at every line, twice."""
    at = state.bMarks[start] + state.tShift[start]
    rule = _RULES.get(state.src[at : at + 2])
    return rule is not None and not state.is_code_block(start) and rule(state, start, end, silent)


def _footnote_mark(state: StateInline, silent: bool) -> bool:
    """`[^1]` where there is such a footnote."""
    if not state.src.startswith("[^", state.pos):
        return False
    found = _FOOTNOTE.match(state.src, state.pos, state.posMax)
    number = footnote_number(state.env, found[1]) if found else None
    if found is None or number is None:
        return False
    if not silent:
        state.push("footnote_mark", "", 0).content = number
    state.pos = found.end()
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    r"""`$…$`, `$$…$$`, `\(…\)` and `\[…\]` where they are surely maths: no emphasis, no escapes inside."""
    char = state.src[state.pos]
    if char not in "$\\":
        return False
    opening = state.src[state.pos : state.pos + 2]
    closing = _CLOSINGS.get(opening)
    if closing is None:
        if char != "$":
            return False
        opening = closing = "$"
    start = state.pos + len(opening)
    limit = min(state.posMax, start + _MAX_FORMULA)
    end = state.src.find(closing, start, limit)
    while closing == "$" and end > 0 and state.src[end - 1] == "\\":
        end = state.src.find(closing, end + 1, limit)
    if end <= start or not _is_set_off(state, start, end, closing):
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content, token.markup = state.src[start:end].strip(), opening
    state.pos = end + len(closing)
    return True


def _is_set_off(state: StateInline, start: int, end: int, closing: str) -> bool:
    inside = state.src[start:end]
    if closing == r"\]":
        return _is_displayed(inside.strip())
    if closing != "$":
        return is_surely_maths(inside.strip())
    before = state.src[start - 2] if start > 1 else " "
    after = state.src[end + 1 : end + 2]
    if before.isalnum() or before in "$_" or after in ("$", "_", "{"):
        return False
    if after.isalnum() and not _ENDING.match(state.src, end + 1):
        return False
    return not inside[0].isspace() and not inside[-1].isspace() and is_surely_maths(inside)

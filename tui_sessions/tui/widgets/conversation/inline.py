"""The inline tokens of a paragraph into runs of text with looks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tui_sessions.model.text import clean, clean_line
from tui_sessions.tui.widgets.conversation.lines import BOLD, ITALIC, MUTED, STRIKE, Line, Look, Run

if TYPE_CHECKING:
    from markdown_it.token import Token

_MARKS = {"strong": BOLD, "em": ITALIC, "s": STRIKE}
_BARE_URL = re.compile(r"\bhttps?://[^\s<>\"`\u3000-\u303f\uff00-\uffef]+")
_NOT_AT_THE_END = ".,;:!?'*_~"


def inline_runs(tokens: Iterable[Token], base: Look) -> Line:
    """The runs of `tokens`, on top of `base`. A link's address follows its text, muted; images are
    named. Everything is cleaned here once more, since entities (`&#x202e;`) are decoded by the parser."""
    runs: list[Run] = []
    look = base
    link_from = 0
    for token in tokens:
        kind, _, side = token.type.rpartition("_")
        match token.type:
            case "softbreak" | "hardbreak":
                runs.append(("\n", look))
            case "code_inline":
                runs.append((clean(token.content), look._replace(name="code")))
            case "formula":
                runs.append((clean(token.content), look._replace(name="code")))
            case "image":
                runs.append((_image(token), look._replace(name="image")))
            case "link_open":
                url = clean_line(str(token.attrs.get("href", "")))
                look, link_from = look._replace(name="link", url=url), len(runs)
            case "link_close":
                text = "".join(text for text, _ in runs[link_from:])
                if look.url and text not in (look.url, look.url.removeprefix("mailto:")):
                    runs.append((f" ({look.url})", MUTED._replace(url=look.url)))
                look = look._replace(name=base.name, url="")
            case _ if side in ("open", "close") and kind in _MARKS:
                mark = _MARKS[kind]
                # A heading may be bold already; only what was opened here is closed.
                marks = look.marks | mark if side == "open" else look.marks & ~mark | base.marks
                look = look._replace(marks=marks)
            case _:
                runs.extend(_with_links(clean(token.content), look))
    return tuple(_merged(runs))


def _image(token: Token) -> str:
    name = (
        clean_line(token.content) or clean_line(str(token.attrs.get("src", ""))).rpartition("/")[2]
    )
    return f"[image: {name}]" if name else "[image]"


def _with_links(text: str, look: Look) -> Iterator[Run]:
    """`text` with its bare addresses made links."""
    if look.url or "://" not in text:
        yield text, look
        return
    at = 0
    for found in _BARE_URL.finditer(text):
        url = found[0].rstrip(_NOT_AT_THE_END)
        if url.endswith(")") and url.count("(") < url.count(")"):
            url = url[:-1]
        yield text[at : found.start()], look
        yield url, look._replace(name="link", url=url)
        at = found.start() + len(url)
    yield text[at:], look


def _merged(runs: Iterable[Run]) -> Iterator[Run]:
    """Neighbours of one look as one run, empty ones dropped."""
    held, held_look = "", None
    for text, look in runs:
        if look == held_look:
            held += text
            continue
        if held and held_look is not None:
            yield held, held_look
        held, held_look = text, look
    if held and held_look is not None:
        yield held, held_look

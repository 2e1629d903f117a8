"""The inline tokens of a paragraph into runs of text with looks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tui_sessions.model.text import clean, clean_line
from tui_sessions.tui.widgets.conversation.lines import BOLD, ITALIC, MUTED, STRIKE, Line, Look, Run

if TYPE_CHECKING:
    from markdown_it.token import Token

IMAGE = "▣"
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MARKS = {"strong": BOLD, "em": ITALIC, "s": STRIKE}
_BARE = re.compile(
    r"\b(?:https?://|www\.(?=\w))[^\s<>\"`\u3000-\u303f\uff00-\uffef]+"
    # Bounded, as GitHub takes them: a mile of letters is looked at once.
    r"|(?<![\w.+-])[a-z0-9][a-z0-9_.+-]{0,63}"
    r"@[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62}){1,8}\b",
    re.IGNORECASE,
)
_NOT_AT_THE_END = ".,;:!?'*_~"


def inline_runs(tokens: Iterable[Token], base: Look) -> Line:
    """The runs of `tokens`, on top of `base`. A link's address follows its text, muted; images are
    named. Everything is cleaned here once more, since entities (`&#x202e;`) are decoded by the parser."""
    runs: list[Run] = []
    look = base
    link_from, title = 0, ""
    for token in tokens:
        kind, _, side = token.type.rpartition("_")
        match token.type:
            case "softbreak" | "hardbreak":
                runs.append(("\n", look))
            case "code_inline":
                runs.append((clean(token.content), look._replace(name="code")))
            case "formula":
                runs.append(_formula(token, look))
            case "footnote_mark":
                runs.append((token.content.translate(RAISED), look._replace(name="marker")))
            case "image":
                runs.extend(_image(token, look))
            case "link_open":
                url = clean_line(str(token.attrs.get("href", "")))
                look, link_from = look._replace(name="link", url=url), len(runs)
                title = clean_line(str(token.attrs.get("title", "")))
            case "link_close":
                text = "".join(text for text, _ in runs[link_from:])
                runs.extend(_address(look.url, title, text))
                look = look._replace(name=base.name, url="")
            case _ if side in ("open", "close") and kind in _MARKS:
                mark = _MARKS[kind]
                # A heading may be bold already; only what was opened here is closed.
                marks = look.marks | mark if side == "open" else look.marks & ~mark | base.marks
                look = look._replace(marks=marks)
            case _:
                runs.extend(with_links(clean(token.content), look))
    return tuple(_merged(runs))


def _formula(token: Token, look: Look) -> Run:
    """A formula as it reads; what is not understood as it was written."""
    from tui_sessions.tui.widgets.conversation.maths import (
        formula,
    )  # 6 ms that most texts never need.

    source = clean(token.content)
    text = formula(source)
    if text is not None:
        return clean_line(text), look._replace(name="maths")
    closing = {"\\": {"(": "\\)", "[": "\\]"}}.get(token.markup[0], {}).get(
        token.markup[-1], token.markup
    )
    return f"{token.markup}{source}{closing}", look._replace(name="code")


def _address(url: str, title: str, text: str) -> Iterator[Run]:
    """Where a link leads, and its title, unless its text says so."""
    from tui_sessions.model.addresses import real_host, shown_address  # few texts have links

    shown = shown_address(url)
    if text in (shown, shown.removeprefix("mailto:")):
        shown = ""
    if (host := real_host(url)) and shown != url:
        shown = f"{shown} → {host}".strip()
    told = " ".join(filter(None, (shown, f"“{title}”" if title else "")))
    if told:
        yield f" ({told})", MUTED._replace(url=url)


def _image(token: Token, look: Look) -> Iterator[Run]:
    """An image named, with its address as a link; nothing is loaded."""
    url = clean_line(str(token.attrs.get("src", "")))
    title = clean_line(str(token.attrs.get("title", "")))
    named = clean_line(token.content)
    if url[:5].lower() == "data:":
        url = ""
    yield f"{IMAGE} {named or url or 'image'}", look._replace(name="image", url=look.url or url)
    yield from _address(url, title, named or url)


def with_links(text: str, look: Look) -> Iterator[Run]:
    """`text` with its bare addresses made links: those of the web, `www.…`, and of mail."""
    if look.url or not ("://" in text or "@" in text or "www." in text.lower()):
        yield text, look
        return
    from tui_sessions.model.addresses import real_host

    at = 0
    for found in _BARE.finditer(text):
        shown = found[0].rstrip(_NOT_AT_THE_END)
        if shown.endswith(")") and shown.count("(") < shown.count(")"):
            shown = shown[:-1]
        yield text[at : found.start()], look
        url = _whole(shown)
        yield shown, look._replace(name="link", url=url)
        if host := real_host(url):
            yield f" (→ {host})", MUTED._replace(url=url)
        at = found.start() + len(shown)
    yield text[at:], look


def _whole(shown: str) -> str:
    """The address that a bare one stands for."""
    if "://" in shown:
        return shown
    return f"http://{shown}" if shown[:4].lower() == "www." else f"mailto:{shown}"


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

"""Sessions as one HTML page to read and hand on: nothing in it acts, nothing is fetched from anywhere.

Whatever a text holds, the page has no script, form, frame or remote picture: the Markdown parser takes no
HTML, addresses are of the web or of mail, and a policy in the head forbids browsers the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from tui_sessions.exchange.facts import message_facts, session_facts, title_of, turn_facts
from tui_sessions.exchange.html_style import STYLE
from tui_sessions.model.attachment import blocks
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean, clean_line
from tui_sessions.model.turn import Turn

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

suffix = ".html"
label = "HTML"

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_MOST_MARKDOWN = 400_000
_MOST_BRACKETS = 3_000
"""Beyond these the parser takes the square of the time: such a text stands as it was written."""
_LINK = re.compile(r"(?:https?://|mailto:)[^\s\"'<>]+", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|gif|jpeg|webp);base64,[A-Za-z0-9+/=]*", re.IGNORECASE)
_MARKS = {"user": "user", "assistant": "assistant"}


def export(sessions: Sequence[Session]) -> bytes:
    """One page; several sessions follow each other on it."""
    title = title_of(sessions[0]) if len(sessions) == 1 else f"{len(sessions)} sessions"
    parts = (part for session in sessions for part in _session(session))
    # Entities in a text were decoded by the parser: what they stood for is made visible here.
    body = clean("\n".join(parts))
    page = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
    return page.encode("utf-8", "replace")


def _session(session: Session) -> Iterator[str]:
    yield "<article>"
    yield f'<h1 dir="auto">{escape(title_of(session))}</h1>'
    yield "<dl>"
    for name, value in session_facts(session):
        yield f"<dt>{escape(name)}</dt><dd>{_tags(session) if name == 'Tags' else escape(value)}</dd>"
    yield "</dl>"
    if session.system:
        yield f"<details><summary>System prompt</summary>{_plain(session.system)}</details>"
    for number, turn in enumerate(session.turns, 1):
        yield from _turn(number, turn)
    yield "</article>"


def _tags(session: Session) -> str:
    shown = (escape(clean_line(tag)) for tag in session.meta.tags)
    return " ".join(f'<span class="tag">{tag}</span>' for tag in shown)


def _turn(number: int, turn: Turn) -> Iterator[str]:
    yield f'<section><h2 class="number">Turn {number}</h2>'
    for message in turn.messages:
        yield from _message(message)
    yield f'<p class="figures">{escape(" · ".join(turn_facts(turn)))}</p></section>'


def _message(message: Message) -> Iterator[str]:
    yield f'<div class="message {_MARKS.get(message.role, "other")}">'
    yield f'<p class="who">{escape(" · ".join(message_facts(message)))}</p>'
    if message.reasoning:
        yield f"<details><summary>Reasoning</summary>{rendered(message.reasoning)}</details>"
    for text, attached in blocks(message):
        if attached is None:
            yield f'<div class="text" dir="auto">{rendered(text)}</div>'
        else:
            yield f'<p class="file">Attached: {escape(clean_line(text))}</p>'
    yield "</div>"


def rendered(text: str) -> str:
    """A text as HTML: Markdown where it is of a size to be read as such."""
    text = clean(text)
    if len(text) > _MOST_MARKDOWN or text.count("[") > _MOST_BRACKETS:
        return _plain(text)
    try:
        return str(_parser().render(text))
    except RecursionError:  # of links in links in links
        return _plain(text)


def _plain(text: str) -> str:
    return f'<pre class="plain" dir="auto">{escape(clean(text))}</pre>'


@cache
def _parser() -> MarkdownIt:
    """Imported when the first page is made."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("gfm-like", {"html": False, "linkify": False, "breaks": True})
    markdown.validateLink = _is_address  # type: ignore[method-assign]
    markdown.add_render_rule("image", _image)
    markdown.add_render_rule("link_open", _link)
    markdown.add_render_rule("fence", _fence)
    return markdown


def _is_address(url: str) -> bool:
    return bool(_LINK.match(url.strip()) or _PICTURE.fullmatch(url.strip()))


def _link(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    """A link that says where it leads when it is pointed at, and tells nobody where it was followed."""
    address = str(tokens[index].attrs.get("href", ""))
    if not _LINK.fullmatch(address):
        return "<a>"
    shown = escape(clean_line(address))
    return f'<a href="{shown}" title="{shown}" rel="noopener noreferrer">'


def _image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    """A picture that the text holds; one from elsewhere is named and not fetched."""
    token = tokens[index]
    address = str(token.attrs.get("src", ""))
    name = escape(clean_line(token.content) or "picture")
    if _PICTURE.fullmatch(address):
        return f'<img src="{escape(address)}" alt="{name}">'
    return f'<span class="image">▣ {name} ({escape(clean_line(address))})</span>'


def _fence(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    """Code, with its language above; never as a class, which the text would choose."""
    token = tokens[index]
    words = clean_line(token.info).split()
    language = f'<span class="language">{escape(words[0])}</span>' if words else ""
    return f"<figure>{language}<pre><code>{escape(token.content)}</code></pre></figure>\n"

"""Exports of hostile sessions: nothing in them acts, nothing is fetched, nothing lands beside its folder."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from hostile import CASES, FILE_NAMES, FORMULAS, LARGE, MARK, WORST
from proof import is_whole, tell

from tui_sessions.engine.exporting import export_to
from tui_sessions.exchange.registry import FORMATS, exporter
from tui_sessions.model.attachment import attachment
from tui_sessions.model.message import Message, Part
from tui_sessions.model.session import Meta, Session
from tui_sessions.model.turn import Turn

PAGES = {
    "script": f"<script>alert('{MARK}')</script>",
    "attribute": '" onmouseover="alert(1)" x="',
    "attribute in single quotes": "' onerror='alert(1)",
    "link to a script": "[x](javascript:alert(1)) <javascript:alert(1)>",
    "link to a script, dressed up": "[x](JaVa\tScRiPt:alert(1)) [y](&#106;avascript:x) [z](\x01javascript:x)",
    "link to Visual Basic": "[x](vbscript:x)",
    "link to data": "[x](data:text/html;base64,PHNjcmlwdD4=) [y](data:image/svg+xml;base64,PHN2Zz4=)",
    "link to a file": "[x](file:///etc/passwd) [y](//evil.example/x) [z](ssh://x)",
    "link in a definition": "[x]\n\n[x]: javascript:alert(1) 'onclick=x'",
    "title of a link": '[x](https://x.example "\\" onclick=\\"alert(1)")',
    "address that ends its quotes": '[x](https://x.example/"onmouseover="alert(1)) <https://x"onclick=y>',
    "drawing": "<svg/onload=alert(1)><math href=javascript:x>",
    "end of everything": "</pre></code></textarea></title></style></head><script>x()</script>",
    "comment": "--><script>x()</script><!-- <![CDATA[",
    "picture from elsewhere": "![i](http://evil.example/?leak) ![j][k]\n\n[k]: https://evil.example/x.png",
    "picture of letters": "![i](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9eD4=)",
    "form": "<form action=//evil.example><input name=q autofocus onfocus=x()>",
    "frame": "<iframe src=javascript:x></iframe><object data=x><embed src=x>",
    "meta": '<meta http-equiv=refresh content="0;url=//evil.example"><base href=//evil.example>',
    "style": "<style>@import '//evil.example'</style><link rel=stylesheet href=//evil.example>",
    "language of a fence": '```x" onload="alert(1)\n</code></pre><script>x()</script>\n```',
    "parsed twice": '<noscript><p title="</noscript><img src=x onerror=x()>">',
    "null bytes": "<scr\x00ipt>x()</scr\x00ipt>",
    "entities": "&lt;script&gt;x()&lt;/script&gt; &#60;script&#62; &#x202e;",
    "table": "|<script>|[x](javascript:y)|\n|-|-|\n|<img src=x onerror=y>|![a](http://evil.example)|",
}
"""What wants to act on a page."""
TAGS = frozenset(
    {
        *("html", "head", "meta", "title", "style", "body", "main", "article", "section"),
        *(
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "dl",
            "dt",
            "dd",
            "p",
            "div",
            "span",
            "a",
            "br",
            "hr",
        ),
        *("ul", "ol", "li", "em", "strong", "s", "code", "pre", "figure", "blockquote", "details"),
        *("table", "thead", "tbody", "tr", "th", "td", "summary", "img"),
    }
)
POLICY = (
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " base-uri 'none'; form-action 'none'"
)
ATTRIBUTES = {
    "a": {"href", "title", "rel"}, "img": {"src", "alt"}, "ol": {"start"}, "html": {"lang"},
    "meta": {"charset", "http-equiv", "content", "name"}, "th": {"style"}, "td": {"style"},
}  # fmt: skip
LINK = re.compile(r"(?:https?://|mailto:)[^\s\"'<>]+")


class Page(HTMLParser):
    """Reads a page as a browser does and notes what a page of ours never holds."""

    def __init__(self) -> None:
        super().__init__()
        self.flaws: list[str] = []
        self.policies: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.flaws.append(f"<{tag}>")
        given = dict(attrs)
        for name, value in given.items():
            if name not in ATTRIBUTES.get(tag, set()) | {"class", "dir"}:
                self.flaws.append(f"<{tag} {name}={value!r}>")
            if name == "style" and not re.fullmatch(r"text-align:(left|right|center)", value or ""):
                self.flaws.append(f"style {value!r}")
        if tag == "a" and not LINK.fullmatch(given.get("href") or "https://none.given"):
            self.flaws.append(f"link to {given['href']!r}")
        if tag == "a" and "href" in given and given.get("rel") != "noopener noreferrer":
            self.flaws.append(f"link that tells: {given['href']!r}")
        if tag == "img" and not re.match(
            r"data:image/(png|gif|jpeg|webp);base64,", given["src"] or ""
        ):
            self.flaws.append(f"picture from {given['src']!r}")
        if given.get("http-equiv"):
            self.policies.append(f"{given['http-equiv']}: {given['content']}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_decl(self, decl: str) -> None:
        if decl != "DOCTYPE html":
            self.flaws.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self.flaws.append(f"comment {data!r}")

    def unknown_decl(self, data: str) -> None:
        self.flaws.append(f"declaration {data!r}")

    def handle_pi(self, data: str) -> None:
        self.flaws.append(f"instruction {data!r}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(page: bytes) -> Page:
    """The page as it was read."""
    parser = Page()
    parser.feed(page.decode())
    parser.close()
    return parser


def everywhere(text: str) -> Session:
    """A session that says `text` wherever it can."""
    file = attachment(name=text, mime=text, sha256="0" * 64, size=3)
    parts = (Part(kind="text", text=text), file)
    messages = (
        Message(role="user", content=parts),
        Message(role="assistant", content=text, reasoning=text, model=text),
        Message(role=text, content=f"quiet\n{text}\nwater"),
    )
    turn = Turn(id="t", messages=messages, finish="error", error=text)
    meta = Meta(tags=(text, "x"), project=text, notes=text, extra={"k": text})
    return Session(
        id="s", title=text, model=text, system=text, status=text, meta=meta, turns=(turn,)
    )


def texts() -> Iterator[tuple[str, str]]:
    yield from PAGES.items()
    for case in CASES:
        if is_whole() or case.name not in LARGE:
            yield case.name, case.valid


def test_nothing_on_a_page_acts_or_is_fetched() -> None:
    count = 0
    for name, text in texts():
        page = read(exporter("html").export([everywhere(text)]))
        assert page.flaws == [], name
        assert page.policies == [POLICY], name
        assert "quiet" in "".join(page.words), name
        count += 1
    tell("S2", "HTML", f"{count} texts in every place of a page: nothing active, nothing remote")


@pytest.mark.parametrize(
    "planted",
    [
        "<script>x</script>", "<p onclick=x>", "<a href='javascript:x'>x</a>", "<a href='https://x'>x</a>",
        "<img src='http://x'>", "<!-- x -->", "<p style='background:url(//x)'>", "<form>", "<base href=x>",
    ],
)  # fmt: skip
def test_the_reader_of_pages_sees_what_is_planted(planted: str) -> None:
    assert read(f"<!DOCTYPE html><html><body>{planted}</body></html>".encode()).flaws


def test_a_page_shows_what_would_deceive() -> None:
    words = "".join(read(exporter("html").export([everywhere(WORST)])).words)
    assert "␛[2J" in words
    assert not set(words) & set("\x1b\x07\u202e\x9b\ufeff\U000e0049")


def test_a_page_reads_well() -> None:
    text = "# Head\n\nA **bold** [word](https://x.example/a?b=1&c=2).\n\n```python\nx < 1\n```\n\n| a |\n|--:|\n| 1 |"
    page = exporter("html").export([everywhere(text)]).decode()
    assert "<h1>Head</h1>" in page
    assert "<strong>bold</strong>" in page
    assert 'href="https://x.example/a?b=1&amp;c=2"' in page
    assert '<span class="language">python</span><pre><code>x &lt; 1\n</code></pre>' in page
    assert '<td style="text-align:right">1</td>' in page


def test_a_picture_that_a_text_holds_is_on_the_page() -> None:
    pixel = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    page = exporter("html").export([everywhere(f"![dot]({pixel}) ![far](https://x.example/y.png)")])
    assert f'<img src="{pixel}" alt="dot">' in page.decode()
    assert "▣ far (https://x.example/y.png)" in page.decode()


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_of_a_table_is_a_formula(name: str) -> None:
    text = FORMULAS[name]
    data = exporter("csv").export([everywhere(text)]).decode()
    for row in csv.reader(io.StringIO(data)):
        for cell in row:
            first = cell.lstrip(" \u200b")[:1]
            assert first not in set("=+-@＝\t\r\n") or not first, cell
    # A reader that knows no quotes takes every line and every comma for a start.
    assert not re.search(r'(?m)(?:^|,)"?[=+@-](?!\s)', data.replace("\r\n", "\n"))
    tell("S2", "CSV", f"{len(FORMULAS)} formulas: none runs")


def test_lists_in_a_table_stay_lists() -> None:
    talk = Session(
        id="s", turns=(Turn(id="t", messages=(Message(role="user", content="a\n- b\n"),)),)
    )
    assert "a\n- b\n" in exporter("csv").export([talk]).decode()


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_takes_every_case(format: str) -> None:
    for name, text in texts():
        data = exporter(format).export([everywhere(text)])
        assert data.decode(), name
        if format.startswith("json"):
            assert json.loads(data)["id"] == "s"


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_called_after_a_title_lies_in_its_folder(format: str, tmp_path: Path) -> None:
    folder = tmp_path / "out" / "here"
    # A session without turns and title is called after its id.
    talk = Session(id="s1", turns=(Turn(id="t", messages=(Message(role="user", content="Hi"),)),))
    for number, name in enumerate(FILE_NAMES, 1):
        titled = msgspec.structs.replace(talk, title=name)
        path = export_to([titled], format, folder=folder, overwrite=False)
        assert path.parent == folder, name
        assert path.resolve().parent == folder.resolve(), name
        assert path.is_file(), name
        assert len(list(folder.iterdir())) == number, name
        assert re.fullmatch(
            r"[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069/\\:*?\"<>|]+", path.name
        )
        assert not path.name.startswith((".", "-", "~")), name
        assert not re.match(r"(?i)(con|nul|aux|com1)\.", path.name), name
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["here"]
    tell("S3", "file names", f"{len(FILE_NAMES)} hostile titles: every file lies in its folder")

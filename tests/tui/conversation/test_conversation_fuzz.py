"""Whatever text comes, in whatever pieces, at whatever width: it is drawn, all of it, inside the pane."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import get_character_cell_size

from tui_sessions.model.text import UNSAFE, clean
from tui_sessions.tui.widgets.conversation.blocks import blocks_of
from tui_sessions.tui.widgets.conversation.body import Body
from tui_sessions.tui.widgets.conversation.lines import Line, line_cells, line_text
from tui_sessions.tui.widgets.conversation.live import LiveAnswer
from tui_sessions.tui.widgets.conversation.slots import body_of

WORDS = (
    *("plain", "Wörter", "日本語の文章", "한국어", "ไทยคำ", "עברית", "العربية", "हिन्दी", "e\u0301tude", "naïve"),
    *("👩‍👩‍👧", "❤️", "👍🏽", "🇩🇪🇫🇷", "🏽", "ක්\u200dෂ", "\u0301", "１２３", "a" * 70, "漢" * 40, "x" * 9),
    *("$5", "$HOME", "10%", "C:\\path", "a_b_c", "2*3*4", "f(x)", "[1]", "<br>", "<b>", "&amp;", "~/x"),
    *("https://e.org/a_(b)", "<https://e.org>", "mailto:a@e.org", "\\*no\\*", "`", "**", "|", "$"),
)  # fmt: skip
INLINE = (
    *("**{}**", "*{}*", "~~{}~~", "`{}`", "[{}](https://e.org)", "[{}](https://e.org 'title')", "[{}][a]"),
    *("![{}](https://e.org/i.png)", "{}[^1]", "{}[^note]", "$x_{{{}}}$", "\\({}+1\\)", "$${}^2$$", "{}\\\n"),
    *("\\[{}=1\\]", "{}  \n", "<i>{}</i>", "{}\t", "\\frac{{{}}}{{2}}", "![{}](data:image/png;base64,AAAA)"),
)  # fmt: skip
BLOCKS = (
    *("{}", "# {}", "### {}", "###### {}", "{}\n===", "- {}", "- [ ] {}", "- [x] {}", "1. {}", "99) {}"),
    *("> {}", "> [!NOTE]\n> {}", "> [!caution]\n>\n> - {}", "[a]: /url '{}'", "[^1]: {}", "[^note]: {}"),
    *("[^1]: {}\n\n    more\n", "```\n{}\n```", "```python\ndef {}: pass\n```", "~~~math\n{}^2\n~~~", "    {}"),
    *("$$\n{}\n$$", "$$ {} $$", "\\[\n\\sqrt{{{}}}\n\\]", "$$ \\alpha\n{}", "---", "* * *", "<div>{}</div>"),
    *("|a|b|\n|--|:-:|\n|{}|x|", "|" + "h|" * 12 + "\n|" + "-:|" * 12 + "\n|" + "{}|" * 12, "- a\n\n  {}"),
    *("  - {}", "    - {}", "![{}](data:image/png;base64,iVBORw0KGgo=)", "- ```\n  {}\n  ```", "{}\\"),
)  # fmt: skip

words = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))
spans = st.lists(
    st.one_of(words, st.builds(str.format, st.sampled_from(INLINE), st.sampled_from(WORDS))),
    min_size=1,
    max_size=5,
).map(" ".join)
blocks = st.builds(lambda form, inside: form.replace("{}", inside), st.sampled_from(BLOCKS), spans)
TEXTS = st.lists(
    st.builds(str.__add__, blocks, st.sampled_from(["\n", "\n\n", "", "\r\n", "\n> ", "\n- "])),
    max_size=8,
).map("".join)
CUTS = st.lists(st.integers(0, 600), max_size=10)
WIDTHS = st.one_of(st.integers(1, 30), st.integers(1, 200))


def lines(body: Body) -> list[Line]:
    """All rows."""
    return [body.line(row) for row in range(body.height)]


def cells(text: str) -> int:
    """The cells of `text` for a terminal that knows single characters only, as half of them do."""
    return sum(get_character_cell_size(char) for char in text)


@settings(max_examples=400, deadline=None)
@given(TEXTS, WIDTHS)
@example("漢", 1)
@example("|a|\n|-|\n|👩‍👩‍👧 漢字|", 2)
@example("```\n漢\n```", 2)
def test_every_row_is_inside_the_pane_and_safe(text: str, width: int) -> None:
    for line in lines(body_of(text, width)):
        shown = line_text(line)
        assert line_cells(line) <= width
        assert not UNSAFE.search(shown)
        assert "\n" not in shown
        assert "\t" not in shown


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.integers(4, 120))
def test_what_is_measured_is_what_simple_terminals_draw(text: str, width: int) -> None:
    for line in lines(body_of(text, width)):
        for run, look in line:
            assert cells(run) == line_cells([(run, look)])


@settings(max_examples=300, deadline=None)
@given(TEXTS, CUTS, WIDTHS)
def test_any_text_in_any_pieces_ends_as_the_whole(text: str, cuts: list[int], width: int) -> None:
    live = LiveAnswer(None, "t", None, width)
    at = 0
    for end in [*sorted(min(cut, len(text)) for cut in cuts), len(text)]:
        live.take(at, text[at:end], is_reasoning=False)
        live.flush()
        assert all(line_cells(line) <= width for line in lines(live.body))
        at = end
    live.finish()
    assert lines(live.body) == lines(body_of(text, width))


def letters(text: str) -> list[str]:
    """What of a text must be seen, in no order."""
    return [char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum()]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(BLOCKS), max_size=8), st.integers(2, 150), st.randoms())
def test_no_word_is_lost(forms: list[str], width: int, chance: random.Random) -> None:
    marked = [f"w{number}w" for number in range(100, 100 + len(forms) * 4)]
    parts = []
    for form in forms:
        inside = " ".join(
            chance.choice(INLINE[:17]).format(marked[len(parts) * 4 + nth]) for nth in range(2)
        )
        parts.append(form.replace("{}", inside))
    text = "\n\n".join(parts)
    shown = "".join(line_text(line) for line in lines(body_of(text, width)))
    squeezed = "".join(char for char in unicodedata.normalize("NFKC", shown) if char.isalnum())
    for word in marked:
        if word in text:
            assert word in squeezed, (word, shown)


@settings(max_examples=200, deadline=None)
@given(st.lists(words, max_size=30).map(" ".join), st.integers(2, 100))
def test_prose_without_markup_keeps_every_letter(text: str, width: int) -> None:
    prose = "".join(char for char in clean(text) if char.isalnum() or char in " \n")
    shown = "".join(line_text(line) for line in lines(body_of(prose, width)))
    missing = set(letters(prose)) - set(letters(shown))
    assert not missing


@pytest.mark.parametrize(
    "text",
    [
        "> " * 300 + "deep",
        "- " * 300 + "deep",
        "\n".join("  " * depth + "- deep" for depth in range(120)),
        "[^1]: " * 200 + "deep",
        "*" * 3_000 + "deep",
        "$$" + "{" * 3_000 + "deep" + "}" * 3_000 + "$$",
        "$" * 3_000 + "deep",
        "\\(" * 3_000 + "deep",
        "\\frac" * 2_000 + "deep",
        "$$\n" + "\\begin{matrix}" * 300 + "deep\n$$",
        "|deep" * 300 + "|\n" + "|-" * 300 + "|",
    ],
)
def test_huge_nesting_is_drawn(text: str) -> None:
    shown = "".join(line_text(line) for line in lines(Body(blocks_of(clean(text)), 60)))
    assert "deep" in "".join(shown.split())

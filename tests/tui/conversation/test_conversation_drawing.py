"""How Markdown is drawn: what people read on the rows, and that all of it can be read."""

from __future__ import annotations

import pytest

from tui_sessions.tui.widgets.conversation.blocks import blocks_of, codes_of
from tui_sessions.tui.widgets.conversation.body import Body
from tui_sessions.tui.widgets.conversation.dialect import is_surely_maths
from tui_sessions.tui.widgets.conversation.lines import line_cells, line_text
from tui_sessions.tui.widgets.conversation.slots import body_of


def seen_rows(text: str, width: int = 60) -> list[str]:
    """The rows of a text, without blanks at their ends."""
    body = body_of(text, width)
    return [line_text(body.line(row)).rstrip() for row in range(body.height)]


def looks(text: str, of: str) -> set[str]:
    """The names of the looks that `of` is drawn in."""
    body = body_of(text, 80)
    runs = [run for row in range(body.height) for run in body.line(row)]
    return {look.name for shown, look in runs if of in shown}


def urls(text: str) -> set[str]:
    """Where clicks lead."""
    body = body_of(text, 200)
    return {look.url for row in range(body.height) for _, look in body.line(row) if look.url}


def test_headings_differ_by_level() -> None:
    text = "\n\n".join(f"{'#' * level} level {level}" for level in range(1, 7))
    assert {frozenset(looks(text, f"level {n}")) for n in range(1, 7)} == {
        frozenset({f"heading{n}"}) for n in range(1, 7)
    }


def test_tasks_are_ticked_and_the_numbers_of_a_list_stand_right() -> None:
    assert seen_rows("- [x] done\n- [ ] open\n  - [X] inner") == [
        "✓ done",
        "☐ open",
        "  ✓ inner",
    ]
    assert seen_rows("9. nine\n10. ten") == [" 9. nine", "10. ten"]
    assert seen_rows("1. [ ] numbered") == ["1. ☐ numbered"]


def test_nested_lists_have_their_own_bullets() -> None:
    assert seen_rows("- a\n  - b\n    - c\n      - d") == ["• a", "  ◦ b", "    ▪ c", "      • d"]


def test_an_alert_is_named() -> None:
    assert seen_rows("> [!NOTE]\n> Read *this*.") == ["│ i Note", "│ Read this."]
    assert seen_rows("> [!Caution]\n>\n> - hot") == ["│ ■ Caution", "│ • hot"]
    assert looks("> [!WARNING]\n> x", "Warning") == {"warning"}


def test_what_only_looks_like_an_alert_stays() -> None:
    assert seen_rows("> [!NOTE] with words") == ["│ [!NOTE] with words"]
    assert seen_rows("> [!OTHER]\n> x") == ["│ [!OTHER]", "│ x"]


def test_footnotes_are_raised_numbers_and_stand_where_they_are_defined() -> None:
    text = "One[^1], two[^why] and [^none].\n\n[^1]: The first\n  goes on.\n[^why]: Because.\n\n    More.\n\nEnd."
    assert seen_rows(text) == [
        "One¹, two² and [^none].",
        "",
        "¹ The first",
        "  goes on.",
        "² Because.",
        "",
        "  More.",
        "",
        "End.",
    ]


def test_a_footnote_may_be_defined_behind_a_fence() -> None:
    assert seen_rows("See[^a].\n\n```\n[^1]\n```\n\n[^a]: there") == [
        "See¹.",
        "",
        " [^1]",
        "",
        "¹ there",
    ]


def test_link_definitions_stay_and_lead_somewhere() -> None:
    text = '[a]: https://e.org/x "Title"\n[b]: mailto:b@e.org\n\nsee [a] and [b]'
    assert seen_rows(text)[:2] == ['[a]: https://e.org/x "Title"', "[b]: mailto:b@e.org"]
    assert "https://e.org/x" in urls(text)


def test_titles_of_links_and_images_are_not_lost() -> None:
    assert seen_rows('[l](https://e.org "Why")') == ["l (https://e.org “Why”)"]
    assert seen_rows('![pic](a.png "Why")') == ["▣ pic (a.png “Why”)"]


def test_images_are_named_and_their_address_is_a_link() -> None:
    assert seen_rows("![A cat](https://e.org/cat.png)") == ["▣ A cat (https://e.org/cat.png)"]
    assert urls("![A cat](https://e.org/cat.png)") == {"https://e.org/cat.png"}
    assert seen_rows("text ![dot](data:image/png;base64,AAAA) text") == ["text ▣ dot text"]


def test_raw_html_is_literal_but_breaks_a_line_in_a_cell() -> None:
    assert seen_rows("<b>x</b><br>y") == ["<b>x</b><br>y"]
    assert seen_rows("|a|\n|-|\n|x<br>`<br>`|") == ["a", "────", "x", "<br>"]


@pytest.mark.parametrize(
    "text",
    [
        "costs $5 and $10",
        "${a}${b}",
        "^[0-9]+$|^[a-z]$",
        "$i$j",
        "$HOME/$USER",
        "US$5 and CA$6",
        "$5+$10",
        "$FOO$",
        "$x = $y;",
        "`$x$`",
        "$ x $",
    ],
)
def test_dollars_that_are_no_maths_stay(text: str) -> None:
    assert seen_rows(text) == [text.replace("`", "")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("so $x^2$ is", "so x² is"),
        (r"\(\alpha_i \le \beta\)", "αᵢ ≤ β"),
        (r"$$\frac{a+b}{2a}$$", "    (a + b)/(2a)"),
        ("$n$ and $f(x)$", "n and f(x)"),
        ("the $n$th, $x$-axis, **$y$**.", "the nth, x-axis, y."),
        (r"\[1-3\] and \(see below\)", "[1-3] and (see below)"),
        (r"$\unheard{x} + 1$", r"\unheard{x} + 1"),
        (r"$\frac{a$ b", r"$\frac{a$ b"),
        ("$a_*b_*$ stays", "a_*b_* stays"),
    ],
)
def test_maths_reads_and_what_is_not_understood_stays(text: str, shown: str) -> None:
    assert seen_rows(text) == [shown]


def test_displayed_maths_stands_alone_with_its_matrices() -> None:
    matrix = r"A = \begin{pmatrix} a & b \\ c & d \end{pmatrix}"
    drawn = ["    A = ⎛a  b⎞", "        ⎝c  d⎠"]
    for text in (f"$$\n{matrix}\n$$", f"\\[\n{matrix}\n\\]", f"```math\n{matrix}\n```"):
        assert seen_rows(text) == drawn
    assert seen_rows(f"Thus\n$$\n{matrix}\n$$\nso") == ["Thus", "", *drawn, "", "so"]
    assert seen_rows(f"$${matrix}$$", 9) == ["A = (a,", "b; c, d)"]


def test_maths_in_a_fence_can_be_copied_as_code() -> None:
    assert [code.text for code in codes_of("```math\nx^2\n```")] == ["x^2"]


def test_dollars_without_an_end_are_a_paragraph() -> None:
    assert seen_rows("$$\n- \\alpha\n\n- b") == ["$$", "- \\alpha", "", "• b"]
    assert seen_rows("$$ is the process id\n- b") == ["$$ is the process id", "", "• b"]


def test_whether_it_is_maths_goes_by_the_whole() -> None:
    assert is_surely_maths("a+b")
    assert is_surely_maths(r"\text{if any} x")
    assert not is_surely_maths("5 apples and 10")
    assert not is_surely_maths("5+")


TABLE = """\
| Model | Price | Notes |
|:--|--:|:-:|
| small | $0.15 | quick and cheap |
| large | $15.00 | 本地模型 |
"""


def test_a_table_is_aligned_also_with_wide_characters() -> None:
    assert seen_rows(TABLE) == [
        "Model │  Price │      Notes",
        "──────┼────────┼────────────────",
        "small │  $0.15 │ quick and cheap",
        "large │ $15.00 │    本地模型",
    ]


def test_a_table_without_room_wraps_its_cells() -> None:
    assert seen_rows(TABLE, 28) == [
        "Model │  Price │    Notes",
        "──────┼────────┼────────────",
        "small │  $0.15 │  quick and",
        "      │        │    cheap",
        "large │ $15.00 │  本地模型",
    ]


def test_a_table_without_room_for_its_words_is_shown_as_records() -> None:
    assert seen_rows(TABLE, 16) == [
        "Model: small",
        "Price: $0.15",
        "Notes: quick",
        "  and cheap",
        "────────────────",
        "Model: large",
        "Price: $15.00",
        "Notes: 本地模型",
    ]


def test_twelve_columns_at_forty_cells_can_all_be_read() -> None:
    heads = "|".join(f"head {n}" for n in range(12))
    cells = "|".join(f"value {n}" for n in range(12))
    body = Body(blocks_of(f"|{heads}|\n|{'-|' * 12}\n|{cells}|"), 40)
    shown = [line_text(body.line(row)) for row in range(body.height)]
    assert shown == [f"head {n}: value {n}" for n in range(12)]
    assert all(line_cells(body.line(row)) <= 40 for row in range(body.height))


def test_a_table_of_only_a_head_is_shown() -> None:
    assert seen_rows("|" + "head|" * 9 + "\n|" + "-|" * 9, 20) == ["head"] * 9


def test_emoji_are_drawn_as_wide_as_every_terminal_draws_their_parts() -> None:
    assert seen_rows("👩‍👩‍👧 ⚠️ 👍🏽 🇩🇪") == ["👩👩👧 ⚠ 👍 🇩🇪"]
    assert seen_rows("🇩🇪🇫🇷", 3) == ["🇩🇪", "🇫🇷"]


def test_a_very_long_picture_is_no_wall_of_letters() -> None:
    text = f"# Before\n![pic](data:image/png;base64,{'A' * 500_000})\n*after*"
    assert seen_rows(text)[:3] == ["Before", "", "▣ pic"]
    assert seen_rows(text)[-1] == "after"

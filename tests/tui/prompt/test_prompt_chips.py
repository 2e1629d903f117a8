"""Files that go along, as chips above the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prompt_host import PromptApp
from rich.cells import cell_len
from textual import events

from tui_sessions.model.attachment import attachment
from tui_sessions.tui.widgets.chip_line import CROSS, Chip, ChipLine, arranged
from tui_sessions.tui.widgets.prompt_area import LONGEST_PASTE

PLAN = attachment(name="plan.pdf", mime="application/pdf", sha256="a" * 64, size=120_000)
PHOTO = attachment(name="photo.png", mime="image/png", sha256="b" * 64, size=2_000_000)


def chips(app: PromptApp) -> str:
    line = app.query_one(ChipLine)
    return "\n".join(line.render_line(y).text.rstrip() for y in range(line.size.height))


async def test_a_chip_names_the_file_and_its_size() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        assert not app.query(ChipLine)
        app.prompt.attachments = (PLAN, PHOTO)
        await pilot.pause()
        assert chips(app) == f"▣ plan.pdf 120.0 kB {CROSS}  ▣ photo.png 2.0 MB {CROSS}"


async def test_backspace_in_an_empty_prompt_takes_the_last_file_off_and_undo_puts_it_back() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.prompt.attachments = (PLAN, PHOTO)
        await pilot.press("a", "backspace")
        assert app.prompt.attachments == (PLAN, PHOTO)
        await pilot.press("backspace")
        assert app.prompt.attachments == (PLAN,)
        await pilot.press("backspace", "backspace")
        assert app.prompt.attachments == ()
        await pilot.press("ctrl+z", "ctrl+z")
        assert app.prompt.attachments == (PLAN, PHOTO)
        await pilot.press("ctrl+z")
        assert app.prompt.text == "a"


async def test_undo_after_typing_is_about_the_text() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.prompt.attachments = (PLAN,)
        await pilot.press("backspace", "x", "ctrl+z")
        assert (app.prompt.text, app.prompt.attachments) == ("", ())


async def test_a_click_on_the_cross_takes_that_file_off_and_one_beside_it_nothing() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.prompt.attachments = (PLAN, PHOTO)
        await pilot.pause()
        line = app.query_one(ChipLine)
        await pilot.click(ChipLine, offset=(line.gutter.left + 4, 0))
        assert app.prompt.attachments == (PLAN, PHOTO)
        at = chips(app).index(CROSS)
        await pilot.click(ChipLine, offset=(line.gutter.left + at, 0))
        assert app.prompt.attachments == (PHOTO,)
        assert app.prompt.area.has_focus


async def test_what_cannot_be_sent_says_why_in_its_chip() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.prompt.attachments = (PHOTO,)
        app.prompt.refusals = {"b" * 64: "it takes no pictures"}
        await pilot.pause()
        assert chips(app) == f"▣ photo.png 2.0 MB · it takes no pictures {CROSS}"


async def test_a_file_with_a_hostile_name_is_drawn_clean() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        name = "a\x1b[2J\u202e[b]x[/b]"
        app.prompt.attachments = (attachment(name=name, mime="x/y", sha256="c" * 64, size=1),)
        await pilot.pause()
        assert "[b]x[/b]" in chips(app)
        assert not set(chips(app)) & set("\x1b\u202e")


async def test_text_chips_and_list_stay_within_a_third_of_the_screen() -> None:
    app = PromptApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.prompt.attachments = (PLAN, PHOTO) * 9
        app.prompt.show_queue(["one", "two", "three"], note="held", more=" · :queue")
        app.prompt.set_text("line\n" * 30)
        await pilot.pause()
        assert app.prompt.size.height + 2 <= 24 // 3
        assert app.prompt.area.size.height >= 2


async def test_accepting_takes_the_files_that_were_sent_and_leaves_others() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.prompt.attachments = (PLAN,)
        await pilot.press("h", "i", "enter")
        app.prompt.attachments = (PLAN, PHOTO)
        app.prompt.accept((PLAN,))
        assert (app.prompt.text, app.prompt.attachments) == ("", (PHOTO,))


async def test_a_very_long_paste_is_handed_on_and_not_shown() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a")
        app.prompt.area.post_message(events.Paste("x" * LONGEST_PASTE))
        await pilot.pause()
        assert (len(app.prompt.text), app.wanted) == (LONGEST_PASTE + 1, [])
        app.prompt.area.post_message(events.Paste("y" * (LONGEST_PASTE + 1)))
        await pilot.pause()
        assert len(app.prompt.text) == LONGEST_PASTE + 1
        assert [len(message.text) for message in app.wanted] == [LONGEST_PASTE + 1]


async def test_dragged_files_are_handed_on_and_other_paths_are_text() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.prompt.area.are_files = lambda paths: set(paths) <= {"/a b", "/c"}
        app.prompt.area.post_message(events.Paste("'/a b' /c"))
        await pilot.pause()
        assert [message.paths for message in app.wanted] == [("/a b", "/c")]
        for text in ("/c and more", "/d"):
            app.prompt.area.post_message(events.Paste(text))
        await pilot.pause()
        assert app.prompt.text == "/c and more/d"
        assert len(app.wanted) == 1


some_chips = st.lists(
    st.builds(Chip, st.text(max_size=60), st.just("1 kB"), st.sampled_from(("", "no " * 30))),
    min_size=1,
    max_size=12,
)


@given(some_chips, st.integers(24, 120), st.integers(1, 3))
def test_chips_never_overlap_nor_leave_the_line_and_all_are_counted(
    given_chips: list[Chip], width: int, rows: int
) -> None:
    lines = arranged(given_chips, width, rows)
    assert 1 <= len(lines) <= rows
    shown = []
    for line in lines:
        x = 0
        for placed in line:
            assert placed.x >= x
            assert placed.cells == cell_len(placed.text)
            x = placed.x + placed.cells
            shown.append(placed)
        assert line[0].cells <= width
    chips_shown = [placed.index for placed in shown if placed.index >= 0]
    left_out = [int(placed.text.split()[0]) for placed in shown if placed.index < 0]
    assert chips_shown == list(range(len(chips_shown)))
    assert len(chips_shown) + sum(left_out) == len(given_chips)


def test_why_the_file_attached_last_is_refused_is_said_in_full_where_there_is_room() -> None:
    why = "the demonstration takes no file of an unknown kind, only text"
    chips = [Chip("a.pdf", "1 kB"), Chip("cat.png", "2 kB"), Chip("blob.bin", "3 kB", why)]
    first, second = arranged(chips, 90, 2)
    assert [placed.index for placed in first] == [0, 1]
    assert second[0].text == f"▣ blob.bin 3 kB · {why} {CROSS}"

"""The statistics at every size, in every theme, without colours, and as sentences."""

from __future__ import annotations

import pytest
from spending import SMALL, put, turn

from tui_sessions.tui.screens.statistics import StatisticsScreen


async def opened(user, *keys: str, shows: str = "$1.75 + 1 unpriced") -> None:
    """Statistics, with what they begin with."""
    await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
    await user.press("f5")
    await user.see(shows)
    if keys:
        await user.press(*keys)


def page(user):
    return user.screen.query_one("PageView")


@pytest.mark.parametrize("size", [(20, 6), (40, 10), (80, 24), (240, 60)])
async def test_every_view_is_drawn_at_every_size(workspace, spent, size):
    async with workspace(size) as user:
        await user.until(lambda: user.stage.workspace.library.is_scanned, "the library")
        await user.press("f5")
        await user.until(lambda: isinstance(user.screen, StatisticsScreen))
        for key in "somvrtpfhdlb":
            await user.press(key, "down", "up", "right", "left")
            lines = user.text().splitlines()
            assert len(lines) == size[1]


@pytest.mark.parametrize("theme", ["ink", "linen", "moss", "night", "paper"])
async def test_every_theme_draws_it(workspace, spent, theme):
    async with workspace((120, 40), **{"screen.theme": theme}) as user:
        await opened(user, "h")
        await user.see("Most answers")
        await user.press("o")
        await user.see("by model")


async def test_without_colours_the_shades_are_signs(workspace, spent, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with workspace((120, 40)) as user:
        await opened(user, "h", "c")
        await user.see("Most answers", "░")


async def test_in_calm_mode_all_of_it_is_sentences(workspace, spent):
    async with workspace((100, 60), **{"screen.calm": "true"}) as user:
        await opened(user)
        await user.see("cost: $1.75 + 1 unpriced.", "By day:", "By model:")
        await user.see("Tue 10 Mar 2026: $0.75 and 1 unpriced, 3,750 tokens, 2 answers, 2 sessions")
        await user.see("Keys: s this session, o overview")
        assert not set("━█▄│") & set(user.text())
        place = user.app.cursor_position
        await user.press("down")
        assert user.app.cursor_position.y == place.y + 1
        row = user.text().splitlines()[user.app.cursor_position.y]
        assert row.strip().startswith("tokens")
        await user.press("h")
        await user.see("Saturday 09–10 h: $0.25")
        await user.press("enter")
        await user.see("sessions · ")
        await user.press("escape", "l")
        await user.see("answers in 1.0 s, 95 % within")


async def test_in_calm_mode_a_day_leads_to_its_sessions(workspace, spent):
    async with workspace((100, 60), **{"screen.calm": "true"}) as user:
        await opened(user)
        page(user).target.go_to("day:2026-03-10")
        await user.press("enter")
        await user.see("sessions · Tue 10 Mar 2026", "At home: 1 unpriced")


async def test_the_help_lists_the_keys_of_the_pane(workspace, spent):
    async with workspace((120, 200)) as user:
        await opened(user, "f1")
        await user.see("Help · Statistics", "this month", "dearest", "a longer time")
        await user.press("escape")
        await user.see("overview · in")


async def test_titles_of_files_are_clean_and_no_markup(workspace, tmp_path, spent):
    put(
        spent, "bad.json", turn("2026-03-14T10:00:00+00:00", SMALL, 9.0, (1, 1)),
        id="bad000000001", title="[bold]x[/] \x1b]52;c;aaaa\x07 \u202eevil",
        meta={"project": "[@click=app.quit]y[/]", "tags": ["\x9bm"]},
    )  # fmt: skip
    async with workspace((160, 40)) as user:
        await opened(user, shows="$10.75")
        for key in "dpt":
            await user.press(key)
            await user.see("$10.75")
        await user.press("d")
        await user.see("[bold]x[/]")
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(user.text())


async def test_on_the_smallest_screen_the_chosen_stretch_of_time_is_in_sight(workspace, spent):
    async with workspace((20, 8)) as user:
        await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
        await user.press("f5")
        await user.see("4 30 d")
        await user.press("7")
        await user.see("7 all")
        await user.press("1")
        await user.see("1 today")


@pytest.mark.parametrize("is_calm", [False, True])
async def test_with_room_every_stretch_of_time_is_in_sight(workspace, spent, is_calm):
    async with workspace((80, 24), **{"screen.calm": is_calm}) as user:
        await opened(user, "7", shows="30 d")
        await user.see("1 today  2 7 d", "6 year  7 all")
        await user.see("· ever")
        await user.see("1 today  2 7 d", "6 year  7 all")

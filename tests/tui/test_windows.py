"""Windows of every size, keys of one's own, broken libraries."""

from __future__ import annotations

import json

import pytest
from textual import events
from textual.widgets import Static

from tui_sessions.model.session import Session


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (80, 24), (100, 30), (160, 48), (240, 60)])
async def test_every_size_opens_answers_and_fits(workspace, size):
    async with workspace(size=size) as user:
        await user.ask("Hi")
        await user.answered()
        assert user.files()[0]["turns"][0]["finish"] == "stop"
        lines = user.text().split("\n")
        assert len(lines) == size[1]


async def test_at_80_by_24_the_sides_are_folded_and_one_key_brings_each(workspace):
    async with workspace(size=(80, 24)) as user:
        await user.see("New session")
        assert "Sessions" not in user.text()
        await user.press("f6")
        await user.see("Sessions")
        await user.press("f8")
        await user.see("Details")
        assert "Sessions" not in user.text()
        await user.press("f8")
        await user.see_no("Details")


async def test_what_is_typed_behind_a_pane_key_goes_to_that_pane(workspace):
    async with workspace() as user:
        await user.ask("One")
        await user.answered()
        # All at once, as a terminal over a slow line hands them over.
        for key in ("f7", "R", "f6", "j"):
            user.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await user.until(lambda: user.stage.sessions.has_focus, "the tree with the focus")
        assert user.stage.prompt.text == ""


async def test_an_opened_session_takes_the_place_of_the_tree_and_the_prompt_the_focus(workspace):
    async with workspace((80, 24)) as user:
        await user.ask("One")
        await user.answered()
        await user.press("ctrl+n", "f6", "enter")
        await user.until(lambda: not user.stage.workspace.is_draft)
        assert "Sessions" not in user.text()
        await user.type("two")
        assert user.stage.prompt.text == "two"


async def test_what_is_said_does_not_cover_what_is_typed(workspace):
    async with workspace((80, 24)) as user:
        await user.type("typing on and on, to the right edge of this narrow window, now")
        user.stage.say("Something happened.")
        await user.see("Something happened.")
        assert "right edge of this narrow window, now" in user.text()


async def test_the_prompt_says_that_an_answer_comes_and_what_stops_it(workspace):
    async with workspace(**{"providers.demo.words_per_s": "100"}) as user:
        await user.ask("Hi")
        await user.see("answering · esc stops")
        await user.press("escape")
        await user.see_no("answering · esc stops")


@pytest.mark.parametrize("theme", ["nord", "textual-light", "dracula", "ansi-dark"])
async def test_themes_of_textual_work_as_well(workspace, theme):
    async with workspace() as user:
        await user.ask("Hi")
        await user.answered()
        await user.command(f":theme {theme}")
        await user.until(lambda: user.app.theme == theme)
        await user.press("f7", "f8", "f9", "ctrl+l")
        await user.see("demo/demo")


async def test_keys_can_be_bound_anew(workspace):
    async with workspace(**{"keys.session.new": "f3"}) as user:
        await user.ask("One")
        await user.answered()
        await user.press("ctrl+n")
        assert not user.stage.workspace.is_draft
        await user.press("f3")
        await user.see("New session")


async def test_a_wrong_key_id_is_told_with_the_nearest(workspace):
    async with workspace(**{"keys.session.neww": "f3"}) as user:
        await user.see("session.neww", "session.new")


async def test_a_clash_of_keys_is_told(workspace):
    async with workspace(**{"keys.session.new": "ctrl+e"}) as user:
        await user.see("[keys]")


async def test_damaged_files_are_listed_and_never_touched(workspace, tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    (library / "broken.json").write_text('{"turns": [')
    (library / "list.json").write_text("[1, 2]")
    (library / "good.json").write_text(
        json.dumps({"turns": [{"messages": [{"role": "user", "content": "Still here"}]}]})
    )
    async with workspace() as user:
        await user.see("Still here", "broken.json", "list.json")
    assert (library / "broken.json").read_text() == '{"turns": ['
    assert (library / "list.json").read_text() == "[1, 2]"


async def test_a_title_that_looks_like_markup_is_text(workspace, tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    hostile = "[/nope] [@click=app.exit]x[/] [bold"
    (library / "h.json").write_text(
        json.dumps(
            {
                "title": hostile,
                "model": hostile,
                "turns": [{"messages": [{"role": "user", "content": hostile}]}],
                "meta": {"tags": [hostile], "project": hostile, "notes": hostile, hostile: hostile},
            }
        )
    )
    async with workspace() as user:
        await user.see("[/nope]")
        await user.press("f6", "g", "enter")
        await user.until(lambda: not user.stage.workspace.is_draft)
        for key in (
            "ctrl+r",
            "ctrl+t",
            "ctrl+b",
            "ctrl+e",
            "f2",
            "ctrl+l",
            "f1",
            "ctrl+p",
            "ctrl+s",
        ):
            await user.press(key)
            await user.press("escape")
        await user.command(":info")
        await user.command(f":find {hostile}")
        await user.see("[/nope]")


async def test_the_theme_is_remembered(workspace):
    async with workspace() as user:
        await user.command(":theme paper")
        assert user.app.theme == "paper"
    async with workspace() as user:
        assert user.app.theme == "paper"


async def test_the_palette_finds_actions_and_sessions(workspace):
    async with workspace() as user:
        await user.ask("Needle in a haystack")
        await user.answered()
        await user.press("ctrl+n", "ctrl+p")
        await user.type("needle")
        await user.see("Needle in a haystack")


async def test_the_palette_and_the_list_reach_sessions_beyond_the_latest(
    workspace, tmp_path, monkeypatch
):
    monkeypatch.setattr("tui_sessions.tui.workspace.LISTED", 2)
    async with workspace() as user:
        for title in ("Needle in a haystack", "Two", "Three"):
            user.library.create(Session(id=title[:3], title=title))
        await user.press("ctrl+p")
        await user.type("haystack")
        await user.see("Needle in a haystack")
        await user.press("escape", "ctrl+r")
        await user.see("2 of 3 sessions")
        await user.type("haystack")
        await user.see("Needle in a haystack", "1 of 3 sessions")


async def test_a_filter_that_cannot_be_understood_says_all_of_why_in_its_place(workspace):
    async with workspace() as user:
        await user.press("f6", "slash")
        await user.type("colour:red")
        await user.see("colour", "has.")
        for _ in "colour:red":
            await user.press("backspace")
        await user.see_no("has.")


async def test_a_damaged_file_is_asked_about_before_it_goes_to_the_trash(workspace, tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    (library / "broken.json").write_text('{"turns": [')
    async with workspace() as user:
        await user.see("broken.json")
        await user.press("f6", "G", "delete")
        await user.see("into the trash?")
        assert (library / "broken.json").exists()
        await user.press("enter")
        await user.until(lambda: not (library / "broken.json").exists())


@pytest.mark.parametrize(
    "keys", [("f6", "delete"), ("f6", "f2"), ("f6", "enter"), ("ctrl+e",), ("ctrl+s",), ("ctrl+b",)]
)
async def test_a_file_that_went_away_is_said_and_stops_nothing(workspace, keys):
    async with workspace() as user:
        await user.ask("Here today")
        await user.answered()
        session_id = user.stage.workspace.session.id
        user.library.path(session_id).unlink()
        user.library.refresh()
        await user.press(*keys)
        await user.press("escape")
        await user.command(":tag gone")
        await user.type("still alive")
        await user.see("still alive")


async def test_what_a_widget_forgets_to_clean_the_screen_cleans(workspace):
    async with workspace() as user:
        hostile = "seen\x1b]52;c;aGk=\x07\x9b31m\u202e"
        await user.app.screen.query_one("#middle").mount(Static(hostile, markup=False))
        await user.see("seen")
        assert not set("\x1b\x07\x9b\u202e") & set(user.text())

"""Letters in the tree that jump to a title, and the lines that are no folders."""

from __future__ import annotations

from session_tree_fakes import SpySource, TreeApp, group, session

from tui_sessions.model.results import SessionLine
from tui_sessions.tui.widgets.session_tree import SessionTree
from tui_sessions.tui.widgets.tree_window import Lines, parent_position
from tui_sessions.tui.widgets.type_ahead import TypeAhead

FRUIT = [session(name) for name in ("apple", "banana", "blackberry", "cherry", "blueberry")]


def told(app: TreeApp) -> list[tuple[str | None, bool]]:
    return [(message.text, message.is_found) for message in app.of(SessionTree.TypedAhead)]


async def test_letters_jump_and_more_letters_narrow() -> None:
    app = TreeApp(FRUIT)
    async with app.run_test() as pilot:
        await pilot.press("apostrophe", "b")
        assert app.tree.cursor == 1
        await pilot.press("l", "u")
        assert app.tree.cursor == 4
        assert told(app) == [("", True), ("b", True), ("bl", True), ("blu", True)]


async def test_letters_are_no_keys_while_they_are_looked_for() -> None:
    app = TreeApp(FRUIT)
    async with app.run_test() as pilot:
        await pilot.press("apostrophe", "p", "space")
        assert app.of(SessionTree.Asked) == []
        assert app.tree.marked == frozenset()
        assert told(app)[-1] == ("p ", False)
        await pilot.press("backspace")
        assert app.tree.cursor == 0
        assert told(app)[-1] == ("p", True)


async def test_the_same_key_goes_on_to_the_next_title_and_round() -> None:
    app = TreeApp(FRUIT)
    async with app.run_test() as pilot:
        await pilot.press("apostrophe", "b", "l", "apostrophe")
        assert app.tree.cursor == 4
        await pilot.press("apostrophe")
        assert app.tree.cursor == 2


async def test_enter_opens_what_was_found_and_escape_only_ends() -> None:
    app = TreeApp(FRUIT)
    async with app.run_test() as pilot:
        await pilot.press("apostrophe", "c", "enter")
        assert [message.session_id for message in app.of(SessionTree.Opened)] == ["cherry"]
        await pilot.press("apostrophe", "a", "escape", "j")
        assert app.tree.cursor == 1
        assert len(app.of(SessionTree.Opened)) == 1
        assert told(app)[-1] == (None, True)


async def test_another_key_ends_it_and_does_what_it_does() -> None:
    app = TreeApp(FRUIT)
    async with app.run_test() as pilot:
        await pilot.press("apostrophe", "c", "down", "p")
        assert app.tree.cursor == 4
        assert [message.name for message in app.of(SessionTree.Asked)] == ["pin"]


async def test_letters_never_read_all_lines() -> None:
    app = TreeApp()
    async with app.run_test() as pilot:
        source = SpySource([session(f"s{number}") for number in range(10_000)])
        app.tree.show(source)
        await pilot.press("apostrophe", *"s9876")
        assert app.tree.cursor == 9876
        assert source.asked <= 5 * 64


def test_a_letter_that_comes_late_begins_another_word() -> None:
    typing = TypeAhead()
    typing.begin()
    assert typing.add("a", 10.0)
    assert not typing.add("b", 10.9)
    assert typing.text == "ab"
    assert typing.add("c", 12.0)
    assert typing.text == "c"


async def test_groups_have_their_own_signs_and_the_trash_opens_instead_of_unfolding() -> None:
    app = TreeApp(
        [
            group("pinned", is_open=False),
            group("search", name="Python", is_open=False, sessions=None),
            group("trash", sessions=7),
        ]
    )
    async with app.run_test() as pilot:
        rows = app.rows()
        assert rows[0].split() == ["▸", "★", "pinned", "3"]
        assert rows[1].split() == ["▸", "⌕", "Python"]
        assert rows[2].split() == ["⌫", "trash", "7"]
        await pilot.press("enter", "G", "enter", "right")
        assert [message.key for message in app.of(SessionTree.FoldToggled)] == ["pinned:"]
        assert len(app.of(SessionTree.TrashRequested)) == 1


def test_the_parent_of_what_a_group_shows_is_the_group() -> None:
    row = session("a").row
    lines = Lines(
        SpySource(
            [
                group("pinned"),
                SessionLine(key="pinned:a", depth=1, row=row),
                group("search", name="a: b"),
                SessionLine(key="search:a: b:a", depth=1, row=row),
            ]
        )
    )
    assert parent_position(lines, 1) == 0
    assert parent_position(lines, 3) == 2

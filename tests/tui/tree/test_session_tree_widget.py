"""The tree driven with keys and mouse."""

from __future__ import annotations

from collections.abc import Sequence

from session_tree_fakes import SpySource, TreeApp, folder, session

from tui_sessions.model.results import DamagedLine, DamagedRow, TreeLine
from tui_sessions.tui.widgets.session_tree import SessionTree

WORK: Sequence[TreeLine] = (
    folder("work"),
    session("a", 1, folder="work", branches=1, is_open=True),
    session("b", 2, folder="work", is_branch=True, parent_id="a"),
    folder("rest", is_open=False),
    session("c"),
)


def many(count: int = 100_000, *, first: int = 0) -> SpySource:
    return SpySource([session(f"s{number}") for number in range(first, first + count)])


def key_at_row(app: TreeApp, row: int) -> str | None:
    return app.tree._lines.key(app.tree.scroll_offset.y + row)


async def test_enter_opens_a_session_and_folds_a_folder() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.press("enter", "down", "enter")
        assert [message.key for message in app.of(SessionTree.FoldToggled)] == ["folder:work"]
        assert [message.session_id for message in app.of(SessionTree.Opened)] == ["a"]


async def test_left_folds_then_goes_to_the_parent() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.press("j", "j", "left")
        assert app.tree.cursor == 1
        await pilot.press("h")
        assert app.of(SessionTree.FoldToggled)[-1].key == "session:a"


async def test_right_unfolds_then_goes_in() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.press("right")
        assert app.tree.cursor == 1
        app.tree.go_to("folder:rest")
        await pilot.press("l")
        assert app.of(SessionTree.FoldToggled)[-1].key == "folder:rest"
        assert app.tree.cursor == 3


async def test_delete_asks_for_the_line_or_whatever_is_marked_elsewhere() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.press("G", "delete")
        app.tree.show(SpySource([]))
        app.tree.set_marked({"session:c", "session:a"})
        await pilot.press("delete")
        asked = [message.key for message in app.of(SessionTree.DeleteRequested)]
        assert asked == ["session:c", ""]


async def test_rename_and_filter_are_asked_for() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.press("f2", "slash")
        assert app.of(SessionTree.RenameRequested)[0].key == "folder:work"
        assert len(app.of(SessionTree.FilterRequested)) == 1


async def test_nothing_can_be_asked_of_an_empty_tree_and_it_says_what_to_press() -> None:
    app = TreeApp()
    async with app.run_test() as pilot:
        await pilot.press("enter", "left", "right", "space", "delete", "f2", "j", "G", "pagedown")
        assert app.posted == []
        assert "No sessions yet" in " ".join(app.rows())
        app.tree.empty_text = "Nothing matches."
        assert "Nothing matches." in " ".join(app.rows())


async def test_a_damaged_file_opens_nothing() -> None:
    row = DamagedRow(path="x.json", reason="no JSON")
    app = TreeApp([DamagedLine(key="damaged:x.json", depth=0, row=row)])
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert app.of(SessionTree.Opened) == []


async def test_every_row_is_as_wide_as_the_widget_beside_its_scrollbar() -> None:
    app = TreeApp(many(30).lines)
    async with app.run_test():
        assert {app.tree.render_line(y).cell_length for y in range(10)} == {29}
    app = TreeApp(WORK)
    async with app.run_test():
        assert {app.tree.render_line(y).cell_length for y in range(10)} == {30}


async def test_after_a_refresh_the_cursor_and_the_view_stay_with_their_lines() -> None:
    app = TreeApp(many(200).lines)
    async with app.run_test() as pilot:
        await pilot.press("pagedown", "pagedown", "j", "j", "k")
        row = app.tree.cursor - app.tree.scroll_offset.y
        line = app.tree.cursor_line
        assert line is not None
        new = [session(f"new{number}") for number in range(7)]
        app.tree.show(SpySource([*new, *many(200).lines]))
        await pilot.pause()
        assert app.tree.cursor_line == line
        assert key_at_row(app, row) == line.key
        assert app.tree.cursor == 7 + many(200).places[line.key]


async def test_a_view_scrolled_away_from_the_cursor_stays_as_well() -> None:
    app = TreeApp(many(200).lines)
    async with app.run_test() as pilot:
        app.tree.scroll_to(y=100, animate=False, immediate=True)
        await pilot.pause()
        app.tree.show(SpySource([session("new"), *many(200).lines]))
        await pilot.pause()
        assert key_at_row(app, 0) == "session:s100"
        assert app.tree.cursor == 1


async def test_when_the_line_is_gone_the_next_one_has_the_cursor_at_the_same_row() -> None:
    app = TreeApp(many(200).lines)
    async with app.run_test() as pilot:
        await pilot.press("pagedown", "j", "j")
        row, gone = app.tree.cursor - app.tree.scroll_offset.y, app.tree.cursor
        left = [line for place, line in enumerate(many(200).lines) if place != gone]
        app.tree.show(SpySource(left))
        await pilot.pause()
        assert key_at_row(app, row) == f"session:s{gone + 1}"
        assert app.tree.cursor - app.tree.scroll_offset.y == row


async def test_a_fresh_view_begins_at_the_top() -> None:
    app = TreeApp(many(200).lines)
    async with app.run_test() as pilot:
        await pilot.press("end")
        app.tree.show(many(100, first=50), keep_cursor=False)
        await pilot.pause()
        assert (app.tree.cursor, app.tree.scroll_offset.y) == (0, 0)


async def test_paging_keeps_the_cursor_on_its_row() -> None:
    app = TreeApp(many(200).lines)
    async with app.run_test() as pilot:
        await pilot.press("j", "j", "pagedown", "ctrl+d")
        assert (app.tree.cursor, app.tree.scroll_offset.y) == (16, 14)
        await pilot.press("ctrl+u", "pageup")
        assert (app.tree.cursor, app.tree.scroll_offset.y) == (2, 0)
        await pilot.press("G")
        assert (app.tree.cursor, app.tree.scroll_offset.y) == (199, 190)
        await pilot.press("g")
        assert (app.tree.cursor, app.tree.scroll_offset.y) == (0, 0)


async def test_a_hundred_thousand_lines_are_never_read_but_for_what_is_seen() -> None:
    app = TreeApp()
    async with app.run_test() as pilot:
        source = many()
        app.tree.show(source)
        await pilot.press("end", "up", "up", "home", "down", "pagedown")
        again = many()
        app.tree.show(again)
        await pilot.pause()
        assert source.asked <= 6 * 64
        assert again.asked <= 3 * 64


async def test_the_line_is_told_once_however_fast_the_cursor_moves() -> None:
    app = TreeApp(many(500).lines)
    async with app.run_test() as pilot:
        await pilot.pause()
        app.posted.clear()
        for _ in range(50):
            app.tree.action_move(1)
        await pilot.pause()
        assert [message.line.key for message in app.of(SessionTree.Highlighted)] == ["session:s50"]


async def test_a_refresh_that_leaves_the_line_alone_tells_nothing() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.pause()
        app.posted.clear()
        app.tree.show(SpySource(WORK))
        await pilot.pause()
        assert app.posted == []


async def test_states_are_drawn_without_another_source() -> None:
    app = TreeApp(WORK)
    async with app.run_test():
        app.tree.mark_states(frozenset({"b"}), frozenset({"c"}), "c")
        rows = app.rows()
        assert "● b" in rows[2]
        assert rows[4].startswith("▎○ c")


async def test_a_click_selects_and_another_opens() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.click(SessionTree, offset=(8, 4))
        assert app.tree.cursor == 4
        assert app.of(SessionTree.Opened) == []
        await pilot.click(SessionTree, offset=(8, 4))
        assert [message.session_id for message in app.of(SessionTree.Opened)] == ["c"]


async def test_a_double_click_opens_once_also_on_what_was_selected() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.double_click(SessionTree, offset=(8, 4))
        await pilot.click(SessionTree, offset=(8, 0))
        app.posted.clear()
        await pilot.double_click(SessionTree, offset=(8, 4))
        assert len(app.of(SessionTree.Opened)) == 1


async def test_a_click_on_the_triangle_folds() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.click(SessionTree, offset=(1, 3))
        assert app.of(SessionTree.FoldToggled)[0].key == "folder:rest"
        assert app.tree.cursor == 3


async def test_a_click_below_the_last_line_is_nobodys() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.click(SessionTree, offset=(5, 8))
        assert app.tree.cursor == 0


async def test_the_cursor_is_bright_only_where_the_focus_is() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        bright = next(iter(app.tree.render_line(0))).style
        app.set_focus(None)
        await pilot.pause()
        dim = next(iter(app.tree.render_line(0))).style
        plain = next(iter(app.tree.render_line(1))).style
        assert len({style and style.bgcolor for style in (bright, dim, plain)}) == 3


async def test_keys_of_the_tree_can_be_bound_anew() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        app.set_keymap({"tree.down": "f5"})
        await pilot.press("j", "f5")
        assert app.tree.cursor == 1


def test_every_key_has_an_id_of_the_tree() -> None:
    ids = [binding.id for binding in SessionTree.BINDINGS if not isinstance(binding, tuple)]
    assert len(ids) == len(set(ids)) == len(SessionTree.BINDINGS)
    assert all(name and name.startswith("tree.") for name in ids)

"""The list of results alone on a screen: cursor, view, what it asks for, the mouse."""

from __future__ import annotations

from typing import Any

from search_values import found, now, row
from textual.app import App, ComposeResult
from textual.message import Message

from tui_sessions.model.excerpts import Excerpt
from tui_sessions.tui.theme import variable_defaults
from tui_sessions.tui.widgets.result_lines import Known, Lines, group_of, key_of
from tui_sessions.tui.widgets.search_results import SearchResults


class ResultsApp(App[None]):
    """The list alone, and what it posted."""

    CSS = "SearchResults { width: 50; height: 8; }"

    def __init__(self) -> None:
        super().__init__()
        self.results = SearchResults(now)
        self.posted: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.results

    def keep(self, message: Message) -> None:
        self.posted.append(message)

    on_search_results_moved = keep
    on_search_results_wanted = keep
    on_search_results_folded = keep
    on_search_results_picked = keep

    def of(self, kind: type[Message]) -> list[Any]:
        return [message for message in self.posted if isinstance(message, kind)]

    def rows(self) -> list[str]:
        return [self.results.render_line(y).text.rstrip() for y in range(self.results.size.height)]

    @property
    def at(self) -> tuple[str, int | None]:
        hit = self.results.current
        return (hit.session_id, hit.turn)


def lines(*sessions: tuple[str, int]) -> Lines:
    return Lines([group_of(found(name, turns)) for name, turns in sessions])


MANY = lines(*((f"s{n:03}", 3) for n in range(200)))


async def test_only_what_is_in_view_is_asked_for_and_once() -> None:
    app = ResultsApp()
    async with app.run_test() as pilot:
        app.results.show(MANY, 1)
        await pilot.pause()
        wanted = app.of(SearchResults.Wanted)
        assert wanted[-1].session_ids == ("s000", "s001")
        assert len(wanted[-1].hits) == 6
        excerpts = {key_of(hit): Excerpt(text="x") for hit in wanted[-1].hits}
        known = {name: Known(row(name), Excerpt(text=name)) for name in wanted[-1].session_ids}
        app.results.learn(1, known, excerpts)
        count = len(app.of(SearchResults.Wanted))
        app.results.move(1)
        await pilot.pause()
        assert len(app.of(SearchResults.Wanted)) == count
        app.results.page(1)
        await pilot.pause()
        assert app.of(SearchResults.Wanted)[-1].session_ids == ("s002",)


async def test_what_was_known_stays_until_the_new_search_told_better() -> None:
    app = ResultsApp()
    async with app.run_test() as pilot:
        app.results.show(lines(("a", 1)), 1)
        key = key_of(app.results.current)
        app.results.learn(
            1, {"a": Known(row("a"), Excerpt(text="Title"))}, {key: Excerpt(text="old")}
        )
        app.results.show(lines(("a", 1), ("b", 1)), 2)
        await pilot.pause()
        assert "Title" in app.rows()[0]
        assert "old" in app.rows()[1]
        assert app.of(SearchResults.Wanted)[-1].session_ids == ("a", "b")
        app.results.learn(2, {}, {key: Excerpt(text="new")})
        assert "new" in app.rows()[1]


async def test_excerpts_are_asked_for_anew_where_they_get_another_width() -> None:
    app = ResultsApp()
    async with app.run_test() as pilot:
        app.results.show(lines(("a", 1)), 1)
        await pilot.pause()
        key = key_of(app.results.current)
        app.results.learn(1, {"a": Known(row("a"), Excerpt(text="a"))}, {key: Excerpt(text="wide")})
        app.results.styles.width = 30
        await pilot.pause()
        assert [key_of(hit) for hit in app.of(SearchResults.Wanted)[-1].hits] == [key]
        assert app.of(SearchResults.Wanted)[-1].session_ids == ()
        assert "wide" in app.rows()[1]


async def test_the_cursor_stays_on_its_hit_and_its_row_as_results_come() -> None:
    app = ResultsApp()
    async with app.run_test() as pilot:
        app.results.show(lines(("a", 3), ("b", 3), ("c", 3)), 1)
        app.results.move(5)
        assert app.at == ("b", 1)
        at_row = 6 - app.results.scroll_offset.y
        app.results.show(lines(("new", 3), ("x", 3), ("a", 3), ("b", 3), ("c", 3)), 1)
        await pilot.pause()
        assert app.at == ("b", 1)
        assert 14 - app.results.scroll_offset.y == at_row


async def test_a_cursor_that_nobody_moved_stays_on_the_best() -> None:
    app = ResultsApp()
    async with app.run_test() as pilot:
        app.results.show(lines(("a", 3)), 1)
        app.results.show(lines(("better", 3), ("a", 3)), 1)
        await pilot.pause()
        assert app.at == ("better", 0)
        assert app.results.scroll_offset.y == 0


async def test_a_hit_that_is_gone_leaves_the_cursor_on_the_best() -> None:
    app = ResultsApp()
    async with app.run_test():
        app.results.show(lines(("a", 3), ("b", 3)), 1)
        app.results.move(4)
        app.results.show(lines(("c", 3), ("d", 3)), 2)
        assert app.at == ("c", 0)


async def test_moving_steps_from_hit_to_hit_and_stops_at_both_ends() -> None:
    app = ResultsApp()
    async with app.run_test():
        app.results.show(lines(("a", 2), ("b", 1)), 1)
        seen = [app.at]
        for _ in range(4):
            app.results.move(1)
            seen.append(app.at)
        assert seen == [("a", 0), ("a", 1), ("b", 0), ("b", 0), ("b", 0)]
        app.results.edge(-1)
        assert app.at == ("a", 0)
        app.results.edge(1)
        assert app.at == ("b", 0)


async def test_going_up_brings_the_line_of_the_session_into_view() -> None:
    app = ResultsApp()
    async with app.run_test() as pilot:
        app.results.show(MANY, 1)
        app.results.move(30)
        await pilot.pause()
        while app.at != ("s005", 0):
            app.results.move(-1)
        assert app.results.scroll_offset.y <= 20


async def test_unfolding_shows_the_rest_and_keeps_the_cursor() -> None:
    app = ResultsApp()
    async with app.run_test() as pilot:
        app.results.show(lines(("a", 6), ("b", 2)), 1)
        app.results.move(1)
        assert app.results.fold() is True
        assert app.at == ("a", 1)
        app.results.move(4)
        assert app.at == ("a", 5)
        await pilot.pause()
        assert app.of(SearchResults.Folded)[-1].unfolded == {"a"}
        assert app.results.fold() is True
        assert app.at == ("a", 0)
        app.results.move(3)
        assert app.results.fold() is False


async def test_a_click_goes_to_a_hit_and_another_picks_it() -> None:
    app = ResultsApp()
    async with app.run_test() as pilot:
        app.results.show(lines(("a", 6), ("b", 2)), 1)
        await pilot.click(SearchResults, offset=(8, 2))
        await pilot.pause()
        assert app.at == ("a", 1)
        assert app.of(SearchResults.Picked) == []
        await pilot.click(SearchResults, offset=(8, 2))
        await pilot.pause()
        assert [message.hit.turn for message in app.of(SearchResults.Picked)] == [1]


async def test_a_click_on_a_session_unfolds_it() -> None:
    app = ResultsApp()
    async with app.run_test() as pilot:
        app.results.show(lines(("a", 6), ("b", 2)), 1)
        await pilot.click(SearchResults, offset=(8, 0))
        assert app.results.lines.count == 10


async def test_what_an_empty_list_says_is_wrapped_and_clean() -> None:
    app = ResultsApp()
    async with app.run_test():
        app.results.say_empty("Nothing found.", "·\x1b]52;c;aGk=\x07 " + "word " * 20)
        rows = app.rows()
        assert rows[1].strip() == "Nothing found."
        assert "\x1b" not in "".join(rows)
        assert len([text for text in rows if "word" in text]) > 1

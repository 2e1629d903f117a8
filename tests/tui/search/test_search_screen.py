"""Stories about searching as one types: what stays, what comes, what is said, which key does what."""

from __future__ import annotations

import threading

import pytest
from search_host import searching
from search_values import FakeLibrary, batch, hit

from tui_sessions.errors import StoreError
from tui_sessions.tui.widgets.conversation.widget import Conversation


def words(query) -> str:
    return " ".join(term.value for term in query.terms)


def one_by_word(query):
    """The hits in sessions that are named after the words."""
    yield batch([hit(f"{words(query)}-{n}", turn) for n in range(3) for turn in range(2)])


def nothing(query):
    yield batch([])


async def test_results_come_as_one_types_with_excerpts_and_a_count() -> None:
    async with searching(FakeLibrary(one_by_word)) as user:
        await user.type("oauth")
        await user.see("6 hits in 3 sessions", "About oauth-0", "prompt 1 of oauth-2")


async def test_the_word_that_is_typed_is_a_beginning_until_a_space_ends_it() -> None:
    library = FakeLibrary(one_by_word)
    async with searching(library) as user:
        await user.type("oauth")
        await user.until(lambda: library.asked and library.asked[-1].terms[0].is_prefix)
        assert library.asked[-1].terms[0].key == "text"
        await user.type(" ")
        await user.until(lambda: not library.asked[-1].terms[0].is_prefix)


async def test_what_was_found_stays_while_the_next_search_is_on_its_way() -> None:
    may_answer = threading.Event()

    def slow(query):
        if words(query) == "ab":
            may_answer.wait(20)
        yield batch([hit(words(query))])

    async with searching(FakeLibrary(slow)) as user:
        await user.type("a")
        await user.see("About a ")
        await user.type("b")
        await user.pilot.pause(0.1)
        assert "About a " in user.app.text()
        assert "1 hit in 1 session" in user.app.text()
        may_answer.set()
        await user.see("About ab")
        await user.see_no("About a ")


async def test_a_part_without_a_hit_does_not_clear_what_was_found_before() -> None:
    may_go_on = threading.Event()

    def slow(query):
        if words(query) == "ab":
            yield batch([], 1, 3)
            may_go_on.wait(20)
        yield batch([hit(words(query))], 3, 3)

    async with searching(FakeLibrary(slow)) as user:
        await user.type("a")
        await user.see("About a ")
        await user.type("b")
        await user.pilot.pause(0.1)
        assert "About a " in user.app.text()
        may_go_on.set()
        await user.see("About ab")


async def test_a_search_is_stopped_when_the_text_changes() -> None:
    is_asked = threading.Event()
    may_go_on = threading.Event()

    def endless(query):
        yield batch([hit(words(query))], 1, 1000)
        if words(query) == "a":
            is_asked.set()
            may_go_on.wait(20)
            for part in range(2, 1000):
                yield batch([hit(f"late-{part}")], part, 1000)

    library = FakeLibrary(endless)
    async with searching(library) as user:
        await user.type("a")
        await user.until(is_asked.is_set)
        await user.type("b")
        await user.see("About ab")
        may_go_on.set()
        await user.until(lambda: library.stopped)
        await user.pilot.pause(0.05)
        assert "late" not in user.app.text()


async def test_first_results_are_there_before_the_search_is_over_which_says_how_far_it_is() -> None:
    may_end = threading.Event()

    def slow(query):
        yield batch([hit("first")], 1, 64)
        may_end.wait(1)  # long enough to be told
        yield batch([hit("second")], 12, 64)
        may_end.wait(20)
        yield batch([hit("third")], 64, 64)

    async with searching(FakeLibrary(slow)) as user:
        await user.type("x")
        await user.see("About first")
        await user.see("2 hits in 2 sessions · searched 12 of 64 parts …")
        may_end.set()
        await user.see("3 hits in 3 sessions")
        await user.see_no("parts")


async def test_nothing_found_says_what_may_help() -> None:
    async with searching(FakeLibrary(nothing)) as user:
        await user.type('tag:python jwt "rate limit" ')
        await user.see("nothing found", "What may help", "jwt OR oauth", "Without tag:", "quotes")


async def test_an_index_that_is_not_complete_is_told_in_percent_and_asked_again(
    monkeypatch,
) -> None:
    monkeypatch.setattr("tui_sessions.tui.screens.search.AGAIN_S", 0.05)
    library = FakeLibrary(
        lambda query: iter([batch([hit("a")], is_partial=library.progress != (10, 10))])
    )
    library.progress = (34, 100)
    async with searching(library) as user:
        await user.type("x")
        await user.see("the index is not complete yet: 34 % of the sessions")
        library.progress = (10, 10)
        await user.see_no("not complete")


async def test_an_index_that_is_not_used_is_said_with_what_was_found() -> None:
    library = FakeLibrary(one_by_word)
    library.index_problem = "The index cannot be written: the disk is full."
    async with searching(library, (120, 24)) as user:
        await user.type("x")
        await user.see("6 hits in 3 sessions · The index cannot be written: the disk is full.")


async def test_a_search_that_fails_says_why_and_the_next_one_works() -> None:
    def broken(query):
        if words(query) == "a":
            raise StoreError("The disk refuses.")
        yield batch([hit(words(query))])

    async with searching(FakeLibrary(broken)) as user:
        await user.type("a")
        await user.see("The disk refuses.")
        await user.type("b")
        await user.see("About ab")
        await user.see_no("refuses")


async def test_a_search_that_breaks_off_leaves_nobody_waiting() -> None:
    def broken(query):
        yield batch([hit("a")], 1, 2)
        raise RuntimeError("not foreseen")

    async with searching(FakeLibrary(broken)) as user:
        await user.type("a")
        await user.see("The search broke off", "About a")


async def test_a_mistake_is_pointed_at_and_what_was_found_stays() -> None:
    async with searching(FakeLibrary(one_by_word), (100, 24)) as user:
        await user.type("oauth ")
        await user.see("About oauth-0")
        await user.type("modle:gpt")
        await user.see("Did you mean model:?")
        lines = user.app.text().splitlines()
        typed = next(line for line in lines if "modle:gpt" in line)
        pointed = lines[lines.index(typed) + 1]
        assert pointed.index("^") == typed.index("modle:")
        assert pointed.count("^") == len("modle:")
        assert "character" not in pointed
        assert "About oauth modle-0" in user.app.text()


async def test_tab_puts_in_what_was_meant() -> None:
    async with searching(FakeLibrary(one_by_word)) as user:
        await user.type("modle:gpt")
        await user.see("^^^")
        await user.press("tab")
        assert user.app.box.text == "model:gpt"
        await user.see_no("^^^")


async def test_tab_completes_word_after_word_and_then_shows_all_hits() -> None:
    library = FakeLibrary(lambda query: iter([batch([hit("a", turn) for turn in range(5)])]))
    async with searching(library) as user:
        user.app.owner.offers = {"tag:p": ("tag:python", "tag:perl")}
        await user.type("tag:p")
        await user.see("tag:python  tag:perl")
        await user.press("tab")
        assert user.app.box.text == "tag:python"
        await user.press("tab")
        assert user.app.box.text == "tag:perl"
        await user.press("down")
        await user.see("5 hits in 1 session")
        await user.press("tab")
        assert user.app.box.text == "tag:perl"
        await user.see("prompt 4 of a")


async def test_right_unfolds_at_the_end_of_the_line_and_moves_within_it() -> None:
    library = FakeLibrary(lambda query: iter([batch([hit("a", turn) for turn in range(5)])]))
    async with searching(library) as user:
        await user.type("xy")
        await user.see("prompt 2 of a")
        await user.press("left", "right", "z")
        assert user.app.box.text == "xyz"
        await user.press("right")
        await user.see("prompt 4 of a")


async def test_enter_goes_to_the_hit_under_the_cursor() -> None:
    async with searching(FakeLibrary(one_by_word)) as user:
        await user.type("x")
        await user.see("About x-0")
        await user.press("down", "down", "enter")
        await user.until(lambda: user.app.answers)
        assert (user.app.answers[0].session_id, user.app.answers[0].turn) == ("x-1", 0)


async def test_enter_before_anything_is_found_waits_for_what_was_typed() -> None:
    may_answer = threading.Event()

    def slow(query):
        if words(query) == "ab":
            may_answer.wait(20)
        yield batch([hit(words(query))])

    async with searching(FakeLibrary(slow)) as user:
        await user.type("a")
        await user.see("About a ")
        await user.press("b", "enter")
        assert user.app.answers == []
        may_answer.set()
        await user.until(lambda: user.app.answers)
        assert user.app.answers[0].session_id == "ab"


async def test_leaving_and_coming_back_finds_everything_as_it_was() -> None:
    async with searching(FakeLibrary(one_by_word)) as user:
        await user.type("oauth")
        await user.see("About oauth-0")
        await user.press("down", "down", "down")
        at = user.at
        await user.press("escape")
        assert user.app.answers == [None]
        user.app.open()
        await user.see("About oauth-0", "prompt 0 of oauth-0")
        assert user.app.box.text == "oauth"
        assert user.at == at
        await user.until(lambda: user.app.results.run == user.app.owner.work.run)
        assert user.at == at
        await user.type("new")
        assert user.app.box.text == "new"


async def test_letters_typed_before_the_screen_is_there_are_not_lost() -> None:
    async with searching(FakeLibrary(one_by_word)) as user:
        await user.press("escape")
        user.app.open()
        await user.pilot.press("a", "b", "c")
        await user.until(lambda: user.app.box.text == "abc")
        await user.see("About abc-0")


async def test_words_given_with_the_command_are_looked_for_at_once() -> None:
    async with searching(FakeLibrary(one_by_word)) as user:
        await user.type("former")
        await user.press("escape")
        user.app.open("given")
        await user.see("About given-0")
        assert user.app.box.text == "given"


async def test_an_empty_line_proposes_and_enter_takes_the_proposal() -> None:
    async with searching(FakeLibrary(one_by_word)) as user:
        await user.see("how to ask", "tag:python", "by tag")
        await user.press("enter")
        assert user.app.box.text == "tag:python"
        await user.see("About python-0")
        await user.press("ctrl+u")
        await user.see("how to ask")
        await user.see_no("About python-0")


async def test_keys_for_keeping_exporting_and_help_work_while_one_types() -> None:
    async with searching(FakeLibrary(one_by_word)) as user:
        await user.type("oauth")
        await user.see("About oauth-0")
        await user.press("ctrl+s", "ctrl+e", "f1")
        owner = user.app.owner
        assert owner.saved == ["oauth"]
        assert owner.helped == 1
        assert owner.exported[0].lines.groups[0].session_id == "oauth-0"


async def test_beside_the_results_the_hit_stands_in_its_place() -> None:
    def answers(query):
        yield batch([hit("a", 2), hit("a", 0, score=0.5)])

    async with searching(FakeLibrary(answers), (160, 30)) as user:
        await user.type("needle")
        await user.see("Prompt 2 with a needle")
        preview = user.app.screen.query_one(Conversation)
        assert not preview.can_focus
        await user.press("down")
        await user.see("Prompt 0 with a needle")
        await user.see_no("Prompt 2 with a needle")


async def test_the_preview_marks_what_is_typed_by_now() -> None:
    async with searching(
        FakeLibrary(lambda query: iter([batch([hit("a", 1)])])), (160, 30)
    ) as user:
        preview = user.app.screen.query_one(Conversation)

        def marked() -> set[str]:
            rows = (preview.render_line(y) for y in range(preview.size.height))
            ground = preview.get_component_rich_style("conversation--match-current").bgcolor
            return {part.text for row in rows for part in row if part.style.bgcolor == ground}

        await user.type("ne")
        await user.until(lambda: marked() == {"ne"})
        await user.type("edle")
        await user.until(lambda: marked() == {"needle"})


async def test_a_narrow_screen_has_no_preview() -> None:
    async with searching(FakeLibrary(one_by_word), (80, 24)) as user:
        await user.type("needle")
        await user.see("About needle-0")
        assert not user.app.screen.query_one("#search_preview").display


async def test_a_session_that_is_gone_says_so_in_its_line() -> None:
    async with searching(FakeLibrary(one_by_word), (120, 24)) as user:
        await user.type("gone")
        await user.see("it is not there any more", "There is no session gone-0")


@pytest.mark.parametrize("size", [(20, 6), (40, 10), (80, 24), (240, 60)])
async def test_every_size_can_be_searched_in(size) -> None:
    async with searching(FakeLibrary(one_by_word), size) as user:
        await user.type("oauth")
        await user.until(lambda: user.at is not None)
        await user.press("down", "right", "pagedown", "pageup", "ctrl+end", "ctrl+home", "up")
        assert user.at == ("oauth-0", 0)
        await user.press("enter")
        await user.until(lambda: user.app.answers)


async def test_pages_and_edges_move_while_one_types() -> None:
    def many(query):
        yield batch([hit(f"s{n:03}", turn) for n in range(100) for turn in range(2)])

    async with searching(FakeLibrary(many)) as user:
        await user.type("x")
        await user.until(lambda: user.at is not None)
        await user.press("ctrl+end")
        assert user.at == ("s099", 1)
        await user.press("ctrl+home", "pagedown", "pageup", "pageup")
        assert user.at == ("s000", 0)
        await user.type("y")
        assert user.app.box.text == "xy"


async def test_only_the_excerpts_in_view_are_read() -> None:
    def many(query):
        yield batch([hit(f"s{n:04}", turn) for n in range(1000) for turn in range(2)])

    library = FakeLibrary(many)
    async with searching(library) as user:
        await user.type("x")
        await user.see("prompt 0 of s0000")
        await user.pilot.pause(0.05)
        assert len(library.excerpts_asked) < 60

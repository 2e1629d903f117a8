"""Stories in the whole program: find an old session, land on the message, walk on to the next."""

from __future__ import annotations

import json

import pytest

from tui_sessions.tui.screens.search import SearchScreen
from tui_sessions.tui.widgets.result_lines import Role
from tui_sessions.tui.widgets.search_results import SearchResults

LONG = "\n\n".join(f"Paragraph {number} about nothing." for number in range(40))


def said(turn_id: str, prompt: str, answer: str) -> dict:
    return {
        "id": turn_id,
        "messages": [
            {"role": "user", "content": prompt},
            {"role": "assistant", "content": answer, "model": "demo/demo"},
        ],
        "finish": "stop",
    }


@pytest.fixture
def old_sessions(tmp_path):
    """Three sessions that say zebra, one with a branch; and one that does not."""
    parent = {
        "id": "parent000001",
        "title": "Animals of the plain",
        "updated_at": "2024-02-03T09:00:00+00:00",
        "turns": [
            said("p1", "Hello", LONG),
            said("p2", "And which has stripes?", f"The zebra has them.\n\n{LONG}"),
            said("p3", "Thanks", LONG),
        ],
    }
    branch = {
        "id": "branch000001",
        "title": "Only horses",
        "parent": {"id": "parent000001", "turn": 1},
        "updated_at": "2024-02-02T09:00:00+00:00",
        "turns": [
            {**said("p1", "Hello", LONG), "inherited": True},
            said("b2", "Is a zebra a horse?", f"Nearly.\n\n{LONG}"),
        ],
    }
    other = {
        "id": "other0000001",
        "title": "Crossings",
        "updated_at": "2024-02-01T09:00:00+00:00",
        "turns": [said("o1", "What is a zebra crossing?", f"Stripes on a road.\n\n{LONG}")],
    }
    none = {
        "id": "none00000001",
        "title": "Cats",
        "updated_at": "2024-02-04T09:00:00+00:00",
        "turns": [said("n1", "A name for the cat", "Minka")],
    }
    folder = tmp_path / "library"
    folder.mkdir()
    for session in (parent, branch, other, none):
        (folder / f"{session['id']}.json").write_text(json.dumps(session))
    return folder


async def search(user, text: str, *, hits: str) -> None:
    user.library.index_texts()
    await user.press("ctrl+f")
    await user.type(text)
    await user.see(hits)


async def go_to(user, title: str) -> None:
    """Put the cursor on the first hit of a session."""
    results = user.screen.query_one(SearchResults)
    await user.see(title)
    for _ in range(20):
        hit = results.current
        if hit is not None and user.library.row(hit.session_id).title == title:
            return
        await user.press("down")
    raise AssertionError(f"{title} cannot be gone to\n{user.text()}")


async def test_an_old_message_is_found_and_landed_on(workspace, old_sessions):
    async with workspace() as user:
        await search(user, "stripes", hits="2 hits in 2 sessions")
        await go_to(user, "Animals of the plain")
        await user.press("enter")
        await user.see("And which has stripes?", "The zebra has them.")
        stage = user.stage
        assert stage.workspace.session.id == "parent000001"
        assert stage.conversation.has_focus
        assert stage.conversation.current_turn_id == "p2"
        await user.see("of 2 · n next")


async def test_a_hit_is_marked_where_it_stands(workspace, old_sessions):
    async with workspace() as user:
        await search(user, "zebra has", hits="1 hit in 1 session")
        await user.press("enter")
        await user.see("The zebra has them.")
        conversation = user.stage.conversation
        rows = [
            [segment.text for segment in conversation.render_line(y) if segment.style.bgcolor]
            for y in range(conversation.size.height)
        ]
        marked = [text for row in rows if any("zebra" in text for text in row) for text in row]
        assert "zebra" in marked


async def test_a_hit_in_a_branch_opens_the_branch(workspace, old_sessions):
    async with workspace() as user:
        await search(user, "horse", hits="hit")
        await go_to(user, "Only horses")
        await user.press("enter")
        await user.until(lambda: user.stage.workspace.session.id == "branch000001")


async def test_walking_on_goes_through_all_sessions_and_back(workspace, old_sessions):
    async with workspace() as user:
        await search(user, "zebra", hits="3 hits in 3 sessions")
        await user.press("ctrl+home", "enter")
        await user.see("1 of 3")
        order = [
            group.session_id
            for group in user.app.screen_stack[0].desk.searching.work.report.lines.groups
        ]
        assert user.stage.workspace.session.id == order[0]
        for number in (1, 2):
            await user.press("n")
            await user.until(lambda number=number: user.stage.workspace.session.id == order[number])
            await user.see(f"{number + 1} of 3")
        await user.press("n")
        await user.see("That was the last hit")
        assert user.stage.workspace.session.id == order[2]
        for number in (1, 0):
            await user.press("N")
            await user.until(lambda number=number: user.stage.workspace.session.id == order[number])
            await user.see(f"{number + 1} of 3")
        await user.press("N")
        await user.see("That was the first hit")


async def test_every_hit_has_its_number_and_back_means_the_last_mark(workspace, old_sessions):
    turns = [said("q1", "okapi", LONG), said("q2", "Again", f"okapi\n\n{LONG}\n\nokapi at the end")]
    first = {"id": "okapi0000001", "title": "Okapi", "turns": turns}
    second = {"id": "okapi0000002", "title": "Night", "turns": [said("r1", "okapi", LONG)]}
    for session in (first, second):
        (old_sessions / f"{session['id']}.json").write_text(json.dumps(session))
    async with workspace() as user:
        user.library.refresh()
        await search(user, "okapi", hits="4 hits in 2 sessions")
        await go_to(user, "Okapi")
        while user.screen.query_one(SearchResults).current.turn != 0:
            await user.press("down")
        await user.press("enter")
        conversation = user.stage.conversation
        await user.until(lambda: conversation.current_turn_id == "q1")
        await user.press("n")
        assert conversation.current_turn_id == "q2"
        seen = user.text()
        number = int(seen[: seen.index(" of 4 ·")].split()[-1])
        await user.press("N")
        await user.see(f"{number - 1} of 4 ·")
        await user.press("n", "n")
        await user.see("okapi at the end")
        await user.press("n")
        await user.until(lambda: user.stage.workspace.session.id == "okapi0000002")
        await user.press("N")
        await user.until(lambda: user.stage.workspace.session.id == "okapi0000001")
        await user.see("okapi at the end", f"{number} of 4 ·")


async def test_search_comes_back_as_it_was_left_after_landing(workspace, old_sessions):
    async with workspace() as user:
        await search(user, "zebra", hits="3 hits in 3 sessions")
        await user.press("down")
        at = user.screen.query_one(SearchResults).current
        await user.press("enter")
        await user.until(lambda: not isinstance(user.screen, SearchScreen))
        await user.press("ctrl+f")
        await user.see("3 hits in 3 sessions")
        assert user.screen.query_one(SearchResults).current == at
        await user.press("escape")
        await user.until(lambda: not isinstance(user.screen, SearchScreen))


async def test_a_title_that_was_found_opens_its_session(workspace, old_sessions):
    async with workspace() as user:
        await search(user, "crossings", hits="1 hit in 1 session")
        await user.press("enter")
        await user.until(lambda: user.stage.workspace.session.id == "other0000001")
        assert user.stage.conversation.has_focus


async def test_escape_after_landing_takes_the_marks_away(workspace, old_sessions):
    async with workspace() as user:
        await search(user, "zebra", hits="3 hits in 3 sessions")
        await user.press("enter")
        await user.see("of 3 ·")
        await user.press("escape")
        await user.see_no("of 3 ·")
        await user.press("n")
        assert user.stage.conversation.query_found == ""


async def test_search_by_command_looks_for_the_words(workspace, old_sessions):
    async with workspace() as user:
        user.library.index_texts()
        await user.command(":search zebra crossing")
        await user.see("1 hit in 1 session", "What is a zebra crossing?")


async def test_a_search_is_kept_as_a_smart_folder(workspace, old_sessions):
    async with workspace() as user:
        await search(user, "zebra", hits="3 hits in 3 sessions")
        await user.press("ctrl+s")
        await user.see("Keep the search")
        await user.type("Stripes")
        await user.press("enter")
        await user.until(lambda: user.library.searches.all())
        (kept,) = user.library.searches.all()
        assert (kept.name, kept.query) == ("Stripes", "zebra")
        assert isinstance(user.screen, SearchScreen)


async def test_what_was_found_is_exported_together(workspace, old_sessions, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with workspace() as user:
        await search(user, "zebra", hits="3 hits in 3 sessions")
        await user.press("ctrl+e")
        await user.see("Export 3 sessions")
        await user.press("enter")
        await user.until(lambda: list(tmp_path.glob("3 sessions*")), "the file")


async def test_recent_searches_are_proposed_again(workspace, old_sessions):
    async with workspace() as user:
        await search(user, "zebra", hits="3 hits in 3 sessions")
        await user.press("enter")
        await user.until(lambda: not isinstance(user.screen, SearchScreen))
        await user.press("ctrl+f", "ctrl+u")
        await user.see("recent", "how to ask")
        await user.press("enter")
        await user.see("3 hits in 3 sessions")


async def test_a_message_that_went_away_is_said(workspace, old_sessions):
    async with workspace() as user:
        await search(user, "crossing", hits="hit")
        await user.see("What is a zebra crossing?")
        path = old_sessions / "other0000001.json"
        session = json.loads(path.read_text())
        path.write_text(json.dumps({**session, "turns": []}))
        await go_to(user, "Crossings")
        results = user.screen.query_one(SearchResults)
        while results.current.turn is None:
            await user.press("down")
        await user.press("enter")
        await user.see("not there any more")


@pytest.mark.parametrize("size", [(60, 20), (120, 36)])
async def test_landing_in_a_narrow_window_shows_the_conversation(workspace, old_sessions, size):
    async with workspace(size) as user:
        await user.press("f6")
        await search(user, "zebra has", hits="1 hit in 1 session")
        await user.press("enter")
        await user.see("The zebra has them.")
        assert user.stage.conversation.has_focus


async def test_nothing_from_a_file_is_markup_or_moves_the_terminal(workspace, old_sessions):
    evil = "[@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \u202e needle"
    session = {
        "id": "evil00000001",
        "title": f"[b]{evil}",
        "meta": {"tags": [f"[b]{evil}"]},
        "turns": [said("e1", evil, evil)],
    }
    (old_sessions / "evil.json").write_text(json.dumps(session))
    async with workspace() as user:
        await search(user, "needle", hits="hit")
        await user.see("[@click=app.quit]x[/]")
        assert not set(user.text()) & set("\x1b\x07\u202e")
        results = user.screen.query_one(SearchResults)
        assert results.get_component_styles(f"search-results--{Role.MARK.value}")


async def test_a_rare_word_at_the_end_of_a_long_prompt_is_shown_and_landed_on(
    workspace, tmp_path
) -> None:
    prompt = "Here is the log of the build, once again. " * 200 + "\n\nAnd at the end the heron."
    session = {"id": "long00000001", "title": "A log", "turns": [said("l1", prompt, "Yes.")]}
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "log.json").write_text(json.dumps(session))
    async with workspace(size=(160, 48)) as user:
        await search(user, "build heron", hits="1 hit")
        # In the list, cut to the width that is left beside the preview; and in the preview.
        await user.until(lambda: user.text().count("the end the heron") == 2, "excerpt and preview")
        await user.press("enter")
        await user.see("esc end", "And at the end the heron.")


async def test_enter_on_a_title_goes_to_the_best_message_of_its_session(workspace, tmp_path):
    turns = [said(f"t{n}", f"question {n}", "An answer. " * 60) for n in range(8)]
    turns[2] = said("t2", "what about the ibis?", "It wades. " * 60)
    session = {"id": "ibis00000001", "title": "The ibis and others", "turns": turns}
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "ibis.json").write_text(json.dumps(session))
    async with workspace() as user:
        await search(user, "ibis", hits="hit")
        await user.press("enter")
        await user.see("what about the ibis?")
        assert user.stage.conversation.current_turn_id == "t2"

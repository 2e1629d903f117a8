"""What a person does on the first day, key by key."""

from __future__ import annotations

import json


async def test_a_prompt_makes_the_file_and_the_answer_stands_in_it(workspace):
    async with workspace() as user:
        await user.see("New session", "not saved yet")
        assert user.files() == []
        await user.ask("Tell me about kites")
        await user.answered()
        await user.press("f7", "g")
        await user.see("Tell me about kites", "demonstration")
        (session,) = user.files()
        assert session["turns"][0]["messages"][0]["content"] == "Tell me about kites"
        assert session["turns"][0]["finish"] == "stop"
        assert session["turns"][0]["cost_estimate"] == 0
        await user.see("session_20")


async def test_the_next_session_is_one_key_away_and_the_first_is_in_the_tree(workspace):
    async with workspace() as user:
        await user.ask("First subject")
        await user.answered()
        await user.press("ctrl+n")
        await user.see("New session")
        await user.ask("Second subject")
        await user.answered()
        await user.press("f6")
        await user.see("First subject", "Second subject")
        await user.press("g", "down", "enter")
        await user.until(lambda: user.stage.workspace.session.shown_title == "First subject")


async def test_up_brings_back_what_was_just_sent(workspace):
    async with workspace() as user:
        await user.ask("Once more please")
        await user.answered()
        await user.press("up")
        assert user.stage.prompt.text == "Once more please"
    async with workspace() as user:
        await user.press("up")
        assert user.stage.prompt.text == "Once more please"


async def test_a_prompt_that_cannot_be_sent_stays(workspace):
    async with workspace(**{"chat.model": "nobody/m"}) as user:
        await user.ask("Do not lose me")
        await user.see("nobody")
        assert user.stage.prompt.text == "Do not lose me"


async def test_a_missing_key_is_said_in_place_and_the_prompt_is_kept(workspace):
    async with workspace(**{"chat.model": "openai/gpt-4o-mini"}) as user:
        await user.ask("Hello")
        await user.answered()
        await user.see("OPENAI_API_KEY")
        assert user.files()[0]["turns"][0]["messages"][0]["content"] == "Hello"
        assert user.files()[0]["turns"][0]["finish"] == "error"


async def test_branching_at_ones_own_message_puts_it_back_into_the_prompt(workspace):
    async with workspace() as user:
        await user.ask("First words")
        await user.answered()
        await user.press("f7", "g", "K", "b")
        await user.until(lambda: user.stage.prompt.text == "First words", "the text in the prompt")
        branch = next(session for session in user.files() if "parent" in session)
        assert branch["parent"]["turn"] == 0


async def test_a_pinned_session_has_a_star(workspace):
    async with workspace() as user:
        await user.ask("Keep me at hand")
        await user.answered()
        await user.command(":pin")
        await user.see("★")
        assert user.files()[0]["meta"]["pinned"] is True
        await user.command(":pin")
        await user.see_no("★")


async def test_a_model_that_nobody_answers_for_keeps_the_dialog_open(workspace):
    async with workspace() as user:
        await user.press("ctrl+l")
        await user.type("nonsense")
        await user.press("enter")
        await user.see("nonsense", "provider/name")
        assert type(user.screen).__name__ == "ModelsDialog"


async def test_the_palette_names_the_keys(workspace):
    async with workspace() as user:
        await user.press("ctrl+p")
        await user.type("branch")
        await user.see(":branch", "^b")


async def test_tagging_takes_one_key_and_is_undone_by_another(workspace):
    async with workspace() as user:
        await user.ask("Tag me")
        await user.answered()
        await user.press("ctrl+t")
        await user.type("python")
        await user.press("enter")
        await user.until(
            lambda: user.files()[0].get("meta", {}).get("tags") == ["python"], "the tag in the file"
        )
        await user.command(":undo")
        await user.until(lambda: not user.files()[0].get("meta", {}).get("tags"), "no tag")


async def test_branching_shares_the_turns_and_opens_the_branch(workspace):
    async with workspace() as user:
        await user.ask("Root question")
        await user.answered()
        await user.press("ctrl+b")
        await user.see("branch 1")
        await user.press("enter")
        await user.until(lambda: len(user.files()) == 2, "two files")
        parent = next(session for session in user.files() if "parent" not in session)
        branch = next(session for session in user.files() if "parent" in session)
        assert branch["parent"] == {"id": parent["id"], "turn": 1}
        assert branch["turns"][0]["inherited"] is True
        assert user.stage.workspace.session.id == branch["id"]
        await user.see("⑂")


async def test_editing_a_prompt_goes_to_a_branch_from_before_it(workspace):
    async with workspace() as user:
        await user.ask("Original words")
        await user.answered()
        await user.press("f7", "e")
        await user.until(
            lambda: user.stage.prompt.text == "Original words", "the text in the prompt"
        )
        assert len(user.files()) == 2
        await user.press("enter")
        await user.answered()
        titles = sorted(len(session["turns"]) for session in user.files())
        assert titles == [1, 1]


async def test_deleting_goes_to_the_trash_and_u_brings_back(workspace):
    async with workspace() as user:
        await user.ask("Short lived")
        await user.answered()
        await user.press("f6", "delete")
        await user.see("trash")
        await user.press("enter")
        await user.until(lambda: user.files() == [], "no file")
        await user.press("f6") if not user.stage.sessions.has_focus else None
        await user.press("u")
        await user.until(lambda: len(user.files()) == 1, "the file again")
        await user.see("Short lived")


async def test_exporting_writes_a_file_and_one_key_does_it_again(workspace, tmp_path):
    async with workspace(**{"export.dir": str(tmp_path / "out")}) as user:
        await user.ask("Export me")
        await user.answered()
        await user.press("ctrl+e")
        await user.see("Markdown")
        await user.press("enter")
        await user.until(lambda: len(list((tmp_path / "out").glob("*"))) == 1, "the export")
        await user.press("f4")
        await user.until(lambda: len(list((tmp_path / "out").glob("*"))) == 2, "another export")
        assert all("Export me" in path.read_text() for path in (tmp_path / "out").glob("*.md"))
        await user.until(lambda: user.app.clipboard.endswith(".md"), "the path on the clipboard")


async def test_save_gives_the_file_a_name_and_never_takes_another_ones(workspace):
    async with workspace() as user:
        await user.ask("One")
        await user.answered()
        await user.command(":save kept")
        await user.until(lambda: (user.library.root / "kept.json").exists(), "kept.json")
        await user.press("ctrl+n")
        await user.ask("Two")
        await user.answered()
        await user.command(":save kept")
        await user.see("kept")
        assert (
            json.loads((user.library.root / "kept.json").read_text())["turns"][0]["messages"][0][
                "content"
            ]
            == "One"
        )
        assert len(user.files()) == 2


async def test_quitting_in_mid_answer_saves_what_came(workspace, tmp_path):
    async with workspace(**{"providers.demo.words_per_s": "50"}) as user:
        await user.ask("A long story")
        await user.until(lambda: user.so_far(), "text")
        await user.press("ctrl+q")
    (path,) = (tmp_path / "library").glob("*.json")
    turn = json.loads(path.read_text())["turns"][0]
    assert turn["finish"] == "interrupted"
    assert turn["messages"][1]["content"]


async def test_escape_stops_keeps_the_text_and_continue_goes_on(workspace):
    async with workspace(**{"providers.demo.words_per_s": "100"}) as user:
        await user.ask("Stop me")
        await user.until(lambda: user.so_far(), "text")
        await user.press("escape")
        await user.answered()
        await user.see("stopped")
        cut = user.files()[0]["turns"][0]
        assert cut["finish"] == "cancelled"
        await user.press("f7", "R")
        await user.answered()
        whole = user.files()[0]["turns"][0]
        assert whole["finish"] == "stop"
        assert whole["messages"][1]["content"].startswith(cut["messages"][1]["content"])


async def test_switching_away_and_back_shows_all_of_a_running_answer_once(workspace):
    async with workspace((150, 120), **{"providers.demo.words_per_s": "100"}) as user:
        await user.ask("Watch me")
        first = user.stage.workspace.session.id
        await user.until(lambda: user.so_far(first), "text")
        await user.press("ctrl+n")
        await user.see("New session", "●")
        user.stage.open_session(first)
        assert user.so_far(first)
        await user.see("Talking to a real model")
        await user.answered()
        saved = user.files()[0]["turns"][0]["messages"][1]["content"]
        assert saved.count("Talking to a real model") == 1
        assert user.text().count("Talking to a real model") == 1
        assert user.text().count("built-in demonstration") == saved.count("built-in demonstration")


async def test_an_answer_in_another_session_is_marked_unread_until_it_is_opened(workspace):
    async with workspace(**{"providers.demo.words_per_s": "100"}) as user:
        await user.ask("Background")
        first = user.stage.workspace.session.id
        await user.until(lambda: user.so_far(first), "text")
        await user.press("ctrl+n")
        assert user.so_far(first)
        await user.answered()
        await user.see("○")
        user.stage.open_session(first)
        await user.see_no("○")


async def test_another_answer_is_kept_beside_the_first(workspace):
    async with workspace() as user:
        await user.ask("Twice")
        await user.answered()
        await user.press("f7", "r")
        await user.answered()
        await user.until(lambda: len(user.files()[0]["turns"][0].get("alternatives", [])) == 1)
        await user.press("g")
        await user.see("2/2")
        await user.press("left_square_bracket")
        await user.see("1/2")


async def test_a_file_written_by_another_program_appears(workspace):
    async with workspace() as user:
        await user.see("New session")
        file = {"turns": [{"messages": [{"role": "user", "content": "From outside"}]}]}
        user.library.root.mkdir(exist_ok=True)
        (user.library.root / "outside.json").write_text(json.dumps(file))
        user.app.screen.desk.watching.look()
        await user.see("From outside")


async def test_filtering_shows_what_matches_as_it_is_typed(workspace):
    async with workspace() as user:
        for prompt in ("About apples", "About pears"):
            await user.press("ctrl+n")
            await user.ask(prompt)
            await user.answered()
        await user.press("f6", "slash")
        await user.type("pears")
        await user.until(lambda: user.stage.workspace.tree().total == 1)
        await user.see("About pears")
        await user.press("enter", "enter")
        await user.until(lambda: user.stage.workspace.session.shown_title == "About pears")


async def test_context_and_clear_commands(workspace):
    async with workspace() as user:
        for prompt in ("one", "two", "three"):
            await user.ask(prompt)
            await user.answered()
        await user.command(":context 1")
        await user.see("1 of 3 earlier pairs")
        await user.command(":clear --keep-last 1")
        await user.until(lambda: len(user.files()[0]["turns"]) == 1, "one turn")
        await user.command(":undo")
        await user.until(lambda: len(user.files()[0]["turns"]) == 3, "three turns")


async def test_an_unknown_command_names_the_nearest_and_stays(workspace):
    async with workspace() as user:
        await user.command(":exprt")
        await user.see(":export")
        assert user.stage.prompt.text == ":exprt"


async def test_help_names_the_keys_of_the_focused_pane(workspace):
    async with workspace() as user:
        await user.press("f1")
        await user.see("Prompt", "shift+enter")
        await user.press("escape", "f6", "f1")
        await user.see("Folders, sessions, and branches")


async def test_a_prompt_is_kept_and_used_again(workspace):
    async with workspace() as user:
        await user.ask("Review this code:")
        await user.answered()
        await user.command(":prompt-keep review")
        await user.see("Kept in")
        await user.press("ctrl+n")
        await user.command(":prompt")
        await user.see("Kept prompts", "review")
        await user.press("enter")
        await user.until(lambda: user.stage.prompt.text == "Review this code:", "the prompt")

"""Single messages on the real screen: bookmarks, the outline, edited and deleted messages, another model."""

from __future__ import annotations


async def asked(user, *prompts):
    for number, prompt in enumerate(prompts, 1):
        await user.ask(prompt)
        await user.until(
            lambda number=number: sum(t.finish == "stop" for t in turns(user)) == number, prompt
        )


def turns(user):
    return user.stage.workspace.session.turns


async def test_a_bookmark_is_put_on_a_message_and_gone_to_again(workspace):
    async with workspace((120, 30)) as user:
        await asked(user, "first words", "second words", "third words")
        await user.press("f7", "g", "m")
        assert turns(user)[0].messages[0].extra == {"bookmarked": True}
        await user.press("G", "apostrophe")
        conversation = user.stage.conversation
        assert (conversation.current_turn_id, conversation.current_number) == (turns(user)[0].id, 0)
        await user.press("m")
        assert turns(user)[0].messages[0].extra == {}
        await user.press("apostrophe")
        await user.see("There is no bookmark in this session.")


async def test_the_outline_goes_to_a_prompt_by_a_part_of_its_words(workspace):
    async with workspace((120, 30)) as user:
        await asked(user, "alpha question", "beta question", "gamma question")
        await user.press("f7", "o")
        await user.see("Outline", "alpha question", "gamma question", "3 prompts and bookmarks")
        await user.type("beta")
        await user.press("enter")
        assert user.stage.conversation.current_turn_id == turns(user)[1].id
        assert user.stage.conversation.has_focus


async def test_an_answer_is_edited_in_its_place_and_undone(workspace):
    async with workspace((120, 30)) as user:
        await asked(user, "a question")
        before = turns(user)[0].answer
        await user.press("f7", "E")
        await user.see("Edit the answer")
        await user.type("New ")
        await user.press("ctrl+s")
        assert turns(user)[0].answer.text == f"New {before.text}"
        assert "edited_at" in turns(user)[0].answer.extra
        await user.press("u")
        assert turns(user)[0].answer == before


async def test_an_edited_text_is_not_thrown_away_by_one_key(workspace):
    async with workspace((120, 30)) as user:
        await asked(user, "a question")
        await user.press("f7", "E")
        await user.type("New ")
        await user.press("escape")
        await user.see("Escape once more")
        await user.press("escape")
        assert "edited_at" not in turns(user)[0].answer.extra


async def test_an_edit_of_a_session_that_went_meanwhile_is_on_the_clipboard(workspace):
    async with workspace((120, 30)) as user:
        await asked(user, "a question")
        await user.press("f7", "E")
        await user.type("New ")
        user.library.delete(user.stage.workspace.session_id)
        user.stage.library_changed()
        await user.until(lambda: user.stage.workspace.is_draft, "a new session")
        await user.press("ctrl+s")
        assert user.app.clipboard.startswith("New ")


async def test_a_message_is_deleted_alone_and_comes_back(workspace):
    async with workspace((120, 30)) as user:
        await asked(user, "a question")
        whole = turns(user)[0]
        await user.press("f7", "x")
        assert [message.role for message in turns(user)[0].messages] == ["user"]
        await user.see("The message is deleted.")
        await user.press("u")
        assert turns(user)[0] == whole


async def test_another_model_is_asked_for_an_answer_to_the_same_prompt(workspace):
    async with workspace((120, 30)) as user:
        await asked(user, "a question")
        await user.press("f7", "A")
        await user.see("Model")
        await user.type("demo/fast")
        await user.press("enter")
        await user.until(lambda: len(turns(user)[0].alternatives) == 1 and turns(user)[0].finish)
        models = [turns(user)[0].answer.model, turns(user)[0].alternatives[0].message.model]
        assert models == ["demo/fast", "demo/demo"]


async def test_without_a_message_the_keys_say_so(workspace):
    async with workspace((120, 30)) as user:
        await user.press("f7", "m")
        await user.see("There is no message here yet.")

"""A prompt that is edited comes back with its files."""

from __future__ import annotations

PNG = b"\x89PNG\r\n\x1a\n"


async def test_editing_a_prompt_brings_its_words_and_its_files_back(workspace):
    async with workspace() as user:
        part = user.library.attachments.put(PNG, name="photo.png")
        user.stage.prompt.attachments = (part,)
        await user.ask("What is it?")
        await user.answered()
        session = user.stage.workspace.session
        user.screen.desk.talking.edit_prompt(session.turns[0].id)
        assert user.stage.workspace.session.id != session.id
        assert user.stage.prompt.text == "What is it?"
        assert user.stage.prompt.attachments == (part,)


async def test_a_prompt_that_looks_like_a_command_is_edited_as_a_prompt(workspace) -> None:
    async with workspace() as user:
        await user.ask("::help me")
        await user.until(lambda: [t.finish for t in user.stage.workspace.session.turns] == ["stop"])
        await user.press("f7", "e")
        await user.until(lambda: user.stage.prompt.text, "the prompt once more")
        assert user.stage.prompt.text == "::help me"

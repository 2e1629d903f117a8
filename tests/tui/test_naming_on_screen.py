"""Titles and tags by a model on the screen."""

from __future__ import annotations

ON = {"automatic.titles": "true", "automatic.tags": "true", "automatic.model": "demo/fast"}


async def test_the_first_answer_brings_title_and_tags_that_can_be_undone(workspace) -> None:
    async with workspace(**ON) as user:
        await user.ask("How do I bake sourdough bread?")
        await user.answered()
        await user.until(lambda: user.stage.workspace.session.title == "Bake sourdough bread")
        assert "sourdough" in user.stage.workspace.session.meta.tags
        await user.see("titles and tags")
        await user.command(":undo")
        await user.until(lambda: user.stage.workspace.session.title is None)


async def test_by_hand_the_sessions_own_model_is_asked_and_named(workspace) -> None:
    async with workspace() as user:
        await user.command(":title-auto")
        await user.see("Nothing was said in this session yet.")
        await user.ask("How do I bake sourdough bread?")
        await user.answered()
        assert user.stage.workspace.session.title is None
        await user.command(":title-auto")
        await user.see("automatic.model")
        await user.until(lambda: user.stage.workspace.session.title == "Bake sourdough bread")
        await user.command(":tags-auto")
        await user.until(lambda: "sourdough" in user.stage.workspace.session.meta.tags)
        kinds = [call["kind"] for call in user.files()[0]["housekeeping"]]
        assert kinds == ["title", "tags"]


async def test_a_title_is_given_by_the_name_that_fingers_know(workspace) -> None:
    async with workspace() as user:
        await user.ask("Hello")
        await user.answered()
        await user.command(":title My own")
        await user.until(lambda: user.stage.workspace.session.title == "My own")

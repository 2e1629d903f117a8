"""The conversation takes the colours of the theme that is chosen, not of the one before."""

from __future__ import annotations


async def test_another_theme_colours_code_at_once(workspace):
    async with workspace((120, 40)) as user:
        await user.ask("Show me code")
        await user.until(
            lambda: [turn.finish for turn in user.stage.workspace.session.turns] == ["stop"]
        )
        await user.until(lambda: "paper" in user.app.available_themes, "all themes")
        pane = user.stage.conversation
        for theme in ("ink", "paper", "night", "paper"):
            user.app.theme = theme
            await user.press("f7")
            wanted = pane.get_component_rich_style("conversation--surface")
            assert pane._painter.palette._base["surface"] == wanted, theme

"""Parameters of a session on the screen: by command, in the dialog, in the form, in the border."""

from __future__ import annotations

from tui_sessions.model.session import Params


def title(user) -> str:
    return str(user.stage.prompt.border_title)


async def test_a_command_sets_a_parameter_shows_it_and_takes_it_away(workspace) -> None:
    async with workspace() as user:
        await user.command(":param temperature 0.3")
        await user.command(":param effort high")
        params = user.stage.workspace.session.params
        assert params == Params(temperature=0.3, extra={"reasoning_effort": "high"})
        await user.until(lambda: "temperature 0.3 · effort high" in title(user))
        await user.see("effort high")
        await user.command(":param temperature")
        await user.until(lambda: "temperature" not in title(user))
        assert user.stage.workspace.session.params.temperature is None


async def test_a_wrong_value_is_told_and_changes_nothing(workspace) -> None:
    async with workspace() as user:
        await user.command(":param temperature 9")
        await user.see("The temperature is a number from 0 to 2.")
        user.screen.run_named("param", "model x/y")
        await user.see("model is no parameter")
        assert user.stage.workspace.session.params == Params()


async def test_what_is_set_is_sent_kept_in_the_file_and_undone(workspace) -> None:
    async with workspace() as user:
        await user.ask("Hello")
        await user.answered()
        await user.command(":param stop END")
        assert user.files()[0]["params"]["stop"] == "END"
        await user.command(":undo")
        await user.until(lambda: "stop" not in user.files()[0].get("params", {}))


async def test_the_dialog_changes_removes_and_takes_any_further_key(workspace) -> None:
    async with workspace((80, 24)) as user:
        await user.command(":params")
        await user.see("7 parameters", "as the provider", "all pairs")
        await user.press("enter")
        await user.type("0.5")
        await user.press("enter")
        await user.see("temperature         0.5")
        await user.type("top_k 40")
        await user.press("enter")
        await user.see("top_k               40", "8 parameters")
        await user.press("enter")
        await user.type("hot")
        await user.press("enter")
        await user.see("The temperature is a number from 0 to 2.")
        await user.press("escape", "delete")
        await user.see_no("0.5")
        await user.press("escape")
        assert user.stage.workspace.session.params == Params(extra={"top_k": 40})


async def test_the_form_says_what_has_no_field_and_opens_the_dialog(workspace) -> None:
    from tui_sessions.tui.widgets.params_line import ParamsLine

    async with workspace() as user:
        line = user.app.screen.query_one(ParamsLine)
        await user.command(":param effort low")
        await user.command(":param temperature 1")
        assert line.summary == "effort low"
        line.focus()
        await user.press("enter")
        await user.see("Parameters", "7 parameters")


async def test_names_and_words_for_the_effort_are_completed(workspace) -> None:
    async with workspace() as user:
        params = user.screen.desk.params
        assert "effort" in params.offers("e")
        assert "effort high" in params.offers("effort h")
        user.stage.prompt.focus()
        await user.type(":param eff")
        await user.see("effort")

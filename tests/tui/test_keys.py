"""Every key has an id that `[keys]` takes, and is named as it is bound now."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import tui_sessions.tui
from tui_sessions.tui.app import SessionsApp
from tui_sessions.tui.keys import binding_ids, clashes, unknown_ids


def _classes() -> set[type[DOMNode]]:
    found: set[type[DOMNode]] = set()
    for module in pkgutil.walk_packages(tui_sessions.tui.__path__, "tui_sessions.tui."):
        for _, value in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(value, DOMNode) and value.__module__.startswith("tui_sessions"):
                found.add(value)
    return found


def test_every_id_of_every_widget_and_dialog_can_be_bound_anew() -> None:
    ids = {
        binding.id
        for owner in _classes()
        for binding in Binding.make_bindings(owner.__dict__.get("BINDINGS", ()))
        if binding.id
    }
    assert len(ids) > 80
    assert unknown_ids(dict.fromkeys(ids, "f12"), SessionsApp) == []
    assert ids <= {*binding_ids((SessionsApp,)), *binding_ids()}


def test_the_keys_as_shipped_do_not_clash() -> None:
    assert clashes({}, SessionsApp) == []


def test_a_key_of_the_program_and_one_of_the_screen_clash() -> None:
    (sentence,) = clashes({"session.new": "ctrl+q"}, SessionsApp)
    assert "session.new" in sentence
    assert "app.quit" in sentence


async def test_hints_commands_and_the_key_line_name_keys_as_they_are_bound(workspace):
    own = {"keys.conversation.retry": "x", "keys.session.new": "f3", "keys.app.help": "f12"}
    async with workspace((220, 60), **own, **{"chat.model": "demo/fail"}) as user:
        await user.ask("Hi")
        await user.answered()
        await user.see("x to retry", "F3 new", "F12 help")
        await user.type(":new")
        await user.see("start a session · F3")
        await user.press("escape", "ctrl+u", "f12")
        await user.see("Help · Prompt", "start a session · F3")


async def test_a_key_of_a_dialog_can_be_bound_anew(workspace):
    async with workspace(**{"keys.models.favourite": "f3"}) as user:
        await user.press("ctrl+l")
        await user.see("F3 favourite")
        await user.until(lambda: user.screen.choices.current)
        await user.press("f3")
        await user.until(lambda: user.app.services.state.favourites)


async def test_help_goes_by_pane_and_lists_the_commands_where_they_can_be_typed(workspace):
    async with workspace((120, 240)) as user:
        await user.press("f1")
        await user.see("Help · Prompt", "Commands", ":export [format]")
        assert "PromptArea" not in user.text()
        assert "MainScreen" not in user.text()
        await user.press("escape", "f7", "f1")
        await user.see("Help · Conversation", "j", "ask for another answer")
        await user.press("pagedown", "pagedown", "pagedown", "pagedown")
        await user.see("Everywhere")
        assert "Commands" not in user.text()


@pytest.mark.parametrize("key", ["f3", "f10", "f12"])
async def test_a_key_that_is_not_bound_does_nothing(workspace, key):
    async with workspace() as user:
        await user.press(key)
        await user.type("still here")
        assert user.stage.prompt.text == "still here"


async def test_slash_in_the_conversation_finds_and_n_walks(workspace):
    async with workspace() as user:
        await user.ask("needle one")
        await user.answered()
        await user.press("f7", "slash")
        await user.type("needle")
        await user.press("enter")
        await user.see(" · n next  N former  esc end")
        assert user.stage.conversation.query_found == "needle"
        await user.press("slash", "delete", "enter")
        assert user.stage.conversation.query_found == ""


@pytest.mark.parametrize("pane", ["prompt", "details", "filter"])
async def test_letters_are_typed_where_something_is_typed(workspace, pane):
    async with workspace() as user:
        await user.ask("Hi")
        await user.answered()
        await user.command(":rename Kept")
        await user.until(lambda: user.files()[0].get("title") == "Kept")
        if pane == "details":
            await user.press("f8")
        elif pane == "filter":
            await user.press("f6", "slash")
        await user.press("u", "question_mark")
        assert type(user.app.screen).__name__ == "MainScreen"
        assert user.files()[0]["title"] == "Kept"

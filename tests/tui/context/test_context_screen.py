"""`:context`: what would be sent, message by message; and the question where it does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_sessions.config.paths import paths
from tui_sessions.errors import UsageError
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.tui.widgets.fields import CONTEXT_WINDOW

PAIRS = 12


def talk(turns: int = PAIRS, **more: object) -> Session:
    said = [
        Turn(
            id=f"t{number}",
            messages=(
                Message(role="user", content=f"question {number} " + "word " * 40),
                Message(role="assistant", content=f"answer {number} " + "word " * 40),
            ),
        )
        for number in range(1, turns + 1)
    ]
    return Session(id="talk", title="Talk", model="demo/demo", turns=tuple(said), **more)


@pytest.fixture
def small_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demonstration takes 1,000 tokens."""
    home = tmp_path / "home"
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name))
    monkeypatch.setenv("HOME", str(home))
    import os

    file = paths(dict(os.environ)).prices_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        '["demo/demo"]\ninput_per_mtok = 0\noutput_per_mtok = 0\ncontext_tokens = 1000\n'
    )


async def opened(user, session: Session) -> None:
    user.library.create(session)
    user.stage.open_session(session.id)
    await user.see("question 12" if len(session.turns) == PAIRS else "question")


async def test_it_shows_who_says_what_with_tokens_and_shares(workspace) -> None:
    async with workspace() as user:
        await opened(user, talk(system="Be brief."))
        await user.command(":context")
        await user.see(
            "What demo/demo would be sent", "of 32.0k tokens", "12 of 12 pairs", "12 answer", "≈ "
        )
        await user.press("g")
        await user.see("system", "Be brief.", "1 you")


async def test_the_window_is_changed_in_it_and_kept(workspace) -> None:
    async with workspace() as user:
        await opened(user, talk())
        await user.command(":context")
        await user.see("12 of 12 pairs")
        await user.press("minus", "minus")
        await user.see("10 of 12 pairs", "The window is the last 10 pairs.")
        await user.press("g")
        await user.see("(outside the window)")
        await user.press("plus", "escape")
        await user.see("Context window: 11 pairs.")
        assert user.library.load("talk").params.context_window == 11


async def test_enter_goes_to_the_message(workspace) -> None:
    async with workspace() as user:
        await opened(user, talk())
        await user.command(":context")
        await user.see("12 of 12 pairs")
        await user.press("g", "enter")
        await user.see_no("12 of 12 pairs")
        await user.until(lambda: user.stage.conversation.current_turn_id == "t1")


async def test_what_was_left_as_it_is_changes_nothing(workspace) -> None:
    async with workspace() as user:
        await opened(user, talk())
        await user.command(":context")
        await user.see("12 of 12 pairs")
        await user.press("escape")
        await user.see_no("12 of 12 pairs")
        assert user.library.load("talk").params.context_window is None


async def test_a_limit_in_tokens_leaves_out_the_oldest(workspace) -> None:
    async with workspace() as user:
        await opened(user, talk())
        await user.command(":context 700 tokens")
        await user.see("Context window: 700 tokens.")
        await user.see("window 700 tok")
        await user.command(":context")
        await user.see("This session sends at most 700 tokens.", "of 12 pairs")
        await user.press("g")
        await user.see("(no room)")
        await user.press("escape")
        await user.command(":context all")
        await user.see("Context window: all.")


async def test_what_is_no_window_is_said(workspace) -> None:
    async with workspace() as user:
        await opened(user, talk())
        await user.command(":context lots")
        await user.see("a number of pairs like 10")


async def test_a_session_without_a_turn_sends_nothing_yet(workspace) -> None:
    async with workspace(size=(80, 24)) as user:
        await user.command(":context")
        await user.see("Nothing would be sent")


async def test_a_full_context_is_asked_about_and_back_is_the_answer(
    small_context, workspace
) -> None:
    async with workspace() as user:
        await opened(user, talk())
        await user.ask("And now?")
        await user.see("The context is full", "leave the oldest out", "send it as it is")
        await user.press("enter")
        await user.see_no("The context is full")
        assert user.stage.prompt.text == "And now?"
        assert len(user.library.load("talk").turns) == PAIRS


async def test_the_oldest_are_left_out_once(small_context, workspace) -> None:
    async with workspace() as user:
        await opened(user, talk())
        await user.ask("And now?")
        await user.see("The context is full")
        await user.press("l")
        await user.see("did not go along")
        await user.answered()
        saved = user.library.load("talk")
        assert len(saved.turns) == PAIRS + 1
        assert saved.params.context_window is None
        assert user.stage.prompt.text == ""


async def test_it_is_sent_as_it_is(small_context, workspace) -> None:
    async with workspace() as user:
        await opened(user, talk())
        await user.ask("And now?")
        await user.see("The context is full")
        await user.press("s")
        await user.answered()
        await user.until(lambda: len(user.library.load("talk").turns) == PAIRS + 1)


async def test_of_several_it_is_asked_as_well_and_the_command_comes_back(
    small_context, workspace
) -> None:
    async with workspace() as user:
        await opened(user, talk())
        command = ":compare demo/demo demo/slow And now"
        await user.ask(command)
        await user.see("The context is full", "leave the oldest out")
        await user.press("enter")
        await user.see_no("The context is full")
        assert user.stage.prompt.text == command
        assert len(user.library.load("talk").turns) == PAIRS


async def test_where_the_configuration_says_trim_nobody_is_asked(small_context, workspace) -> None:
    async with workspace(**{"chat.when_full": "trim"}) as user:
        await opened(user, talk())
        await user.ask("And now?")
        await user.see("did not go along")
        await user.answered()


async def test_a_prompt_that_is_too_long_alone_says_so(small_context, workspace) -> None:
    async with workspace() as user:
        await opened(user, talk(1))
        await user.command(":context 1")
        user.stage.put_prompt("word " * 2_000)
        await user.press("enter")
        await user.see("The context is full", "send it as it is")
        await user.press("escape")
        assert user.stage.prompt.text.startswith("word")


def test_the_field_of_the_details_knows_pairs_and_tokens() -> None:
    field = CONTEXT_WINDOW
    for text, shown in (("8", "8"), ("8k tokens", "8,000 tokens"), ("0", ""), ("all", "")):
        session = field.change(None, field.understood(text))(talk())
        assert field.shown(field.read(session)) == shown
        assert field.understood(shown) == field.read(session)
    with pytest.raises(UsageError):
        field.understood("much")

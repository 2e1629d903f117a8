"""Two branches side by side: from where they part, to read, to tell apart, and to go to one."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tui_sessions.errors import NotFoundError
from tui_sessions.model.message import Message, Part
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.tui.screens.compare import CompareScreen
from tui_sessions.tui.screens.compare_paths import PathsScreen
from tui_sessions.tui.two_paths import MOST_TURNS, fork_of, path_of
from tui_sessions.tui.widgets.answer_column import AnswerColumn

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def turn(name: str, answer: str = "", **more: Any) -> Turn:
    messages = (
        Message(role="user", content=f"asked {name}", timestamp=NOON),
        Message(role="assistant", content=answer or f"said {name}", model="demo/demo"),
    )
    return Turn(id=name, messages=messages, finish="stop", **more)


def session(id: str, *names: str, **more: Any) -> Session:
    return Session(id=id, turns=tuple(map(turn, names)), **more)


def test_paths_part_at_the_first_turn_that_is_another_or_says_something_else() -> None:
    assert fork_of(session("a", "1", "2", "3"), session("b", "1", "2", "4")) == 2
    assert fork_of(session("a", "1"), session("b", "1", "2")) == 1
    assert fork_of(session("a", "1"), session("b", "2")) == 0
    edited = Session(id="b", turns=(turn("1", "said otherwise"),))
    assert fork_of(session("a", "1"), edited) == 0


def test_a_column_holds_what_is_said_from_the_fork_on() -> None:
    column = path_of(session("a", "1", "2", title="Soup"), 1)
    assert [(section.role, section.text) for section in column.sections] == [
        ("user", "asked 2"),
        ("assistant", "said 2"),
    ]
    assert column.name == "Soup"
    assert not column.is_running


def test_a_very_long_path_is_shown_in_part_and_says_so() -> None:
    names = [str(number) for number in range(MOST_TURNS + 7)]
    column = path_of(session("a", *names), 0)
    assert len(column.sections) == 2 * MOST_TURNS + 1
    assert column.sections[-1].head == "▸ 7 more turns"


def test_a_sum_with_unknown_parts_says_so() -> None:
    known = Session(id="a", turns=(turn("1", cost=3_000_000), turn("2")))
    cells = {cell.name: cell.value for cell in path_of(known, 0).cells}
    assert cells["cost"] == "≥$0.0030"
    assert cells["tokens"] == "?"
    assert cells["turns"] == "2"


def keep(library, *sessions: Session) -> None:
    for one in sessions:
        library.create(one, name=one.id)
    library.refresh()


async def two_branches(user) -> None:
    keep(
        user.library,
        session("first", "1", "2", "3", title="The first way"),
        session("second", "1", "2", "4", title="The second way"),
    )
    user.stage.open_session("first")
    user.app.screen.desk.comparing.branches("first", "second")
    await user.until(lambda: isinstance(user.screen, PathsScreen))


async def test_two_branches_stand_side_by_side_from_the_fork_on(workspace) -> None:
    async with workspace() as user:
        await two_branches(user)
        await user.see("1 ✓ The first way", "2 The second way", "2 turns in common")
        await user.see("asked 3", "said 3", "asked 4", "said 4")
        assert "said 1" not in user.text()
        await user.press("right", "d")
        await user.see("said 34", "word by word against 1")
        await user.press("escape")
        await user.until(lambda: not isinstance(user.screen, PathsScreen))
        assert user.stage.workspace.session.id == "first"


async def test_enter_goes_to_the_branch_with_the_focus(workspace) -> None:
    async with workspace() as user:
        await two_branches(user)
        await user.press("right", "enter")
        await user.until(lambda: user.stage.workspace.session.id == "second")
        assert not isinstance(user.screen, PathsScreen)


async def test_a_branch_that_is_gone_is_an_error_in_one_sentence(workspace) -> None:
    async with workspace() as user:
        keep(user.library, session("first", "1"))
        with pytest.raises(NotFoundError):
            user.app.screen.desk.comparing.branches("first", "nosuch")


async def test_the_same_model_is_asked_with_another_prompt_on_a_branch(workspace) -> None:
    async with workspace() as user:
        await user.ask("What is a monad?")
        await user.answered()
        await user.command(":compare-prompt")
        await user.see("The same model, another prompt")
        await user.press("ctrl+s")
        await user.see("Change the prompt first")
        await user.type(" Be brief.")
        await user.press("ctrl+s")
        await user.until(lambda: isinstance(user.screen, PathsScreen))
        await user.answered()
        await user.see("What is a monad?", "Be brief.")
        prompts = sorted(file["turns"][0]["messages"][0]["content"] for file in user.files())
        assert prompts == ["What is a monad?", "What is a monad? Be brief."]
        await user.until(lambda: "answering" not in user.text())
        answers = [file["turns"][0]["messages"][1]["model"] for file in user.files()]
        assert answers == ["demo/demo", "demo/demo"]


async def test_a_picture_of_another_program_goes_along_with_another_prompt(workspace) -> None:
    async with workspace() as user:
        data = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 92).decode()
        content = (
            Part(kind="text", text="What is it?"),
            Part(kind="image", extra={"data": data}),
        )
        asked = Turn(
            id="t1",
            messages=(
                Message(role="user", content=content),
                Message(role="assistant", content="A cat", model="demo/demo"),
            ),
            finish="stop",
        )
        keep(user.library, session("first").with_turns((asked,)))
        user.stage.open_session("first")
        await user.command(":compare-prompt")
        await user.see("The same model, another prompt")
        await user.type(" Be brief.")
        await user.press("ctrl+s")
        await user.until(lambda: isinstance(user.screen, PathsScreen))
        await user.answered()
        _, branch = sorted(user.files(), key=lambda file: "parent" in str(file))
        picture = branch["turns"][0]["messages"][0]["content"][1]
        assert user.library.attachments.has(picture["sha256"])
        assert "data" not in picture


async def test_going_to_the_branch_from_among_the_answers_leaves_both_screens(workspace) -> None:
    async with workspace() as user:
        await user.command(":compare demo/demo demo/fast What is a monad?")
        await user.until(lambda: isinstance(user.screen, CompareScreen))
        await user.answered()
        await user.press("e")
        await user.see("The same model, another prompt")
        await user.type(" Be brief.")
        await user.press("ctrl+s")
        await user.until(lambda: isinstance(user.screen, PathsScreen))
        await user.answered()
        await user.press("right", "enter")
        await user.until(lambda: len(user.app.screen_stack) == 1)
        assert user.stage.workspace.session.parent is not None


async def test_an_answer_that_arrives_in_a_branch_is_seen_while_it_comes(workspace) -> None:
    async with workspace(**{"providers.demo.words_per_s": "60"}) as user:
        await two_branches(user)
        user.app.services.turns.start("second", "And now?", model="demo/demo")
        await user.see("And now?", "answering")
        await user.until(lambda: user.so_far("second"))
        await user.until(
            lambda: any("I heard" in column.view.text for column in user.screen.query(AnswerColumn))
        )
        user.app.services.turns.stop("second")
        await user.answered()
        await user.see_no("answering")
        assert json.loads(user.library.path("second").read_text())["turns"][-1]["finish"]

"""Personas on the screen: asked once or until further notice, made, changed, copied, deleted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui_sessions.config.paths import paths
from tui_sessions.config.personas import PersonaFile

TWO = '# mine\n[apollo]\nmodel = "demo/fast"\nsystem = "You analyse."\n\n[athena]\nmodel = "demo/thinker"\n'


@pytest.fixture
def personas() -> PersonaFile:
    path: Path = paths(os.environ).config_dir / "personas.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TWO)
    return PersonaFile(path)


def spoken(user) -> list[tuple[str, str | None]]:
    (stored,) = user.files()
    answers = [turn["messages"][-1] for turn in stored["turns"]]
    return [(answer["model"], answer.get("persona")) for answer in answers]


async def test_the_list_puts_a_name_before_the_prompt(workspace, personas: PersonaFile) -> None:
    async with workspace((80, 24)) as user:
        user.stage.put_prompt("What is this?")
        user.screen.run_named("personas", "")
        await user.see("2 personas", "You analyse.", "apollo", "athena")
        await user.press("down", "enter")
        await user.until(lambda: user.stage.prompt.text == "@athena What is this?")
        user.screen.run_named("personas", "")
        await user.press("enter")
        await user.until(lambda: user.stage.prompt.text == "@apollo What is this?")
        await user.press("enter")
        await user.answered()
        assert spoken(user) == [("demo/fast", "apollo")]


async def test_a_standing_persona_answers_until_it_is_off(workspace, personas: PersonaFile) -> None:
    async with workspace() as user:
        await user.command(":persona apollo")
        await user.until(lambda: "@apollo" in str(user.stage.conversation.border_title))
        await user.until(lambda: str(user.stage.prompt.border_title) == "@apollo · demo/fast")
        for prompt in ("One", "@athena Two", "Three"):
            await user.ask(prompt)
            await user.answered()
        await user.command(":persona off")
        await user.ask("Four")
        await user.answered()
        assert spoken(user) == [
            ("demo/fast", "apollo"),
            ("demo/thinker", "athena"),
            ("demo/fast", "apollo"),
            ("demo/demo", None),
        ]
        assert "@apollo" not in str(user.stage.conversation.border_title)


async def test_an_answer_says_whose_it_is_while_it_comes_and_afterwards(
    workspace, personas: PersonaFile
) -> None:
    async with workspace((120, 80), **{"providers.demo.words_per_s": "3"}) as user:
        await user.ask("@athena What is this?")
        await user.see("assistant · thinker · @athena", "answering")
        session_id = user.stage.workspace.session.id
        # What is stopped before anything came is no answer of anybody's.
        await user.until(lambda: user.app.services.turns.running(session_id).reasoning)
        await user.press("escape")
        await user.answered()
        await user.see("assistant · thinker · @athena", "stopped")


async def test_a_standing_persona_that_is_gone_is_told_and_the_prompt_stays(
    workspace, personas: PersonaFile
) -> None:
    async with workspace() as user:
        await user.command(":persona apollo")
        personas.delete("apollo")
        await user.ask("Hello?")
        await user.see("There is no persona 'apollo'")
        assert user.stage.prompt.text == "Hello?"


async def test_a_slip_in_the_file_is_one_sentence(workspace, personas: PersonaFile) -> None:
    personas.path.write_text("[apollo]\nsistem = 1\n")
    async with workspace() as user:
        user.screen.run_named("personas", "")
        await user.see("apollo.sistem")
        assert len(user.app.screen_stack) == 1
        await user.ask("@apollo Hello")
        await user.until(lambda: user.stage.prompt.text == "@apollo Hello")
        assert user.files() == []


async def test_one_is_made_in_the_form(workspace, personas: PersonaFile) -> None:
    async with workspace((80, 24)) as user:
        await user.command(":personas")
        await user.press("ctrl+n")
        await user.type("poet")
        await user.press("tab")
        await user.type("demo/slow")
        await user.press("tab")
        await user.type("Rhyme.")
        await user.press("tab")
        await user.type("3")
        await user.press("ctrl+s")
        await user.see("The temperature is a number from 0 to 2.")
        await user.press("backspace")
        await user.type("1.5")
        await user.press("tab", "tab")
        await user.type("low")
        await user.press("ctrl+s")
        await user.see("3 personas")
        poet = personas.get("poet")
        assert (poet.model, poet.system) == ("demo/slow", "Rhyme.")
        assert (poet.params.temperature, poet.params.extra) == (1.5, {"reasoning_effort": "low"})
        assert personas.path.read_text().startswith(TWO)


async def test_the_model_of_a_persona_is_picked_from_the_list(
    workspace, personas: PersonaFile
) -> None:
    async with workspace() as user:
        await user.command(":personas")
        await user.press("f2", "ctrl+l")
        await user.until(lambda: len(user.app.screen_stack) == 4)
        await user.type("demo/slow")
        await user.press("enter")
        await user.until(lambda: len(user.app.screen_stack) == 3)
        await user.press("ctrl+s")
        await user.until(lambda: personas.get("apollo").model == "demo/slow")


async def test_one_is_changed_copied_and_deleted(workspace, personas: PersonaFile) -> None:
    async with workspace() as user:
        await user.command(":persona apollo")
        await user.command(":personas")
        await user.press("f2")
        await user.see("Persona apollo")
        await user.press("end")
        await user.type("n")
        await user.press("ctrl+s")
        await user.until(lambda: [p.name for p in personas.all()] == ["apollon", "athena"])
        assert user.stage.workspace.session.meta.extra["persona"] == "apollon"
        await user.until(lambda: len(user.app.screen_stack) == 2)
        await user.press("ctrl+d", "ctrl+s")
        await user.until(lambda: "apollon-2" in [p.name for p in personas.all()])
        await user.until(lambda: len(user.app.screen_stack) == 2)
        await user.press("delete")
        await user.see("Delete the persona apollon-2?")
        await user.press("enter")
        await user.until(lambda: len(personas.all()) == 2)
        assert personas.path.read_text() == TWO.replace("[apollo]", "[apollon]")


async def test_a_changed_form_is_left_with_a_second_escape_only(
    workspace, personas: PersonaFile
) -> None:
    async with workspace() as user:
        await user.command(":personas")
        await user.press("f2")
        await user.type("x")
        await user.press("escape")
        await user.see("Escape once more throws that away")
        await user.press("escape")
        await user.see("2 personas")
        assert personas.path.read_text() == TWO


async def test_a_persona_without_a_model_is_offered_without_a_hole(workspace, personas) -> None:
    personas.path.write_text('[plain]\nsystem = "You answer."\n')
    async with workspace() as user:
        user.stage.prompt.focus()
        await user.type("@pl")
        await user.see("@plain")
        assert "answers ·" not in user.text()

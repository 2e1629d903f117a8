"""Theme files, ours and the user's."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.theme import BUILTIN_THEMES

from tui_sessions.errors import ConfigError
from tui_sessions.tui.theme import DEFAULT_THEME, read_theme, read_themes, variable_defaults

OWN = """
name = "mine"
dark = false
[colours]
primary = "#0044aa"
foreground = "#111111"
background = "#fefefe"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "themes"
    folder.mkdir()
    return folder


def test_ours_are_found_dark_before_light(tmp_path: Path) -> None:
    found = read_themes(tmp_path / "missing")
    assert found.problems == ()
    assert found.names == ("ink", "moss", "night", "linen", "paper")
    assert DEFAULT_THEME in found.names


def test_a_users_theme_comes_after_ours(folder: Path) -> None:
    (folder / "any-name.toml").write_text(OWN)
    (folder / "notes.txt").write_text("no theme")
    found = read_themes(folder)
    assert found.names[-1] == "mine"
    assert found.problems == ()


def test_a_users_theme_takes_the_place_of_ours_of_its_name(folder: Path) -> None:
    (folder / "ink.toml").write_text(OWN.replace("mine", "ink"))
    found = read_themes(folder)
    assert found.names.count("ink") == 1
    assert [theme.primary for theme in found.themes if theme.name == "ink"] == ["#0044AA"]


def test_three_colours_are_enough(folder: Path) -> None:
    (folder / "mine.toml").write_text(OWN)
    theme = read_theme(folder / "mine.toml")
    assert theme.variables["border"] == theme.variables["border-focus"] == "#0044AA"
    assert theme.variables["text-muted"] == theme.variables["muted"]


def test_a_variable_in_the_file_wins_and_what_follows_from_it_follows(folder: Path) -> None:
    text = '[variables]\nmuted = "#445566"\nscrollbar = "red"\nlink-style = "none"\n'
    (folder / "mine.toml").write_text(OWN + text)
    variables = read_theme(folder / "mine.toml").variables
    assert variables["text-muted"] == "#445566"
    assert variables["scrollbar"] == "red"
    assert variables["link-style"] == "none"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "is not valid TOML"),
        (f"name = {'9' * 5000}", "is not valid TOML"),
        (OWN.replace("#0044aa", "bluish"), 'colours.primary must be a colour such as "#8ab4f8"'),
        (OWN.replace('primary = "#0044aa"', ""), "is no theme: Object missing required field"),
        (OWN.replace("false", '"no"'), "is no theme: Expected `bool`, got `str` - at `$.dark`."),
        (OWN.replace("mine", "../mine"), "name must be letters"),
        (OWN + '[variables]\nmutde = "#fff"', "mutde is no variable of a theme; did you mean"),
        (OWN + '[variables]\nmuted = "#ggg"', "variables.muted must be a colour"),
        (OWN + '[other]\nmuted = "#fff"', "is no theme: Object contains unknown field `other`."),
    ],
)
def test_a_broken_file_is_a_sentence_and_the_others_stay(
    folder: Path, text: str, said: str
) -> None:
    (folder / "a-broken.toml").write_text(text)
    (folder / "b-good.toml").write_text(OWN.replace("mine", "good"))
    found = read_themes(folder)
    assert {"good", "ink"} < set(found.names)
    (problem,) = found.problems
    assert problem.startswith(str(folder / "a-broken.toml"))
    assert said in problem


def test_a_file_that_cannot_be_read_is_a_sentence(folder: Path) -> None:
    (folder / "x.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        read_theme(folder / "x.toml")


def test_a_file_in_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "themes").write_text("")
    assert "cannot be read" in read_themes(tmp_path / "themes").problems[0]


@pytest.mark.parametrize("name", sorted(BUILTIN_THEMES))
def test_textuals_own_themes_get_the_variables_they_lack(name: str, folder: Path) -> None:
    ours = read_themes(folder).themes[0].variables
    lacking = variable_defaults(BUILTIN_THEMES[name])
    generated = BUILTIN_THEMES[name].to_color_system().generate()
    assert ours.keys() <= lacking.keys() | generated.keys()


async def test_every_theme_can_be_shown(tmp_path: Path) -> None:
    class Shown(App[None]):
        CSS = "Screen { background: $code-background; color: $muted; border: round $border-focus; }"

        def get_theme_variable_defaults(self) -> dict[str, str]:
            return variable_defaults(self.current_theme)

    app = Shown()
    themes = read_themes(tmp_path).themes
    async with app.run_test() as pilot:
        for theme in themes:
            app.register_theme(theme)
        for name in [*(theme.name for theme in themes), "nord", "textual-light", "ansi-dark"]:
            app.theme = name
            await pilot.pause()
            assert app.screen.styles.color.a == 1.0

"""Themes from TOML files, ours and the user's, as Textual's, and every colour that follows from
the few that a file names. `themes/ink.toml` describes the format.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from textual.color import Color, ColorParseError
from textual.theme import Theme

from tui_sessions.config.paths import shipped
from tui_sessions.errors import ConfigError
from tui_sessions.model.text import clean_line

DEFAULT_THEME = "ink"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class _Colours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    primary: str
    foreground: str
    background: str
    surface: str | None = None
    panel: str | None = None
    secondary: str | None = None
    accent: str | None = None
    success: str | None = None
    warning: str | None = None
    error: str | None = None


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    dark: bool
    colours: _Colours
    variables: dict[str, str] = {}


class Themes(msgspec.Struct, frozen=True):
    """What was found, and what could not be read."""

    themes: tuple[Theme, ...]
    """Ours, then the user's; dark before light, by name."""
    problems: tuple[str, ...] = ()
    """A sentence for every file that is no theme."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order in which to offer them."""
        return tuple(theme.name for theme in self.themes)


def read_themes(user_dir: Path) -> Themes:
    """The shipped themes and those of the user, whose themes take the place of ours of their name."""
    problems: list[str] = []
    found: dict[str, Theme] = {}
    for folder in (shipped("themes"), user_dir):
        themes: list[Theme] = []
        for path in _files(folder, problems):
            try:
                themes.append(read_theme(path))
            except ConfigError as error:
                problems.append(str(error))
        themes.sort(key=lambda theme: (not theme.dark, theme.name))
        found |= {theme.name: theme for theme in themes}
    return Themes(tuple(found.values()), tuple(problems))


def shipped_theme(name: str, user_dir: Path) -> Theme | None:
    """A theme of ours, read alone; None where it takes reading all of them to know: where the user has
    some, or none of ours is of that name."""
    file = shipped("themes") / f"{name}.toml"
    if _files(user_dir, []) or not file.is_file():
        return None
    try:
        theme = read_theme(file)
    except ConfigError:
        return None
    return theme if theme.name == name else None


def read_theme(path: Path) -> Theme:
    """The theme in a file; ConfigError with file, key and what it should be."""
    name = clean_line(str(path))
    try:
        file = msgspec.convert(tomllib.loads(path.read_bytes().decode("utf-8-sig")), _File)
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read ({error.strerror or error}).") from error
    except msgspec.ValidationError as error:
        raise ConfigError(f"{name}: is no theme: {clean_line(str(error))}.") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{name}: is not valid TOML: {clean_line(str(error))}.") from error
    try:
        return _theme_of(file)
    except ValueError as error:
        raise ConfigError(f"{name}: {clean_line(str(error))}") from error


def variable_defaults(theme: Theme) -> dict[str, str]:
    """Values for all variables of ours that `theme` may lack, as Textual's own themes do:
    for `App.get_theme_variable_defaults`."""
    return _own_variables(_base_colours(theme))


def _base_colours(theme: Theme) -> dict[str, Color]:
    generated = theme.to_color_system().generate()
    names = ("foreground", "background", "surface", "primary", "secondary", "accent")
    return {name: Color.parse(generated[name]) for name in (*names, "success", "warning", "error")}


def _files(folder: Path, problems: list[str]) -> Iterable[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except FileNotFoundError:
        return ()
    except OSError as error:
        name = clean_line(str(folder))
        problems.append(f"{name}: cannot be read ({error.strerror or error}).")
        return ()


def _theme_of(file: _File) -> Theme:
    if not _NAME.fullmatch(file.name):
        raise ValueError('name must be letters, digits, ".", "_" and "-", at most 64.')
    written = {k: v for k, v in msgspec.to_builtins(file.colours).items() if v is not None}
    colours = {key: _colour(f"colours.{key}", value) for key, value in written.items()}
    _fill_in(colours, file.dark)
    for key, value in file.variables.items():
        if not key.endswith("-style"):
            _colour(f"variables.{key}", value)
    own = _own_variables(colours) | file.variables
    variables = own | _textual_variables(colours, own) | file.variables
    _check_names(file.variables, _theme(file, colours, {}))
    return _theme(file, colours, variables)


def _theme(file: _File, colours: Mapping[str, Color], variables: dict[str, str]) -> Theme:
    return Theme(
        name=file.name,
        dark=file.dark,
        primary=colours["primary"].hex,
        secondary=colours["secondary"].hex,
        accent=colours["accent"].hex,
        foreground=colours["foreground"].hex,
        background=colours["background"].hex,
        surface=colours["surface"].hex,
        panel=colours["panel"].hex,
        success=colours["success"].hex,
        warning=colours["warning"].hex,
        error=colours["error"].hex,
        variables=variables,
    )


def _check_names(written: Mapping[str, str], bare: Theme) -> None:
    known = bare.to_color_system().generate().keys() | _own_variables(_base_colours(bare)).keys()
    for key in written:
        if key not in known:
            raise ValueError(f"variables.{key} is no variable of a theme{_nearest(key, known)}")


def _nearest(name: str, names: Iterable[str]) -> str:
    import difflib  # Only where something is wrong.

    close = difflib.get_close_matches(name, names, 1)
    return f"; did you mean {close[0]}?" if close else "; themes/ink.toml lists them."


def _colour(key: str, value: str) -> Color:
    try:
        return Color.parse(value)
    except ColorParseError:
        raise ValueError(f'{key} must be a colour such as "#8ab4f8", not "{value}".') from None


def _fill_in(colours: dict[str, Color], dark: bool) -> None:
    """Adds the colours that a file may leave out."""
    background, foreground = colours["background"], colours["foreground"]
    defaults = {
        "surface": background.blend(foreground, 0.03),
        "panel": background.blend(foreground, 0.06),
        "secondary": colours["primary"],
        "accent": colours["primary"],
        "success": Color.parse("#86c98b" if dark else "#2c6e3f"),
        "warning": Color.parse("#e0b66c" if dark else "#835a00"),
        "error": Color.parse("#f08d8d" if dark else "#a8323a"),
    }
    for key, colour in defaults.items():
        colours.setdefault(key, colour)


def _own_variables(colours: Mapping[str, Color]) -> dict[str, str]:
    """The variables that this program adds to Textual's, from the base colours."""
    background, foreground = colours["background"], colours["foreground"]
    primary = colours["primary"]
    muted = background.blend(foreground, 0.68)
    chosen = {
        "user": colours["secondary"],
        "assistant": colours["accent"],
        "muted": muted,
        "code-background": colours["surface"],
        # Textual's widgets paint `border` round what has the focus, `border-blurred` round the rest.
        "border-blurred": background.blend(foreground, 0.16),
        "border": primary,
        "border-focus": primary,
        "match-background": background.blend(colours["warning"], 0.3),
        "match-foreground": foreground,
        "syntax-comment": muted,
        "syntax-keyword": colours["secondary"],
        "syntax-string": colours["success"],
        "syntax-number": colours["warning"],
        "syntax-function": colours["accent"],
        "syntax-type": colours["accent"],
        "syntax-name": foreground,
        "syntax-operator": muted,
        "syntax-error": colours["error"],
    }
    return {name: colour.hex for name, colour in chosen.items()}


def _textual_variables(colours: Mapping[str, Color], own: Mapping[str, str]) -> dict[str, str]:
    """Textual's variables that would be louder, or harder to read, if left to Textual."""
    background, foreground = colours["background"], colours["foreground"]
    panel, primary = colours["panel"], colours["primary"]
    quiet = Color.parse(own["border-blurred"])
    focus, muted = own["border"], own["muted"]
    states = ("primary", "secondary", "accent", "success", "warning", "error")
    return {
        "text-muted": muted,
        # Placeholders are drawn in it, and they are to be read.
        "text-disabled": muted,
        "foreground-muted": muted,
        **{f"text-{name}": colours[name].hex for name in states},
        **{f"{name}-muted": background.blend(colours[name], 0.14).hex for name in states},
        "border-focus": focus,
        "block-cursor-background": background.blend(primary, 0.18).hex,
        "block-cursor-foreground": foreground.hex,
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": panel.hex,
        "block-cursor-blurred-foreground": foreground.hex,
        "block-hover-background": panel.hex,
        "input-cursor-background": focus,
        "input-cursor-foreground": background.hex,
        "input-selection-background": background.blend(primary, 0.3).hex,
        "input-selection-foreground": foreground.hex,
        "screen-selection-background": background.blend(primary, 0.3).hex,
        "screen-selection-foreground": foreground.hex,
        "scrollbar": quiet.hex,
        "scrollbar-hover": quiet.blend(foreground, 0.3).hex,
        "scrollbar-active": focus,
        "scrollbar-background": background.hex,
        "scrollbar-background-hover": background.hex,
        "scrollbar-background-active": background.hex,
        "scrollbar-corner-color": background.hex,
        "footer-background": background.hex,
        "footer-foreground": muted,
        "footer-key-foreground": foreground.hex,
        "footer-description-foreground": muted,
        "link-color": foreground.hex,
        "link-color-hover": foreground.hex,
        "link-background-hover": panel.hex,
        **{f"markdown-h{level}-color": foreground.hex for level in range(1, 7)},
    }

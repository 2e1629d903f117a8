"""The settings behind their dialog: every key of the configuration and every binding, checked, written
into the user's file, and made to hold at once where that can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

from textual.app import SuspendNotSupported
from textual.binding import Binding

from tui_sessions.config.catalog import (
    BUDGETS_TABLE,
    KEYS_TABLE,
    Key,
    UnfitError,
    endpoint_keys,
    known_keys,
    table_rank,
)
from tui_sessions.config.edit import read_config, with_value, without_value, write_config
from tui_sessions.config.load import problems
from tui_sessions.config.standing import FILE, Standing, commented_example, help_of, standings
from tui_sessions.errors import ConfigError, UsageError
from tui_sessions.exchange.registry import FORMATS, exporter
from tui_sessions.model.text import clean_line
from tui_sessions.providers.endpoint import endpoint, ollama_base
from tui_sessions.providers.presets import KNOWN
from tui_sessions.tui.editor import edit_file
from tui_sessions.tui.keys import OWNERS, binding_ids, clashes
from tui_sessions.tui.screens.settings import Setting
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.theme import DEFAULT_THEME

FIRST = ("chat", "screen", "export", "library")
"""The tables that people look for; the others follow in the order of the schema."""
TOP = "program"
"""The heading of what stands above all tables."""
NEXT_START = " · takes effect at the next start"
STRONGER = {
    "library.dir": ("TUI_SESSIONS_DIR", "LLM_SESSIONS_DIR"),
    **{
        f"providers.{name}.base_url": (preset.url_variable,)
        for name, preset in KNOWN.items()
        if preset.url_variable
    },
}
"""Variables that other programs know as well, beside the one of each key."""


class OwnSettings:
    """What the settings dialog shows and changes."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._services = stage.services
        self._path = stage.services.paths.config_file
        self._bindings = binding_ids((type(stage.app), *OWNERS))

    @property
    def _keys(self) -> dict[str, Key]:
        """Those of the schema, of the presets and servers that are configured, of the budgets that are
        set, and all bindings."""
        config = self._services.config
        found = [*known_keys().values()]
        for name in config.endpoints:
            found += endpoint_keys(name).values()
        found += [Key(f"{BUDGETS_TABLE}.{scope}", str, "") for scope in config.budgets]
        bound = [Key(f"{KEYS_TABLE}.{id}", str, b.key) for id, b in self._bindings.items()]
        return {key.name: key for key in (*sorted(found, key=_rank), *bound)}

    @property
    def place(self) -> str:
        """The file, with `~` for the home directory."""
        with suppress(ValueError, RuntimeError):
            return f"~/{self._path.relative_to(Path.home())}"
        return str(self._path)

    def rows(self) -> tuple[Setting, ...]:
        """All settings, as they stand now. Raises `ConfigError` for a file that cannot be read."""
        return tuple(self._row(standing) for standing in self._standings())

    def set(self, name: str, text: str) -> None:
        """Writes what was typed for a key. Raises `UsageError` for what the key cannot be."""
        key = self._keys[name]
        try:
            value = key.from_text(_with_tidy_keys(text) if _is_binding(name) else text.strip())
        except UnfitError as error:
            raise UsageError(f"{name} {error}.") from None
        except (ValueError, OverflowError):
            raise UsageError(f"{name} must be {key.wanted}.") from None
        self._check(name, value)
        self._write(with_value(read_config(self._path), name, value))

    def reset(self, name: str) -> None:
        """Takes a key out of the file. Raises `UsageError` where it is not in there."""
        text = read_config(self._path)
        without = without_value(text, name)
        if without == text:
            raise UsageError(f"{name} is not set in the file.")
        self._write(without)

    def edit_file(self) -> None:
        """The file in $EDITOR, begun with every key commented out. Raises `UsageError` where no
        editor opens, `ConfigError` with what is wrong with the file afterwards."""
        begun = "" if self._path.exists() else commented_example()
        if begun:
            write_config(self._path, begun)
        try:
            with self._stage.app.suspend():
                edit_file(self._path, self._services.environ)
        except SuspendNotSupported:
            raise UsageError("This terminal cannot be lent to an editor.") from None
        finally:
            if begun and read_config(self._path) == begun:
                self._path.unlink(missing_ok=True)
        services = self._services
        found = problems(self._path, services.environ, services.settings)
        if found:
            more = f" ({len(found) - 1} more.)" if len(found) > 1 else ""
            raise ConfigError(found[0] + more)
        self._reload()
        for standing in self._standings():
            if standing.source == FILE:
                self._check(standing.key.name, standing.value)

    def _standings(self) -> tuple[Standing, ...]:
        services = self._services
        return standings(self._keys.values(), self._path, services.environ, services.settings)

    def _row(self, standing: Standing) -> Setting:
        key = standing.key
        name, binding = key.name, self._bindings.get(key.name.removeprefix(f"{KEYS_TABLE}."))
        group = key.table
        label = name.removeprefix(f"{group}.")
        wanted, help = key.wanted, help_of(name)
        if key.plain_type is tuple:
            wanted = "texts with commas between them"
        if binding is not None and _is_binding(name):
            wanted = "keys with commas between them"
            help = f"{_sentence(binding)} Several keys may do it; empty: none does."
        written = standing.value if standing.in_file is None else standing.in_file
        return Setting(
            name=name,
            group=group or TOP,
            label=label,
            value=_text(standing.value),
            default=_text(key.default),
            source=standing.source,
            help=help,
            wanted=wanted + (NEXT_START if _is_for_the_start(name) else ""),
            edited=_text(written),
            warning=self._warning(standing),
            is_set=standing.in_file is not None or bool(standing.by),
            is_switch=key.plain_type is bool,
            words=tuple(filter(None, key.choices)) or self._words(name),
        )

    def _warning(self, standing: Standing) -> str:
        others = STRONGER.get(standing.key.name, ())
        by = next((v for v in others if self._services.environ.get(v)), standing.by)
        return f"{by} is stronger than the file: a change waits until it is gone." if by else ""

    def _words(self, name: str) -> Sequence[str]:
        match name:
            case "screen.theme":
                return sorted(self._stage.app.available_themes)
            case "chat.model" | "automatic.model":
                state = self._services.state
                return tuple(dict.fromkeys((*state.favourites, *state.recent_models)))
            case "export.format":
                return FORMATS
            case _:
                return ()

    def _check(self, name: str, value: object) -> None:
        """Raises a `TuiSessionsError` for a value of the right type that means nothing here."""
        checks: dict[str, Callable[[str], object]] = {
            "screen.theme": self._check_theme,
            "chat.model": self._services.providers.full_model,
            "automatic.model": self._services.providers.full_model,
            "export.format": exporter,
            "providers.ollama.base_url": lambda text: endpoint(ollama_base(text)),
        }
        if _is_binding(name):
            self._check_binding(name.removeprefix(f"{KEYS_TABLE}."), str(value))
        elif value and (name in checks or name.endswith(".base_url")):
            checks.get(name, endpoint)(str(value))

    def _check_theme(self, name: str) -> None:
        themes = self._stage.app.available_themes
        if name not in themes:
            near = get_close_matches(name, themes, n=1)
            hint = f"Did you mean {near[0]}?" if near else "ctrl+p, theme, lists them."
            raise UsageError(f"There is no theme {clean_line(name)!r}. {hint}")

    def _check_binding(self, id: str, keys: str) -> None:
        keymap, app = self._services.config.keys, type(self._stage.app)
        before = clashes({**keymap, id: ""}, app)
        new = [it for it in clashes({**keymap, id: keys}, app) if it not in before]
        if new:
            raise UsageError(f"This {new[0].removeprefix('[keys] ')}")

    def _write(self, text: str) -> None:
        write_config(self._path, text)
        self._reload()

    def _reload(self) -> None:
        """Lets hold at once what can."""
        services, app = self._services, self._stage.app
        before = services.config.screen.theme
        services.reload()
        screen = services.config.screen
        if screen.theme != before:
            wanted = (screen.theme, services.state.theme, DEFAULT_THEME)
            app.theme = next(theme for theme in wanted if theme in app.available_themes)
        self._stage.prompt.enter_sends = screen.enter_sends


def _rank(key: Key) -> tuple[float, ...]:
    if not key.table:
        return (len(FIRST) + 1,)
    if key.table in FIRST:
        return (FIRST.index(key.table),)
    return (len(FIRST), table_rank(key.table))


def _is_binding(name: str) -> bool:
    return name.startswith(f"{KEYS_TABLE}.")


def _is_for_the_start(name: str) -> bool:
    at_start = {"debug", "library.dir", "screen.mouse"}
    return name in at_start or name.endswith(".base_url") or _is_binding(name)


def _sentence(binding: Binding) -> str:
    text = binding.description
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _with_tidy_keys(text: str) -> str:
    return ",".join(filter(None, (key.strip() for key in text.split(","))))


def _text(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)

"""`config`: where the configuration is, what holds, a first file, a check."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.options import Command, CommandGroup
from tui_sessions.errors import ConfigError, ConflictError, StoreError

if TYPE_CHECKING:
    from tui_sessions.config.paths import Paths
    from tui_sessions.config.schema import Config, ProviderConfig


@click.group("config", cls=CommandGroup)
def config_command() -> None:
    """Show, make or check the configuration."""


@config_command.command(
    "path",
    cls=Command,
    examples="""
tui-sessions config path
tui-sessions config path --all
""",
)
@click.option("--all", "is_all", is_flag=True, help="Every file and folder of the program.")
@click.pass_obj
def path_command(call: Call, is_all: bool) -> None:
    """Print the path of the configuration file, whether it exists or not."""
    places = _paths(call)
    if not is_all:
        call.console.line(str(places.config_file))
        return
    # The library may be named in the file, so this one has to be readable.
    places = call.services.paths
    for name in ("library", "config_file", "themes_dir", "prices_file", "cache_dir", "state_dir"):
        call.console.line(f"{name}\t{getattr(places, name)}")
    call.console.line(f"log_file\t{places.log_file}")


@config_command.command("show", cls=Command, examples="tui-sessions config show")
@click.pass_obj
def show_command(call: Call) -> None:
    """Print the configuration that holds: defaults, file, environment and options together."""
    import tomli_w

    from tui_sessions.config.load import as_document

    document = as_document(call.services.config)
    for table in document["providers"].values():
        # Their values may be secrets, and what is printed here is shown to others.
        if "headers" in table:
            table["headers"] = [f"{line.partition(':')[0]}: …" for line in table["headers"]]
    call.console.write(tomli_w.dumps(document))


@config_command.command("init", cls=Command, examples="tui-sessions config init")
@click.pass_obj
def init_command(call: Call) -> None:
    """Make a configuration file that names every key with its default; never over one that exists."""
    from tui_sessions.config.load import example_text
    from tui_sessions.config.private import write_private

    path = _paths(call).config_file
    if path.exists():
        raise ConflictError(f"{path} exists already; it stays as it is.")
    try:
        write_private(path, example_text().encode(), follows=True)
    except OSError as error:
        raise StoreError(f"{path} could not be written: {error.strerror or error}.") from error
    call.console.line(str(path))


@config_command.command("check", cls=Command, examples="tui-sessions config check")
@click.pass_obj
def check_command(call: Call) -> int:
    """Say everything that is wrong with the configuration, or that nothing is."""
    from tui_sessions.config.load import problems

    places = _paths(call)
    found = problems(places.config_file, os.environ, call.settings, required=places.is_config_named)
    found = found or tuple(_unfit(call))
    for problem in found:
        call.console.say(problem)
    if found:
        return ConfigError.exit_code
    state = "is" if places.config_file.exists() else "does not exist, which is"
    call.console.line(f"{places.config_file} {state} all right.")
    return 0


def _unfit(call: Call) -> Iterator[str]:
    """Values that are of the right type and mean nothing here: the schema knows no names."""
    from tui_sessions.errors import TuiSessionsError
    from tui_sessions.exchange.registry import exporter
    from tui_sessions.providers.endpoint import endpoint, ollama_base

    services = call.services
    config, known = services.config, services.providers.full_model
    checks: list[tuple[str, str, Callable[[str], object]]] = [
        ("chat.model", config.chat.model, known),
        ("automatic.model", config.automatic.model, known),
        ("export.format", config.export.format, exporter),
    ]
    for name, own in _own_tables(config):
        is_ollama = name == "ollama" or getattr(own, "kind", "") == "ollama"
        url = ollama_base(own.base_url) if own.base_url and is_ollama else own.base_url
        checks.append((f"providers.{name}.base_url", url, endpoint))
    for scope in config.budgets:
        kind, _, name = scope.partition(":")
        if kind.strip().lower() == "provider":
            named = name.partition("/")[0].strip()
            checks.append((f"budgets.{scope}", f"{named}/model", known))
    for key, value, check in checks:
        try:
            if value:
                check(value)
        except TuiSessionsError as error:
            yield f"{key}: {error}"
    try:
        _ = services.prices.stamp
    except TuiSessionsError as error:
        yield str(error)


def _own_tables(config: Config) -> Iterator[tuple[str, ProviderConfig]]:
    from tui_sessions.config.endpoints import FIXED
    from tui_sessions.config.schema import ProviderConfig

    for name in FIXED:
        own = getattr(config.providers, name)
        if isinstance(own, ProviderConfig):
            yield name, own
    yield from config.endpoints.items()


def _paths(call: Call) -> Paths:
    """Without reading the configuration, which may be what is wrong."""
    from tui_sessions.config.paths import paths

    return paths(os.environ, dir=call.dir, config=call.config)

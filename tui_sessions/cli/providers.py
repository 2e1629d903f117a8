"""`providers`: who could answer and what is missing, whether they do, and keys for the system's keyring."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.list_asking import ask_all
from tui_sessions.cli.options import Command, CommandGroup, format_option
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import NotFoundError, ProviderError, UsageError
from tui_sessions.model.display import shown_count, shown_number
from tui_sessions.model.text import clean_line
from tui_sessions.providers.presets import KNOWN

if TYPE_CHECKING:
    from tui_sessions.providers.discovery import KeyState

_LIST_EXAMPLES = """
tui-sessions providers list
tui-sessions providers list --ready
"""
_CHECK_EXAMPLES = """
tui-sessions providers check
tui-sessions providers check groq ollama
"""
_KEY_EXAMPLES = """
tui-sessions providers key groq
pass show groq | tui-sessions providers key groq
tui-sessions providers key groq --delete
"""


class Standing(NamedTuple):
    """A provider, and how many of its models are known."""

    state: KeyState
    models: int


@click.group("providers", cls=CommandGroup)
def providers_command() -> None:
    """Who could answer, whether they do, and where their keys are."""


@providers_command.command("list", cls=Command, examples=_LIST_EXAMPLES)
@click.option("--ready", is_flag=True, help="Only those that could answer without more.")
@format_option
@click.pass_obj
def list_command(call: Call, ready: bool, format: str | None) -> None:
    """List the providers: their language, their key or how to set it, how many models are known, their
    address. Nobody is asked."""
    providers, lists = call.services.providers, call.services.model_lists
    usable = providers.set_up()
    found = [
        Standing(providers.source(name), len(lists.known([name])))
        for name in providers.names
        if not ready or name in usable
    ]
    print_listing(call.console, _listing(usable), found, format)


@providers_command.command("check", cls=Command, examples=_CHECK_EXAMPLES)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.pass_obj
def check_command(call: Call, names: tuple[str, ...]) -> int:
    """Ask the named providers, else all that are set up, for their list of models: that shows whether
    address and key are right, and costs nothing. Ends with code 4 where one refuses."""
    services, console = call.services, call.console
    for name in names:
        services.providers.source(name)
    chosen = names or _meant(call)
    began = time.monotonic()
    problems = ask_all(call, tuple(dict.fromkeys(chosen)), is_check=True)
    lists = services.model_lists
    absent = {n for n, p in problems.items() if n not in names and lists.is_absent(n, p)}
    for name in dict.fromkeys(chosen):
        if name in absent:
            console.line(f"{name}\tnot running")
        elif name in problems:
            console.line(f"{name}\tfailed\t{clean_line(str(problems[name]))}")
        else:
            console.line(f"{name}\tgood\t{shown_number(len(lists.known([name])), 'model')}")
    console.tell(f"Asked in {time.monotonic() - began:.1f} s.")
    if absent == set(chosen):
        raise NotFoundError(
            "Nobody is set up yet: tui-sessions providers list says what each one needs."
        )
    return ProviderError.exit_code if problems.keys() - absent else 0


def _meant(call: Call) -> tuple[str, ...]:
    """All that could answer, and all that the configuration speaks of: what is wrong with those is wanted."""
    providers = call.services.providers
    found = providers.set_up()
    states = map(providers.source, providers.names)
    lame = (state.name for state in states if state.is_configured and not state.is_ready)
    return tuple(name for name in (*found, *lame) if name != "demo")


@providers_command.command("key", cls=Command, examples=_KEY_EXAMPLES)
@click.argument("name", metavar="NAME")
@click.option("--delete", is_flag=True, help="Take the key out of the keyring.")
@click.pass_obj
def key_command(call: Call, name: str, delete: bool) -> None:
    """Put the key of the provider NAME into the system's keyring, and have it looked for there. It is asked
    for without being shown, or read from standard input; no file of this program ever holds it."""
    from tui_sessions.config.key_places import look_in_keyring
    from tui_sessions.providers import keys

    path = call.services.paths.config_file
    state = call.services.providers.source(name)
    if state.kind == "demo":
        raise UsageError("The demonstration needs no key.")
    if delete:
        if not keys.forget_key(name):
            raise NotFoundError(f"The keyring holds no key for {name}.")
        look_in_keyring(path, name, is_there=False)
        call.console.say(f"The key for {name} is taken out of the keyring.")
        return
    keys.stored_key(name)  # where there is no keyring, nobody types in vain
    keys.store_key(name, _read_secret(call, name))
    look_in_keyring(path, name, is_there=True)
    call.console.say(
        f"The key for {name} is in the keyring, and looked for there (providers.{name}.api_key_keyring "
        f"in {clean_line(str(path))})."
    )
    if state.has_key and state.source.isupper():
        call.console.say(f"{state.source} is set as well, and counts first.")


def _read_secret(call: Call, name: str) -> str:
    if not call.console.can_ask:
        import sys

        return sys.stdin.readline().strip()
    import getpass

    return getpass.getpass(f"Key for {name} (not shown): ").strip()


def _record(standing: Standing) -> dict[str, object]:
    state = standing.state
    return {
        "name": state.name,
        "title": state.title,
        "kind": state.kind,
        "base_url": state.base_url or None,
        "has_key": state.has_key,
        "needs_key": state.needs_key,
        "key": state.source or None,
        "models": standing.models,
        "missing": state.why or None,
    }


def _key(state: KeyState) -> str:
    if state.has_key:
        return state.source
    return state.why or (f"{state.source} is not set" if state.source else "none needed")


def _usable(state: KeyState, usable: tuple[str, ...]) -> str:
    preset = KNOWN.get(state.name)
    if preset is not None and preset.is_local and not state.needs_key:
        return "when it runs"
    return "yes" if state.name in usable else "no"


def _listing(usable: tuple[str, ...]) -> Listing[Standing]:
    columns: tuple[Column[Standing], ...] = (
        Column(Heading("NAME"), lambda one: one.state.name),
        Column(Heading("KIND", is_optional=True), lambda one: one.state.kind),
        Column(Heading("USABLE"), lambda one: _usable(one.state, usable)),
        Column(Heading("KEY", is_flexible=True), lambda one: _key(one.state)),
        Column(
            Heading("MODELS", is_number=True),
            lambda one: shown_count(one.models),
            lambda one: str(one.models),
        ),
        Column(Heading("ADDRESS", is_flexible=True), lambda one: one.state.base_url),
    )
    return Listing(
        columns,
        lambda one: _record(one) | {"usable": one.state.name in usable},
        lambda one: one.state.name,
    )

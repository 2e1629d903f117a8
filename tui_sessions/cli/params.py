"""`param`, and the options of `ask`: what is sent with every prompt of a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.options import SIGNED, Command
from tui_sessions.errors import NotFoundError, UsageError
from tui_sessions.model.params import (
    KNOWN,
    key_of,
    parsed,
    set_param,
    set_values,
    shown,
    value_of,
)
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line

Function = TypeVar("Function", bound=Callable[..., Any])

_EXAMPLES = """
tui-sessions param k3v9
tui-sessions param k3v9 temperature 0.3
tui-sessions param k3v9 stop '["END", "STOP"]'
tui-sessions param k3v9 --unset temperature
"""
_OPTIONS = {
    "temperature": ("--temperature", "N", "How free words are chosen, 0 to 2, from now on."),
    "max_tokens": ("--max-tokens", "N", "The most tokens of an answer, from now on."),
    "reasoning_effort": (
        "--effort",
        "WORD",
        "none minimal low medium high xhigh max, from now on.",
    ),
    "stop": ("--stop", "TEXT", "Where an answer ends, from now on; repeatable."),
}


def param_options(function: Function) -> Function:
    """--temperature, --max-tokens, --effort, --stop, --param, gathered by `params_from`."""
    further = click.option(
        "--param",
        "param",
        metavar="KEY=VALUE",
        multiple=True,
        help="Any further parameter of the server, from now on; repeatable.",
    )
    function = further(function)
    for key, (option, metavar, help) in reversed(_OPTIONS.items()):
        is_list = key == "stop"
        function = click.option(option, key, metavar=metavar, help=help, multiple=is_list)(function)
    return function


def params_from(given: dict[str, Any]) -> dict[str, Any]:
    """The parameters that the options set, taken out of `given`. Raises `UsageError`."""
    found: dict[str, Any] = {}
    for key in _OPTIONS:
        text = given.pop(key)
        if key == "stop":
            values = [parsed(key, one) for one in text]
            if values:
                found[key] = values[0] if len(values) == 1 else _flat(values)
        elif text is not None:
            found[key] = parsed(key, text)
    for pair in given.pop("param"):
        name, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(f"--param takes KEY=VALUE, not {clean_line(pair)!r}.")
        key = key_of(name)
        found[key] = parsed(key, text)
    return found


@click.command("param", cls=Command, context_settings=SIGNED, examples=_EXAMPLES)
@click.argument("session", metavar="S", shell_complete=complete_sessions)
@click.argument("words", metavar="[KEY [VALUE]]", nargs=-1)
@click.option("--unset", metavar="KEY", multiple=True, help="As the provider has it; repeatable.")
@click.option("--format", type=click.Choice(("text", "json")), default="text")
@click.pass_obj
def param_command(
    call: Call, session: str, words: tuple[str, ...], unset: tuple[str, ...], format: str
) -> int:
    """Show what is sent with every prompt of the session S, one KEY of it, or set KEY to VALUE: a number,
    true, false or JSON where it reads as that, else text."""
    for word in words[:1]:
        if word.startswith("-"):
            raise UsageError(f"There is no option {word}. See: tui-sessions param --help")
    if len(words) == 1 and "=" in words[0]:  # as `ask --param` has it
        name, _, text = words[0].partition("=")
        words = (name, text)
    library = call.library
    found = library.load(library.resolve(session))
    if unset and words:
        raise UsageError("Set a parameter or --unset one, not both at once.")
    if unset:
        return _edited(call, found, {key_of(name): None for name in unset})
    if len(words) >= 2:
        key = key_of(words[0])
        return _edited(call, found, {key: parsed(key, " ".join(words[1:]))})
    if words:
        return _print_one(call, found, key_of(words[0]))
    return _print_all(call, found, format)


def _flat(values: list[Any]) -> list[str]:
    return [text for value in values for text in (value if isinstance(value, list) else [value])]


def _print_one(call: Call, session: Session, key: str) -> int:
    value = value_of(session.params, key)
    if value is None:
        raise NotFoundError(f"{session.id} sets no {key}: it is as the provider has it.")
    call.console.line(shown(value))
    return 0


def _print_all(call: Call, session: Session, format: str) -> int:
    values = dict(set_values(session.params))
    if format == "json":
        import json

        call.console.line(json.dumps(values, indent=2, ensure_ascii=False))
        return 0
    width = max(map(len, map(clean_line, values)), default=0)
    for key, value in values.items():
        call.console.line(f"{clean_line(key):<{width}}  {shown(value)}")
    if not values:
        known = ", ".join(KNOWN)
        call.console.tell(f"Nothing is set: all is as the provider has it. There are {known}.")
    return 0


def _edited(call: Call, session: Session, values: dict[str, Any]) -> int:
    def change(session: Session) -> Session:
        for key, value in values.items():
            session = set_param(key, value)(session)
        return session

    label = f"{', '.join(values)} of “{clean_line(session.shown_title)}”"
    outcome = call.library.history.edit((session.id,), change, label)
    for problem in outcome.problems:
        call.console.say(problem)
    for key, value in values.items():
        state = "as the provider has it" if value is None else shown(value)
        call.console.tell(f"{key} of {session.id}: {state}.")
    return outcome.exit_code

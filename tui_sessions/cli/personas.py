"""`persona`: named ways to be answered, listed, shown, made, changed and taken away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_personas
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command, CommandGroup, format_option
from tui_sessions.cli.params import param_options, params_from
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import TuiSessionsError, UsageError
from tui_sessions.model.display import shown_number
from tui_sessions.model.params import key_of, set_values, summary, with_value
from tui_sessions.model.text import clean_line

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona

Function = TypeVar("Function", bound=Callable[..., Any])

_SYSTEM_SHOWN = 60


def _persona_options(function: Function) -> Function:
    for option in (
        click.option(
            "--window", type=click.IntRange(min=0), metavar="N", help="Earlier pairs; 0: all."
        ),
        param_options,
        click.option("--system", metavar="TEXT", help="The system prompt; - reads standard input."),
        click.option("--model", metavar="MODEL", help="provider/name."),
    ):
        function = option(function)
    return function


@click.group("persona", cls=CommandGroup, invoke_without_command=True)
@click.pass_context
def persona_command(context: click.Context) -> int | None:
    """Named ways to be answered; alone it lists them. `ask @NAME …`, or @NAME in the prompt, asks one."""
    if context.invoked_subcommand is not None:
        return None
    return _print(context.ensure_object(Call), None)


@persona_command.command("list", cls=Command, examples="tui-sessions persona list")
@format_option
@click.pass_obj
def persona_list_command(call: Call, format: str | None) -> int:
    """List the personas with model, system prompt and parameters."""
    return _print(call, format)


@persona_command.command("show", cls=Command, examples="tui-sessions persona show apollo")
@click.argument("name", shell_complete=complete_personas)
@click.option("--format", type=click.Choice(("text", "json")), default="text")
@click.pass_obj
def persona_show_command(call: Call, name: str, format: str) -> int:
    """Show all of one persona."""
    persona = call.services.personas.get(name.removeprefix("@"))
    if format == "json":
        from tui_sessions.cli.records import print_object

        print_object(call.console, _record(persona))
        return 0
    from tui_sessions.config.persona_text import with_persona

    call.console.write(with_persona("", persona.name, persona.table()))
    return 0


@persona_command.command(
    "new",
    cls=Command,
    examples="""
tui-sessions persona new apollo --model openai/gpt-5 --system "You analyse." --effort high
tui-sessions persona new poet --temperature 1.2 --param top_p=0.9
""",
)
@click.argument("name")
@_persona_options
@click.pass_obj
def persona_new_command(call: Call, /, name: str, **given: Any) -> int:
    """Make a persona; what is left out is as the session has it."""
    from tui_sessions.config.personas import Persona

    persona = _changed(call, Persona(name=name.removeprefix("@")), given)
    call.services.personas.save(persona)
    call.console.tell(f"Ask it: tui-sessions ask @{clean_line(persona.name)} …")
    return 0


@persona_command.command(
    "edit",
    cls=Command,
    examples="""
tui-sessions persona edit apollo
tui-sessions persona edit apollo --model anthropic/claude-sonnet-4-5 --unset temperature
tui-sessions persona edit apollo --name athena
""",
)
@click.argument("name", shell_complete=complete_personas)
@click.option("--name", "new_name", metavar="NAME", help="Another name.")
@click.option("--unset", metavar="KEY", multiple=True, help="As the session has it; repeatable.")
@_persona_options
@click.pass_obj
def persona_edit_command(
    call: Call, /, name: str, new_name: str | None, unset: tuple[str, ...], **given: Any
) -> int:
    """Change what the options say; without any, open the persona's lines in $EDITOR."""
    personas = call.services.personas
    before = personas.get(name.removeprefix("@"))
    if not (new_name or unset or any(value not in (None, ()) for value in given.values())):
        return _in_editor(call, before)
    persona = _changed(call, before, given)
    for word in unset:
        if word in ("model", "system"):
            persona = msgspec.structs.replace(persona, **{word: None})
        else:
            params = with_value(persona.params, key_of(word), None)
            persona = msgspec.structs.replace(persona, params=params)
    persona = msgspec.structs.replace(persona, name=(new_name or before.name).removeprefix("@"))
    personas.save(persona, former=before.name)
    call.console.tell(f"{clean_line(persona.name)} is changed.")
    return 0


@persona_command.command("delete", cls=Command, examples="tui-sessions persona delete apollo --yes")
@click.argument("name", shell_complete=complete_personas)
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@click.pass_obj
def persona_delete_command(call: Call, name: str, is_sure: bool) -> int:
    """Take a persona out of the file; what it answered stays."""
    persona = call.services.personas.get(name.removeprefix("@"))
    shown = clean_line(persona.name)
    if not is_sure:
        if not call.console.can_ask:
            raise UsageError(f"To delete the persona {shown}, add --yes.")
        if not call.console.confirm(f"Delete the persona {shown}?"):
            call.console.say("Nothing was changed.")
            return 1
    call.services.personas.delete(persona.name)
    call.console.tell(f"The persona {shown} is deleted.")
    return 0


def _changed(call: Call, persona: Persona, given: dict[str, Any]) -> Persona:
    """The persona with what the options say."""
    params = persona.params
    for key, value in params_from(given).items():
        params = with_value(params, key, value)
    if given["window"] is not None:
        params = with_value(params, "context_window", given["window"])
    model, system = given["model"], given["system"]
    if model:
        model = call.services.providers.full_model(model)
    if system == "-":
        import sys

        system = sys.stdin.read().rstrip("\n")
    return msgspec.structs.replace(
        persona,
        model=persona.model if model is None else model or None,
        system=persona.system if system is None else system or None,
        params=params,
    )


def _in_editor(call: Call, persona: Persona) -> int:
    """The persona's lines, to be edited; with a slip in them they come back until they are right."""
    from tui_sessions.config.entries import file_text
    from tui_sessions.config.persona_text import table_text, with_table_text

    personas = call.services.personas
    before = table_text(file_text(personas.path) or "", persona.name)
    if not before:
        raise UsageError(
            f"The lines of {clean_line(persona.name)} stand apart: edit {clean_line(str(personas.path))}."
        )
    text: str | None = before
    while True:
        text = click.edit(text, extension=".toml")
        if text is None or text == before:
            call.console.tell("Nothing was changed.")
            return 0
        try:
            personas.changed(partial(with_table_text, name=persona.name, new=text))
        except TuiSessionsError as problem:
            if not call.console.can_ask:
                raise
            call.console.say(str(problem))
            if not call.console.confirm("Edit it again?"):
                call.console.say("Nothing was changed.")
                return 1
        else:
            call.console.tell(f"{clean_line(persona.name)} is changed.")
            return 0


def _print(call: Call, format: str | None) -> int:
    personas = call.services.personas
    found = personas.all()
    if found or format in ("json", "csv"):
        print_listing(call.console, _listing(), found, format)
    call.console.flush()
    if not found:
        call.console.say("There is no persona yet. Make one: tui-sessions persona new NAME")
        return 1
    call.console.tell(f"{shown_number(len(found), 'persona')} in {clean_line(str(personas.path))}.")
    return 0


def _listing() -> Listing[Persona]:
    columns: tuple[Column[Persona], ...] = (
        Column(Heading("NAME"), lambda p: p.name),
        Column(Heading("MODEL"), lambda p: p.model or ""),
        Column(Heading("SYSTEM PROMPT", is_flexible=True), lambda p: _beginning(p.system or "")),
        Column(Heading("PARAMETERS"), lambda p: summary(p.params)),
    )
    return Listing(columns, _record, lambda p: p.name)


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SYSTEM_SHOWN else line[: _SYSTEM_SHOWN - 1] + "…"


def _record(persona: Persona) -> dict[str, Any]:
    return {
        "name": persona.name,
        "model": persona.model,
        "system": persona.system,
        "params": dict(set_values(persona.params)),
    }

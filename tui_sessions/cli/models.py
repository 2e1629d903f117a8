"""`models`: what the providers offer, as their lists are kept or as the servers say now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.list_asking import ask_all
from tui_sessions.cli.options import Command, format_option
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import NotFoundError, ProviderError
from tui_sessions.model.display import shown_age
from tui_sessions.model.known_model import LEGEND, KnownModel, shown_price, shown_window
from tui_sessions.model.money import dollars

_EXAMPLES = """
tui-sessions models
tui-sessions models --provider ollama --refresh
tui-sessions models --search "claude sonnet"
tui-sessions models --format ids
"""


@click.command("models", cls=Command, examples=_EXAMPLES)
@click.option(
    "--provider", "named", metavar="NAME", multiple=True, help="Only of this one; repeatable."
)
@click.option("--refresh", is_flag=True, help="Ask the servers now, however new the lists are.")
@click.option("--search", metavar="WORDS", default="", help="Only those that hold each word.")
@click.option("--base-url", metavar="URL", help="The provider's server.")
@format_option
@click.pass_obj
def models_command(
    call: Call,
    named: tuple[str, ...],
    refresh: bool,
    search: str,
    base_url: str | None,
    format: str | None,
) -> int:
    """List the models of the providers that are set up: context size, dollars for a million tokens in and
    out, and what they can do.

    The lists are kept for a day. What a provider refuses is said on standard error.
    """
    call.base_url = base_url
    services, names = call.services, _names(call, named)
    lists = services.model_lists
    problems = ask_all(call, names if refresh else lists.due(names))
    lists.complete()
    known = lists.known(names)
    models = [model for model in known if model.fits(search)]
    if models:
        print_listing(call.console, _LISTING, models, format)
    call.console.flush()
    if models and format in (None, "table") and call.console.is_terminal:
        call.console.tell(LEGEND)
    _say(call, problems, named)
    if known and not models:
        raise NotFoundError(f"No model fits {search!r}. tui-sessions models lists all.")
    return 0 if models or not problems else ProviderError.exit_code


def _names(call: Call, named: Sequence[str]) -> tuple[str, ...]:
    """Who is listed. Raises `ProviderError` for one that is not there."""
    providers = call.services.providers
    for name in named:
        # One that cannot be reached under that address is the whole answer, too.
        providers.get(name)
    if named:
        return tuple(dict.fromkeys(named))
    return ("openai",) if call.base_url else providers.set_up()


def _say(call: Call, problems: Mapping[str, ProviderError], named: Sequence[str]) -> None:
    lists, now = call.services.model_lists, call.services.now()
    for name, problem in problems.items():
        if name not in named and lists.is_absent(name, problem):
            continue
        asked_at = lists.asked_at(name)
        age = f" Listed is what it told {shown_age(asked_at, now)} ago." if asked_at else ""
        call.console.say(f"{name}: {problem}{age}")


def _record(model: KnownModel) -> dict[str, object]:
    return {
        "id": model.id,
        "provider": model.provider,
        "name": model.name,
        "title": model.title or None,
        "context_tokens": model.context_tokens,
        "output_tokens": model.output_tokens,
        "input_per_mtok": _dollars(model.input_per_mtok),
        "output_per_mtok": _dollars(model.output_per_mtok),
        "price_source": model.price_source or None,
        "sees_images": model.sees_images,
        "thinks": model.thinks,
        "is_local": model.is_local,
    }


def _dollars(nanousd: int | None) -> float | None:
    return None if nanousd is None else dollars(nanousd)


_COLUMNS: tuple[Column[KnownModel], ...] = (
    Column(Heading("MODEL", is_flexible=True), lambda model: model.id),
    Column(
        Heading("CONTEXT", is_number=True),
        lambda model: shown_window(model.context_tokens),
        lambda model: str(model.context_tokens or "?"),
    ),
    Column(Heading("IN $/M", is_number=True), lambda model: shown_price(model.input_per_mtok)),
    Column(Heading("OUT $/M", is_number=True), lambda model: shown_price(model.output_per_mtok)),
    Column(Heading(""), lambda model: model.marks, lambda model: ",".join(model.abilities)),
)
_LISTING: Listing[KnownModel] = Listing(_COLUMNS, _record, lambda model: model.id)

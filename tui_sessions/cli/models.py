"""`models`: what the providers offer, asked of the servers themselves."""

from __future__ import annotations

from typing import NamedTuple

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command, format_option
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import ProviderError
from tui_sessions.model.display import shown_count
from tui_sessions.providers.base import ModelInfo

_EXAMPLES = """
tui-sessions models
tui-sessions models --provider ollama
tui-sessions models --format ids
"""


class Offer(NamedTuple):
    """A model and who offers it."""

    provider: str
    model: ModelInfo

    @property
    def full_name(self) -> str:
        """What `--model` takes."""
        return f"{self.provider}/{self.model.name}"


@click.command("models", cls=Command, examples=_EXAMPLES)
@click.option("--provider", metavar="NAME", help="Ask only this one.")
@click.option("--base-url", metavar="URL", help="The provider's server.")
@format_option
@click.pass_obj
def models_command(
    call: Call, provider: str | None, base_url: str | None, format: str | None
) -> int:
    """List the models that the providers offer. What a provider refuses is said on standard error."""
    call.base_url = base_url
    if provider:
        # One that is not there, or cannot be reached under that address, is the whole answer.
        call.services.providers.get(provider)
    import asyncio

    offers, problems = asyncio.run(_asked(call, provider))
    if offers:
        print_listing(call.console, _LISTING, offers, format)
    call.console.flush()
    for problem in problems:
        call.console.say(problem)
    return 0 if offers or not problems else ProviderError.exit_code


async def _asked(call: Call, provider: str | None) -> tuple[list[Offer], list[str]]:
    import asyncio

    providers = call.services.providers
    names = (provider,) if provider else providers.names
    try:
        answers = await asyncio.gather(*(_offers(call, name) for name in names))
    finally:
        await providers.aclose()
    offers = [offer for found, _ in answers for offer in found]
    return offers, [problem for _, problem in answers if problem]


async def _offers(call: Call, name: str) -> tuple[list[Offer], str]:
    try:
        found = await call.services.providers.get(name).models()
    except ProviderError as error:
        return [], f"{name}: {error}"
    return [Offer(name, model) for model in sorted(found, key=lambda model: model.name)], ""


def _record(offer: Offer) -> dict[str, object]:
    return {
        "id": offer.full_name,
        "provider": offer.provider,
        "name": offer.model.name,
        "context_tokens": offer.model.context_tokens,
    }


_COLUMNS: tuple[Column[Offer], ...] = (
    Column(Heading("MODEL", is_flexible=True), lambda offer: offer.full_name),
    Column(
        Heading("CONTEXT", is_number=True),
        lambda offer: shown_count(offer.model.context_tokens),
        lambda offer: str(offer.model.context_tokens or "?"),
    ),
)
_LISTING: Listing[Offer] = Listing(_COLUMNS, _record, lambda offer: offer.full_name)

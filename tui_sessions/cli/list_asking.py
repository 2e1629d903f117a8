"""Asking providers for their lists of models, all at once, with a bar: for `models` and `providers check`."""

from __future__ import annotations

from collections.abc import Sequence

from tui_sessions.cli.call import Call
from tui_sessions.cli.progress import progress
from tui_sessions.errors import ProviderError


def ask_all(
    call: Call, names: Sequence[str], *, is_check: bool = False
) -> dict[str, ProviderError]:
    """Asks each for its list, which is kept; a check also asks whether the key is taken where the list is
    for everybody. What went wrong, by name, in the order of `names`."""
    if not names:
        return {}
    import asyncio  # not where the lists that are kept will do

    return asyncio.run(_asked(call, names, is_check))


async def _asked(call: Call, names: Sequence[str], is_check: bool) -> dict[str, ProviderError]:
    import asyncio

    lists, done = call.services.model_lists, 0
    problems: dict[str, ProviderError] = {}

    async def ask(name: str) -> None:
        nonlocal done
        try:
            await (lists.check(name) if is_check else lists.ask(name))
        except ProviderError as problem:
            problems[name] = problem
        done += 1
        if report is not None:
            report(done, len(names))

    with progress(call.console, "Asking for models") as report:
        try:
            await asyncio.gather(*map(ask, names))
        finally:
            await call.services.providers.aclose()
    return {name: problems[name] for name in names if name in problems}

"""`info`: where the library is, what is in it, how big it is."""

from __future__ import annotations

from typing import Any

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import refresh_option
from tui_sessions.cli.facts import FACT_FORMATS, print_facts
from tui_sessions.cli.options import Command
from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.display import shown_priced
from tui_sessions.model.money import known_dollars

_SIZES = (
    *("size", "attachments_size", "trash_size", "index_size"),
    *("versions_size", "quarantine_size", "backups_size"),
)


@click.command(
    "info",
    cls=Command,
    examples="""
tui-sessions info
tui-sessions info --format json | jq .sessions
""",
)
@click.option("--format", type=click.Choice(FACT_FORMATS), default="text")
@refresh_option
@click.pass_obj
def info_command(call: Call, format: str) -> int:
    """Say where the library is, how many sessions, turns and tokens are in it, what they cost, and
    what the index and the trash take."""
    facts = _facts(call)
    if format == "text":
        facts["cost"] = facts.pop("shown_cost")
        facts.pop("unknown_costs")
    else:
        facts.pop("shown_cost")
    print_facts(call.console, facts, format, sizes=_SIZES)
    return 0


def _facts(call: Call) -> dict[str, Any]:
    library = call.library
    attachments = library.attachments.kept()
    totals, trash, status = library.totals(), library.trash(), library.index_status()
    return {
        "library": str(library.root),
        "size": totals.size,
        "sessions": totals.sessions,
        "turns": totals.turns,
        "messages": totals.messages,
        "tokens": totals.tokens,
        "cost": known_dollars(totals.cost),
        "shown_cost": shown_priced(totals.cost),
        "unknown_costs": totals.cost.unknown,
        "folders": len(library.folders()),
        "tags": len(library.tags()),
        "damaged": len(library.damaged()),
        "attachments": attachments.count,
        "attachments_size": attachments.size,
        "trash": len(trash),
        "trash_size": library.trash_size(trash),
        **_kept_aside(call),
        "index": status.path,
        "index_size": status.size,
        "index_version": status.version,
        "texts_done": status.texts_done,
        "texts_total": status.texts_total,
        "index_problem": status.problem or None,
        **_versions(),
    }


def _kept_aside(call: Call) -> dict[str, Any]:
    """What is kept besides the sessions: former versions, what the doctor put aside, backups."""
    from tui_sessions.store.doctor.doctor import kept_in

    history, aside = kept_in(call.library.root)
    facts = {"versions": history.files, "versions_size": history.size}
    if aside.files:
        facts |= {"quarantine": aside.files, "quarantine_size": aside.size}
    try:
        rows = call.services.backups.rows()
    except TuiSessionsError:
        return facts
    return {**facts, "backups": len(rows), "backups_size": sum(row.size for row in rows)}


def _versions() -> dict[str, str | None]:
    import platform
    import sqlite3
    from importlib.metadata import PackageNotFoundError, version

    try:
        own = version("tui-sessions")
    except PackageNotFoundError:
        own = "(not installed)"
    return {
        "version": own,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "prices": _price_table(),
    }


def _price_table() -> str | None:
    """The installed table of prices and its day, without loading it."""
    from importlib.metadata import PackageNotFoundError, version

    from tui_sessions.providers.price_table import RELEASED

    try:
        installed = version("genai-prices")
    except PackageNotFoundError:
        return None
    day = f" of {RELEASED[installed]}" if installed in RELEASED else ""
    return f"genai-prices {installed}{day}"

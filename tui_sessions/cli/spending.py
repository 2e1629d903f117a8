"""What `ask` and `new` have to do with budgets: a session's own one, what is told before, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tui_sessions.cli.call import Call
from tui_sessions.errors import BudgetError
from tui_sessions.model import edits
from tui_sessions.model.session import Change, Session

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona
    from tui_sessions.model.budget import Standing
    from tui_sessions.store.attachments import Loose

Function = TypeVar("Function", bound=Callable[..., Any])


def budget_option(function: Function) -> Function:
    """--budget: what the session may cost."""
    return click.option(
        "--budget",
        metavar="DOLLARS",
        help='What the session may cost from now on: 2.50, "2.50, soft 2", off.',
    )(function)


def over_budget_option(function: Function) -> Function:
    """--over-budget: no budget keeps the prompt from being sent."""
    return click.option(
        "--over-budget", is_flag=True, help="Send it although a budget would be passed."
    )(function)


def own_budget(text: str | None) -> dict[str, Any]:
    """What `meta` of a session holds for what the option says. Raises `ConfigError`."""
    if text is None:
        return {}
    from tui_sessions.model.budget import KEY, own_value

    return {KEY: own_value(text)}


def budget_changes(text: str | None) -> list[Change]:
    """What the option changes about a session that is there. Raises `ConfigError`."""
    return [edits.set_meta(key, value) for key, value in own_budget(text).items()]


def stay_within(
    call: Call,
    session: Session,
    prompt: str,
    *,
    model: str | None,
    files: tuple[Loose, ...] = (),
    persona: Persona | None = None,
    folder: str | None = None,
) -> bool:
    """Before anything is saved: raises `BudgetError` where a budget would be passed and nobody agrees to
    that; whether somebody did. `session` need not have a file yet; it would get one in `folder`."""
    budgets, model = call.services.budgets, model or session.model
    if model is None or not budgets.concern(session):
        return False
    from tui_sessions.engine.limits import plans

    parts = tuple(file.part for file in files)
    try:
        budgets.check(
            plans(session, prompt, [model], attachments=parts, persona=persona, folder=folder)
        )
    except BudgetError as problem:
        if not call.console.can_ask:
            raise
        if not call.console.confirm(f"{problem.reason} Send it all the same?"):
            raise BudgetError("Nothing was sent.") from problem
        return True
    return False


def tell_budgets(call: Call, session: Session, model: str | None) -> None:
    """What is spent of each budget that concerns the session, for a person at a terminal."""
    if call.console.is_watched:
        for standing in call.services.budgets.standing(session, model=model):
            call.console.tell(f"Budget {standing.label}: {shown_standing(standing)}")


def shown_standing(standing: Standing) -> str:
    """`$0.12 of $2.50 (5 %)`, and whether a soft limit is passed."""
    from tui_sessions.model.display import shown_amount, shown_priced

    words = f"{shown_priced(standing.spent)} of {shown_amount(standing.budget.limit)}"
    words += f" ({standing.shown_share})"
    if standing.is_soft_passed and standing.hard is not None and standing.soft is not None:
        words += f"; the soft limit of {shown_amount(standing.soft)} is passed"
    return words

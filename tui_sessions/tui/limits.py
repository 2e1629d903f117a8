"""What is done where a limit keeps a prompt from being sent: ask, and do it all the same where that is said."""

from __future__ import annotations

from collections.abc import Callable

from tui_sessions.errors import BudgetError, ContextError, TuiSessionsError
from tui_sessions.tui.stage import Stage

Allow = frozenset[str]
"""The names of limits that do not hold this once, as the engine takes them."""
NOTHING: Allow = frozenset()


def nothing() -> None:
    """Nothing is to be done where it is left."""


def attempt(
    stage: Stage,
    action: Callable[[Allow], object],
    allow: Allow = NOTHING,
    otherwise: Callable[[], object] = nothing,
) -> bool:
    """Do it, or say in one sentence why not; over a budget, or where the context is full, ask, and do it again
    once that is agreed. Whether it was done by now; `otherwise` is done once it is clear that it will not be."""
    try:
        action(allow)
    except (BudgetError, ContextError) as problem:
        ask(stage, problem, action, allow, otherwise)
        return False
    except TuiSessionsError as problem:
        stage.say(str(problem), "error")
        otherwise()
        return False
    return True


def ask(
    stage: Stage,
    problem: BudgetError | ContextError,
    action: Callable[[Allow], object],
    allow: Allow = NOTHING,
    otherwise: Callable[[], object] = nothing,
) -> None:
    """Ask whether to do it over the budget, or with what is too much for the context, and do it if so."""
    session_id = stage.workspace.session_id

    def answered(allowed: str | None) -> None:
        if allowed and stage.workspace.session_id == session_id:
            attempt(stage, action, allow | {allowed}, otherwise)
        else:
            otherwise()

    if isinstance(problem, ContextError):
        from tui_sessions.tui.screens.context_full import context_dialog

        dialog = context_dialog(str(problem), pairs=problem.pairs, there=problem.there)
        stage.app.push_screen(dialog, answered)
        return
    from tui_sessions.tui.screens.budgets import OverBudgetDialog

    over = OverBudgetDialog(problem.reason)
    stage.app.push_screen(over, lambda is_agreed: answered("budget" if is_agreed else None))

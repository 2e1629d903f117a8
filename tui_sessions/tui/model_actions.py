"""What can be asked for by name about models, their providers, what they cost and how they answer."""

from __future__ import annotations

from tui_sessions.tui.action import Action

MODEL_ACTIONS: tuple[Action, ...] = (
    Action(
        "models",
        "the list of models, to choose who answers",
        lambda desk, words: desk.choosing.pick_model(desk.choosing.set_model, typed=words),
        "[words]",
        "session.model",
    ),
    Action(
        "providers",
        "who could answer here, and what is missing",
        lambda desk, _: desk.first_day.open(),
    ),
    Action(
        "param",
        "set a parameter of this session; without a value: as the provider has it",
        lambda desk, words: desk.params.param(words),
        "[name [value]]",
    ),
    Action(
        "params",
        "the parameters of this session: temperature, effort, stop, …",
        lambda desk, _: desk.params.open(),
    ),
    Action(
        "personas",
        "named ways to be answered: use, make, change",
        lambda desk, _: desk.personas.open(),
    ),
    Action(
        "title-auto",
        "let a model find a title; it costs a call",
        lambda desk, _: desk.naming.title(),
    ),
    Action(
        "tags-auto",
        "let a model find tags; it costs a call",
        lambda desk, _: desk.naming.tags(),
    ),
    Action(
        "persona",
        "who answers in this session until :persona off",
        lambda desk, name: desk.personas.stand(name),
        "[name | off]",
    ),
    Action(
        "budget",
        "what may be spent: all budgets, or this session's",
        lambda desk, words: desk.budgeting.run(words),
        "[dollars | off]",
    ),
    Action(
        "stats",
        "what was spent, on what and when, and how quickly models answer",
        lambda desk, words: desk.statistics.open(words),
        "[view | month | 7d | filter]",
        "app.statistics",
    ),
    Action(
        "reprice",
        "a cost for answers that have none, from today's prices",
        lambda desk, words: desk.repricing.run(words),
        "[all] [anew]",
    ),
)

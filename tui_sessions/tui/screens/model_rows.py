"""How known models stand in a list: groups, columns, marks, and a line about one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tui_sessions.model.display import shown_count
from tui_sessions.model.known_model import (
    LEGEND,
    NONE,
    UNKNOWN,
    KnownModel,
    shown_price,
    shown_window,
)
from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.choice_list import Choice

STAR, IN_USE = "★", "●"
HEADS = ("can", "context", "in $/M", "out $/M")
YIELDING = (0, 1, 3, 2)
"""The columns in the order in which they give way: prices stay longest."""
MARKS_LEGEND = f"{IN_USE} in use   {STAR} favourite   {LEGEND}"
_UNKNOWN = (NONE * 3, UNKNOWN, UNKNOWN, UNKNOWN)


def model_rows(
    models: Mapping[str, KnownModel],
    *,
    favourites: Sequence[str] = (),
    recent: Sequence[str] = (),
    current: str | None = None,
) -> tuple[Choice, ...]:
    """Each model once: in the favourites, else among the recent ones with the one in use first, else below
    its provider. `models` are by their ids."""
    in_use = [current] if current else []
    groups: list[tuple[str, Iterable[str]]] = [
        ("favourites", favourites),
        ("recent", [*in_use, *recent]),
    ]
    rows: dict[str, Choice] = {}
    for group, ids in groups:
        for model in ids:
            mark = IN_USE if model == current else STAR if group == "favourites" else ""
            if model not in rows:
                rows[model] = _row(model, models.get(model), group, mark)
    for model in sorted(models, key=_in_order):
        if model not in rows:
            rows[model] = _row(model, models[model], models[model].provider, "")
    return tuple(rows.values())


def about(model: KnownModel) -> str:
    """A line about the model under the cursor: what its columns have no room for."""
    words = [clean_line(model.title)] if model.title else []
    if model.context_tokens is not None:
        words.append(f"{shown_count(model.context_tokens)} tokens of context")
    if model.output_tokens is not None:
        words.append(f"answers up to {shown_count(model.output_tokens)}")
    words += model.abilities
    if model.price_source:
        words.append(f"price: {clean_line(model.price_source)}")
    elif model.input_per_mtok is None:
        words.append("nobody tells its price")
    return clean_line(" · ".join(words))


def _row(id: str, model: KnownModel | None, group: str, mark: str) -> Choice:
    columns = _UNKNOWN
    if model is not None:
        columns = (
            model.marks,
            shown_window(model.context_tokens),
            shown_price(model.input_per_mtok),
            shown_price(model.output_per_mtok),
        )
    title = clean_line(model.title) if model is not None else ""
    return Choice(id, id, columns, group, mark, title)


def _in_order(id: str) -> tuple[str, str]:
    provider, _, name = id.partition("/")
    return provider, name.casefold()

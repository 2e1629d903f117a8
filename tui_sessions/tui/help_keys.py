"""The keys that work where the focus is, as the help lists them: by pane, with what they are bound to now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.binding import ActiveBinding, Binding
from textual.screen import Screen

from tui_sessions.tui.screens.help import HelpKey
from tui_sessions.tui.widgets.completion import CommandInfo

EVERYWHERE = "Everywhere"
EDITING = "Editing text"
PANES = {
    "prompt": "Prompt",
    "conversation": "Conversation",
    "select": "Selecting text",
    "tree": "Sessions",
    "filter": "Filter",
    "find": "Find",
    "details": "Details",
    "choice": "Details",
    "tags": "Details",
    "costs": "Cost",
    "search": "Search",
    "map": "Branches",
    "branches": "Branches",
    "compare": "Side by side",
    "statistics": "Statistics",
    "figures": "Statistics",
    "chart": "Statistics",
    "week": "Statistics",
    "session": EVERYWHERE,
    "pane": EVERYWHERE,
    "app": EVERYWHERE,
}
"""Where a key belongs, by the first word of its id. Keys without an id are those of Textual's editors."""
FIRST_OF_PROMPT = frozenset(
    f"prompt.{name}" for name in ("send", "newline", "editor", "complete", "escape", "up", "down")
)
"""The keys of the prompt that are its own; the others move and edit as everywhere."""


def help_keys(screen: Screen[Any], commands: Iterable[CommandInfo]) -> list[HelpKey]:
    """A row for each binding with all its keys: those of the pane first, of editing last.

    In between the colon commands.
    """
    groups: dict[str, list[HelpKey]] = {}
    for bindings in _same(screen.active_bindings.values()):
        binding = bindings[0]
        what = binding.tooltip or binding.description
        if what:
            shown = ", ".join(map(screen.app.get_key_display, bindings))
            row = HelpKey(key=shown, what=what[0].lower() + what[1:], group=_group(binding))
            groups.setdefault(row.group, []).append(row)
    last = [*groups.pop(EVERYWHERE, []), *groups.pop(EDITING, [])]
    own = [row for rows in groups.values() for row in rows]
    return [*own, *map(_command, commands), *last]


def _same(active: Iterable[ActiveBinding]) -> list[list[Binding]]:
    """The bindings that are one with several keys, together."""
    found: dict[tuple[str, str], list[Binding]] = {}
    for entry in active:
        binding = entry.binding
        found.setdefault((binding.id or binding.action, binding.action), []).append(binding)
    return list(found.values())


def _group(binding: Binding) -> str:
    if not binding.id:
        return EVERYWHERE if binding.action.startswith(("app.", "screen.")) else EDITING
    area = binding.id.partition(".")[0]
    if area == "prompt" and binding.id not in FIRST_OF_PROMPT:
        return EDITING
    return PANES.get(area, EVERYWHERE)


def _command(command: CommandInfo) -> HelpKey:
    typed = f":{command.name} {command.argument_hint}".strip()
    return HelpKey(key=typed, what=command.help, group="Commands")

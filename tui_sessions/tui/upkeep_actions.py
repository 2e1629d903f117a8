"""What can be asked for by name to keep the library well: look it over, back it up, tidy it up."""

from __future__ import annotations

from tui_sessions.tui.action import Action

UPKEEP_ACTIONS: tuple[Action, ...] = ()

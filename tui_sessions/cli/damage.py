"""Damaged files in words: which, and why. They are named wherever sessions are gathered, for a file that
goes missing without a word is lost."""

from __future__ import annotations

from tui_sessions.cli.call import Call
from tui_sessions.model.display import shown_number

SHOWN = 10


def tell_damaged(call: Call, end: str, *, is_all: bool = False) -> bool:
    """Names the damaged files on standard error, `end` after their number; False where none is."""
    damaged = call.library.damaged()
    if not damaged:
        return False
    call.console.say(f"{shown_number(len(damaged), 'damaged file')}, {end}:")
    shown = damaged if is_all else damaged[:SHOWN]
    for row in shown:
        call.console.say(f"  {row.path}: {row.reason}")
    if len(damaged) > len(shown):
        call.console.say(f"  and {len(damaged) - len(shown)} more: --all names them.")
    return True

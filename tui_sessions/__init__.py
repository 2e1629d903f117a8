"""tui-sessions: conversations with language models as plain JSON files.

The public API, handed out lazily: `import tui_sessions` alone loads nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_sessions.model.message import Message as Message
    from tui_sessions.model.session import Session as Session
    from tui_sessions.model.turn import Turn as Turn
    from tui_sessions.model.usage import Usage as Usage
    from tui_sessions.store.library import Library as Library
    from tui_sessions.wiring import services as services

_HOMES = {
    "Library": "tui_sessions.store.library",
    "Message": "tui_sessions.model.message",
    "Session": "tui_sessions.model.session",
    "Turn": "tui_sessions.model.turn",
    "Usage": "tui_sessions.model.usage",
    "services": "tui_sessions.wiring",
}
__all__ = ["Library", "Message", "Session", "Turn", "Usage", "services"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

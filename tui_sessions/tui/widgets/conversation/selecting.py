"""Selecting text in the conversation with keys and mouse."""

from __future__ import annotations

from tui_sessions.tui.widgets.conversation.cursor import CursorView


class SelectingView(CursorView):
    """Selects what is laid out."""

"""Adds and removes tags quickly."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Static

from tui_sessions.model.tags import split_tags
from tui_sessions.tui.screens.dialog import Dialog
from tui_sessions.tui.widgets.field_editors import Settled
from tui_sessions.tui.widgets.tag_field import TagEditor


class TagsDialog(Dialog[tuple[str, ...]]):
    """The result is all tags; several sessions begin with those that all of them share."""

    VERB = "save"

    def __init__(
        self, tags: Sequence[str], *, in_use: Sequence[str] = (), sessions: int = 1
    ) -> None:
        super().__init__("Tags" if sessions == 1 else f"Tags of {sessions:,} sessions")
        self._tags = tuple(tags)
        self.editor = TagEditor("type a tag")
        self.editor.words = in_use
        self.editor.add_class("dialog--line")

    def body(self) -> ComposeResult:
        """The words, and how they are edited."""
        yield self.editor
        yield Static(
            "A comma between tags. Backspace removes the last, right completes.",
            classes="dialog--note",
            markup=False,
        )

    def on_mount(self) -> None:
        """Ready to type."""
        self.editor.load(", ".join(split_tags(",".join(self._tags))))
        self.editor.focus()

    def on_settled(self, event: Settled) -> None:
        """Enter behind a word means the word too: one key, not two. The base takes an empty one."""
        event.stop()
        if not event.is_done:
            self.action_accept()

    def answer(self) -> tuple[str, ...]:
        """The tags; untouched, the very ones that were given."""
        return split_tags(self.editor.text) if self.editor.is_typed else self._tags

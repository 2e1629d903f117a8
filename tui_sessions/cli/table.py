"""Every command: its name, where it lives, one line of help. Only this is read for `--help`."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A command of the program."""

    name: str
    module: str
    """Below `tui_sessions.cli`; imported when the command is used. It defines `<name>_command`."""
    help: str

    @property
    def attribute(self) -> str:
        """The name of the command object in the module."""
        return f"{self.name.replace('-', '_')}_command"


OPEN = "open"
"""What runs when the first word is no command."""

COMMANDS = (
    Entry(OPEN, "open_screen", "Open the screen, at a session if one is named."),
    Entry("ask", "asking", "Send a prompt and print the answer."),
    Entry("new", "making", "Make a session and print its id."),
    Entry("branch", "making", "Make a session that shares the beginning of another."),
    Entry("list", "listing", "List sessions, the newest first."),
    Entry("show", "showing", "Show a session: what is known about it, and its messages."),
    Entry("context", "showing", "Show or set how many earlier pairs are sent along."),
    Entry("rename", "naming", "Give a session another title, or its file another name."),
    Entry("tag", "naming", "Put tags on a session."),
    Entry("untag", "naming", "Take tags off a session."),
    Entry("meta", "naming", "Show, set or unset what is kept about a session."),
    Entry("status", "naming", "Mark sessions active, paused, completed or archived."),
    Entry("export", "exports", "Write sessions as Markdown, JSON, text or CSV."),
    Entry("delete", "deleting", "Put sessions into the trash."),
    Entry("undelete", "deleting", "Take a session out of the trash."),
    Entry("trash", "deleting", "List what is in the trash."),
    Entry("models", "models", "List the models that the providers offer."),
    Entry("config", "configuring", "Show, make or check the configuration."),
)
"""In the order of `--help`."""

BY_NAME = {entry.name: entry for entry in COMMANDS}

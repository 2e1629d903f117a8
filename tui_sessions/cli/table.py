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
    Entry("promote", "branching", "Give a branch its parent's place."),
    Entry("detach", "branching", "Make a branch a session of its own."),
    Entry("merge", "branching", "Put a branch's turns at the end of its parent."),
    Entry("extract", "branching", "Make a session of some turns of another."),
    Entry("list", "listing", "List sessions, the newest first."),
    Entry("search", "searching", "Search the conversations, the best first."),
    Entry("show", "showing", "Show a session: what is known about it, and its messages."),
    Entry("replay", "replaying", "Print a session as it was written, at its pace or faster."),
    Entry("context", "context", "Show or set what goes along with the next prompt."),
    Entry("param", "params", "Show or set what is sent with every prompt: temperature, effort, …"),
    Entry("rename", "naming", "Give a session another title, or its file another name."),
    Entry("tag", "tagging", "Put tags on sessions."),
    Entry("untag", "tagging", "Take tags off sessions."),
    Entry("tags", "tagging", "List the tags in use; rename or merge them everywhere."),
    Entry("meta", "naming", "Show, set or unset what is kept about sessions."),
    Entry("status", "marking", "Mark sessions active, paused, completed or archived."),
    Entry("pin", "marking", "Pin sessions to the top of the tree."),
    Entry("unpin", "marking", "Pin sessions no longer."),
    Entry("star", "marking", "Put a star on sessions."),
    Entry("unstar", "marking", "Take the star off sessions."),
    Entry("move", "moving", "Move sessions to a folder."),
    Entry("folder", "moving", "List, make, rename or remove folders."),
    Entry("export", "exports", "Write sessions as Markdown, JSON, text, CSV or HTML."),
    Entry("reprice", "repricing", "Give answers without a known cost one."),
    Entry("delete", "deleting", "Put sessions into the trash."),
    Entry("undelete", "deleting", "Take sessions out of the trash."),
    Entry("trash", "trashing", "List, restore or empty what was deleted."),
    Entry("backup", "backing", "Make a backup of all sessions; list or verify what there is."),
    Entry("restore", "restoring", "Bring sessions back out of a backup; look first, lose nothing."),
    Entry("interrupted", "interrupted", "Keep, continue or drop answers that a crash cut off."),
    Entry("undo", "undoing", "Take back what was done to sessions last."),
    Entry("redo", "undoing", "Do again what was taken back."),
    Entry("history", "undoing", "List what was done to sessions."),
    Entry("versions", "versions", "List, show or restore what a session held before."),
    Entry("prune", "pruning", "Take the old turns out of a session, keep the last ones."),
    Entry("archive", "archiving", "Put sessions into the archive, packed, or bring them back."),
    Entry("compress", "archiving", "Pack session files in their place, or unpack them."),
    Entry("cleanup", "cleaning", "Find and tidy away what is empty, old, idle or expired."),
    Entry("audit", "auditing", "Show who opened, changed, exported what; verify what was saved."),
    Entry("stats", "statistics", "Say what answers cost, used and took, in all or broken down."),
    Entry("info", "informing", "Say where the library is, what is in it and how big it is."),
    Entry("doctor", "doctoring", "Look the library over, and mend what is wrong in it."),
    Entry("index", "indexing", "Look at, rebuild or shrink the index."),
    Entry("models", "models", "List the models that the providers offer."),
    Entry("persona", "personas", "List, show, make or change named ways to be answered."),
    Entry("budget", "budgets", "List what is spent of what may be spent; give a session a budget."),
    Entry("providers", "providers", "List and check who could answer; keep keys in the keyring."),
    Entry("config", "configuring", "Show, make or check the configuration."),
)
"""In the order of `--help`."""

BY_NAME = {entry.name: entry for entry in COMMANDS}

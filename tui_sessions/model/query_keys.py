"""The words of the filter language: its keys, and the values of those that take fixed ones."""

from __future__ import annotations

from tui_sessions.model.session import STATUSES

META = "meta."
"""A key that begins so names any key of `meta`: `meta.priority:high`."""
NUMBERS = ("cost", "turns", "tokens")
"""Keys that take `>5`, `<=5`, `5`, `3..10`."""
DATES = ("since", "until")
KEYS = {
    "tag": "has this tag",
    "model": "the model contains",
    "provider": "the provider contains",
    "project": "the project contains",
    "folder": "in this folder or below",
    "status": "active, paused, completed, archived",
    "title": "the title contains",
    "system": "the system prompt contains",
    "role": "found in what this role said",
    "text": "the conversation contains",
    "cost": "dollars: >0.05, 0.01..0.10",
    "turns": "how many: >=10, 3..10",
    "tokens": "how many: >5000, 10k",
    "since": "begun since a date: 7d, 2026-01-31",
    "until": "begun until the end of a date",
    "is": "pinned, starred, branch, damaged …",
    "has": "code, attachment, notes, tags, project",
}
IS = {
    "pinned": "kept at the top",
    "starred": "a favourite",
    "branch": "begun as a copy of another",
    "damaged": "cannot be read",
    "interrupted": "the last answer is not whole",
    "archived": "its status is archived",
    "read-only": "written by a newer version",
}
HAS = {
    "code": "a block of code",
    "attachment": "an image or a file",
    "notes": "notes",
    "tags": "any tag",
    "project": "a project",
}
ROLES = {
    "user": "what you said",
    "assistant": "what was answered",
    "system": "instructions",
    "tool": "what a tool gave",
}
CHOICES = {
    "is": tuple(IS),
    "has": tuple(HAS),
    "role": tuple(ROLES),
    "status": STATUSES,
}
"""The values that a key takes."""
MEANT = {
    "after": "since",
    "before": "until",
    "begun": "since",
    "content": "text",
    "date": "since",
    "dir": "folder",
    "directory": "folder",
    "from": "since",
    "in": "folder",
    "label": "tag",
    "message": "text",
    "name": "title",
    "notes": "text",
    "path": "folder",
    "price": "cost",
    "prompt": "text",
    "spent": "cost",
    "state": "status",
    "to": "until",
}
"""What people write who come from elsewhere, and what it is called here."""

"""What was acknowledged, and whether it is there: reads the plain files, and nothing of the program.

An acknowledgement is a line of the audit log that names a message and the hash of its text. It is kept when
some session file, in the library or in its trash, holds that message with that text.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OWN = ".tui-sessions"
Acknowledged = dict[tuple[str, str], str]
"""By session and message (`<turn id>:<role>`): the first 16 digits of the hash of its text, the latest."""


@dataclass
class Sight:
    """The session files of one library as they lie there."""

    live: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The sessions by their ids; two of one id are two files."""
    trashed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    unparsable: list[str] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    """Every file and folder that is not hidden."""

    def one(self, session_id: str) -> dict[str, Any]:
        """The session of that id, of which there is one file; {} where there is none."""
        found = self.live.get(session_id, [])
        assert len(found) < 2, f"{session_id} has {len(found)} files"
        return found[0] if found else {}

    def answers(self) -> Iterator[str]:
        """The text of every answer, alternatives too."""
        for session in self._all():
            yield from (text for _, role, text in messages(session) if role == "assistant")

    def lost(self, acknowledged: Acknowledged) -> list[str]:
        """What was acknowledged and is not there."""
        held = {
            (f"{turn}:{role}", fingerprint(text))
            for session in self._all()
            for turn, role, text in messages(session)
        }
        return [
            f"lost: {message} of session {session}"
            for (session, message), digest in acknowledged.items()
            if (message, digest) not in held
        ]

    def _all(self) -> Iterator[dict[str, Any]]:
        for sessions in (*self.live.values(), *self.trashed.values()):
            yield from sessions


def sight(root: Path) -> Sight:
    """Every session file below `root`, and in its trash."""
    seen = Sight()
    for folder, folders, names in os.walk(root):
        place = Path(folder)
        if place == root / OWN:
            folders[:] = [name for name in folders if name == "trash"]
            continue
        if OWN not in place.relative_to(root).parts:
            seen.paths |= {(place / name).relative_to(root).as_posix() for name in folders + names}
        for name in names:
            if not name.startswith(".") and name.endswith((".json", ".json.gz")):
                kind = seen.trashed if OWN in place.relative_to(root).parts else seen.live
                _look(place / name, kind, seen)
    return seen


def _look(path: Path, kind: dict[str, list[dict[str, Any]]], seen: Sight) -> None:
    try:
        data = path.read_bytes()
        session = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
        kind.setdefault(str(session["id"]), []).append(session)
    except (ValueError, KeyError, TypeError, EOFError, OSError) as error:
        seen.unparsable.append(f"{path.name}: {error}")


def messages(session: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Turn id, role and text of every message, those of alternatives too."""
    for turn in session.get("turns", ()):
        others = [other.get("message", other) for other in turn.get("alternatives", ())]
        for message in (*turn.get("messages", ()), *others):
            yield str(turn.get("id")), str(message.get("role")), text_of(message)


def text_of(message: dict[str, Any]) -> str:
    """The text of a message, whose content may be a list of parts."""
    content = message.get("content", "")
    if isinstance(content, str):
        return content
    return "\n\n".join(_shown(part) for part in content)


def _shown(part: dict[str, Any]) -> str:
    if "text" in part:
        return str(part["text"])
    name = part.get("name") or part.get("filename")
    return f"[{part['type']}: {name}]" if name else f"[{part['type']}]"


def fingerprint(text: str) -> str:
    """As it stands in the audit log."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def deleted(audit: bytes) -> set[str]:
    """The sessions of which it was acknowledged last that they were deleted."""
    gone: set[str] = set()
    for line in audit.splitlines():
        record = json.loads(line)
        if record["action"] == "delete":
            gone.add(record["session"])
        elif record["action"] in ("restore", "save"):
            gone.discard(record["session"])
    return gone


def acknowledged(audit: bytes) -> Acknowledged:
    """The messages that an audit log names. A last line that is torn acknowledged nothing."""
    found: Acknowledged = {}
    for line in audit.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        record = json.loads(line)
        if "sha256" in record:
            found[record["session"], record["message"]] = record["sha256"]
        elif record["action"] == "remove":
            found.pop((record["session"], record["message"]), None)
    return found

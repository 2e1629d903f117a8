"""What was promised, and whether it is there: read from the audit log and the plain files, with nothing of the program."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Promise = tuple[str, str, str]
"""Session, `<turn>:<role>`, and the first 16 hex digits of the text's sha256."""


def promised(audit: Path) -> set[Promise]:
    """Every message that the program said to be on disk; for each that was said anew, the last."""
    last: dict[tuple[str, str], str] = {}
    try:
        lines = audit.read_bytes().splitlines()
    except FileNotFoundError:
        return set()
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:
            continue  # The last line of a process that was killed.
        if "message" in said:
            last[said["session"], said["message"]] = said["sha256"]
    return {(session, message, digest) for (session, message), digest in last.items()}


def kept(root: Path) -> tuple[set[Promise], list[str]]:
    """Every message in the session files, and the files that cannot be read."""
    found: set[Promise] = set()
    broken: list[str] = []
    for path in session_files(root):
        try:
            session = loaded(path)
            for turn in session["turns"]:
                for message in messages_of(turn):
                    digest = hashlib.sha256(text_of(message).encode("utf-8", "surrogatepass"))
                    name = f"{turn['id']}:{message['role']}"
                    found.add((session["id"], name, digest.hexdigest()[:16]))
        except (ValueError, KeyError, TypeError, EOFError, OSError) as error:
            broken.append(f"{path.name}: {type(error).__name__}: {error}")
    return found, broken


def complaints(root: Path, audit: Path) -> list[str]:
    """What was promised and is not there, and what cannot be read; nothing where all is well."""
    found, broken = kept(root)
    lost = sorted(promised(audit) - found)
    return [f"lost: {session} {message}" for session, message, _ in lost] + broken


def session_files(root: Path) -> Iterator[Path]:
    """The session files of a library, whatever else lies in it."""
    for path in sorted(root.rglob("*.json*")):
        if ".tui-sessions" not in path.relative_to(root).parts and path.suffix in {".json", ".gz"}:
            yield path


def loaded(path: Path) -> Any:
    """The JSON of a file, unpacked where it is `.gz`."""
    data = path.read_bytes()
    return json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)


def messages_of(turn: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The messages of a turn, other answers too."""
    yield from turn["messages"]
    for other in turn.get("alternatives", ()):
        yield other["message"]


def text_of(message: dict[str, Any]) -> str:
    """The text of a message, of all its parts."""
    content = message["content"]
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content if isinstance(part, dict))

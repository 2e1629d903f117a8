"""Session files for the screen's library, before it is opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def put(root: Path, name: str, *, folder: str = "", **more: Any) -> None:
    """A session called `name`, with the id `name` and one turn."""
    place = root / folder
    place.mkdir(parents=True, exist_ok=True)
    messages = [
        {"role": "user", "content": f"About {name}"},
        {"role": "assistant", "content": "Ok."},
    ]
    session = {"id": name, "title": name, "turns": [{"id": f"{name}-1", "messages": messages}]}
    (place / f"{name}.json").write_text(json.dumps({**session, **more}))


def fruit(root: Path) -> None:
    """A small library: two sessions in a folder, two outside."""
    put(root, "apple", folder="work")
    put(root, "banana", folder="work")
    put(root, "cherry")
    put(root, "date")


def meta(root: Path, name: str) -> dict[str, Any]:
    """The `meta` of a session as it stands on disk, wherever its file lies."""
    (path,) = [path for path in root.rglob(f"{name}.json") if ".tui-sessions" not in path.parts]
    found = json.loads(path.read_text()).get("meta", {})
    assert isinstance(found, dict)
    return found

"""What is done on a disk that fails: commands, and how to see in the plain files that they were done."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from disk_faults import Place
from disk_judge import Sight, messages

PROMPT = "What is a disk that fails?"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


class Work(NamedTuple):
    """One command."""

    argv: tuple[str, ...]
    is_done: Callable[[Sight], bool]
    """Whether the files say what they say when it is done."""
    makes: int = 0
    """How many sessions it makes; none is to vanish, but into the trash."""
    prepare: tuple[str, ...] = ()
    """A command that comes before."""
    forgets: str = ""
    """The session that it deletes for good."""


def stock(place: Place) -> None:
    """A library with two sessions, a branch, something in the trash, something done and something undone."""
    (place.base / "picture.png").parent.mkdir(parents=True, exist_ok=True)
    (place.base / "picture.png").write_bytes(PICTURE)
    for argv in (
        ("ask", "-s", "kept", "The first question"),
        ("ask", "-s", "kept", "The second question"),
        ("ask", "-s", "other", "A question of another kind"),
        ("tag", "other", "red"),
        ("branch", "kept", "--at", "1", "--title", "Twig"),
        ("ask", "-s", "gone", "To be forgotten"),
        ("delete", "gone", "--yes"),
        ("rename", "other", "--file", "named-otherwise"),
        ("rename", "kept", "Kept"),
    ):
        told = place.run(*argv)
        assert told.code == 0, (argv, told)


def _asked(session_id: str, turns: int) -> Callable[[Sight], bool]:
    def is_done(sight: Sight) -> bool:
        session = sight.one(session_id)
        said = [(role, text) for _, role, text in messages(session)]
        return len(said) == 2 * turns and PROMPT in said[-2][1] and said[-1][1] != ""

    return is_done


def _has(session_id: str, key: str, value: object) -> Callable[[Sight], bool]:
    return lambda sight: sight.one(session_id).get(key) == value


def _tags(session_id: str, *tags: str) -> Callable[[Sight], bool]:
    return lambda sight: sight.one(session_id).get("meta", {}).get("tags", []) == list(tags)


def _lives(session_id: str, is_alive: bool) -> Callable[[Sight], bool]:
    return lambda sight: (
        (session_id in sight.live) == is_alive and (session_id in sight.trashed) != is_alive
    )


def _lies(sight: Sight, here: str, not_there: str) -> bool:
    return here in sight.paths and not_there not in sight.paths


def _count(count: int) -> Callable[[Sight], bool]:
    return lambda sight: sum(map(len, sight.live.values())) == count


def works(place: Place) -> dict[str, Work]:
    """The commands, by what they do."""
    picture = str(place.base / "picture.png")
    return {
        "first session": Work(("ask", "-s", "fresh", PROMPT), _asked("fresh", 1), makes=1),
        "next turn": Work(("ask", "-s", "kept", PROMPT), _asked("kept", 3)),
        "turn by id": Work(("ask", "-s", "other", PROMPT), _asked("other", 2)),
        "attached": Work(("ask", "-s", "kept", "-a", picture, PROMPT), _asked("kept", 3)),
        "new": Work(("new", "--id", "fresh", "--title", "N"), _has("fresh", "title", "N"), makes=1),
        "title": Work(("rename", "kept", "Another"), _has("kept", "title", "Another")),
        "file name": Work(
            ("rename", "kept", "--file", "elsewhere"),
            lambda sight: _lies(sight, "elsewhere.json", "kept.json"),
        ),
        "tag": Work(("tag", "kept", "blue"), _tags("kept", "blue")),
        "tag many": Work(
            ("tag", "--all", "--add", "blue", "--yes"),
            lambda sight: _tags("kept", "blue")(sight) and _tags("other", "red", "blue")(sight),
        ),
        "delete": Work(("delete", "kept", "--yes"), _lives("kept", False)),
        "undelete": Work(("undelete", "gone"), _lives("gone", True)),
        "branch": Work(("branch", "other", "--at", "1"), _count(4), makes=1),
        "move": Work(
            ("move", "kept", "a/b", "--yes"),
            lambda sight: _lies(sight, "a/b/kept.json", "kept.json"),
        ),
        "undo": Work(
            ("undo",),
            # A step whose file may not be opened is not in the way of those before it.
            lambda sight: sight.one("kept").get("title") != "Kept" or "other.json" in sight.paths,
        ),
        "redo": Work(("redo",), _has("kept", "title", "Kept"), prepare=("undo",)),
        "folder": Work(("folder", "make", "c/d"), lambda sight: "c/d" in sight.paths),
        "empty trash": Work(
            ("trash", "empty", "--yes"), lambda sight: not sight.trashed, forgets="gone"
        ),
        "export": Work(
            ("export", "kept", "-o", str(place.disk / "out.json"), "--format", "json"),
            lambda _: (place.disk / "out.json").stat().st_size > 100,
        ),
    }

"""What a backup would bring back, in words, and which of its sessions are meant by what somebody wrote."""

from __future__ import annotations

from collections.abc import Sequence

from tui_sessions.errors import AmbiguousError, NotFoundError
from tui_sessions.model.backups import RELATIONS, ComingLine, Relation
from tui_sessions.model.display import shown_sessions
from tui_sessions.model.text import clean_line

RELATION_WORDS: dict[Relation, str] = {
    "new": "missing",
    "newer": "older",
    "conflict": "different",
    "older": "newer",
    "same": "the same",
    "damaged": "damaged in the backup",
}
"""How what is here stands to it."""
_COUNTED: dict[Relation, str] = {
    "new": "{} missing here",
    "newer": "{} here in an older state",
    "conflict": "{} different here",
    "older": "{} newer here",
    "same": "{} the same here",
    "damaged": "{} damaged in the backup",
}
_LISTED = 6


def preview_words(lines: Sequence[ComingLine], paths: frozenset[str] | None = None) -> str:
    """How many stand how: `12 sessions: 3 missing here, 9 the same here.`"""
    meant = [line for line in lines if paths is None or line.path in paths]
    counts = [(sum(line.relation == one for line in meant), one) for one in RELATIONS]
    parts = [_COUNTED[one].format(f"{count:,}") for count, one in counts if count]
    if len(parts) == 1 and meant and meant[0].relation == "same":
        return f"{shown_sessions(len(meant))}, all the same here."
    return f"{shown_sessions(len(meant))}: {', '.join(parts)}." if parts else "No sessions."


def brought_words(new: int, replaced: int, beside: int) -> str:
    """What came back."""
    parts = []
    if new:
        parts.append(f"{shown_sessions(new)} came back")
    if replaced:
        parts.append(f"{shown_sessions(replaced)} took the backup's state")
    if beside:
        parts.append(f"{shown_sessions(beside)} came beside what is here, titled “(restored)”")
    return f"{'; '.join(parts)}." if parts else "Nothing came back."


def chosen(lines: Sequence[ComingLine], refs: Sequence[str]) -> frozenset[str]:
    """The paths of the sessions that are meant. Raises `NotFoundError`, `AmbiguousError`."""
    return frozenset(_one(lines, ref) for ref in refs)


def _one(lines: Sequence[ComingLine], ref: str) -> str:
    word = ref.casefold()
    ways = (
        lambda line: line.id == ref,
        lambda line: ref in (line.place, line.place.rpartition("/")[2]),
        lambda line: ref in (_stem(line.place), _stem(line.place.rpartition("/")[2])),
        lambda line: line.title.casefold() == word,
        lambda line: line.id.startswith(ref),
        lambda line: word in line.title.casefold(),
    )
    for way in ways:
        fitting = [line for line in lines if way(line)]
        if len(fitting) == 1:
            return fitting[0].path
        if fitting:
            listed = ", ".join(
                f"{line.id} ({clean_line(line.title)[:40]})" for line in fitting[:_LISTED]
            )
            raise AmbiguousError(
                f"{clean_line(ref)!r} fits {len(fitting):,} sessions of the backup: {listed}."
            )
    raise NotFoundError(
        f"There is no session {clean_line(ref)!r} in the backup. See them: add --dry-run."
    )


def _stem(name: str) -> str:
    return name.removesuffix(".gz").removesuffix(".json")

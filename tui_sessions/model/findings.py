"""What is wrong in a library, in words: what a look over it finds, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from tui_sessions.model.display import shown_number

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)
"""Something cannot be read or saved; something should be mended; something is worth knowing."""

KINDS: dict[str, tuple[str, str]] = {
    "damaged": ("damaged file", "damaged files"),
    "recovered": ("damaged file, recovered beside", "damaged files, recovered beside"),
    "bundle": ("file of several sessions", "files of several sessions"),
    "link": ("link or device", "links and devices"),
    "unreadable": ("place that cannot be read", "places that cannot be read"),
    "disk": ("disk that refuses", "disks that refuse"),
    "mode": ("place others can read", "places others can read"),
    "id twice": ("id used twice", "ids used twice"),
    "parent missing": ("branch without its parent", "branches without their parents"),
    "older format": ("file of another form", "files of another form"),
    "newer format": ("file of a newer version", "files of a newer version"),
    "value": ("value that cannot be understood", "values that cannot be understood"),
    "attachment missing": ("attachment missing", "attachments missing"),
    "attachment damaged": ("attachment damaged", "attachments damaged"),
    "attachment unused": ("attachment no session uses", "attachments no session uses"),
    "temporary": ("file left half written", "files left half written"),
    "journal": ("answer that belongs nowhere", "answers that belong nowhere"),
    "note without file": ("note in the trash without its file", "notes in the trash without files"),
    "file without note": ("file in the trash without its note", "files in the trash without notes"),
    "index": ("wrong entry of the index", "wrong entries of the index"),
    "setting": ("wrong configuration file", "wrong configuration files"),
}
"""Every kind of finding, as one and as many."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found."""

    kind: str
    path: str
    """Relative to the library, with `/`; "" for the library itself; a whole path for what lies elsewhere."""
    what: str
    cure: str = ""
    """What mends it; "" where nothing is to be done."""
    severity: str = WARNING
    by: str = ""
    """`repair` or `migrate` where that is the cure."""
    session: str = ""
    """The session that is meant, where a file alone does not tell."""

    @property
    def is_wrong(self) -> bool:
        """Whether the library is not well because of it."""
        return self.severity != NOTE


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a look over a library found."""

    findings: tuple[Finding, ...] = ()
    """The worst first."""
    files: int = 0
    folders: int = 0
    size: int = 0
    attachments: int = 0
    is_stopped: bool = False
    """Whether not everything was looked at."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not any(finding.is_wrong for finding in self.findings)


class Mended(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one finding."""

    finding: Finding
    done: str = ""
    """What was done, or would be done; "" where it could not be."""
    problem: str = ""
    """Why it could not be done."""


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, by kind and path."""
    kinds = list(KINDS)
    return tuple(
        sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), kinds.index(f.kind), f.path))
    )


def counted(findings: Iterable[Finding]) -> tuple[tuple[str, int], ...]:
    """How many there are of each kind, in the order in which they come."""
    return tuple(Counter(finding.kind for finding in findings).items())


def kind_words(kind: str, count: int) -> str:
    """`3 damaged files`."""
    one, many = KINDS[kind]
    return f"{count:,} {one if count == 1 else many}"


def summary(report: Report) -> str:
    """What was found, in one line."""
    read = shown_number(report.files, "file")
    if report.is_stopped:
        return f"Stopped after {read}; the rest was not looked at."
    if not report.findings:
        return f"All is well: {read} read."
    parts = (kind_words(kind, count) for kind, count in counted(report.findings))
    return f"{', '.join(parts)}. {read} read."

"""How far a search is and what it found so far, as a value and in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_sessions.model.display import shown_number
from tui_sessions.model.query import Query
from tui_sessions.tui.widgets.result_lines import Lines

SLOW_S = 0.25
"""A search that takes no longer does not tell how far it is."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a search has found by now."""

    run: int = 0
    """Which search: later ones have bigger numbers."""
    text: str = ""
    query: Query = field(default_factory=Query)
    lines: Lines = field(default_factory=Lines)
    sessions: int = 0
    hits: int = 0
    done: int = 0
    """Parts of the index that were looked through."""
    total: int = 0
    indexed: tuple[int, int] | None = None
    """Sessions whose text is in the index, of how many; None: all are."""
    problem: str = ""
    """A sentence where it could not be searched, or not as it should be."""
    is_over: bool = False
    took_s: float = 0.0


def status(report: Report) -> str:
    """What was found, and what is still missing, in one line."""
    found = f"{shown_number(report.hits, 'hit')} in {shown_number(report.sessions, 'session')}"
    parts = [found if report.hits else "nothing found" if report.is_over else "searching …"]
    if not report.is_over and report.took_s > SLOW_S:
        parts.append(f"searched {report.done:,} of {report.total:,} parts …")
    if report.indexed is not None:
        parts.append(incomplete(*report.indexed))
    return " · ".join(parts)


def incomplete(done: int, total: int) -> str:
    """That not every conversation can be searched yet."""
    share = 100 * done // total if total else 0
    return f"the index is not complete yet: {min(share, 99)} % of the sessions"


def nothing_found(report: Report) -> tuple[str, ...]:
    """What to try where nothing was found."""
    terms = report.query.terms
    words = [term for term in terms if term.key == "text" and not term.is_negated]
    keys = dict.fromkeys(f"{term.key}:" for term in terms if term.key not in ("", "text"))
    tries = []
    if len(words) > 1:
        tries.append("Fewer words, or either of two: jwt OR oauth")
    if any(term.is_phrase for term in words):
        tries.append("Without the quotes: then the words need not be neighbours")
    if words:
        tries.append("The beginning of a word: auth* finds authentication")
    if keys:
        tries.append(f"Without {', '.join(keys)}")
    if any(term.is_negated for term in terms):
        tries.append("Without what is excluded by a minus")
    lines = ["Nothing found. What may help:", "", *(f"· {line}" for line in tries)]
    if report.indexed is not None:
        lines += ["", f"It may still come: {incomplete(*report.indexed)}."]
    return tuple(lines) if tries or report.indexed else ("Nothing found.",)

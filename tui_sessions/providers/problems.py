"""What the body of an error says, of whichever shape it is. Pure.

`error` may be an object, a text or absent, `detail` a text or a list; Google adds `details`; the whole may be
plain text, a web page or a stream."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tui_sessions.providers.documents import NotJsonError, loads, mapping, sequence, string

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^>]*>", re.IGNORECASE | re.DOTALL)


class Problem(msgspec.Struct, frozen=True):
    """What a server reports: its words, and its codes and types in one text in lower case."""

    words: str = ""
    codes: str = ""
    fields: tuple[str, ...] = ()
    """What of the request it is about, where the server names it."""
    wait_s: float | None = None
    """How long it asks to wait, where it says so in the body."""

    @property
    def all(self) -> str:
        """Everything to look for known words in."""
        return " ".join((self.codes, self.words, *self.fields)).lower()


def problem_in(body: bytes, content_type: str = "") -> Problem:
    """What the body of an error says."""
    text = body.decode("utf-8", "replace").strip()
    text = text.removeprefix("data:").strip()  # an error status with a stream as its body
    try:
        return problem_of(loads(text))
    except NotJsonError:
        pass
    if "html" in content_type or text.startswith("<"):
        title = _TITLE.search(text)
        text = title.group(1) if title else _UNSEEN.sub(" ", text)
    return Problem(text)


def problem_of(document: Any) -> Problem:
    """What a JSON document says of an error."""
    if isinstance(document, list):
        document = document[0] if document else None
    if isinstance(document, str):
        return Problem(document)
    outer = mapping(document)
    error = outer.get("error")
    inner = mapping(error)
    detail = outer.get("detail") or mapping(outer.get("message")).get("detail")  # FastAPI, Mistral
    said = (
        string(error)
        or _passed_on(inner)
        or string(inner.get("message"))
        or string(outer.get("message"))
        or string(outer.get("Message"))
        or _detail(detail)
    )
    source = inner or outer
    codes = [str(source[key]) for key in ("type", "code", "status", "__type") if source.get(key)]
    notes = [mapping(note) for note in sequence(source.get("details"))]
    codes += [code for note in notes for code in _reasons(note)]
    named = (string(source.get("param")), *_violated(notes), *_places(detail))
    waits = (_seconds(string(note.get("retryDelay"))) for note in notes)
    return Problem(
        said,
        " ".join(code.rpartition("#")[2] for code in codes).lower(),
        tuple(filter(None, named)),
        next((wait for wait in waits if wait is not None), None),
    )


def error_in(document: Any) -> Problem | None:
    """The error that a message of a stream carries, however it is dressed."""
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    outer = mapping(document)
    if outer.get("error") or outer.get("type") == "error":
        return problem_of(outer)
    return None


def _passed_on(error: dict[str, Any]) -> str:
    """What OpenRouter's own source said, which says more than "Provider returned error"."""
    raw = string(mapping(error.get("metadata")).get("raw"))
    if not raw:
        return ""
    try:
        return problem_of(loads(raw)).words or raw
    except NotJsonError:
        return raw


def _reasons(note: dict[str, Any]) -> list[str]:
    """Google's reasons: of an `ErrorInfo`, and which quota is used up."""
    quotas = [string(mapping(each).get("quotaId")) for each in sequence(note.get("violations"))]
    return [code for code in (string(note.get("reason")), *quotas) if code]


def _violated(notes: list[dict[str, Any]]) -> list[str]:
    """The fields that Google names as wrong."""
    found = [each for note in notes for each in sequence(note.get("fieldViolations"))]
    return [string(mapping(each).get("field")) for each in found]


def _places(detail: object) -> list[str]:
    """The fields that FastAPI names as wrong."""
    found = [sequence(mapping(item).get("loc")) for item in sequence(detail)]
    return [".".join(str(step) for step in place) for place in found]


def _seconds(text: str) -> float | None:
    """A duration of Google's, such as "23s" or "0.5s"."""
    try:
        seconds = float(text.removesuffix("s"))
    except ValueError:
        return None
    return seconds if text.endswith("s") and 0 <= seconds < 1e9 else None


def _detail(detail: object) -> str:
    """FastAPI's `detail`: a text, or a list of what is wrong where."""
    parts = []
    for item in sequence(detail):
        where = ".".join(str(step) for step in sequence(mapping(item).get("loc")))
        parts.append(f"{where} {string(mapping(item).get('msg'))}".strip())
    return string(detail) or string(mapping(detail).get("message")) or "; ".join(parts)

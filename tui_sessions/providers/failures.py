"""What servers refuse and report, as one sentence with what to do. Pure.

A body may be JSON of many shapes (`error` an object, a text or absent, `detail` a text or a list),
plain text, a web page or a stream; keys that a server echoes are struck out; words of servers are
cleaned and shortened."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tui_sessions.errors import ProviderError
from tui_sessions.model.text import clean_line
from tui_sessions.providers.documents import NotJsonError, loads, mapping, sequence, string

WORDS_LENGTH = 200
_KEY_LIKE = re.compile(
    r"\b(?:sk|pk|gsk|xai|AIza)[-_][A-Za-z0-9_*.-]{8,}|(?i:bearer)\s+[^\s\"',;]{8,}"
)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^>]*>", re.IGNORECASE | re.DOTALL)

_QUOTA = re.compile(
    r"insufficient_quota|credit_balance|billing_error|billing_hard_limit|spend_limit|usage_limit|insufficient.balance"
    r"|credit balance|insufficient credits|spend limit|exceeded your current quota"
)
_CONTEXT = re.compile(
    r"context_length_exceeded|exceed_context_size|request_too_large|string_above_max_length"
    r"|context (?:length|size|window)|(?:prompt|input) is too long|too many tokens|maximum context"
)
_FILTER = re.compile(r"content_filter|content_policy|responsibleaipolicy|content management policy")
_NO_MODEL = re.compile(r"model_not_found|deploymentnotfound|no_db_connection|model\b")
_PARAMETER = re.compile(
    r"\b(temperature|top_p|top_k|max_tokens|max_completion_tokens|reasoning_effort|think(?:ing)?)\b"
)

_STATUS_OF = {
    "overloaded_error": 529,
    "server_is_overloaded": 503,
    "slow_down": 429,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "permission_error": 403,
    "billing_error": 402,
    "insufficient_quota": 429,
    "not_found_error": 404,
    "model_not_found": 404,
    "invalid_request_error": 400,
    "request_too_large": 413,
    "timeout_error": 504,
    "api_error": 500,
    "server_error": 500,
    "unavailable_error": 503,
}
"""The status that an error inside a stream would have had, by the vendors' error pages."""


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asked, for messages."""

    provider: str
    host: str
    model: str = ""
    key_source: str = ""
    has_key: bool = False
    secret: str = ""
    """Struck out of every message."""

    def __repr__(self) -> str:
        return f"Server({self.provider} at {self.host})"

    def struck(self, text: str) -> str:
        """`text` without the key, and without anything that looks like one."""
        if self.secret:
            text = text.replace(self.secret, "[key]").replace(self.secret.lower(), "[key]")
        return _KEY_LIKE.sub("[key]", text)

    def said(self, text: str) -> str:
        """Words of the server as they may be shown: no key, no control characters, not long."""
        line = clean_line(" ".join(self.struck(text).split()))
        return line if len(line) <= WORDS_LENGTH else line[: WORDS_LENGTH - 1] + "…"


class Problem(msgspec.Struct, frozen=True):
    """What a server reports: its words, and its codes and types in one text in lower case."""

    words: str = ""
    codes: str = ""

    @property
    def all(self) -> str:
        """Everything to look for known words in."""
        return f"{self.codes} {self.words}".lower()


class RefusedError(ProviderError):
    """An error status; `body_text` is what the server said of it, for a second try with less."""

    body_text = ""


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
    said = (
        string(error)
        or string(inner.get("message"))
        or string(outer.get("message"))
        or string(outer.get("Message"))
        or _detail(outer.get("detail"))
    )
    source = inner or outer
    codes = [str(source[key]) for key in ("type", "code", "status", "param") if source.get(key)]
    return Problem(said, " ".join(codes).lower())


def error_in(document: Any) -> Problem | None:
    """The error that a message of a stream carries, however it is dressed."""
    outer = mapping(document)
    if outer.get("error") or outer.get("type") == "error":
        return problem_of(outer)
    return None


def refused(
    server: Server, status: int, body: bytes, content_type: str = "", location: str = ""
) -> RefusedError:
    """The error for an answer that is none."""
    problem = Problem(location) if status < 400 else problem_in(body, content_type)
    error = _error(server, status, problem)
    error.body_text = server.struck(problem.all)
    return error


def reported(server: Server, problem: Problem) -> ProviderError:
    """The error for a report inside a stream whose status said that all is well."""
    status = next((_STATUS_OF[code] for code in problem.codes.split() if code in _STATUS_OF), None)
    status = status or next((int(c) for c in problem.codes.split() if _is_error_status(c)), 500)
    return _error(server, status, problem)


def _is_error_status(code: str) -> bool:
    return code.isascii() and code.isdigit() and len(code) == 3 and code >= "400"


def _detail(detail: object) -> str:
    """FastAPI's `detail`: a text, or a list of what is wrong where."""
    parts = []
    for item in sequence(detail):
        where = ".".join(str(step) for step in sequence(mapping(item).get("loc")))
        parts.append(f"{where} {string(mapping(item).get('msg'))}".strip())
    return string(detail) or string(mapping(detail).get("message")) or "; ".join(parts)


def _error(server: Server, status: int, problem: Problem) -> RefusedError:
    kind = _kind(status, problem)
    words = server.said(problem.words or problem.codes)
    said = f" It says: {words.removesuffix('.')}." if words and status >= 400 else ""
    return RefusedError(
        f"{_sentence(server, kind, status, problem)}{said}",
        kind=kind,
        status=status,
        retryable=kind in ("limit", "server", "timeout")
        and (status in (408, 409, 429, 498) or status >= 500),
    )


def _kind(status: int, problem: Problem) -> str:
    said = problem.all
    if status == 402 or (status in (400, 403, 429) and _QUOTA.search(said)):
        return "quota"
    if status in (400, 403, 422) and _FILTER.search(said):
        return "filter"
    if status == 413 or (status in (400, 422, 500) and _CONTEXT.search(said)):
        return "context"
    if status in (401, 403):
        return "auth"
    if status == 404 and _NO_MODEL.search(said):
        return "model"
    if status in (429, 498):
        return "limit"
    if status in (408, 504):
        return "timeout"
    return "server" if status >= 500 or status == 409 or status < 400 else "request"


def _sentence(server: Server, kind: str, status: int, problem: Problem) -> str:
    name, host, source = server.provider, server.host, server.key_source or "the key"
    match kind:
        case "auth" if not server.has_key:
            return f"{host} asks for a key ({status}): set {source}."
        case "auth" if status == 401:
            return (
                f"The key for {name} was refused by {host} (401): set {source} to one that is "
                "valid."
            )
        case "auth":
            return (
                f"{host} does not allow this with the key from {source} ({status}): see what it "
                "may use."
            )
        case "quota":
            return (
                f"The credit or quota for {name} is used up ({status}): see the billing page of "
                f"{host}."
            )
        case "limit":
            return f"{host} is asked too often ({status}): wait a while, or choose another model."
        case "model":
            return (
                f"{host} does not know the model {clean_line(server.model)!r} ({status}): choose "
                "another."
            )
        case "context":
            return (
                f"The conversation is too long for {clean_line(server.model)} ({status}): "
                "set a smaller context window or choose a model with a larger one."
            )
        case "filter":
            return (
                f"The content filter of {host} refused the prompt ({status}): word it differently."
            )
        case "timeout":
            return f"{host} took too long ({status}): try again."
    return _other(server, status, problem)


def _other(server: Server, status: int, problem: Problem) -> str:
    host = server.host
    if status < 400:
        target = f" to {server.said(problem.words)}" if problem.words else ""
        return (
            f"{host} answered with a redirect{target} ({status}), which is not followed, so that "
            "the "
            "key stays where it belongs: set the base URL to the right address."
        )
    if status in (404, 405):
        return f"There is no such service at {host} ({status}): check the base URL."
    if status in (503, 529):
        return f"{host} is overloaded or starting ({status}): try again in a while."
    if status >= 500 or status == 409:
        return f"{host} has a fault of its own ({status}): try again."
    parameter = _PARAMETER.search(problem.all)
    if parameter:
        return (
            f"{host} does not take {parameter.group(1)} as it is set ({status}): change or clear "
            "it."
        )
    return f"{host} did not accept the request ({status})."

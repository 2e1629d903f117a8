"""What servers refuse and report, as one sentence with what to do. Pure.

Keys that a server echoes are struck out; words of servers are cleaned and shortened."""

from __future__ import annotations

import re

import msgspec

from tui_sessions.errors import ProviderError
from tui_sessions.model.text import clean_line
from tui_sessions.providers.parameters import refused_parameter
from tui_sessions.providers.problems import Problem, error_in, problem_in, problem_of

__all__ = ["Problem", "RefusedError", "Server", "error_in", "problem_of", "refused", "reported"]

WORDS_LENGTH = 200
LEAST_SECRET = 8
"""What is shorter is too likely a word that is said for another reason."""
_KEY_LIKE = re.compile(
    r"\b(?:sk|pk|gsk|xai)[-_][A-Za-z0-9_*.-]{8,}|(?i:bearer)\s+[^\s\"',;]{8,}"
    r"|\bAIza[A-Za-z0-9_-]{10,}|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bABSK[A-Za-z0-9+/=]{12,}"
    r"|(?i:x-amz-security-token\W{1,3})[A-Za-z0-9+/=]{8,}"
)
_QUOTA = re.compile(
    r"insufficient_quota|credit_balance|billing_error|billing_hard_limit|spend_limit|usage_limit"
    r"|insufficient.balance|credit balance|insufficient credits|spend limit"
    r"|exceeded your current quota|servicequotaexceeded|too many tokens per day"
    r"|billing_not_active|account_deactivated|all available credits|credit limit exceeded"
)
_DAILY = re.compile(r"perday|per day")
"""What Google has used up until tomorrow; what is used up for a minute says the same words."""
_CONTEXT = re.compile(
    r"context_length_exceeded|exceed_context_size|request_too_large|string_above_max_length"
    r"|context (?:length|size|window|limit)|(?:prompt|input) is too long|too many (?:input )?tokens"
    r"|maximum context|input token count|maximum number of tokens allowed"
)
_FILTER = re.compile(r"content_filter|content_policy|responsibleaipolicy|content management policy")
_NO_MODEL = re.compile(r"model_not_found|deploymentnotfound|no_db_connection|model\b|models/\S")
_BAD_MODEL = re.compile(
    r"model_not_found|model_decommissioned|model identifier is invalid|not a valid model"
    r"|invalid model (?:name|id)|unknown model|model not exist|model\b.{0,80}\bdoes not exist"
)
"""Some servers know no 404 for a model."""
_BAD_KEY = re.compile(
    r"api_key_invalid|api key (?:not valid|expired)|expiredtoken|unrecognizedclient"
    r"|invalidsignature|signaturedoesnotmatch|incompletesignature|invalidclienttoken"
)
"""A key that is none, where the status does not say it: Google's 400, AWS's 403."""

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
    "server_is_busy": 503,
    # Google (google.rpc.Code)
    "invalid_argument": 400,
    "failed_precondition": 400,
    "unauthenticated": 401,
    "permission_denied": 403,
    "not_found": 404,
    "resource_exhausted": 429,
    "cancelled": 499,
    "internal": 500,
    "unavailable": 503,
    "deadline_exceeded": 504,
    # Amazon Bedrock (API_runtime_ConverseStream)
    "validationexception": 400,
    "servicequotaexceededexception": 400,
    "accessdeniedexception": 403,
    "expiredtokenexception": 403,
    "unrecognizedclientexception": 403,
    "resourcenotfoundexception": 404,
    "modeltimeoutexception": 408,
    "modelerrorexception": 424,
    "modelstreamerrorexception": 424,
    "throttlingexception": 429,
    "modelnotreadyexception": 429,
    "internalserverexception": 500,
    "serviceunavailableexception": 503,
}
"""The status that an error inside a stream would have had, by the vendors' error pages."""

_PASSING = (408, 409, 429, 498)
_LASTING = (501, 505, 511)


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asked, for messages."""

    provider: str
    host: str
    model: str = ""
    key_source: str = ""
    has_key: bool = False
    secret: str = ""
    """Struck out of every message."""
    private: tuple[str, ...] = ()
    """Further words that are struck out: what the user has sent along in headers of their own."""

    def __repr__(self) -> str:
        return f"Server({self.provider} at {self.host})"

    def without_key(self, text: str) -> str:
        """`text` without the very key; one that is a common word is left."""
        is_word = len(self.secret) < LEAST_SECRET
        return text if is_word else text.replace(self.secret, "[key]")

    def struck(self, text: str) -> str:
        """`text` without the key, and without anything that looks like one."""
        if self.secret:
            text = text.replace(self.secret, "[key]").replace(self.secret.lower(), "[key]")
        for words in self.private:
            if len(words) >= LEAST_SECRET:
                text = text.replace(words, "[header]")
        return _KEY_LIKE.sub("[key]", text)

    def said(self, text: str) -> str:
        """Words of the server as they may be shown: no key, no control characters, not long."""
        line = clean_line(" ".join(self.struck(text).split()))
        return line if len(line) <= WORDS_LENGTH else line[: WORDS_LENGTH - 1] + "…"


class RefusedError(ProviderError):
    """An error status; `body_text` is what the server said of it, for a second try with less."""

    body_text = ""


def refused(
    server: Server,
    status: int,
    body: bytes,
    content_type: str = "",
    location: str = "",
    *,
    code: str = "",
) -> RefusedError:
    """The error for an answer that is none; `code` is what a header says of it."""
    problem = Problem(location) if status < 400 else problem_in(body, content_type)
    if code:
        codes = f"{code.partition(':')[0].rpartition('#')[2].lower()} {problem.codes}"
        problem = msgspec.structs.replace(problem, codes=codes.strip())
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


def _error(server: Server, status: int, problem: Problem) -> RefusedError:
    kind = _kind(status, problem)
    words = server.said(problem.words or problem.codes)
    said = f" It says: {words.removesuffix('.')}." if words and status >= 400 else ""
    error = RefusedError(
        f"{_sentence(server, kind, status, problem)}{said}",
        kind=kind,
        status=status,
        retryable=kind in ("limit", "server", "timeout") and _may_pass(status, problem),
    )
    error.retry_after_s = problem.wait_s
    return error


def _may_pass(status: int, problem: Problem) -> bool:
    """Whether the same request may be answered a little later."""
    if (
        status == 424
    ):  # Bedrock: "An error occurred while streaming the response. Retry your request."
        return "modelstreamerror" in problem.codes
    return status in _PASSING or (status >= 500 and status not in _LASTING)


def _kind(status: int, problem: Problem) -> str:
    said = problem.all
    if _is_quota(status, said):
        return "quota"
    if status in (400, 403, 422) and _FILTER.search(said):
        return "filter"
    if status == 413 or (status in (400, 422, 500) and _CONTEXT.search(said)):
        return "context"
    if status in (401, 403) or (status == 400 and _BAD_KEY.search(said)):
        return "auth"
    if (status == 404 and _NO_MODEL.search(said)) or (status == 400 and _BAD_MODEL.search(said)):
        return "model"
    if status in (429, 498):
        return "limit"
    if status in (408, 504):
        return "timeout"
    return "server" if status >= 500 or status < 400 or status in (409, 424, 499) else "request"


def _is_quota(status: int, said: str) -> bool:
    """Whether money or a day's share is used up, which no waiting mends."""
    if status not in (400, 403, 429):
        return status == 402
    if "resource_exhausted" in said:
        return bool(_DAILY.search(said))
    return bool(_QUOTA.search(said))


def _sentence(server: Server, kind: str, status: int, problem: Problem) -> str:
    name, host, source = server.provider, server.host, server.key_source or "the key"
    match kind:
        case "auth" if not server.has_key:
            return f"{host} asks for a key ({status}): set {source}."
        case "auth" if status == 401 or _BAD_KEY.search(problem.all):
            return (
                f"The key for {name} was refused by {host} ({status}): set {source} to one that is "
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
    if status >= 500 or status in (409, 424, 499):
        return f"{host} has a fault of its own ({status}): try again."
    parameter = refused_parameter(problem.fields, problem.words)
    if parameter:
        return (
            f"{host} does not take {server.said(parameter)} as it is set ({status}): change or "
            "clear it."
        )
    return f"{host} did not accept the request ({status})."

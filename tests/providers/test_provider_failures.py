"""What servers refuse, as kinds and sentences."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui_sessions.providers.failures import WORDS_LENGTH, Server, error_in, refused, reported

SERVER = Server(
    provider="openai",
    host="api.openai.com",
    model="gpt-x",
    key_source="OPENAI_API_KEY",
    has_key=True,
    secret="sk-canary-0123456789abcdef",
)


def openai(code: str, message: str = "no") -> dict[str, Any]:
    return {"error": {"message": message, "type": "t", "code": code}}


def anthropic(kind: str, message: str = "no") -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}}


@pytest.mark.parametrize(
    ("status", "body", "kind", "retryable"),
    [
        (400, openai("context_length_exceeded"), "context", False),
        (400, {"error": {"type": "exceed_context_size_error", "n_ctx": 4096}}, "context", False),
        (400, anthropic("invalid_request_error", "prompt is too long: 250000"), "context", False),
        (400, anthropic("invalid_request_error", "Your credit balance is too low"), "quota", False),
        (400, openai("content_filter"), "filter", False),
        (400, openai("x"), "request", False),
        (401, openai("invalid_api_key"), "auth", False),
        (402, openai("x"), "quota", False),
        (403, {"detail": "no"}, "auth", False),
        (404, openai("model_not_found"), "model", False),
        (404, anthropic("not_found_error", "model: claude-9"), "model", False),
        (404, "<html>Not Found</html>", "request", False),
        (405, "", "request", False),
        (408, "", "timeout", True),
        (409, "", "server", True),
        (413, anthropic("request_too_large"), "context", False),
        (422, {"detail": [{"loc": ["body", "x"], "msg": "extra"}]}, "request", False),
        (429, openai("rate_limit_exceeded"), "limit", True),
        (429, openai("slow_down"), "limit", True),
        (429, openai("insufficient_quota"), "quota", False),
        (429, openai("credit_balance_exhausted"), "quota", False),
        (429, anthropic("enforced_spend_limit_reached"), "quota", False),
        (429, openai("billing_not_active"), "quota", False),
        (429, openai("x", "Your team has used all available credits"), "quota", False),
        (424, openai("x"), "server", False),
        (499, openai("x"), "server", False),
        (501, "", "server", False),
        (498, openai("capacity_exceeded"), "limit", True),
        (500, "Internal Server Error", "server", True),
        (503, {"error": {"code": 503, "message": "Loading model"}}, "server", True),
        (504, anthropic("timeout_error"), "timeout", True),
        (529, anthropic("overloaded_error"), "server", True),
        (307, "", "server", False),
    ],
)
def test_each_refusal_has_its_kind(status: int, body: Any, kind: str, retryable: bool) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    error = refused(SERVER, status, text.encode())
    assert (error.kind, error.retryable, error.status) == (kind, retryable, status)
    assert str(status) in str(error)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error":{"message":"told"}}', "told"),
        (b'{"error":"told"}', "told"),
        (b'{"message":"told"}', "told"),
        (b'{"Message":"told"}', "told"),
        (b'{"detail":"told"}', "told"),
        (b'{"detail":[{"loc":["body","a",0],"msg":"told"}]}', "body.a.0 told"),
        (b'[{"error":{"message":"told"}}]', "told"),
        (b'"told"', "told"),
        (b"told", "told"),
        (b'data: {"error":{"message":"told"}}\n\n', "told"),
        (b"<html><head><title>\n told </title></head><body>x</body></html>", "told"),
        (b"<html><style>a{}</style><body><b>told</b></body></html>", "told"),
        (b'{"error":{"type":"told"}}', "told"),
    ],
)
def test_the_servers_words_are_found_wherever_they_stand(body: bytes, words: str) -> None:
    assert str(refused(SERVER, 400, body)).endswith(f"It says: {words}.")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"7", b'{"error":null,"detail":[]}'])
def test_a_server_that_says_nothing_is_not_quoted(body: bytes) -> None:
    assert "It says" not in str(refused(SERVER, 400, body).args[0]) or body == b"7"


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"[" * 70_000, b"9" * 5000, b"<" * 1000])
def test_no_body_is_too_odd(body: bytes) -> None:
    error = refused(SERVER, 500, body)
    assert len(str(error)) < WORDS_LENGTH + 200


def test_words_are_cleaned_shortened_and_without_keys() -> None:
    words = (
        f"\x1b]0;PWNED\x07 {SERVER.secret} Bearer abcdefghijkl sk-proj-abc***xyz123 " + "x" * 900
    )
    shown = str(refused(SERVER, 400, json.dumps({"error": words}).encode()))
    assert shown.isprintable()
    assert len(shown) < WORDS_LENGTH + 100
    for secret in (SERVER.secret, "abcdefghijkl", "sk-proj"):
        assert secret not in shown
    assert SERVER.secret not in repr(SERVER)


def test_a_missing_key_is_asked_for_and_a_wrong_one_named() -> None:
    without = Server(provider="openai", host="h", key_source="OPENAI_API_KEY")
    assert str(refused(without, 401, b"")) == "h asks for a key (401): set OPENAI_API_KEY."
    assert "set OPENAI_API_KEY to one that is valid" in str(refused(SERVER, 401, b""))


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"error": {"message": "x", "code": 502}}, 502),
        ({"error": {"message": "x", "code": "429"}}, 429),
        ({"error": "x"}, 500),
        ({"type": "error", "error": {"type": "rate_limit_error"}}, 429),
        ({"type": "error"}, 500),
    ],
)
def test_an_error_inside_a_stream_has_the_status_it_would_have_had(
    document: dict[str, Any], status: int
) -> None:
    problem = error_in(document)
    assert problem is not None
    assert reported(SERVER, problem).status == status


def test_an_ordinary_message_is_no_error() -> None:
    assert error_in({"error": None, "choices": []}) is None
    assert error_in([]) is None

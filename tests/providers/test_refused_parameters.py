"""A refusal names the parameter as people set it, whoever refuses and in whatever words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui_sessions.providers.failures import Server, refused
from tui_sessions.providers.finishes import normal_finish
from tui_sessions.providers.parameters import refused_parameter

SERVER = Server(provider="openai", host="h.example", model="m", has_key=True)


def openai(message: str, param: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": param}}


def google(message: str, field: str = "") -> dict[str, Any]:
    violations = [{"field": field, "description": message}] if field else []
    details = [{"@type": "x/google.rpc.BadRequest", "fieldViolations": violations}]
    return {
        "error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": details}
    }


def fastapi(*place: str) -> dict[str, Any]:
    return {"detail": [{"loc": ["body", *place], "msg": "Extra inputs are not permitted"}]}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (openai("no", "temperature"), "temperature"),
        (openai("Unsupported value: 'temperature' does not support 0.2"), "temperature"),
        (openai("Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.", "max_tokens"), "max_tokens"),
        (openai("no", "reasoning.effort"), "reasoning_effort"),
        (openai("no", "max_output_tokens"), "max_tokens"),
        (openai("Unknown parameter: 'my_own'.", "my_own"), "my_own"),
        (openai("Unsupported parameter: 'stop' is not supported with this model."), "stop"),
        ({"type": "error", "error": {"type": "invalid_request_error", "message": "`top_p` is deprecated for this model."}}, "top_p"),
        ({"type": "error", "error": {"message": "max_tokens: 200000 > 64000, which is the maximum"}}, "max_tokens"),
        ({"type": "error", "error": {"message": "thinking.enabled.budget_tokens: Input should be >= 1024"}}, "the thinking budget"),
        ({"type": "error", "error": {"message": "output_config.effort: Input should be 'low'"}}, "reasoning_effort"),
        ({"type": "error", "error": {"message": "seed: Extra inputs are not permitted"}}, "seed"),
        ({"type": "error", "error": {"message": "stop_sequences: each must contain non-whitespace"}}, "stop"),
        (google("Invalid value at 'generation_config.temperature'", "generation_config.temperature"), "temperature"),
        (google("Thinking level MINIMAL is not supported for this model."), "reasoning_effort"),
        (google("The thinking budget 99999 is invalid. Please choose a value between 512 and 24576."), "the thinking budget"),
        (google("maxOutputTokens must be at least 1"), "max_tokens"),
        (google("x", "generation_config.stop_sequences"), "stop"),
        (google('Invalid JSON payload received. Unknown name "myOwn" at \'generation_config\': Cannot find field.'), "my_own"),
        ({"message": "1 validation error detected: Value at 'inferenceConfig.temperature' failed: must be <= 1"}, "temperature"),
        ({"message": "The model returned the following errors: `top_k` is not supported"}, "top_k"),
        ({"message": "`temperature` and `top_p` cannot both be specified"}, "temperature"),
        (fastapi("reasoning_effort"), "reasoning_effort"),
        (fastapi("options", "num_ctx"), "num_ctx"),
        ({"error": '"gemma3" does not support thinking'}, "thinking"),
        ({"object": "error", "message": {"detail": [{"loc": ["body", "seed"], "msg": "extra"}]}}, "seed"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [400, 422])
def test_the_parameter_is_named(body: Any, name: str, status: int) -> None:
    error = refused(SERVER, status, json.dumps(body).encode())
    assert error.kind == "request"
    assert f"h.example does not take {name} as it is set ({status})" in str(error)


@pytest.mark.parametrize(
    "body",
    [
        openai("messages: roles must alternate", "messages"),
        openai("Invalid image.", "messages[0].content"),
        openai("Please stop asking and think again about the effort."),
        google("Invalid value at 'contents[0].parts'", "contents[0].parts"),
        fastapi("messages", "0", "content"),
        {"error": "something went wrong"},
        {},
    ],
)
def test_what_is_about_something_else_names_no_parameter(body: Any) -> None:
    assert "as it is set" not in str(refused(SERVER, 400, json.dumps(body).encode()))


def test_a_field_of_any_length_or_shape_is_no_name() -> None:
    for odd in ("x" * 500, "a b", "\x1b[31m", "", "..", "a..b", "[0]"):
        assert refused_parameter((odd,), "") == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "Provider returned error", "metadata": {"raw": '{"error":{"message":"told"}}'}}}, "told"),
        ({"error": {"message": "Provider returned error", "metadata": {"raw": "told"}}}, "told"),
        ({"__type": "com.amazon#ValidationException", "message": "told"}, "told"),
    ],
)  # fmt: skip
def test_who_passes_an_error_on_is_quoted_with_what_was_meant(body: Any, words: str) -> None:
    assert str(refused(SERVER, 400, json.dumps(body).encode())).endswith(f"It says: {words}.")


@pytest.mark.parametrize(
    "secret",
    [
        "AIzaSyA1234567890abcdefghijklmnop",
        "AKIAIOSFODNN7EXAMPLE",
        "ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl",
        "IQoJb3JpZ2luX2VjEXAMPLE",
    ],
)
def test_keys_of_google_and_amazon_are_struck_out(secret: str) -> None:
    words = f"Canonical: x-amz-security-token:{secret} key {secret}"
    if secret.startswith("IQ"):
        words = f"Canonical: x-amz-security-token:{secret}"
    shown = str(refused(SERVER, 403, json.dumps({"message": words}).encode()))
    assert secret not in shown
    assert "[key]" in shown


@pytest.mark.parametrize(
    ("words", "finish"),
    [
        (("stop", "end_turn", "stop_sequence", "STOP", "completed"), "stop"),
        (("length", "max_tokens", "MAX_TOKENS", "max_output_tokens"), "length"),
        (("model_context_window_exceeded", "model_length"), "length"),
        (("tool_calls", "function_call", "tool_use"), "tool"),
        (("content_filter", "refusal", "SAFETY", "RECITATION", "BLOCKLIST", "SPII"), "filter"),
        (("PROHIBITED_CONTENT", "content_filtered", "guardrail_intervened"), "filter"),
        (("pause_turn",), "pause"),
        (("error", "failed"), "error"),
        (("LANGUAGE",), "LANGUAGE"),
    ],
)
def test_every_word_for_an_end_means_one_of_ours(words: tuple[str, ...], finish: str) -> None:
    assert {normal_finish(word) for word in words} == {finish}

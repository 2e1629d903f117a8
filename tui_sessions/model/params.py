"""The parameters of a session or persona: their names, what people type for them, what of them is sent.

Files of other programs keep things of their own among them (`system`, `stream`, keys for servers …):
these stay in the file and are never sent.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from tui_sessions.errors import UsageError
from tui_sessions.model.session import Change, Params
from tui_sessions.model.text import clean_line

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""How much thinking there may be: the words of all servers; each model knows some of them."""
MAX_TEMPERATURE = 2.0
"""The highest that any of the providers takes (OpenAI 2, Anthropic 1, Ollama unbounded but useless)."""
NAMED = ("temperature", "max_tokens", "context_window")
"""Those with a place of their own in `Params`; all others are in its `extra`."""
KNOWN = {
    "temperature": "how free the words are chosen, 0 to 2",
    "max_tokens": "the most tokens of an answer",
    "reasoning_effort": "how much thinking: " + " ".join(EFFORTS),
    "context_window": "earlier pairs of messages that are sent; 0 all",
    "stop": 'where an answer ends: a text, or ["one", "two"]',
    "top_p": "the share of likely words to choose from, 0 to 1",
    "seed": "a whole number, for the same answer again",
}
"""Every parameter that all providers are asked for by the same name, with what it does."""
ALSO = {
    "effort": "reasoning_effort",
    "window": "context_window",
    "stop_sequences": "stop",
    "stopSequences": "stop",
}
"""Other names for them, of people and of servers."""
MOST_KEY = 64

_OTHER_HANDS = {
    "model": "the model is chosen by itself",
    "models": "the model is chosen by itself",
    "provider": "the model is chosen by itself",
    "system": "the system prompt is set by itself",
    "instructions": "the system prompt is set by itself",
    "messages": "the messages are those of the session",
    "input": "the messages are those of the session",
    "contents": "the messages are those of the session",
    "stream": "answers always stream",
    "stream_options": "answers always stream",
    "n": "one answer is read; :compare asks for several",
    "tools": "there are no tools here",
    "tool_choice": "there are no tools here",
    "functions": "there are no tools here",
    # A file from elsewhere must not take the conversation to a server that nobody chose.
    "mcp_servers": "there are no tools here",
    "container": "there are no tools here",
    "background": "answers always stream",
    "previous_response_id": "the messages are those of the session",
    "conversation": "the messages are those of the session",
}
"""What the program itself says in a request, with why it is no parameter."""
NOT_SENT = frozenset(_OTHER_HANDS) | frozenset(
    (
        # open-webui
        *("stream_response", "function_calling", "custom_params", "stream_delta_chunk_size"),
        *("reasoning_tags",),
        # parllama, aichat, llm, elia and the like: who is asked, and how
        *("name", "id", "title", "model_name", "model_id", "system_prompt", "prompt", "role"),
        *("session_type", "user_id", "mode", "fallback_load_from_legacy"),
        *("api_key", "apiKey", "api_base", "base_url", "baseURL", "api_version", "organization"),
        *("headers", "extra_headers", "extra_body", "timeout", "max_retries", "callbacks", "env_prefix"),
        *("context_tokens", "max_context", "max_context_tokens", "context_length", "context_messages", "history_length"),
    )
)  # fmt: skip
"""Keys of foreign files that are nothing to send as they are."""

_KEY = re.compile(rf"[A-Za-z_][A-Za-z0-9_.-]{{0,{MOST_KEY - 1}}}")


def sent(params: Params) -> dict[str, Any]:
    """What is to be passed on beside temperature and max tokens, under our names: `reasoning_effort`, `stop`
    (a text or a list), `top_p`, `seed`, and any further key as it stands."""
    said = {
        key: value
        for key, value in params.extra.items()
        if key not in NOT_SENT and value not in (None, "", [])
    }
    found = {ALSO.get(key, key): value for key, value in said.items()}
    # A key of ours that is there under both names counts as ours.
    return found | {key: said[key] for key in KNOWN if key in said}


def taken(further: dict[str, Any], *names: str) -> dict[str, Any]:
    """Those of `further` (as `sent` gives them) with these names, taken out of it: what is left goes
    elsewhere in the request."""
    return {name: further.pop(name) for name in names if name in further}


def stops(value: object) -> list[str]:
    """`stop` as a list, for servers that take no single text."""
    return [value] if isinstance(value, str) else list(value) if isinstance(value, list) else []


def key_of(name: str) -> str:
    """The key that a person means. Raises `UsageError` for what cannot be one, or is set elsewhere."""
    key = name.strip(" ")
    tidy = key.lower().replace("-", "_")
    key = ALSO.get(tidy, ALSO.get(key, tidy if tidy in KNOWN else key))
    if not _KEY.fullmatch(key):
        raise UsageError(
            f"{clean_line(name)!r} cannot be a parameter: write its name as the server has it, as in top_k."
        )
    if key in NOT_SENT:
        why = _OTHER_HANDS.get(key, "it means nothing to a server")
        raise UsageError(f"{key} is no parameter: {why}.")
    return key


def parsed(key: str, text: str) -> Any:
    """The value that was typed for a key: a number, true, false, "text", JSON, else the text itself. Raises
    `UsageError`, one sentence, for one that the key cannot have."""
    text = text.strip()
    if key == "temperature":
        text = text.replace(",", ".")
    value = _typed(text.replace("_", "") if key in ("max_tokens", "context_window") else text)
    if key == "reasoning_effort" and not text.startswith('"'):
        value = text.casefold()
        if value not in EFFORTS:
            raise UsageError(
                f"The effort is one of {', '.join(EFFORTS)}; "
                f"for a word that only this model knows, write it in quotes."
            )
    elif key == "stop" and not isinstance(value, str | list):
        value = text
    return checked(key, value)


def checked(key: str, value: Any) -> Any:
    """`value` where the key may have it. Raises `UsageError`, one sentence."""
    if value is None:
        raise UsageError(f"{clean_line(key)} needs a value.")
    rule = _RULES.get(key)
    if rule is not None and not rule[0](value):
        raise UsageError(rule[1])
    if not _is_finite(value):
        raise UsageError(f"{clean_line(key)} has a number in it that JSON does not have.")
    return float(value) if key == "temperature" else value


def value_of(params: Params, key: str) -> Any:
    """What is set for a key, None where nothing is."""
    if key in NAMED:
        return getattr(params, key)
    return next((params.extra[name] for name in _names(key) if name in params.extra), None)


def with_value(params: Params, key: str, value: Any) -> Params:
    """The parameters with another value for one of them; None takes it out."""
    if key in NAMED:
        return msgspec.structs.replace(params, **{key: value})
    names = _names(key)
    extra = {name: old for name, old in params.extra.items() if name not in names}
    if value is not None:
        extra[key] = value
    return msgspec.structs.replace(params, extra=extra)


def set_param(key: str, value: Any) -> Change:
    """Set one parameter, or with None take it out; the others stay as the file has them."""
    return lambda session: msgspec.structs.replace(
        session, params=with_value(session.params, key, value)
    )


def set_values(params: Params) -> Iterator[tuple[str, Any]]:
    """What is set and sent, the known ones first."""
    known = [(key, value_of(params, key)) for key in KNOWN]
    yield from ((key, value) for key, value in known if value is not None)
    mine = {name for key in KNOWN for name in _names(key)} | NOT_SENT
    yield from ((key, value) for key, value in params.extra.items() if key not in mine)


def shown(value: object) -> str:
    """A value on one line, so that typing it again means the same."""
    if isinstance(value, str):
        text = clean_line(value)
        is_plain = bool(text) and text == value and _typed(text) == text
        return text if is_plain else json.dumps(value, ensure_ascii=True)
    if isinstance(value, float):
        return f"{value:g}"
    return clean_line(json.dumps(value, ensure_ascii=False, default=str))


def summary(params: Params, *, without: tuple[str, ...] = ()) -> str:
    """What is set, on one line: `temperature 0.3 · effort high`; "" where nothing is."""
    return " · ".join(
        f"{label(key)} {shown(value)}" for key, value in set_values(params) if key not in without
    )


def label(key: str) -> str:
    """A key for people."""
    labels = {"reasoning_effort": "effort", "context_window": "window", "max_tokens": "max tokens"}
    return labels.get(key, clean_line(key))


def _names(key: str) -> tuple[str, ...]:
    return (key, *(other for other, own in ALSO.items() if own == key))


def _typed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _is_number(value: object, least: float, most: float) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and least <= value <= most  # type: ignore[arg-type, operator]


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**63


def _is_stop(value: object) -> bool:
    texts = value if isinstance(value, list) else [value]
    return bool(texts) and all(isinstance(text, str) and text for text in texts)


def _is_finite(value: object) -> bool:
    """Whether every number in it is one that JSON has and other readers take."""
    match value:
        case dict():
            return all(map(_is_finite, value.values()))
        case list():
            return all(map(_is_finite, value))
        case float():
            return math.isfinite(value)
        case int():
            return abs(value) < 2**63
    return True


_RULES: dict[str, tuple[Callable[[object], bool], str]] = {
    "temperature": (
        lambda value: _is_number(value, 0, MAX_TEMPERATURE),
        "The temperature is a number from 0 to 2.",
    ),
    "max_tokens": (
        lambda value: _is_whole(value, 1),
        "The most tokens of an answer is a whole number from 1.",
    ),
    "context_window": (
        lambda value: _is_whole(value, 0),
        "The context is a whole number of pairs; 0 sends all of them.",
    ),
    "reasoning_effort": (
        lambda value: isinstance(value, str) and bool(value.strip()),
        f"The effort is one of {', '.join(EFFORTS)}.",
    ),
    "stop": (_is_stop, 'stop is a text, or a list of texts as ["one", "two"].'),
    "top_p": (lambda value: _is_number(value, 0, 1), "top_p is a number from 0 to 1."),
    "seed": (lambda value: _is_whole(value, -(2**63)), "The seed is a whole number."),
}

"""Files whose messages stand in one flat list (`provider`, `model`, `metadata`, `messages`), as our shape.

Wire form: the export format of reference guide B. Keys that have no place of ours stay where they are.
"""

from __future__ import annotations

from typing import Any

from tui_sessions.codec.fields import must_be_list, must_be_object
from tui_sessions.codec.said import check_message

_PLAIN_SYSTEM_KEYS = {"role", "content", "timestamp"}


def is_flat(raw: dict[str, Any]) -> bool:
    """Whether `raw` has messages and no turns."""
    return raw.get("turns") is None and "messages" in raw


def with_turns(raw: dict[str, Any]) -> dict[str, Any]:
    """`raw` with its messages grouped into turns. Raises `DamagedFileError` that names the place."""
    messages = must_be_list(raw["messages"], "messages")
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        check_message(must_be_object(message, place), place)
    ours = {key: value for key, value in raw.items() if key not in ("messages", "turns")}
    if raw.get("system") is None and messages and _is_plain_system(messages[0]):
        ours["system"] = messages[0]["content"]
        messages = messages[1:]
    ours["turns"] = [{"messages": group} for group in groups(messages)]
    _name_the_provider(ours)
    if ours.get("meta") is None and isinstance(ours.get("metadata"), dict):
        ours["meta"] = ours.pop("metadata")
    return ours


def _is_plain_system(message: dict[str, Any]) -> bool:
    # One with more to it stays a message, so that nothing of it is lost at the first save.
    return (
        message["role"] == "system"
        and isinstance(message.get("content"), str)
        and message.keys() <= _PLAIN_SYSTEM_KEYS
    )


def groups(messages: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The messages by turn: a prompt of the user with all up to the next one."""
    found: list[list[dict[str, Any]]] = []
    is_begun = True
    for message in messages:
        # Whatever stands before the first prompt goes with it, but a greeting is a turn of its own:
        # it would pass for the answer.
        if not found or (message["role"] == "user" and is_begun):
            found.append([])
            is_begun = False
        found[-1].append(message)
        is_begun = is_begun or message["role"] in ("user", "assistant")
    return found


def _name_the_provider(ours: dict[str, Any]) -> None:
    provider, model = ours.get("provider"), ours.get("model")
    if not isinstance(provider, str) or not isinstance(model, str) or not provider or not model:
        return
    del ours["provider"]
    if not model.startswith(f"{provider}/"):
        ours["model"] = f"{provider}/{model}"

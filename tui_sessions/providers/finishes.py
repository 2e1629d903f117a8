"""Why an answer ended: the servers' words as the ones of `model.turn.FINISHES`."""

from __future__ import annotations

_WORDS = {
    "stop": ("stop", "end_turn", "stop_sequence", "completed", "eos", "unload", "load"),
    "length": (
        "length",
        "max_tokens",
        "max_output_tokens",
        "max_new_tokens",
        "model_length",
        "model_context_window_exceeded",
    ),
    "tool": ("tool_calls", "function_call", "tool_use"),
    "filter": (
        "content_filter",
        "content_filtered",
        "refusal",
        "safety",
        "recitation",
        "blocklist",
        "prohibited_content",
        "spii",
        "guardrail_intervened",
        "model_armor",
        "image_safety",
        "image_prohibited_content",
        "image_recitation",
    ),
    "pause": ("pause_turn", "pause"),
    "error": ("error", "failed"),
}
_NORMAL = {word: finish for finish, words in _WORDS.items() for word in words}


def normal_finish(word: str) -> str:
    """One of our finishes; a word that is not known stays as the server wrote it."""
    return _NORMAL.get(word.lower(), word)

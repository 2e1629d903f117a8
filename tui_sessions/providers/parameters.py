"""Which parameter a server refuses: by the field that it names, else by its words. Pure."""

from __future__ import annotations

import re

_NAMES = {
    "temperature": ("temperature",),
    "top_p": ("top_p",),
    "top_k": ("top_k",),
    "min_p": ("min_p",),
    "max_tokens": (
        "max_tokens",
        "max_completion_tokens",
        "max_output_tokens",
        "max_new_tokens",
        "max_tokens_to_sample",
        "num_predict",
    ),
    "reasoning_effort": (
        "reasoning_effort",
        "reasoning.effort",
        "output_config.effort",
        "thinking_level",
        "effort",
    ),
    "the thinking budget": ("thinking_budget", "budget_tokens", "thinking.budget"),
    "thinking": ("thinking_config", "include_thoughts", "thinking", "think", "reasoning"),
    "stop": ("stop_sequences", "stop"),
    "seed": ("seed",),
    "frequency_penalty": ("frequency_penalty",),
    "presence_penalty": ("presence_penalty",),
    "logprobs": ("top_logprobs", "logprobs"),
    "logit_bias": ("logit_bias",),
    "verbosity": ("text.verbosity", "verbosity"),
    "num_ctx": ("num_ctx",),
}
_OURS = {name: ours for ours, names in _NAMES.items() for name in names}
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*")
_NOT_SET_HERE = frozenset(
    (
        "model",
        "messages",
        "input",
        "contents",
        "content",
        "system",
        "instructions",
        "stream",
        "body",
    )
)
"""Fields of a request that are no parameters: what is wrong with them its words say."""
_PLACES = re.compile(
    r"^(?:body|generation_?config|inference_?config|options|additional_?model_?request_?fields)\.",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(
    "|".join(
        rf"(?<![\w.])(?:{re.escape(name).replace('_', '[_ ]')})(?!\w)"
        for name in sorted(_OURS, key=len, reverse=True)
        if name not in ("stop", "think", "effort", "reasoning", "seed")
    )
    + r"|[`'\"](?:stop|think|effort|reasoning|seed|stopSequences)[`'\"]"
    + r"|\b(?:reasoning effort|stop sequences?|thinking level|thinking budget)\b"
)
"""A word that also means something else counts only in quotes."""
_PATH = re.compile(r"\b[A-Za-z]\w*(?:\.\w+)+\b")
_UNKNOWN = re.compile(
    r"(?:unknown|unrecognized|unsupported|unexpected|extra|invalid)[^`'\":]{0,30}"
    r"(?:parameter|argument|field|name|key|keyword)s?[^`'\"]{0,30}[`'\"]([A-Za-z][A-Za-z0-9_.]{0,63})[`'\"]"
    r"|^([A-Za-z][A-Za-z0-9_.]{0,63}): Extra inputs are not permitted",
    re.IGNORECASE,
)


def refused_parameter(fields: tuple[str, ...], words: str) -> str:
    """The parameter that a refusal is about, as people set it; "" where it is about something else."""
    for field in fields:
        found = _named(field)
        if found:
            return found
    unknown = _UNKNOWN.search(words)
    if unknown:
        found = _named(unknown[1] or unknown[2])
        if found:
            return found
    for path in _PATH.findall(words):
        found = _OURS.get(_snake(path)) or _OURS.get(_snake(path.rpartition(".")[2]), "")
        if found:
            return found
    word = _WORD.search(_snake(words))
    return _OURS.get(word[0].strip("`'\"").replace(" ", "_"), "") if word else ""


def _named(field: str) -> str:
    name = _snake(_PLACES.sub("", field.strip()))
    if not _FIELD.fullmatch(name) or name.partition(".")[0] in _NOT_SET_HERE:
        return ""
    last = name.rpartition(".")[2]
    known = _OURS.get(name) or _OURS.get(last)
    # A field of the server's own that the user passed on.
    return known or (name if len(name) <= 64 else "")


def _snake(text: str) -> str:
    return _CAMEL.sub("_", text).lower()

"""A session's own limit of its context in tokens, beside that in pairs (`params.context_window`)."""

from __future__ import annotations

import msgspec

from tui_sessions.errors import UsageError
from tui_sessions.model.session import Change, Params, Session

KEY = "context_tokens"
"""In a session's `params`."""
LEAST = 100
MOST = 1_000_000_000


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """What goes along with a prompt: so many pairs (0: all), or as many as so many tokens take."""

    pairs: int = 0
    tokens: int | None = None


def context_limit(params: Params) -> int | None:
    """The tokens that may be sent; None where nobody limited them."""
    value = params.extra.get(KEY)  # A session file may say anything there.
    is_count = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return value if is_count else None


def window_from(text: str, now: Params) -> Window:
    """What a person says: `10`, `+5`, `all` or `0`, `8000 tokens`, `8k tokens`. Raises `UsageError`."""
    words = text.casefold().replace(",", "").replace("_", "").split()
    if len(words) == 2 and words[1] in ("pair", "pairs", "token", "tokens", "tok"):
        if words[1].startswith("pair"):
            return Window(pairs=_pairs(words[0], now, text))
        return Window(tokens=_tokens(words[0], text))
    if len(words) != 1:
        raise _wrong(text)
    return Window(pairs=_pairs(words[0], now, text))


def set_window(window: Window) -> Change:
    """Let so much go along; the other limit goes."""

    def change(session: Session) -> Session:
        extra = {key: value for key, value in session.params.extra.items() if key != KEY}
        if window.tokens is not None:
            extra[KEY] = window.tokens
        params = msgspec.structs.replace(
            session.params, context_window=window.pairs or None, extra=extra
        )
        return msgspec.structs.replace(session, params=params)

    return change


def shown_window(params: Params) -> str:
    """`all`, `10 pairs`, `8,000 tokens`."""
    tokens = context_limit(params)
    if tokens is not None:
        return f"{tokens:,} tokens"
    pairs = params.context_window
    return "all" if not pairs or pairs < 0 else f"{pairs:,} pair{'s' * (pairs != 1)}"


def _pairs(word: str, now: Params, text: str) -> int:
    if word == "all":
        return 0
    digits = word.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise _wrong(text)
    if not word.startswith("+"):
        return int(digits)
    return now.context_window + int(digits) if now.context_window else 0


def _tokens(word: str, text: str) -> int:
    factor = {"k": 1_000, "m": 1_000_000}.get(word[-1:], 1)
    digits = word[:-1] if factor > 1 else word
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise _wrong(text)
    tokens = int(digits) * factor
    if not LEAST <= tokens <= MOST:
        raise UsageError(f"A context has {LEAST:,} tokens or more.")
    return tokens


def _wrong(text: str) -> UsageError:
    return UsageError(
        f"The window is a number of pairs like 10, +5 or all, or of tokens like 8000 tokens, not {text!r}."
    )

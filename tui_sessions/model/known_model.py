"""A model that can be chosen, with what is known about it, and how that is shown in a row."""

from __future__ import annotations

import msgspec

from tui_sessions.model.money import NANO

UNKNOWN = "?"
IMAGES, THINKS, LOCAL, NONE = "▣", "∴", "⌂", "·"
"""Marks of one cell: what a model can do, and that it is no service elsewhere."""
LEGEND = f"{IMAGES} images   {THINKS} thinks   {LOCAL} local"


class KnownModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model of a provider. None, and an empty text, are unknown."""

    provider: str
    name: str
    title: str = ""
    """Its name for people."""
    context_tokens: int | None = None
    output_tokens: int | None = None
    """The longest answer."""
    input_per_mtok: int | None = None
    output_per_mtok: int | None = None
    """Nano-dollars for a million tokens."""
    price_source: str = ""
    """Who says so: the provider itself, `genai-prices 0.2.3`, `prices.toml`, `local`."""
    sees_images: bool | None = None
    thinks: bool | None = None
    is_local: bool = False

    @property
    def id(self) -> str:
        """What it is asked by: `provider/name`."""
        return f"{self.provider}/{self.name}"

    @property
    def marks(self) -> str:
        """What it can do, one sign each, in places of their own."""
        signs = ((IMAGES, self.sees_images), (THINKS, self.thinks), (LOCAL, self.is_local))
        return "".join(sign if has else NONE for sign, has in signs)

    @property
    def abilities(self) -> tuple[str, ...]:
        """The same in words."""
        words = (("images", self.sees_images), ("thinking", self.thinks), ("local", self.is_local))
        return tuple(word for word, has in words if has)

    def fits(self, words: str) -> bool:
        """Whether each of the words stands somewhere in its names."""
        text = f"{self.id} {self.title}".casefold()
        return all(word in text for word in words.casefold().split())


def shown_price(nanousd: int | None) -> str:
    """Dollars for a million tokens, as many digits as it has and no more: `0`, `0.15`, `2.50`, `15`."""
    if nanousd is None:
        return UNKNOWN
    whole, rest = divmod(nanousd, NANO)
    if not rest:
        return f"{whole:,}"
    digits = f"{rest:09d}".rstrip("0")[:4]
    return f"{whole:,}.{digits:0<2}" if digits.strip("0") else f"{whole:,}.0001"


def shown_window(tokens: int | None) -> str:
    """A context size in few characters: `8k`, `200k`, `1M`, `1.05M`."""
    if tokens is None:
        return UNKNOWN
    if tokens >= 1_000_000:
        millions = tokens / (1_048_576 if tokens % 1_048_576 == 0 else 1_000_000)
        return f"{millions:.2f}".rstrip("0").rstrip(".") + "M" if millions < 100 else "100M+"
    if tokens < 1_000:
        return str(tokens)
    # 131,072 is 128k to everybody who chooses a model, but 128,000 is as well.
    is_binary = tokens % 1_024 == 0 and tokens % 1_000
    return f"{round(tokens / (1_024 if is_binary else 1_000))}k"

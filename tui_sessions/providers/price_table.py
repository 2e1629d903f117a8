"""The installed table of genai-prices: its vendors by our providers' names, and of which day it is.

It is never updated from the network: what is installed counts.
"""

from __future__ import annotations

from datetime import date
from typing import Any

VENDORS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "gemini": "google",
    "azure": "azure",
    "bedrock": "aws",
    "meta": "meta",
    "openrouter": "openrouter",
    "groq": "groq",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "xai": "x-ai",
    "together": "together",
}
"""Our providers whose prices are in the table, by the names that they have there."""

RELEASED = {"0.2.3": "2026-11-10"}
"""The days on which versions of genai-prices were uploaded to PyPI: the table states no day of its own."""


def source() -> str:
    """The table and its version: `genai-prices 0.2.3`."""
    import genai_prices

    return f"genai-prices {genai_prices.__version__}"


def table_day(today: date) -> str | None:
    """The day of the table. Of a version that is newer than this program, the last past day on which, as it
    says itself, a price changed: it is no older than that."""
    import genai_prices

    known = RELEASED.get(genai_prices.__version__)
    if known is not None:
        return known
    days = [day for day in _changes() if day <= today]
    return max(days).isoformat() if days else None


def entry(provider: str, name: str, url: str | None) -> tuple[Any, Any] | None:
    """genai-prices' vendor and model for a model of a provider, or of whoever serves at `url`; None where
    the table has none."""
    vendor = VENDORS.get(provider)
    if not name or (url is None and vendor is None):
        return None
    from genai_prices.data_snapshot import get_snapshot  # 300 ms; not for who only asks the demo

    try:
        if url is not None:
            return get_snapshot().find_provider_model(name, None, None, url)
        return get_snapshot().find_provider_model(name, None, vendor, None)
    except LookupError:
        return None


def _changes() -> list[date]:
    from genai_prices.data_snapshot import get_snapshot

    models = [model for vendor in get_snapshot().providers for model in vendor.models]
    prices = [p for model in models if isinstance(model.prices, list) for p in model.prices]
    days = [getattr(price.constraint, "start_date", None) for price in prices]
    return [day for day in days if isinstance(day, date)]

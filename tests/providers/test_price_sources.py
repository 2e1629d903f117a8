"""Where prices come from, of which day they are, and what the user's own file may say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import genai_prices
import pytest
from genai_prices.data_snapshot import get_snapshot

from tui_sessions.errors import ConfigError
from tui_sessions.model.money import NANO, nanousd
from tui_sessions.model.usage import Usage
from tui_sessions.providers import price_table
from tui_sessions.providers.demo import CONTEXT_TOKENS
from tui_sessions.providers.prices import DEMO_CONTEXT, Prices

AT = datetime(2026, 11, 20, tzinfo=UTC)
MILLION = Usage(prompt_tokens=1_000_000, completion_tokens=1_000_000)


def own(tmp_path: Path, text: str) -> Prices:
    (tmp_path / "prices.toml").write_text(text)
    return Prices(tmp_path / "prices.toml")


def test_every_vendor_is_in_the_table() -> None:
    there = {vendor.id for vendor in get_snapshot().providers}
    assert set(price_table.VENDORS.values()) <= there


@pytest.mark.parametrize(
    "model",
    [
        "openrouter/anthropic/claude-sonnet-4.5",
        "groq/llama-3.3-70b-versatile",
        "mistral/mistral-large-latest",
        "deepseek/deepseek-chat",
        "xai/grok-4",
        "together/meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "azure/gpt-4o",
        "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "gemini/gemini-2.5-flash",
        "meta/muse-spark-1.1",
    ],
)
def test_a_model_of_every_preset_has_its_vendors_price(model: str) -> None:
    cost, price = Prices(None).cost(model, MILLION, AT)
    assert cost
    assert price is not None
    assert price.source == f"genai-prices {genai_prices.__version__}"


def test_a_name_that_only_looks_like_a_vendors_has_no_price() -> None:
    assert Prices(None).cost("my-google-proxy/gemini-2.5-flash", MILLION, AT) == (None, None)
    assert Prices(None).cost("litellm/gpt-4o", MILLION, AT) == (None, None)


def test_what_answers_on_the_own_machine_is_free_and_elsewhere_unknown() -> None:
    for name in ("lmstudio", "llamacpp", "vllm"):
        assert Prices(None).cost(f"{name}/m", None, AT)[0] == 0
        there = Prices(None, elsewhere={name: "https://example.com/v1"})
        assert there.cost(f"{name}/m", MILLION, AT) == (None, None)


def test_the_price_says_of_which_day_its_table_is(monkeypatch: pytest.MonkeyPatch) -> None:
    price = Prices(None).cost("openai/gpt-4o", MILLION, AT)[1]
    assert price is not None
    assert price.date == price_table.table_day(datetime.now(UTC).date())
    monkeypatch.setattr(genai_prices, "__version__", "0.2.3")
    assert price_table.table_day(AT.date()) == "2026-11-10"


def test_a_newer_table_is_as_old_as_the_last_change_that_it_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(genai_prices, "__version__", "99.0")
    day = price_table.table_day(date(2026, 9, 1))
    assert day is not None
    assert "2025-01-01" < day <= "2026-09-01"


def test_reasoning_is_paid_once_as_a_part_of_the_answer() -> None:
    plain = Usage(prompt_tokens=10, completion_tokens=1_000)
    thinking = Usage(prompt_tokens=10, completion_tokens=1_000, reasoning_tokens=900)
    for model in ("openai/gpt-4o", "deepseek/deepseek-chat", "gemini/gemini-2.5-flash"):
        assert Prices(None).cost(model, plain, AT)[0] == Prices(None).cost(model, thinking, AT)[0]


CHANGED = """
[["work/*"]]
input_per_mtok = 2
output_per_mtok = 0
[["work/*"]]
since = 2026-09-01
input_per_mtok = 1
output_per_mtok = 0
["work/big"]
input_per_mtok = 8
output_per_mtok = 0
date = 2026-10-01
"""


def test_an_own_price_holds_from_its_day_on(tmp_path: Path) -> None:
    prices = own(tmp_path, CHANGED)
    before = prices.cost("work/any", MILLION, datetime(2026, 8, 31, 23, 59, tzinfo=UTC))
    after = prices.cost("work/any", MILLION, datetime(2026, 9, 1, tzinfo=UTC))
    assert (before[0], after[0]) == (2 * NANO, NANO)
    assert before[1] is not None
    assert after[1] is not None
    assert (before[1].date, after[1].date) == (None, "2026-09-01")


def test_a_models_own_price_comes_before_one_for_all_of_its_provider(tmp_path: Path) -> None:
    cost, price = own(tmp_path, CHANGED).cost("work/big", MILLION, AT)
    assert cost == 8 * NANO
    assert price is not None
    assert price.date == "2026-10-01"


def test_cache_writes_have_their_own_price_which_may_be_nothing(tmp_path: Path) -> None:
    text = '["a/b"]\ninput_per_mtok = 2\noutput_per_mtok = 1\ncache_write_per_mtok = 0\n'
    used = Usage(prompt_tokens=1_000_000, completion_tokens=0, cache_write_tokens=500_000)
    assert own(tmp_path, text).cost("a/b", used, AT)[0] == nanousd("1")


def test_a_price_that_is_added_counts_at_once(tmp_path: Path) -> None:
    prices = own(tmp_path, "")
    assert prices.cost("a/b", MILLION, AT) == (None, None)
    own(tmp_path, '["a/b"]\ninput_per_mtok = 2\noutput_per_mtok = 1\n')
    assert prices.cost("a/b", MILLION, AT)[0] == 3 * NANO


@pytest.mark.parametrize("amount", ["-1", "nan", "inf"])
def test_what_is_no_amount_is_no_price(tmp_path: Path, amount: str) -> None:
    text = f'["a/b"]\ninput_per_mtok = {amount}\noutput_per_mtok = 1\n'
    with pytest.raises(ConfigError, match="input_per_mtok is"):
        own(tmp_path, text).cost("a/b", MILLION, AT)


def test_the_demonstration_has_an_end() -> None:
    assert Prices(None).context_tokens("demo/demo") == DEMO_CONTEXT == CONTEXT_TOKENS

"""What answers cost: own prices first, then the table, else unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui_sessions.config.schema import Config, EndpointConfig, ProviderConfig, ProvidersConfig
from tui_sessions.errors import ConfigError
from tui_sessions.model.money import NANO, Price, nanousd
from tui_sessions.model.usage import Usage
from tui_sessions.providers.presets import KNOWN
from tui_sessions.providers.prices import Prices, elsewhere

AT = datetime(2026, 11, 20, tzinfo=UTC)
USED = Usage(prompt_tokens=1_000_000, completion_tokens=1_000_000)
OWN = """
["openai/my-model"]
input_per_mtok = 0.15
output_per_mtok = 0.6
cached_per_mtok = 0.05
date = "2026-11-01"
context_tokens = 32000

["demo/demo"]
input_per_mtok = 1
output_per_mtok = 2
"""


@pytest.fixture
def own(tmp_path: Path) -> Prices:
    (tmp_path / "prices.toml").write_text(OWN)
    return Prices(tmp_path / "prices.toml")


def test_own_prices_count_first_and_name_their_source(own: Prices) -> None:
    cost, price = own.cost("openai/my-model", USED, AT)
    assert cost == 750_000_000
    assert price == Price(
        source="prices.toml",
        date="2026-11-01",
        input_per_mtok=150_000_000,
        output_per_mtok=600_000_000,
    )
    assert own.cost("demo/demo", USED, AT)[0] == 3 * NANO
    assert own.context_tokens("openai/my-model") == 32_000


def test_cached_tokens_have_their_own_price_and_are_not_paid_twice(own: Prices) -> None:
    used = Usage(prompt_tokens=1_000_000, completion_tokens=0, cached_tokens=400_000)
    assert own.cost("openai/my-model", used, AT)[0] == nanousd("0.11")
    used = Usage(prompt_tokens=1_000_000, completion_tokens=0, cached_tokens=400_000)
    assert Prices(None).cost("openai/gpt-4o-mini", used, AT)[0] == nanousd("0.12")


def test_the_demonstration_and_a_local_ollama_cost_nothing() -> None:
    prices = Prices(None)
    assert prices.cost("demo/fast", None, AT) == (
        0,
        Price(source="demo (free)", input_per_mtok=0, output_per_mtok=0),
    )
    cost, price = prices.cost("ollama/qwen3", USED, AT)
    assert cost == 0
    assert price is not None
    assert price.source == "local"
    assert prices.cost("ollama/gpt-oss:120b-cloud", USED, AT) == (None, None)


def test_the_table_knows_the_vendors_and_says_where_it_is_from() -> None:
    prices = Prices(None)
    cost, price = prices.cost("openai/gpt-4o-mini", USED, AT)
    assert cost == nanousd("0.75")
    assert price is not None
    assert (price.source or "").startswith("genai-prices ")
    assert (price.input_per_mtok, price.output_per_mtok) == (150_000_000, 600_000_000)
    assert prices.context_tokens("openai/gpt-4o-mini") == 128_000


def test_anthropic_cache_writes_are_paid_for() -> None:
    used = Usage(
        prompt_tokens=1_000_000,
        completion_tokens=0,
        cached_tokens=500_000,
        cache_write_tokens=100_000,
    )
    cost, _ = Prices(None).cost("anthropic/claude-sonnet-5", used, AT)
    assert cost == nanousd(0.4 * 2 + 0.5 * 0.2 + 0.1 * 2.5)


def test_a_price_that_changed_counts_from_its_day_and_says_so() -> None:
    used = Usage(prompt_tokens=1_000_000, completion_tokens=0)
    before, _ = Prices(None).cost("openai/o3", used, datetime(2025, 1, 1, tzinfo=UTC))
    after, price = Prices(None).cost("openai/o3", used, AT)
    assert before != after
    assert price is not None
    assert price.date is not None


def test_long_prompts_are_priced_by_their_step() -> None:
    prices = Prices(None)
    short = prices.cost("openai/gpt-6-luna", Usage(prompt_tokens=1000, completion_tokens=0), AT)[1]
    long = prices.cost("openai/gpt-6-luna", Usage(prompt_tokens=900_000, completion_tokens=0), AT)[
        1
    ]
    assert short is not None
    assert long is not None
    assert (short.input_per_mtok or 0) < (long.input_per_mtok or 0)


@pytest.mark.parametrize("model", ["openai/no-such-model", "nobody/x", "openai/", "", "gpt-4o"])
def test_what_no_table_knows_is_unknown(model: str) -> None:
    assert Prices(None).cost(model, USED, AT) == (None, None)
    assert Prices(None).context_tokens(model) is None


@pytest.mark.parametrize(
    "usage",
    [
        None,
        Usage(),
        Usage(prompt_tokens=5),
        Usage(completion_tokens=5),
        Usage(prompt_tokens=5, completion_tokens=1, cached_tokens=6),
        Usage(prompt_tokens=-5, completion_tokens=1),
    ],
)
def test_unknown_or_impossible_counts_have_no_price(usage: Usage | None) -> None:
    assert Prices(None).cost("openai/gpt-4o-mini", usage, AT) == (None, None)


def test_the_proposed_models_are_in_the_table() -> None:
    firsts = [
        f"{name}/{preset.first_model}" for name, preset in KNOWN.items() if preset.first_model
    ]
    assert len(firsts) == 10
    for model in firsts:
        assert Prices(None).cost(model, USED, AT)[0]
    for model in ("openai/gpt-6-luna", "anthropic/claude-haiku-5-5"):
        assert Prices(None).context_tokens(model)


def test_at_another_address_the_vendors_price_does_not_count() -> None:
    here = Prices(None, elsewhere={"openai": "http://127.0.0.1:8000/v1"})
    assert here.cost("openai/gpt-4o-mini", USED, AT) == (None, None)
    groq = Prices(None, elsewhere={"openai": "https://api.groq.com/openai/v1"})
    assert groq.cost("openai/llama-3.3-70b-versatile", USED, AT)[0]


def test_addresses_that_are_not_the_vendors_are_found() -> None:
    config = Config(
        providers=ProvidersConfig(anthropic=ProviderConfig(base_url="https://proxy.example"))
    )
    assert elsewhere(Config(), {}) == {}
    assert elsewhere(Config(), {"OPENAI_BASE_URL": "https://api.openai.com/v1/"}) == {}
    assert elsewhere(config, {"OLLAMA_HOST": "https://ollama.com"}) == {
        "anthropic": "https://proxy.example",
        "ollama": "https://ollama.com:443",
    }
    everywhere = elsewhere(Config(), {}, "http://127.0.0.1:1")
    assert set(everywhere) >= {"openai", "anthropic", "gemini", "groq"}
    # What runs on the user's own machine costs nothing wherever it listens there.
    assert not set(everywhere) & {"ollama", "lmstudio", "llamacpp", "vllm"}


def test_servers_of_ones_own_are_elsewhere_and_presets_at_home_are_not() -> None:
    endpoints = {
        "cellar": EndpointConfig(base_url="http://cellar:8000/v1"),
        "groq": EndpointConfig(max_tokens=5),
        "mistral": EndpointConfig(base_url="https://proxy.example/v1"),
        "vllm": EndpointConfig(base_url="https://gpu.example.com/v1"),
    }
    found = elsewhere(Config(endpoints=endpoints), {})
    assert set(found) == {"cellar", "mistral", "vllm"}
    prices = Prices(None, elsewhere=found)
    assert prices.cost("cellar/gpt-4o-mini", USED, AT) == (None, None)
    assert prices.cost("mistral/mistral-small-latest", USED, AT) == (None, None)
    assert prices.cost("groq/openai/gpt-oss-20b", USED, AT)[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "cannot be read"),
        ("a = " + "[" * 50_000, "cannot be read"),
        ('["a/b"]\ninput_per_mtok = 1', "output_per_mtok"),
        ('["a/b"]\ninput_per_mtok = "x"\noutput_per_mtok = 1', "a/b"),
        ('["a/b"]\ninput_per_mtok = 1\noutput_per_mtok = 1\nfree = true', "free"),
    ],
)
def test_a_wrong_prices_file_names_file_and_place(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=words) as caught:
        Prices(path).cost("demo/demo", USED, AT)
    assert str(path) in str(caught.value)


def test_no_prices_file_is_no_error(tmp_path: Path) -> None:
    assert Prices(tmp_path / "prices.toml").cost("demo/demo", USED, AT)[0] == 0

"""What servers tell of their models, each in its own words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fake_servers import Asked
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.errors import ProviderError
from tui_sessions.model.money import NANO
from tui_sessions.providers.base import ModelInfo
from tui_sessions.providers.openai_models import read
from tui_sessions.providers.presets import PRESETS

OPENROUTER = {
    "id": "anthropic/claude-sonnet-4.5",
    "name": "Anthropic: Claude Sonnet 4.5",
    "context_length": 1_000_000,
    "pricing": {"prompt": "0.000003", "completion": "0.000015", "image": "0.0048"},
    "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
    "top_provider": {"max_completion_tokens": 64_000},
    "supported_parameters": ["temperature", "reasoning"],
}


def only(*entries: dict[str, Any]) -> ModelInfo:
    (model,) = read({"data": list(entries)})
    return model


def test_openrouter_tells_all_there_is() -> None:
    assert only(OPENROUTER) == ModelInfo(
        name="anthropic/claude-sonnet-4.5",
        title="Anthropic: Claude Sonnet 4.5",
        context_tokens=1_000_000,
        output_tokens=64_000,
        input_per_mtok=3 * NANO,
        output_per_mtok=15 * NANO,
        sees_images=True,
        thinks=True,
    )


@pytest.mark.parametrize("price", ["-1", "", "a lot", None, True, "NaN", "1e99", "1e999999", {}])
def test_a_price_that_is_none_is_unknown(price: Any) -> None:
    model = only(OPENROUTER | {"pricing": {"prompt": price, "completion": "0.000015"}})
    assert (model.input_per_mtok, model.output_per_mtok) == (None, None)


def test_a_price_that_was_added_up_in_binary_is_the_one_that_was_meant() -> None:
    prices = {"prompt": 29 * 1e-7, "completion": "2.8999999999999998e-06"}
    model = only(OPENROUTER | {"pricing": prices})
    assert model.input_per_mtok == model.output_per_mtok == 2_900_000_000


def test_what_makes_pictures_or_vectors_is_left_out() -> None:
    painter = OPENROUTER | {"id": "painter", "architecture": {"output_modalities": ["image"]}}
    embedding = {"id": "embedding", "type": "embedding"}
    silent = {"id": "silent", "capabilities": {"completion_chat": False}}
    assert read({"data": [painter, embedding, silent]}) == ()


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"context_window": 131_072, "max_completion_tokens": 32_768}, (131_072, 32_768)),
        ({"max_context_length": 32_000}, (32_000, None)),
        ({"max_model_len": 4_096}, (4_096, None)),
        ({"meta": {"n_ctx_train": 8_192}}, (8_192, None)),
        ({"context_length": "many"}, (None, None)),
    ],
    ids=["groq", "mistral", "vllm", "llamacpp", "nonsense"],
)
def test_the_context_size_has_many_names(
    entry: dict[str, Any], told: tuple[int | None, int | None]
) -> None:
    model = only({"id": "m", **entry})
    assert (model.context_tokens, model.output_tokens) == told


def test_together_sends_a_bare_array_and_prices_for_a_million() -> None:
    (model,) = read([{"id": "m", "type": "chat", "pricing": {"input": 0.18, "output": 0.59}}])
    assert (model.input_per_mtok, model.output_per_mtok) == (180_000_000, 590_000_000)


def test_mistral_tells_abilities_as_flags_and_llamacpp_as_words() -> None:
    mistral = only({"id": "m", "capabilities": {"vision": False, "reasoning": True}})
    assert (mistral.sees_images, mistral.thinks) == (False, True)
    assert only({"id": "m", "capabilities": ["completion", "multimodal"]}).sees_images is True
    assert only({"id": "m"}).sees_images is None


def test_openai_itself_is_asked_for_those_that_chat() -> None:
    names = ("gpt-6-luna", "o5", "gpt-image-2", "text-embedding-3", "whisper-1")
    found = read({"data": [{"id": name} for name in names]}, is_vendor=True)
    assert [model.name for model in found] == ["gpt-6-luna", "o5"]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "data", "pricing", "prompt", "completion", "capabilities", "meta"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_list_however_odd_is_too_much(document: Any) -> None:
    for model in read(document):
        assert model.name


async def served(loopback: Any, pages: dict[str, Any]) -> Any:
    """A server with those pages; everything else is not found."""

    async def answer(asked: Asked) -> None:
        found = pages.get(asked.path)
        if callable(found):
            found = found(asked)
        if found is None:
            await asked.refuse("404 Not Found", {"error": {"message": "no such page"}})
            return
        body = json.dumps(found)
        await asked.head("200 OK", "application/json", content_length=str(len(body)))
        await asked.raw(body.encode())

    return await loopback(answer)


async def test_lmstudio_is_asked_for_its_own_list(loopback: Any, provider_at: Any) -> None:
    loaded = [{"id": "q", "config": {"context_length": 4_096}}]
    models = [
        {
            "type": "llm",
            "key": "qwen/q",
            "display_name": "Qwen",
            "loaded_instances": loaded,
            "max_context_length": 262_144,
            "capabilities": {"vision": True},
        },
        {"type": "embedding", "key": "nomic"},
    ]
    server = await served(loopback, {"/api/v1/models": {"models": models}})
    (model,) = await provider_at(server.url, "lmstudio").models()
    assert (model.name, model.title, model.context_tokens, model.sees_images) == (
        "qwen/q",
        "Qwen",
        4_096,
        True,
    )


async def test_an_old_lmstudio_and_one_without_its_own_list_are_understood(
    loopback: Any, provider_at: Any
) -> None:
    old = {"data": [{"id": "v", "type": "vlm", "max_context_length": 32_768}]}
    server = await served(loopback, {"/api/v0/models": old})
    (model,) = await provider_at(server.url, "lmstudio").models()
    assert (model.name, model.context_tokens, model.sees_images) == ("v", 32_768, True)
    server = await served(loopback, {"/v1/models": {"data": [{"id": "plain"}]}})
    (model,) = await provider_at(server.url, "lmstudio").models()
    assert model.name == "plain"


async def test_ollama_tells_of_each_installed_model_what_it_can(
    loopback: Any, provider_at: Any
) -> None:
    able = {"see": ["completion", "vision"], "think": ["completion", "thinking"]}

    def show(asked: Asked) -> Any:
        name = asked.body["model"]
        if name == "broken":
            return None
        facts = {"general.architecture": "x", "x.context_length": 131_072}
        return {"capabilities": able.get(name, ["embedding"]), "model_info": facts}

    names = [{"name": name} for name in ("think", "see", "vectors", "broken")]
    server = await served(loopback, {"/api/tags": {"models": names}, "/api/show": show})
    found = await provider_at(server.url, "ollama").models()
    assert [(m.name, m.context_tokens, m.sees_images, m.thinks) for m in found] == [
        ("broken", None, None, None),
        ("see", 131_072, True, False),
        ("think", 131_072, False, True),
    ]


async def test_anthropic_tells_titles_limits_and_abilities(loopback: Any, provider_at: Any) -> None:
    entry = {
        "id": "claude-x",
        "display_name": "Claude X",
        "max_input_tokens": 200_000,
        "max_tokens": 64_000,
        "capabilities": {"image_input": {"supported": True}, "thinking": {"supported": False}},
    }
    pages = {"/v1/models?limit=1000": {"data": [entry, {"id": ""}], "has_more": False}}
    server = await served(loopback, pages)
    (model,) = await provider_at(server.url, "anthropic").models()
    assert model == ModelInfo(
        name="claude-x",
        title="Claude X",
        context_tokens=200_000,
        output_tokens=64_000,
        sees_images=True,
        thinks=False,
    )


async def test_openrouter_is_asked_about_the_key_as_well(loopback: Any, provider_at: Any) -> None:
    server = await served(loopback, {"/v1/models": {"data": [OPENROUTER]}})
    provider = provider_at(server.url, "openrouter")
    provider._known = PRESETS["openrouter"]  # it goes by the host, which is another one here
    assert len(await provider.models()) == 1
    with pytest.raises(ProviderError):
        await provider.check()
    assert server.asked[-1].path == "/v1/key"

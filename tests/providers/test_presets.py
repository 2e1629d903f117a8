"""The providers that are known by name, and servers of one's own: where they are asked, with whose key, and what
differs from OpenAI."""

from __future__ import annotations

from typing import Any

import pytest
from fake_servers import CANARY, asking, chunk, configured, heard

from tui_sessions.config import endpoints as known_names
from tui_sessions.config.schema import Config, EndpointConfig, OpenAIConfig, ProvidersConfig
from tui_sessions.errors import ProviderError
from tui_sessions.model.session import Params
from tui_sessions.providers import anthropic, azure, bedrock, gemini, ollama
from tui_sessions.providers.base import Checks, Provider
from tui_sessions.providers.discovery import found_models
from tui_sessions.providers.presets import KNOWN, PRESETS, VENDORS
from tui_sessions.providers.registry import KINDS, Providers, full_model

OWN = {"cellar": EndpointConfig(base_url="http://cellar:8000/v1")}


def with_endpoints(**endpoints: EndpointConfig) -> Config:
    return Config(network=configured().network, endpoints=endpoints)


def service_of(provider: Provider) -> Any:
    return vars(provider)["_service"]


def test_configuration_and_providers_know_the_same_names() -> None:
    assert tuple(PRESETS) == known_names.PRESETS
    assert tuple(VENDORS) == known_names.FIXED
    assert {preset.kind for preset in KNOWN.values()} <= set(KINDS)


def test_the_modules_of_the_vendors_look_for_the_same_keys() -> None:
    for module, name in (
        (anthropic, "anthropic"),
        (gemini, "gemini"),
        (ollama, "ollama"),
        (azure, "azure"),
    ):
        assert VENDORS[name].key_variables == module.KEY_VARIABLES, name
        assert VENDORS[name].url_variable == module.URL_VARIABLE, name
    assert VENDORS["bedrock"].key_variables == (bedrock.KEY_VARIABLE,)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_built_at_its_own_address(name: str) -> None:
    provider = Providers(Config(), {}).get(name)
    assert provider.name == name
    assert service_of(provider).where.url == PRESETS[name].base_url


@pytest.mark.parametrize("name", [name for name, it in PRESETS.items() if not it.is_local])
async def test_without_a_key_a_vendor_is_never_asked_and_the_variable_named(name: str) -> None:
    provider = Providers(Config(), {"OPENAI_API_KEY": CANARY}).get(name)
    error = (await heard(provider.stream(asking()))).error  # type: ignore[arg-type]
    assert error is not None
    assert error.kind == "auth"
    assert PRESETS[name].key_variables[0] in str(error)


@pytest.mark.parametrize("kind", ["openai", "anthropic", "gemini", "ollama"])
async def test_a_server_of_ones_own_gets_no_vendors_key(loopback: Any, kind: str) -> None:
    server = await loopback(lambda asked: asked.refuse("400 No", {"error": "no"}))
    keys = {name: CANARY for preset in KNOWN.values() for name in preset.key_variables}
    elsewhere = {
        preset.url_variable: "http://127.0.0.1:1"
        for preset in KNOWN.values()
        if preset.url_variable
    }
    own = EndpointConfig(kind=kind, base_url=server.url)  # type: ignore[arg-type]
    provider = Providers(with_endpoints(cellar=own), keys | elsewhere).get("cellar")
    await heard(provider.stream(asking()))  # type: ignore[arg-type]
    await provider.aclose()
    assert server.asked
    assert CANARY not in str(server.asked[0].headers)
    assert CANARY not in server.asked[0].path


async def test_what_stands_in_ones_own_headers_is_in_no_message(loopback: Any) -> None:
    async def echo(asked: Any) -> None:
        await asked.refuse("400 No", {"error": {"message": f"bad {asked.headers}"}})

    server = await loopback(echo)
    own = EndpointConfig(base_url=server.url, headers=(f"X-Team-Pass: {CANARY[3:]}",))
    provider = Providers(with_endpoints(cellar=own), {}).get("cellar")
    error = (await heard(provider.stream(asking()))).error  # type: ignore[arg-type]
    await provider.aclose()
    assert "x-team-pass" in str(error)
    assert CANARY[3:] not in str(error) + repr(vars(error))


async def test_a_list_of_models_that_names_the_key_is_taken_without_it(loopback: Any) -> None:
    key = "cellar0secret0value"
    listed = {"data": [{"id": f"m-{key}", "name": f"Of {key}"}]}
    server = await loopback(lambda asked: asked.refuse("200 OK", listed))
    own = EndpointConfig(base_url=server.url, api_key_variable="CELLAR_KEY")
    provider = Providers(with_endpoints(cellar=own), {"CELLAR_KEY": key}).get("cellar")
    (model,) = await provider.models()
    await provider.aclose()
    assert key not in str(model)


@pytest.mark.parametrize(
    ("kind", "header"),
    [("openai", "authorization"), ("anthropic", "x-api-key"), ("ollama", "authorization")],
)
async def test_a_server_of_ones_own_gets_the_key_that_is_named_for_it(
    loopback: Any, kind: str, header: str
) -> None:
    server = await loopback(lambda asked: asked.refuse("400 No", {"error": "no"}))
    own = EndpointConfig(
        kind=kind,  # type: ignore[arg-type]
        base_url=server.url,
        api_key_variable="CELLAR_KEY",
        headers=("X-Team: notes", "x-other:  1 "),
    )
    provider = Providers(with_endpoints(cellar=own), {"CELLAR_KEY": CANARY}).get("cellar")
    await heard(provider.stream(asking()))  # type: ignore[arg-type]
    await provider.aclose()
    headers = server.asked[0].headers
    assert headers[header].endswith(CANARY)
    assert (headers["x-team"], headers["x-other"]) == ("notes", "1")


async def test_a_variable_of_ones_own_takes_the_place_of_the_vendors(
    loopback: Any,
) -> None:
    server = await loopback(lambda asked: asked.answer())
    own = OpenAIConfig(base_url=server.url, api_key_variable="PROXY_KEY")
    config = Config(network=configured().network, providers=ProvidersConfig(openai=own))
    provider = Providers(config, {"OPENAI_API_KEY": CANARY}).get("openai")
    await heard(provider.stream(asking()))  # type: ignore[arg-type]
    await provider.aclose()
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize("by", ["option", "environment", "file"])
async def test_a_preset_that_is_sent_elsewhere_on_purpose_takes_its_own_key_along(
    loopback: Any, by: str
) -> None:
    server = await loopback(lambda asked: asked.answer())
    environ = {
        "META_API_KEY": CANARY,
        "OPENAI_API_KEY": "sk-another",
        "OPENAI_BASE_URL": "http://x",
    }
    environ |= {"META_API_BASE": server.url} if by == "environment" else {}
    own = EndpointConfig(base_url=server.url if by == "file" else "")
    urls = {"meta": server.url} if by == "option" else {}
    provider = Providers(with_endpoints(meta=own), environ, base_urls=urls).get("meta")
    await heard(provider.stream(asking()))  # type: ignore[arg-type]
    await provider.aclose()
    assert server.asked[0].headers["authorization"] == f"Bearer {CANARY}"


async def test_only_openai_is_told_whose_account_it_is(loopback: Any) -> None:
    server = await loopback(lambda asked: asked.answer())
    environ = {"OPENAI_API_KEY": CANARY, "OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT_ID": "p-1"}
    provider = Providers(configured(), environ, base_urls={"": server.url}).get("openai")
    await heard(provider.stream(asking()))  # type: ignore[arg-type]
    await provider.aclose()
    assert not {"openai-organization", "openai-project"} & server.asked[0].headers.keys()
    vendor = Providers(Config(), environ).get("openai")
    _, headers = await service_of(vendor)._asked("m")
    assert headers["openai-organization"] == "org-1"


async def test_plain_http_takes_a_key_to_a_public_host_only_where_that_is_allowed() -> None:
    for allowed in (False, True):
        own = EndpointConfig(
            base_url="http://llm.example.com/v1", api_key_variable="K", allow_plain_http=allowed
        )
        service = service_of(Providers(with_endpoints(far=own), {"K": CANARY}).get("far"))
        if allowed:
            assert (await service._asked("m"))[1]["authorization"] == f"Bearer {CANARY}"
        else:
            with pytest.raises(ProviderError, match=r"providers\.far\.allow_plain_http"):
                await service._asked("m")


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("openai", "max_completion_tokens"),
        ("groq", "max_completion_tokens"),
        ("mistral", "max_tokens"),
        ("deepseek", "max_tokens"),
        ("vllm", "max_tokens"),
    ],
)
def test_each_server_gets_the_limit_by_the_name_it_knows(name: str, limit: str) -> None:
    provider: Any = Providers(Config(), {}).get(name)
    body = provider._body(asking(params=Params(max_tokens=9)))
    assert body[limit] == 9
    assert len({"max_tokens", "max_completion_tokens"} & body.keys()) == 1


def test_what_a_server_wants_follows_its_address_not_its_name() -> None:
    own = EndpointConfig(base_url="https://api.mistral.ai/v1", api_key_variable="K")
    provider: Any = Providers(with_endpoints(mine=own), {"K": "k"}).get("mine")
    assert not provider._asks_for_usage


async def test_meta_is_not_asked_with_a_parameter_that_it_does_not_take() -> None:
    provider = Providers(Config(), {"MODEL_API_KEY": CANARY}).get("meta")
    request = asking(params=Params(extra={"stop": "x"}))
    error = (await heard(provider.stream(request))).error  # type: ignore[arg-type]
    assert str(error) == "Meta does not take stop: unset that parameter."


async def test_openrouter_is_told_who_asks_and_tells_what_it_charged(loopback: Any) -> None:
    async def charged(asked: Any) -> None:
        await asked.head()
        usage = {"prompt_tokens": 1, "completion_tokens": 2, "cost": 0.00014}
        await asked.say(chunk("a", "stop"), chunk("", usage=usage), "[DONE]")

    server = await loopback(charged)
    providers = Providers(
        configured(), {"OPENROUTER_API_KEY": CANARY}, base_urls={"openrouter": server.url}
    )
    provider = providers.get("openrouter")
    found = await heard(provider.stream(asking()))  # type: ignore[arg-type]
    await providers.aclose()
    assert server.asked[0].headers["x-title"] == "tui-sessions"
    assert found.end is not None
    assert found.end.cost == 140_000


def test_a_public_list_of_models_is_no_proof_of_a_key() -> None:
    provider = Providers(Config(), {}).get("openrouter")
    assert isinstance(provider, Checks)
    assert PRESETS["openrouter"].key_path == "/key"


def test_what_to_set_is_the_variable_that_people_know() -> None:
    environ = {"AZURE_OPENAI_ENDPOINT": "https://mine.openai.azure.com"}
    whys = {name: Providers(Config(), environ).source(name).why for name in ("gemini", "azure")}
    assert whys == {"gemini": "set GEMINI_API_KEY", "azure": "set AZURE_OPENAI_API_KEY"}


# who is set up


def test_nothing_but_ollama_and_the_demonstration_is_set_up_by_itself() -> None:
    assert Providers(Config(), {}).set_up() == ("ollama", "demo")


def test_keys_addresses_and_tables_set_up_providers() -> None:
    environ = {
        "GROQ_API_KEY": "k",
        "OPENAI_BASE_URL": "http://localhost:8080/v1",
        "AZURE_OPENAI_API_KEY": "k",
        "AWS_BEARER_TOKEN_BEDROCK": "k",
        "AWS_REGION": "eu-west-1",
    }
    config = with_endpoints(
        **OWN,
        vllm=EndpointConfig(),
        mistral=EndpointConfig(api_key_command="pass mistral"),
        deepseek=EndpointConfig(api_key_keyring=True),
        xai=EndpointConfig(),
    )
    providers = Providers(config, environ)
    assert set(providers.set_up()) == {
        *("openai", "bedrock", "ollama", "demo"),
        *("groq", "mistral", "deepseek", "vllm", "cellar"),
    }
    assert providers.source("mistral").source == "providers.mistral.api_key_command"
    assert providers.source("deepseek").source == "the keyring"
    assert providers.source("groq").source == "GROQ_API_KEY"
    assert providers.source("xai").why == "set XAI_API_KEY"
    assert "AZURE_OPENAI_ENDPOINT" in providers.source("azure").why
    assert providers.source("cellar").is_ready


def test_an_address_on_the_command_line_is_asked_as_openai() -> None:
    providers = Providers(Config(), {}, base_urls={"": "http://127.0.0.1:8000"})
    assert providers.set_up() == ("openai", "ollama", "demo")


def test_an_unknown_name_is_answered_with_the_nearest_and_with_how_to_add_it() -> None:
    providers = Providers(with_endpoints(**OWN), {})
    with pytest.raises(ProviderError, match="Did you mean cellar"):
        providers.source("celar")
    with pytest.raises(ProviderError, match=r"\[providers\.NAME\]"):
        providers.get("nobody-at-all")


def test_models_of_ones_own_servers_have_full_names() -> None:
    providers = Providers(with_endpoints(**OWN), {})
    assert providers.full_model("Cellar/qwen/3") == "cellar/qwen/3"
    assert "cellar" in providers.names
    with pytest.raises(ProviderError):
        full_model("cellar/qwen")


def test_a_first_model_is_proposed_for_every_key_and_every_named_list() -> None:
    keys = {name: "k" for preset in KNOWN.values() for name in preset.key_variables}
    found = found_models(keys)
    assert [model.partition("/")[0] for model in found] == [
        name for name, preset in KNOWN.items() if preset.first_model
    ]
    own = EndpointConfig(base_url="http://cellar:8000/v1", models=("qwen3",))
    assert found_models({}, with_endpoints(cellar=own)) == ("cellar/qwen3",)

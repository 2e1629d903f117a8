"""Azure OpenAI: both interfaces, both kinds of keys, deployments."""

from __future__ import annotations

from typing import Any

import pytest
from fake_servers import asking, configured, heard

from tui_sessions.config.schema import AzureConfig, Config, ProvidersConfig
from tui_sessions.errors import ProviderError
from tui_sessions.model.session import Params
from tui_sessions.providers.azure import Azure, build
from tui_sessions.providers.setup import Setup

KEY = {"AZURE_OPENAI_API_KEY": "k" * 32}
TOKEN = "eyJhbGciOi.J9"


def azure(url: str, environ: dict[str, str] | None = None, **own: Any) -> Azure:
    config = Config(
        network=configured().network, providers=ProvidersConfig(azure=AzureConfig(**own))
    )
    return build(Setup(name="azure", config=config, environ=environ or KEY, base_url=url))


@pytest.mark.parametrize(
    "end",
    ["", "/", "/openai/v1", "/openai/v1/", "/openai/deployments/x/chat/completions?api-version=1"],
)
async def test_the_interface_v1_is_asked_with_the_deployment_as_model(
    loopback: Any, end: str
) -> None:
    server = await loopback(lambda asked: asked.answer())
    provider = azure(server.url + end)
    await heard(provider.stream(asking(model="my-gpt", params=Params(max_tokens=9))))
    await provider.aclose()
    asked = server.asked[0]
    assert asked.path == "/openai/v1/chat/completions"
    assert (asked.body["model"], asked.body["max_completion_tokens"]) == ("my-gpt", 9)
    assert asked.headers["api-key"] == KEY["AZURE_OPENAI_API_KEY"]
    assert "authorization" not in asked.headers


async def test_the_dated_interface_has_the_deployment_in_its_path(loopback: Any) -> None:
    server = await loopback(lambda asked: asked.answer())
    provider = azure(server.url, api_version="2024-10-21")
    await heard(provider.stream(asking(model="my gpt/4")))
    await provider.aclose()
    path = "/openai/deployments/my%20gpt%2F4/chat/completions?api-version=2024-10-21"
    assert server.asked[0].path == path


@pytest.mark.parametrize(
    "environ",
    [
        {**KEY, "AZURE_OPENAI_AD_TOKEN": "token"},
        {"AZURE_OPENAI_API_KEY": TOKEN},
    ],
)
async def test_a_token_of_entra_goes_as_one(loopback: Any, environ: dict[str, str]) -> None:
    server = await loopback(lambda asked: asked.answer())
    provider = azure(server.url, environ)
    await heard(provider.stream(asking()))
    await provider.aclose()
    assert server.asked[0].headers["authorization"].startswith("Bearer ")
    assert "api-key" not in server.asked[0].headers


def test_the_version_of_the_configuration_counts_before_that_of_the_environment() -> None:
    environ = {**KEY, "OPENAI_API_VERSION": "2024-10-21"}
    url = "https://mine.openai.azure.com"
    assert "2024-10-21" in azure(url, environ)._path("/chat/completions", "m")
    assert "api-version" not in azure(url, environ, api_version="v1")._path("/responses", "m")
    assert azure(url, environ)._path("/responses", "m") == (
        "/openai/responses?api-version=2024-10-21"
    )


async def test_deployments_are_those_of_the_configuration() -> None:
    url = "https://mine.openai.azure.com"
    found = await azure(url, models=("my-gpt",)).models()
    assert [model.name for model in found] == ["my-gpt"]
    with pytest.raises(ProviderError, match=r"providers\.azure\.models"):
        await azure(url).models()


async def test_a_key_is_tried_at_the_list_of_models(loopback: Any) -> None:
    server = await loopback(lambda asked: asked.refuse("200 OK", {"data": []}))
    provider = azure(server.url)
    await provider.check()
    await provider.aclose()
    assert server.asked[0].path == "/openai/v1/models"


def test_without_an_address_nothing_can_be_asked() -> None:
    with pytest.raises(ProviderError, match="AZURE_OPENAI_ENDPOINT"):
        azure("")

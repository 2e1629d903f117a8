"""What the first answer would have to wait for is loaded while its prompt is being written."""

from __future__ import annotations

from typing import Any

import pytest

from tui_sessions.wiring import Services


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that were made ready."""
    models: list[str] = []
    monkeypatch.setattr(Services, "get_ready", lambda self, model: models.append(model))
    return models


async def test_the_second_word_of_a_prompt_loads_once(workspace: Any, loaded: list[str]) -> None:
    async with workspace() as user:
        await user.type("Hello ")
        assert loaded == []
        await user.type("there")
        await user.until(lambda: loaded, "the loading")
        await user.type(" you")
        await user.until(lambda: not user.screen.workers._workers, "the end of it")
        assert loaded == ["demo/demo"]


async def test_a_command_loads_nothing(workspace: Any, loaded: list[str]) -> None:
    async with workspace() as user:
        await user.type(":help")
        assert loaded == []


async def test_what_cannot_be_made_ready_is_left_to_the_sending(made_services: Any) -> None:
    services = made_services(**{"providers.openai.base_url": "ftp://nobody"})
    for model in ("openai/gpt-4o", "nobody/x", "", "demo/demo"):
        services.get_ready(model)


async def test_a_prepared_provider_is_the_one_that_answers(made_services: Any) -> None:
    services = made_services()
    services.get_ready("openai/gpt-4o")
    provider = services.providers.get("openai")
    client = provider._service._http._client
    assert client is not None
    services.get_ready("openai/gpt-4o")
    assert services.providers.get("openai") is provider
    assert provider._service._http._client is client
    await services.providers.aclose()

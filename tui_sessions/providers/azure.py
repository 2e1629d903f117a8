"""Azure OpenAI: the languages of OpenAI at an address of the user's own, where a model is a deployment.

The interface v1 has one path for all deployments; the dated one has a path for each and a version in the query.
Wire form: https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle and /reference, as of November
2026. Checked against `tests/data/providers/azure-*`."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from tui_sessions.config.schema import AzureConfig
from tui_sessions.errors import ProviderError
from tui_sessions.providers.base import ModelInfo
from tui_sessions.providers.endpoint import endpoint
from tui_sessions.providers.keys import Key
from tui_sessions.providers.openai import OpenAI
from tui_sessions.providers.presets import VENDORS
from tui_sessions.providers.service import Service, service_at
from tui_sessions.providers.setup import Setup

URL_VARIABLE = VENDORS["azure"].url_variable
KEY_VARIABLES = VENDORS["azure"].key_variables
TOKEN_VARIABLE = "AZURE_OPENAI_AD_TOKEN"
VERSION_VARIABLE = "OPENAI_API_VERSION"

_TOKEN_START = "eyJ"
"""The first letters of every token of Entra, which is a JWT."""
_V1 = ("", "v1", "latest", "preview")
"""Words for the interface without dates."""


class Azure(OpenAI):
    """Answers of the deployments of one resource."""

    def __init__(self, setup: Setup, service: Service, version: str) -> None:
        super().__init__(setup, service)
        self._known = VENDORS["azure"]
        self._deployments = setup.own.models
        self._version = version

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `base.Provider.models`: those that the configuration names, for the server tells which models
        there could be, not which were deployed."""
        if not self._deployments:
            raise ProviderError(
                "Azure does not tell which deployments there are: name them in providers.azure.models, "
                "or ask one as azure/NAME.",
                kind="model",
            )
        return tuple(ModelInfo(name=name) for name in self._deployments)

    async def check(self) -> None:
        """See `base.Checks`."""
        path = (
            f"/openai/models?api-version={self._version}" if self._version else "/openai/v1/models"
        )
        await self._service.document(path)

    def _path(self, method: str, model: str) -> str:
        if not self._version:
            return f"/openai/v1{method}"
        if method == "/responses":
            return f"/openai/responses?api-version={self._version}"
        deployment = quote(model, safe="")
        return f"/openai/deployments/{deployment}{method}?api-version={self._version}"


def build(setup: Setup) -> Azure:
    """The provider for `setup`. Raises `ProviderError` for a base URL that is missing or refused."""
    chosen = setup.chosen_url(URL_VARIABLE)
    if not chosen:
        raise ProviderError(
            f"Azure is asked at the address of your own resource: set {URL_VARIABLE} or "
            "providers.azure.base_url to it, such as https://mine.openai.azure.com.",
            kind="request",
        )
    where = endpoint(_resource(chosen))
    service = service_at(
        setup, where, KEY_VARIABLES, needs_key=not where.is_private, key_headers=_key_headers
    )
    return Azure(setup, service, _version(setup))


def _resource(url: str) -> str:
    """The address of the resource, of which people copy more or less."""
    base = url.strip().partition("?")[0].rstrip("/")
    for end in ("/chat/completions", "/responses"):
        base = base.removesuffix(end)
    base = base.partition("/openai/deployments/")[0]
    return base.removesuffix("/v1").removesuffix("/openai").rstrip("/")


def _version(setup: Setup) -> str:
    own = setup.own.api_version if isinstance(setup.own, AzureConfig) else ""
    version = own.strip() or setup.environ.get(VERSION_VARIABLE, "").strip()
    return "" if version.lower() in _V1 else quote(version, safe="")


def _key_headers(key: Key) -> Mapping[str, str]:
    secret = key.secret or ""
    if key.source == TOKEN_VARIABLE or secret.startswith(_TOKEN_START):
        return {"authorization": f"Bearer {secret}"}
    return {"api-key": secret}

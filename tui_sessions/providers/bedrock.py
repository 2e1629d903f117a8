"""Amazon Bedrock: Converse for every model, or the OpenAI-shaped base for those that are on it.

Wire form: https://docs.aws.amazon.com/bedrock/latest/APIReference/ (Converse, ListFoundationModels,
ListInferenceProfiles) and /userguide/inference-chat-completions.html, as of November 2026.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any
from urllib.parse import quote

from tui_sessions.config.schema import BedrockConfig
from tui_sessions.errors import ProviderError
from tui_sessions.model.mime import PDF
from tui_sessions.providers.attaching import IMAGES, Takes
from tui_sessions.providers.aws import KEY_VARIABLE, AwsCredentials, address, region_of
from tui_sessions.providers.base import Event, ModelInfo, Request
from tui_sessions.providers.converse import Converse, converse_body
from tui_sessions.providers.documents import mapping, sequence, string
from tui_sessions.providers.endpoint import endpoint
from tui_sessions.providers.keys import Key, KeySource
from tui_sessions.providers.openai import OpenAI
from tui_sessions.providers.presets import VENDORS
from tui_sessions.providers.service import OverHttp, Service
from tui_sessions.providers.setup import Setup

URL_VARIABLE = VENDORS["bedrock"].url_variable
LIST_URL_VARIABLE = "AWS_ENDPOINT_URL_BEDROCK"
"""The names that AWS's own programs have for them."""

MOST_IMAGE, MOST_DOCUMENT = 3_750_000, 4_500_000
"""Bytes of one file (API_runtime_Message)."""
MOST_BYTES = 18_000_000
"""Of all files in one request: base64 makes four bytes of three, and a request may have 25 MB."""
EMULATED = "us-east-1"
"""The region that a server elsewhere is asked in, where nobody names one."""
_MAX_PAGES = 20


class BedrockTakes(Takes, frozen=True, kw_only=True):
    """Bedrock bounds each file, too."""

    def refuses(self, mime: str, size: int = 0) -> str:
        """See `base.Provider.refuses`."""
        most = MOST_DOCUMENT if mime == PDF else MOST_IMAGE
        if mime in self.mimes and size > most and size <= self.most_bytes:
            return f"{self.who} takes files of at most {most / 1e6:g} MB."
        return super().refuses(mime, size)


class Bedrock(OverHttp):
    """Answers over Converse."""

    def __init__(self, setup: Setup, service: Service, lists: Service) -> None:
        super().__init__(setup, service)
        self._lists = lists
        self._max_tokens = setup.own.max_tokens
        self._takes = BedrockTakes(who=setup.name, mimes=(*IMAGES, PDF), most_bytes=MOST_BYTES)

    def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """See `base.Provider.stream`."""
        body = converse_body(self._takes.sendable(request), self._max_tokens)
        # An ARN has slashes and colons, a version a colon: all of it is one step of the path.
        path = f"/model/{quote(request.model, safe='')}/converse-stream"
        return self._service.stream(path, body, Converse, model=request.model)

    def refuses(self, mime: str, size: int = 0) -> str:
        """See `base.Provider.refuses`."""
        return self._takes.refuses(mime, size)

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `base.Provider.models`."""
        return await listed(self._lists)

    async def aclose(self) -> None:
        """Closes connections."""
        await super().aclose()
        await self._lists.aclose()


class BedrockOpenAI(OpenAI):
    """Answers over the OpenAI-shaped base."""

    def __init__(self, setup: Setup, service: Service, lists: Service) -> None:
        super().__init__(setup, service)
        self._lists = lists

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `base.Provider.models`: all of Bedrock's; which are on this base it does not tell."""
        return await listed(self._lists)

    async def aclose(self) -> None:
        """Closes connections."""
        await super().aclose()
        await self._lists.aclose()


def build(setup: Setup) -> Bedrock | BedrockOpenAI:
    """The provider for `setup`. Raises `ProviderError` for a region or base URL that is refused."""
    own = setup.own if isinstance(setup.own, BedrockConfig) else BedrockConfig()
    chosen = setup.chosen_url(URL_VARIABLE).rstrip("/").removesuffix("/openai/v1")
    region = region_of(own.region, setup.environ, own.profile, EMULATED if chosen else "")
    runtime = chosen or address("bedrock-runtime", region)
    lists_at = setup.environ.get(LIST_URL_VARIABLE, "").strip() or chosen
    credentials = AwsCredentials(region, own.profile)
    lists = _service(setup, lists_at or address("bedrock", region), credentials, own)
    if own.api == "openai":
        service = _service(setup, f"{runtime}/openai/v1", credentials, own)
        return BedrockOpenAI(setup, service, lists)
    return Bedrock(setup, _service(setup, runtime, credentials, own), lists)


def _service(setup: Setup, url: str, credentials: AwsCredentials, own: BedrockConfig) -> Service:
    keys = setup.key_source((KEY_VARIABLE,))
    if own.profile:  # it was asked for, and counts before a key that happens to be there
        keys = KeySource(setup.environ, (), setting=f"the AWS profile {own.profile}")
    return Service(
        setup,
        endpoint(url),
        keys=keys,
        needs_key=False,
        key_headers=_key_headers,
        signer=credentials.sign,
    )


def _key_headers(key: Key) -> Mapping[str, str]:
    return {"authorization": f"Bearer {key.secret}"}


async def listed(service: Service) -> tuple[ModelInfo, ...]:
    """The models that can be asked: those on demand, and the profiles through which the others are."""
    document = await service.document("/foundation-models?byOutputModality=TEXT")
    entries = [mapping(entry) for entry in sequence(mapping(document).get("modelSummaries"))]
    named = {string(entry.get("modelId")): entry for entry in entries}
    found = [_info(name, entry) for name, entry in named.items() if name and _is_on_demand(entry)]
    try:
        profiles = await _profiles(service)
    except ProviderError as error:
        if error.kind not in ("auth", "request"):
            raise
        profiles = []  # another permission, which some have not
    found += [_profile_info(entry, named) for entry in profiles]
    return tuple(sorted((model for model in found if model.name), key=lambda model: model.name))


async def _profiles(service: Service) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    token = ""
    for _ in range(_MAX_PAGES):
        more = f"&nextToken={quote(token, safe='')}" if token else ""
        page = mapping(await service.document(f"/inference-profiles?maxResults=1000{more}"))
        found += map(mapping, sequence(page.get("inferenceProfileSummaries")))
        token = string(page.get("nextToken"))
        if not token:
            break
    return [entry for entry in found if string(entry.get("status")) in ("ACTIVE", "")]


def _is_on_demand(entry: Mapping[str, Any]) -> bool:
    kinds = entry.get("inferenceTypesSupported")
    outputs = entry.get("outputModalities")
    return (
        entry.get("responseStreamingSupported") is not False
        and not (isinstance(kinds, list) and kinds and "ON_DEMAND" not in kinds)
        and not (isinstance(outputs, list) and outputs and "TEXT" not in outputs)
    )


def _info(name: str, entry: Mapping[str, Any]) -> ModelInfo:
    inputs = entry.get("inputModalities")
    return ModelInfo(
        name=name,
        title=string(entry.get("modelName")) or None,
        sees_images="IMAGE" in inputs if isinstance(inputs, list) else None,
    )


def _profile_info(entry: Mapping[str, Any], named: Mapping[str, Mapping[str, Any]]) -> ModelInfo:
    """A profile sees what the model behind it sees."""
    arns = [string(mapping(model).get("modelArn")) for model in sequence(entry.get("models"))]
    behind = next((named[name] for arn in arns if (name := arn.rpartition("/")[2]) in named), {})
    of_model = _info("", behind)
    # An application's own profile is asked by its ARN.
    is_own = string(entry.get("type")) == "APPLICATION"
    name = string(entry.get("inferenceProfileArn" if is_own else "inferenceProfileId"))
    return ModelInfo(
        name=name,
        title=string(entry.get("inferenceProfileName")) or of_model.title,
        sees_images=of_model.sees_images,
    )

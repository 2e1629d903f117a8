"""What Amazon needs beside a key: a region, its addresses, and signatures (the extra `bedrock`).

botocore finds the credentials and signs (Signature Version 4); sending is our own. It is imported when the
first request is to be signed.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from tui_sessions.errors import ProviderError
from tui_sessions.model.text import clean_line
from tui_sessions.providers.http import Sign
from tui_sessions.providers.presets import REGION_VARIABLES, VENDORS

KEY_VARIABLE = VENDORS["bedrock"].key_variables[0]
SERVICE = "bedrock"
"""The name in the signature, of the answering and of the listing service alike (botocore, service-2.json)."""

_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}")
_SIGNED = ("content-type",)
"""Of our headers; botocore adds the host and its own. A proxy may change the others."""


def region_of(setting: str, environ: Mapping[str, str], profile: str = "", usual: str = "") -> str:
    """The region that somebody chose, else `usual`. Raises `ProviderError` where there is none, or it can be
    none."""
    candidates = (setting, *(environ.get(name, "") for name in REGION_VARIABLES))
    region = next((found.strip() for found in candidates if found.strip()), "")
    profile = profile or environ.get("AWS_PROFILE", "").strip()
    if not region and profile and not usual:
        region = _region_of_profile(profile)
    region = region or usual
    if not region:
        raise ProviderError(
            "There is no region for bedrock: set AWS_REGION or providers.bedrock.region, as in us-east-1.",
            kind="request",
        )
    if not _REGION.fullmatch(region):
        raise ProviderError(
            f"{clean_line(region)[:40]!r} is no AWS region: write it as in us-east-1.",
            kind="request",
        )
    return region


def address(service: str, region: str) -> str:
    """Where `service` answers in `region`."""
    end = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://{service}.{region}.{end}"


class AwsCredentials:
    """Whom to sign as: a profile of the AWS configuration, else what botocore finds (variables, the default
    profile, the role of the machine)."""

    def __init__(self, region: str, profile: str = "") -> None:
        self._region = region
        self._profile = profile
        self._found: Any = None

    def sign(self) -> Sign:
        """What signs requests, with credentials that are good now. May take long. Raises `ProviderError`."""
        if self._found is None:
            self._found = self._find()
        try:
            frozen = self._found.get_frozen_credentials()  # refreshed where they ran out
        except _failures() as error:
            raise self._failed(error) from None
        return signing(frozen, self._region)

    def _find(self) -> Any:
        session = _session(self._profile)
        try:
            found = session.get_credentials()
        except _failures() as error:
            raise self._failed(error) from None
        if found is None:
            raise ProviderError(
                f"There is no key for bedrock: set {KEY_VARIABLE}, or providers.bedrock.profile to a profile "
                "of the AWS configuration.",
                kind="auth",
            )
        return found

    def _failed(self, error: Exception) -> ProviderError:
        whose = f"The AWS profile {clean_line(self._profile)!r}" if self._profile else "AWS"
        # Only the kind of the error: its words may hold what a credential process printed.
        return ProviderError(
            f"{whose} gave no credentials ({type(error).__name__}): sign in with `aws sso login`, or set "
            f"{KEY_VARIABLE}.",
            kind="auth",
        )


def signing(credentials: Any, region: str, service: str = SERVICE) -> Sign:
    """The headers of a request with its signature, over the very bytes that are sent."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    # It writes down what it signs, with the token of the session.
    logging.getLogger("botocore").setLevel(logging.WARNING)

    def sign(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
        kept = {name: value for name, value in headers.items() if name in _SIGNED}
        request = AWSRequest(method=method, url=url, data=body, headers=kept)
        SigV4Auth(credentials, service, region).add_auth(request)
        return {**headers, **{name.lower(): value for name, value in request.headers.items()}}

    return sign


def _failures() -> tuple[type[Exception], ...]:
    """What botocore raises: its own, and what files and processes of credentials provoke."""
    from botocore.exceptions import BotoCoreError, ClientError

    return BotoCoreError, ClientError, OSError, ValueError, KeyError


def _session(profile: str) -> Any:
    try:
        from botocore.exceptions import BotoCoreError
        from botocore.session import Session
    except ImportError:
        raise ProviderError(
            f"There is no key for bedrock: set {KEY_VARIABLE}, or install tui-sessions[bedrock] to sign with "
            "an AWS profile.",
            kind="auth",
        ) from None
    try:
        session = Session(profile=profile or None)
        session.get_scoped_config()
    except BotoCoreError as error:
        raise ProviderError(
            f"The AWS profile {clean_line(profile or 'default')!r} cannot be used "
            f"({type(error).__name__}): see `aws configure list-profiles`.",
            kind="auth",
        ) from None
    return session


def _region_of_profile(profile: str) -> str:
    return str(_session(profile).get_config_variable("region") or "")

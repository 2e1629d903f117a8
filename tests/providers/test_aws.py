"""Signatures for Amazon: those of its own published vectors and of its own client, over the very bytes that
are sent; and what is said where there is nothing to sign with."""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.auth
import botocore.awsrequest
import botocore.session
import botocore.validate
import pytest
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.eventstream import EventStreamBuffer
from fake_servers import Asked, asking, configured, heard
from other_tongues import Converse as Tongue

from tui_sessions.config.schema import BedrockConfig, Config, ProvidersConfig
from tui_sessions.errors import ProviderError
from tui_sessions.model.mime import PDF
from tui_sessions.model.session import Params
from tui_sessions.providers.aws import AwsCredentials, region_of, signing
from tui_sessions.providers.base import Attached, ChatMessage, Request
from tui_sessions.providers.bedrock import build
from tui_sessions.providers.converse import converse_body
from tui_sessions.providers.eventstream import EventStreamReader
from tui_sessions.providers.setup import Setup

TONGUE = Tongue()
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
KEYS = ReadOnlyCredentials("AKIDEXAMPLE", SECRET, None)
SESSION = ReadOnlyCredentials("AKIDEXAMPLE", SECRET, "the-token-of-the-session")
THEN = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)


@pytest.fixture
def then(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment of the published vectors."""
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: THEN)


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An AWS configuration with the one profile `work`, and nothing else around."""
    (tmp_path / "config").write_text("[profile work]\nregion = eu-west-1\n")
    (tmp_path / "credentials").write_text(
        f"[work]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = {SECRET}\n"
    )
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def setup_at(url: str, **own: Any) -> Setup:
    providers = ProvidersConfig(bedrock=BedrockConfig(**own))
    config = Config(network=configured().network, providers=providers)
    return Setup(name="bedrock", config=config, environ={}, base_url=url)


@pytest.mark.usefixtures("then")
@pytest.mark.parametrize(
    ("method", "signature"),
    [
        ("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ],
)
def test_the_published_vectors_are_met(method: str, signature: str) -> None:
    """`get-vanilla` and `post-vanilla` of the AWS Signature Version 4 test suite."""
    sign = signing(KEYS, "us-east-1", "service")
    headers = sign(method, "https://example.amazonaws.com/", {}, b"")
    assert headers["x-amz-date"] == "20150830T123600Z"
    assert headers["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={signature}"
    )


@pytest.mark.usefixtures("then")
def test_amazons_own_client_signs_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_BEARER_TOKEN_BEDROCK", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    client = botocore.session.Session().create_client(
        "bedrock-runtime",
        region_name="us-east-1",
        aws_access_key_id=SESSION.access_key,
        aws_secret_access_key=SESSION.secret_key,
        aws_session_token=SESSION.token,
    )
    requests: list[Any] = []

    def keep(request: Any, **_: Any) -> Any:
        requests.append(request)
        raw = SimpleNamespace(stream=lambda *_: iter((b"{}",)), read=lambda *_: b"{}")
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, raw)

    client.meta.events.register("before-send.bedrock-runtime.Converse", keep)
    model = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.x-v1:0"
    said = [{"role": "user", "content": [{"text": "Zażółć 😀"}]}]
    client.converse(modelId=model, messages=said)
    client.close()
    [theirs] = requests
    names = ("Content-Type",)
    headers = {name.lower(): theirs.headers[name].decode() for name in names}
    ours = signing(SESSION, "us-east-1")("POST", theirs.url, headers, theirs.body)
    assert ours["authorization"] == theirs.headers["Authorization"].decode()
    assert ours["x-amz-security-token"] == SESSION.token


def test_the_session_token_goes_into_the_signature_and_into_no_log(caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    headers = signing(SESSION, "us-east-1")("POST", "https://h/x", {"accept": "y"}, b"{}")
    assert "x-amz-security-token" in headers["authorization"]
    assert headers["accept"] == "y"
    assert "accept" not in headers["authorization"]
    assert SESSION.token not in caplog.text


@pytest.mark.usefixtures("profile")
async def test_a_profile_signs_what_is_sent_and_its_signature_holds(loopback: Any) -> None:
    async def script(asked: Asked) -> None:
        await asked.head(kind=TONGUE.kind)
        await asked.raw(TONGUE.answer("hello"))

    server = await loopback(script)
    provider = build(setup_at(server.url, profile="work", region="eu-west-1"))
    found = await heard(provider.stream(asking("Zażółć 😀", model="us.x-v1:0")))
    await provider.aclose()
    assert (found.text, found.error) == ("hello", None)
    [asked] = server.asked
    assert asked.path == "/model/us.x-v1%3A0/converse-stream"
    assert signature_holds(asked, server.url)
    assert SECRET not in str(asked.headers)


def signature_holds(asked: Asked, url: str) -> bool:
    """What the server does: it signs what it got with the same key, and compares."""
    import msgspec

    moment = datetime.strptime(asked.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    request = botocore.awsrequest.AWSRequest(
        method="POST",
        url=url + asked.path,
        data=msgspec.json.encode(asked.body),
        headers={"content-type": asked.headers["content-type"]},
    )
    former = botocore.auth.get_current_datetime
    botocore.auth.get_current_datetime = lambda: moment
    try:
        keys = Credentials(KEYS.access_key, KEYS.secret_key)
        botocore.auth.SigV4Auth(keys, "bedrock", "eu-west-1").add_auth(request)
    finally:
        botocore.auth.get_current_datetime = former
    return bool(request.headers["Authorization"] == asked.headers["authorization"])


def test_amazons_own_description_of_converse_allows_what_is_sent() -> None:
    files = (
        Attached(name="a.png", mime="image/png", data=b"png"),
        Attached(name="b: c.pdf", mime=PDF, data=b"pdf"),
    )
    said = (
        ChatMessage("user", "what?", files),
        ChatMessage("assistant", "that"),
        ChatMessage("user", "and?"),
    )
    extra = {"top_p": 0.5, "stop": "END", "reasoning_effort": "low", "requestMetadata": {"a": "b"}}
    params = Params(temperature=0.5, max_tokens=5, extra=extra)
    body = converse_body(Request(model="m", messages=said, system="Be brief", params=params), 0)
    model = botocore.session.Session().get_service_model("bedrock-runtime")
    shape = model.operation_model("ConverseStream").input_shape
    report = botocore.validate.ParamValidator().validate({**body, "modelId": "m"}, shape)
    assert report.generate_report() == ""


def test_amazons_own_reader_reads_the_same_frames() -> None:
    samples = Path(__file__).parent.parent / "data" / "providers"
    for path in samples.glob("bedrock*.eventstream"):
        theirs = EventStreamBuffer()
        theirs.add_data(path.read_bytes())
        ours = list(EventStreamReader(100_000).feed(path.read_bytes()))
        for message, frame in zip(ours, theirs, strict=True):
            if message.name != "error":
                assert message.name == frame.headers[":event-type"]
                assert message.data == frame.payload.decode()


@pytest.mark.usefixtures("profile")
async def test_each_try_is_signed_anew(loopback: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(datetime(2026, 11, 20, 12, minute, tzinfo=UTC) for minute in range(9))
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: next(moments))
    server = await loopback(
        lambda asked: asked.refuse("503 Busy", {"message": "busy"}, retry_after_ms="1")
    )
    provider = build(setup_at(server.url, profile="work"))
    await heard(provider.stream(asking()))
    await provider.aclose()
    assert len({asked.headers["x-amz-date"] for asked in server.asked}) == 3


@pytest.mark.usefixtures("profile")
def test_a_profile_knows_its_region() -> None:
    assert region_of("", {}, "work") == "eu-west-1"
    assert region_of("", {"AWS_PROFILE": "work"}) == "eu-west-1"
    assert region_of("", {"AWS_REGION": "us-east-2"}, "work") == "us-east-2"


@pytest.mark.usefixtures("profile")
def test_an_unknown_profile_is_said() -> None:
    with pytest.raises(ProviderError, match="profile 'wrok' cannot be used"):
        AwsCredentials("us-east-1", "wrok").sign()


@pytest.mark.usefixtures("profile")
async def test_without_key_and_credentials_nobody_is_asked(loopback: Any) -> None:
    server = await loopback(lambda asked: asked.refuse("500 No", ""))
    provider = build(setup_at(server.url))
    error = (await heard(provider.stream(asking()))).error
    await provider.aclose()
    assert error is not None
    assert error.kind == "auth"
    assert "set AWS_BEARER_TOKEN_BEDROCK" in str(error)
    assert server.asked == []


async def test_without_the_extra_it_is_said_what_to_install(
    loopback: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    server = await loopback(lambda asked: asked.refuse("500 No", ""))
    provider = build(setup_at(server.url, profile="work"))
    error = (await heard(provider.stream(asking()))).error
    await provider.aclose()
    assert "tui-sessions[bedrock]" in str(error)
    assert server.asked == []


@pytest.mark.usefixtures("profile")
async def test_credentials_that_cannot_be_refreshed_are_said_without_their_words() -> None:
    def fail() -> Any:
        raise botocore.exceptions.CredentialRetrievalError(provider="x", error_msg=SECRET)

    credentials = AwsCredentials("us-east-1", "work")
    credentials._found = SimpleNamespace(get_frozen_credentials=fail)
    with pytest.raises(ProviderError, match="aws sso login") as caught:
        await asyncio.to_thread(credentials.sign)
    assert SECRET not in str(caught.value)


def test_a_bearer_key_needs_no_botocore() -> None:
    import subprocess

    code = (
        "import sys; from tui_sessions.config.schema import Config; "
        "from tui_sessions.providers.registry import Providers; "
        "Providers(Config(), {'AWS_REGION': 'us-east-1'}).get('bedrock'); "
        "sys.exit('botocore' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

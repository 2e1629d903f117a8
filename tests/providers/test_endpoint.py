"""Base URLs: what is refused, and what the accepted ones become."""

from __future__ import annotations

import pytest

from tui_sessions.errors import ProviderError
from tui_sessions.providers.endpoint import (
    chat_completions_base,
    endpoint,
    messages_base,
    ollama_base,
)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "http://[::ffff:169.254.169.254]/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://metadata.google.internal/",
        "http://metadata.google.internal./",
        "http://100.100.100.200/",
        "file:///etc/passwd",
        "http://user:pw@host/v1",
        "gopher://x",
        "ftp://x",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "unix:///var/run/docker.sock",
        "http://evil.example\\@good/",
        "javascript:x",
        "http://h/v1\r\nX: y",
        "http://h/\x00",
        "https://хн.example/",
        "https://host/v1?key=1",
        "https://host/v1#x",
        "https://host:port/",
        "https://host:99999/",
        "https://[::1/",
        "https://",
        "api.openai.com/v1",
        "https://a..b/",
        "https://-x.example/",
    ],
)
def test_addresses_that_are_none_or_should_not_be_asked_are_refused(url: str) -> None:
    with pytest.raises(ProviderError) as caught:
        endpoint(url)
    assert caught.value.kind == "request"
    assert "pw" not in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("url", "host", "is_private"),
    [
        ("https://api.openai.com/v1", "api.openai.com", False),
        ("https://API.OpenAI.com/v1/", "api.openai.com", False),
        ("http://localhost:1234/v1", "localhost:1234", True),
        ("http://127.0.0.1:11434", "127.0.0.1:11434", True),
        ("http://[::1]:8080/", "[::1]:8080", True),
        ("http://192.168.1.5/v1", "192.168.1.5", True),
        ("http://100.64.0.7/v1", "100.64.0.7", True),
        ("http://ollama:11434", "ollama:11434", True),
        ("http://box.local/v1", "box.local", True),
        ("http://8.8.8.8/v1", "8.8.8.8", False),
        ("https://xn--h1ae.example/", "xn--h1ae.example", False),
    ],
)
def test_good_addresses_are_told_apart_by_where_they_lead(
    url: str, host: str, is_private: bool
) -> None:
    found = endpoint(url)
    assert (found.host, found.is_private) == (host, is_private)
    assert found.is_secure == url.startswith("https")
    assert not found.url.endswith("/")


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://api.openai.com", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
        ("https://openrouter.ai/api", "https://openrouter.ai/api/v1"),
        ("http://h/f/rst_mid/v1", "http://h/f/rst_mid/v1"),
        ("https://h/v1beta/openai/", "https://h/v1beta/openai"),
        ("http://h:8000/v1/chat/completions", "http://h:8000/v1"),
    ],
)
def test_openai_shaped_bases_work_with_or_without_version_and_slash(url: str, base: str) -> None:
    assert chat_completions_base(url) == base


@pytest.mark.parametrize(
    "url", ["https://h", "https://h/", "https://h/v1", "https://h/v1/", "https://h/v1/messages"]
)
def test_anthropic_shaped_bases_always_end_in_v1(url: str) -> None:
    assert messages_base(url) == "https://h/v1"


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("box", "http://box:11434"),
        ("box:1234/ollama/", "http://box:1234/ollama"),
        ("http://box", "http://box:80"),
        ("https://ollama.com", "https://ollama.com:443"),
        ("https://box:9/", "https://box:9"),
        ("[::]:5", "http://[::1]:5"),
        ("::1", "http://[::1]:11434"),
        ("[::1]", "http://[::1]:11434"),
        (' "http://box:1/v1" ', "http://box:1"),
        (":7", "http://127.0.0.1:7"),
    ],
)
def test_ollama_host_is_read_as_ollama_reads_it(host: str, base: str) -> None:
    assert ollama_base(host) == base
    endpoint(base)

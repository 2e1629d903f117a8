"""Where a link leads is seen, however it is dressed up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.addresses import doubt_about, host_of, real_host, shown_address
from tui_sessions.model.text import clean_line


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://раypal.com/login", "https://xn--ypal-43d9g.com/login"),
        ("https://аррӏе.com", "https://xn--80ak6aa92e.com"),
        ("https://münchen.example/ü", "https://münchen.example/ü"),
        ("https://例え.テスト/", "https://例え.テスト/"),
        ("https://пример.рф/а", "https://пример.рф/а"),
        ("https://plain.example/", "https://plain.example/"),
        ("https://a\x1b.example/\u202e", "https://a␛.example/·"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_a_host_that_pretends_is_shown_in_ascii(url: str, shown: str) -> None:
    assert shown_address(url) == shown


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://good.example@evil.example/", "evil.example"),
        ("https://good.example\\@evil.example/", "good.example"),
        ("https://раypal.com/login", "xn--ypal-43d9g.com"),
        ("https://plain.example/@name", ""),
        ("https://plain.example/?q=a@b", ""),
        ("mailto:me@plain.example", ""),
        ("https://münchen.example", ""),
    ],
)
def test_a_host_that_hides_is_named(url: str, host: str) -> None:
    assert real_host(url) == host


@pytest.mark.parametrize(
    ("url", "words", "told"),
    [
        ("https://evil.example/", "https://good.example", "reads good.example, and leads to evil"),
        ("https://evil.example/", "good.example/login", "reads good.example, and leads to evil"),
        ("https://good.example@evil.example/", "", "leads to evil.example"),
        ("https://good.example/a", "www.good.example", ""),
        ("https://good.example/a", "good.example/b", ""),
        ("https://evil.example/", "the manual", ""),
        ("https://evil.example/", "", ""),
        ("mailto:me@good.example", "me@good.example", ""),
    ],
)
def test_a_link_that_lies_is_doubted(url: str, words: str, told: str) -> None:
    assert told in doubt_about(url, words)
    assert bool(told) == bool(doubt_about(url, words))


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_any_address_can_be_asked_about(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}.example/{text}"):
        assert host_of(url) == clean_line(host_of(url))
        assert shown_address(url) == clean_line(shown_address(url))
        assert doubt_about(url, text) == clean_line(doubt_about(url, text))

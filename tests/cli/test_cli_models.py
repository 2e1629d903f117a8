"""`models`: lists that are kept, asked again, searched, shown in every format."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

LISTED = {
    "data": [
        {"id": "gpt-4o", "context_length": 128_000, "pricing": {"input": 2.5, "output": 10}},
        {"id": "small", "name": "A Small One"},
    ]
}


class Lists:
    """A server that gives the same list, and counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.status = 200
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.asked += 1
                body = json.dumps(LISTED).encode()
                self.send_response(owner.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lists]:
    """Stands in for OpenAI."""
    made = Lists()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    monkeypatch.setenv("OPENAI_BASE_URL", made.url)
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    # What is on this machine's own port is nobody's business here.
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:1")
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def openai_lines(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("openai/")]


def test_a_list_is_asked_for_once_and_then_kept(run, lists: Lists) -> None:
    first = run("models", "--provider", "openai")
    again = run("models", "--provider", "openai")
    assert openai_lines(first.lines) == openai_lines(again.lines)
    assert [line.split("\t")[0] for line in first.lines] == ["openai/gpt-4o", "openai/small"]
    assert lists.asked == 1


def test_refresh_asks_again(run, lists: Lists) -> None:
    run("models", "--provider", "openai")
    run("models", "--provider", "openai", "--refresh")
    assert lists.asked == 2


def test_a_refusal_shows_what_is_kept_and_says_how_old_it_is(run, lists: Lists) -> None:
    run("models", "--provider", "openai")
    lists.status = 401
    found = run("models", "--provider", "openai", "--refresh")
    assert found.code == 0
    assert len(found.lines) == 2
    assert found.err.startswith("openai: ")
    assert "Listed is what it told" in found.err


def test_prices_and_sizes_stand_beside_the_names(run, lists: Lists) -> None:
    (known, unknown) = run("models", "--provider", "openai", "--format", "json").json
    assert known["id"] == "openai/gpt-4o"
    assert known["context_tokens"] == 128_000
    assert (known["input_per_mtok"], known["output_per_mtok"]) == (2.5, 10.0)
    assert known["price_source"] == "openai"
    assert (unknown["title"], unknown["input_per_mtok"]) == ("A Small One", None)
    (line, other) = run("models", "--provider", "openai", "--format", "table").lines[1:]
    assert line.split()[:4] == ["openai/gpt-4o", "128k", "2.50", "10"]
    assert other.split()[:4] == ["openai/small", "?", "?", "?"]


def test_a_search_looks_in_names_and_titles_and_finding_nothing_ends_with_1(
    run, lists: Lists
) -> None:
    found = run("models", "--search", "small ONE", "--format", "ids")
    assert found.lines == ["openai/small"]
    none = run("models", "--search", "no such thing")
    assert none.code == 1
    assert "no such thing" in none.err


def test_several_providers_can_be_named(run, lists: Lists) -> None:
    found = run("models", "--provider", "openai", "--provider", "demo", "--format", "ids")
    assert {line.partition("/")[0] for line in found.lines} == {"openai", "demo"}


def test_an_address_of_ones_own_is_asked_as_openai(run, lists: Lists, monkeypatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL")
    found = run("models", "--base-url", lists.url, "--format", "ids")
    assert found.lines == ["openai/gpt-4o", "openai/small"]

"""What is known of the providers' models: kept, joined with prices, asked again."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tui_sessions.config.schema import Config, EndpointConfig
from tui_sessions.errors import ProviderError
from tui_sessions.model.known_model import KnownModel
from tui_sessions.model.money import NANO
from tui_sessions.providers.base import ModelInfo
from tui_sessions.providers.model_lists import ModelLists
from tui_sessions.providers.prices import Prices
from tui_sessions.providers.registry import Providers

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ENVIRON = {"OPENAI_API_KEY": "k", "GROQ_API_KEY": "k"}


@dataclass
class Server:
    """A provider that offers what it is told to."""

    offers: tuple[ModelInfo, ...] = ()
    refusal: str = ""
    asked: int = 0

    async def models(self) -> tuple[ModelInfo, ...]:
        self.asked += 1
        if self.refusal:
            raise ProviderError(self.refusal, kind="auth")
        return self.offers


@dataclass
class Shelf:
    """Lists on disk, a clock that is set by hand, and servers."""

    folder: Path
    config: Config = field(default_factory=Config)
    environ: dict[str, str] = field(default_factory=lambda: dict(ENVIRON))
    now: datetime = NOON
    servers: dict[str, Server] = field(default_factory=dict)

    def lists(self) -> ModelLists:
        providers = Providers(self.config, self.environ)
        for name, server in self.servers.items():
            providers._built[name] = server  # type: ignore[assignment]
        return ModelLists(
            providers,
            Prices(self.folder / "prices.toml"),
            lambda: self.config,
            file=self.folder / "models.json",
            now=lambda: self.now,
        )

    def offer(self, provider: str, *models: ModelInfo | str) -> Server:
        infos = [ModelInfo(name=m) if isinstance(m, str) else m for m in models]
        self.servers[provider] = Server(tuple(infos))
        return self.servers[provider]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def ask(lists: ModelLists, *names: str) -> None:
    async def asking() -> None:
        for name in names:
            await lists.ask(name)

    asyncio.run(asking())


def ids(models: tuple[KnownModel, ...]) -> list[str]:
    return [model.id for model in models]


def only(models: tuple[KnownModel, ...]) -> KnownModel:
    (model,) = models
    return model


def test_what_a_server_told_is_there_at_the_next_start_without_asking(shelf: Shelf) -> None:
    server = shelf.offer("openai", "gpt-a", "gpt-b")
    ask(shelf.lists(), "openai")
    later = shelf.lists()
    assert ids(later.known(["openai"])) == ["openai/gpt-a", "openai/gpt-b"]
    assert later.asked_at("openai") == NOON
    assert server.asked == 1


def test_a_list_is_due_when_it_is_missing_or_older_than_a_day(shelf: Shelf) -> None:
    shelf.offer("openai", "gpt-a")
    lists = shelf.lists()
    assert lists.due(["openai", "groq"]) == ("openai", "groq")
    ask(lists, "openai")
    shelf.now += timedelta(hours=23)
    assert lists.due(["openai"]) == ()
    shelf.now += timedelta(hours=2)
    assert lists.due(["openai"]) == ("openai",)


def test_a_clock_that_went_back_makes_a_list_due(shelf: Shelf) -> None:
    shelf.offer("openai", "gpt-a")
    lists = shelf.lists()
    ask(lists, "openai")
    shelf.now -= timedelta(days=3)
    assert lists.due(["openai"]) == ("openai",)


def test_a_server_at_home_is_asked_again_after_a_minute(shelf: Shelf) -> None:
    shelf.offer("ollama", "llama")
    lists = shelf.lists()
    ask(lists, "ollama")
    assert lists.due(["ollama"]) == ()
    shelf.now += timedelta(minutes=2)
    assert lists.due(["ollama"]) == ("ollama",)


def test_a_refusal_keeps_the_former_list_and_is_told(shelf: Shelf) -> None:
    server = shelf.offer("openai", "gpt-a")
    lists = shelf.lists()
    ask(lists, "openai")
    server.refusal = "The key is refused."
    with pytest.raises(ProviderError):
        ask(lists, "openai")
    assert ids(lists.known(["openai"])) == ["openai/gpt-a"]
    assert lists.problem("openai") == "The key is refused."


def test_another_address_is_another_server_with_a_list_of_its_own(shelf: Shelf) -> None:
    shelf.offer("openai", "gpt-a")
    ask(shelf.lists(), "openai")
    shelf.environ["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1"
    lists = shelf.lists()
    assert lists.known(["openai"]) == ()
    assert lists.due(["openai"]) == ("openai",)


def test_configured_models_are_always_in(shelf: Shelf) -> None:
    own = EndpointConfig(base_url="http://127.0.0.1:9/v1", models=("mine", "listed"))
    shelf.config = Config(endpoints={"box": own})
    lists = shelf.lists()
    assert ids(lists.known(["box"])) == ["box/mine", "box/listed"]
    shelf.offer("box", ModelInfo(name="listed", context_tokens=5))
    lists = shelf.lists()
    ask(lists, "box")
    assert {model.id: model.context_tokens for model in lists.known(["box"])} == {
        "box/mine": None,
        "box/listed": 5,
    }


def test_without_names_those_that_are_set_up_count(shelf: Shelf) -> None:
    for name in ("openai", "mistral"):
        shelf.offer(name, "m")
    lists = shelf.lists()
    ask(lists, "openai", "mistral")
    assert ids(lists.known()) == ["openai/m"]  # nobody has a key for mistral


def test_what_the_server_tells_goes_before_the_table_and_the_users_own_price_before_both(
    shelf: Shelf,
) -> None:
    told = {"input_per_mtok": 7 * NANO, "output_per_mtok": 9 * NANO}
    shelf.offer("openai", ModelInfo(name="gpt-4o", context_tokens=1, **told))
    lists = shelf.lists()
    ask(lists, "openai")
    assert lists.complete()
    model = only(lists.known(["openai"]))
    assert (model.input_per_mtok, model.price_source, model.context_tokens) == (
        7 * NANO,
        "openai",
        1,
    )
    (shelf.folder / "prices.toml").write_text(
        '["openai/gpt-4o"]\ninput_per_mtok = 1\noutput_per_mtok = 2\ncontext_tokens = 3\n'
    )
    lists = shelf.lists()
    assert lists.complete()
    model = only(lists.known(["openai"]))
    assert (model.input_per_mtok, model.price_source, model.context_tokens) == (
        NANO,
        "prices.toml",
        3,
    )


def test_the_table_tells_what_the_server_does_not_and_is_looked_up_once(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.offer("openai", "gpt-4o", "nobody-knows-this")
    lists = shelf.lists()
    ask(lists, "openai")
    assert lists.complete()
    known, unknown = lists.known(["openai"])
    assert known.context_tokens == 128_000
    assert known.input_per_mtok is not None
    assert "genai-prices" in known.price_source
    assert (unknown.input_per_mtok, unknown.context_tokens, unknown.price_source) == (
        None,
        None,
        "",
    )

    def refuse(*_: Any) -> Any:
        raise AssertionError("the table was asked again")

    monkeypatch.setattr(Prices, "known", refuse)
    later = shelf.lists()
    assert not later.complete()
    assert later.known(["openai"]) == (known, unknown)


def test_models_of_this_machine_are_marked_but_not_those_of_a_cloud(shelf: Shelf) -> None:
    shelf.offer("ollama", "llama", "big-cloud")
    lists = shelf.lists()
    ask(lists, "ollama")
    assert [model.is_local for model in lists.known(["ollama"])] == [True, False]


def test_a_list_that_another_program_brought_meanwhile_stays(shelf: Shelf) -> None:
    shelf.offer("openai", "old")
    mine = shelf.lists()
    ask(mine, "openai")
    shelf.now += timedelta(hours=1)
    shelf.offer("openai", "new")
    ask(shelf.lists(), "openai")
    shelf.offer("groq", "g")
    mine._providers._built["groq"] = shelf.servers["groq"]  # type: ignore[assignment]
    ask(mine, "groq")
    assert ids(shelf.lists().known(["openai", "groq"])) == ["openai/new", "groq/g"]


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"[]",
        b'{"lists": 3}',
        b"\xff{",
        b"[" * 200_000,
        b'{"lists": {"openai": {"asked_at": "2026-11-20T10:00:00"}}}',
        b'{"lists": {"openai": {"asked_at": "0001-01-01T00:00:00+14:00"}}}',
    ],
)
def test_a_file_that_cannot_be_read_is_forgotten(shelf: Shelf, spoilt: bytes) -> None:
    (shelf.folder / "models.json").write_bytes(spoilt)
    shelf.offer("openai", "gpt-a")
    lists = shelf.lists()
    assert lists.known(["openai"]) == ()
    ask(lists, "openai")
    assert ids(shelf.lists().known(["openai"])) == ["openai/gpt-a"]


@pytest.mark.parametrize("kind", ["pipe", "circle", "folder"])
def test_what_is_no_file_of_ours_holds_nobody_up(shelf: Shelf, kind: str) -> None:
    file = shelf.folder / "models.json"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "circle":
        file.symlink_to(file)
    else:
        file.mkdir()
    shelf.offer("openai", "gpt-a")
    lists = shelf.lists()
    ask(lists, "openai")
    assert ids(lists.known(["openai"])) == ["openai/gpt-a"]


def test_a_name_with_half_a_character_is_left_out_of_the_list(shelf: Shelf) -> None:
    shelf.offer("openai", "gpt-a", "gpt-\ud800", ModelInfo(name="gpt-b", title="\udfff"))
    lists = shelf.lists()
    ask(lists, "openai")
    assert ids(shelf.lists().known(["openai"])) == ["openai/gpt-a"]


def test_nothing_running_at_ollamas_usual_place_is_no_problem_of_anybody(shelf: Shelf) -> None:
    nobody = ProviderError("Nothing answers.", kind="network")
    assert shelf.lists().is_absent("ollama", nobody)
    assert not shelf.lists().is_absent("openai", nobody)
    shelf.environ["OLLAMA_HOST"] = "192.168.0.7"
    assert not shelf.lists().is_absent("ollama", nobody)


def test_the_key_is_asked_about_where_the_list_is_for_everybody(shelf: Shelf) -> None:
    @dataclass
    class Public(Server):
        checked: int = 0

        async def check(self) -> None:
            self.checked += 1
            raise ProviderError("The key is refused.", kind="auth")

    shelf.servers["groq"] = server = Public((ModelInfo(name="m"),))
    lists = shelf.lists()
    with pytest.raises(ProviderError, match="refused"):
        asyncio.run(lists.check("groq"))
    assert server.checked == 1
    assert ids(lists.known(["groq"])) == ["groq/m"]


def test_one_model_is_found_by_its_full_name(shelf: Shelf) -> None:
    shelf.offer("groq", ModelInfo(name="openai/gpt-oss-20b", context_tokens=131_072))
    lists = shelf.lists()
    ask(lists, "groq")
    found = lists.find("groq/openai/gpt-oss-20b")
    assert found is not None
    assert found.context_tokens == 131_072
    assert lists.find("groq/other") is None
    assert lists.find("nobody") is None


def test_prices_are_looked_up_anew_the_next_day(shelf: Shelf) -> None:
    shelf.offer("openai", "gpt-4o")
    lists = shelf.lists()
    ask(lists, "openai")
    assert lists.complete()
    assert not lists.complete()
    shelf.now += timedelta(days=1)
    assert lists.complete()

"""The protocol that every provider speaks: a request in, events out. Knows no transport."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from tui_sessions.model.session import Params
from tui_sessions.model.usage import Usage

if TYPE_CHECKING:
    import asyncio


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """A file that goes along with a message."""

    name: str
    mime: str
    data: bytes


class ChatMessage(msgspec.Struct, frozen=True):
    """One message to send: role `user` or `assistant`, raw text."""

    role: str
    content: str
    attachments: tuple[Attached, ...] = ()
    """Only a user's messages have any."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent: `model` is the name without its provider; only what the user set is set."""

    model: str
    messages: tuple[ChatMessage, ...]
    """Oldest first; the last is the prompt."""
    system: str | None = None
    params: Params = Params()


class Text(msgspec.Struct, frozen=True):
    """A piece of the answer."""

    text: str


class Reasoning(msgspec.Struct, frozen=True):
    """A piece of the model's thinking."""

    text: str


class Wait:
    """A time of waiting that can be cut short. All are alike: it is no value."""

    def __init__(self) -> None:
        self._is_over: asyncio.Event | None = None
        self._is_cut = False

    def cut(self) -> None:
        """Wait no longer."""
        self._is_cut = True
        if self._is_over is not None:
            self._is_over.set()

    async def pass_(self, seconds: float) -> None:
        """Until the time is over, or somebody wants no more of it."""
        import asyncio  # the command line reads these values without a loop

        self._is_over = asyncio.Event()
        if not self._is_cut:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_over.wait(), seconds)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Wait)

    __hash__ = None  # type: ignore[assignment]


class Retrying(msgspec.Struct, frozen=True):
    """The request failed before any text came and is tried again after `wait_s` seconds, or once `wait` is
    cut."""

    reason: str
    wait_s: float
    attempt: int
    wait: Wait = msgspec.field(default_factory=Wait)


class Counted(msgspec.Struct, frozen=True):
    """What the server has counted so far: an answer that ends before its time was paid for, too. A count
    that is still to grow is None."""

    usage: Usage
    cost: int | None = None
    """Nano-dollars, where the server tells what it charged."""


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a whole answer. `finish` is one of `model.turn.FINISHES` or the server's raw word."""

    finish: str
    usage: Usage | None = None
    model: str | None = None
    """The model that the server says answered."""
    cost: int | None = None
    """Nano-dollars that the server itself charged, where it tells; counts before any table of prices."""


Event = Text | Reasoning | Retrying | Counted | Finished


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A model that a server offers; `name` is without the provider."""

    name: str
    title: str | None = None
    """Its name for people."""
    context_tokens: int | None = None
    output_tokens: int | None = None
    """The longest answer."""
    input_per_mtok: int | None = None
    output_per_mtok: int | None = None
    """Nano-dollars for a million tokens, where the server tells its prices."""
    sees_images: bool | None = None
    thinks: bool | None = None


class Provider(Protocol):
    """One service that answers. An instance belongs to one event loop."""

    name: str

    def stream(self, request: Request) -> AsyncIterator[Event]:
        """The answer to `request`, piece by piece: any number of `Text`, `Reasoning`, `Retrying`, then
        exactly one `Finished`. Raises `ProviderError`; when cancelled or closed, the connection is closed."""
        ...

    def refuses(self, mime: str, size: int = 0) -> str:
        """Why a file of that media type and so many bytes cannot be attached, in one sentence; ""
        where it can. `stream` raises `ProviderError` of kind `attachment` for one."""
        ...

    async def models(self) -> tuple[ModelInfo, ...]:
        """The models on offer. Raises `ProviderError`."""
        ...

    def prepare(self) -> None:
        """Does ahead what the first request would have to wait for. May run in a thread. Raises
        `ProviderError`."""
        ...

    async def aclose(self) -> None:
        """Closes connections."""
        ...


@runtime_checkable
class Checks(Protocol):
    """A provider whose list of models is for everybody, so that it proves nothing about the key."""

    async def check(self) -> None:
        """Raises `ProviderError` where the server does not take the key."""
        ...

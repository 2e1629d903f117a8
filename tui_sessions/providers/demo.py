"""The built-in demonstration: streams, counts, thinks and fails like a real provider, with neither
network nor model.

`demo/demo` answers at `providers.demo.words_per_s` (0: at full speed); the other names show one
thing each, see `MODELS`. A line `fail: first`, `fail: midway`, `fail: cut`, `fail: silent` or
`fail: busy` in a prompt asks any of them to fail so. Tokens are counted as one for every four
characters, rounded up."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator

from tui_sessions.errors import ProviderError
from tui_sessions.model.mime import PDF
from tui_sessions.model.naming import SYSTEM as NAMING
from tui_sessions.model.usage import Usage
from tui_sessions.providers.attaching import IMAGES, Takes, plain
from tui_sessions.providers.base import (
    Event,
    Finished,
    ModelInfo,
    Reasoning,
    Request,
    Retrying,
    Text,
)
from tui_sessions.providers.demo_names import name_for
from tui_sessions.providers.demo_text import answer_to, got, thoughts_on
from tui_sessions.providers.setup import Setup

CHARACTERS_A_TOKEN = 4
TOKENS_A_FILE = 800
"""What an image or a PDF counts as."""
CONTEXT_TOKENS = 32_000
SLOWER = 8

MODELS = {
    "demo": "answers",
    "fast": "answers at full speed",
    "slow": f"answers {SLOWER} times slower",
    "thinker": "thinks aloud first",
    "busy": "is busy once, and answers at the second try",
    "cut": "is cut off in the middle",
    "fail": "fails in the middle",
    "refuse": "refuses the key, as a server would",
    "silent": "says nothing at all until the idle limit",
}

_ASKED_TO_FAIL = re.compile(
    r"^\s*fail:\s*(first|midway|cut|silent|busy)\s*$", re.MULTILINE | re.IGNORECASE
)
_FAILING = {"refuse": "first", "fail": "midway", "cut": "cut", "silent": "silent", "busy": "busy"}
_PIECE = re.compile(r"\s*\S+\s*")
_BUSY_WAIT_S = 1.0
_TAKES = Takes(who="the demonstration", mimes=(*IMAGES, PDF), most_bytes=50_000_000)


class Demo:
    """Answers by itself."""

    def __init__(
        self,
        *,
        words_per_s: float,
        idle_timeout_s: float = 300.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = "demo"
        self._words_per_s = words_per_s
        self._idle_timeout_s = idle_timeout_s
        self._sleep = sleep

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """See `base.Provider.stream`."""
        if request.model not in MODELS:
            raise ProviderError(
                f"The demonstration has no model {request.model!r}. It has {', '.join(MODELS)}.",
                kind="model",
            )
        request = _TAKES.sendable(request)
        prompt = request.messages[-1].content if request.messages else ""
        asked = _ASKED_TO_FAIL.search(prompt)
        failing = asked.group(1).lower() if asked else _FAILING.get(request.model, "")
        async for event in self._beginning(failing):
            yield event
        thoughts = thoughts_on(prompt) if request.model == "thinker" else ""
        for piece in _pieces(thoughts):
            await self._wait(request.model)
            yield Reasoning(piece)
        text = _answer(request, prompt)
        kept = text[: len(text) // 2] if failing in ("midway", "cut") else text
        for piece in _pieces(kept):
            await self._wait(request.model)
            yield Text(piece)
        _break_off(failing)
        yield Finished(
            finish="stop", usage=_usage(request, thoughts, text), model=f"demo/{request.model}"
        )

    def refuses(self, mime: str, size: int = 0) -> str:
        """See `base.Provider.refuses`: what most take, so that both can be tried."""
        return _TAKES.refuses(mime, size)

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `base.Provider.models`."""
        return tuple(
            ModelInfo(
                name=name,
                title=what,
                context_tokens=CONTEXT_TOKENS,
                input_per_mtok=0,
                output_per_mtok=0,
                sees_images=True,
                thinks=name == "thinker",
            )
            for name, what in MODELS.items()
        )

    def prepare(self) -> None:
        """Nothing has to be."""

    async def aclose(self) -> None:
        """Nothing is open."""

    async def _beginning(self, failing: str) -> AsyncGenerator[Event, None]:
        """What happens before the first word."""
        if failing == "first":
            raise ProviderError(
                "The demonstration refused its key (401), as you asked it to: a real server "
                "would want another one.",
                kind="auth",
                status=401,
            )
        if failing == "silent":
            await self._sleep(self._idle_timeout_s)
            raise ProviderError(
                "The demonstration said nothing until the idle limit, as you asked it to.",
                kind="timeout",
            )
        if failing == "busy":
            wait_s = _BUSY_WAIT_S if self._words_per_s else 0.0
            retrying = Retrying("The demonstration pretends to be busy (429).", wait_s, 1)
            yield retrying
            await retrying.wait.pass_(wait_s)

    async def _wait(self, model: str) -> None:
        """A word's time; at full speed only a turn for others."""
        speed = 0.0 if model == "fast" else self._words_per_s
        pause_s = 1 / speed if speed else 0.0
        await self._sleep(pause_s * SLOWER if model == "slow" else pause_s)


def build(setup: Setup) -> Demo:
    """The demonstration for `setup`."""
    config = setup.config
    return Demo(
        words_per_s=config.providers.demo.words_per_s,
        idle_timeout_s=config.network.idle_timeout_s,
    )


def counted_tokens(text: str) -> int:
    """About how many tokens a text is."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def _answer(request: Request, prompt: str) -> str:
    if request.system == NAMING:
        return name_for(prompt)
    text = got(request.messages[-1].attachments) if request.messages else ""
    return text + answer_to(prompt, turn=_turn(request), model=f"demo/{request.model}")


def _break_off(failing: str) -> None:
    if failing == "midway":
        raise ProviderError(
            "The demonstration failed in the middle, as you asked it to.", kind="server", status=500
        )
    if failing == "cut":
        raise ProviderError("The demonstration was cut off, as you asked it to.", kind="cut")


def _pieces(text: str) -> Iterator[str]:
    """Words with the space after them; nothing is lost or added."""
    return (match.group() for match in _PIECE.finditer(text))


def _turn(request: Request) -> int:
    return max(1, sum(message.role == "user" for message in request.messages))


def _usage(request: Request, thoughts: str, text: str) -> Usage:
    prompt = counted_tokens(request.system or "")
    for _, text_sent, files in plain(request.messages):
        prompt += counted_tokens(text_sent) + TOKENS_A_FILE * len(files)
    reasoning = counted_tokens(thoughts)
    completion = reasoning + counted_tokens(text)
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion,
        cached_tokens=0,
        reasoning_tokens=reasoning,
    )

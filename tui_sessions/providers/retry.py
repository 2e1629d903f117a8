"""Trying again: only before anything came, only what may pass by itself, never longer than the user
allows.

Times as the vendors' own libraries have them (openai-python and anthropic-sdk-python,
2026-11): 0.5 s doubling to 8 s, up to a quarter less by chance.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tui_sessions.errors import ProviderError
from tui_sessions.model.display import shown_duration
from tui_sessions.providers.base import Counted, Event, Retrying, Wait

FIRST_WAIT_S = 0.5
LONGEST_OWN_WAIT_S = 8.0
MOST_JITTER = 0.25

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently; chance and pauses can be replaced."""

    retries: int
    max_wait_s: float
    pause: Callable[[Wait, float], Awaitable[None]] = Wait.pass_
    chance: Callable[[], float] = random.random

    def wait_s(self, attempt: int, asked_s: float | None) -> float:
        """Seconds before the retry number `attempt` (from 1): what the server asked, else our
        own."""
        if asked_s:
            return asked_s
        doubled = FIRST_WAIT_S * 2.0 ** min(attempt - 1, 16)
        return min(doubled, LONGEST_OWN_WAIT_S) * (1 - MOST_JITTER * self.chance())


async def retried(
    attempt: Callable[[], AsyncGenerator[Event, None]], policy: RetryPolicy
) -> AsyncGenerator[Event, None]:
    """The events of `attempt`, which is called again, after a `Retrying`, where it failed before
    its first event, counts aside, with an error that says `retryable`."""
    tried = 0
    while True:
        any_came = False
        try:
            async with contextlib.aclosing(attempt()) as events:
                async for event in events:
                    # A count alone is nothing that anybody has read: Anthropic counts, then is overloaded.
                    any_came = any_came or not isinstance(event, Counted)
                    yield event
            return
        except ProviderError as error:
            if any_came or not error.retryable or tried >= policy.retries:
                raise
            tried += 1
            failure, wait_s = error, policy.wait_s(tried, error.retry_after_s)
        if wait_s > policy.max_wait_s:
            raise _too_long(failure, wait_s)
        retrying = Retrying(reason=str(failure), wait_s=wait_s, attempt=tried)
        yield retrying
        await policy.pause(retrying.wait, wait_s)


async def asked_again(ask: Callable[[], Awaitable[Answer]], policy: RetryPolicy) -> Answer:
    """What `ask` gives, which is called again where a server was asked and refused for a while: a list, for
    which nobody waits long."""
    tried = 0
    while True:
        try:
            return await ask()
        except ProviderError as error:
            tried += 1
            wait_s = policy.wait_s(tried, error.retry_after_s)
            is_answered = error.status is not None  # where nobody listens, nobody will in a second
            longest_s = min(policy.max_wait_s, LONGEST_OWN_WAIT_S)
            if (
                not (error.retryable and is_answered)
                or tried > policy.retries
                or wait_s > longest_s
            ):
                raise
        await policy.pause(Wait(), wait_s)


def asked_wait_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a server asks to wait: `retry-after-ms`, else `Retry-After` in seconds or as an
    HTTP date."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    asked = headers.get("retry-after", "")
    seconds = _number(asked)
    if seconds is not None or not asked:
        return seconds
    try:
        moment = parsedate_to_datetime(asked)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def is_retryable(by_status: bool, headers: Mapping[str, str]) -> bool:
    """The server's own word on it, where it has one (`x-should-retry`), else what the status
    says."""
    return {"true": True, "false": False}.get(headers.get("x-should-retry", "").lower(), by_status)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < 1e9 else None  # False for NaN too


def _too_long(error: ProviderError, wait_s: float) -> ProviderError:
    return ProviderError(
        f"{error} It asks to wait {shown_duration(wait_s * 1000)}, longer than "
        "network.max_retry_wait_s allows.",
        kind=error.kind,
        status=error.status,
        retry_after_s=wait_s,
    )

"""When and how long to wait before trying again."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import pytest
from fake_servers import heard

from tui_sessions.errors import ProviderError
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Counted, Event, Finished, Retrying, Text, Wait
from tui_sessions.providers.retry import RetryPolicy, asked_wait_s, is_retryable, retried

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Tries:
    """Attempts that fail in turn, then answer; and a policy that does not really sleep."""

    def __init__(self, *errors: ProviderError | None, first: Event | None = None) -> None:
        self.errors = list(errors)
        self.slept: list[float] = []
        self.first = first

    async def attempt(self) -> AsyncGenerator[Event, None]:
        error = self.errors.pop(0) if self.errors else None
        if self.first is not None:
            yield self.first
        if error is not None:
            raise error
        yield Finished(finish="stop")

    def policy(self, retries: int = 2, chance: float = 0.0) -> RetryPolicy:
        async def slept(_: Wait, seconds: float) -> None:
            self.slept.append(seconds)

        return RetryPolicy(retries=retries, max_wait_s=120, pause=slept, chance=lambda: chance)


def passing(retry_after_s: float | None = None) -> ProviderError:
    return ProviderError("busy", kind="limit", retry_after_s=retry_after_s, retryable=True)


async def test_waits_double_and_the_reader_is_told_before_each() -> None:
    tries = Tries(passing(), passing())
    found = await heard(retried(tries.attempt, tries.policy()))
    assert found.events == [
        Retrying(reason="busy", wait_s=0.5, attempt=1),
        Retrying(reason="busy", wait_s=1.0, attempt=2),
        Finished(finish="stop"),
    ]
    assert tries.slept == [0.5, 1.0]


async def test_a_count_before_the_failure_does_not_keep_from_trying_again() -> None:
    counted = Counted(Usage(prompt_tokens=9))
    tries = Tries(passing(), first=counted)
    found = await heard(retried(tries.attempt, tries.policy()))
    assert [type(event) for event in found.events] == [Counted, Retrying, Counted, Finished]


async def test_chance_takes_up_to_a_quarter_and_waits_stay_below_eight_seconds() -> None:
    policy = Tries().policy(chance=1.0)
    assert [policy.wait_s(attempt, None) for attempt in (1, 2, 5, 99)] == [0.375, 0.75, 6.0, 6.0]


async def test_the_servers_own_wait_is_kept_unless_it_is_too_long() -> None:
    tries = Tries(passing(3), passing(121))
    found = await heard(retried(tries.attempt, tries.policy()))
    assert tries.slept == [3]
    assert found.error is not None
    assert "2 min 1 s" in str(found.error)
    assert found.error.kind == "limit"


@pytest.mark.parametrize("retries", [0, 1, 2])
async def test_the_number_of_tries_is_bounded(retries: int) -> None:
    tries = Tries(*[passing() for _ in range(5)])
    found = await heard(retried(tries.attempt, tries.policy(retries)))
    assert len(tries.slept) == retries
    assert found.error is not None


async def test_what_does_not_pass_and_what_had_begun_is_not_tried_again() -> None:
    for tries in (Tries(ProviderError("no", kind="auth")), Tries(passing(), first=Text("a"))):
        found = await heard(retried(tries.attempt, tries.policy()))
        assert tries.slept == []
        assert found.error is not None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "x", "retry-after": "9"}, 9),
        ({"retry-after": "Fri, 20 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Fri, 20 Nov 2026 12:00:30 -0000"}, 30),
        ({"retry-after": "Fri, 20 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "inf"}, None),
    ],
)
def test_headers_that_ask_to_wait_are_understood(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert asked_wait_s(headers, NOW) == seconds


def test_the_server_has_the_last_word_on_whether_to_try_again() -> None:
    assert is_retryable(False, {"x-should-retry": "true"})
    assert not is_retryable(True, {"x-should-retry": "False"})
    assert is_retryable(True, {"x-should-retry": "perhaps"})

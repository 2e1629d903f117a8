"""Faults of what is said: errors, redirects, answers that are none, JSON that is wrong, ends that are odd."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from fault_server import Line
from faults import (
    ALL,
    ANSWER,
    CUT,
    HALF,
    NONSENSE,
    PIECES,
    TRIES,
    fault,
    is_events,
    is_text,
)

FIRST, THEN = PIECES[:2], PIECES[2:]
SERVER = frozenset({"server"})
LIMIT = frozenset({"limit"})
EITHER = ANSWER | CUT | NONSENSE
"""Ends well, or says what is wrong: both are right."""
CODES = "\x1b]0;owned\x07\x1b]52;c;UFdO\x07\x1b[2J\x9b31m\u202etxt"


# statuses


@fault(frozenset({"request"}), "")
async def bad_request(line: Line) -> None:
    await line.refuse("400 Bad Request")


@fault(frozenset({"auth"}), "")
async def key_refused(line: Line) -> None:
    await line.refuse("401 Unauthorized")


@fault(frozenset({"auth"}), "")
async def key_echoed(line: Line) -> None:
    keys = " ".join(v for n, v in line.headers.items() if n in KEY_HEADERS)
    await line.refuse("401 Unauthorized", f"wrong: {keys}", x_echo=keys, location=f"/?k={keys}")


KEY_HEADERS = ("authorization", "x-api-key", "x-goog-api-key", "api-key")


@fault(frozenset({"auth"}), "")
async def forbidden(line: Line) -> None:
    await line.refuse("403 Forbidden")


@fault(frozenset({"request", "server", "model"}), "")
async def not_there(line: Line) -> None:
    await line.refuse("404 Not Found")


@fault(frozenset({"context"}), "")
async def too_large(line: Line) -> None:
    await line.refuse("413 Payload Too Large")


@fault(frozenset({"quota"}), "")
async def no_money(line: Line) -> None:
    await line.refuse("402 Payment Required")


@fault(frozenset({"quota"}), "")
async def no_quota(line: Line) -> None:
    await line.refuse("429 Too Many Requests", "insufficient_quota", retry_after="1")


@fault(ANSWER, ALL, asked=2)
async def too_often_once(line: Line) -> None:
    if not line.number:
        await line.refuse("429 Too Many Requests", retry_after="0.01")
        return
    await line.begin(*PIECES)
    await line.finish()


@fault(ANSWER, ALL, asked=2)
async def too_often_until_a_date(line: Line) -> None:
    if not line.number:
        soon = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
        await line.refuse("429 Too Many Requests", retry_after=soon)
        return
    await line.begin(*PIECES)
    await line.finish()


@fault(LIMIT, "", asked=TRIES)
async def too_often_always(line: Line) -> None:
    await line.refuse("429 Too Many Requests", retry_after="0.01")


@fault(LIMIT, "")
async def too_often_for_a_day(line: Line) -> None:
    await line.refuse("429 Too Many Requests", retry_after="86400")


@fault(LIMIT, "")
async def too_often_until_next_year(line: Line) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(days=365), usegmt=True)
    await line.refuse("429 Too Many Requests", retry_after=then)


ODD_WAITS = ("-5", "1e999", "nan", "soon", "Mon, 99 Foo 2026 99:99:99 GMT", "0", "")


@fault(LIMIT, "", asked=TRIES, network={"retries": len(ODD_WAITS) - 1})
async def too_often_with_odd_waits(line: Line) -> None:
    await line.refuse("429 Too Many Requests", retry_after=ODD_WAITS[line.number % len(ODD_WAITS)])


@fault(LIMIT, "", network={"max_retry_wait_s": 5.0})
async def too_often_and_not_again(line: Line) -> None:
    await line.refuse("429 Too Many Requests", x_should_retry="false")


@fault(SERVER, "", asked=TRIES)
async def broken_always(line: Line) -> None:
    await line.refuse("500 Internal Server Error")


@fault(ANSWER, ALL, asked=TRIES)
async def overloaded_twice(line: Line) -> None:
    if line.number < TRIES - 1:
        await line.refuse("503 Service Unavailable")
        return
    await line.begin(*PIECES)
    await line.finish()


@fault(SERVER, "", asked=TRIES)
async def overloaded_with_a_page(line: Line) -> None:
    page = b"<html><h1>529</h1>" + b"x" * 300_000 + b"</html>"
    await line.whole("529 ", page, "text/html")


@fault(SERVER, "", asked=TRIES)
async def an_error_without_end(line: Line) -> None:
    await line.head("500 Internal Server Error", content_type="application/json")
    while True:
        await line.chunk(b"A" * 65_536)


@fault(frozenset({"request"}), "")
async def an_error_with_codes(line: Line) -> None:
    await line.refuse("400 Bad Request", CODES)


@fault(frozenset({"request"}), "")
async def an_error_that_is_no_json(line: Line) -> None:
    await line.whole("400 Bad Request", b'{"error": [[[[{"message": 5}' * 3, "application/json")


# redirects


async def _redirect(line: Line, status: str, to: str | None) -> None:
    await line.whole(status, b"", **({"location": to} if to is not None else {}))


@fault(SERVER, "")
async def redirect_to_another_origin(line: Line) -> None:
    assert line.server.other is not None
    await _redirect(line, "302 Found", f"{line.server.other.url}{line.path}")


@fault(SERVER, "")
async def redirect_that_keeps_the_method(line: Line) -> None:
    assert line.server.other is not None
    await _redirect(line, "307 Temporary Redirect", f"{line.server.other.url}{line.path}")


@fault(SERVER, "")
async def redirect_within(line: Line) -> None:
    await _redirect(line, "308 Permanent Redirect", "/elsewhere")


@fault(SERVER, "")
async def redirect_in_a_ring(line: Line) -> None:
    await _redirect(line, "307 Temporary Redirect", line.path)


@fault(SERVER, "")
async def redirect_to_a_file(line: Line) -> None:
    await _redirect(line, "301 Moved Permanently", "file:///etc/passwd")


@fault(SERVER, "")
async def redirect_to_nowhere(line: Line) -> None:
    await _redirect(line, "302 Found", None)


@fault(SERVER, "")
async def redirect_with_the_key(line: Line) -> None:
    keys = " ".join(v for n, v in line.headers.items() if n in KEY_HEADERS)
    await _redirect(line, "302 Found", f"http://127.0.0.1:1/?key={keys}")


# what is no answer


@fault(NONSENSE, "")
async def a_web_page(line: Line) -> None:
    await line.whole("200 OK", b"<html>Sign in to the network</html>", "text/html")


@fault(NONSENSE, "", fits=is_text)
async def a_web_page_of_no_kind(line: Line) -> None:
    await line.whole("200 OK", b"<!doctype html><html>hi</html>", "application/json")


@fault(EITHER, None)
async def a_document_of_another_kind(line: Line) -> None:
    await line.whole("200 OK", b'{"hello": ["world"]}')


@fault(EITHER, None)
async def a_document_called_a_stream(line: Line) -> None:
    await line.whole("200 OK", line.tongue.whole(ALL), line.words.kind)


@fault(EITHER, None, fits=is_events)
async def a_stream_called_a_document(line: Line) -> None:
    await line.begin(*PIECES, content_type="application/json")
    await line.finish()


# errors after all was said to be well


@fault(SERVER, "", asked=TRIES)
async def an_error_before_the_text(line: Line) -> None:
    await line.begin()
    await line.chunk(line.tongue.failure("it broke down"))
    await line.no_more()


@fault(SERVER, HALF)
async def an_error_after_some_text(line: Line) -> None:
    await line.begin(*FIRST)
    await line.chunk(line.tongue.failure("it broke down"))
    await line.no_more()


@fault(frozenset({"server", "protocol"}), HALF, fits=is_text)
async def an_error_of_another_language(line: Line) -> None:
    await line.begin(*FIRST)
    await line.chunk(line.words.document(b'{"error": {"message": "upstream died", "code": 502}}'))
    await line.no_more()

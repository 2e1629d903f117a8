"""Faults of the messages of a stream: JSON that is wrong, counts that cannot be, ends that are odd."""

from __future__ import annotations

from fault_server import Line
from faults import ALL, ANSWER, CUT, HALF, NONSENSE, PIECES, fault, is_chat

FIRST = PIECES[:2]
EITHER = ANSWER | CUT | NONSENSE
"""Ends well, or says what is wrong: both are right."""


@fault(NONSENSE, HALF)
async def a_message_that_is_no_json(line: Line) -> None:
    await line.begin(*FIRST)
    await line.chunk(line.words.document(b'{"half": "a mess'))
    await line.chunk(line.tongue.text("never read"))
    await line.finish()


@fault(EITHER, None)
async def bytes_that_are_no_text(line: Line) -> None:
    await line.begin(*FIRST)
    await line.chunk(line.words.text_as(b'"a\xff\xfe\xc3b"'))
    await line.finish()


@fault(EITHER, None)
async def half_characters(line: Line) -> None:
    await line.begin(*FIRST)
    await line.chunk(line.words.text_as(rb'"x\ud800y"'))
    await line.finish()


@fault(ANSWER, HALF + "x\0\a\x1b[2Jy")
async def codes_in_the_text(line: Line) -> None:
    await line.begin(*FIRST)
    await line.chunk(line.tongue.text("x\0\a\x1b[2Jy"))
    await line.finish()


@fault(EITHER, None)
async def text_that_is_a_number(line: Line) -> None:
    await line.begin(*FIRST)
    for value in (b"5", b"true", b"{}", b'{"text": 5}', b"[5, null]"):
        await line.chunk(line.words.text_as(value))
    await line.finish()


@fault(ANSWER, ALL)
async def text_that_is_null(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.words.text_as(b"null"))
    await line.finish()


@fault(EITHER, None)
async def messages_that_are_no_objects(line: Line) -> None:
    await line.begin(*FIRST)
    for value in (b"[]", b'"x"', b"7", b"null", b"[[1]]", b'{"choices": 5, "candidates": "x"}'):
        await line.chunk(line.words.document(value))
    await line.finish()


@fault(EITHER, None)
async def nested_too_deeply(line: Line) -> None:
    await line.begin(*FIRST)
    await line.chunk(line.words.document(b"[" * 100_000 + b"]" * 100_000))
    await line.finish()


@fault(EITHER, None)
async def counts_of_5000_digits(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.words.end_with(b"9" * 5_000))
    await line.no_more()


@fault(EITHER, None)
async def counts_that_are_no_numbers(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.words.end_with(b"NaN"))
    await line.no_more()


@fault(EITHER, ALL)
async def counts_of_another_type(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.words.end_with(b'"many"'))
    await line.no_more()


@fault(ANSWER, ALL)
async def counts_below_nothing(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.words.end_with(b"-7"))
    await line.no_more()


@fault(ANSWER, ALL)
async def counts_beyond_all(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.words.end_with(b"9" * 18))
    await line.no_more()


# ends


@fault(ANSWER, ALL)
async def an_end_for_no_known_reason(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.words.end_because(b"because"))
    await line.no_more()


@fault(ANSWER, ALL)
async def cut_at_the_limit(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.tongue.end("length"))
    await line.no_more()


@fault(ANSWER, ALL)
async def two_ends(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.tongue.end() + line.tongue.end())
    await line.no_more()


@fault(ANSWER, None)
async def text_after_the_end(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.tongue.end() + line.tongue.text("ghost"))
    await line.no_more()


@fault(ANSWER, ALL)
async def an_error_after_the_end(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.tongue.end())
    await line.chunk(line.tongue.failure("too late"))
    await line.no_more()


@fault(ANSWER, ALL)
async def a_break_after_the_end(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.tongue.end())
    await line.raw(b"ZZZ\r\n")


@fault(ANSWER, ALL, fits=is_chat)
async def no_done(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.tongue.end().replace(b"data: [DONE]\n\n", b""))
    await line.no_more()


@fault(EITHER, ALL, fits=is_chat)
async def done_without_a_reason(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(b"data: [DONE]\n\n")
    await line.no_more()

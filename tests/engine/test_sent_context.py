"""What goes along with a prompt: earlier turns within the window, and the files attached to them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tui_sessions.engine.context import pairs_sent, request_for, request_to_continue
from tui_sessions.errors import DamagedFileError, NotFoundError, ProviderError
from tui_sessions.model.attachment import attachment, with_attachments
from tui_sessions.model.message import Message, Part
from tui_sessions.model.session import Params, Session
from tui_sessions.model.turn import Turn
from tui_sessions.providers.base import Attached, ChatMessage

PNG = b"\x89PNG\r\n\x1a\n"
FILES = {"a" * 64: PNG, "b" * 64: b"some notes"}
PHOTO = attachment(name="photo.png", mime="image/png", sha256="a" * 64, size=8)
NOTES = attachment(name="notes.md", mime="text/markdown", sha256="b" * 64, size=10)
GONE = attachment(name="gone.pdf", mime="application/pdf", sha256="c" * 64, size=10)
SENT_PHOTO = Attached(name="photo.png", mime="image/png", data=PNG)
SENT_NOTES = Attached(name="notes.md", mime="text/markdown", data=b"some notes")


def read(sha256: str) -> bytes:
    if sha256 not in FILES:
        raise NotFoundError("The attachment is not in this library.")
    return FILES[sha256]


def turn(turn_id: str, prompt: str, *parts: Part, answer: str | None = "so") -> Turn:
    said = [Message(role="user", content=with_attachments(prompt, parts))]
    if answer is not None:
        said.append(Message(role="assistant", content=answer))
    return Turn(id=turn_id, messages=tuple(said))


def session(*turns: Turn, **fields: Any) -> Session:
    return Session(id="s", turns=turns, **fields)


def test_attachments_go_along_with_their_own_message() -> None:
    first, now = turn("1", "look", PHOTO), turn("2", "and this", NOTES, answer=None)
    request = request_for(session(first, now), now, model="m", read=read)
    assert request.messages == (
        ChatMessage("user", "look", (SENT_PHOTO,)),
        ChatMessage("assistant", "so"),
        ChatMessage("user", "and this", (SENT_NOTES,)),
    )


def test_a_turn_that_is_not_saved_yet_comes_after_all_others() -> None:
    request = request_for(session(turn("1", "a")), turn("2", "b", PHOTO), model="m", read=read)
    assert request.messages[-1] == ChatMessage("user", "b", (SENT_PHOTO,))
    assert len(request.messages) == 3


def test_a_prompt_may_be_nothing_but_a_file() -> None:
    first, now = turn("1", "", PHOTO), turn("2", "", PHOTO, answer=None)
    request = request_for(session(first, now), now, model="m", read=read)
    assert request.messages[0] == ChatMessage("user", "", (SENT_PHOTO,))
    assert request.messages[2] == ChatMessage("user", "", (SENT_PHOTO,))


def test_what_lies_outside_the_window_is_not_even_read() -> None:
    turns = (turn("1", "a", GONE), turn("2", "b", NOTES), turn("3", "c"))
    asked = []

    def noting(sha256: str) -> bytes:
        asked.append(sha256)
        return read(sha256)

    whole = session(*turns, params=Params(context_window=1))
    request = request_for(whole, turns[2], model="m", read=noting)
    assert asked == ["b" * 64]
    assert len(request.messages) == 3
    assert pairs_sent(whole) == (1, 3)


def test_a_file_of_an_earlier_turn_that_is_gone_is_named_in_its_place() -> None:
    first, now = turn("1", "look", GONE, PHOTO), turn("2", "and?", answer=None)
    request = request_for(session(first, now), now, model="m", read=read)
    assert request.messages[0] == ChatMessage(
        "user",
        "look\n\n[gone.pdf was attached here and is not sent along: its file is missing or damaged.]",
        (SENT_PHOTO,),
    )


@pytest.mark.parametrize("error", [NotFoundError("Not here."), DamagedFileError("Damaged.")])
def test_a_file_of_the_prompt_itself_that_is_gone_is_refused(error: Exception) -> None:
    def failing(sha256: str) -> bytes:
        raise error

    now = turn("1", "look", GONE, answer=None)
    with pytest.raises(ProviderError, match=rf"gone\.pdf cannot be sent\. {error}") as caught:
        request_for(session(now), now, model="m", read=failing)
    assert caught.value.kind == "attachment"


def test_without_a_reader_attachments_are_only_named() -> None:
    now = turn("1", "look", GONE, answer=None)
    request = request_for(session(now), now, model="m")
    assert request.messages == (ChatMessage("user", "look\n\n[file: gone.pdf]"),)


def test_continuing_an_answer_sends_the_file_of_its_prompt_again() -> None:
    now = turn("1", "look", PHOTO, answer="It is")
    request = request_to_continue(session(now), now, model="m", read=read)
    assert request.messages[0] == ChatMessage("user", "look", (SENT_PHOTO,))
    assert [message.role for message in request.messages] == ["user", "assistant", "user"]


def test_what_other_programs_put_into_their_files_is_sent_too() -> None:
    source = {"type": "base64", "media_type": "image/x", "data": base64.b64encode(PNG).decode()}
    inside = Part(kind="image", extra={"source": source, "title": "cat"})
    link = Part(kind="image_url", extra={"image_url": {"url": "https://example.com/a.png"}})
    extracted = Part(kind="document", text="The words of it.", extra={"name": "a.pdf"})
    now = turn("1", "look", inside, link, extracted, answer=None)
    request = request_for(session(now), now, model="m", read=read)
    assert request.messages == (
        ChatMessage(
            "user",
            "look\n\n[image_url]\n\nThe words of it.",
            (Attached(name="cat", mime="image/png", data=PNG),),
        ),
    )


def test_a_file_is_sent_as_what_it_is_not_as_what_the_session_says() -> None:
    lying = attachment(name="photo.png", mime="text/plain", sha256="a" * 64, size=8)
    now = turn("1", "look", lying, answer=None)
    request = request_for(session(now), now, model="m", read=read)
    assert request.messages[0].attachments == (SENT_PHOTO,)


def test_files_in_answers_are_only_named() -> None:
    painted = Message(role="assistant", content=(Part(kind="text", text="Here:"), PHOTO))
    first = Turn(id="1", messages=(Message(role="user", content="paint"), painted))
    now = turn("2", "thanks", answer=None)
    request = request_for(session(first, now), now, model="m", read=read)
    assert request.messages[1] == ChatMessage("assistant", "Here:\n\n[image: photo.png]")

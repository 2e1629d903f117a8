"""Attachments in each provider's form, and what is refused before anything is sent."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from fake_servers import Asked, configured, heard

from tui_sessions.errors import ProviderError
from tui_sessions.model.attachment import attachment
from tui_sessions.providers.attaching import MOST_TEXT, Takes, refuse_parts, with_texts
from tui_sessions.providers.base import Attached, ChatMessage, Request
from tui_sessions.providers.demo import TOKENS_A_FILE, Demo
from tui_sessions.providers.presets import KNOWN
from tui_sessions.providers.registry import Providers

PNG = Attached(name="photo.png", mime="image/png", data=b"\x89PNG\r\n\x1a\n")
PDF = Attached(name="report.pdf", mime="application/pdf", data=b"%PDF-1.7")
NOTES = Attached(name="notes.md", mime="text/markdown", data=b"# Notes\n\nAll is well.\n")
GIF = Attached(name="cat.gif", mime="image/gif", data=b"GIF89a")
SONG = Attached(name="song.mp3", mime="audio/mpeg", data=b"ID3")
BLOB = Attached(name="blob", mime="application/octet-stream", data=b"\0\1")
FENCED = "notes.md:\n\n```md\n# Notes\n\nAll is well.\n```"
OLLAMA_LINE = {"message": {"content": "hello"}, "done": True, "done_reason": "stop"}


def showing(
    *files: Attached, prompt: str = "look", before: tuple[ChatMessage, ...] = ()
) -> Request:
    return Request(model="m", messages=(*before, ChatMessage("user", prompt, files)))


def in_base64(attached: Attached) -> str:
    return base64.b64encode(attached.data).decode()


async def anthropic_answer(asked: Asked) -> None:
    await asked.head()
    await asked.say(
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "hello"}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "message_stop"},
    )


async def ollama_answer(asked: Asked) -> None:
    await asked.head(kind="application/x-ndjson")
    await asked.raw(json.dumps(OLLAMA_LINE).encode() + b"\n")


ANSWERS = {
    "openai": lambda asked: asked.answer(),
    "anthropic": anthropic_answer,
    "ollama": ollama_answer,
}


@pytest.fixture
def sent(loopback: Any, provider_at: Any) -> Any:
    """The messages as the server of that provider got them."""

    async def sending(name: str, request: Request) -> Any:
        server = await loopback(ANSWERS[name])
        found = await heard(provider_at(server.url, name).stream(request))
        assert found.error is None
        assert found.text == "hello"
        return server.asked[0].body["messages"]

    return sending


async def test_openai_gets_images_and_pdf_as_parts_after_the_text(sent: Any) -> None:
    [message] = await sent("openai", showing(PNG, PDF))
    url = f"data:image/png;base64,{in_base64(PNG)}"
    data = f"data:application/pdf;base64,{in_base64(PDF)}"
    assert message["content"] == [
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": url}},
        {"type": "file", "file": {"filename": "report.pdf", "file_data": data}},
    ]


async def test_anthropic_gets_images_and_documents_as_blocks_before_the_text(sent: Any) -> None:
    [message] = await sent("anthropic", showing(PNG, PDF))
    image = {"type": "base64", "media_type": "image/png", "data": in_base64(PNG)}
    document = {"type": "base64", "media_type": "application/pdf", "data": in_base64(PDF)}
    assert message["content"] == [
        {"type": "image", "source": image},
        {"type": "document", "source": document, "title": "report.pdf"},
        {"type": "text", "text": "look"},
    ]


async def test_ollama_gets_images_bare_beside_the_text(sent: Any) -> None:
    [message] = await sent("ollama", showing(PNG))
    assert message == {"role": "user", "content": "look", "images": [in_base64(PNG)]}


@pytest.mark.parametrize("name", ANSWERS)
async def test_text_files_stand_before_the_prompt_in_plain_text(sent: Any, name: str) -> None:
    [message] = await sent(name, showing(NOTES))
    assert message == {"role": "user", "content": f"{FENCED}\n\nlook"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai", ["image_url"]),
        ("anthropic", ["image"]),
    ],
)
async def test_a_prompt_without_words_has_no_empty_text(
    sent: Any, name: str, expected: list[str]
) -> None:
    [message] = await sent(name, showing(PNG, prompt=""))
    assert [part["type"] for part in message["content"]] == expected


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_file_of_an_earlier_turn_goes_along(sent: Any, name: str) -> None:
    before = (ChatMessage("user", "first", (PNG,)), ChatMessage("assistant", "a photo"))
    first, _, last = await sent(name, showing(prompt="and?", before=before))
    assert in_base64(PNG) in json.dumps(first)
    assert last["content"] == "and?"


async def test_neighbours_of_one_role_are_joined_with_their_files() -> None:
    from tui_sessions.providers.anthropic import merged

    image = {"type": "base64", "media_type": "image/png", "data": in_base64(PNG)}
    blocks = [{"type": "image", "source": image}, {"type": "text", "text": "b"}]
    user = ChatMessage("user", "b", (PNG,))
    a, c = ChatMessage("user", "a"), ChatMessage("user", "c")
    assert merged((a, user, c)) == [
        {
            "role": "user",
            "content": [{"type": "text", "text": "a"}, *blocks, {"type": "text", "text": "c"}],
        }
    ]
    assert merged((ChatMessage("user", ""), a, c)) == [{"role": "user", "content": "a\n\nc"}]


@pytest.mark.parametrize(
    ("name", "attached", "words"),
    [
        ("openai", SONG, "takes no audio/mpeg, only text, PNG, JPEG, GIF, WebP, PDF"),
        ("openai", BLOB, "takes no file of an unknown kind"),
        ("anthropic", SONG, "anthropic takes no audio/mpeg"),
        ("ollama", PDF, "ollama takes no application/pdf, only text, PNG, JPEG, WebP"),
        ("ollama", GIF, "ollama takes no image/gif"),
    ],
)
async def test_what_a_provider_does_not_take_is_refused_before_anything_is_sent(
    loopback: Any, provider_at: Any, name: str, attached: Attached, words: str
) -> None:
    server = await loopback(ANSWERS[name])
    provider = provider_at(server.url, name)
    assert words in provider.refuses(attached.mime)
    with pytest.raises(ProviderError, match="cannot be sent") as caught:
        async for _ in provider.stream(showing(attached)):
            pass
    assert caught.value.kind == "attachment"
    assert words in str(caught.value)
    assert server.asked == []


@pytest.mark.parametrize("name", ANSWERS)
async def test_what_it_takes_no_more_in_an_earlier_turn_is_left_out_and_said(
    sent: Any, name: str
) -> None:
    before = (ChatMessage("user", "first", (SONG, PNG)), ChatMessage("assistant", "a song"))
    first, _, _ = await sent(name, showing(prompt="and?", before=before))
    said = json.dumps(first)
    assert "[song.mp3 was attached here and is not sent along: " in said
    assert in_base64(PNG) in said


TAKES = Takes(who="it", mimes=("image/png",), most_bytes=20)


def picture(letter: str, size: int = 8) -> Attached:
    return Attached(name=f"{letter}.png", mime="image/png", data=letter.encode() * size)


def test_the_latest_files_go_along_as_far_as_there_is_room() -> None:
    before = tuple(ChatMessage("user", letter, (picture(letter),)) for letter in "abc")
    request = TAKES.sendable(showing(picture("d"), before=before))
    assert [[file.name for file in message.attachments] for message in request.messages] == [
        [],
        [],
        ["c.png"],
        ["d.png"],
    ]
    assert request.messages[0].content == (
        "a\n\n[a.png was attached here and is not sent along: it would be too much at once.]"
    )


def test_too_much_at_once_is_refused_in_a_sentence() -> None:
    with pytest.raises(
        ProviderError, match=r"attachments are 24 B together: it takes at most 20 B"
    ):
        TAKES.sendable(showing(picture("a"), picture("b"), picture("c")))
    with pytest.raises(ProviderError, match=r"a\.png cannot be sent: it takes at most 20 B"):
        TAKES.sendable(showing(picture("a", 21)))


def test_a_text_may_be_long_but_not_endless() -> None:
    assert TAKES.refuses("text/plain", MOST_TEXT) == ""
    assert "attach a part of it" in TAKES.refuses("text/plain", MOST_TEXT + 1)


def test_a_request_without_files_is_sent_as_it_is() -> None:
    request = showing()
    assert TAKES.sendable(request) is request


def part(name: str, mime: str, size: int) -> Any:
    return attachment(name=name, mime=mime, sha256="a" * 64, size=size)


def test_parts_are_refused_before_a_prompt_with_them_is_saved() -> None:
    provider: Any = TAKES
    refuse_parts(provider, [part("a.png", "image/png", 8), part("n.md", "text/plain", 500)])
    with pytest.raises(ProviderError, match=r"a\.mp3 cannot be sent: it takes no audio/mpeg"):
        refuse_parts(provider, [part("a.mp3", "audio/mpeg", 8)])
    with pytest.raises(ProviderError, match="together: it takes at most 20 B at once") as caught:
        refuse_parts(provider, [part("a.png", "image/png", 15), part("b.png", "image/png", 15)])
    assert caught.value.kind == "attachment"


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"a\n```\nb", "x.py", "x.py:\n\n````py\na\n```\nb\n````\n\nlook"),
        (b"\xef\xbb\xbfbom\r\n", "x", "x:\n\n```\nbom\n```\n\nlook"),
        (b"\xff", "a b.c d", "a b.c d:\n\n```\n\ufffd\n```\n\nlook"),
        (b"a", "evil\n```\x1b.md", "evil ```␛.md:\n\n```md\na\n```\n\nlook"),
        (b"a", "", "A file without a name:\n\n```\na\n```\n\nlook"),
    ],
)
def test_a_text_stays_within_its_fence_whatever_it_holds(
    data: bytes, name: str, expected: str
) -> None:
    message = ChatMessage("user", "look", (Attached(name=name, mime="text/plain", data=data),))
    assert with_texts(message) == (expected, ())


async def test_the_demonstration_says_what_it_got_and_counts_it() -> None:
    demo = Demo(words_per_s=0)
    bare = await heard(demo.stream(Request(model="fast", messages=(ChatMessage("user", "look"),))))
    request = Request(model="fast", messages=(ChatMessage("user", "look", (PNG, NOTES)),))
    found = await heard(demo.stream(request))
    assert found.text.startswith(
        "I was given:\n\n- `photo.png`, image/png, 8 B\n- `notes.md`, text/markdown, 22 B, 5 words\n\n"
    )
    assert found.text.endswith(bare.text)
    assert found.end is not None
    assert bare.end is not None
    counted, plain = found.end.usage.prompt_tokens, bare.end.usage.prompt_tokens
    assert counted == plain + TOKENS_A_FILE + -(-len(f"{FENCED}\n\n") // 4)


async def test_the_demonstration_refuses_what_most_refuse() -> None:
    demo = Demo(words_per_s=0)
    found = await heard(demo.stream(Request(model="demo", messages=showing(BLOB).messages)))
    assert found.error is not None
    assert found.error.kind == "attachment"
    assert "the demonstration takes no file of an unknown kind" in str(found.error)


@pytest.mark.parametrize("name", KNOWN)
def test_every_provider_takes_texts_and_images_and_says_what_not(name: str) -> None:
    environ = {"AZURE_OPENAI_ENDPOINT": "https://mine.openai.azure.com", "AWS_REGION": "eu-west-1"}
    provider = Providers(configured(), environ).get(name)
    assert provider.refuses("text/plain") == ""
    assert provider.refuses("application/json") == ""
    assert provider.refuses("image/png") == ""
    assert provider.refuses("video/mp4").endswith(".")


async def test_a_refusal_of_the_server_is_told_as_its_own(loopback: Any, provider_at: Any) -> None:
    error = {"error": {"message": "this model does not support image input", "code": 400}}
    server = await loopback(lambda asked: asked.refuse("400 No", error))
    found = await heard(provider_at(server.url).stream(showing(PNG)))
    assert found.error is not None
    assert "this model does not support image input" in str(found.error)

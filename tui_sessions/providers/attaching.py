"""What providers share about attachments: which they take, text files as text, what is left out and said.

A file that the prompt brings and that a provider does not take is refused before anything is sent. One of an
earlier turn, which another model may have taken, is left out and named in its place.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence

import msgspec

from tui_sessions.errors import ProviderError
from tui_sessions.model.attachment import about
from tui_sessions.model.display import shown_size
from tui_sessions.model.message import Part
from tui_sessions.model.mime import PDF, UNKNOWN, is_text
from tui_sessions.model.text import clean_line
from tui_sessions.providers.base import Attached, ChatMessage, Provider, Request

IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
MOST_TEXT = 8_000_000
"""Bytes of a text file: about two million tokens, more than models read at once."""

_NAMES = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WebP",
    PDF: "PDF",
}
_FENCES = re.compile(r"^ {0,3}(`{3,})", re.MULTILINE)
_LANGUAGE = re.compile(r"[A-Za-z0-9_+-]{1,12}")


class Takes(msgspec.Struct, frozen=True, kw_only=True):
    """What one provider takes; text files all of them take."""

    who: str
    mimes: tuple[str, ...]
    most_bytes: int
    """Of all files of one request together that are not text."""

    def refuses(self, mime: str, size: int = 0) -> str:
        """See `base.Provider.refuses`."""
        if is_text(mime):
            if size > MOST_TEXT:
                return f"a text file may have at most {shown_size(MOST_TEXT)}: attach a part of it."
            return ""
        if mime not in self.mimes:
            what = "file of an unknown kind" if mime == UNKNOWN else clean_line(mime)
            return f"{self.who} takes no {what}, only {self._taken()}."
        if size > self.most_bytes:
            return f"{self.who} takes at most {shown_size(self.most_bytes)} at once."
        return ""

    def sendable(self, request: Request) -> Request:
        """`request` with earlier files that cannot go along left out and named in their place.

        Raises `ProviderError` where the prompt itself brings one, so that nothing is sent.
        """
        if not any(message.attachments for message in request.messages):
            return request
        *earlier, prompt = request.messages
        room = self.most_bytes - self._checked(prompt)
        messages = [prompt]
        for message in reversed(earlier):  # The latest are the likeliest to be spoken of.
            message, room = self._within(message, room)
            messages.append(message)
        return msgspec.structs.replace(request, messages=tuple(reversed(messages)))

    def _checked(self, prompt: ChatMessage) -> int:
        """The bytes that the prompt brings, texts not counted."""
        total = 0
        for attached in prompt.attachments:
            why = self.refuses(attached.mime, len(attached.data))
            if why:
                raise ProviderError(f"{_name(attached)} cannot be sent: {why}", kind="attachment")
            total += 0 if is_text(attached.mime) else len(attached.data)
        if total > self.most_bytes:
            raise ProviderError(
                f"The attachments are {shown_size(total)} together: {self.who} takes at most "
                f"{shown_size(self.most_bytes)} at once. Attach fewer.",
                kind="attachment",
            )
        return total

    def _within(self, message: ChatMessage, room: int) -> tuple[ChatMessage, int]:
        kept, notes = [], []
        for attached in message.attachments:
            size = 0 if is_text(attached.mime) else len(attached.data)
            why = self.refuses(attached.mime, len(attached.data))
            if why or size > room:
                notes.append(left_out(attached.name, why or "it would be too much at once."))
            else:
                room -= size
                kept.append(attached)
        text = "\n\n".join(part for part in (message.content, *notes) if part)
        return ChatMessage(message.role, text, tuple(kept)), room

    def _taken(self) -> str:
        return ", ".join(("text", *(_NAMES[mime] for mime in self.mimes)))


def refuse_parts(provider: Provider, parts: Sequence[Part]) -> None:
    """Raises `ProviderError` where `provider` does not take one of these attachments, or all of them at
    once: to be asked before a prompt with them is saved."""
    total, heavy = 0, ""
    for found in map(about, parts):
        mime, size = found.mime or UNKNOWN, found.size or 0
        why = provider.refuses(mime, size)
        if why:
            raise ProviderError(f"{found.shown_name} cannot be sent: {why}", kind="attachment")
        if not is_text(mime):
            total, heavy = total + size, mime
    why = provider.refuses(heavy, total) if heavy else ""
    if why:
        raise ProviderError(
            f"The attachments are {shown_size(total)} together: {why} Attach fewer.",
            kind="attachment",
        )


def left_out(name: str, why: str) -> str:
    """What stands in a message for a file that does not go along."""
    return f"[{clean_line(name)} was attached here and is not sent along: {why}]"


def with_texts(message: ChatMessage) -> tuple[str, tuple[Attached, ...]]:
    """The message's text with the text files before it, and the other files."""
    texts = [attached for attached in message.attachments if is_text(attached.mime)]
    others = tuple(attached for attached in message.attachments if not is_text(attached.mime))
    parts = [*map(_fenced, texts), *([message.content] if message.content.strip() else [])]
    return ("\n\n".join(parts) if texts else message.content), others


def plain(messages: tuple[ChatMessage, ...]) -> Iterator[tuple[str, str, tuple[Attached, ...]]]:
    """Role, whole text and other files of each message."""
    for message in messages:
        yield (message.role, *with_texts(message))


def in_base64(attached: Attached) -> str:
    """The bytes as text."""
    return base64.b64encode(attached.data).decode("ascii")


def data_url(attached: Attached) -> str:
    """The bytes as an address that holds them."""
    return f"data:{attached.mime};base64,{in_base64(attached)}"


def _fenced(attached: Attached) -> str:
    text = attached.data.decode("utf-8-sig", "replace").rstrip("\r\n")
    longest = max(map(len, _FENCES.findall(text)), default=2)
    fence = "`" * (longest + 1)
    ending = attached.name.rpartition(".")[2] if "." in attached.name else ""
    language = ending if _LANGUAGE.fullmatch(ending) else ""
    return f"{_name(attached)}:\n\n{fence}{language}\n{text}\n{fence}"


def _name(attached: Attached) -> str:
    return clean_line(attached.name) or "A file without a name"

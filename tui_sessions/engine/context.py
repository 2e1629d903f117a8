"""What is sent: which of a session's earlier messages, with their attachments, go along with a prompt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui_sessions.errors import ProviderError, TuiSessionsError
from tui_sessions.model.attachment import about, inline_bytes, is_attached
from tui_sessions.model.message import Message, Part
from tui_sessions.model.mime import UNKNOWN, mime_of
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.providers.base import Attached, ChatMessage, Request

CONTINUE = (
    "Your last answer was cut off. Continue it exactly where it stopped: "
    "do not repeat anything, do not comment on the interruption."
)
NO_PAIRS = -1_000_000_000
"""As a context window: none of the earlier pairs. 0 is all of them; other negative numbers are not ours."""
ReadAttachment = Callable[[str], bytes]
"""The bytes under a hash; raises where they are not there: `library.attachments.read`."""


def request_for(
    session: Session, turn: Turn, *, model: str, read: ReadAttachment | None = None
) -> Request:
    """The request for the prompt of `turn` with the turns before it, within the context window.

    `turn` need not be in `session` yet. An attachment of an earlier turn that cannot be read is named in
    its place; for one of the prompt itself `ProviderError` is raised. Without `read` all are only named.
    """
    return _request(session, turn, model, read, ())


def request_to_continue(
    session: Session, turn: Turn, *, model: str, read: ReadAttachment | None = None
) -> Request:
    """The request that asks for the rest of a cut answer.

    The cut text is sent as an answer with a word after it, not as a prefill: new models refuse those.
    """
    answer = turn.answer
    if answer is None or not answer.text:
        return request_for(session, turn, model=model, read=read)
    rest = (ChatMessage("assistant", answer.text), ChatMessage("user", CONTINUE))
    return _request(session, turn, model, read, rest)


def attached(parts: Sequence[Part], read: ReadAttachment) -> tuple[Attached, ...]:
    """The files of attachments as they are sent. Raises `ProviderError` that names the first that
    cannot be read."""
    found = []
    for part in parts:
        try:
            found.append(_attached(part, read))
        except TuiSessionsError as error:
            name = about(part).shown_name
            raise ProviderError(f"{name} cannot be sent. {error}", kind="attachment") from error
    return tuple(found)


def pairs_sent(session: Session) -> tuple[int, int]:
    """How many earlier pairs the next prompt takes along, and how many there are."""
    pairs = answered(session.turns)
    return len(within(pairs, session.params.context_window)), len(pairs)


def context_used(session: Session) -> int | None:
    """Tokens of context that the last answer filled, as its server counted; None where unknown."""
    for turn in reversed(session.turns):
        usage = turn.inherited_usage if turn.inherited else turn.usage
        if usage is not None and usage.total is not None:
            return usage.total
    return None


def _request(
    session: Session,
    turn: Turn,
    model: str,
    read: ReadAttachment | None,
    after: tuple[ChatMessage, ...],
) -> Request:
    pairs = within(answered(before_prompt(session, turn)), session.params.context_window)
    messages = [_earlier(message, read) for earlier in pairs for message in said(earlier)]
    return Request(
        model=model,
        messages=(*messages, _prompt(turn.prompt, read), *after),
        system=session.system,
        params=session.params,
    )


def before_prompt(session: Session, turn: Turn) -> tuple[Turn, ...]:
    """The turns before a turn, which need not be in the session yet."""
    ids = [other.id for other in session.turns]
    return session.turns[: ids.index(turn.id)] if turn.id in ids else session.turns


def answered(turns: Sequence[Turn]) -> list[Turn]:
    """The turns that are sent again: a prompt that got no answer is not."""
    return [turn for turn in turns if any(m.role == "assistant" for m in said(turn))]


def said(turn: Turn) -> list[Message]:
    """The messages of a turn that are sent again."""
    return [m for m in turn.messages if m.role in ("user", "assistant") and m.text.strip()]


def within(turns: list[Turn], window: int | None) -> list[Turn]:
    """The last turns of those, as many as the context window takes; None and 0: all."""
    if window == NO_PAIRS:
        return []
    return turns[-window:] if window and window > 0 else turns


def _prompt(message: Message | None, read: ReadAttachment | None) -> ChatMessage:
    if message is None:
        return ChatMessage("user", "")
    texts, parts = _apart(message, read)
    files = attached(parts, read) if read is not None else ()
    return ChatMessage("user", "\n\n".join(texts), files)


def _earlier(message: Message, read: ReadAttachment | None) -> ChatMessage:
    texts, parts = _apart(message, read)
    files = []
    if not parts:
        return ChatMessage(message.role, "\n\n".join(texts))
    # Imported when the first file is sent again: the first paint does not wait for it.
    from tui_sessions.providers.attaching import left_out

    for part in parts:
        try:
            if read is not None:
                files.append(_attached(part, read))
        except TuiSessionsError:
            texts.append(left_out(about(part).shown_name, "its file is missing or damaged."))
    return ChatMessage(message.role, "\n\n".join(texts), tuple(files))


def _apart(message: Message, read: ReadAttachment | None) -> tuple[list[str], list[Part]]:
    """The texts of a message, and those of its parts that are sent as files."""
    if not isinstance(message.content, tuple):
        return [message.text], []
    # Models write no files: what stands in an answer is named, as no server takes it back.
    are_sent = read is not None and message.role == "user"
    texts, parts = [], []
    for part in message.content:
        if are_sent and is_attached(part) and part.text is None and _has_bytes(part):
            parts.append(part)
        else:
            texts.append(part.shown)
    return texts, parts


def _has_bytes(part: Part) -> bool:
    """Whether there is anything to send: what lies elsewhere is only named, and never fetched."""
    return about(part).sha256 is not None or inline_bytes(part) is not None


def _attached(part: Part, read: ReadAttachment) -> Attached:
    found = about(part)
    data = read(found.sha256) if found.sha256 else inline_bytes(part) or b""
    mime = mime_of(data, found.name)  # A session file may say anything of it.
    if mime == UNKNOWN and found.mime:
        mime = found.mime.lower()
    return Attached(name=found.shown_name, mime=mime, data=data)

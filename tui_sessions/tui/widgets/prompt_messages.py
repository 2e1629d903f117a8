"""What the prompt tells: nested in `Prompt` for those who listen, here for the parts that post."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class Sent(Message, namespace="prompt"):
    """A prompt is to be sent. It stays where it is until `accept`."""

    text: str
    is_literal: bool = False
    """Whether it began with `::`: its first word is no tag and nobody's name."""
    written: str = ""
    """The text with that, as it was entered."""


@dataclass
class CommandEntered(Message, namespace="prompt"):
    """A colon command is to be run. It stays where it is until `accept`."""

    name: str
    argument: str


@dataclass
class NothingEntered(Message, namespace="prompt"):
    """Enter, with nothing written and nothing attached."""


@dataclass
class EditorRequested(Message, namespace="prompt"):
    """The text is to be edited in the external editor; hand the result to `set_text`."""

    text: str


@dataclass
class PasteTooLarge(Message, namespace="prompt"):
    """A paste was left out, because the prompt would have become too large."""

    size: int
    """Characters of the paste."""


@dataclass
class AttachmentWanted(Message, namespace="prompt"):
    """Files, or a text that is too long to be shown here, are to go along with the prompt."""

    paths: tuple[str, ...] = ()
    text: str = ""
    """A long paste, as it came."""


@dataclass
class PickRequested(Message, namespace="prompt"):
    """Files to go along are to be chosen from a list."""


@dataclass
class AttachmentsChanged(Message, namespace="prompt"):
    """Other files go along than before."""


@dataclass
class QueueRequested(Message, namespace="prompt"):
    """The waiting prompts are to be shown; `is_edit`: the last of them is to be edited."""

    is_edit: bool = False


@dataclass
class EscapePressed(Message, namespace="prompt"):
    """Escape, with no list open."""


@dataclass
class Edited(Message, namespace="prompt"):
    """The text is another one."""

    text: str

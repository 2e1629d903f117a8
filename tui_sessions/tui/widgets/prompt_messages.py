"""What the prompt tells: nested in `Prompt` for those who listen, here for the parts that post."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class Sent(Message, namespace="prompt"):
    """A prompt is to be sent. It stays where it is until `accept`."""

    text: str


@dataclass
class CommandEntered(Message, namespace="prompt"):
    """A colon command is to be run. It stays where it is until `accept`."""

    name: str
    argument: str


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
class EscapePressed(Message, namespace="prompt"):
    """Escape, with no list open."""


@dataclass
class Edited(Message, namespace="prompt"):
    """The text is another one."""

    text: str

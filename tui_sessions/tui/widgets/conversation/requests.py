"""What the conversation asks of its owner. Turn ids are those of the session that is shown."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class FindRequested(Message, namespace="conversation"):
    """Something is to be looked for."""


@dataclass
class Found(Message, namespace="conversation"):
    """What is being found, and at which of how many hits the window is; "" when finding has ended."""

    query: str
    number: int
    hits: int


@dataclass
class Asked(Message, namespace="conversation"):
    """A named action (`tui/conversation_actions.py`) for the message that keys act on."""

    name: str


@dataclass
class CopyRequested(Message, namespace="conversation"):
    """Text for the clipboard, clean; `what` names it: "the answer", "a code block"."""

    text: str
    what: str
    hidden: int = 0
    """How many characters of the message stand in it as signs, since they are not to be seen."""


@dataclass
class CodeChoice(Message, namespace="conversation"):
    """A message has several code blocks, each as (language, code): which one is to be copied?"""

    blocks: tuple[tuple[str, str], ...]


@dataclass
class BranchRequested(Message, namespace="conversation"):
    """A branch that ends with the turn; `after` is the role of the message that was pointed at."""

    turn_id: str
    after: str


@dataclass
class RetryRequested(Message, namespace="conversation"):
    """Another answer to the turn's prompt."""

    turn_id: str


@dataclass
class ContinueRequested(Message, namespace="conversation"):
    """The rest of a cut answer."""

    turn_id: str


@dataclass
class AlternativeRequested(Message, namespace="conversation"):
    """The next (`step` 1) or former (-1) answer of the turn."""

    turn_id: str
    step: int


@dataclass
class EditRequested(Message, namespace="conversation"):
    """The turn's prompt once more, changed, in a branch from before it."""

    turn_id: str


@dataclass
class DeleteRequested(Message, namespace="conversation"):
    """Take the turn out."""

    turn_id: str


@dataclass
class LinkRequested(Message, namespace="conversation"):
    """Open a link (http, https or mailto)."""

    url: str


@dataclass
class HitsUsedUp(Message, namespace="conversation"):
    """There is no further hit of the search in this session; `step` is 1 for the next, -1 for the former."""

    step: int

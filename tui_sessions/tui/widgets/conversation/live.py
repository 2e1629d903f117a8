"""An answer while it arrives: pieces are taken at once, laid out when the next frame is due."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from tui_sessions.model.message import Message
from tui_sessions.model.persona_name import persona_of
from tui_sessions.model.text import clean
from tui_sessions.model.turn import Turn
from tui_sessions.tui.widgets.conversation.body import Body, GrowingBody

THINKING_SHOWN = 4_000
"""Characters of unfinished thinking that are shown when it is unfolded."""


class LiveAnswer:
    """The text and thinking of one turn's answer so far."""

    def __init__(self, turn: Turn | None, turn_id: str, model: str | None, width: int) -> None:
        self.turn_id = turn_id
        self.before = turn
        """The turn as it was when the answer began: another one is the saved answer."""
        self.model = model
        self.note: str | None = None
        """Why nothing comes yet."""
        self.is_closed = False
        """Nothing more comes; what waits may still have to be laid out."""
        self.is_ended = False
        """All that came is laid out as what it is."""
        self.body: Body = GrowingBody(width)
        self.reasoning = ""
        self.words = 0
        """In the reasoning."""
        self._text: list[str] = []
        self._waiting: deque[str] = deque()
        self.waiting = 0
        """Characters of the text that are not laid out yet."""
        self._waiting_reasoning: list[str] = []
        self._length = {False: 0, True: 0}
        self._held = ""

    @property
    def persona(self) -> str:
        """Who was asked; "" for a model alone."""
        asked = self.before.prompt if self.before is not None else None
        return persona_of(asked) if asked is not None else ""

    @property
    def has_news(self) -> bool:
        """Whether pieces wait for the next frame."""
        return bool(self._waiting or self._waiting_reasoning)

    @property
    def text(self) -> str:
        """All text that came, raw."""
        if len(self._text) > 1:
            self._text = ["".join(self._text)]
        return self._text[0] if self._text else ""

    @property
    def message(self) -> Message:
        """The answer so far as a value."""
        reasoning = (self.reasoning + "".join(self._waiting_reasoning)) or None
        return Message(role="assistant", content=self.text, model=self.model, reasoning=reasoning)

    def take(self, offset: int, text: str, *, is_reasoning: bool) -> bool:
        """Take the part of a piece that is new; False where there is none."""
        known = self._length[is_reasoning]
        new = text[max(0, known - offset) :]
        if not new or self.is_closed:
            return False
        self._length[is_reasoning] = known + len(new)
        self.note = None
        if is_reasoning:
            self._waiting_reasoning.append(new)
        else:
            self._text.append(new)
            self._waiting.append(new)
            self.waiting += len(new)
        return True

    def flush(self, most: int | None = None) -> int:
        """Lay out what waits, about `most` characters of the text. Returns the first row of the body
        that may have changed."""
        if self._waiting_reasoning:
            new = "".join(self._waiting_reasoning)
            self._waiting_reasoning.clear()
            joined = bool(self.reasoning) and not self.reasoning[-1].isspace()
            self.words += len(new.split()) - (joined and not new[0].isspace())
            self.reasoning += new
        new = self._held + "".join(self._next(most))
        # A carriage return may be the first half of a line end.
        self._held = "\r" if new.endswith("\r") else ""
        new = clean(new.removesuffix("\r") if self._held else new)
        if not new or not isinstance(self.body, GrowingBody):
            return self.body.height
        return self.body.feed(new)

    def _next(self, most: int | None) -> Iterator[str]:
        """The pieces that wait, up to `most` characters; a piece that is too long in parts."""
        room = self.waiting if most is None else most
        while self._waiting and room > 0:
            piece = self._waiting.popleft()
            if len(piece) > room:
                self._waiting.appendleft(piece[room:])
                piece = piece[:room]
            room -= len(piece)
            self.waiting -= len(piece)
            yield piece

    def finish(self) -> None:
        """Nothing more comes: what is laid out becomes what the whole text gives."""
        self.is_closed = self.is_ended = True
        self.flush()
        if isinstance(self.body, GrowingBody):
            if self._held:
                self.body.feed("\n")
            self.body = self.body.finished()

    def relaid(self, width: int) -> None:
        """Lay out for another width."""
        if width == self.body.width:
            return
        if isinstance(self.body, GrowingBody):
            text, self.body = self.body.text, GrowingBody(width)
            self.body.feed(text)
        else:
            self.body = self.body.relaid(width)

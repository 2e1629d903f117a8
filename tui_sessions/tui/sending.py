"""What becomes of a prompt that is entered: sent, put behind an answer that is coming, or only tags.

#tags alone          → the session is tagged, nothing is sent
@name …              → the persona of that name answers; else the session's standing one, else its model
an answer is coming  → the prompt waits
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from tui_sessions.config.personas import begins_with_name, named_persona
from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.message import Part
from tui_sessions.model.tags import tidy_tag, unique_tags
from tui_sessions.tui.limits import Allow, attempt
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets.prompt_messages import Sent

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona
    from tui_sessions.tui.desk import Desk

_TAG = re.compile(r"#((?:\\.|[^\s#\\])+)")
_TAGS = re.compile(rf"\s*(?:{_TAG.pattern}(?:\s+|$))+")
_ESCAPED = re.compile(r"\\(.)")
_MOST_TAGS = 1_000
"""Characters; no longer text is only tags."""


def tags_alone(text: str) -> tuple[str, ...]:
    """The tags of a text that is nothing but `#tag` words; none where it says anything else."""
    if len(text) > _MOST_TAGS or not _TAGS.fullmatch(text):
        return ()
    found = tuple(tidy_tag(_ESCAPED.sub(r"\1", tag)) for tag in _TAG.findall(text))
    return unique_tags(found) if all(map(_is_tag, found)) else ()


def _is_tag(tag: str) -> bool:
    """`#1` is a number of something."""
    return any(char.isalpha() for char in tag)


def literal(text: str) -> str:
    """What to enter to have `text` sent as it stands."""
    if text.startswith(":"):
        return f":{text}"
    return f"::{text}" if tags_alone(text) or begins_with_name(text) else text


class Sending:
    """Between the prompt and those who take what is entered there."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stage: Stage = desk.stage

    def send(self, message: Sent) -> None:
        """Do what is meant with a text; the prompt is cleared where it was done."""
        stage = self._stage
        session_id = stage.workspace.session_id
        if stage.prompt.waiting:
            self._desk.attaching.when_ready(partial(self._send_later, message, session_id))
            return
        tags = () if message.is_literal else tags_alone(message.text)
        if tags:
            if self._tag(tags):
                stage.prompt.accept()
            return
        attachments = stage.prompt.attachments
        attempt(stage, partial(self._send, message, attachments))

    def _send_later(self, message: Sent, session_id: str) -> None:
        """Its files are there now; whoever has gone on meanwhile enters it again."""
        is_there = self._stage.workspace.session_id == session_id
        text = self._stage.prompt.text
        if is_there and text.strip() and text.startswith(message.written):
            self.send(message)

    def _send(self, message: Sent, attachments: tuple[Part, ...], allow: Allow) -> None:
        stage, text, persona = self._stage, message.text, None
        if text.startswith("@") and not message.is_literal:
            persona, text = named_persona(text, stage.services.personas.all())
        if persona is None:
            persona = stage.services.personas.standing(stage.workspace.session)
        self._refuse_files(attachments, persona)
        is_answered = stage.workspace.session_id in stage.services.turns.running_ids()
        if is_answered or stage.is_answered_elsewhere:
            self._desk.queueing.add(
                text, attachments=attachments, persona=persona, written=message.written
            )
        else:
            self._desk.talking.send(
                text,
                attachments=attachments,
                persona=persona,
                written=message.written,
                allow=allow,
            )
        stage.prompt.accept(attachments)

    def _refuse_files(self, attachments: tuple[Part, ...], persona: Persona | None) -> None:
        """Before a new session gets its file for a prompt that is not sent."""
        if attachments:
            model = persona.model if persona else None
            self._desk.attaching.check(attachments, model)

    def _tag(self, tags: tuple[str, ...]) -> bool:
        from tui_sessions.model.edits import add_tags

        stage, workspace = self._stage, self._stage.workspace
        try:
            workspace.edit(workspace.session.id, add_tags(tags), label="tags")
        except TuiSessionsError as problem:
            stage.say(str(problem), "error")
            return False
        stage.show_session(workspace.session)
        stage.show_tree()
        words = ", ".join(f"#{tag}" for tag in tags)
        stage.say(f"Tagged {words}; nothing was sent. :undo takes it back.")
        return True

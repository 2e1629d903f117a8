"""Single messages on the screen: edit an answer, take one out, bookmark one, ask another model, go to one."""

from __future__ import annotations

from dataclasses import dataclass

from tui_sessions.errors import TuiSessionsError, UsageError
from tui_sessions.model.answers import with_turn_of
from tui_sessions.model.attachment import written_text
from tui_sessions.model.message import Message
from tui_sessions.model.messages import (
    delete_message,
    edit_message,
    is_bookmarked,
    set_bookmark,
)
from tui_sessions.model.session import Change, Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.choosing import Choosing
from tui_sessions.tui.reading import Reading
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.talking import Talking

NOTHING = "There is no message here yet."


@dataclass(frozen=True, slots=True)
class Chosen:
    """A message as it stood when it was chosen."""

    session_id: str
    turn_id: str
    number: int
    """In its turn, from 0."""
    message: Message
    held: Session
    """The session as it was known then."""

    def put_into(self, session: Session) -> Session:
        """`session` with the turn as it was then."""
        turn = self.held.turn(self.turn_id)
        if turn is None or session.turn(self.turn_id) is None:
            return with_turn_of(session, self.held, self.turn_id)
        return session.with_turn(turn)

    def is_in(self, session: Session) -> bool:
        """Whether it stands there still, with the same words."""
        turn = session.turn(self.turn_id)
        if turn is None or self.number >= len(turn.messages):
            return False
        there = turn.messages[self.number]
        return (there.role, there.content) == (self.message.role, self.message.content)


class Messages:
    """What the keys for the chosen message do."""

    def __init__(
        self, stage: Stage, talking: Talking, choosing: Choosing, reading: Reading
    ) -> None:
        self._stage = stage
        self._talking = talking
        self._choosing = choosing
        self._reading = reading

    # asking another

    def retry_with(self, model: str = "") -> None:
        """Ask another model for an answer to the chosen prompt; without a name, from the list."""
        turn_id = self._stage.conversation.current_turn_id
        if turn_id is None:
            raise UsageError("There is no prompt here yet that could be answered once more.")
        if model:
            self._talking.retry(turn_id, model)
            return
        self._choosing.pick_model(
            lambda chosen: None if chosen is None else self._talking.retry(turn_id, chosen)
        )

    # editing, taking out

    def edit(self) -> None:
        """Edit the chosen answer in its place; a prompt goes to a branch."""
        from tui_sessions.tui.screens.edit_message import EditMessageDialog

        chosen = self.chosen()
        if chosen.message.role == "user":
            self._talking.edit_prompt(chosen.turn_id)
            return
        self._refuse_running(chosen.turn_id)
        dialog = EditMessageDialog(
            written_text(chosen.message), environ=self._stage.services.environ
        )
        self._stage.app.push_screen(
            dialog, lambda text: None if text is None else self.edit_to(chosen, text)
        )

    def edit_to(self, chosen: Chosen, text: str) -> None:
        """Give a message another text; it says from then on that it was edited. Where the message is
        another one by now, or gone, it stays so, and what was written is in a branch beside the session."""
        if text == written_text(chosen.message):
            return
        edit = edit_message(chosen.turn_id, chosen.number, text, self._stage.services.now())
        found: list[bool] = []

        def change(session: Session) -> Session:
            found.append(chosen.is_in(session))
            return edit(session) if found[-1] else session

        is_done = self._stage.edit(change, "edit of a message", chosen.session_id)
        if is_done and found and found[-1]:
            self._stage.say(f"The message is edited. {self._undo_key()} brings the old text back.")
            return
        if not (is_done and self._keep_beside(chosen, edit)):
            self._reading.rescue(text)

    def _keep_beside(self, chosen: Chosen, edit: Change) -> bool:
        """Whether there was a place for it."""
        versions = self._stage.workspace.library.versions
        try:
            branch = versions.keep_beside(chosen.session_id, lambda now: edit(chosen.put_into(now)))
        except TuiSessionsError as problem:
            self._stage.say(str(problem), "error")
            return False
        self._stage.show_tree()
        self._stage.say(
            "That message is another one by now, and stays as it is. What you wrote is in the branch "
            f"“{clean_line(branch.shown_title)[:80]}”.",
            "warning",
        )
        return True

    def delete(self) -> None:
        """Take the chosen message out; the rest of its turn stays."""
        chosen = self.chosen()
        self._refuse_running(chosen.turn_id)
        change = delete_message(chosen.turn_id, chosen.number)
        if self._stage.edit(change, "deletion of a message"):
            self._stage.say(f"The message is deleted. {self._undo_key()} brings it back.")

    # bookmarks, outline

    def bookmark(self) -> None:
        """Bookmark the chosen message, or take its bookmark off."""
        chosen = self.chosen()
        is_set = not is_bookmarked(chosen.message)
        label = "bookmark" if is_set else "taking off of a bookmark"
        self._stage.edit(set_bookmark(chosen.turn_id, chosen.number, is_set=is_set), label)

    def next_bookmark(self) -> None:
        """Go to the next bookmark, the first one after the last."""
        session, conversation = self._stage.workspace.session, self._stage.conversation
        places = [
            (index, number, turn.id)
            for index, turn in enumerate(session.turns)
            for number, message in enumerate(turn.messages)
            if is_bookmarked(message)
        ]
        if not places:
            key = self._stage.keys.shown("conversation.bookmark") or ":bookmark"
            raise UsageError(f"There is no bookmark in this session. {key} sets one.")
        ids = [turn.id for turn in session.turns]
        current = conversation.current_turn_id
        at = (ids.index(current) if current in ids else -1, conversation.current_number or 0)
        _, number, turn_id = next((p for p in places if p[:2] > at), places[0])
        self._go_to(turn_id, number)

    def outline(self) -> None:
        """Choose a prompt or a bookmarked message, and go to it."""
        from tui_sessions.tui.screens.outline import OutlineDialog

        conversation = self._stage.conversation
        dialog = OutlineDialog(
            self._stage.workspace.session,
            current=conversation.current_turn_id,
            now=self._stage.services.now,
        )

        def chosen(place: tuple[str, int] | None) -> None:
            if place is not None:
                self._go_to(*place)

        self._stage.app.push_screen(dialog, chosen)

    def _go_to(self, turn_id: str, number: int) -> None:
        conversation = self._stage.conversation
        self._stage.screen.set_focus(conversation)
        conversation.go_to(turn_id, number)

    # what they share

    def chosen(self) -> Chosen:
        """The message that keys act on. Raises `UsageError` where there is none."""
        conversation, session = self._stage.conversation, self._stage.workspace.session
        turn_id, number = conversation.current_turn_id, conversation.current_number
        turn = session.turn(turn_id or "")
        if turn_id is None or number is None or turn is None or number >= len(turn.messages):
            raise UsageError(NOTHING)
        return Chosen(session.id, turn_id, number, turn.messages[number], session)

    def _refuse_running(self, turn_id: str) -> None:
        running = self._stage.services.turns.running(self._stage.workspace.session.id)
        if running is not None and running.turn_id == turn_id:
            raise UsageError("This turn is being answered. Stop the answer first (esc).")

    def _undo_key(self) -> str:
        return self._stage.keys.shown("session.undo") or ":undo"

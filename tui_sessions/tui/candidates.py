"""The answers that are compared, in the order in which they came, while some of them still arrive. Knows no
widget and no service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from tui_sessions.engine.events import AnswerSoFar
from tui_sessions.model.answers import answers, is_same
from tui_sessions.model.message import Message
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.tui.widgets.answer_column import Candidate


class Candidates:
    """Keeps each answer in its place: what arrives becomes what was saved, and nobody moves."""

    def __init__(self) -> None:
        self.entries: tuple[Candidate, ...] = ()
        self._numbers = count()

    def load(self, turn: Turn, running: Sequence[AnswerSoFar]) -> None:
        """What stands in the turn by now, and what arrives."""
        saved = [a for a in answers(turn) if not any(_is_begun(a, so_far) for so_far in running)]
        reread = [self._reread(entry, saved) for entry in self.entries]
        arriving = {so_far.answer_id: so_far for so_far in running}
        kept = [
            _settled(entry, saved, entry.key in arriving) for entry in reread if entry is not None
        ]
        kept += [self._saved(answer) for answer in saved]
        known = {entry.key for entry in kept}
        kept += [_arriving(so_far) for id, so_far in arriving.items() if id not in known]
        if not kept and turn.error:
            kept = [self._saved(_failed(turn))]
        self.entries = tuple(kept)

    def arrange(self, asked: Sequence[AnswerSoFar]) -> None:
        """Behind what was there before, those of `asked` in that order, however soon each has ended."""
        keys = {so_far.answer_id: place for place, so_far in enumerate(asked)}
        models: dict[str, list[int]] = {}
        known = {entry.key for entry in self.entries}
        for place, so_far in enumerate(asked):
            if so_far.answer_id not in known:
                models.setdefault(so_far.model or "", []).append(place)

        def place_of_entry(entry: Candidate) -> int:
            if entry.key in keys:
                return keys[entry.key]
            places = models.get(entry.model)
            return places.pop() if places else -1

        # From the last one: what was read from the file and was asked now stands behind what is older.
        places = {entry.key: place_of_entry(entry) for entry in reversed(self.entries)}
        self.entries = tuple(sorted(self.entries, key=lambda entry: places[entry.key]))

    def wait(self, key: str, reason: str) -> None:
        """Say why nothing of an answer comes yet; "" when it does."""
        self.entries = tuple(
            replace(entry, waiting=reason) if entry.key == key else entry for entry in self.entries
        )

    def end(self, key: str, outcome: Alternative) -> None:
        """An answer has ended. Where it was read from its file before, that one goes; where nobody saw it
        begin and it left no word, it is in no file and comes in here."""
        said = outcome.message
        if all(entry.key != key for entry in self.entries):
            ended = replace(_named(key, said), answer=outcome)
            self.entries = (*self.entries, *((ended,) if ended.is_empty else ()))
            return
        self.entries = tuple(
            replace(entry, answer=outcome, model=said.model or entry.model)
            if entry.key == key
            else entry
            for entry in self.entries
            if entry.key == key or entry.answer is None or not is_same(entry.answer.message, said)
        )

    def drop(self, key: str) -> None:
        """Take one out that is of no use, such as one that failed."""
        self.entries = tuple(entry for entry in self.entries if entry.key != key)

    def entry(self, key: str) -> Candidate | None:
        """An answer by its key."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def _reread(self, entry: Candidate, saved: list[Alternative]) -> Candidate | None:
        """A finished one as it stands in the turn now; None where it was taken out."""
        if entry.answer is None or entry.is_empty:
            return entry
        said = entry.answer.message
        for number, answer in enumerate(saved):
            if is_same(answer.message, said) or _is_edited(answer.message, said):
                del saved[number]
                return replace(entry, answer=answer, model=answer.message.model or "")
        return None

    def _saved(self, answer: Alternative) -> Candidate:
        return replace(_named(f"saved-{next(self._numbers)}", answer.message), answer=answer)


def place_of(answer: Alternative, turn: Turn) -> int | None:
    """Where an answer stands in `answers` of the turn; None where it was taken out."""
    found = answers(turn)
    exact = (n for n, other in enumerate(found) if is_same(other.message, answer.message))
    return next(exact, None)


def _settled(entry: Candidate, saved: list[Alternative], is_arriving: bool) -> Candidate:
    """One that arrived when it was last looked at, and is in the turn by now."""
    if entry.answer is not None or is_arriving:
        return entry
    for number, answer in enumerate(saved):
        if (answer.message.model or "") == entry.model:
            del saved[number]
            return replace(entry, answer=answer)
    return entry


def _is_begun(answer: Alternative, so_far: AnswerSoFar) -> bool:
    """Whether `so_far` is that answer, of which the rest arrives."""
    said = answer.message
    is_same_model = said.model == so_far.model
    return so_far.is_continued and is_same_model and so_far.text.startswith(said.text)


def _arriving(so_far: AnswerSoFar) -> Candidate:
    return Candidate(
        key=so_far.answer_id,
        model=so_far.model or "",
        text=so_far.text,
        reasoning=so_far.reasoning,
        waiting=so_far.waiting or "",
    )


def _named(key: str, message: Message) -> Candidate:
    persona = message.extra.get("persona")
    named = persona if isinstance(persona, str) else ""
    return Candidate(key=key, model=message.model or "", persona=named)


def _failed(turn: Turn) -> Alternative:
    """What is known of the only answer, which left no word."""
    return Alternative(
        message=Message(role="assistant", content=""), finish=turn.finish, error=turn.error
    )


def _is_edited(now: Message, before: Message) -> bool:
    """The same answer, with other words by now."""
    return before.timestamp is not None and (now.timestamp, now.model) == (
        before.timestamp,
        before.model,
    )

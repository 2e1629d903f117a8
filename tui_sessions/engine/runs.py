"""Which answers are on their way, by session, in the order in which they were asked for."""

from __future__ import annotations

from tui_sessions.engine.run import Run
from tui_sessions.errors import ConflictError


class Runs:
    """The running answers of one program."""

    def __init__(self) -> None:
        self._by_session: dict[str, list[Run]] = {}

    def add(self, run: Run) -> None:
        """One more is on its way."""
        self._by_session.setdefault(run.answer.session_id, []).append(run)

    def remove(self, run: Run) -> bool:
        """It has ended; whether it was the last of its session."""
        left = self._by_session[run.answer.session_id]
        left.remove(run)
        if not left:
            del self._by_session[run.answer.session_id]
        return not left

    def has(self, run: Run) -> bool:
        """Whether it has not ended yet."""
        return run in self._by_session.get(run.answer.session_id, ())

    def of(self, session_id: str, answer_id: str | None = None) -> tuple[Run, ...]:
        """Those of a session, the first asked for first; only one of them where it is named."""
        found = self._by_session.get(session_id, ())
        return tuple(run for run in found if answer_id in (None, run.answer.id))

    def all(self) -> tuple[Run, ...]:
        """Those of every session. Any thread may ask."""
        # A copy first, made in one step: budgets are added up while answers begin and end.
        return tuple(run for runs in tuple(self._by_session.values()) for run in tuple(runs))

    def ids(self) -> frozenset[str]:
        """The sessions that are being answered."""
        return frozenset(self._by_session)

    def refuse_second(self, session_id: str, *, beside: str | None = None) -> None:
        """Raises `ConflictError` where the session is being answered, unless these are new answers to
        the turn `beside`: then one more may come at the same time."""
        for run in self._by_session.get(session_id, ()):
            if beside is None or run.answer.turn_id != beside or run.answer.before is not None:
                raise ConflictError(
                    "This session is being answered. Stop the answer first, or wait for its end."
                )

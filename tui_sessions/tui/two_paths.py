"""Two sessions that began as one, as columns: what each says from where they part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile

from tui_sessions.engine.events import AnswerSoFar
from tui_sessions.model.display import shown_cost, shown_count, shown_number, shown_time
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.turn import Turn
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets.answer_column import Candidate
from tui_sessions.tui.widgets.answer_figures import Cell
from tui_sessions.tui.widgets.answer_view import Section

MOST_TURNS = 100
"""Of a longer path so many turns are shown."""


class TwoPaths:
    """Reads both, as often as they are asked for."""

    def __init__(self, stage: Stage, one: str, other: str) -> None:
        self._stage = stage
        self._ids = (one, other)
        self._sessions = self._read()

    def candidates(self) -> tuple[Candidate, ...]:
        """Both as they stand now; what cannot be read any more, as it was known last."""
        self._stage.attempt(self._reread)
        fork = fork_of(*self._sessions)
        return tuple(path_of(session, fork, self._running(session)) for session in self._sessions)

    @property
    def are_answered(self) -> bool:
        """Whether something arrives in one of them."""
        return bool(self._stage.services.turns.running_ids().intersection(self._ids))

    @property
    def shared(self) -> str:
        """What they have in common, in words."""
        one, other = self._sessions
        fork = fork_of(one, other)
        if not fork:
            return "They have no turn in common."
        prompt = one.turns[fork - 1].prompt
        last = f" The last of them: {prompt.text}" if prompt is not None else ""
        return f"{shown_number(fork, 'turn')} in common.{last}"

    def is_picked(self, session_id: str) -> bool:
        """Whether it is the session that is open below."""
        return session_id == self._stage.workspace.session.id

    def _reread(self) -> None:
        self._sessions = self._read()

    def _read(self) -> tuple[Session, Session]:
        load = self._stage.workspace.library.load
        whole = self._stage.services.turns.with_unsaved
        one, other = self._ids
        return whole(load(one)), whole(load(other))

    def _running(self, session: Session) -> tuple[AnswerSoFar, ...]:
        return self._stage.services.turns.running_answers(session.id)


def fork_of(one: Session, other: Session) -> int:
    """How many turns both begin with, told by their ids and what is said in them."""
    pairs = zip(one.turns, other.turns, strict=False)
    return sum(1 for _ in takewhile(lambda pair: _is_same(*pair), pairs))


def path_of(session: Session, fork: int, running: Sequence[AnswerSoFar] = ()) -> Candidate:
    """A session from a turn on, as a column."""
    own = session.turns[fork:]
    arriving = {so_far.turn_id: so_far for so_far in reversed(running)}
    sections = [
        section for turn in own[:MOST_TURNS] for section in _sections(turn, arriving.get(turn.id))
    ]
    if len(own) > MOST_TURNS:
        sections.append(Section("", head=f"▸ {shown_number(len(own) - MOST_TURNS, 'more turn')}"))
    if not own:
        sections.append(Section("", head="nothing after the fork"))
    return Candidate(
        key=session.id,
        model=session.shown_title,
        sections=tuple(sections),
        cells=_cells(own, session.model, is_arriving=bool(arriving)),
    )


def _is_same(one: Turn, other: Turn) -> bool:
    said = [(message.role, message.text) for message in one.messages]
    return one.id == other.id and said == [(m.role, m.text) for m in other.messages]


def _sections(turn: Turn, so_far: AnswerSoFar | None) -> list[Section]:
    shown = [message for message in turn.messages if so_far is None or message is not turn.answer]
    sections = [_section(message) for message in shown]
    if so_far is not None:
        head = f"assistant · {so_far.model or '?'} · answering"
        sections.append(Section(so_far.text, head, so_far.reasoning, "assistant"))
    elif turn.error:
        sections.append(Section("", f"✗ {turn.error}", role="assistant"))
    return sections


def _section(message: Message) -> Section:
    if message.role == "assistant":
        head = " · ".join(filter(None, ("assistant", message.model)))
    else:
        who = "you" if message.role == "user" else message.role
        head = f"{who}  {shown_time(message.timestamp)}" if message.timestamp else who
    return Section(message.text, head, message.reasoning or "", message.role)


def _cells(turns: Sequence[Turn], model: str | None, *, is_arriving: bool) -> tuple[Cell, ...]:
    """What the path took since the fork: an unknown part makes no sum unknown, but says so."""
    tokens = [turn.usage.completion_tokens if turn.usage else None for turn in turns]
    costs = [turn.cost for turn in turns]
    words = sum(len(message.text.split()) for turn in turns for message in turn.messages)
    return (
        Cell("turns", f"{len(turns):,}"),
        Cell("words", shown_count(words)),
        Cell("cost", _sum(costs, shown_cost)),
        Cell("tokens", _sum(tokens, shown_count)),
        Cell("", clean_line(model or "").rpartition("/")[2]),
        Cell("", "answering" if is_arriving else "", look="$foreground"),
    )


def _sum(parts: Sequence[int | None], shown: Callable[[int | None], str]) -> str:
    known = [part for part in parts if part is not None]
    total = sum(known) if known or not parts else None
    return f"{'≥' if known and len(known) < len(parts) else ''}{shown(total)}"

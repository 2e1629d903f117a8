"""An answer among others: who gave it, what it says, what it took."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui_sessions.model.comparisons import Figures, figures
from tui_sessions.model.text import clean, clean_line
from tui_sessions.model.turn import Alternative
from tui_sessions.model.word_diff import Piece
from tui_sessions.tui.widgets.answer_figures import AnswerFigures, Cell, cells_of, progress_cells
from tui_sessions.tui.widgets.answer_view import AnswerView, Section
from tui_sessions.tui.widgets.choice_list import cropped
from tui_sessions.tui.widgets.conversation.lines import Run
from tui_sessions.tui.widgets.conversation.words import ERROR, WARNING

PICKED = "✓"
_LONGEST_ERROR = 2_000
_LONGEST_HEAD = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the answers that are compared."""

    key: str
    """Stays while it arrives and when it has ended."""
    model: str = ""
    persona: str = ""
    answer: Alternative | None = None
    """None while it arrives."""
    text: str = ""
    """What had come when the screen was told of it."""
    reasoning: str = ""
    waiting: str = ""
    """Why nothing comes yet."""
    sections: tuple[Section, ...] = ()
    """What is shown instead of the answer: a part of a conversation."""
    cells: tuple[Cell, ...] = ()
    """And instead of its figures."""

    @property
    def is_running(self) -> bool:
        """Whether it still arrives."""
        return self.answer is None and not self.sections

    @property
    def is_empty(self) -> bool:
        """Whether it ended without a word."""
        said = self.answer.message if self.answer else None
        return said is not None and not said.text and not said.reasoning

    @property
    def figures(self) -> Figures:
        """What it took; nothing is known while it arrives."""
        return Figures() if self.answer is None else figures(self.answer)

    @property
    def name(self) -> str:
        """Who gives it."""
        named = " · ".join(filter(None, map(clean_line, (self.persona, self.model))))
        return named or "?"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the others make of it."""

    number: int
    best: frozenset[str] = frozenset()
    is_picked: bool = False
    picked_word: str = "picked"
    is_reference: bool = False
    against: int | None = None
    """The number of the answer to which the difference is shown."""
    total: int = 0
    """Of how many, where not all are in the window."""
    is_first: bool = False
    is_last: bool = False
    """Whether further ones stand left, right of it."""


class AnswerColumn(Vertical):
    """Head, text and figures of one answer."""

    DEFAULT_CSS = """
    AnswerColumn { width: 1fr; height: 1fr; min-width: 10; }
    AnswerColumn > .column--head { height: 1; padding: 0 1; color: $text-muted; display: none; text-wrap: nowrap; text-overflow: ellipsis; }
    AnswerColumn:focus-within > .column--head { color: $foreground; }
    AnswerColumn > AnswerView { height: 1fr; min-height: 1; }
    """

    def __init__(self, candidate: Candidate) -> None:
        super().__init__(classes="pane")
        self.candidate = candidate
        self.view = AnswerView()
        self.standing = Standing(0)
        self._head = Static("", classes="column--head", markup=False)
        self._figures = AnswerFigures()
        # At once: pieces may come before the column is on the screen.
        self._fill()

    def compose(self) -> ComposeResult:
        """Head, text, figures."""
        yield self._head
        yield self.view
        yield self._figures

    def show(self, candidate: Candidate) -> None:
        """The answer as it is now."""
        is_other = candidate.is_running != self.candidate.is_running
        self.candidate = candidate
        if not candidate.is_running or is_other:
            self._fill()
        else:
            self.view.wait(clean(candidate.waiting) or None)

    def place(self, standing: Standing) -> None:
        """What the others make of it."""
        self.standing = standing
        self._tell()

    def show_difference(self, pieces: tuple[Piece, ...] | None) -> None:
        """What it says otherwise than the reference; None: what it says."""
        self.view.show_difference(pieces)

    def show_progress(self, first_token_ms: float | None, elapsed_ms: float | None) -> None:
        """How far it is while it arrives."""
        if self.candidate.is_running:
            self._figures.cells = progress_cells(
                first_token_ms,
                elapsed_ms,
                self.view.arrived,
                is_waiting=bool(self.candidate.waiting),
            )

    def _fill(self) -> None:
        candidate, answer = self.candidate, self.candidate.answer
        if candidate.is_running:
            self.view.begin(candidate.text, candidate.reasoning)
            self.view.wait(clean(candidate.waiting) or None)
            self.show_progress(None, None)
        elif answer is None or candidate.is_empty:
            self.view.show(candidate.sections, _notes(answer) if answer else ())
        else:
            said = answer.message
            self.view.show((Section(said.text, reasoning=said.reasoning or ""),), _notes(answer))
        self._tell()

    def _tell(self) -> None:
        """Head and figures."""
        candidate, standing = self.candidate, self.standing
        if candidate.cells:
            self._figures.cells = candidate.cells
        elif candidate.answer is not None:
            finish = candidate.answer.finish
            self._figures.cells = cells_of(candidate.figures, finish, standing.best)
        self.set_class(standing.is_picked, "-picked")
        number = f"{standing.number}/{standing.total}" if standing.total else f"{standing.number}"
        marks = (PICKED,) if standing.is_picked else ()
        edges = ("‹" if standing.is_first else "", "›" if standing.is_last else "")
        name = " ".join(filter(None, (edges[0], number, *marks, candidate.name, edges[1])))
        states = [standing.picked_word] if standing.is_picked else []
        if standing.against is not None:
            states.append(f"word by word against {standing.against}")
        elif standing.is_reference:
            states.append("reference")
        self.border_title = Content(name)
        self.border_subtitle = Content(" · ".join(states))
        self._head.update(cropped(" · ".join([name, *states]), _LONGEST_HEAD))


def _notes(answer: Alternative) -> list[Run]:
    """How an answer ended, where it is not simply done."""
    match answer.finish:
        case "stop" | None:
            return []
        case "cancelled" | "interrupted" as finish:
            word = "stopped" if finish == "cancelled" else finish
            why = clean(answer.error or "")[:_LONGEST_ERROR].strip()
            return [(f"■ {word}{': ' if why else ''}{why}", WARNING)]
        case "length":
            return [("■ cut at the length limit", WARNING)]
        case "pause":
            return [("■ paused by the server", WARNING)]
        case "filter":
            return [("■ withheld by the provider's filter", WARNING)]
        case "tool":
            return [("■ stopped to call a tool, which is not done here", WARNING)]
        case "error":
            why = clean(answer.error or "the answer failed")[:_LONGEST_ERROR].strip()
            return [(f"✗ {why}", ERROR)]
        case other:
            return [(f"■ ended: {clean_line(other)}", WARNING)]

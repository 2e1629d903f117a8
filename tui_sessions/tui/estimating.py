"""What the next turn would use and cost, in the prompt's border: counted aside, once the keys rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from tui_sessions.engine.estimate import Earlier, Estimate, budget, earlier, next_turn
from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.display import shown_cost, shown_short_count
from tui_sessions.model.message import Part
from tui_sessions.model.session import Session
from tui_sessions.tui.sending import named_persona
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets.completion import is_command

NEAR = 0.8
"""From this share of a budget or of the context on, it is said."""
REST_S = 1.0
"""So long after a first word the keys must have rested before the table of prices is loaded for it."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of the next turn."""

    estimate: Estimate
    cost: int | None = None
    """Nano-dollars."""
    context_tokens: int | None = None
    spent: int = 0
    budget: int | None = None

    @property
    def of_context(self) -> float:
        """The share of the context that would be full."""
        return self.estimate.total / self.context_tokens if self.context_tokens else 0.0

    @property
    def of_budget(self) -> float:
        """The share of the budget that would be spent."""
        if self.budget is None:
            return 0.0
        whole = self.spent + (self.cost or 0)
        return whole / self.budget if self.budget else float(whole > 0) * 10

    @property
    def words(self) -> str:
        """`next ≈ 1.2k tok · $0.0021`, and what is nearly used up."""
        parts = [f"next ≈ {shown_short_count(self.estimate.total)} tok", shown_cost(self.cost)]
        if self.of_context > NEAR:
            parts.append(f"{_percent(self.of_context)} of the context")
        if self.of_budget > NEAR:
            parts.append(f"{_percent(self.of_budget)} of the budget")
        return " · ".join(parts)

    @property
    def style(self) -> str:
        """The colour that it has: amber near an end, red behind it."""
        share = max(self.of_context, self.of_budget)
        return "$text-error" if share > 1 else "$text-warning" if share > NEAR else ""


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %") if share < 10 else "over 999 %"


class Estimating:
    """Between the prompt, the open session and the table of prices."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._before: tuple[Session, bool, Earlier] | None = None
        self._asked = 0

    def forget(self) -> None:
        """There is nothing to count any more; what is being counted is not shown."""
        self._asked += 1
        self._stage.prompt.show_estimate("")

    def count(self, *, has_rested: bool = False) -> None:
        """Count again, in a thread, and show it."""
        self._asked += 1
        prompt, session = self._stage.prompt, self._stage.workspace.session
        text = prompt.text
        text = "" if is_command(text) else text
        is_written = bool(text.strip() or prompt.attachments)
        if not (is_written or (session.turns and self._costs_nothing_to_know(session))):
            prompt.show_estimate("")
            return
        is_begun = prompt.attachments or len(text.split(maxsplit=1)) > 1
        if not (is_begun or has_rested or self._costs_nothing_to_know(session)):
            # One word may be a key that was hit by chance: the table is not loaded for that at once.
            self._stage.screen.set_timer(REST_S, partial(self._count_rested, self._asked))
            return
        work = partial(self._look, self._asked, session, text, prompt.attachments)
        self._stage.screen.run_worker(work, thread=True, group="estimate", exit_on_error=False)

    def _count_rested(self, asked: int) -> None:
        if asked == self._asked:
            self.count(has_rested=True)

    def _costs_nothing_to_know(self, session: Session) -> bool:
        """Whether the price is at hand: for who only reads, the table (300 ms, 16 MB) is not loaded."""
        services = self._stage.services
        return services.prices.is_ready(session.model or services.default_model())

    def _look(self, asked: int, session: Session, text: str, parts: tuple[Part, ...]) -> None:
        """In a thread."""
        if asked == self._asked:
            outlook = self._outlook(session, text, parts)
            self._stage.screen.call_later(self._show, asked, outlook)

    def _outlook(self, session: Session, text: str, parts: tuple[Part, ...]) -> Outlook:
        services = self._stage.services
        model = session.model or services.default_model()
        asked = session
        if text.startswith("@"):
            try:
                persona, text = named_persona(text, services.personas.all())
            except TuiSessionsError:
                persona = None
            if persona is not None:
                asked, model = persona.speaks_in(session), persona.model or model
        estimate = next_turn(self._earlier(asked), text, parts)
        try:
            cost, _ = services.prices.cost(model, estimate.usage, services.now())
            context = services.prices.context_tokens(model)
        except TuiSessionsError:
            cost = context = None
        return Outlook(estimate, cost, context, session.cost.nanousd, budget(session))

    def _earlier(self, session: Session) -> Earlier:
        is_answering = session.id in self._stage.services.turns.running_ids()
        before = self._before
        if before is None or before[0] is not session or before[1] != is_answering:
            now = earlier(session, is_answering=is_answering)
            before = self._before = (session, is_answering, now)
        return before[2]

    def _show(self, asked: int, outlook: Outlook) -> None:
        if asked == self._asked:
            self._stage.prompt.show_estimate(outlook.words, outlook.style)

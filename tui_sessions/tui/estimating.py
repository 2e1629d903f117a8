"""What the next turn would use and cost, in the prompt's border: counted aside, once the keys rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from tui_sessions.config.personas import Persona, named_persona
from tui_sessions.engine.estimate import Earlier, Estimate, earlier, next_turn, of_planned
from tui_sessions.engine.limits import plans
from tui_sessions.engine.room import TRIM
from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.budget import Standing
from tui_sessions.model.context_limit import context_limit
from tui_sessions.model.display import shown_cost, shown_share, shown_short_count
from tui_sessions.model.message import Part
from tui_sessions.model.persona_name import standing_name
from tui_sessions.model.session import Session
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
    standings: tuple[Standing, ...] = ()
    """The budgets that this turn would count towards."""

    @property
    def of_context(self) -> float:
        """The share of the context that would be full."""
        return self.estimate.total / self.context_tokens if self.context_tokens else 0.0

    @property
    def tightest(self) -> Standing | None:
        """The budget of which most would be spent."""
        return max(self.standings, key=self._share, default=None)

    def _share(self, standing: Standing) -> float:
        return standing.share_with(standing.coming.nanousd + (self.cost or 0))

    @property
    def of_budget(self) -> float:
        """The share of the tightest budget that would be spent."""
        return self._share(self.tightest) if self.tightest is not None else 0.0

    @property
    def words(self) -> str:
        """`next ≈ 1.2k tok · $0.0021`, and what is nearly used up."""
        parts = [f"next ≈ {shown_short_count(self.estimate.total)} tok", shown_cost(self.cost)]
        if self.of_context > NEAR:
            parts.append(f"{shown_share(self.of_context)} of the context")
        if self.tightest is not None and self.of_budget > NEAR:
            is_own = self.tightest.budget.scope == "session"
            what = "the budget" if is_own else self.tightest.budget.words
            parts.append(f"{shown_share(self.of_budget)} of {what}")
        return " · ".join(parts)

    @property
    def style(self) -> str:
        """The colour that it has: amber near an end, red behind it."""
        share = max(self.of_context, self.of_budget)
        is_over = self.of_context > 1 or any(
            standing.hard is not None and self._share(standing) > 1 for standing in self.standings
        )
        return "$text-error" if is_over else "$text-warning" if share > NEAR else ""


class Estimating:
    """Between the prompt, the open session and the table of prices."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._before: tuple[Session, bool, Earlier] | None = None
        self._asked = 0
        self._told: set[str] = set()

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
        persona, text = self._who_answers(session, text)
        if persona is not None:
            asked, model = persona.speaks_in(session), persona.model or model
        estimate = self._within_limits(asked, model, text, parts)
        try:
            cost, _ = services.prices.cost(model, estimate.usage, services.now())
            context = services.prices.context_tokens(model)
        except TuiSessionsError:
            cost = context = None
        return Outlook(estimate, cost, context, self._standings(session, model))

    def _within_limits(
        self, session: Session, model: str, text: str, parts: tuple[Part, ...]
    ) -> Estimate:
        """With what is left out for want of room left out."""
        plan = plans(session, text, [model], attachments=parts)[0]
        fitted = self._stage.services.context.fitted(plan)
        if fitted is plan:
            return next_turn(self._earlier(session), text, parts)
        return of_planned(fitted)

    def _tell_full(self, outlook: Outlook) -> None:
        """Once a session: what can be done before it is too late."""
        session = self._stage.workspace.session
        is_seen_to = self._stage.services.config.chat.when_full == TRIM
        if is_seen_to or context_limit(session.params) is not None:
            return
        if outlook.of_context > NEAR and session.turns and session.id not in self._told:
            self._told.add(session.id)
            full = shown_share(outlook.of_context)
            self._stage.say(
                f"The next answer would fill {full} of the context. :context shows what is sent and sets how much."
            )

    def _who_answers(self, session: Session, text: str) -> tuple[Persona | None, str]:
        """The persona that the text names, else the standing one, and what is said to it."""
        if not text.startswith("@") and not standing_name(session):
            return None, text
        personas = self._stage.services.personas
        try:
            named, said = named_persona(text, personas.all())
            return (named, said) if named is not None else (personas.standing(session), text)
        except TuiSessionsError:  # sending says what is wrong
            return None, text

    def _standings(self, session: Session, model: str) -> tuple[Standing, ...]:
        workspace, budgets = self._stage.workspace, self._stage.services.budgets
        folder = workspace.folder if workspace.is_draft else None
        try:
            return budgets.standing(session, folder=folder, model=model)
        except TuiSessionsError:  # sending says what is wrong
            return ()

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
            self._tell_full(outlook)

"""Settings of the open session by key or command: model, system prompt, context, any key; colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from tui_sessions.errors import ProviderError, TuiSessionsError, UsageError
from tui_sessions.model.edits import set_meta, set_model, set_system
from tui_sessions.model.session import Change, Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.calm import is_calm, set_calm
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from tui_sessions.tui.asking_models import AskingModels

SORTS = ("updated", "created", "title", "cost", "tokens", "turns")


def is_count(text: str) -> bool:
    """Whether `text` is a number of pairs or turns, small enough for anybody's conversation."""
    return text.isascii() and text.isdigit() and len(text) <= 9


class Choosing:
    """What the keys and commands for settings do."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    # system, context, any key

    def system(self, text: str) -> None:
        """Set or clear the system prompt."""
        if self.edit(set_system(text), "system prompt") is None:
            return
        self._stage.say("The system prompt is set." if text else "The system prompt is cleared.")

    def meta(self, words: str) -> None:
        """Set or remove any key."""
        key, _, value = words.partition(" ")
        if not key:
            raise UsageError(":meta needs a key, and a value to set it: :meta importance high")
        self.edit(set_meta(key, value.strip() or None), key)

    def save_field(
        self,
        session_id: str,
        change: Change,
        field: str,
        is_moved: Callable[[Session], bool] = lambda session: False,
    ) -> str:
        """Save a field of the details form; the form knows its own way back as well. Where another program
        wrote there meanwhile, what was written here goes to a branch. Answers why it could not be saved,
        "" where it is."""
        workspace = self._stage.workspace
        moved: list[bool] = []

        def unless_moved(session: Session) -> Session:
            moved.append(is_moved(session))
            return session if moved[-1] else change(session)

        try:
            workspace.edit(session_id, unless_moved, label=field, is_held=False)
            if moved and moved[-1]:
                branch = workspace.library.versions.keep_beside(session_id, change)
                self._stage.say(
                    f"Another program changed the {field} meanwhile; that stays. What you wrote is in "
                    f"the branch “{clean_line(branch.shown_title)[:80]}”.",
                    "warning",
                )
        except TuiSessionsError as problem:
            # What was typed stays in the form, with the reason under it.
            if self._stage.details is not None:
                self._stage.details.refuse(field, str(problem))
            return str(problem)
        self._stage.show_session(workspace.session)
        self._stage.show_tree()
        return ""

    def save_typed(self) -> str:
        """Save what stands in the form and was not left yet: the program is about to end. Answers why
        some of it could not be saved, "" where all is."""
        details = self._stage.details
        edits = details.take_edits() if details is not None else ()
        reasons = [
            self.save_field(edit.session_id, edit.change, edit.field, edit.is_moved)
            for edit in edits
        ]
        return next(filter(None, reasons), "")

    def edit(self, change: Change, label: str) -> Session | None:
        """Change the open session and show it."""
        workspace = self._stage.workspace
        session = None
        try:
            session = workspace.edit(workspace.session.id, change, label=label)
        except TuiSessionsError as problem:
            self._stage.say(str(problem), "error")
        self._stage.show_session(workspace.session)
        self._stage.show_tree()
        return session

    # model

    def model(self, name: str = "") -> None:
        """Choose who answers from now on."""
        if name:
            self.set_model(name)
        else:
            self.pick_model(self.set_model)

    def set_model(self, name: str | None) -> None:
        """Answer with `name` from the next prompt on. Raises `UsageError` where nobody answers to it."""
        if name is None:
            return
        self.check_model(name)
        self.edit(set_model(name), "model")
        self._stage.services.remember(lambda state: state.with_model_used(name))

    def check_model(self, name: str) -> None:
        """Raises `UsageError` for a name that nobody answers to."""
        try:
            self._stage.services.check_model(name)
        except ProviderError as problem:
            raise UsageError(str(problem)) from problem

    def pick_model(self, then: Callable[[str | None], None], *, typed: str = "") -> None:
        """The list of models; what the servers offer comes in as they answer."""
        from tui_sessions.tui.screens.models import ModelsDialog

        current = self._stage.workspace.session.model
        options = self.asking_models.options()
        dialog = ModelsDialog(current=current, check=self.check_model, typed=typed, **options)
        self.asking_models.open(dialog, then)

    def pick_models(
        self,
        title: str,
        then: Callable[[tuple[str, ...] | None], None],
        *,
        at_least: int = 1,
        marked: Sequence[str] = (),
    ) -> None:
        """The list of models, to mark several; `marked` are proposed."""
        from tui_sessions.tui.screens.models import SeveralModelsDialog

        options = self.asking_models.options()
        dialog = SeveralModelsDialog(
            title, at_least=at_least, marked=marked, check=self.check_model, **options
        )
        self.asking_models.open(dialog, then)

    @cached_property
    def asking_models(self) -> AskingModels:
        """The lists of the providers."""
        from tui_sessions.tui.asking_models import AskingModels  # not for the first paint

        return AskingModels(self._stage)

    # kept prompts

    def kept_prompt(self) -> None:
        """Choose one of the kept prompts; it goes into the prompt to be filled in and sent."""
        from tui_sessions.tui.screens.prompts import PromptsDialog

        services = self._stage.services
        dialog = PromptsDialog(
            services.kept_prompts.prompts(), folder=str(services.paths.prompts_dir)
        )

        def chosen(text: str | None) -> None:
            if text is not None:
                self._stage.put_prompt(text)

        self._stage.app.push_screen(dialog, chosen)

    def keep_prompt(self, name: str) -> None:
        """Keep the prompt of the message that is looked at, else the last one, under a name."""
        session = self._stage.workspace.session
        turn = session.turn(self._stage.conversation.current_turn_id or "")
        prompt = turn.prompt if turn else None
        if not name or prompt is None:
            raise UsageError(
                ":prompt-keep NAME keeps a prompt that was sent; there is none here yet."
            )
        path = self._stage.services.kept_prompts.keep(name, prompt.text)
        self._stage.say(f"Kept in {path}. :prompt brings it back.")

    # the rest

    def theme(self, name: str) -> None:
        """Choose the colours by name; without one, from a list."""
        app = self._stage.app
        if not name:
            app.search_themes()
        elif name in app.available_themes:
            app.theme = name
        else:
            raise UsageError(f"There is no theme {clean_line(name)!r}. :theme alone lists them.")

    def calm(self) -> None:
        """One column without boxes and motion, or as it was; until the program ends."""
        app = self._stage.app
        set_calm(app, not is_calm(app))
        keep = "screen.calm = true in the configuration keeps it." if is_calm(app) else ""
        self._stage.say(f"Calm mode is {'on' if is_calm(app) else 'off'}. {keep}".strip())

    def sort(self, by: str) -> None:
        """Order the tree."""
        if by not in SORTS:
            raise UsageError(f":sort takes one of {', '.join(SORTS)}.")
        self._stage.workspace.sort_by(by)
        self._stage.show_tree()

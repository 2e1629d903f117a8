"""Personas on the screen: chosen for a prompt or for a session, made, changed, taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.edits import set_meta
from tui_sessions.model.persona_name import STANDING, standing_name
from tui_sessions.model.text import clean_line
from tui_sessions.tui.choosing import Choosing
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_sessions.config.personas import Persona

OFF = "off"


class OwnPersonas:
    """What the list of personas shows and changes, and who answers the open session."""

    def __init__(self, stage: Stage, choosing: Choosing) -> None:
        self._stage = stage
        self._choosing = choosing
        self._file = stage.services.personas

    # one session

    def stand(self, name: str) -> None:
        """Let `name` answer every following prompt of the open session; `off`: its own model again. Without
        a name, say who does. Raises `NotFoundError`, `ConfigError`."""
        stage = self._stage
        session = stage.workspace.session
        now = standing_name(session)
        if not name:
            stage.say(
                f"@{now} answers here. :persona off ends that."
                if now
                else "The session's own model answers. :persona NAME lets a persona do it."
            )
            return
        if name.casefold() == OFF:
            if now and stage.edit(set_meta(STANDING, None), "persona"):
                stage.say(f"@{now} answers no longer: {session.model or 'no model'} does.")
            return
        persona = self._file.get(name.removeprefix("@"))
        if stage.edit(set_meta(STANDING, persona.name), "persona"):
            stage.say(f"@{persona.name} answers here from now on. :persona off ends that.")

    def offers(self) -> list[str]:
        """What may follow `:persona`."""
        try:
            names = [persona.name for persona in self._file.all()]
        except TuiSessionsError:
            return []  # Doing it says what is wrong with the file.
        return [*(name for name in names if name.isprintable()), OFF]

    # the list

    def open(self) -> None:
        """The list of personas. Raises `ConfigError` for a slip in the file."""
        from tui_sessions.tui.screens.personas import PersonasDialog

        self._file.all()
        dialog = PersonasDialog(self, standing=standing_name(self._stage.workspace.session))
        self._stage.app.push_screen(dialog, self._chosen)

    def _chosen(self, name: str | None) -> None:
        if name is None:
            return
        text = self._stage.prompt.text
        first, _, rest = text.partition(" ")
        names = {f"@{persona.name}".casefold() for persona in self._file.all()}
        said = rest.lstrip() if first.casefold() in names else text
        self._stage.put_prompt(f"@{name} {said}")

    @property
    def place(self) -> str:
        """The file."""
        return clean_line(str(self._file.path))

    def all(self) -> Sequence[Persona]:
        """Every persona. Raises `ConfigError`."""
        return self._file.all()

    def save(self, persona: Persona, former: str | None) -> None:
        """Write one. Raises `UsageError`, `ConfigError`, `StoreError`."""
        if persona.model:
            self._choosing.check_model(persona.model)
        self._file.save(persona, former=former)
        if former is not None and former != persona.name:
            self._follow(former, persona.name)

    def delete(self, name: str) -> None:
        """Take one out of the file. Raises `ConfigError`, `StoreError`."""
        self._file.delete(name)

    def pick_model(self, then: Callable[[str | None], None]) -> None:
        """The list of models."""
        self._choosing.pick_model(then)

    def _follow(self, former: str, name: str) -> None:
        """The open session goes on with a persona under its new name."""
        if standing_name(self._stage.workspace.session) == former:
            self._stage.edit(set_meta(STANDING, name), "persona")

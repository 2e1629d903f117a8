"""Files that go along with a prompt: taken into the library, shown as chips, taken off again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Thread

import msgspec

from tui_sessions.errors import ProviderError, TuiSessionsError, UsageError
from tui_sessions.model.attachment import about
from tui_sessions.model.message import Part
from tui_sessions.model.text import clean_line
from tui_sessions.tui.folder_listing import absolute
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.unsent import new_parts
from tui_sessions.tui.widgets.pasted_paths import pasted_paths
from tui_sessions.tui.widgets.prompt_area import tidied

ANSWER_WITHIN_S = 0.25
"""A disk that does not say by then whether it has a file is not waited for."""
MOST_PROBLEMS = 3
MOST_AT_ONCE = 100
Take = Callable[[], Part]


class Attaching:
    """What keys, commands, pastes and the mouse do to the files of the prompt."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._then: Callable[[], None] | None = None

    # on

    def attach(self, path: str = "") -> None:
        """Take a file along; without a path, choose from a list. Raises `UsageError`."""
        if not path:
            self.pick()
            return
        written = absolute(path)
        dragged = next((way for way in pasted_paths(path) if self.are_files(way)), None)
        if dragged is not None and not self.are_files((written,)):
            self.files(dragged)
        else:
            self.files((written,))

    def files(self, paths: Sequence[str]) -> None:
        """Take files along; what cannot be taken is said."""
        if len(paths) > MOST_AT_ONCE:
            raise UsageError(
                f"{len(paths):,} files are too many at once: at most {MOST_AT_ONCE} are attached."
            )
        attachments = self._stage.workspace.library.attachments
        takes: list[tuple[str, Take]] = []
        for path in paths:
            file = Path(absolute(path))
            takes.append((file.name, partial(attachments.put_file, file)))
        self._begin(takes)

    def paste(self, text: str) -> None:
        """Take a long paste along, as a text file."""
        names = {*self._stage.prompt.waiting, *map(_name, self._stage.prompt.attachments)}
        numbers = range(1, len(names) + 2)
        name = next(n for n in (f"pasted-{number}.txt" for number in numbers) if n not in names)

        def take() -> Part:
            data = tidied(text).encode("utf-8", "replace")
            return self._stage.workspace.library.attachments.put(data, name=name)

        self._begin([(name, take)])

    def pick(self) -> None:
        """Choose files from a list."""
        from tui_sessions.tui.screens.attach import AttachDialog

        folder = self._stage.services.state.attach_dir or "."
        self._stage.app.push_screen(AttachDialog(absolute(folder)), self._picked)

    def _picked(self, paths: tuple[str, ...] | None) -> None:
        if paths:
            folder = str(Path(paths[0]).parent)
            self._stage.services.remember(
                lambda state: msgspec.structs.replace(state, attach_dir=folder)
            )
            self._stage.attempt(partial(self.files, paths))
        self._stage.prompt.focus()

    # off

    def detach(self, name: str = "") -> None:
        """Take a file off, the last one where none is named. Raises `UsageError`."""
        prompt = self._stage.prompt
        names = [_name(part) for part in prompt.attachments]
        if not names:
            raise UsageError("No file goes along with the prompt.")
        if name and name not in names:
            raise UsageError(
                f"No file {clean_line(name)!r} goes along. There are {', '.join(names)}."
            )
        index = names.index(name) if name else len(names) - 1
        prompt.take_off(index)
        self._stage.say(f"{names[index]} does not go along any more.")

    def names(self) -> tuple[str, ...]:
        """The files that go along."""
        return tuple(map(_name, self._stage.prompt.attachments))

    # what it takes

    def are_files(self, paths: Sequence[str]) -> bool:
        """Whether all these are files that are there. Waits for a slow disk only so long."""
        found: list[bool] = []

        def look() -> None:
            found.append(all(_is_file(absolute(path)) for path in paths))

        thread = Thread(target=look, name="is it a file", daemon=True)
        thread.start()
        thread.join(ANSWER_WITHIN_S)
        return found == [True]

    def show_refusals(self) -> None:
        """Say at each file whether the model that is chosen takes it."""
        prompt = self._stage.prompt
        reasons = {}
        for part in prompt.attachments:
            known = about(part)
            if why := self.refusal(part):
                reasons[known.sha256 or ""] = why
        prompt.refusals = reasons

    def refusal(self, part: Part, model: str | None = None) -> str:
        """Why the model does not take a file, "" where it does or nobody knows the model."""
        known, services = about(part), self._stage.services
        name = model or self._stage.workspace.seen.model or services.default_model()
        try:
            provider = services.provider_of(name)
        except TuiSessionsError:
            return ""
        return provider.refuses(known.mime or "", known.size or 0)

    def check(self, parts: Sequence[Part], model: str | None = None) -> None:
        """Raises `ProviderError` for the first that the model does not take."""
        for part in parts:
            if why := self.refusal(part, model):
                raise ProviderError(f"{_name(part)} cannot be sent: {why}", kind="attachment")

    def when_ready(self, then: Callable[[], None]) -> bool:
        """Call `then` once all files are there; False where they are already."""
        if not self._stage.prompt.waiting:
            return False
        self._then = then
        return True

    def _begin(self, takes: list[tuple[str, Take]]) -> None:
        """Take files in, in a thread: they may be large and the disk slow."""
        prompt, workspace = self._stage.prompt, self._stage.workspace
        names = [name for name, _ in takes]
        prompt.waiting = (*prompt.waiting, *names)
        where = (workspace.session_id, workspace.draft_key)
        self._stage.screen.run_worker(
            partial(self._take, takes, where), thread=True, group="attach", exit_on_error=False
        )

    def _take(self, takes: list[tuple[str, Take]], where: tuple[str, str]) -> None:
        parts: list[Part] = []
        problems: list[str] = []
        for _, take in takes:
            try:
                parts.append(take())
            except TuiSessionsError as problem:
                problems.append(str(problem))
        names = [name for name, _ in takes]
        self._stage.screen.call_later(self._taken, names, parts, problems, where)

    def _taken(
        self, names: list[str], parts: list[Part], problems: list[str], where: tuple[str, str]
    ) -> None:
        prompt = self._stage.prompt
        waiting = list(prompt.waiting)
        for name in names:
            if name in waiting:
                waiting.remove(name)
        if self._stage.workspace.session_id == where[0]:
            prompt.attachments = (
                *prompt.attachments,
                *new_parts(parts, prompt.attachments),
            )
        else:
            self._stage.unsent.add_files(self._key(*where), parts)
        prompt.waiting = waiting
        for problem in problems[:MOST_PROBLEMS]:
            self._stage.say(problem, "error")
        if (rest := len(problems) - MOST_PROBLEMS) > 0:
            self._stage.say(f"{rest:,} more files could not be attached.", "error")
        then, self._then = self._then, None
        if then is not None and not problems and not waiting:
            then()

    def _key(self, session_id: str, key: str) -> str:
        """Where the files wait now that somebody looks at another session: with the one that they were
        attached in, which may have got its file meanwhile."""
        try:
            return self._stage.workspace.library.row(session_id).id
        except TuiSessionsError:
            return key


def _is_file(path: str) -> bool:
    return Path(path).is_file()


def _name(part: Part) -> str:
    return about(part).shown_name

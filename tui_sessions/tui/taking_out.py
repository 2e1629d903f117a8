"""Messages into files and other programs: code to a file, a message to the pager and the editor, links."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.app import SuspendNotSupported

from tui_sessions.errors import ConflictError, UsageError
from tui_sessions.exchange.registry import exporter
from tui_sessions.model.attachment import written_text
from tui_sessions.model.message import Message
from tui_sessions.model.text import clean, clean_line
from tui_sessions.tui.code_files import free_name, path_of, proposed_name, write_code
from tui_sessions.tui.desk import Desk
from tui_sessions.tui.editor import as_it_comes_back, edited
from tui_sessions.tui.pager import read_in_pager
from tui_sessions.tui.sending import literal
from tui_sessions.tui.widgets.conversation.blocks import codes_of

NOTHING = "There is no message here yet."
ALL = "all"


class TakingOut:
    """What the keys do that take a message elsewhere."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stage = desk.stage
        self._folder: Path | None = None
        """Where code was saved last."""

    # code to a file

    def save_code(self, name: str = "") -> None:
        """Write a code block of the chosen message to a file; of several, ask which."""
        codes = codes_of(clean(self._message().text))
        if not codes:
            raise UsageError("This message has no code block.")
        if len(codes) == 1:
            self._save(codes[0].language, codes[0].text, name)
            return
        from tui_sessions.tui.screens.choose_code import ChooseCodeDialog

        def chosen(index: int | None) -> None:
            if index is not None:
                code = codes[index]
                self._stage.attempt(lambda: self._save(code.language, code.text, name))

        blocks = [(code.language, code.text) for code in codes]
        self._stage.app.push_screen(ChooseCodeDialog(blocks, verb="save"), chosen)

    def _save(self, language: str, text: str, name: str) -> None:
        folder = self._folder or _here()
        if name:
            self._write(path_of(name, folder), text)
            return
        from tui_sessions.tui.screens.save_code import SaveCodeDialog

        def named(written: str | None) -> None:
            if written is not None:
                self._stage.attempt(lambda: self._write(path_of(written, folder), text))

        proposed = free_name(folder, proposed_name(language, text))
        self._stage.app.push_screen(SaveCodeDialog(proposed, folder), named)

    def _write(self, path: Path, text: str) -> None:
        try:
            write_code(path, text)
        except ConflictError:
            self._ask_to_replace(path, text)
        else:
            self._written(path)

    def _ask_to_replace(self, path: Path, text: str) -> None:
        from tui_sessions.tui.screens.confirm import ConfirmDialog

        def answered(yes: bool | None) -> None:
            if yes:
                self._stage.attempt(lambda: self._replace(path, text))

        dialog = ConfirmDialog(
            "Write over the file?",
            details=(str(path),),
            note="What it holds now is lost.",
            verb="write over it",
        )
        self._stage.app.push_screen(dialog, answered)

    def _replace(self, path: Path, text: str) -> None:
        write_code(path, text, overwrite=True)
        self._written(path)

    def _written(self, path: Path) -> None:
        self._folder = path.parent
        self._stage.say(f"Saved to {path}.")

    # other programs

    def pager(self, what: str = "") -> None:
        """The chosen message, or with `all` the conversation, in $PAGER."""
        text = self._conversation() if self._is_all(what) else self._message().text
        environ = self._stage.services.environ
        self._lend("a pager", lambda: read_in_pager(clean(text), environ))

    def editor(self, what: str = "") -> None:
        """The chosen message in $EDITOR: a changed answer is saved, a changed prompt goes to a branch.
        With `all` the conversation, only to be looked at."""
        if self._is_all(what):
            self._edited(self._conversation())
            return
        turn_id = self._stage.conversation.current_turn_id
        self._message()
        if turn_id is None or self._is_running(turn_id):
            raise UsageError("This answer is still arriving. Wait for its end, or stop it.")
        chosen = self._desk.messages.chosen()
        before = written_text(chosen.message)
        text = self._edited(before)
        if text is None or text == as_it_comes_back(before):
            return
        if not text.strip():
            raise UsageError(
                "Nothing was left of the message, so it stays as it was. x deletes it."
            )
        if chosen.message.role == "user":
            self._to_branch(turn_id, text)
        else:
            self._desk.messages.edit_to(chosen, text)

    def _edited(self, text: str) -> str | None:
        """The text as it comes back; None where it does not."""
        environ = self._stage.services.environ
        found: list[str] = []
        self._lend("an editor", lambda: found.append(edited(text, environ, what="the message")))
        return found[0] if found else None

    def _lend(self, to: str, use: Callable[[], object]) -> None:
        """Lend the terminal; what goes wrong is said once it is back."""
        try:
            with self._stage.app.suspend():
                use()
        except SuspendNotSupported:
            raise UsageError(f"This terminal cannot be lent to {to}.") from None

    def _to_branch(self, turn_id: str, text: str) -> None:
        before = self._stage.workspace.session.id
        self._desk.talking.edit_prompt(turn_id)
        if self._stage.workspace.session.id != before:
            self._stage.put_prompt(literal(text))
        else:
            self._desk.reading.rescue(text)

    # links

    def links(self) -> None:
        """The links of the chosen message, to open or copy one."""
        from tui_sessions.tui.screens.links import LinkChoice, LinksDialog
        from tui_sessions.tui.widgets.conversation.links import links_of

        links = links_of(self._message().text)
        if not links:
            raise UsageError("This message has no link.")

        def chosen(choice: LinkChoice | None) -> None:
            if choice is None:
                return
            if choice.is_copied:
                self._desk.reading.copy(choice.url, "the link")
            else:
                self._desk.reading.open_link(choice.url, dict(links).get(choice.url, ""))

        self._stage.app.push_screen(LinksDialog(links), chosen)

    # what they share

    def _message(self) -> Message:
        message = self._stage.conversation.current_message
        if message is None or not message.text.strip():
            raise UsageError(NOTHING)
        return message

    def _conversation(self) -> str:
        session = self._stage.workspace.session
        if not session.turns:
            raise UsageError(NOTHING)
        return exporter("markdown").export([session]).decode("utf-8", "replace")

    def _is_running(self, turn_id: str) -> bool:
        running = self._stage.services.turns.running(self._stage.workspace.session.id)
        return running is not None and running.turn_id == turn_id

    @staticmethod
    def _is_all(what: str) -> bool:
        if what and what != ALL:
            raise UsageError(f"Only {ALL} may follow, not {clean_line(what)}.")
        return bool(what)


def _here() -> Path:
    """The folder that the program was started in; the home folder where that is gone."""
    try:
        return Path.cwd()
    except OSError:
        return Path.home()

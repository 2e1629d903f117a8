"""Answers that a crash cut off: keep, continue or drop them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_sessions.errors import ConflictError, NotFoundError, TuiSessionsError, UsageError
from tui_sessions.model.display import shown_number
from tui_sessions.model.dropping import Cut, drop, is_standing
from tui_sessions.model.text import clean_line
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from tui_sessions.tui.desk import Desk
    from tui_sessions.tui.screens.interrupted import CutRow
    from tui_sessions.tui.widgets.asking_line import InterruptedLine

ANSWERS = ("keep", "continue", "drop")


class CutAnswers:
    """The line above the prompt of a session that has one, and the list of all."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stage: Stage = desk.stage
        self._interrupted = desk.stage.workspace.library.interrupted
        self._line: InterruptedLine | None = None

    def run(self, words: str = "") -> None:
        """`:interrupted` lists all; keep, continue or drop decides about the open session's. Raises
        `UsageError`."""
        if not words:
            self.show()
        elif words in ANSWERS:
            self.decide(words)
        else:
            raise UsageError(":interrupted takes keep, continue or drop; alone it lists them all.")

    def refresh(self) -> None:
        """The line, for the open session."""
        cuts = self._here()
        if not cuts:
            if self._line is not None and self._line.text:
                if self._line.has_focus:
                    self._stage.prompt.focus()
                self._line.clear()
            return
        cut = cuts[-1]
        count = shown_number(cut.characters - cut.before - cut.before_reasoning, "character")
        said = f"A crash cut this answer off; {count} of it are here."
        if len(cuts) > 1:
            said = f"A crash cut {len(cuts):,} answers off here; of the last one {count} are kept."
        from tui_sessions.tui.widgets.asking_line import way_here

        offers = tuple((name, name) for name in self._offers(cut))
        line = self._made_line()
        line.ask(said, offers, kind="info", key=way_here(self._stage.keys.shown))

    def _offers(self, cut: Cut) -> tuple[str, ...]:
        is_shown = is_standing(self._stage.workspace.session, cut)
        return ANSWERS if is_shown else ("keep", "drop")

    def _here(self) -> tuple[Cut, ...]:
        workspace = self._stage.workspace
        if workspace.is_draft or not workspace.is_whole:
            return ()
        return self._interrupted.in_session(workspace.session)

    def _made_line(self) -> InterruptedLine:
        if self._line is None:
            from tui_sessions.tui.widgets.asking_line import InterruptedLine

            self._line = InterruptedLine(id="interrupted")
            self._stage.screen.query_one("#middle").mount(self._line, before="#busy")
        return self._line

    def decide(self, answer: str) -> None:
        """Keep, continue or drop the last one of the open session. Raises what keeps it from that."""
        cuts = self._here()
        if not cuts:
            raise NotFoundError("No answer of this session was cut off by a crash.")
        cut = cuts[-1]
        if answer == "continue":
            self._desk.talking.resume(cut.turn_id)
            if self._stage.workspace.session_id not in self._stage.services.turns.running_ids():
                return  # why was said
        elif answer == "drop" and not self._drop(cut):
            return
        self._interrupted.decided([cut])
        self.refresh()
        self._stage.prompt.focus()

    def _drop(self, cut: Cut) -> bool:
        if not self._stage.edit(drop(cut), "dropping of a cut answer", cut.session_id):
            return False
        undo = self._stage.keys.shown("session.undo") or ":undo"
        self._stage.say(f"The cut answer is dropped. {undo} brings it back.")
        self._stage.show_tree()
        return True

    # the list

    def tell(self, count: int) -> None:
        """After the start: what a crash left, in a sentence; in the open session the line says it."""
        here, all_cuts, aside = (
            len(self._here()),
            self._interrupted.waiting(),
            self._interrupted.aside(),
        )
        if here:
            self.refresh()
        others = len(all_cuts) - here + len(aside)
        if others:
            what = shown_number(others, "answer")
            verb = "was" if others == 1 else "were"
            self._stage.say(
                f"{what} {verb} cut off by a crash; what came is kept. :interrupted lists."
            )
        elif count and not here:
            self._stage.say("A prompt was cut off by a crash before any answer came: r asks again.")

    def show(self) -> None:
        """All of them, in a list."""
        from tui_sessions.tui.screens.interrupted import InterruptedDialog

        if not self.rows():
            self._stage.say("No answer was cut off by a crash, or all are decided.")
            return
        self._stage.app.push_screen(InterruptedDialog(self), self._chosen)

    def rows(self) -> list[CutRow]:
        """What the list shows, the last first."""
        from tui_sessions.tui.screens.interrupted import CutRow

        library = self._stage.workspace.library
        found = []
        for cut in self._interrupted.waiting():
            title = clean_line(library.row(cut.session_id).title)
            count = shown_number(cut.characters - cut.before - cut.before_reasoning, "character")
            key = f"cut:{cut.session_id}:{cut.turn_id}:{cut.at}"
            found.append(CutRow(key, title, f"{count} kept", cut.moment))
        for one in self._interrupted.aside():
            words = clean_line(one.words) or "nothing can be read in it"
            found.append(CutRow(f"aside:{one.name}", words, "without a session", one.said.at))
        return found

    def decide_about(self, key: str, answer: str) -> str:
        """Keep or drop one of the list; what was done. Raises what keeps it from that."""
        kind, _, name = key.partition(":")
        if kind == "aside":
            return self._decide_aside(name, answer)
        cut = self._named(name)
        if answer == "drop":
            if cut.session_id in self._stage.services.turns.running_ids():
                raise ConflictError("Its session is being answered.")
            self._stage.workspace.edit(
                cut.session_id, drop(cut), label="dropping of a cut answer", is_held=False
            )
        self._interrupted.decided([cut])
        if cut.session_id == self._stage.workspace.session_id:
            self._stage.show_session(self._stage.workspace.session)
        return "Kept." if answer == "keep" else "Dropped; :undo brings it back."

    def _decide_aside(self, name: str, answer: str) -> str:
        if answer == "keep":
            kept = self._interrupted.keep_aside(name)
            self._stage.show_tree()
            return f"Kept as the session “{clean_line(kept.title)}”."
        session_id = self._interrupted.drop_aside(name)
        self._stage.show_tree()
        return "Dropped; it is in the trash." if session_id else "Dropped; it held no text."

    def _named(self, name: str) -> Cut:
        for cut in self._interrupted.waiting():
            if f"{cut.session_id}:{cut.turn_id}:{cut.at}" == name:
                return cut
        raise NotFoundError("That is decided already.")

    def _chosen(self, key: str | None) -> None:
        """Go there, to read it and to continue it."""
        if key is None:
            return
        kind, _, name = key.partition(":")
        if kind == "aside":
            self._stage.attempt(lambda: self._stage.say(self._decide_aside(name, "keep")))
            return
        try:
            cut = self._named(name)
        except TuiSessionsError as problem:
            self._stage.say(str(problem), "error")
            return
        self._stage.open_session(cut.session_id)
        self.refresh()

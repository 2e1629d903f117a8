"""Reading on the screen: help, copying, finding, links, the external editor."""

from __future__ import annotations

import webbrowser
from collections.abc import Sequence

from textual.app import SuspendNotSupported
from textual.dom import DOMNode

from tui_sessions.errors import TuiSessionsError
from tui_sessions.exchange.registry import exporter
from tui_sessions.model.display import shown_count, shown_duration, shown_priced, shown_time
from tui_sessions.model.text import clean, clean_line, hidden_in
from tui_sessions.tui.bound import BoundKeys
from tui_sessions.tui.editor import edited
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets.completion import CommandInfo

FIND_KEYS = (("find_next", "next"), ("find_previous", "former"), ("find_end", "end"))
SURELY_COPIED = 74_994
"""Bytes that fit into 100,000 characters once encoded: a bound that older terminals hold OSC 52 to."""
MOST_COPIED = 1_000_000
"""Bytes beyond which hardly any terminal takes it (kitty does, up to 8 MB)."""
SELECT_KEYS = (("copy", "copy"), ("markdown", "as Markdown"), ("end", ""))
LINK_SCHEMES = ("http://", "https://", "mailto:")


def find_keys(keys: BoundKeys) -> str:
    """The keys that walk from hit to hit, and the one that ends it."""
    shown = ((keys.shown(f"conversation.{name}"), what) for name, what in FIND_KEYS)
    return "  ".join(f"{key} {what}" for key, what in shown if key)


def select_words(keys: BoundKeys) -> str:
    """What the border of the conversation says while something is selected."""
    shown = ((keys.shown(f"select.{name}"), what) for name, what in SELECT_KEYS)
    return " · ".join(("select", *(f"{key} {what}".strip() for key, what in shown if key)))


class Reading:
    """What the keys for reading do."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def copy(self, text: str, what: str, hidden: int = 0) -> None:
        """Onto the clipboard, over OSC 52 so that it works through ssh, as far as terminals take it. Of
        what was said what is seen is copied: pasted into a shell, the rest could act there."""
        size = len(text.encode("utf-8", "replace"))
        if size > MOST_COPIED:
            self._stage.say(
                f"{what[:1].upper()}{what[1:]}: {size / 1e6:,.1f} MB are more than terminals take to"
                " the clipboard. Copy less, or export it to a file.",
                "warning",
            )
            return
        self._stage.app.copy_to_clipboard(text)
        if hidden:
            noun = "character is" if hidden == 1 else "characters are"
            self._stage.say(
                f"Copied {what}. {hidden:,} hidden {noun} a sign in it, such as · or ␛; an export has"
                " the text as it came.",
                "warning",
            )
        elif size > SURELY_COPIED:
            self._stage.say(
                f"Copied {what}, {size / 1e3:,.0f} kB. Some terminals take no more than 75 kB.",
                "warning",
            )
        else:
            self._stage.say(f"Copied {what}.")

    def rescue(self, text: str) -> None:
        """What was written is not lost, though there was no place for it."""
        self.copy(text, "what you wrote, as it could not be saved")

    def copy_all(self) -> None:
        """The whole conversation as Markdown."""
        session = self._stage.workspace.session
        text = exporter("markdown").export([session]).decode("utf-8", "replace")
        self.copy(clean(text), "the conversation", hidden_in(text))

    def choose_code(self, blocks: tuple[tuple[str, str], ...]) -> None:
        """Copy one of several code blocks."""
        from tui_sessions.tui.screens.choose_code import ChooseCodeDialog

        def chosen(index: int | None) -> None:
            if index is not None:
                self.copy(blocks[index][1], "a code block")

        self._stage.app.push_screen(ChooseCodeDialog(blocks), chosen)

    def open_link(self, url: str, words: str = "") -> None:
        """In the browser, if it is a kind of link that cannot do harm; asked about where `words` or the
        address itself hide where it leads."""
        from tui_sessions.model.addresses import doubt_about, shown_address  # few open links

        if not url.lower().startswith(LINK_SCHEMES):
            self._stage.say(
                f"Only http, https and mailto links are opened, not {shown_address(url)}", "warning"
            )
            return
        doubt = doubt_about(url, words)
        if not doubt:
            self._open(url)
            return
        from tui_sessions.tui.screens.confirm import ConfirmDialog

        def answered(yes: bool | None) -> None:
            if yes:
                self._open(url)

        dialog = ConfirmDialog(
            "Open this address?", details=(shown_address(url),), note=doubt, verb="open"
        )
        self._stage.app.push_screen(dialog, answered)

    def _open(self, url: str) -> None:
        # In a thread: finding a browser may take seconds, and the screen must not wait for it.
        self._stage.screen.run_worker(
            lambda: self._browse(url), thread=True, group="links", exit_on_error=False
        )

    def _browse(self, url: str) -> None:
        if not webbrowser.open(url):
            sentence = f"No browser could be opened for {clean_line(url)}"
            self._stage.app.call_from_thread(self._stage.say, sentence, "warning")

    def find(self, text: str) -> None:
        """Find in the conversation; without words, ask for them."""
        conversation = self._stage.conversation
        if text:
            conversation.focus()
            conversation.find(text)
        else:
            conversation.action_find()

    def help(self, commands: Sequence[CommandInfo]) -> None:
        """The help of what has the focus, every key that works there, and in the prompt `commands`."""
        from tui_sessions.tui.help_keys import help_keys
        from tui_sessions.tui.screens.help import HelpDialog

        screen = self._stage.screen
        node: DOMNode | None = screen.focused or screen
        while node is not None and not node.HELP:
            node = node.parent
        in_prompt = self._stage.prompt.has_focus_within
        keys = help_keys(screen, commands if in_prompt else ())
        heading, _, text = ((node.HELP if node else "") or "").partition("\n")
        self._stage.app.push_screen(HelpDialog(f"Help · {heading.lstrip('# ')}", text, keys))

    def edit_prompt(self) -> None:
        """The prompt in $EDITOR."""
        text = self._stage.prompt.text
        try:
            with self._stage.app.suspend():
                text = edited(text, self._stage.services.environ)
        except SuspendNotSupported:
            self._stage.say("This terminal cannot be lent to an editor.", "warning")
        except TuiSessionsError as problem:
            self._stage.say(str(problem), "error")
        self._stage.put_prompt(text)

    def info(self) -> None:
        """The open session in a few lines."""
        session, workspace = self._stage.workspace.session, self._stage.workspace
        totals = session.totals
        latencies = [turn.latency_ms for turn in session.turns if turn.latency_ms is not None]
        mean = sum(latencies) / len(latencies) if latencies else None
        lines = (
            f"{clean_line(session.shown_title)}",
            f"{workspace.place()}",
            f"model {clean_line(session.model or '?')} · {session.status} · created {shown_time(session.created_at)}",
            f"{len(session.turns)} turns · {shown_duration(mean)} a turn · {shown_priced(session.cost)}",
            f"tokens: {shown_count(totals.prompt_tokens)} in, {shown_count(totals.completion_tokens)} out",
        )
        self._stage.app.notify("\n".join(lines), title="This session", markup=False, timeout=12)

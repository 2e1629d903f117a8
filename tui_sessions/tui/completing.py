"""What the word at the cursor of the prompt could become: personas, files, tags. At once, from what is known."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.text import UNSAFE
from tui_sessions.tui.folder_listing import Entry, Listings, absolute
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets.completion import Completion

MOST_OFFERS = 50
_ESCAPED = re.compile(r"\\(.)")
_SPECIAL = re.compile(r"([\s\\])")


class Completing:
    """Words of the prompt, and paths behind `:attach`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._listings = Listings(self._tell)

    def word(self, word: str, is_first: bool) -> Sequence[Completion]:
        """What `word` could become; `is_first`: the text begins with it."""
        if word[0] == "#":
            offers = self._tags(word)
        elif word[0] == "@":
            offers = [*(self._personas(word) if is_first else ()), *self._files(word)]
        else:
            offers = [
                Completion(_escaped(path), _label(path), is_word=True)
                for path in self.paths(_plain(word))
            ]
        return () if len(offers) == 1 and offers[0].text == word else offers[:MOST_OFFERS]

    def paths(self, typed: str) -> list[str]:
        """Files and folders whose path begins with what is typed, folders with a slash behind them."""
        head, slash, _ = typed.rpartition("/")
        return [f"{head}{slash}{_named(entry)}" for entry in self._entries(typed)][:MOST_OFFERS]

    def _files(self, word: str) -> list[Completion]:
        offers = []
        for path in self.paths(_plain(word[1:])):
            is_folder = path.endswith("/")
            offers.append(
                Completion(
                    f"@{_escaped(path)}",
                    _label(path),
                    help="" if is_folder else "attach",
                    is_word=True,
                    attaches="" if is_folder else absolute(path),
                )
            )
        return offers

    def _personas(self, word: str) -> list[Completion]:
        try:
            personas = self._stage.services.personas.all()
        except TuiSessionsError:
            return []  # Sending says what is wrong with the file.
        wanted = word[1:].casefold()
        return [
            Completion(f"@{p.name} ", f"@{p.name}", help=_answers(p.model), is_word=True)
            for p in personas
            if p.name.casefold().startswith(wanted) and not p.name.split()[1:]
        ]

    def _tags(self, word: str) -> list[Completion]:
        wanted = _plain(word[1:]).casefold()
        return [
            Completion(f"#{_escaped(tag)}", f"#{tag}", is_word=True)
            for tag in self._stage.workspace.tags_in_use()
            if tag.casefold().startswith(wanted)
        ]

    def _entries(self, typed: str) -> Iterator[Entry]:
        head, slash, tail = typed.rpartition("/")
        listing = self._listings.get(absolute(f"{head}{slash}" or "."))
        exact = tail != tail.lower()
        for entry in listing.entries if listing else ():
            name = entry.name if exact else entry.name.lower()
            is_wanted = tail[:1] == "." or entry.name[:1] != "."
            if is_wanted and name.startswith(tail) and not UNSAFE.search(entry.name):
                yield entry

    def _tell(self) -> None:
        """A folder is known now. In the thread that read it."""
        # Not `call_from_thread`: at the end of the program nobody would answer it any more.
        self._stage.screen.call_later(self._stage.prompt.area.offer_again)


def _named(entry: Entry) -> str:
    return f"{entry.name}/" if entry.is_folder else entry.name


def _answers(model: str | None) -> str:
    return f"answers · {model}" if model else "answers"


def _label(path: str) -> str:
    """The last step of a path."""
    return os.path.basename(path.rstrip("/")) + ("/" if path.endswith("/") else "")


def _plain(word: str) -> str:
    return _ESCAPED.sub(r"\1", word)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)

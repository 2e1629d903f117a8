"""Picks one of the links of a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec
from textual.binding import Binding, BindingType

from tui_sessions.errors import UsageError
from tui_sessions.model.addresses import doubt_about, real_host, shown_address
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices


class LinkChoice(msgspec.Struct, frozen=True, kw_only=True):
    """An address, and whether it is to be copied and not opened."""

    url: str
    is_copied: bool = False


class LinksDialog(PickerDialog[LinkChoice]):
    """Nothing is opened before somebody chose it, with its address before them."""

    VERB = "open"
    KEYS = (("links.copy", "ctrl+y", "copy"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+y", "copy", "Copy", id="links.copy", priority=True),
    ]

    def __init__(self, links: Sequence[tuple[str, str]]) -> None:
        self._urls = [url for url, _ in links]
        choices = Choices(
            placeholder="words, or a part of the address",
            empty="There is no link here.",
            noun=("link", "links"),
        )
        super().__init__(
            "Links of this message", choices, [*map(_choice, range(len(links)), links)]
        )

    def action_copy(self) -> None:
        """Copy the address under the cursor."""
        try:
            self.dismiss(LinkChoice(url=self.answer().url, is_copied=True))
        except UsageError as problem:
            self.complain(str(problem))

    def picked(self, key: str) -> LinkChoice:
        """To be opened."""
        return LinkChoice(url=self._urls[int(key)])


def _choice(number: int, link: tuple[str, str]) -> Choice:
    url, words = shown_address(link[0]), clean_line(link[1])
    told = " · ".join(filter(None, (words, url)))
    # The real host first: a long address would push it out of the line.
    host = real_host(link[0])
    is_odd = bool(doubt_about(*link))
    label = f"! {host} · {told}" if host else f"! {url} · {words}" if is_odd else told
    return Choice(str(number), label, also=url)

"""Colon commands: reading them out of a text, and what could complete them, or the word at the cursor. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import msgspec


class CommandInfo(msgspec.Struct, frozen=True):
    """A command as the prompt offers it."""

    name: str
    """Without the colon."""
    argument_hint: str = ""
    """What follows it, such as `NAME`; empty where nothing does."""
    help: str = ""
    """One short sentence."""


CompleteArgument = Callable[[str, str], Sequence[str]]
"""From the command's name and the argument so far to whole arguments, best first. At once: it runs at every key."""


class Completion(msgspec.Struct, frozen=True):
    """One offer: what the text becomes, or the word at the cursor, and how it is shown."""

    text: str
    label: str
    hint: str = ""
    help: str = ""
    is_command: bool = False
    is_word: bool = False
    """Whether it takes the place of the word at the cursor; else of the whole text."""
    attaches: str = ""
    """The file that goes along once this is taken; its name stands for the word then, or nothing."""

    def is_typed(self, text: str) -> bool:
        """Whether it adds nothing to `text` any more."""
        return text.rstrip().casefold() == self.text.rstrip().casefold()

    @property
    def goes_on(self) -> bool:
        """Whether more is to be chosen behind it: an argument, or what is in a folder."""
        return self.text.endswith("/") or (self.is_command and self.text.endswith(" "))


CompleteWord = Callable[[str, bool], Sequence[Completion]]
"""From the word at the cursor, and whether the text begins with it, to what it could become, best first.
At once: it runs at every key."""
_WORD = re.compile(r"(?:\\.|\S)+")
_STARTS = ("./", "../", "~/", "/")


def word_before(line: str, column: int) -> str:
    """The word that ends at `column`, if it is one that can be completed; "" inside of a word. A space
    behind a backslash is part of it."""
    if line[column : column + 1].strip():
        return ""
    # No path and no tag is longer: a line of a megabyte is not walked through at every key.
    near = line[max(0, column - 4096) : column]
    *_, word = ("", *_WORD.findall(near))
    if not near.endswith(word) or not word:
        return ""
    return word if word[0] in "@#" or word.startswith(_STARTS) else ""


def is_command(text: str) -> bool:
    """Whether a text is a command: one line that begins with one colon and goes on."""
    return (
        text[:1] == ":" and text[1:2] != ":" and "\n" not in text.rstrip() and text.strip() != ":"
    )


def split_command(text: str) -> tuple[str, str]:
    """Name and argument of a command."""
    name, _, argument = text[1:].rstrip().partition(" ")
    return name, argument.strip()


def message_of(text: str) -> str:
    """The prompt that a text which is no command stands for: `::` is a literal colon, and before `#`
    and `@` it only says that these mean nothing."""
    if text.startswith(("::#", "::@")):
        return text[2:]
    return text[1:] if text.startswith("::") else text


def completions(
    text: str,
    column: int,
    commands: Sequence[CommandInfo],
    complete_argument: CompleteArgument | None,
) -> tuple[Completion, ...]:
    """What could complete a text with the cursor at `column` of its only line."""
    if text[:1] != ":" or text[1:2] == ":" or "\n" in text:
        return ()
    name, space, argument = text[1:].partition(" ")
    if column <= len(name) + 1:
        return _named(name[: column - 1] if column else "", argument, commands) if column else ()
    if not space or complete_argument is None or column < len(text):
        return ()
    found = complete_argument(name, argument.lstrip())
    offers = tuple(Completion(f":{name} {value}", value) for value in found)
    return () if len(offers) == 1 and offers[0].is_typed(text) else offers


def _named(typed: str, argument: str, commands: Sequence[CommandInfo]) -> tuple[Completion, ...]:
    """Commands that begin with what is typed, the one of that very name first; else those that have it
    somewhere."""
    wanted = typed.casefold()
    found = [c for c in commands if c.name.casefold().startswith(wanted)]
    found.sort(key=lambda command: command.name.casefold() != wanted)
    found = found or [c for c in commands if wanted in c.name.casefold()]
    return tuple(
        Completion(
            f":{c.name} {argument}" if c.argument_hint or argument else f":{c.name}",
            f":{c.name}",
            c.argument_hint,
            c.help,
            is_command=True,
        )
        for c in found
    )

"""Finding rows by a few letters: every word must be there, as it stands or as letters in its order."""

from __future__ import annotations

import re
from collections.abc import Callable

SCATTERED = 1000
"""What scattered letters cost against a word that stands there whole."""
INSIDE = 100
"""What a word costs that stands inside another word."""


def matcher(wanted: str) -> Callable[[str], int | None]:
    """A function that scores a casefolded text, the smaller the better; None where it does not fit."""
    words = wanted.casefold().split()
    patterns = [(word, re.compile(".*?".join(map(re.escape, word)))) for word in words]

    def score(text: str) -> int | None:
        total = 0
        for word, pattern in patterns:
            at = text.find(word)
            if at >= 0:
                begins = at == 0 or not text[at - 1].isalnum()
                total += min(at, 50) + (0 if begins else INSIDE)
            elif found := pattern.search(text):
                total += SCATTERED + found.end() - found.start()
            else:
                return None
        return total

    return score


def found_places(wanted: str, text: str) -> set[int]:
    """Which characters of `text` the words stand on, to be marked."""
    folded = text.casefold()
    if len(folded) != len(text):
        return set()
    places: set[int] = set()
    for word in wanted.casefold().split():
        at = folded.find(word)
        if at >= 0:
            places.update(range(at, at + len(word)))
            continue
        at, scattered = 0, []
        for letter in word:
            at = folded.find(letter, at) + 1
            if not at:
                break
            scattered.append(at - 1)
        else:
            places.update(scattered)
    return places

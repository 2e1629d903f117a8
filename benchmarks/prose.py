"""Seeded Markdown that reads like conversations: words by Zipf, lists, tables, code. No capital Z in it.

The capital Z is what the benchmarks type, so that its echo can be told from everything else.
"""

from __future__ import annotations

from itertools import accumulate
from random import Random

PROBE = "Z"
_VOCABULARY = 8_000
_COMMON = (
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "that",
    "it",
    "for",
    "as",
    "with",
    "on",
    "be",
    "by",
)
_SYLLABLES = [c + v for c in "bdklmnprstv" for v in "aeiou"]
_CODE = '''```python
def {a}_{b}(items: list[str], limit: int = {n}) -> dict[str, int]:
    """Count {a} by {b}."""
    counts: dict[str, int] = {{}}
    for item in items[:limit]:
        key = item.strip().lower()  # {c}
        counts[key] = counts.get(key, 0) + 1
    return {{key: count for key, count in counts.items() if count > {m}}}
```'''


def own_word(number: int) -> str:
    """A word that belongs to `number` alone, and to no text that `Prose` makes: real conversations are full
    of names and numbers that are said once."""
    word = "qu"
    while True:
        number, place = divmod(number, len(_SYLLABLES))
        word += _SYLLABLES[place]
        if not number:
            return word


class Prose:
    """An endless supply of text; the same seed gives the same."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._words = list(_COMMON)
        known = set(_COMMON)
        while len(self._words) < _VOCABULARY:
            word = "".join(self.random.choices(_SYLLABLES, k=self.random.randint(1, 4)))
            if word not in known:
                known.add(word)
                self._words.append(word)
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(_VOCABULARY)))

    def words(self, count: int) -> list[str]:
        """Words, the common ones often."""
        return self.random.choices(self._words, cum_weights=self._weights, k=count)

    def word(self, rank: int) -> str:
        """The word that is `rank`-th most common, from 0."""
        return self._words[rank]

    def title(self) -> str:
        """Four words."""
        return " ".join(self.words(4)).capitalize()

    def paragraph(self, count: int) -> str:
        """About `count` words in sentences."""
        sentences: list[str] = []
        while count > 0:
            length = self.random.randint(6, 18)
            sentences.append(" ".join(self.words(length)).capitalize() + ".")
            count -= length
        return " ".join(sentences)

    def markdown(self, count: int, *, has_code: bool = False) -> str:
        """About `count` words of Markdown with a heading, a list, emphasis, and code if asked."""
        parts = [f"## {self.title()}", self.paragraph(count // 3)]
        parts.append("\n".join(f"- **{self.title()}**: {self.paragraph(8)}" for _ in range(3)))
        if has_code:
            parts.append(self.code())
        parts.append(f"Use `{'_'.join(self.words(2))}`, *{self.title()}*. {self.paragraph(9)}")
        parts.append(self.paragraph(count // 4))
        return "\n\n".join(parts)

    def table(self) -> str:
        """A small table."""
        rows = (f"| {' | '.join(self.words(3))} |" for _ in range(5))
        return "| name | value | note |\n|---|---|---|\n" + "\n".join(rows)

    def code(self) -> str:
        """A fenced block of Python."""
        a, b, c = self.words(3)
        number = self.random.randint
        return _CODE.format(a=a, b=b, c=c, n=number(5, 99), m=number(1, 9))

    def answer(self, count: int) -> str:
        """A long answer of exactly `count` words; ends outside any fence."""
        parts: list[str] = []
        length = 0
        while length < count:
            part = self.markdown(150, has_code=len(parts) % 3 == 0)
            if len(parts) % 6 == 5:
                part += "\n\n" + self.table()
            parts.append(part)
            length += len(part.split())
        return self._cut("\n\n".join(parts), count)

    def _cut(self, text: str, count: int) -> str:
        end = 0
        for _ in range(count):
            while text[end].isspace():
                end += 1
            while end < len(text) and not text[end].isspace():
                end += 1
        cut = text[:end]
        return cut + "\n```" if cut.count("```") % 2 else cut

    def fence(self, size: int) -> str:
        """One fenced block of at least `size` characters."""
        lines: list[str] = []
        while size > 0:
            lines.append(
                f"    {'_'.join(self.words(2))} = {self.random.randint(1, 9999)}  # {self.title()}"
            )
            size -= len(lines[-1]) + 1
        return "```python\n" + "\n".join(lines) + "\n```"

"""What the demonstration says: Markdown that looks like an answer, made from the words of the
prompt. Pure.

The same prompt gives the same text; nothing in it claims to be knowledge.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Sequence
from keyword import iskeyword

from tui_sessions.model.display import shown_size
from tui_sessions.model.mime import is_text
from tui_sessions.providers.base import Attached

MOST_WORDS = 4
READ_CHARACTERS = 4000

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about all also am an answer and any are as at be been but by can could do does
        explain for from get give had has have hello hey hi how i if in into is it its
        just let like list long make many me might more most my need no not of on one or
        our out please say see short should show so some table tell than that the their
        them then there these they this to up us use want was we what when where which
        who why will with would write you your
        """,
    )
)

SET_UP = """\
## Talking to a real model

- **OpenAI**, or any server that speaks its language: set `OPENAI_API_KEY` (and `OPENAI_BASE_URL` for another server)
- **Anthropic**: set `ANTHROPIC_API_KEY`
- **Ollama**: start it; it is found by itself and needs no key

Then choose a model with `ctrl+l`, or write `--model provider/name`."""


def answer_to(prompt: str, *, turn: int, model: str) -> str:
    """The demonstration's answer to `prompt` as the `turn`-th of its conversation (from 1)."""
    chance = _chance(prompt, turn)
    words = _telling_words(prompt)
    subject = _subject(words)
    parts = [_opening(words, turn, model)]
    asked = {word.lower() for word in _WORD.findall(prompt[:READ_CHARACTERS])}
    if asked & {"short", "brief", "briefly", "quick", "quickly"}:
        return "\n\n".join([*parts, chance.choice(_REMARKS).format(subject=subject)])
    parts += [section(subject, chance) for section in _sections(asked, chance)]
    if turn == 1:
        parts.append(SET_UP)
    return "\n\n".join(parts)


def got(attachments: Sequence[Attached]) -> str:
    """What came along with the prompt, and an empty line; "" where nothing did."""
    lines = [f"- `{attached.name}`, {_facts(attached)}" for attached in attachments]
    return "\n".join(["I was given:", "", *lines, "", ""]) if lines else ""


def thoughts_on(prompt: str) -> str:
    """What the demonstration pretends to think first."""
    return (
        f"The prompt is {len(prompt)} characters long, and “{_subject(_telling_words(prompt))}” "
        "stands out in it. There is no model here that could know anything of that, so the honest "
        "thing is to say so first. Then a few headings, a list, a table and some code, because "
        "that is what people want to see on their screen. Short sentences. No invented facts."
    )


def _facts(attached: Attached) -> str:
    facts = f"{attached.mime}, {shown_size(len(attached.data))}"
    if not is_text(attached.mime):
        return facts
    words = len(attached.data.decode("utf-8", "replace").split())
    return f"{facts}, {words:,} word{'s' * (words != 1)}"


def _chance(prompt: str, turn: int) -> random.Random:
    digest = hashlib.sha256(f"{turn}\0{prompt}".encode("utf-8", "replace")).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))


def _telling_words(prompt: str) -> list[str]:
    """The first few words of the prompt that carry meaning, each once."""
    words = [word for word in _WORD.findall(prompt[:READ_CHARACTERS]) if len(word) < 30]
    telling = {word.lower(): word for word in reversed(words) if word.lower() not in _STOP_WORDS}
    return list(reversed(telling.values()))[:MOST_WORDS]


def _subject(words: list[str]) -> str:
    return next((word for word in words if len(word) > 3), words[0] if words else "all this")


def _opening(words: list[str], turn: int, model: str) -> str:
    heard = ", ".join(f"**{word}**" for word in words)
    if turn == 1:
        picked = f"I heard {heard}. " if words else "Hello! "
        return (
            f"{picked}I am `{model}`, the built-in demonstration: a small script inside this "
            "program. There is no network and no model behind me, so what follows shows "
            "*how an answer looks*, not what is true."
        )
    earlier = "one earlier turn" if turn == 2 else f"{turn - 1} earlier turns"
    picked = f", and I heard {heard}" if words else ""
    return (
        f"This is turn {turn}: I was given {earlier} along with your prompt{picked}. "
        "Still the demonstration, still no model behind it."
    )


def _sections(asked: set[str], chance: random.Random) -> list[Callable[[str, random.Random], str]]:
    """What the prompt names, filled up by chance; everything where it asks for something long."""
    if asked & {"long", "longer", "everything", "detail", "detailed"}:
        return [_steps, _python, _table, _sql, _quote, _checklist]
    wanted = [section for words, section in _ASKED_FOR if asked & words]
    others = [section for section in (_steps, _table, _quote) if section not in wanted]
    chance.shuffle(others)
    if not {_python, _sql} & set(wanted):
        others.insert(0, _python)  # code is what a screen like this is looked at for
    return (wanted + others)[: max(3, len(wanted))]


def _steps(subject: str, chance: random.Random) -> str:
    first, second, third = chance.sample(_STEPS, 3)
    return (
        f"## Where to begin with “{subject}”\n\n"
        f"1. {first}\n2. {second}\n   - write down what surprised you\n   - leave the rest for "
        f"later\n3. {third}"
    )


def _checklist(subject: str, chance: random.Random) -> str:
    lines = "\n".join(f"- [{'x' if chance.random() < 0.4 else ' '}] {step}" for step in _STEPS[:4])
    return f"### Before you call it done\n\n{lines}"


def _python(subject: str, chance: random.Random) -> str:
    name = _identifier(subject)
    size = chance.choice((3, 5, 8))
    return f'''## In Python

```python
from dataclasses import dataclass, field


@dataclass(frozen=True)
class {name.title().replace("_", "")}:
    """One thing that we know about {subject}."""

    name: str
    weight: float = 1.0
    tags: tuple[str, ...] = field(default=())


def best_{name}(items: list[{name.title().replace("_", "")}], limit: int = {size}) -> list[str]:
    """The names of the heaviest `limit` items, heaviest first."""
    ranked = sorted(items, key=lambda item: (-item.weight, item.name))
    return [item.name for item in ranked[:limit]]
```

The type hints are real, the function runs, and `limit` is `{size}` for no better reason than chance.'''


def _sql(subject: str, chance: random.Random) -> str:
    name = _identifier(subject)
    days = chance.choice((7, 14, 30))
    return f"""## The same as a query

```sql
SELECT   name, count(*) AS uses, round(avg(weight), 2) AS weight
FROM     {name}
WHERE    used_at >= date('now', '-{days} days')   -- the last {days} days
GROUP BY name
HAVING   count(*) > 1
ORDER BY uses DESC, name
LIMIT    10;
```"""


def _table(subject: str, chance: random.Random) -> str:
    rows = "\n".join(
        f"| {label} | {chance.randint(1, 90)} min | {chance.choice(('yes', 'no', 'it depends'))} |"
        for label in chance.sample(_WAYS, 3)
    )
    return f"""## Ways to look at “{subject}”

| way | time | worth it |
|:----|-----:|:--------:|
{rows}

The numbers are thrown dice; the alignment of the columns is not."""


def _quote(subject: str, chance: random.Random) -> str:
    return (
        f"> {chance.choice(_REMARKS).format(subject=subject)}\n\nA quotation nobody said, to show "
        "how one looks."
    )


def _identifier(subject: str) -> str:
    """The subject as a name in code."""
    name = "_".join(re.findall(r"[a-z0-9]+", subject.lower())[:2])
    is_word = name and not name[0].isdigit() and not iskeyword(name.title())
    return name if is_word else f"item_{name}".rstrip("_")


_STEPS = (
    "Say in one sentence what would count as an answer.",
    "Try the smallest case that could possibly go wrong.",
    "Compare two results before you trust one.",
    "Measure first, then change one thing.",
    "Keep what works, and note why it does.",
    "Ask somebody who has done it before.",
)
_WAYS = ("reading about it", "a small experiment", "asking a colleague", "a walk", "a proper plan")
_REMARKS = (
    "Most questions about “{subject}” become easy once they are small enough to fit on one line.",
    "With “{subject}”, the second attempt is usually the first honest one.",
    "The best thing about “{subject}” is that one can begin today and be wrong by tomorrow.",
)
_ASKED_FOR: tuple[tuple[frozenset[str], Callable[[str, random.Random], str]], ...] = (
    (frozenset({"python", "code", "function", "class", "script"}), _python),
    (frozenset({"sql", "query", "database"}), _sql),
    (frozenset({"table", "compare", "comparison"}), _table),
    (frozenset({"list", "steps", "plan"}), _steps),
    (frozenset({"todo", "checklist"}), _checklist),
    (frozenset({"quote", "saying"}), _quote),
)

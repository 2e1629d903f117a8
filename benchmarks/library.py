"""Seeded libraries in the program's own session format, of any number of sessions and turns."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from benchmarks.prose import Prose, own_word
from tui_sessions.codec.encode import encode
from tui_sessions.model.message import Message
from tui_sessions.model.session import Meta, Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

SEED = 1
GENERATION = 2
"""Of what is made: to be raised with every change of it, because libraries may be kept."""
TURNS = 10
"""Of every session but the long ones."""
END_OF_SESSION = "ENDOFSESSION"
"""The last word of every session of `write_long`."""
_POOL = 1_000
_FOLDERS = 20
_MOST_TURNS = 100_000
_MODELS = ("openai/gpt-4o-mini", "openai/gpt-4o", "anthropic/claude-sonnet-4-5", "ollama/llama3.2")
_TAGS = ("work", "python", "rust", "ideas", "travel", "billing", "bug", "draft", "long", "review")
_START = datetime(2024, 1, 1, tzinfo=UTC)


class Maker:
    """Makes sessions out of a pool of texts, so that a hundred thousand take a minute and not an hour."""

    def __init__(self, seed: int = SEED) -> None:
        self._prose = Prose(seed)
        self._random = self._prose.random
        self._prompts = [self._prose.paragraph(60) for _ in range(_POOL)]
        self._answers = [self._prose.markdown(200, has_code=n % 3 == 0) for n in range(_POOL)]

    def session(self, number: int, turns: int) -> Session:
        """The session with that number; its title is `Session <number>` and four words."""
        at = _START + timedelta(minutes=7 * number)
        model = self._random.choice(_MODELS)
        session = Session(
            id=f"s{number:011d}",
            title=f"Session {number:06d} {self._prose.title()}",
            model=model,
            system="You are a helpful assistant.",
            created_at=at,
            updated_at=at + timedelta(minutes=5),
            meta=Meta(tags=tuple(self._random.sample(_TAGS, self._random.randint(0, 3)))),
        )
        said = tuple(self._turn(number, place, model, at) for place in range(turns))
        return session.with_turns(said)

    def _turn(self, number: int, place: int, model: str, at: datetime) -> Turn:
        prompt, answer = self._random.choice(self._prompts), self._random.choice(self._answers)
        prompt = f"{prompt} Compare {rare_word(number, place)}."
        read, written = len(prompt) // 4, len(answer) // 4
        return Turn(
            id=f"t{number:06d}x{place:05d}",
            messages=(
                Message(role="user", content=prompt, timestamp=at),
                Message(role="assistant", content=answer, timestamp=at, model=model),
            ),
            usage=Usage(prompt_tokens=read, completion_tokens=written, total_tokens=read + written),
            latency_ms=float(self._random.randint(300, 9_000)),
            cost=(read + 4 * written) * 150,
            finish="stop",
        )


def rare_word(number: int, place: int) -> str:
    """The word that is in the prompt of that turn of that session and nowhere else."""
    return own_word(number * _MOST_TURNS + place)


def sessions(count: int, turns: int, seed: int = SEED) -> Iterator[Session]:
    """`count` sessions, the oldest first."""
    maker = Maker(seed)
    return (maker.session(number, turns) for number in range(count))


def write(root: Path, count: int, turns: int) -> None:
    """A library of `count` sessions in twenty folders."""
    for number in range(_FOLDERS):
        (root / f"folder-{number:02d}").mkdir(parents=True)
    for number, session in enumerate(sessions(count, turns)):
        place = root / f"folder-{number % _FOLDERS:02d}" / f"session_{number:06d}.json"
        place.write_bytes(encode(session))


def kept(places: Path, count: int) -> Path:
    """The library of `count` sessions below `places`, made where it is not there yet."""
    root = places / f"{count}x{TURNS}-{GENERATION}"
    if not root.exists():
        unfinished = places / f"{root.name}.{os.getpid()}"
        write(unfinished, count, TURNS)
        unfinished.rename(root)
    return root


def write_long(root: Path, lengths: Sequence[int]) -> None:
    """A library of one session for every length, the first on top of the tree; the file is `long_<turns>`."""
    root.mkdir(parents=True)
    maker = Maker()
    for place, turns in enumerate(lengths):
        session = maker.session(len(lengths) - place, turns)
        (root / f"long_{turns}.json").write_bytes(encode(_ended(session, f"Long {turns}")))


def _ended(session: Session, title: str) -> Session:
    *before, last = session.turns
    asked, said = last.messages
    said = replace(said, content=f"{said.content}\n\n{END_OF_SESSION} of {title}.")
    last = replace(last, messages=(asked, said))
    return replace(session, title=title, turns=(*before, last))

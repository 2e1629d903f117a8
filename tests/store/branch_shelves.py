"""The vocabulary of the tests of branches: turns that cost something, a library with a branch, sums."""

from __future__ import annotations

from pathlib import Path

import msgspec
from shelves import opened

from tui_sessions.codec.decode import decode
from tui_sessions.codec.encode import encode
from tui_sessions.model.answers import set_aside
from tui_sessions.model.message import Message
from tui_sessions.model.money import Cost, Price
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage
from tui_sessions.store.library import Library

PRICE = Price(source="list")


def paid(turn_id: str, cost: int = 100, answer: str = "because") -> Turn:
    """A turn that cost something."""
    return Turn(
        id=turn_id,
        messages=(
            Message(role="user", content=f"why {turn_id}?"),
            Message(role="assistant", content=answer, model="demo/demo"),
        ),
        usage=Usage(prompt_tokens=cost, completion_tokens=1, total_tokens=cost + 1),
        cost=cost,
        price=PRICE,
        finish="stop",
    )


def asked_again(turn: Turn, answer: str, cost: int) -> Turn:
    """The turn with another answer standing."""
    fresh = paid(turn.id, cost, answer)
    aside = set_aside(turn)
    return msgspec.structs.replace(
        fresh, alternatives=aside.alternatives, cost=(turn.cost or 0) + cost
    )


def stocked(root: Path, turns: int = 5) -> Library:
    """`a` with turns t1, t2, …, each dearer than the one before; `b` branched off it after two turns, with
    one of its own."""
    library = opened(root)
    made = tuple(paid(f"t{number}", number * 100) for number in range(1, turns + 1))
    library.create(Session(id="a", title="A").with_turns(made), name="a")
    branch = library.branch("a", 2, title="B", new_id="b")
    library.update("b", lambda now: now.with_turn(paid("own", 7000)))
    assert branch.parent is not None
    return library


def files_of(library: Library) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(library.root.glob("*.json*"))}


def sums(library: Library) -> tuple[int, int | None]:
    """What all sessions cost and used, those in the trash too."""
    cost, usage = Cost(), Usage()
    trash = [library.trash_file(row) for row in library.trash()]
    for path in (*library.root.glob("*.json"), *trash):
        session = decode(path.read_bytes(), fallback_id="x")
        cost, usage = cost.plus(session.cost), usage.plus(session.totals)
    return cost.nanousd, usage.total_tokens


def values(library: Library) -> dict[str, bytes]:
    """Every session as it is written, but for the time of the last change."""
    return {
        row.id: encode(msgspec.structs.replace(library.load(row.id), updated_at=None))
        for row in library.rows()
    }

"""The vocabulary of the full text's tests: a directory with an index of rows and one of texts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tui_sessions.codec.decode import decode
from tui_sessions.model.found import Findings, SearchBatch
from tui_sessions.model.query import parse_query
from tui_sessions.model.session import Session
from tui_sessions.store.index.index import Index
from tui_sessions.store.texts.plain import Plain
from tui_sessions.store.texts.source import IndexSource
from tui_sessions.store.texts.texts import Texts
from tui_sessions.store.texts.wanted import wanted

LONG_AGO = 1_700_000_000
Place = tuple[str, int | None]


class TextShelf:
    """A directory, and what finds words in it."""

    def __init__(
        self,
        home: Path,
        *,
        shard_turns: int = 8_192,
        is_kept: bool = True,
        are_rows_kept: bool = True,
    ) -> None:
        self.root = home / "sessions"
        self.root.mkdir(exist_ok=True)
        self.file = home / "cache" / "texts-1.sqlite"
        self.rows = Index(self.root, home / "cache" if are_rows_kept else None)
        self.source = IndexSource(self.rows)
        self.texts = Texts(
            self.root,
            self.source,
            self.file if is_kept else None,
            self,
            shard_turns=shard_turns,
        )
        self.rows.found = self.texts.found
        self._ticks = 0

    def put(self, name: str, *turns: Any, **fields: Any) -> None:
        """A session file `name`.json: each turn a pair of prompt and answer, or a list of messages."""
        self._ticks += 1
        file = self.root / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        said = [{"messages": _messages(turn)} for turn in turns]
        file.write_text(json.dumps({"id": file.stem, "turns": said, **fields}), "utf-8")
        # So long ago that its stamp can be relied on.
        os.utime(file, (LONG_AGO + self._ticks, LONG_AGO + self._ticks))

    def remove(self, name: str) -> None:
        (self.root / f"{name}.json").unlink()

    def update(self) -> bool:
        """Looks at the directory and takes in what was said."""
        self.rows.refresh()
        return self.texts.index()

    def batches(self, query: str, **options: Any) -> list[SearchBatch]:
        return list(self.texts.search(parse_query(query), **options))

    def find(self, query: str, **options: Any) -> set[Place]:
        """Where it is found."""
        return places(self.batches(query, **options))

    def best(self, query: str) -> list[str]:
        """The sessions that are found, the best first."""
        return [found.session_id for found in Findings(self.batches(query)).top(100)]

    def find_plainly(self, query: str) -> set[Place]:
        """The same by reading the files."""
        sought = wanted(parse_query(query))
        return places(list(Plain(self.root, self.source, sought).batches()))

    # What `Texts` asks of the library.

    def path(self, session_id: str) -> Path:
        row = self.rows.by_id(session_id)
        assert row is not None
        return self.root / row.path

    def load(self, session_id: str) -> Session:
        return decode(self.path(session_id).read_bytes(), fallback_id=session_id)


def places(batches: list[SearchBatch]) -> set[Place]:
    return {(hit.session_id, hit.turn) for batch in batches for hit in batch.hits}


def _messages(turn: Any) -> list[dict[str, Any]]:
    if isinstance(turn, list):
        return [{"role": role, "content": content} for role, content in turn]
    prompt, answer = turn
    return [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]

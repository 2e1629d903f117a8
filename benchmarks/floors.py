"""What the machine itself takes for the heart of a job: the least that any program could do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from benchmarks.terminal import own_moment


class _Message(msgspec.Struct):
    content: str


class _Turn(msgspec.Struct):
    messages: list[_Message]


class _File(msgspec.Struct):
    turns: list[_Turn]


def scan_ms(root: Path) -> float:
    """Look at the name and the stamp of every file."""
    began = own_moment()
    folders = [str(root)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)
    return 1000 * (own_moment() - began)


class Fts:
    """SQLite's full text over a library, and nothing round it: a row a turn, no texts kept, no sessions."""

    def __init__(self, path: Path, root: Path) -> None:
        cpu = time.process_time()
        self._connection = sqlite3.connect(path)
        self.text_bytes = 0
        """What was said, in UTF-8."""
        with self._connection as connection:
            connection.execute("CREATE VIRTUAL TABLE said USING fts5(prompt, answer, content='')")
            connection.executemany(
                "INSERT INTO said(prompt, answer) VALUES (?, ?)", self._said(root)
            )
        self.cpu_s = time.process_time() - cpu
        """Processor time to make it."""
        self.size = path.stat().st_size

    def _said(self, root: Path) -> Iterator[tuple[str, str]]:
        decode = msgspec.json.Decoder(_File).decode
        for path in sorted(root.rglob("*.json")):
            if any(part.startswith(".") for part in path.relative_to(root).parts):
                continue
            for turn in decode(path.read_bytes()).turns:
                prompt, answer = (message.content for message in turn.messages)
                self.text_bytes += len(prompt.encode()) + len(answer.encode())
                yield prompt, answer

    def ms(self, words: str) -> float:
        """The twenty newest rows that match."""
        return self._ms(words, "rowid DESC")

    def best_ms(self, words: str) -> float:
        """The twenty best rows that match."""
        return self._ms(words, "rank")

    def _ms(self, words: str, order: str) -> float:
        began = own_moment()
        query = f"SELECT rowid FROM said WHERE said MATCH ? ORDER BY {order} LIMIT 20"
        with closing(self._connection.execute(query, (words,))) as found:
            found.fetchall()
        return 1000 * (own_moment() - began)


def ripgrep() -> str | None:
    """Where `rg` is, if it is installed."""
    return shutil.which("rg")

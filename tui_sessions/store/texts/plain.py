"""Search without an index: every file is read and looked through, newest first. Slow, and always right.

It is what serves where the index cannot be, and the measure of the one that is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tui_sessions.codec.texts import ROLES, Texts, read_texts
from tui_sessions.errors import DamagedFileError, StoreError
from tui_sessions.model.found import Hit, SearchBatch
from tui_sessions.model.query import Query, Term
from tui_sessions.model.words import indexed, words, words_of
from tui_sessions.store import files
from tui_sessions.store.texts.database import Stop
from tui_sessions.store.texts.heads import HEAD_BONUS
from tui_sessions.store.texts.searching import MOST_SESSIONS
from tui_sessions.store.texts.source import Source
from tui_sessions.store.texts.wanted import Wanted

_BATCH = 50
"""Sessions that are read for one batch."""
_PROMPT_WEIGHT = 2.0


class Plain:
    """One search through the files."""

    def __init__(self, root: Path, source: Source, wanted: Wanted) -> None:
        self._root = os.fsencode(root)
        self._source = source
        self._wanted = wanted
        self._fitting = [
            source.fids(Query((group.rows,))) if group.rows else set() for group in wanted.groups
        ]
        """The sessions that meet each group whatever was said."""
        self._columns = [place for place, role in enumerate(ROLES) if role in wanted.roles]

    def batches(self, stop: Stop | None = None) -> Iterator[SearchBatch]:
        """What every fifty files hold. Ends when `stop` says so."""
        wanted = self._wanted
        fids = [] if wanted.is_void else list(self._source.newest(wanted.rows))
        paths = {fid: path for fid, path, *_ in self._source.stamps()}
        total = max(1, -(-len(fids) // _BATCH))
        listed = 0
        for done in range(total):
            hits: list[Hit] = []
            part = fids[done * _BATCH : (done + 1) * _BATCH]
            ids = self._source.ids_of(part)
            for fid in part:
                if stop is not None and stop():
                    return
                if fid not in ids or fid not in paths:
                    continue
                if wanted.groups or wanted.unwanted:
                    hits += self._in_file(fid, ids[fid], paths[fid])
                elif listed < MOST_SESSIONS:
                    hits.append(Hit(session_id=ids[fid], place="title"))
                    listed += 1
            hits.sort(key=lambda hit: -hit.score)
            yield SearchBatch(hits=tuple(hits), found=len(hits), done=done + 1, total=total)

    def holding(self, terms: tuple[Term, ...]) -> set[int]:
        """The sessions that have any of the words anywhere."""
        found = set()
        for fid, path, *_ in self._source.stamps():
            texts = self._read(path)
            if texts is not None and _Looked(texts, self._columns).has_any(terms):
                found.add(fid)
        return found

    def _read(self, path: bytes) -> Texts | None:
        try:
            return read_texts(files.read(os.fsdecode(os.path.join(self._root, path))).data)
        except (FileNotFoundError, StoreError, DamagedFileError):
            return None

    def _in_file(self, fid: int, session_id: str, path: bytes) -> Iterator[Hit]:
        texts = self._read(path)
        if texts is None:
            return
        looked = _Looked(texts, self._columns)
        wanted = self._wanted
        if not wanted.groups:
            if not looked.has_any(wanted.unwanted):
                yield Hit(session_id=session_id, place="title")
            return
        if wanted.unwanted and looked.head_has(wanted.unwanted):
            return
        met = [self._meets(number, fid, looked) for number in range(len(wanted.groups))]
        if all(met):
            place = "title" if looked.title_has(_all_said(wanted)) else "notes"
            is_fact = any(group.rows or group.unsaid for group in wanted.groups)
            yield Hit(
                session_id=session_id,
                place="title" if is_fact else place,
                score=0.0 if is_fact else HEAD_BONUS,
            )
        for turn in range(len(texts.turns)):
            score = self._score(looked, turn, met)
            if score is not None:
                place = "prompt" if looked.prompt_has(turn, _all_said(wanted)) else "answer"
                yield Hit(session_id=session_id, turn=turn, place=place, score=score)

    def _meets(self, number: int, fid: int, looked: _Looked) -> bool:
        """Whether a session meets a group without a word said."""
        group, fitting = self._wanted.groups[number], self._fitting[number]
        if fitting is None or fid in fitting or looked.head_has(group.said):
            return True
        return any(not looked.has_any((term,)) for term in group.unsaid)

    def _score(self, looked: _Looked, turn: int, met: list[bool]) -> float | None:
        """How well a turn fits; None where it does not."""
        if looked.turn_has(turn, self._wanted.unwanted):
            return None
        said = [looked.turn_has(turn, group.said) for group in self._wanted.groups]
        if not any(said) or not all(map(_either, said, met)):
            return None
        prompt = looked.prompt_has(turn, _all_said(self._wanted))
        return sum(said) + (_PROMPT_WEIGHT if prompt else 0.0)


class _Looked:
    """The words of one session, made when they are asked for."""

    def __init__(self, texts: Texts, columns: list[int]) -> None:
        self._columns = columns
        self._title = _Line(texts.title), _Line("\n".join(texts.tags))
        self._notes = _Line(texts.notes)
        self._turns = [[_Line(text) for text in turn] for turn in texts.turns]

    def has_any(self, terms: tuple[Term, ...]) -> bool:
        """Whether any of the words stands anywhere."""
        return self.head_has(terms) or any(
            self.turn_has(turn, terms) for turn in range(len(self._turns))
        )

    def title_has(self, terms: tuple[Term, ...]) -> bool:
        """Whether title or tags have any of them."""
        return any(line.has(term) for line in self._title for term in terms)

    def head_has(self, terms: tuple[Term, ...]) -> bool:
        """Whether title, tags or notes have any of them."""
        if self._columns:
            return False  # Only what certain roles said counts.
        return self.title_has(terms) or any(self._notes.has(term) for term in terms)

    def turn_has(self, turn: int, terms: tuple[Term, ...]) -> bool:
        """Whether the turn has any of them."""
        lines = self._turns[turn]
        lines = [lines[column] for column in self._columns] if self._columns else lines
        return any(line.has(term) for line in lines for term in terms)

    def prompt_has(self, turn: int, terms: tuple[Term, ...]) -> bool:
        """Whether its prompt has any of them."""
        if self._columns and 0 not in self._columns:
            return False
        return any(self._turns[turn][0].has(term) for term in terms)


class _Line:
    """The words of one text, each between two blanks."""

    __slots__ = ("_line", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._line: str | None = None

    def has(self, term: Term) -> bool:
        """Whether they hold the words of `term` beside each other."""
        if not self._text:
            return False
        looked_for = words_of(term.value)
        if self._line is None:
            if self._text.isascii() and not _may_have(self._text, looked_for):
                return False
            self._line = f" {' '.join(words(indexed(self._text)))} "
        phrase = " ".join(looked_for)
        return (f" {phrase}" if term.is_prefix else f" {phrase} ") in self._line


def _may_have(text: str, looked_for: tuple[str, ...]) -> bool:
    folded = text.lower()
    return all(word in folded for word in looked_for)


def _all_said(wanted: Wanted) -> tuple[Term, ...]:
    return tuple(term for group in wanted.groups for term in group.said)


def _either(first: bool, second: bool) -> bool:
    return first or second

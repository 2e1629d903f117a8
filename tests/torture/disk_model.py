"""A disk whose power is cut: what may stand on it after each recorded operation.

The model knows no file system but the promises that all keep: what `fsync` returned for is there, the bytes of a file
by the file, its names by the folder; a rename is made or not made; of everything else any part may have arrived, in
any order. So bytes may be missing, cut or zero though their name has come, and names may be missing though their bytes
have come.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from disk_trace import Operation

_VERSION = ".version"
Slot = tuple[int, str]
"""A name in a folder."""


class Stamp(NamedTuple):
    """What a power cut changes nothing about: the names of versions tell it."""

    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, path: str) -> Stamp:
        """That of a file."""
        status = os.lstat(path)
        return cls(status.st_mtime_ns, status.st_ino)


class Change(NamedTuple):
    """An operation on bytes: some, and where they went, or a size."""

    number: int
    at: int
    value: bytes | int


@dataclass
class File:
    """Something on the disk: a folder, or bytes and what was written to them since they were last synced."""

    is_folder: bool
    data: bytes = b""
    """What is safe."""
    pending: list[Change] = field(default_factory=list)
    """Since then."""


class Naming(NamedTuple):
    """An operation on names: what each slot holds from then on."""

    number: int
    slots: tuple[tuple[Slot, int | None], ...]
    folders: frozenset[int]


class Choice(NamedTuple):
    """Which of what is not safe has arrived."""

    word: str
    names: frozenset[int]
    """By the numbers of namings."""
    bytes: str
    """`all`, `none`, `half` or `zero`, or a number that says what each file has by chance."""


Tree = dict[str, tuple[int, bytes | None]]
"""By path: the file's number, and its bytes; None for a folder."""


class Disk:
    """What is safe, and what is on its way, after the operations so far."""

    def __init__(self, files: Path, root: Path | None = None) -> None:
        """A disk on which all `files` are safe; they lie at `root` where operations name them."""
        self._root = str(root or files)
        self._stamps: dict[int, Stamp] = {}
        self._files: dict[int, File] = {0: File(is_folder=True)}
        self._safe: dict[Slot, int] = {}
        self._now: dict[Slot, int] = {}
        self._namings: list[Naming] = []
        self._gone: dict[str, int] = {}
        self._number = 0
        self._take_in(files, 0, {})

    def _take_in(self, folder: Path, number: int, links: dict[int, int]) -> None:
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            inode = entry.inode()
            is_folder = entry.is_dir(follow_symlinks=False)
            if inode not in links:
                data = b"" if is_folder else Path(entry.path).read_bytes()
                links[inode] = self._new(File(is_folder=is_folder, data=data))
                self._stamps[links[inode]] = Stamp.of(entry.path)
            self._safe[number, entry.name] = self._now[number, entry.name] = links[inode]
            if is_folder:
                self._take_in(Path(entry.path), links[inode], links)

    def _new(self, file: File) -> int:
        number = len(self._files)
        self._files[number] = file
        return number

    def stamps(self) -> dict[int, Stamp]:
        """When the files were written last, and their inodes, by number: as far as they can be found now."""
        for (folder, name), number in self._now.items():
            place = self._path(folder, name)
            if number not in self._stamps and place is not None and os.path.lexists(place):
                self._stamps[number] = Stamp.of(place)
        return dict(self._stamps)

    def _path(self, folder: int, name: str) -> str | None:
        if folder == 0:
            return f"{self._root}/{name}"
        for (above, own), number in self._now.items():
            if number == folder:
                return f"{self._path(above, own)}/{name}"
        return None

    # what happens

    def is_ours(self, operation: Operation) -> bool:
        """Whether it changes what lies here, or makes it safe."""
        is_here = operation.path == self._root or operation.path.startswith(self._root + "/")
        is_reading = operation.call == "open" and not {"O_CREAT", "O_TRUNC"} & set(
            operation.flags.split("|")
        )
        return is_here and not is_reading

    def happen(self, operation: Operation) -> None:
        """One more operation."""
        self._number += 1
        if not self.is_ours(operation):
            return
        match operation.call:
            case "open":
                self._open(operation)
            case "write":
                self._change(operation, operation.data)
            case "cut":
                self._change(operation, operation.at or 0)
            case "mkdir":
                self._name({self._slot(operation.path): self._new(File(is_folder=True))})
            case "unlink" | "rmdir":
                slot = self._slot(operation.path)
                self._gone[operation.path] = self._now[slot]
                self._name({slot: None})
            case "link":
                self._name({self._slot(operation.path): self._found(operation.former)})
            case "rename":
                number = self._found(operation.former)
                self._name({self._slot(operation.former): None, self._slot(operation.path): number})
            case "sync":
                self._sync(operation)

    def _open(self, operation: Operation) -> None:
        slot = self._slot(operation.path)
        if slot not in self._now:
            if "O_CREAT" in operation.flags:
                self._name({slot: self._new(File(is_folder=False))})
        elif "O_TRUNC" in operation.flags:
            self._files[self._now[slot]].pending.append(Change(self._number, 0, 0))

    def _change(self, operation: Operation, value: bytes | int) -> None:
        file, at = self._opened(operation), operation.at
        if (
            at is None
        ):  # Where it went is settled now: what is lost before it leaves zeros, no less.
            at = len(_applied(file.data, file.pending))
        file.pending.append(Change(self._number, at, value))

    def _opened(self, operation: Operation) -> File:
        number = self._gone.get(operation.path) if operation.is_gone else None
        return self._files[self._found(operation.path) if number is None else number]

    def _sync(self, operation: Operation) -> None:
        # Threads write side by side: what was not over when a barrier began is not covered by it.
        file = self._opened(operation)
        if not file.is_folder:
            safe = [change for change in file.pending if change.number <= operation.covers]
            file.data, file.pending = _applied(file.data, safe), file.pending[len(safe) :]
            return
        number = self._found(operation.path)
        left = []
        for naming in self._namings:
            folders = (
                naming.folders - {number} if naming.number <= operation.covers else naming.folders
            )
            if folders:
                left.append(naming._replace(folders=folders))
                continue
            for slot, value in naming.slots:
                self._settle(slot, value)
        self._namings = left

    def _settle(self, slot: Slot, value: int | None) -> None:
        if value is None:
            self._safe.pop(slot, None)
        else:
            self._safe[slot] = value

    def _name(self, slots: dict[Slot, int | None]) -> None:
        for slot, value in slots.items():
            if value is None:
                self._now.pop(slot, None)
            else:
                self._now[slot] = value
        folders = frozenset(folder for folder, _ in slots)
        self._namings.append(Naming(self._number, tuple(slots.items()), folders))

    def _slot(self, path: str) -> Slot:
        folder, _, name = path.rpartition("/")
        return self._found(folder), name

    def _found(self, path: str) -> int:
        number = 0
        for part in path[len(self._root) :].strip("/").split("/"):
            if part:
                number = self._now[number, part]
        return number

    # what may stand there when the power is cut

    def choices(self, chance: Random, by_chance: int) -> Iterator[Choice]:
        """What may have arrived: the extremes, each name alone and all but each, and so many by chance."""
        names = frozenset(naming.number for naming in self._namings)
        none: frozenset[int] = frozenset()
        for word in ("all", "none", "half", "zero"):
            yield Choice(f"all names, {word} bytes", names, word)
        yield Choice("no names, all bytes", none, "all")
        yield Choice("no names, no bytes", none, "none")
        for number in sorted(names):
            yield Choice(f"all names but {number}", names - {number}, "all")
            yield Choice(f"of the names {number}, no bytes", frozenset({number}), "none")
        for _ in range(by_chance):
            some = frozenset(number for number in sorted(names) if chance.random() < 0.5)
            yield Choice("by chance", some, str(chance.random()))

    def tree(self, choice: Choice) -> Tree:
        """What stands there then."""
        slots = dict(self._safe)
        for naming in self._namings:
            if naming.number not in choice.names:
                continue
            for slot, value in naming.slots:
                if value is None:
                    slots.pop(slot, None)
                else:
                    slots[slot] = value
        inside: dict[int, list[tuple[str, int]]] = {}
        for (folder, name), number in slots.items():
            inside.setdefault(folder, []).append((name, number))
        tree: Tree = {}
        self._grow(tree, "", 0, inside, choice.bytes)
        return tree

    def _grow(
        self,
        tree: Tree,
        path: str,
        number: int,
        inside: dict[int, list[tuple[str, int]]],
        word: str,
    ) -> None:
        for name, child in sorted(inside.get(number, ())):
            place, file = f"{path}{name}", self._files[child]
            if file.is_folder:
                tree[place] = (child, None)
                self._grow(tree, place + "/", child, inside, word)
            else:
                tree[place] = (child, _arrived(file, word, child))


def _applied(data: bytes, changes: list[Change]) -> bytes:
    for _, at, value in changes:
        if isinstance(value, int):
            data = data[:value].ljust(value, b"\0")
        else:
            data = data[:at].ljust(at, b"\0") + value + data[at + len(value) :]
    return data


def _arrived(file: File, word: str, number: int) -> bytes:
    whole = _applied(file.data, file.pending)
    if whole == file.data or word == "all":
        return whole
    if word not in ("none", "half", "zero"):
        chance = Random(f"{word} {number}")
        word = chance.choice(("all", "none", "half", "zero", "some"))
        if word == "all":
            return whole
        if word == "some":
            changes = [change for change in file.pending if chance.random() < 0.5]
            return _applied(file.data, changes)
    if word == "none":
        return file.data
    if not whole.startswith(file.data):  # Written over, or cut: any of the two.
        return file.data if word == "half" else b"\0" * len(whole)
    grown = len(whole) - len(file.data)
    if word == "half":
        return whole[: len(file.data) + grown // 2]
    return file.data + b"\0" * grown


def build(tree: Tree, root: Path, stamps: dict[int, Stamp]) -> None:
    """Makes these files; a file with several names is one file still. Where the inode of one is part of the
    name of another, it is the new one there."""
    root.mkdir(parents=True, exist_ok=True)
    known: dict[int, str] = {}
    inodes: dict[str, str] = {}
    for path, (number, data) in sorted(tree.items(), key=lambda each: each[0].endswith(_VERSION)):
        place = f"{root}/{path}"
        if path.endswith(_VERSION):
            folder, _, name = place.rpartition("/")
            place = f"{folder}/{'-'.join(inodes.get(part, part) for part in name.split('-'))}"
        if data is None:
            os.mkdir(place, 0o700)
        elif number in known:
            os.link(known[number], place)
        else:
            known[number] = place
            _write(place, data, stamps.get(number))
            if number in stamps:
                inodes[str(stamps[number].inode)] = str(os.lstat(place).st_ino)


def _write(place: str, data: bytes, stamp: Stamp | None) -> None:
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(data)
    if stamp is not None:
        os.utime(place, ns=(stamp.mtime_ns, stamp.mtime_ns))

"""A place where hostile archives are opened, and the archives: names that lead elsewhere, forged lists, bombs."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import struct
import tarfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

from proof import size

from tui_sessions.errors import TuiSessionsError
from tui_sessions.store.backup import manifest as form
from tui_sessions.store.backup import packing
from tui_sessions.store.backup.backups import Backups
from tui_sessions.store.backup.reading import TOP
from tui_sessions.store.backup.safe_names import is_plain
from tui_sessions.store.library import Library

NAMES = (
    "../outside",
    "../../../../tmp/outside",
    "/tmp/outside",
    "..\\..\\outside",
    "a/../../outside",
    ".",
    "..",
    "",
    ".hidden",
    "-rf",
    "--help",
    "CON",
    "nul",
    "aux",
    "a\0b",
    "a\nb",
    "x" * 300,
    "\u202egnp.exe",
    "e\u0301",
    "~root",
    "$(touch outside)",
    "`touch outside`",
    "file:///tmp/outside",
    "\\\\server\\share",
    "C:outside",
    "trailing. ",
    "%2e%2e%2foutside",
    "\x1b]0;OUTSIDE\x07",
)
KINDS = {
    "file": tarfile.REGTYPE,
    "old file": tarfile.AREGTYPE,
    "symbolic link": tarfile.SYMTYPE,
    "hard link": tarfile.LNKTYPE,
    "character device": tarfile.CHRTYPE,
    "block device": tarfile.BLKTYPE,
    "pipe": tarfile.FIFOTYPE,
    "folder": tarfile.DIRTYPE,
    "sparse": tarfile.GNUTYPE_SPARSE,
    "contiguous": tarfile.CONTTYPE,
}
FORMS = (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)
GOOD = json.dumps({"id": "good", "turns": []}).encode()
MOST_MEMORY = 300_000_000


def now() -> datetime:
    return datetime.now(UTC)


class Ground:
    """A library with one session in a folder in which nothing else may appear or change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "deep" / "er" / "library"
        self.root.mkdir(parents=True)
        (self.root / "mine.json").write_bytes(b'{"id": "mine", "turns": [], "title": "Mine"}')
        (folder / "outside").write_bytes(b"untouched")
        self.library = Library.open(self.root, now=now)
        self.library.refresh()
        self.backups = Backups(self.library, folder / "backups", now=now)
        self.path = folder / "archive.tar"

    def restore(self, *, is_sure: bool = False) -> tuple[str, ...]:
        """Restores whatever the archive is; every error is one of ours, or none."""
        self.library.refresh()
        try:
            source = self.backups.open(self.path, is_sure=is_sure)
            preview = self.backups.preview(source)
            restored = self.backups.restore(source, preview)
        except TuiSessionsError as error:
            return () if str(error) else ("no reason",)
        return (*restored.new, *restored.beside)

    def check(self) -> None:
        """Nothing outside the library, nothing odd in it, and what was there as it was."""
        outside = {
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if not path.is_relative_to(self.root)
        }
        assert outside == {"outside", "archive.tar", "deep", "deep/er"}
        assert (self.folder / "outside").read_bytes() == b"untouched"
        assert b"Mine" in (self.root / "mine.json").read_bytes()
        for path in self.root.rglob("*"):
            assert not path.is_symlink()
            assert path.is_file() or path.is_dir()
            name = path.relative_to(self.root).as_posix()
            if not name.startswith(".tui-sessions"):
                assert is_plain(name), name

    def empty(self) -> None:
        for path in sorted(self.root.rglob("*"), reverse=True):
            if ".tui-sessions" not in path.parts and path.name != "mine.json":
                path.rmdir() if path.is_dir() else path.unlink()
        self.library.refresh()


def archive_of(name: str, kind: bytes, form: int) -> bytes:
    """One member of that name and kind, leading or pointing outside, before a good session."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for each in (name, f"{name}.json", f"{name}/x.json"):
            info = tarfile.TarInfo(each)
            info.type, info.linkname = kind, "../../../outside"
            info.size = len(GOOD) if kind in (tarfile.REGTYPE, tarfile.AREGTYPE) else 0
            try:
                archive.addfile(info, io.BytesIO(GOOD) if info.size else None)
                # Then a file through it, as if it were a folder.
                inner = tarfile.TarInfo(f"{each}/inner.json")
                inner.size = len(GOOD)
                archive.addfile(inner, io.BytesIO(GOOD))
            except (ValueError, struct.error, UnicodeError):
                continue  # No tar of that form can hold that name.
        info = tarfile.TarInfo("good.json")
        info.size = len(GOOD)
        archive.addfile(info, io.BytesIO(GOOD))
    return file.getvalue()


def manifest_of(*names: str, **more: object) -> bytes:
    """The list of a backup that holds good sessions under these names."""
    digest = hashlib.sha256(GOOD).hexdigest()
    members = [[name, "session", digest, len(GOOD), 0, "", ""] for name in names]
    found = {"program": form.PROGRAM, "format": 1, "id": "x", "members": members, "folders": names}
    return json.dumps({**found, **more}).encode()


def forged(data: bytes, names: tuple[str, ...] = ()) -> bytes:
    """An archive that looks like one of ours."""
    written: list[bytes] = []
    packer = packing.Packer(written.append)
    for name in names:
        packer.add(member(f"{TOP}/library/{name}", GOOD))
    packer.flush()
    offset = packer.written
    packer.add(member(f"{TOP}/manifest.json", data) + b"\0" * 1024)
    packer.close(offset)
    packer.stop()
    return b"".join(written)


def member(name: str, data: bytes, stated: int | None = None) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = len(data) if stated is None else stated
    header = info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
    return header + data + b"\0" * (-len(data) % 512)


def swollen(before: bytes, byte: bytes, count: int, after: bytes = b"") -> bytes:
    """Packed: something, the same byte so many times, and something else."""
    packer = zlib.compressobj(9, wbits=31)
    pieces = [packer.compress(before)]
    pieces += [packer.compress(byte * (1 << 20)) for _ in range(count >> 20)]
    return b"".join([*pieces, packer.compress(after), packer.flush()])


def bomb(name: str, unpacked: int) -> bytes:
    """A packed archive of one file of zeros."""
    return swollen(member(name, b"", unpacked)[:512], b"\0", unpacked)


BOMBS = {
    "one file": lambda big: bomb("a.json", big),
    "a name without end": lambda big: swollen(endless(b"L", big), b"x", big),
    "a header without end": lambda big: swollen(endless(b"x", big), b"x", big),
    "no session": lambda big: bomb("a.bin", big),
    "a packed session": lambda big: (
        member("a.json.gz", swollen(b'{"id": "a", "x": "', b"0", big, b'"}')) + b"\0" * 1024
    ),
    "many files": lambda big: gzip.compress(member("x.json", b"{}") * 20_000 + b"\0" * 1024),
    "many names": lambda big: gzip.compress(
        b"".join(member(f"{n}.json", b"{}") for n in range(10_500)) + b"\0" * 1024
    ),
    "a long list of nothing": lambda big: forged(
        b'{"program": "tui-sessions", "format": 1, "x": [' + b"[]," * 15_000_000 + b"[]]}"
    ),
    "a list that goes on": lambda big: forged(
        b'{"program":"tui-sessions","format":1,"members":['
        + b",".join(
            b'["%d","session","%s",1]' % (n, b"0" * 64) for n in range(size(60_000, 400_000))
        )
        + b"]}"
    ),
    "a forged session of zeros": lambda big: forged_bomb(big),
}


def endless(flag: bytes, stated: int) -> bytes:
    """The header of a header that is to be so long."""
    header = bytearray(member("././@LongLink", b"", 0)[:512])
    header[156:157] = flag
    header[124:136] = b"\x80" + stated.to_bytes(11, "big")
    total = sum(header[:148]) + sum(header[156:512]) + 8 * 32
    header[148:156] = b"%06o\0 " % total
    return bytes(header)


def forged_bomb(big: int) -> bytes:
    digest = "0" * 64
    members = [["a.json", "session", digest, big, 0, "", ""]]
    body = member(f"{TOP}/library/a.json", b"", big)[:512]
    packed = swollen(body, b"\0", big)
    tail = gzip.compress(
        member(f"{TOP}/manifest.json", manifest_of(members=members)) + b"\0" * 1024
    )
    footer = packing._BEFORE + struct.pack("<Q", len(packed)) + packing._AFTER
    return packed + tail + footer

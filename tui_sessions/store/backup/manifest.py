"""What a backup says about itself: when it was made, of which library, and every file with its hash. Pure.

No titles and no texts: a manifest may be looked at by whoever keeps the backups.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

from tui_sessions.errors import DamagedFileError, NewerFormatError
from tui_sessions.model.times import format_time, parse_time

FORMAT = 1
PROGRAM = "tui-sessions"
FILE = "manifest.json"
LIBRARY = "library"
"""The folder in a backup below which every file lies as it lay in the library."""
OWN = ".tui-sessions"
MOST_BYTES = 48_000_000
"""Three hundred thousand files."""
SESSION, ATTACHMENT, JOURNAL, SEARCHES, TRASH, HISTORY = (
    "session",
    "attachment",
    "journal",
    "searches",
    "trash",
    "history",
)
_ESCAPED = re.compile("[%\ud800-\udfff]")
_ESCAPE = re.compile(r"%(..)?")

_Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z", max_length=64)]
_Size = Annotated[int, msgspec.Meta(ge=0, le=1 << 50)]


class Member(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One file of a backup."""

    path: str
    """In the library, with `/`; as it stands in the manifest, see `escaped`."""
    kind: str
    sha256: _Hash
    size: _Size
    mtime_ns: Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)] = 0
    session: str = ""
    """The session's id; empty where there is none, or it is made of the path."""
    held: str = ""
    """The id of the backup that holds the bytes; empty: this one."""

    @property
    def place(self) -> str:
        """The path in the library."""
        return unescaped(self.path)


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a backup without its list of files."""

    program: str = ""
    format: int = 0
    id: str = ""
    library: str = ""
    """Of which library; an id, no path."""
    at: str = ""
    is_automatic: bool = False
    sessions: _Size = 0
    files: _Size = 0
    size: _Size = 0
    """Bytes of all files together."""
    left_out: _Size = 0
    """How many files could not be read when it was made."""
    bases: dict[str, str] = {}
    """The backups that hold files of this one: id and the name each had."""

    @property
    def made_at(self) -> datetime | None:
        """When it was made."""
        return parse_time(self.at)


class Manifest(Heading, frozen=True, kw_only=True):
    """All of it."""

    folders: tuple[str, ...] = ()
    """Of the library, empty ones too; escaped."""
    members: tuple[Member, ...] = ()


T = TypeVar("T", bound=Heading)


def heading_of(manifest: Manifest) -> Heading:
    """The manifest without its lists."""
    fields = {name: getattr(manifest, name) for name in Heading.__struct_fields__}
    return Heading(**fields)


def encoded(manifest: Manifest) -> bytes:
    """The text of `manifest.json`."""
    return msgspec.json.encode(manifest) + b"\n"


def read_heading(data: bytes) -> Heading:
    """What it says of the whole. Raises `DamagedFileError`."""
    return _checked(_decoded(data, Heading))


def read_manifest(data: bytes) -> Manifest:
    """All of it. Raises `DamagedFileError`."""
    return _checked(_decoded(data, Manifest))


def stamp(at: datetime) -> str:
    """A time as the heading has it."""
    return format_time(at)


def escaped(path: str) -> str:
    """A path as text that any JSON can hold: bytes of a file name that are no UTF-8 as `%80` to `%ff`, and
    `%` itself as `%25`."""
    return _ESCAPED.sub(lambda found: f"%{ord(found[0]) & 0xFF:02x}", path)


def unescaped(text: str) -> str:
    """The path again. Raises `DamagedFileError` for what `escaped` never gives."""

    def char(found: re.Match[str]) -> str:
        digits = found[1] or ""
        if digits == "25":
            return "%"
        if re.fullmatch("[89a-f][0-9a-f]", digits):
            return chr(0xDC00 + int(digits, 16))
        raise DamagedFileError("The list of its files is damaged: a name in it makes no sense.")

    return _ESCAPE.sub(char, text) if "%" in text else text


def _decoded(data: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise DamagedFileError("The list of its files is damaged.") from error


def _checked(found: T) -> T:
    if found.program != PROGRAM or not found.format:
        raise DamagedFileError("It is no backup of tui-sessions.")
    if found.format > FORMAT:
        raise NewerFormatError(
            "It was made by a newer version of tui-sessions. Update the program to restore it."
        )
    return found

"""What the disk refused, in words: an `OSError` to a `StoreError` that says which path, why and what to do."""

from __future__ import annotations

import errno
import os

from tui_sessions.errors import StoreError
from tui_sessions.model.text import clean_line

_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space and try again."),
    errno.EDQUOT: ("your quota on this disk is used up", "Free some space and try again."),
    errno.EROFS: ("the disk is read-only", "Make it writable, or choose another folder with --dir."),
    errno.EACCES: ("permission is denied", "Change its permissions, or choose another folder with --dir."),
    errno.EPERM: ("the system does not permit it", "Change its permissions, or choose another folder with --dir."),
    errno.EISDIR: ("it is a folder", "Move it away or choose another name."),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "Choose another folder with --dir."),
    errno.EEXIST: ("something else has that name", "Move it away or choose another name."),
    errno.ELOOP: ("it is a symbolic link, which is not followed here", "Put the file itself in its place."),
    errno.EFBIG: ("it would be larger than the system allows", "Raise the limit on file sizes."),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter one."),
    errno.EIO: ("the disk reports an error", "Check the disk; nothing was overwritten."),
    errno.EMFILE: ("too many files are open", "Close some programs and try again."),
    errno.ENFILE: ("too many files are open", "Close some programs and try again."),
    errno.ENOENT: ("it is not there any more", "Look whether it was moved."),
}  # fmt: skip


def reason(error: OSError) -> str:
    """Why the system refused, without the path."""
    return _REASONS.get(error.errno or 0, (error.strerror or str(error), ""))[0]


def refused(error: OSError, doing: str, path: str | os.PathLike[str]) -> StoreError:
    """The error to raise: `doing` is `read`, `write`, `list`, …"""
    _, cure = _REASONS.get(error.errno or 0, ("", ""))
    sentence = f"Cannot {doing} {clean_line(os.fspath(path))}: {reason(error)}."
    return StoreError(f"{sentence} {cure}".strip())

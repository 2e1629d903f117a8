"""The vocabulary of the tests of backups: a library with one of everything, and another to bring it into."""

from __future__ import annotations

import gzip
from pathlib import Path

from shelves import Ticking, names, opened, put, stocked

from tui_sessions.store.backup.backups import Backups
from tui_sessions.store.backup.writing import Made, Options
from tui_sessions.store.library import Library

KINDS = ("tar", "folder")
FOLDER = Options(kind="folder")


def backups_of(library: Library, folder: Path) -> Backups:
    library.refresh()
    return Backups(library, folder, now=Ticking())


def made(backups: Backups, dest: Path | None = None, options: Options | None = None) -> Made:
    found = backups.make(dest, options)
    assert found is not None
    return found


def bytes_of(root: Path) -> dict[str, bytes]:
    return {name: (root / name).read_bytes() for name in names(root) if (root / name).is_file()}


def brought_into(root: Path, backups: Backups, path: Path) -> Library:
    """Another library with all that the backup holds."""
    library = opened(root)
    other = Backups(library, backups.folder, now=Ticking())
    source = other.open(path)
    restored = other.restore(source, other.preview(source))
    assert not restored.outcome.problems
    return library


def one_of_everything(root: Path) -> Library:
    """Sessions, a folder, a packed one, a damaged one, an attachment, a saved search, one in the trash."""
    library = stocked(root)
    part = library.attachments.put(b"a picture", name="p.png")
    put(root, "work/odd name.json", id="odd", title="Odd", future={"kept": [1]})
    put(root, "named.json", id="named", note=part.extra["sha256"])
    (root / "packed.json.gz").write_bytes(gzip.compress(b'{"id": "packed", "turns": []}'))
    (root / "broken.json").write_bytes(b'{"id": "br')
    (root / "empty").mkdir()
    library.searches.add("Mine", "tag:x")
    library.refresh()
    library.delete("s2")
    return library

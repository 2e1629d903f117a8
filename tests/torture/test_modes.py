"""What the program writes is its owner's alone, whatever the umask; and what somebody put in the place of one
of its files (a link, a pipe, a device, a folder) is refused with a sentence, and nothing is written elsewhere."""

from __future__ import annotations

import io
import json
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from proof import tell

from tui_sessions.cli.main import main
from tui_sessions.config.drafts import Draft
from tui_sessions.config.queue_file import QueueFile
from tui_sessions.wiring import services

Streams = pytest.CaptureFixture[str]
ID = "talk"
SESSION = {
    "id": ID,
    "title": "Talk",
    "model": "demo/demo",
    "turns": [{"id": "t", "messages": [{"role": "user", "content": "Hello"}]}],
}
LOCK = f"{zlib.crc32(ID.encode()) % 256:02x}.lock"
FAST = ("--set", "providers.demo.words_per_s=0", "--set", "chat.model=demo/demo")


class Nobody(io.StringIO):
    """Standard input of somebody who types nothing."""

    def isatty(self) -> bool:
        return True


class Done(NamedTuple):
    """What a call of the program gave."""

    code: int
    err: str


class Place:
    """A home and a library of their own, and the program run on them."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, streams: Streams) -> None:
        self._streams = streams
        self.home, self.library, self.outside = (root / name for name in ("home", "lib", "outside"))
        for folder in (self.home, self.outside):
            folder.mkdir()
            folder.chmod(0o700)
        for kind in ("config", "data", "state", "cache"):
            monkeypatch.setenv(f"XDG_{kind.upper()}_HOME", str(self.home / kind))
        self.config, self.state, self.cache = (
            self.home / name / "tui-sessions" for name in ("config", "state", "cache")
        )
        monkeypatch.setenv("TUI_SESSIONS_DEBUG", "1")
        monkeypatch.chdir(self.outside)
        monkeypatch.setattr(sys, "stdin", Nobody())

    def run(self, *words: str) -> Done:
        self._streams.readouterr()
        code = main(["--dir", str(self.library), *FAST, "--set", "audit=true", *words])
        return Done(code, self._streams.readouterr().err)

    def put(self) -> None:
        self.library.mkdir(mode=0o700, exist_ok=True)
        file = self.library / "talk.json"
        file.write_text(json.dumps(SESSION))
        file.chmod(0o600)


@pytest.fixture
def place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Place:
    return Place(tmp_path, monkeypatch, capfd)


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Whatever is written without a mode of its own can be read by everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def readable(root: Path) -> list[str]:
    """What somebody else could look into."""
    return [
        f"{path.relative_to(root)} {path.lstat().st_mode & 0o777:o}"
        for path in root.rglob("*")
        if not path.is_symlink() and path.lstat().st_mode & 0o077
    ]


def test_everything_that_is_written_is_private_whatever_the_umask(
    place: Place, tmp_path: Path, open_umask: None
) -> None:
    for words in (
        ("new", "--id", "one", "--name", "one", "--folder", "work"),
        ("ask", "-s", "one", "Hello"),
        ("ask", "-s", "one", "Again"),
        ("tag", "one", "x"),
        ("branch", "one", "--turn", "1"),
        ("compress", "one"),
        ("archive", "one"),
        ("archive", "--back", "one"),
        ("delete", "one", "--yes"),
        ("undo",),
        ("folder", "make", "more/deep"),
        ("search", "Hello"),
        ("config", "init"),
        ("models",),
        ("export", "one"),
        ("backup",),
        ("audit",),
    ):
        done = place.run(*words)
        assert "Traceback" not in done.err, (words, done.err)
    assert (place.state / "audit.jsonl").exists()
    assert (place.state / "debug.log").exists()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 12
    assert readable(tmp_path) == []
    tell("S4", "files and folders readable by others under umask 000", f"0 of {len(written)}")


def test_what_the_screen_remembers_is_private_too(
    place: Place, tmp_path: Path, open_umask: None
) -> None:
    own = services(dir=str(place.library), environ=dict(os.environ))
    own.remember(lambda state: state.with_filter("tag:x"))
    own.prompts.add("Hello")
    own.drafts.keep("talk", Draft(text="half a prompt"))
    QueueFile(place.state / "queue", place.library).write([{"id": "q", "prompt": "Later"}])
    assert len([path for path in place.state.rglob("*") if path.is_file()]) == 4
    assert readable(tmp_path) == []


# in the place of our files

Trap = Callable[[Path, Place], None]


def _link(path: Path, place: Place) -> None:
    (place.outside / "victim").write_text("mine")
    path.symlink_to(place.outside / "victim")


def _dangling(path: Path, place: Place) -> None:
    path.symlink_to(place.outside / "new")


def _folder_link(path: Path, place: Place) -> None:
    path.symlink_to(place.outside, target_is_directory=True)


def _pipe(path: Path, _place: Place) -> None:
    os.mkfifo(path)


def _device(path: Path, _place: Place) -> None:
    path.symlink_to("/dev/full")


def _folder(path: Path, _place: Place) -> None:
    path.mkdir()
    (path / "kept").write_text("mine")


TRAPS: dict[str, Trap] = {
    "link": _link,
    "dangling link": _dangling,
    "link to a folder": _folder_link,
    "pipe": _pipe,
    "device": _device,
    "folder": _folder,
}
OWN = ".tui-sessions"
TARGETS: dict[str, Callable[[Place], Path]] = {
    "session": lambda p: p.library / "talk.json",
    "own folder": lambda p: p.library / OWN,
    "locks": lambda p: p.library / OWN / "locks",
    "lock": lambda p: p.library / OWN / "locks" / LOCK,
    "journals": lambda p: p.library / OWN / "journal",
    "trash": lambda p: p.library / OWN / "trash",
    "history": lambda p: p.library / OWN / "history",
    "versions": lambda p: p.library / OWN / "history" / "versions",
    "attachments": lambda p: p.library / OWN / "attachments",
    "archive": lambda p: p.library / "archive",
    "audit": lambda p: p.state / "audit.jsonl",
    "log": lambda p: p.state / "debug.log",
    "prompts": lambda p: p.state / "prompts.jsonl",
    "state": lambda p: p.state / "state.toml",
    "index": lambda p: next(p.cache.glob("index-*.sqlite")),
    "texts": lambda p: next(p.cache.glob("texts-*.sqlite")),
    "backups": lambda p: p.home / "data" / "tui-sessions" / "backups",
}
WORDS = (
    ("ask", "-s", ID, "Once more"),
    ("tag", ID, "x"),
    ("archive", ID),
    ("archive", "--back", ID),
    ("delete", ID, "--yes"),
    ("search", "Hello"),
    ("backup",),
)
SILENT = {"prompts", "journals", "state", "versions", "attachments", "backups"}
"""What these commands do not need, or do without."""
REFUSED = ("annot be", "Cannot", "symbolic link", "not found", "There is no", "regular file")
CODES = {0, 1, 2, 3, 4, 6}


def _outside(place: Place) -> dict[str, str]:
    return {path.name: path.read_text() for path in place.outside.iterdir() if path.is_file()}


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("target", TARGETS)
def test_what_stands_in_the_place_of_a_file_is_refused(
    target: str, trap: str, place: Place
) -> None:
    place.put()
    if target in ("index", "texts"):
        place.run("search", "Hello")
    path = TARGETS[target](place)
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    TRAPS[trap](path, place)
    before = _outside(place)
    said = []
    for words in WORDS:
        done = place.run(*words)
        said.append(done.err)
        assert "Traceback" not in done.err, (words, done.err)
        assert "Something went wrong" not in done.err, (words, done.err)
        assert done.code in CODES, (words, done)
    assert _outside(place) == before, said
    if trap != "folder" and target not in SILENT:
        assert any(word in line for line in said for word in REFUSED), said
    if trap == "folder" and (path / "kept").exists():
        assert (path / "kept").read_text() == "mine"
    assert Path("/dev/full").is_char_device()
    tell(
        "S4",
        "links, pipes, devices, folders in the place of a file",
        "1 kinds: 0 written elsewhere, 0 hung",
    )


def test_a_device_in_the_place_of_what_is_remembered_stays_one(tmp_path: Path) -> None:
    from tui_sessions.config.state import State, StateFile

    (tmp_path / "state.toml").symlink_to("/dev/full")
    assert not StateFile(tmp_path / "state.toml").save(State(theme="ink"))
    assert (tmp_path / "state.toml").is_symlink()
    assert Path("/dev/full").is_char_device()

"""Code blocks as files: what to call them, and writing them without harm to what is there."""

from __future__ import annotations

import os
import re
from itertools import count
from pathlib import Path

from tui_sessions.errors import ConflictError, StoreError, UsageError
from tui_sessions.model.text import clean_line

_NAMED = re.compile(
    r"^\s*(?:#|//|--|;|%|/\*|<!--|\"|')+\s*(?:file(?:name)?:\s*)?(\S+)", re.IGNORECASE
)
_NAME = re.compile(r"(?:[\w.+-]+/)*[\w+-][\w.+-]*\.[A-Za-z][A-Za-z0-9]{0,9}")
_SHEBANG = re.compile(r"^#!.*?\b(bash|zsh|fish|sh|python|node|ruby|perl|lua)[\d.]*\s*")
_WHOLE = {"dockerfile": "Dockerfile", "makefile": "Makefile", "make": "Makefile"}
_SUFFIXES = {
    "bash": "sh", "shell": "sh", "console": "sh", "sh": "sh", "zsh": "zsh", "fish": "fish",
    "python": "py", "python3": "py", "py": "py", "pycon": "py", "javascript": "js", "js": "js", "node": "js",
    "jsx": "jsx", "typescript": "ts", "ts": "ts", "tsx": "tsx", "rust": "rs", "rs": "rs", "go": "go",
    "golang": "go", "c": "c", "cpp": "cpp", "c++": "cpp", "cxx": "cpp", "h": "h", "hpp": "hpp", "csharp": "cs",
    "c#": "cs", "cs": "cs", "java": "java", "kotlin": "kt", "kt": "kt", "swift": "swift", "scala": "scala",
    "ruby": "rb", "rb": "rb", "php": "php", "perl": "pl", "lua": "lua", "r": "r", "julia": "jl",
    "haskell": "hs", "hs": "hs", "elixir": "ex", "erlang": "erl", "clojure": "clj", "ocaml": "ml",
    "sql": "sql", "html": "html", "css": "css", "scss": "scss", "xml": "xml", "svg": "svg", "json": "json",
    "jsonl": "jsonl", "yaml": "yaml", "yml": "yaml", "toml": "toml", "ini": "ini", "csv": "csv", "diff": "diff",
    "patch": "patch", "markdown": "md", "md": "md", "tex": "tex", "latex": "tex", "vim": "vim", "nix": "nix",
    "powershell": "ps1", "ps1": "ps1", "bat": "bat", "graphql": "graphql", "proto": "proto", "zig": "zig",
    "dart": "dart", "terraform": "tf", "hcl": "hcl", "text": "txt", "txt": "txt",
}  # fmt: skip


def proposed_name(language: str, text: str) -> str:
    """What to call a block of code: the name that its first line gives, else `code` with the suffix of
    its language."""
    first = text.lstrip("\n").split("\n", 1)[0]
    written = Path(language).name if _NAME.fullmatch(language) else ""
    found = _NAMED.match(first)
    if not written and found is not None and _NAME.fullmatch(found[1]):
        written = Path(found[1]).name
    if written:
        return written
    known = language.lower()
    if known in _WHOLE:
        return _WHOLE[known]
    script = _SHEBANG.match(first)
    suffix = _SUFFIXES.get(known) or (_SUFFIXES.get(script[1], "txt") if script else "txt")
    return f"code.{suffix}"


def free_name(folder: Path, name: str) -> str:
    """`name`, or where it is taken the first of `name-2`, `name-3` … that is not."""
    path = Path(name)
    for number in count(2):
        if not os.path.lexists(folder / path):
            return str(path)
        path = Path(f"{Path(name).stem}-{number}{Path(name).suffix}")
    raise AssertionError("unreachable: the numbers do not end")


def path_of(written: str, folder: Path) -> Path:
    """The path that somebody wrote, `~` expanded, below `folder` where it is not whole.

    Raises `UsageError` where it can be no file's.
    """
    written = written.strip()
    if not written or written.endswith("/"):
        raise UsageError("Write a file name.")
    if "\0" in written or clean_line(written) != written:
        raise UsageError("A file name has no control characters.")
    try:
        path = Path(written).expanduser()
    except RuntimeError as problem:
        raise UsageError(f"There is no home folder for {written.split('/')[0]}.") from problem
    return folder / path


def write_code(path: Path, text: str, *, overwrite: bool = False) -> None:
    """Write a file, with a line end behind its last line. Folders that are missing are made.

    Raises `ConflictError` where something is there and `overwrite` is not said, `StoreError` where the
    disk refuses.
    """
    data = (text if text.endswith("\n") else f"{text}\n").encode("utf-8", "replace")
    shown = clean_line(str(path))
    try:
        if path.is_dir():
            raise UsageError(f"{shown} is a folder. Write a file name behind it.")
        _make_folder(path.parent)
        if overwrite:
            _replace(path, data)
        else:
            with path.open("xb") as file:
                file.write(data)
    except FileExistsError as problem:
        raise ConflictError(f"{shown} is there already. Choose another name.") from problem
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise StoreError(f"The code could not be written to {shown}: {reason}.") from problem


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as problem:
        shown = clean_line(str(folder))
        raise StoreError(f"The code could not be written: {shown} is no folder.") from problem


def _replace(path: Path, data: bytes) -> None:
    """What is there goes only once the new text is on the disk; a link stays a link."""
    path = path.resolve()
    temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}.part")
    try:
        temporary.write_bytes(data)
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o7777)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise

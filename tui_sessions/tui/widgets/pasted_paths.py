"""A paste that may be nothing but file names: what a terminal writes when files are dragged onto it. Pure."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

LONGEST = 16_000
MOST_PATHS = 100
_STARTS = ("/", "~/", "file://")


def pasted_paths(text: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read `text` as absolute paths, the likelier first; none where it is something else.

    Terminals write the same file as `/a b`, `'/a b'`, `/a\\ b` or `file:///a%20b`, several with spaces
    or line ends between them.
    """
    text = text.strip().replace("\r\n", "\n").replace("\r", "\n")
    if not text or len(text) > LONGEST or not text.startswith((*_STARTS, "'", '"')):
        return ()
    lines = tuple(line.strip() for line in text.split("\n") if line.strip())
    ways = [way for way in (_words(text), lines) if way and all(map(_is_path, way))]
    return tuple(dict.fromkeys(tuple(map(_path, way)) for way in ways if len(way) <= MOST_PATHS))


def _words(text: str) -> tuple[str, ...]:
    import shlex  # Only for a paste that may be paths.

    try:
        return tuple(shlex.split(text))
    except ValueError:  # a quotation mark that is not closed
        return ()


def _is_path(word: str) -> bool:
    return word.startswith(_STARTS) and "\0" not in word and "\n" not in word


def _path(word: str) -> str:
    """A file URL as the path that it names; a host in it is this one."""
    if not word.startswith("file://"):
        return word
    try:
        return unquote(urlsplit(word).path)
    except ValueError:
        return word

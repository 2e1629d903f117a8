"""Files and functions stay small enough to be read at once (STYLE.md, "Size")."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES = 400
FUNCTION_LINES = 60
EXCEPTIONS: dict[str, str] = {}
"""`path` or `path:function` → why it may be longer."""

SOURCES = sorted(
    path for part in ("tui_sessions", "benchmarks", "tests") for path in (ROOT / part).rglob("*.py")
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> list[tuple[str, int]]:
    """Every function of a file and its lines, decorators not counted."""
    return [
        (f"{name_of(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert lengths
    assert {
        name: length
        for name, length in lengths.items()
        if length > FILE_LINES and name not in EXCEPTIONS
    } == {}


def test_no_function_is_longer_than_60_lines() -> None:
    lengths = dict(pair for path in SOURCES for pair in functions(path))
    assert lengths
    assert {
        name: length
        for name, length in lengths.items()
        if length > FUNCTION_LINES and name not in EXCEPTIONS
    } == {}


def test_every_exception_is_still_needed_and_has_its_reason() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    long_files = {name for name, length in lengths.items() if length > FILE_LINES}
    pairs = [pair for path in SOURCES for pair in functions(path)]
    long_functions = {name for name, length in pairs if length > FUNCTION_LINES}
    assert EXCEPTIONS.keys() <= long_files | long_functions
    assert all(len(reason) > 20 for reason in EXCEPTIONS.values())

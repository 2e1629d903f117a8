"""What STYLE.md asks for and no linter looks at."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = sorted((ROOT / "tui_sessions").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "core"}
WRITES_TO_THE_TERMINAL = {"tui_sessions/cli/console.py"}
THE_TWO_TOPS = {"tui_sessions/cli/main.py", "tui_sessions/tui/app.py"}
"""The only places that may catch whatever comes."""
CAREFUL: dict[str, str] = {
    "tui_sessions/engine/answering.py": "a slip in a provider must not end an answer without a word why",
    "tui_sessions/engine/turns.py": "a listener that fails must not stand between an answer and its save",
    "tui_sessions/engine/saving.py": "a fault in a table of prices must not stand between an answer and its save",
}
"""Further places that may, each with its reason."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8")))


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Whether it catches everything and does not raise it again."""
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    broad = any(
        name is None or (isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"})
        for name in names
    )
    raises = any(isinstance(node, ast.Raise) and node.exc is None for node in handler.body)
    return broad and not raises


def test_every_module_says_what_it_is_for() -> None:
    modules = [path for path in PACKAGE + TESTS if path.read_text("utf-8").strip()]
    assert [
        name_of(path) for path in modules if not ast.get_docstring(ast.parse(path.read_text()))
    ] == []


def test_every_public_class_and_function_has_its_sentence() -> None:
    missing = [
        f"{name_of(path)}: {node.name}"
        for path in PACKAGE
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert missing == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name_of(path) for path in PACKAGE if path.stem in EMPTY_NAMES] == []


def test_only_the_console_writes_to_the_terminal() -> None:
    found = {
        name_of(path)
        for path in PACKAGE
        for node in nodes(path)
        if (isinstance(node, ast.Name) and node.id == "print")
        or (
            isinstance(node, ast.Attribute)
            and node.attr in {"stdout", "stderr"}
            and isinstance(node.value, ast.Name)
            and node.value.id == "sys"
        )
        or (isinstance(node, ast.Attribute) and ast.unparse(node) in {"click.echo", "click.secho"})
    }
    assert found <= WRITES_TO_THE_TERMINAL | {"tui_sessions/cli/main.py"}


def test_only_the_tops_catch_everything() -> None:
    found = {
        name_of(path)
        for path in PACKAGE
        for node in nodes(path)
        if isinstance(node, ast.ExceptHandler) and is_broad(node)
    }
    assert found - THE_TWO_TOPS - CAREFUL.keys() == set()
    assert CAREFUL.keys() <= found


def test_a_todo_names_its_issue() -> None:
    found = [
        f"{name_of(path)}: {line.strip()}"
        for path in PACKAGE
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"#.*\b(TODO|FIXME|XXX)\b", line) and not re.search(r"#\d+", line)
    ]
    assert found == []


KILL_AT_ANY_MOMENT = {"tests/torture/test_kills.py", "tests/torture/test_four_writers.py"}
"""They wait for nothing: the moment is the test."""


def test_no_test_waits_by_sleeping() -> None:
    found = {
        name_of(path)
        for path in TESTS
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"time.sleep", "asyncio.sleep", "sleep"}
        and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
    }
    assert found == KILL_AT_ANY_MOMENT


def test_test_files_have_names_of_their_own() -> None:
    stems = [path.stem for path in TESTS]
    assert {stem for stem in stems if stems.count(stem) > 1} == set()

"""Commands that only touch files start at once: they load no screen, no network, no event loop.

The contracts of import-linter cannot see this, because a registry may import late (STYLE.md §2, 2).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui_sessions.cli.table import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "textual",
    "rich",
    "httpx",
    "asyncio",
    "genai_prices",
    "pydantic",
    "pygments",
    "watchfiles",
)
TALKING = {"open", "ask", "models"}
"""Commands that need the screen or a server."""

ARGUMENTS: dict[str, list[list[str]]] = {
    "new": [["new", "--title", "another"]],
    "branch": [["branch", "first"]],
    "promote": [["promote", "first"]],
    "detach": [["detach", "first"]],
    "merge": [["merge", "first"]],
    "extract": [["extract", "first", "1"]],
    "list": [["list"], ["list", "--format", "json"], ["list", "--tag", "none"]],
    "search": [["search", "Hello"], ["search", "nothing"]],
    "show": [["show", "first"]],
    "replay": [["replay", "first"]],
    "context": [["context", "first"]],
    "rename": [["rename", "first", "Another title"]],
    "tag": [["tag", "first", "python"]],
    "untag": [["untag", "first", "python"]],
    "tags": [["tags"], ["tags", "rename", "python", "snake"]],
    "meta": [["meta", "first"]],
    "status": [["status", "first", "completed"]],
    "pin": [["pin", "first"]],
    "unpin": [["unpin", "first"]],
    "star": [["star", "--all"]],
    "unstar": [["unstar", "first"]],
    "move": [["move", "first", "work"]],
    "folder": [["folder", "make", "work"], ["folder", "list"]],
    "export": [["export", "first"]],
    "delete": [["delete", "first", "--yes"]],
    "undelete": [["undelete", "nothing"]],
    "trash": [["trash", "list"]],
    "interrupted": [["interrupted"], ["interrupted", "list", "--format", "json"]],
    "backup": [["backup"], ["backup", "--list"]],
    "restore": [["restore", "@last"]],
    "undo": [["undo"]],
    "redo": [["redo"]],
    "history": [["history"]],
    "versions": [["versions", "first"]],
    "stats": [
        ["stats"],
        ["stats", "first"],
        ["stats", "--by", "model"],
        ["stats", "--performance"],
    ],
    "budget": [["budget"], ["budget", "first"], ["budget", "first", "2.50"]],
    "reprice": [["reprice", "--dry-run", "--tag", "none"]],
    "prune": [["prune", "first", "--keep-last", "1"]],
    "archive": [["archive", "first"]],
    "compress": [["compress", "first"]],
    "cleanup": [["cleanup", "--dry-run"], ["cleanup", "--largest", "3"]],
    "audit": [["audit"], ["audit", "verify"]],
    "doctor": [["doctor"], ["doctor", "--repair", "--dry-run"]],
    "info": [["info"]],
    "index": [["index", "status"], ["index", "rebuild"], ["index", "vacuum"]],
    "providers": [["providers", "list"]],
    "param": [["param", "first"], ["param", "first", "effort", "low"]],
    "persona": [["persona", "list"], ["persona", "new", "apollo", "--temperature", "1"]],
    "config": [["config", "path"], ["config", "show"], ["config", "check"]],
}
FINDS_NOTHING = (
    ["list", "--tag", "none"],
    ["search", "nothing"],
    ["undelete", "nothing"],
    ["promote", "first"],
    ["detach", "first"],
    ["merge", "first"],
    ["trash", "list"],
    ["interrupted"],
    ["interrupted", "list", "--format", "json"],
    ["backup", "--list"],
    ["restore", "@last"],
    ["folder", "list"],
    ["undo"],
    ["redo"],
    ["history"],
    ["versions", "first"],
    ["audit"],
    ["audit", "verify"],
    ["persona", "list"],
    ["budget"],
    ["budget", "first"],
)
"""The calls that end with 1; all others end well."""
CALLS = [
    ["--help"],
    *([name, "--help"] for name in sorted({entry.name for entry in COMMANDS})),
    *(call for calls in ARGUMENTS.values() for call in calls),
]
PROBE = """
import sys
from tui_sessions.cli.main import main
code = main(sys.argv[2:])
heavy = [name for name in sys.argv[1].split(",") if name in sys.modules]
print(f"\\nheavy={','.join(heavy)} code={code}", file=sys.stderr)
"""
SESSION = """{"turns": [{"messages": [{"role": "user", "content": "Hello"},
{"role": "assistant", "content": "Hi"}]}], "meta": {"tags": ["python"]}}
"""


def test_every_command_that_only_touches_files_is_here() -> None:
    assert {entry.name for entry in COMMANDS} - TALKING == ARGUMENTS.keys()


@pytest.mark.parametrize("arguments", CALLS, ids=" ".join)
def test_a_file_command_loads_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir(mode=0o700)
    (library / "first.json").write_text(SESSION)
    (library / "first.json").chmod(0o600)  # The doctor finds nothing to say.
    result = subprocess.run(
        [sys.executable, "-c", PROBE, ",".join(HEAVY), *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TUI_SESSIONS_DIR": str(library)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    expected = 1 if arguments in FINDS_NOTHING else 0
    assert result.stderr.splitlines()[-1] == f"heavy= code={expected}", result.stderr


def test_what_no_first_paint_needs_is_not_loaded_for_it() -> None:
    pane = "tui_sessions.tui.widgets.conversation"
    late = [f"{pane}.{name}" for name in ("selection", "motions", "passages", "reader")]
    late += ["textual_plotext", "plotext", "tui_sessions.tui.statistics"]
    late += ["tui_sessions.tui.widgets.statistics.rows", "tui_sessions.model.statistics"]
    late += ["tui_sessions.model.comparisons", "tui_sessions.providers.attaching"]
    probe = f"import sys, tui_sessions.tui.app; print([n for n in {late} if n in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "[]\n"
